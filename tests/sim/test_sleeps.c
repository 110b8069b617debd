/**
 * @file test_sleeps.c
 * @brief Sleeping, time-outs, and APCs that end alertable waits.
 *
 * Uses:     schedules.h, checks.h, the Win32 calls of wait_api.c.
 * Used by:  ctest.
 * Facts:    THREAD-09, THREAD-10, TIME-01, TIME-03.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <windows.h>

#include "checks.h"
#include "kernel/schedule.h"

/** A millisecond in units of 100 ns. */
#define MS INT64_C(10000)

/** @brief Virtual time since the run began, 100 ns. */
static int64_t now(void)
{
    return (int64_t)sim__world.now;
}

/* ---- Time -------------------------------------------------------------- */

static void sleep_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    int64_t begin = now();

    (void)arg;
    Sleep(10);
    sim_assert(now() == begin + 10 * MS);
    sim_assert(SleepEx(5, TRUE) == 0);
    sim_assert(now() == begin + 15 * MS);
    sim_assert(WaitForSingleObject(event, 7) == WAIT_TIMEOUT);
    sim_assert(now() == begin + 22 * MS);
    Sleep(0);
    sim_assert(SleepEx(0, FALSE) == 0);
    sim_assert(now() == begin + 22 * MS);
    /* FACT TIME-03 milliseconds to kernel units: the longest that ends. */
    Sleep(INFINITE - 1);
    sim_assert(now() == begin + (22 + (int64_t)(INFINITE - 1)) * MS);
    check_close(event);
}

static void sleep_lasts_as_long_as_asked(void **state)
{
    (void)state;
    schedules_pass_exactly(sleep_scenario);
}

static void sleep_ticks_scenario(void *arg)
{
    int64_t begin = now();
    int64_t end;

    (void)arg;
    Sleep(20);
    end = now() - begin;
    /* FACT TIME-01 time-outs end on clock ticks. */
    sim_assert(end > 20 * MS - (int64_t)SIM_TICK &&
               end < 20 * MS + (int64_t)SIM_TICK);
    if (end < 20 * MS) {
        sim_mark("early");
    }
    if (end > 20 * MS) {
        sim_mark("late");
    }
}

static void sleep_ends_on_clock_ticks(void **state)
{
    (void)state;
    schedules_pass(sleep_ticks_scenario);
    schedules_reach(sleep_ticks_scenario,
                    (const char *const[]){"early", "late", NULL});
}

static LONG turns;

static DWORD WINAPI take_a_turn(void *argument)
{
    (void)argument;
    turns++;
    return 0;
}

static void switch_scenario(void *arg)
{
    HANDLE thread;

    (void)arg;
    turns = 0;
    /* Nobody else could run, so there was no switch. */
    sim_assert(!SwitchToThread());
    thread = check_thread(take_a_turn, NULL);
    /* BOUND: a switch runs whoever could run, and the thread soon ends. */
    while (SwitchToThread()) {
        sim_mark("switched");
    }
    sim_assert(turns == 1);
    check_join(thread);
}

static void switch_to_thread_says_whether_it_did(void **state)
{
    (void)state;
    schedules_pass(switch_scenario);
    schedules_reach(switch_scenario, (const char *const[]){"switched", NULL});
}

/** A wait that nothing can end is found at once. */
static void deadlock_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);

    (void)arg;
    (void)WaitForSingleObject(event, INFINITE);
}

static void wait_for_nothing_is_a_deadlock(void **state)
{
    (void)state;
    schedules_fail(deadlock_scenario, SIM_DEADLOCK, "WaitForSingleObject");
}

/* ---- Alertable waits --------------------------------------------------- */

static int order[8];
static int order_count;

static void note_order(int number)
{
    sim_assert(order_count < 8);
    order[order_count++] = number;
}

static void CALLBACK plain_apc(ULONG_PTR parameter)
{
    note_order((int)parameter);
}

