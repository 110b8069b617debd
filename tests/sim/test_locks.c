/**
 * @file test_locks.c
 * @brief Critical sections, as a program sees them.
 *
 * Uses:     failures.h, checks.h, the Win32 calls of critical_section.c.
 * Used by:  ctest.
 * Facts:    PORT-62.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "failures.h"

#include <string.h>
#include <windows.h>

#include "checks.h"

enum { ROUNDS = 2 };

static CRITICAL_SECTION section;
static CRITICAL_SECTION other_section;

/** What the threads of a scenario share; plain, so that it needs the lock. */
static struct {
    int inside;
    int total;
} shared;

/** @brief Begin with nothing shared and both sections new. */
static void begin(void)
{
    memset(&shared, 0, sizeof shared);
    InitializeCriticalSection(&section);
    InitializeCriticalSection(&other_section);
}

/** @brief Be inside alone, with a place where others could come in. */
static void be_alone(void)
{
    sim_assert(shared.inside == 0);
    shared.inside++;
    YieldProcessor();
    MemoryBarrier();
    sim_assert(shared.inside == 1);
    shared.inside--;
    shared.total++;
}

/* ---- Critical sections: one at a time ---------------------------------- */

static DWORD WINAPI section_worker(void *argument)
{
    (void)argument;
    for (int round = 0; round < ROUNDS; round++) {
        EnterCriticalSection(&section);
        be_alone();
        LeaveCriticalSection(&section);
    }
    return 0;
}

static void section_excludes_scenario(void *arg)
{
    HANDLE threads[3];

    (void)arg;
    begin();
    for (int at = 0; at < 3; at++) {
        threads[at] = check_thread(section_worker, NULL);
    }
    for (int at = 0; at < 3; at++) {
        check_join(threads[at]);
    }
    sim_assert(shared.total == 3 * ROUNDS);
    DeleteCriticalSection(&section);
}

static void section_lets_one_thread_in(void **state)
{
    (void)state;
    schedules_pass(section_excludes_scenario);
}

static DWORD WINAPI try_worker(void *argument)
{
    (void)argument;
    return (DWORD)TryEnterCriticalSection(&section);
}

/** @brief What TryEnterCriticalSection says in another thread. */
static DWORD try_elsewhere(void)
{
    HANDLE thread = check_thread(try_worker, NULL);
    DWORD code;

    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    code = check_exit_code(thread);
    check_close(thread);
    return code;
}

static void section_members_scenario(void *arg)
{
    HANDLE me = (HANDLE)(uintptr_t)GetCurrentThreadId();

    (void)arg;
    begin();
    {
        /* Entering again counts; each level is left by itself. */
        EnterCriticalSection(&section);
        sim_assert(section.RecursionCount == 1 && section.OwningThread == me);
        sim_assert(section.LockCount == -2);
        sim_assert(TryEnterCriticalSection(&section));
        sim_assert(section.RecursionCount == 2);
        LeaveCriticalSection(&section);
        sim_assert(section.RecursionCount == 1 && section.OwningThread == me);
        sim_assert(try_elsewhere() == FALSE);
        LeaveCriticalSection(&section);
        sim_assert(section.RecursionCount == 0 && section.LockCount == -1);
        sim_assert(section.OwningThread == NULL);
    }
    {
        /* Spin counts and flags. */
        sim_assert(SetCriticalSectionSpinCount(&section, 4000) == 0);
        sim_assert(SetCriticalSectionSpinCount(&section, 1) == 4000);
        sim_assert(!InitializeCriticalSectionEx(&section, 0, 0x80000000));
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
        sim_assert(InitializeCriticalSectionEx(&section,
                                               0,
                                               CRITICAL_SECTION_NO_DEBUG_INFO));
        sim_assert(InitializeCriticalSectionAndSpinCount(&section, 9));
        sim_assert(section.SpinCount == 9 && section.LockCount == -1);
    }
    {
        /* A thread that ends inside takes the section with it. */
        sim_assert(try_elsewhere() == TRUE);
        sim_assert(!TryEnterCriticalSection(&section));
    }
}

static void section_shows_its_owner_and_levels(void **state)
{
    (void)state;
    schedules_pass(section_members_scenario);
}

static DWORD WINAPI race_worker(void *argument)
{
    EnterCriticalSection(&section);
    if (shared.total == 0) {
        sim_mark(argument);
    }
    shared.total++;
    LeaveCriticalSection(&section);
    return 0;
}

