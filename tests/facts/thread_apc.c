/**
 * @file thread_apc.c
 * @brief Facts about when APCs run, and what becomes of the wait.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    THREAD-08, THREAD-09, THREAD-10, THREAD-11.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** The APCs that ran: one decimal digit each, in order. */
static volatile LONG ran;

static void WINAPI write_digit(ULONG_PTR digit)
{
    ran = ran * 10 + (LONG)digit;
}

/** @brief An APC that queues another. */
static void WINAPI write_and_queue(ULONG_PTR digit)
{
    write_digit(digit);
    CHECK(QueueUserAPC(write_digit, GetCurrentThread(), digit + 1));
}

static void queue(HANDLE thread, ULONG_PTR digit)
{
    CHECK(QueueUserAPC(write_digit, thread, digit));
}

static HANDLE event_create(void)
{
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);

    CHECK(event != NULL);
    return event;
}

static DWORD WINAPI do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

void fact_thread_08(void)
{
    HANDLE thread = fact_start(do_nothing, NULL);

    CHECK(WaitForSingleObject(thread, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    /* The thread is over, though its handle is open. */
    ran = 0;
    SetLastError(ERROR_SUCCESS);
    CHECK(!QueueUserAPC(write_digit, thread, 1));
    CHECK(GetLastError() == ERROR_GEN_FAILURE);
    CHECK(ran == 0);
    (void)fact_join(thread);
}

/* ---- Which of them run --------------------------------------------------- */

/** @brief Wait alertably in one of several ways, for what does not come. */
static DWORD wait_alertably(int way, HANDLE event)
{
    HANDLE other = event_create();
    const HANDLE both[] = {event, other};
    DWORD result;

    switch (way) {
    case 0:
        result = SleepEx(0, TRUE);
        break;
    case 1:
        result = SleepEx(FACT_LIMIT_MS, TRUE);
        break;
    case 2:
        result = WaitForSingleObjectEx(event, FACT_LIMIT_MS, TRUE);
        break;
    case 3:
        result = WaitForMultipleObjectsEx(2, both, TRUE, FACT_LIMIT_MS, TRUE);
        break;
    default:
        result = SignalObjectAndWait(other, event, FACT_LIMIT_MS, TRUE);
        break;
    }
    CHECK(CloseHandle(other));
    return result;
}

void fact_thread_09(void)
{
    HANDLE event = event_create();
    HANDLE self = GetCurrentThread();

    for (int way = 0; way < 5; way++) {
        /* Three APCs are pending, and the last one queues another. */
        ran = 0;
        queue(self, 1);
        queue(self, 2);
        CHECK(QueueUserAPC(write_and_queue, self, 3));
        /* Calls that are not alertable run none. */
        CHECK(SleepEx(1, FALSE) == 0);
        CHECK(WaitForSingleObject(event, 1) == WAIT_TIMEOUT);
        CHECK(ran == 0);
        /* The first that is runs all, in order, and ends. */
        CHECK(wait_alertably(way, event) == WAIT_IO_COMPLETION);
        CHECK(ran == 1234);
        /* None is left. */
        CHECK(SleepEx(0, TRUE) == 0);
    }
    CHECK(CloseHandle(event));
}

/* ---- What becomes of the wait -------------------------------------------- */

static void WINAPI set_event(ULONG_PTR event)
{
    write_digit(9);
    /* The parameter of an APC is a number. */
    CHECK(SetEvent((HANDLE)event));
}

/** A thread that waits alertably, and what had run when that ended. */
struct waiter {
    HANDLE event;
    LONG ran;
};

static DWORD WINAPI wait_here(void *arg)
{
    struct waiter *waiter = arg;
    DWORD result = WaitForSingleObjectEx(waiter->event, FACT_LIMIT_MS, TRUE);

    waiter->ran = ran;
    return result;
}

static DWORD WINAPI wait_for_all(void *arg)
{
    struct waiter *waiter = arg;
    HANDLE other = event_create();
    const HANDLE both[] = {waiter->event, other};
    DWORD result;

    CHECK(SetEvent(other));
    result = WaitForMultipleObjectsEx(2, both, TRUE, FACT_LIMIT_MS, TRUE);
    /* It is still signaled, too: a wait that did not end took nothing. */
    CHECK(WaitForSingleObject(other, 0) == WAIT_OBJECT_0);
    CHECK(CloseHandle(other));
    waiter->ran = ran;
    return result;
}

void fact_thread_10(void)
{
    struct waiter waiter = {.event = event_create()};
    LPTHREAD_START_ROUTINE const bodies[] = {wait_here, wait_for_all};
    HANDLE thread;

    for (size_t at = 0; at < 2; at++) {
        /* A thread waits for an event, and an APC sets it: the wait ends
         * because of the APC, and the event stays set. */
        ran = 0;
        thread = fact_start(bodies[at], &waiter);
        sim_settle();
        CHECK(QueueUserAPC(set_event, thread, (ULONG_PTR)waiter.event));
        CHECK(fact_join(thread) == WAIT_IO_COMPLETION);
        CHECK(ran == 9);
        CHECK(WaitForSingleObject(waiter.event, 0) == WAIT_OBJECT_0);
        CHECK(WaitForSingleObject(waiter.event, 0) == WAIT_TIMEOUT);
    }
    /* Two that are queued before the thread can run both run before its call
     * returns. */
    ran = 0;
    thread = fact_start(wait_here, &waiter);
    sim_settle();
    CHECK(SuspendThread(thread) == 0);
    queue(thread, 1);
    queue(thread, 2);
    CHECK(ResumeThread(thread) == 1);
    CHECK(fact_join(thread) == WAIT_IO_COMPLETION);
    CHECK(waiter.ran == 12);
    CHECK(CloseHandle(waiter.event));
}

static DWORD WINAPI return_digits(void *arg)
{
    (void)arg;
    return (DWORD)ran;
}

void fact_thread_11(void)
{
    HANDLE thread =
        CreateThread(NULL, 0, return_digits, NULL, CREATE_SUSPENDED, NULL);

    CHECK(thread != NULL);
    /* APCs are queued to a thread that has not begun: they run first, although
     * the thread never waits. */
    ran = 0;
    queue(thread, 1);
    queue(thread, 2);
    CHECK(ran == 0);
    CHECK(ResumeThread(thread) == 1);
    CHECK(fact_join(thread) == 12);
}