static void CALLBACK queueing_apc(ULONG_PTR parameter)
{
    note_order((int)parameter);
    sim_assert(QueueUserAPC(plain_apc, GetCurrentThread(), parameter + 10));
}

static HANDLE awaited;

static void CALLBACK setting_apc(ULONG_PTR parameter)
{
    (void)parameter;
    sim_assert(SetEvent(awaited));
}

/** FACT THREAD-09 an alertable wait runs all queued APCs: in order, and those
 * that they queue. */
static void alertable_scenario(void *arg)
{
    HANDLE event = check_event(TRUE, FALSE);
    HANDLE self = GetCurrentThread();

    (void)arg;
    order_count = 0;
    {
        sim_assert(QueueUserAPC(queueing_apc, self, 1));
        sim_assert(QueueUserAPC(plain_apc, self, 2));
        /* Waits that are not alertable do not see them. */
        sim_assert(WaitForSingleObject(event, 1) == WAIT_TIMEOUT);
        sim_assert(SleepEx(1, FALSE) == 0);
        sim_assert(order_count == 0);
        sim_assert(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
        sim_assert(order_count == 3);
        sim_assert(order[0] == 1 && order[1] == 2 && order[2] == 11);
        sim_assert(SleepEx(0, TRUE) == 0);
    }
    {
        /* Each alertable call runs them. */
        sim_assert(QueueUserAPC(plain_apc, self, 3));
        sim_assert(WaitForSingleObjectEx(event, INFINITE, TRUE) ==
                   WAIT_IO_COMPLETION);
        sim_assert(QueueUserAPC(plain_apc, self, 4));
        sim_assert(WaitForMultipleObjectsEx(1, &event, TRUE, 0, TRUE) ==
                   WAIT_IO_COMPLETION);
        sim_assert(QueueUserAPC(plain_apc, self, 5));
        sim_assert(SignalObjectAndWait(event, event, 0, FALSE) ==
                   WAIT_OBJECT_0);
        sim_assert(ResetEvent(event));
        sim_assert(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
        sim_assert(order_count == 6);
    }
    check_close(event);
}

static void alertable_wait_runs_all_apcs(void **state)
{
    (void)state;
    schedules_pass(alertable_scenario);
}

/** FACT THREAD-10 the wait that an APC ended did not take the object. */
static void interrupted_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);

    (void)arg;
    awaited = event;
    sim_assert(QueueUserAPC(setting_apc, GetCurrentThread(), 0));
    sim_assert(WaitForSingleObjectEx(event, 1000, TRUE) == WAIT_IO_COMPLETION);
    sim_assert(WaitForSingleObjectEx(event, 0, TRUE) == WAIT_OBJECT_0);
    sim_assert(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    check_close(event);
}

static DWORD WINAPI interrupt(void *argument)
{
    order_count = 0;
    sim_assert(QueueUserAPC(plain_apc, (HANDLE)argument, 1));
    return 0;
}

/** An APC from another thread ends the wait while it blocks. */
static void interrupted_by_other_scenario(void *arg)
{
    HANDLE self = NULL;
    HANDLE thread;

    (void)arg;
    sim_assert(DuplicateHandle(GetCurrentProcess(),
                               GetCurrentThread(),
                               GetCurrentProcess(),
                               &self,
                               0,
                               FALSE,
                               DUPLICATE_SAME_ACCESS));
    thread = check_thread(interrupt, self);
    sim_assert(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    sim_assert(order_count == 1);
    check_join(thread);
    check_close(self);
}

static void apc_ends_a_wait_without_taking(void **state)
{
    (void)state;
    schedules_pass(interrupted_scenario);
    schedules_pass(interrupted_by_other_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sleep_lasts_as_long_as_asked),
        cmocka_unit_test(sleep_ends_on_clock_ticks),
        cmocka_unit_test(switch_to_thread_says_whether_it_did),
        cmocka_unit_test(wait_for_nothing_is_a_deadlock),
        cmocka_unit_test(alertable_wait_runs_all_apcs),
        cmocka_unit_test(apc_ends_a_wait_without_taking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
