/**
 * @file time_routine.c
 * @brief A fact about the routine that a waitable timer calls.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    TIME-07.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** In milliseconds; a thread on a loaded machine ends well before LATER. */
enum { SOON = 40, LATER = 300, IN_VAIN = 900, PERIODS = 5 };

/** How often the routine ran, and where. */
struct record {
    volatile LONG count;
    DWORD thread_id;
};

static void WINAPI write_down(LPVOID arg, DWORD low, DWORD high)
{
    struct record *record = arg;

    (void)low;
    (void)high;
    record->thread_id = GetCurrentThreadId();
    record->count++;
}

/** @brief Set a timer that calls write_down() in this thread.
 *  @param record  For the routine, or NULL: no routine. */
static void timer_set(HANDLE timer, LONG due_ms, LONG period, void *record)
{
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)due_ms * FACT_MS};

    CHECK(SetWaitableTimer(timer,
                           &due,
                           period,
                           record != NULL ? write_down : NULL,
                           record,
                           FALSE));
}

static void check_fires(HANDLE timer)
{
    CHECK(WaitForSingleObject(timer, FACT_LIMIT_MS) == WAIT_OBJECT_0);
}

/** A thread that sets a timer and ends. */
struct setter {
    HANDLE timer;
    struct record *record; /* For the routine; NULL: no routine. */
};

static DWORD WINAPI set_and_end(void *arg)
{
    const struct setter *setter = arg;

    timer_set(setter->timer, LATER, 0, setter->record);
    return 0;
}

static DWORD WINAPI do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

/** @brief A thread that waits alertably until the event is set; returns
 *  whether an APC ran in it. */
static DWORD WINAPI wait_alertably(void *event)
{
    return WaitForSingleObjectEx(event, FACT_LIMIT_MS, TRUE);
}

void fact_time_07(void)
{
    HANDLE timer = CreateWaitableTimerW(NULL, FALSE, NULL);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    struct record record = {0};
    struct setter setter = {.timer = timer};
    HANDLE other;

    CHECK(timer != NULL && event != NULL);
    /* The routine runs when the thread that set the timer waits alertably,
     * not before, and not in a thread that does so before. */
    other = fact_start(wait_alertably, event);
    sim_settle();
    timer_set(timer, SOON, 0, &record);
    check_fires(timer);
    sim_settle();
    CHECK(record.count == 0);
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    CHECK(record.count == 1 && record.thread_id == GetCurrentThreadId());
    CHECK(SetEvent(event));
    CHECK(fact_join(other) == WAIT_OBJECT_0);
    /* It ends a wait that has begun. */
    timer_set(timer, SOON, 0, &record);
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(record.count == 2);
    /* A call that is pending is not queued once more by further periods. */
    timer_set(timer, SOON, SOON, &record);
    CHECK(SleepEx((PERIODS + 1) * SOON, FALSE) == 0);
    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    CHECK(record.count == 3 || (!sim_is_simulated() && record.count == 4));
    /* After it has run the next period queues it again. */
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(CancelWaitableTimer(timer));
    /* The end of another thread is nothing to it. */
    record.count = 0;
    timer_set(timer, SOON, 0, &record);
    (void)fact_join(fact_start(do_nothing, NULL));
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(record.count == 1);
    /* A timer that was set without a routine fires although the thread that
     * set it has ended; with a routine it is cancelled. */
    (void)fact_join(fact_start(set_and_end, &setter));
    check_fires(timer);
    setter.record = &record;
    record.count = 0;
    (void)fact_join(fact_start(set_and_end, &setter));
    CHECK(WaitForSingleObject(timer, IN_VAIN) == WAIT_TIMEOUT);
    CHECK(record.count == 0);
    CHECK(CloseHandle(timer) && CloseHandle(event));
}
