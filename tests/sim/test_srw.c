/**
 * @file test_srw.c
 * @brief Slim reader/writer locks, as a program sees them.
 *
 * Uses:     failures.h, checks.h, the Win32 calls of srw.c.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "failures.h"

#include <string.h>
#include <windows.h>

#include "checks.h"

static SRWLOCK srw;

/** What the threads of a scenario share; plain, so that it needs the lock. */
static struct {
    int inside;
    int readers;
    int total;
} shared;

static void begin(void)
{
    memset(&shared, 0, sizeof shared);
    InitializeSRWLock(&srw);
}

/* ---- SRW locks --------------------------------------------------------- */

static DWORD WINAPI writer(void *argument)
{
    (void)argument;
    AcquireSRWLockExclusive(&srw);
    sim_assert(shared.inside == 0 && shared.readers == 0);
    shared.inside++;
    YieldProcessor();
    sim_assert(shared.inside == 1 && shared.readers == 0);
    shared.inside--;
    shared.total++;
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
        threads[at] = check_thread(at % 2 == 0 ? writer : reader, NULL);
    }
    for (int at = 0; at < 4; at++) {
        check_join(threads[at]);
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

/** @brief A reader that stays inside until a second one is there. */
static DWORD WINAPI patient_reader(void *event)
{
    AcquireSRWLockShared(&srw);
    if (++shared.readers == 2) {
        sim_assert(SetEvent(event));
    }
    sim_assert(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
    ReleaseSRWLockShared(&srw);
    return 0;
}

static void readers_scenario(void *arg)
{
    HANDLE event = check_event(TRUE, FALSE);
    HANDLE first;
    HANDLE second;

    (void)arg;
    begin();
    AcquireSRWLockExclusive(&srw);
    first = check_thread(patient_reader, event);
    second = check_thread(patient_reader, event);
    sim_settle();
    ReleaseSRWLockExclusive(&srw);
    check_join(first);
    check_join(second);
    check_close(event);
}

static void srw_lets_all_waiting_readers_in(void **state)
{
    (void)state;
    schedules_pass(readers_scenario);
}

/** @brief Readers hold the lock, a writer waits, one more reader comes. */
static void overtake_scenario(void *arg)
{
    HANDLE thread;

    (void)arg;
    begin();
    AcquireSRWLockShared(&srw);
    thread = check_thread(writer, NULL);
    sim_settle();
    if (TryAcquireSRWLockShared(&srw)) {
        sim_mark("overtakes");
        ReleaseSRWLockShared(&srw);
    } else {
        sim_mark("waits behind");
    }
    ReleaseSRWLockShared(&srw);
    check_join(thread);
}

static void srw_reader_may_overtake_a_writer(void **state)
{
    static const char *const marks[] = {"overtakes", "waits behind", NULL};

    (void)state;
    schedules_reach(overtake_scenario, marks);
}

/* ---- Trying, and trying it twice --------------------------------------- */

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
    HANDLE thread = check_thread(try_srw_worker, NULL);
    DWORD code;

    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    code = check_exit_code(thread);
    check_close(thread);
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
    thread = check_thread(writer, NULL);
    AcquireSRWLockShared(&srw);
    AcquireSRWLockShared(&srw);
    sim_mark("read twice");
    ReleaseSRWLockShared(&srw);
    ReleaseSRWLockShared(&srw);
    check_join(thread);
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
    failures_find(srw_reads_twice_scenario,
                  SIM_DEADLOCK,
                  "A waits in AcquireSRWLockShared");
    assert_true(sim_marked("read twice") > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(srw_lets_in_one_writer_or_many_readers),
        cmocka_unit_test(srw_lets_all_waiting_readers_in),
        cmocka_unit_test(srw_reader_may_overtake_a_writer),
        cmocka_unit_test(srw_try_never_blocks),
        cmocka_unit_test(srw_is_not_recursive),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
