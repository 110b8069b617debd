/**
 * @file test_locks.c
 * @brief Critical sections and SRW locks, as a program sees them.
 *
 * Uses:     schedules.h, the Win32 calls of critical_section.c and srw.c.
 * Used by:  ctest.
 * Facts:    PORT-62.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <string.h>
#include <windows.h>

enum { ROUNDS = 2 };

static CRITICAL_SECTION section;
static CRITICAL_SECTION other_section;
static SRWLOCK srw;

/** What the threads of a scenario share; plain, so that it needs the lock. */
static struct {
    int inside;
    int readers;
    int total;
} shared;

static HANDLE thread_make(LPTHREAD_START_ROUTINE start, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, start, argument, 0, NULL);

    sim_assert(thread != NULL);
    return thread;
}

static void thread_end(HANDLE thread)
{
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}

/** @brief Begin with nothing shared and both locks new. */
static void begin(void)
{
    memset(&shared, 0, sizeof shared);
    InitializeCriticalSection(&section);
    InitializeCriticalSection(&other_section);
    InitializeSRWLock(&srw);
}

/** @brief Be inside alone, with a place where others could come in. */
static void be_alone(void)
{
    sim_assert(shared.inside == 0 && shared.readers == 0);
    shared.inside++;
    YieldProcessor();
    MemoryBarrier();
    sim_assert(shared.inside == 1 && shared.readers == 0);
    shared.inside--;
    shared.total++;
}

/** @brief The scenario must fail so under some of many schedules. */
static void some_schedule_fails(sim_scenario_fn *scenario,
                                enum sim_verdict verdict,
                                const char *words)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.name = "test", .runs = 2000},
                    scenario,
                    NULL);

    if (report.verdict != verdict || strstr(report.sentence, words) == NULL) {
        print_error("verdict %s: %s\n",
                    sim_verdict_name(report.verdict),
                    report.sentence);
    }
    assert_int_equal(report.verdict, verdict);
    assert_non_null(strstr(report.sentence, words));
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
        threads[at] = thread_make(section_worker, NULL);
    }
    for (int at = 0; at < 3; at++) {
        thread_end(threads[at]);
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
    HANDLE thread = thread_make(try_worker, NULL);
    DWORD code = 77;

    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(thread, &code));
    sim_assert(CloseHandle(thread));
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
    first = thread_make(race_worker, "first");
    second = thread_make(race_worker, "second");
    sim_settle();
    sim_assert(section.LockCount == -2 - 2 * 4); /* Two threads wait. */
    LeaveCriticalSection(&section);
    EnterCriticalSection(&section);
    if (shared.total == 0) {
        sim_mark("overtaken");
    }
    LeaveCriticalSection(&section);
    thread_end(first);
    thread_end(second);
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
    thread = thread_make(crossing_worker, NULL);
    EnterCriticalSection(&section);
    EnterCriticalSection(&other_section);
    LeaveCriticalSection(&other_section);
    LeaveCriticalSection(&section);
    thread_end(thread);
}

static void sections_in_two_orders_deadlock(void **state)
{
    (void)state;
    some_schedule_fails(crossing_scenario, SIM_DEADLOCK, "held by A");
    some_schedule_fails(crossing_scenario, SIM_DEADLOCK, "held by B");
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
    thread_end(thread_make(orphan_worker, NULL));
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
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);
    HANDLE threads[2];

    (void)arg;
    begin();
    EnterCriticalSection(&section);
    threads[0] = thread_make(port_worker, port);
    threads[1] = thread_make(port_worker, port);
    sim_settle();
    sim_assert(PostQueuedCompletionStatus(port, 0, 1, NULL));
    sim_assert(PostQueuedCompletionStatus(port, 0, (ULONG_PTR)event, NULL));
    sim_assert(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    LeaveCriticalSection(&section);
    sim_assert(PostQueuedCompletionStatus(port, 0, 0, NULL));
    sim_assert(PostQueuedCompletionStatus(port, 0, 0, NULL));
    thread_end(threads[0]);
    thread_end(threads[1]);
    sim_assert(CloseHandle(port));
    sim_assert(CloseHandle(event));
}

static void contended_section_frees_a_place_at_the_port(void **state)
{
    (void)state;
    schedules_pass(section_port_scenario);
}

/* ---- SRW locks --------------------------------------------------------- */

