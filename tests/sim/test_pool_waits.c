/**
 * @file test_pool_waits.c
 * @brief The thread pool waits for objects: once, again, in time, no more.
 *
 * Uses:     schedules.h, checks.h.
 * Used by:  ctest.
 * Facts:    PORT-97.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "checks.h"
#include "schedules.h"

/** What callbacks have seen. */
struct seen {
    volatile LONG count;
    volatile LONG timeouts;
    volatile LONG inside;
    DWORD thread;
    HANDLE told; /* Signaled by the callback, or NULL. */
};

static void CALLBACK waited(PVOID context, BOOLEAN timed_out)
{
    struct seen *seen = context;

    (void)InterlockedIncrement(&seen->inside);
    seen->thread = GetCurrentThreadId();
    (void)InterlockedExchangeAdd(&seen->timeouts, timed_out != FALSE);
    (void)InterlockedIncrement(&seen->count);
    if (seen->told != NULL) {
        sim_assert(SetEvent(seen->told));
    }
    (void)InterlockedDecrement(&seen->inside);
}

static HANDLE begin(HANDLE object, struct seen *seen, ULONG ms, ULONG flags)
{
    HANDLE wait = NULL;

    sim_assert(
        RegisterWaitForSingleObject(&wait, object, waited, seen, ms, flags));
    sim_assert(wait != NULL);
    return wait;
}

/** @brief Unregister and wait; afterwards no callback runs or will run. */
static void end(HANDLE wait, const struct seen *seen)
{
    LONG count;

    sim_assert(UnregisterWaitEx(wait, INVALID_HANDLE_VALUE));
    sim_assert(seen->inside == 0);
    count = seen->count;
    sim_settle();
    sim_assert(seen->count == count);
}

static void once_scenario(void *arg)
{
    HANDLE event = check_event(TRUE, FALSE);
    struct seen seen = {.told = check_event(FALSE, FALSE)};
    HANDLE wait = begin(event, &seen, INFINITE, WT_EXECUTEONLYONCE);

    (void)arg;
    sim_settle();
    sim_assert(seen.count == 0);
    sim_assert(SetEvent(event));
    sim_assert(WaitForSingleObject(seen.told, INFINITE) == WAIT_OBJECT_0);
    /* The event stays signaled, and is waited for once all the same. */
    sim_settle();
    sim_assert(seen.count == 1 && seen.timeouts == 0);
    sim_assert(seen.thread != GetCurrentThreadId());
    end(wait, &seen);
    check_close(seen.told);
    check_close(event);
}

static void again_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    struct seen seen = {.told = check_event(FALSE, FALSE)};
    HANDLE wait = begin(event, &seen, INFINITE, WT_EXECUTEDEFAULT);

    (void)arg;
    for (LONG at = 1; at <= 3; at++) {
        sim_assert(SetEvent(event));
        sim_assert(WaitForSingleObject(seen.told, INFINITE) == WAIT_OBJECT_0);
        sim_assert(seen.count == at);
    }
    end(wait, &seen);
    /* Nobody takes the signal any more. */
    sim_assert(SetEvent(event));
    sim_settle();
    sim_assert(seen.count == 3 && check_signaled(event));
    check_close(seen.told);
    check_close(event);
}

static void waits_end_once_or_go_on(void **state)
{
    (void)state;
    schedules_pass(once_scenario);
    schedules_pass(again_scenario);
}

static void timeout_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    struct seen seen = {.told = check_event(FALSE, FALSE)};
    ULONGLONG start = GetTickCount64();
    HANDLE wait = begin(event, &seen, 50, WT_EXECUTEONLYONCE);

    (void)arg;
    sim_assert(WaitForSingleObject(seen.told, INFINITE) == WAIT_OBJECT_0);
    sim_assert(seen.count == 1 && seen.timeouts == 1);
    sim_assert(GetTickCount64() - start >= 30);
    /* It was served; a signal comes too late. */
    sim_assert(SetEvent(event));
    sim_settle();
    sim_assert(seen.count == 1 && check_signaled(event));
    end(wait, &seen);
    /* With 0 it only looks. */
    wait = begin(event, &seen, 0, WT_EXECUTEONLYONCE);
    sim_assert(WaitForSingleObject(seen.told, INFINITE) == WAIT_OBJECT_0);
    sim_assert(seen.count == 2 && seen.timeouts == 2);
    end(wait, &seen);
    check_close(seen.told);
    check_close(event);
}

