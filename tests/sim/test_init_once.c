/**
 * @file test_init_once.c
 * @brief One-time initialization, as a program sees it.
 *
 * Uses:     schedules.h, the Win32 calls of init_once.c.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <string.h>
#include <windows.h>

static INIT_ONCE once;
static int things[4]; /* What can be made; their addresses are contexts. */

static struct {
    int calls;
    int made;
    int failures;
} shared;

static void begin(void)
{
    memset(&shared, 0, sizeof shared);
    InitOnceInitialize(&once);
}

/** @brief Run three threads to their end. */
static void three_threads(LPTHREAD_START_ROUTINE start)
{
    HANDLE threads[3];

    for (int at = 0; at < 3; at++) {
        threads[at] = CreateThread(NULL, 0, start, &things[at], 0, NULL);
        sim_assert(threads[at] != NULL);
    }
    for (int at = 0; at < 3; at++) {
        sim_assert(WaitForSingleObject(threads[at], INFINITE) == WAIT_OBJECT_0);
        sim_assert(CloseHandle(threads[at]));
    }
}

static bool fails_with(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

/* ---- By a function ----------------------------------------------------- */

static BOOL CALLBACK make(INIT_ONCE *word, void *parameter, void **context)
{
    sim_assert(word == &once);
    sim_assert(parameter != NULL && context != NULL);
    shared.calls++;
    MemoryBarrier();
    shared.made++;
    *context = parameter;
    return TRUE;
}

static DWORD WINAPI execute_worker(void *argument)
{
    void *context = NULL;

    sim_assert(InitOnceExecuteOnce(&once, make, argument, &context));
    sim_assert(shared.made == 1);
    sim_assert(context == &things[0] || context == &things[1] ||
               context == &things[2]);
    if (context != argument) {
        sim_mark("made by another");
    }
    return 0;
}

static void execute_scenario(void *arg)
{
    (void)arg;
    begin();
    three_threads(execute_worker);
    sim_assert(shared.calls == 1);
}

/** @brief Fails in the first thread that calls it. */
static BOOL CALLBACK make_later(INIT_ONCE *word,
                                void *parameter,
                                void **context)
{
    (void)word;
    MemoryBarrier();
    if (shared.failures == 0) {
        shared.failures++;
        SetLastError(77);
        return FALSE;
    }
    shared.made++;
    *context = parameter;
    return TRUE;
}

static DWORD WINAPI execute_later_worker(void *argument)
{
    if (!InitOnceExecuteOnce(&once, make_later, argument, NULL)) {
        sim_assert(GetLastError() == 77);
        shared.calls++;
    }
    return 0;
}

static void execute_later_scenario(void *arg)
{
    (void)arg;
    begin();
    three_threads(execute_later_worker);
    sim_assert(shared.calls == 1 && shared.made == 1);
}

static void function_runs_until_it_succeeds_once(void **state)
{
    static const char *const marks[] = {"made by another", NULL};

    (void)state;
    schedules_pass(execute_scenario);
    schedules_reach(execute_scenario, marks);
    schedules_pass(execute_later_scenario);
}

/* ---- In two steps, one after another ----------------------------------- */

static DWORD WINAPI step_worker(void *argument)
{
    BOOL pending = 77;
    void *context = NULL;

    sim_assert(InitOnceBeginInitialize(&once, 0, &pending, &context));
    if (!pending) {
        sim_assert(context != NULL && shared.made == 1);
        return 0;
    }
    MemoryBarrier();
    if (shared.failures == 0) {
        shared.failures++;
        sim_assert(InitOnceComplete(&once, INIT_ONCE_INIT_FAILED, NULL));
        return 0;
    }
    shared.made++;
    sim_assert(InitOnceComplete(&once, 0, argument));
    return 0;
}

static void step_scenario(void *arg)
{
    BOOL pending = 77;
    void *context = NULL;

    (void)arg;
    begin();
    sim_assert(fails_with(InitOnceBeginInitialize(&once,
                                                  INIT_ONCE_CHECK_ONLY,
                                                  &pending,
                                                  &context),
                          ERROR_GEN_FAILURE));
    three_threads(step_worker);
    sim_assert(shared.made == 1);
    sim_assert(InitOnceBeginInitialize(&once,
                                       INIT_ONCE_CHECK_ONLY,
                                       &pending,
                                       &context));
    sim_assert(!pending && context != NULL);
}

static void step_errors_scenario(void *arg)
{
    BOOL pending = FALSE;

    (void)arg;
    begin();
    sim_assert(fails_with(InitOnceComplete(&once, 0, NULL), ERROR_GEN_FAILURE));
    sim_assert(fails_with(
        InitOnceBeginInitialize(&once,
                                INIT_ONCE_CHECK_ONLY | INIT_ONCE_ASYNC,
                                &pending,
                                NULL),
        ERROR_INVALID_PARAMETER));
    sim_assert(fails_with(InitOnceBeginInitialize(&once, 8, &pending, NULL),
                          ERROR_INVALID_PARAMETER));
    sim_assert(InitOnceBeginInitialize(&once, 0, &pending, NULL));
    sim_assert(pending);
    sim_assert(fails_with(
        InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, NULL),
        ERROR_INVALID_PARAMETER));
    sim_assert(fails_with(InitOnceComplete(&once, INIT_ONCE_ASYNC, NULL),
                          ERROR_INVALID_PARAMETER));
    sim_assert(fails_with(
        InitOnceComplete(&once, INIT_ONCE_ASYNC | INIT_ONCE_INIT_FAILED, NULL),
        ERROR_INVALID_PARAMETER));
    sim_assert(
        fails_with(InitOnceComplete(&once, INIT_ONCE_INIT_FAILED, things),
                   ERROR_INVALID_PARAMETER));
    sim_assert(fails_with(InitOnceComplete(&once, 0, (char *)things + 1),
                          ERROR_INVALID_PARAMETER));
    sim_assert(InitOnceComplete(&once, 0, things));
    sim_assert(
        fails_with(InitOnceComplete(&once, 0, things), ERROR_GEN_FAILURE));
}