static void section_race_scenario(void *arg)
{
    HANDLE first;
    HANDLE second;

    (void)arg;
    begin();
    EnterCriticalSection(&section);
    first = check_thread(race_worker, "first");
    sim_settle();
    second = check_thread(race_worker, "second");
    sim_settle();
    sim_assert(section.LockCount == -2 - 2 * 4); /* Two threads wait. */
    LeaveCriticalSection(&section);
    EnterCriticalSection(&section);
    if (shared.total == 0) {
        sim_mark("overtaken");
    }
    LeaveCriticalSection(&section);
    check_join(first);
    check_join(second);
    sim_assert(shared.total == 2);
}

static void section_goes_to_whoever_comes_first(void **state)
{
    static const char *const marks[] = {"first", "second", "overtaken", NULL};

    (void)state;
    schedules_reach(section_race_scenario, marks);
}

/* ---- Critical sections: deadlock, and ports ---------------------------- */

static DWORD WINAPI crossing_worker(void *argument)
{
    (void)argument;
    EnterCriticalSection(&other_section);
    EnterCriticalSection(&section);
    LeaveCriticalSection(&section);
    LeaveCriticalSection(&other_section);
    return 0;
}

static void crossing_scenario(void *arg)
{
    HANDLE thread;

    (void)arg;
    begin();
    thread = check_thread(crossing_worker, NULL);
    EnterCriticalSection(&section);
    EnterCriticalSection(&other_section);
    LeaveCriticalSection(&other_section);
    LeaveCriticalSection(&section);
    check_join(thread);
}

static void sections_in_two_orders_deadlock(void **state)
{
    (void)state;
    failures_find(crossing_scenario, SIM_DEADLOCK, "held by A");
    failures_find(crossing_scenario, SIM_DEADLOCK, "held by B");
}

static DWORD WINAPI orphan_worker(void *argument)
{
    (void)argument;
    EnterCriticalSection(&section);
    return 0;
}

static void orphan_scenario(void *arg)
{
    (void)arg;
    begin();
    check_join(check_thread(orphan_worker, NULL));
    EnterCriticalSection(&section);
}

static void section_of_a_dead_thread_stays_locked(void **state)
{
    (void)state;
    schedules_fail(orphan_scenario,
                   SIM_DEADLOCK,
                   "A waits in EnterCriticalSection");
}

static DWORD WINAPI port_worker(void *port)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;

    for (int packet = 0; packet < 2; packet++) {
        sim_assert(GetQueuedCompletionStatus(port,
                                             &bytes,
                                             &key,
                                             &overlapped,
                                             INFINITE));
        if (key == 0) {
            return 0;
        }
        if (key == 1) {
            EnterCriticalSection(&section);
            LeaveCriticalSection(&section);
        } else {
            sim_assert(SetEvent((HANDLE)key));
        }
    }
    return 0;
}

/** @brief Two workers, one place: the second packet is handled only if the
 *  worker that waits for the section gives its place away. */
static void section_port_scenario(void *arg)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    HANDLE event = check_event(FALSE, FALSE);
    HANDLE threads[2];

    (void)arg;
    begin();
    EnterCriticalSection(&section);
    threads[0] = check_thread(port_worker, port);
    threads[1] = check_thread(port_worker, port);
    sim_settle();
    sim_assert(PostQueuedCompletionStatus(port, 0, 1, NULL));
    sim_assert(PostQueuedCompletionStatus(port, 0, (ULONG_PTR)event, NULL));
    sim_assert(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    LeaveCriticalSection(&section);
    sim_assert(PostQueuedCompletionStatus(port, 0, 0, NULL));
    sim_assert(PostQueuedCompletionStatus(port, 0, 0, NULL));
    check_join(threads[0]);
    check_join(threads[1]);
    check_close(port);
    check_close(event);
}

static void contended_section_frees_a_place_at_the_port(void **state)
{
    (void)state;
    schedules_pass(section_port_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(section_lets_one_thread_in),
        cmocka_unit_test(section_shows_its_owner_and_levels),
        cmocka_unit_test(section_goes_to_whoever_comes_first),
        cmocka_unit_test(sections_in_two_orders_deadlock),
        cmocka_unit_test(section_of_a_dead_thread_stays_locked),
        cmocka_unit_test(contended_section_frees_a_place_at_the_port),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
