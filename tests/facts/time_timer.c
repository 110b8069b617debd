/**
 * @file time_timer.c
 * @brief Facts about setting and cancelling waitable timers.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    TIME-05, TIME-06, TIME-08, TIME-09.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

enum {
    SOON = 40,       /* Milliseconds until something is due. */
    LATER = 3600000, /* Not while this test runs. */
    IN_VAIN = 150,   /* For which we wait for what must not happen. */
    PATIENCE = 1500, /* Of a thread that gives up in the end. */
    LATE_REAL = 5000 * FACT_MS
};

static HANDLE timer_create(BOOL manual_reset)
{
    HANDLE timer = CreateWaitableTimerW(NULL, manual_reset, NULL);

    CHECK(timer != NULL);
    return timer;
}

/** @brief Set a timer to so many milliseconds from now. */
static void timer_set(HANDLE timer, LONG milliseconds, LONG period)
{
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)milliseconds * FACT_MS};

    CHECK(SetWaitableTimer(timer, &due, period, NULL, NULL, FALSE));
}

static void WINAPI count_up(LPVOID counter, DWORD low, DWORD high)
{
    (void)low;
    (void)high;
    ++*(volatile LONG *)counter;
}

/** @brief Set a timer that calls count_up(). */
static void timer_set_routine(HANDLE timer,
                              LONG milliseconds,
                              volatile LONG *counter)
{
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)milliseconds * FACT_MS};

    CHECK(SetWaitableTimer(timer,
                           &due,
                           0,
                           count_up,
                           (void *)(ULONG_PTR)counter,
                           FALSE));
}

static BOOL is_signaled(HANDLE timer)
{
    DWORD result = WaitForSingleObject(timer, 0);

    CHECK(result == WAIT_OBJECT_0 || result == WAIT_TIMEOUT);
    return result == WAIT_OBJECT_0;
}

static void check_fires(HANDLE timer)
{
    CHECK(WaitForSingleObject(timer, FACT_LIMIT_MS) == WAIT_OBJECT_0);
}

static void check_silent(HANDLE timer)
{
    CHECK(WaitForSingleObject(timer, IN_VAIN) == WAIT_TIMEOUT);
}

/** @brief Check that the timer fires so many milliseconds after @p start. */
static void check_fires_after(HANDLE timer, LONGLONG start, LONG milliseconds)
{
    LONGLONG asked = (LONGLONG)milliseconds * FACT_MS;
    LONGLONG took;

    check_fires(timer);
    took = fact_now() - start;
    if (sim_is_simulated()) {
        CHECK(took == asked);
    } else {
        CHECK(took > asked - FACT_TICK && took < asked + LATE_REAL);
    }
}

/** @brief The time as SetWaitableTimer takes it. */
static LONGLONG utc_now(void)
{
    FILETIME time;

    GetSystemTimeAsFileTime(&time);
    return (LONGLONG)((ULONGLONG)time.dwHighDateTime << 32 |
                      time.dwLowDateTime);
}

void fact_time_05(void)
{
    HANDLE timer = timer_create(FALSE);
    LARGE_INTEGER due = {.QuadPart = -SOON * FACT_MS};
    LONGLONG start = fact_now();

    /* A negative due time is so far from now.  Without a period the timer
     * fires once. */
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    check_fires_after(timer, start, SOON);
    check_silent(timer);
    /* A positive one is a point in time. */
    start = fact_now();
    due.QuadPart = utc_now() + SOON * FACT_MS;
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    check_fires_after(timer, start, SOON);
    check_silent(timer);
    /* One that has passed is now. */
    due.QuadPart = utc_now() - SOON * FACT_MS;
    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    check_fires(timer);
    /* The period is in milliseconds, and counts from the due time. */
    start = fact_now();
    timer_set(timer, SOON, 2 * SOON);
    check_fires_after(timer, start, SOON);
    check_fires_after(timer, start, 3 * SOON);
    check_fires_after(timer, start, 5 * SOON);
    /* A negative period is refused. */
    due.QuadPart = -SOON * FACT_MS;
    SetLastError(ERROR_SUCCESS);
    CHECK(!SetWaitableTimer(timer, &due, -1, NULL, NULL, FALSE));
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(CloseHandle(timer));
}