static void steps_make_it_once(void **state)
{
    (void)state;
    schedules_pass(step_scenario);
    schedules_pass(step_errors_scenario);
}

/* ---- In two steps, all at once ----------------------------------------- */

static DWORD WINAPI race_worker(void *argument)
{
    BOOL pending = 77;
    void *context = NULL;

    sim_assert(
        InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, &context));
    if (pending) {
        shared.calls++;
        if (InitOnceComplete(&once, INIT_ONCE_ASYNC, argument)) {
            shared.made++;
        } else {
            sim_assert(GetLastError() == ERROR_GEN_FAILURE);
            sim_mark("lost the race");
        }
    } else {
        sim_mark("came too late");
    }
    sim_assert(InitOnceBeginInitialize(&once,
                                       INIT_ONCE_CHECK_ONLY,
                                       &pending,
                                       &context));
    sim_assert(context != NULL);
    return 0;
}

static void race_scenario(void *arg)
{
    (void)arg;
    begin();
    three_threads(race_worker);
    sim_assert(shared.made == 1 && shared.calls >= 1);
}

static void race_errors_scenario(void *arg)
{
    BOOL pending = FALSE;

    (void)arg;
    begin();
    sim_assert(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, NULL));
    sim_assert(fails_with(InitOnceBeginInitialize(&once, 0, &pending, NULL),
                          ERROR_INVALID_PARAMETER));
    sim_assert(fails_with(InitOnceExecuteOnce(&once, make, things, NULL),
                          ERROR_INVALID_PARAMETER));
    sim_assert(
        fails_with(InitOnceComplete(&once, 0, NULL), ERROR_INVALID_PARAMETER));
    sim_assert(InitOnceBeginInitialize(&once, INIT_ONCE_ASYNC, &pending, NULL));
    sim_assert(pending);
    sim_assert(InitOnceComplete(&once, INIT_ONCE_ASYNC, NULL));
    sim_assert(fails_with(InitOnceComplete(&once, INIT_ONCE_ASYNC, NULL),
                          ERROR_GEN_FAILURE));
}

static void race_has_one_winner(void **state)
{
    static const char *const marks[] = {"lost the race", "came too late", NULL};

    (void)state;
    schedules_pass(race_scenario);
    schedules_reach(race_scenario, marks);
    schedules_pass(race_errors_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(function_runs_until_it_succeeds_once),
        cmocka_unit_test(steps_make_it_once),
        cmocka_unit_test(race_has_one_winner),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
