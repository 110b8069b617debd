/**
 * @file test_timers.c
 * @brief Waitable timers, as a program sees them.
 *
 * Uses:     schedules.h, checks.h, the Win32 calls of timer_api.c.
 * Used by:  ctest.
 * Facts:    TIME-01, TIME-05, TIME-06, TIME-07, TIME-08, TIME-09, TIME-11,
 *           TIME-12, TIME-13.
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

static HANDLE timer_make(BOOL manual_reset)
{
    HANDLE timer = CreateWaitableTimerW(NULL, manual_reset, NULL);

    sim_assert(timer != NULL);
    return timer;
}

/** @brief Set a timer to a due time as SetWaitableTimer understands it. */
static void timer_set(HANDLE timer, int64_t due, LONG period)
{
    LARGE_INTEGER value = {.QuadPart = due};

    sim_assert(SetWaitableTimer(timer, &value, period, NULL, NULL, FALSE));
}

/* ---- When -------------------------------------------------------------- */

static void due_times(void *arg)
{
    HANDLE timer = timer_make(FALSE);
    int64_t begin;

    (void)arg;
    {
        /* A new timer is neither armed nor signaled. */
        sim_assert(WaitForSingleObject(timer, 1000) == WAIT_TIMEOUT);
    }
    {
        /* FACT TIME-05 SetWaitableTimer: negative is from now on. */
        begin = now();
        timer_set(timer, -30 * MS, 0);
        sim_assert(!check_signaled(timer));
        sim_assert(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
        sim_assert(now() == begin + 30 * MS);
    }
    {
        /* Positive is a date. */
        timer_set(timer, SIM_TIME_ZERO + now() + 5 * MS, 0);
        sim_assert(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
        sim_assert(now() == begin + 35 * MS);
    }
    {
        /* What is past, and zero is long past, is due at once. */
        timer_set(timer, SIM_TIME_ZERO, 0);
        sim_assert(check_signaled(timer));
        timer_set(timer, 0, 0);
        sim_assert(check_signaled(timer));
        sim_assert(now() == begin + 35 * MS);
    }
    {
        /* Once is once. */
        sim_assert(WaitForSingleObject(timer, 1000) == WAIT_TIMEOUT);
    }
    check_close(timer);
}

static void timer_is_due_when_asked(void **state)
{
    (void)state;
    schedules_pass_exactly(due_times);
}

static void due_on_ticks(void *arg)
{
    HANDLE timer = timer_make(TRUE);
    HANDLE precise =
        CreateWaitableTimerExW(NULL,
                               NULL,
                               CREATE_WAITABLE_TIMER_HIGH_RESOLUTION,
                               TIMER_ALL_ACCESS);
    int64_t begin = now();

    (void)arg;
    /* FACT TIME-01 time-outs end on clock ticks, timers too. */
    timer_set(timer, -20 * MS, 0);
    sim_assert(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
    sim_mark(now() == begin + 20 * MS ? "in time" : "on a tick");
    sim_assert(now() == begin + 20 * MS || now() % (int64_t)SIM_TICK == 0);
    /* FACT TIME-11 high resolution timers do not. */
    begin = now();
    timer_set(precise, -MS / 2, 0);
    sim_assert(WaitForSingleObject(precise, INFINITE) == WAIT_OBJECT_0);
    sim_assert(now() == begin + MS / 2);
    check_close(timer);
    check_close(precise);
}

static void timer_waits_for_a_tick_unless_precise(void **state)
{
    (void)state;
    schedules_pass(due_on_ticks);
    schedules_reach(due_on_ticks,
                    (const char *const[]){"in time", "on a tick", NULL});
}

static void due_with_tolerance(void *arg)
{
    HANDLE timer = CreateWaitableTimerExW(NULL,
                                          NULL,
                                          CREATE_WAITABLE_TIMER_HIGH_RESOLUTION,
                                          TIMER_ALL_ACCESS);
    LARGE_INTEGER due = {.QuadPart = -10 * MS};
    int64_t late;

    (void)arg;
    sim_assert(SetWaitableTimerEx(timer, &due, 0, NULL, NULL, NULL, 7));
    sim_assert(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
    late = now() - 10 * MS;
    /* FACT TIME-12 tolerances. */
    sim_assert(late <= 7 * MS);
    sim_mark(late == 0 ? "prompt" : "held back");
    check_close(timer);
}

static void timer_may_be_late_by_its_tolerance(void **state)
{
    (void)state;
    schedules_pass(due_with_tolerance);
    schedules_reach(due_with_tolerance,
                    (const char *const[]){"prompt", "held back", NULL});
}

static void arguments(void *arg)
{
    HANDLE timer = CreateWaitableTimerA(NULL, TRUE, "clock");
    HANDLE weak = OpenWaitableTimerW(SYNCHRONIZE, FALSE, L"clock");
    LARGE_INTEGER due = {.QuadPart = -MS};

    (void)arg;
    {
        /* FACT TIME-05 SetWaitableTimer: a negative period is refused. */
        sim_assert(
            check_failed(SetWaitableTimer(timer, &due, -1, NULL, NULL, FALSE),
                         ERROR_INVALID_PARAMETER));
        sim_assert(check_failed(
            SetWaitableTimerEx(timer, &due, -1, NULL, NULL, NULL, 0),
            ERROR_INVALID_PARAMETER));
        sim_assert(
            check_failed(SetWaitableTimer(timer, NULL, 0, NULL, NULL, FALSE),
                         ERROR_NOACCESS));
        sim_assert(!check_signaled(timer));
        sim_assert(WaitForSingleObject(timer, 100) == WAIT_TIMEOUT);
    }
    {
        /* Only who may change it can set or cancel it. */
        sim_assert(
            check_failed(SetWaitableTimer(weak, &due, 0, NULL, NULL, FALSE),
                         ERROR_ACCESS_DENIED));
        sim_assert(
            check_failed(CancelWaitableTimer(weak), ERROR_ACCESS_DENIED));
        sim_assert(
            check_failed(CancelWaitableTimer(NULL), ERROR_INVALID_HANDLE));
        sim_assert(CancelWaitableTimer(timer));
        sim_assert(CreateWaitableTimerExW(NULL, NULL, 4, 0) == NULL);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
    }
    {
        /* A machine that does not sleep says so, and succeeds. */
        SetLastError(0);
        sim_assert(SetWaitableTimer(timer, &due, 0, NULL, NULL, TRUE));
        sim_assert(GetLastError() == ERROR_NOT_SUPPORTED);
        sim_assert(WaitForSingleObject(weak, INFINITE) == WAIT_OBJECT_0);
    }
    {
        /* FACT TIME-13 creating by name. */
        HANDLE same = CreateWaitableTimerW(NULL, FALSE, L"clock");

        sim_assert(same != NULL && GetLastError() == ERROR_ALREADY_EXISTS);
        sim_assert(check_signaled(same) && check_signaled(same));
        check_close(same);
        same = CreateWaitableTimerW(NULL, FALSE, L"Clock");
        sim_assert(same != NULL && GetLastError() == ERROR_SUCCESS);
        check_close(same);
        sim_assert(CreateEventW(NULL, FALSE, FALSE, L"clock") == NULL);
        sim_assert(GetLastError() == ERROR_INVALID_HANDLE);
        sim_assert(OpenWaitableTimerW(SYNCHRONIZE, FALSE, L"no") == NULL);
        sim_assert(GetLastError() == ERROR_FILE_NOT_FOUND);
    }
    check_close(weak);
    check_close(timer);
}

static void timer_checks_its_arguments(void **state)
{
    (void)state;
    schedules_pass(arguments);
}

/* ---- Kinds ------------------------------------------------------------- */

static void kinds(void *arg)
{
    HANDLE manual = timer_make(TRUE);
    HANDLE synchronization = timer_make(FALSE);

    (void)arg;
    {
        /* FACT TIME-08 kinds: one stays signaled, one gives it away. */
        timer_set(manual, -5 * MS, 0);
        timer_set(synchronization, -5 * MS, 0);
        Sleep(10);
        sim_assert(check_signaled(manual) && check_signaled(manual));
        sim_assert(check_signaled(synchronization));
        sim_assert(!check_signaled(synchronization));
    }
    {
        /* FACT TIME-06 setting again takes the signal back. */
        timer_set(manual, -5 * MS, 0);
        sim_assert(!check_signaled(manual));
        /* And replaces the due time. */
        timer_set(manual, -50 * MS, 0);
        sim_assert(WaitForSingleObject(manual, 40) == WAIT_TIMEOUT);
        sim_assert(WaitForSingleObject(manual, 20) == WAIT_OBJECT_0);
    }
    {
        /* FACT TIME-09 CancelWaitableTimer: the state stays as it is. */
        sim_assert(CancelWaitableTimer(manual));
        sim_assert(check_signaled(manual));
        timer_set(manual, -5 * MS, 0);
        sim_assert(CancelWaitableTimer(manual));
        sim_assert(WaitForSingleObject(manual, 1000) == WAIT_TIMEOUT);
    }
    check_close(manual);
    check_close(synchronization);
}

static void timer_kinds_differ_in_who_resets(void **state)
{
    (void)state;
    schedules_pass_exactly(kinds);
}

static void periods(void *arg)
{
    HANDLE timer = timer_make(FALSE);
    HANDLE manual = timer_make(TRUE);
    int64_t begin = now();

    (void)arg;
    timer_set(timer, -10 * MS, 20);
    timer_set(manual, -9 * MS, 20);
    for (int64_t round = 0; round < 4; round++) {
        sim_assert(WaitForSingleObject(timer, INFINITE) == WAIT_OBJECT_0);
        sim_assert(now() == begin + (10 + 20 * round) * MS);
        sim_assert(!check_signaled(timer));
        sim_assert(check_signaled(manual));
    }
    /* Periods that nobody waited for are one signal. */
    Sleep(95);
    sim_assert(check_signaled(timer) && !check_signaled(timer));
    /* Setting without a period ends the old one. */
    timer_set(timer, -10 * MS, 0);
    sim_assert(WaitForSingleObject(timer, 11) == WAIT_OBJECT_0);
    sim_assert(WaitForSingleObject(timer, 500) == WAIT_TIMEOUT);
    check_close(timer);
    check_close(manual);
}

static void timer_with_a_period_comes_again(void **state)
{
    (void)state;
    schedules_pass_exactly(periods);
}

static DWORD WINAPI wait_for_timer(void *argument)
{
    sim_assert(WaitForSingleObject((HANDLE)argument, INFINITE) ==
               WAIT_OBJECT_0);
    return 0;
}

/** The last handle is closed while somebody waits: the wait ends in time. */
static void closed_while_waiting(void *arg)
{
    HANDLE timer = timer_make(FALSE);
    HANDLE thread = CreateThread(NULL, 0, wait_for_timer, timer, 0, NULL);

    (void)arg;
    timer_set(timer, -10 * MS, 10);
    sim_settle();
    check_close(timer);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(sim__world.deadline_count == 0);
    check_close(thread);
}

static void timer_lives_as_long_as_its_waiters(void **state)
{
    (void)state;
    schedules_rules("-20"); /* As it says. */
    schedules_pass_exactly(closed_while_waiting);
    schedules_rules(NULL);
}

/** FACT TIME-09 CancelWaitableTimer: cancelling wakes nobody. */
static void cancelled_while_waiting(void *arg)
{
    HANDLE timer = timer_make(FALSE);
    HANDLE thread = CreateThread(NULL, 0, wait_for_timer, timer, 0, NULL);

    (void)arg;
    timer_set(timer, -10 * MS, 0);
    sim_settle();
    sim_assert(CancelWaitableTimer(timer));
    sim_assert(WaitForSingleObject(thread, 1000) == WAIT_TIMEOUT);
    timer_set(timer, -10 * MS, 0);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    check_close(thread);
    check_close(timer);
}

static void timer_cancelled_leaves_waiters_waiting(void **state)
{
    (void)state;
    schedules_pass_exactly(cancelled_while_waiting);
}

/** A clock that ticks for nobody does not hide a deadlock. */
static void deadlock_beside_a_period(void *arg)
{
    HANDLE timer = timer_make(FALSE);
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);

    (void)arg;
    timer_set(timer, -10 * MS, 10);
    (void)WaitForSingleObject(event, INFINITE);
}

static void timer_periods_do_not_hide_a_deadlock(void **state)
{
    (void)state;
    schedules_fail(deadlock_beside_a_period, SIM_DEADLOCK, "event 1");
}

/* ---- Completion routines ----------------------------------------------- */

static int calls;
static void *called_with;
static int64_t called_time;

static void CALLBACK count_call(void *argument, DWORD low, DWORD high)
{
    calls++;
    called_with = argument;
    called_time = (int64_t)((uint64_t)high << 32 | low);
}

static void timer_set_routine(HANDLE timer, int64_t due, LONG period)
{
    LARGE_INTEGER value = {.QuadPart = due};

    sim_assert(
        SetWaitableTimer(timer, &value, period, count_call, &calls, FALSE));
}

static void routine_runs(void *arg)
{
    HANDLE timer = timer_make(TRUE);
    int64_t begin = now();

    (void)arg;
    calls = 0;
    {
        /* FACT TIME-07 completion routine: in an alertable wait, and told the
         * time at which it was due. */
        timer_set_routine(timer, -10 * MS, 0);
        Sleep(15);
        sim_assert(calls == 0 && check_signaled(timer));
        sim_assert(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
        sim_assert(calls == 1);
        sim_assert(called_with == &calls);
        sim_assert(called_time == SIM_TIME_ZERO + begin + 10 * MS);
    }
    {
        /* It ends a wait that is under way. */
        timer_set_routine(timer, -10 * MS, 0);
        sim_assert(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
        sim_assert(now() == begin + 25 * MS && calls == 2);
    }
    {
        /* One pending call, however many periods pass. */
        timer_set_routine(timer, -10 * MS, 10);
        Sleep(55);
        sim_assert(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
        sim_assert(calls == 3);
        sim_assert(SleepEx(0, TRUE) == 0);
        sim_assert(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
        sim_assert(calls == 4 && now() == begin + 85 * MS);
    }
    {
        /* FACT TIME-06 setting again, like cancelling, takes a pending
         * call back. */
        Sleep(10);
        sim_assert(CancelWaitableTimer(timer));
        sim_assert(SleepEx(0, TRUE) == 0);
        timer_set_routine(timer, 0, 0);
        timer_set(timer, -10 * MS, 0);
        sim_assert(SleepEx(50, TRUE) == 0 && calls == 4);
    }
    {
        /* So does closing the last handle. */
        timer_set_routine(timer, 0, 0);
        check_close(timer);
        sim_assert(SleepEx(50, TRUE) == 0 && calls == 4);
    }
}

static void timer_routine_runs_in_its_thread(void **state)
{
    (void)state;
    schedules_pass_exactly(routine_runs);
}

static DWORD WINAPI set_and_end(void *argument)
{
    timer_set_routine((HANDLE)argument, -10 * MS, 10);
    return 0;
}

/** FACT TIME-07 completion routine: with its thread the timer is cancelled. */
static void routine_dies(void *arg)
{
    HANDLE timer = timer_make(TRUE);
    HANDLE thread = CreateThread(NULL, 0, set_and_end, timer, 0, NULL);

    (void)arg;
    calls = 0;
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(WaitForSingleObjectEx(timer, 1000, TRUE) == WAIT_TIMEOUT);
    sim_assert(calls == 0);
    /* Without a routine it would have outlived the thread. */
    timer_set(timer, -10 * MS, 0);
    sim_assert(WaitForSingleObject(timer, 1000) == WAIT_OBJECT_0);
    check_close(thread);
    check_close(timer);
}

static void timer_routine_dies_with_its_thread(void **state)
{
    (void)state;
    schedules_pass_exactly(routine_dies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timer_is_due_when_asked),
        cmocka_unit_test(timer_waits_for_a_tick_unless_precise),
        cmocka_unit_test(timer_may_be_late_by_its_tolerance),
        cmocka_unit_test(timer_checks_its_arguments),
        cmocka_unit_test(timer_kinds_differ_in_who_resets),
        cmocka_unit_test(timer_with_a_period_comes_again),
        cmocka_unit_test(timer_lives_as_long_as_its_waiters),
        cmocka_unit_test(timer_cancelled_leaves_waiters_waiting),
        cmocka_unit_test(timer_periods_do_not_hide_a_deadlock),
        cmocka_unit_test(timer_routine_runs_in_its_thread),
        cmocka_unit_test(timer_routine_dies_with_its_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