static DWORD WINAPI writer(void *argument)
{
    (void)argument;
    AcquireSRWLockExclusive(&srw);
    be_alone();
    ReleaseSRWLockExclusive(&srw);
    return 0;
}

static DWORD WINAPI reader(void *argument)
{
    (void)argument;
    AcquireSRWLockShared(&srw);
    sim_assert(shared.inside == 0);
    if (++shared.readers == 2) {
        sim_mark("two readers");
    }
    MemoryBarrier();
    sim_assert(shared.inside == 0);
    shared.readers--;
    ReleaseSRWLockShared(&srw);
    return 0;
}

static void srw_scenario(void *arg)
{
    HANDLE threads[4];

    (void)arg;
    begin();
    for (int at = 0; at < 4; at++) {
        threads[at] = thread_make(at % 2 == 0 ? writer : reader, NULL);
    }
    for (int at = 0; at < 4; at++) {
        thread_end(threads[at]);
    }
    sim_assert(shared.total == 2 && shared.readers == 0);
}

static void srw_lets_in_one_writer_or_many_readers(void **state)
{
    static const char *const marks[] = {"two readers", NULL};

    (void)state;
    schedules_pass(srw_scenario);
    schedules_reach(srw_scenario, marks);
}

static DWORD WINAPI try_srw_worker(void *argument)
{
    DWORD result = 0;

    (void)argument;
    if (TryAcquireSRWLockExclusive(&srw)) {
        result |= 1;
        ReleaseSRWLockExclusive(&srw);
    }
    if (TryAcquireSRWLockShared(&srw)) {
        result |= 2;
        ReleaseSRWLockShared(&srw);
    }
    return result;
}

static DWORD try_srw_elsewhere(void)
{
    HANDLE thread = thread_make(try_srw_worker, NULL);
    DWORD code = 77;

    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(thread, &code));
    sim_assert(CloseHandle(thread));
    return code;
}

static void try_srw_scenario(void *arg)
{
    (void)arg;
    begin();
    sim_assert(try_srw_elsewhere() == 3);
    AcquireSRWLockShared(&srw);
    sim_assert(try_srw_elsewhere() == 2);
    sim_assert(!TryAcquireSRWLockExclusive(&srw));
    ReleaseSRWLockShared(&srw);
    AcquireSRWLockExclusive(&srw);
    sim_assert(try_srw_elsewhere() == 0);
    sim_assert(!TryAcquireSRWLockExclusive(&srw));
    sim_assert(!TryAcquireSRWLockShared(&srw));
    ReleaseSRWLockExclusive(&srw);
    sim_assert(TryAcquireSRWLockExclusive(&srw));
    ReleaseSRWLockExclusive(&srw);
}

static void srw_try_never_blocks(void **state)
{
    (void)state;
    schedules_pass(try_srw_scenario);
}

static void srw_twice_scenario(void *arg)
{
    (void)arg;
    begin();
    AcquireSRWLockExclusive(&srw);
    AcquireSRWLockExclusive(&srw);
}

static void srw_upgrade_scenario(void *arg)
{
    (void)arg;
    begin();
    AcquireSRWLockShared(&srw);
    AcquireSRWLockExclusive(&srw);
}

/** @brief A thread that reads twice, and a writer that may come between. */
static void srw_reads_twice_scenario(void *arg)
{
    HANDLE thread;

    (void)arg;
    begin();
    thread = thread_make(writer, NULL);
    AcquireSRWLockShared(&srw);
    AcquireSRWLockShared(&srw);
    sim_mark("read twice");
    ReleaseSRWLockShared(&srw);
    ReleaseSRWLockShared(&srw);
    thread_end(thread);
}

static void srw_is_not_recursive(void **state)
{
    (void)state;
    schedules_fail(srw_twice_scenario,
                   SIM_DEADLOCK,
                   "A waits in AcquireSRWLockExclusive for a lock held by A");
    schedules_fail(srw_upgrade_scenario,
                   SIM_DEADLOCK,
                   "A waits in AcquireSRWLockExclusive for a lock held by A");
    some_schedule_fails(srw_reads_twice_scenario,
                        SIM_DEADLOCK,
                        "A waits in AcquireSRWLockShared");
    assert_true(sim_marked("read twice") > 0);
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
        cmocka_unit_test(srw_lets_in_one_writer_or_many_readers),
        cmocka_unit_test(srw_try_never_blocks),
        cmocka_unit_test(srw_is_not_recursive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