static void in_time_scenario(void *arg)
{
    HANDLE event = check_event(TRUE, TRUE);
    struct seen seen = {.told = check_event(FALSE, FALSE)};
    HANDLE wait = begin(event, &seen, 50, WT_EXECUTEONLYONCE);

    (void)arg;
    sim_assert(WaitForSingleObject(seen.told, INFINITE) == WAIT_OBJECT_0);
    Sleep(100);
    sim_assert(seen.count == 1 && seen.timeouts == 0);
    end(wait, &seen);
    check_close(seen.told);
    check_close(event);
}

/** @brief Its time begins anew each time, and a signal may come first. */
static void mixed_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    struct seen seen = {.told = check_event(FALSE, FALSE)};
    HANDLE wait = begin(event, &seen, 50, WT_EXECUTEDEFAULT);

    (void)arg;
    sim_assert(WaitForSingleObject(seen.told, INFINITE) == WAIT_OBJECT_0);
    sim_assert(seen.timeouts >= 1);
    sim_assert(SetEvent(event));
    Sleep(500);
    end(wait, &seen);
    /* The signal is told as one, and once; unless all was too slow. */
    sim_assert(seen.count == seen.timeouts + !check_signaled(event));
    sim_mark(seen.timeouts > 1 ? "time" : "no time");
    sim_mark(seen.count > seen.timeouts ? "signal" : "no signal");
    check_close(seen.told);
    check_close(event);
}

static void waits_have_a_time(void **state)
{
    static const char *const both[] = {"time", "signal", NULL};

    (void)state;
    schedules_reach(mixed_scenario, both);
    schedules_pass(timeout_scenario);
    schedules_pass(in_time_scenario);
}

static void race_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    struct seen seen = {0};
    HANDLE wait = begin(event, &seen, INFINITE, WT_EXECUTEONLYONCE);

    (void)arg;
    sim_assert(SetEvent(event));
    end(wait, &seen);
    sim_mark(seen.count == 0 ? "dropped" : "run");
    check_close(event);
}

static void no_wait_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    static struct seen seen;
    HANDLE wait;

    (void)arg;
    ZeroMemory(&seen, sizeof seen);
    wait = begin(event, &seen, INFINITE, WT_EXECUTEONLYONCE);
    sim_assert(SetEvent(event));
    if (sim_choose(2) != 0) {
        sim_settle();
    }
    if (UnregisterWaitEx(wait, NULL)) {
        LONG count = seen.count;

        sim_mark(count == 0 ? "dropped" : "over");
        sim_settle();
        sim_assert(seen.count == count);
    } else {
        /* Some are still to run, or to return. */
        sim_assert(GetLastError() == ERROR_IO_PENDING);
        sim_mark("busy");
        sim_settle();
        sim_assert(seen.count == 1);
    }
    check_close(event);
}

static void end_of_a_wait_meets_its_callback(void **state)
{
    static const char *const dropped_or_run[] = {"dropped", "run", NULL};
    static const char *const three[] = {"dropped", "over", "busy", NULL};

    (void)state;
    schedules_reach(race_scenario, dropped_or_run);
    schedules_reach(no_wait_scenario, three);
}

static void refused_scenario(void *arg)
{
    HANDLE wait = NULL;
    struct seen seen = {0};

    (void)arg;
    sim_assert(check_failed(
        RegisterWaitForSingleObject(&wait, NULL, waited, &seen, INFINITE, 0),
        ERROR_INVALID_HANDLE));
    sim_assert(wait == NULL);
    sim_assert(check_failed(UnregisterWaitEx(NULL, INVALID_HANDLE_VALUE),
                            ERROR_INVALID_HANDLE));
}

static void left_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    static struct seen seen;

    (void)arg;
    (void)begin(event, &seen, INFINITE, 0);
    check_close(event);
}

static void mutex_scenario(void *arg)
{
    HANDLE mutex = CreateMutexW(NULL, FALSE, NULL);
    static struct seen seen;

    (void)arg;
    (void)begin(mutex, &seen, INFINITE, 0);
}

static void misuse_is_found(void **state)
{
    (void)state;
    schedules_pass(refused_scenario);
    schedules_fail(left_scenario, SIM_LEAK, "packet 1");
    schedules_fail(mutex_scenario, SIM_REFUSED, "mutex");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_end_once_or_go_on),
        cmocka_unit_test(waits_have_a_time),
        cmocka_unit_test(end_of_a_wait_meets_its_callback),
        cmocka_unit_test(misuse_is_found),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