void fact_time_06(void)
{
    HANDLE timer = timer_create(TRUE);
    volatile LONG before = 0;
    volatile LONG after = 0;

    /* The later due time replaces the earlier one, and the other way round. */
    timer_set(timer, SOON, 0);
    timer_set(timer, LATER, 0);
    check_silent(timer);
    timer_set(timer, SOON, 0);
    check_fires(timer);
    /* A timer that is signaled is not any more when it is set. */
    CHECK(is_signaled(timer));
    timer_set(timer, LATER, 0);
    CHECK(!is_signaled(timer));
    /* A routine that is pending is gone. */
    timer_set_routine(timer, SOON, &before);
    check_fires(timer);
    sim_settle();
    timer_set_routine(timer, SOON, &after);
    check_fires(timer);
    sim_settle();
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    CHECK(before == 0 && after == 1);
    timer_set_routine(timer, SOON, &before);
    check_fires(timer);
    sim_settle();
    timer_set_routine(timer, LATER, &after);
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(before == 0 && after == 1);
    CHECK(CloseHandle(timer));
    /* The period is replaced, too: this one fires once more, not for ever. */
    timer = timer_create(FALSE);
    timer_set(timer, SOON, SOON);
    check_fires(timer);
    timer_set(timer, SOON, 0);
    check_fires(timer);
    check_silent(timer);
    CHECK(CloseHandle(timer));
}

/** A thread that waits for a timer, if only for a while. */
struct waiter {
    HANDLE timer;
    DWORD milliseconds;
};

static DWORD WINAPI wait_here(void *arg)
{
    const struct waiter *waiter = arg;

    return WaitForSingleObject(waiter->timer, waiter->milliseconds);
}

void fact_time_08(void)
{
    HANDLE manual = timer_create(TRUE);
    HANDLE synchronization = timer_create(FALSE);
    struct waiter both = {.timer = manual, .milliseconds = FACT_LIMIT_MS};
    struct waiter one = {synchronization, PATIENCE};
    HANDLE threads[4];
    DWORD results[2];

    threads[0] = fact_start(wait_here, &both);
    threads[1] = fact_start(wait_here, &both);
    threads[2] = fact_start(wait_here, &one);
    threads[3] = fact_start(wait_here, &one);
    sim_settle();
    timer_set(manual, SOON, 0);
    timer_set(synchronization, SOON, 0);
    /* A manual-reset timer ends the waits of all, and stays signaled. */
    CHECK(fact_join(threads[0]) == WAIT_OBJECT_0);
    CHECK(fact_join(threads[1]) == WAIT_OBJECT_0);
    CHECK(is_signaled(manual) && is_signaled(manual));
    /* A synchronization timer ends one wait, and that resets it. */
    results[0] = fact_join(threads[2]);
    results[1] = fact_join(threads[3]);
    CHECK(results[0] + results[1] == WAIT_OBJECT_0 + WAIT_TIMEOUT);
    timer_set(synchronization, SOON, 0);
    check_fires(synchronization);
    CHECK(!is_signaled(synchronization));
    /* It is the same when nobody waits while it fires. */
    timer_set(synchronization, SOON, 0);
    CHECK(SleepEx(IN_VAIN, FALSE) == 0);
    CHECK(is_signaled(synchronization));
    CHECK(!is_signaled(synchronization));
    /* Cancelling does not reset the first; setting it does. */
    CHECK(CancelWaitableTimer(manual));
    CHECK(is_signaled(manual));
    timer_set(manual, LATER, 0);
    CHECK(!is_signaled(manual));
    /* With a period a timer is signaled again and again, also when nobody has
     * waited for it meanwhile, */
    timer_set(synchronization, SOON, SOON);
    CHECK(SleepEx(IN_VAIN, FALSE) == 0);
    for (int turn = 0; turn < 4; turn++) {
        check_fires(synchronization);
    }
    /* until it is cancelled. */
    CHECK(CancelWaitableTimer(synchronization));
    (void)is_signaled(synchronization);
    check_silent(synchronization);
    CHECK(CloseHandle(manual) && CloseHandle(synchronization));
}

void fact_time_09(void)
{
    HANDLE timer = timer_create(TRUE);
    struct waiter waiter = {timer, PATIENCE};
    volatile LONG counter = 0;
    HANDLE thread;

    /* A timer that is cancelled does not fire, and the threads that wait for
     * it wait on. */
    thread = fact_start(wait_here, &waiter);
    sim_settle();
    timer_set(timer, PATIENCE / 3, 0);
    CHECK(CancelWaitableTimer(timer));
    CHECK(fact_join(thread) == WAIT_TIMEOUT);
    CHECK(!is_signaled(timer));
    /* One that has fired stays signaled, but its routine will not run. */
    timer_set_routine(timer, SOON, &counter);
    check_fires(timer);
    sim_settle();
    CHECK(CancelWaitableTimer(timer));
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(counter == 0);
    CHECK(is_signaled(timer));
    /* There may be nothing to cancel. */
    CHECK(CancelWaitableTimer(timer));
    CHECK(is_signaled(timer));
    CHECK(CloseHandle(timer));
}
