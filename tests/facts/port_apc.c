/**
 * @file port_apc.c
 * @brief Facts about APCs and threads that wait at a port.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-43, PORT-53, PORT-54, PORT-72, PORT-73, PORT-74, PORT-75.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** @brief An APC that counts how often it ran. */
static void WINAPI count_up(ULONG_PTR counter)
{
    ++*(volatile LONG *)counter;
}

/** @brief Queue it to a thread. */
static void queue(HANDLE thread, volatile LONG *counter)
{
    CHECK(QueueUserAPC(count_up, thread, (ULONG_PTR)counter));
}

static void queue_here(volatile LONG *counter)
{
    queue(GetCurrentThread(), counter);
}

/** @brief GetQueuedCompletionStatusEx for one packet.
 *  @return the packet's key, which must not be 0, or 0: see the last error. */
static ULONG_PTR take(HANDLE port, DWORD milliseconds, BOOL alertable)
{
    OVERLAPPED_ENTRY entry;
    ULONG removed;

    SetLastError(ERROR_SUCCESS);
    if (!GetQueuedCompletionStatusEx(port,
                                     &entry,
                                     1,
                                     &removed,
                                     milliseconds,
                                     alertable)) {
        return 0;
    }
    CHECK(removed == 1 && entry.lpCompletionKey != 0);
    return entry.lpCompletionKey;
}

/** @brief An alertable call that is ended by an APC. */
static void check_interrupted(HANDLE port, DWORD milliseconds)
{
    CHECK(take(port, milliseconds, TRUE) == 0);
    CHECK(GetLastError() == WAIT_IO_COMPLETION);
}

/** @brief A call that is ended by its time-out. */
static void check_timeout(HANDLE port, DWORD milliseconds, BOOL alertable)
{
    CHECK(take(port, milliseconds, alertable) == 0);
    CHECK(GetLastError() == WAIT_TIMEOUT);
}

/** @brief The APC has not run yet; let it. */
static void check_still_pending(volatile const LONG *counter)
{
    LONG before = *counter;

    CHECK(SleepEx(0, TRUE) == WAIT_IO_COMPLETION);
    CHECK(*counter == before + 1);
}

/** @brief Make this thread one of the port's: it takes a packet from it. */
static void associate(HANDLE port)
{
    fact_post(port, 99);
    fact_poll(port, 99);
}

/** A thread that waits at a port. */
struct waiter {
    HANDLE port;
    BOOL alertable;
    volatile LONG started;
    volatile LONG counter; /* Of APCs that ran in it. */
    volatile LONG returned;
    ULONG_PTR key;
    DWORD error;
};

static DWORD WINAPI wait_here(void *arg)
{
    struct waiter *waiter = arg;

    waiter->started = 1;
    waiter->key = take(waiter->port, FACT_LIMIT_MS, waiter->alertable);
    waiter->error = GetLastError();
    (void)InterlockedExchange(&waiter->returned, 1);
    if (waiter->counter == 0) {
        check_still_pending(&waiter->counter);
    }
    return 0;
}

/* ---- Calls that are not alertable ---------------------------------------- */

static DWORD WINAPI wait_deaf(void *arg)
{
    struct waiter *waiter = arg;

    waiter->started = 1;
    waiter->key = fact_packet_take(waiter->port).key;
    CHECK(waiter->counter == 0);
    check_still_pending(&waiter->counter);
    return 0;
}

void fact_port_43(void)
{
    struct waiter waiter = {.port = fact_port(0)};
    volatile LONG counter = 0;
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;
    HANDLE thread;

    /* An APC that is queued does not end the call, and does not run in it. */
    queue_here(&counter);
    fact_poll(waiter.port, 0);
    CHECK(
        !GetQueuedCompletionStatus(waiter.port, &bytes, &key, &overlapped, 20));
    CHECK(GetLastError() == WAIT_TIMEOUT && overlapped == NULL);
    fact_post(waiter.port, 3);
    fact_poll(waiter.port, 3);
    CHECK(counter == 0);
    /* It runs in the next alertable wait. */
    check_still_pending(&counter);
    /* One that is queued while a thread waits has to wait as well. */
    thread = fact_start(wait_deaf, &waiter);
    fact_settle(&waiter.started);
    queue(thread, &waiter.counter);
    sim_settle();
    CHECK(waiter.counter == 0);
    fact_post(waiter.port, 4);
    (void)fact_join(thread);
    CHECK(waiter.key == 4 && waiter.counter == 1);
    CHECK(CloseHandle(waiter.port));
}

void fact_port_54(void)
{
    HANDLE port = fact_port(0);
    volatile LONG counter = 0;

    /* Nothing comes: in a poll, after a wait, alertable or not. */
    check_timeout(port, 0, FALSE);
    check_timeout(port, 20, FALSE);
    check_timeout(port, 0, TRUE);
    check_timeout(port, 20, TRUE);
    /* An APC makes no difference to a call that is not alertable. */
    queue_here(&counter);
    check_timeout(port, 0, FALSE);
    check_timeout(port, 20, FALSE);
    CHECK(counter == 0);
    check_still_pending(&counter);
    CHECK(CloseHandle(port));
}

void fact_port_75(void)
{
    struct fact_native native = fact_native();
    struct waiter waiter = {.port = fact_port(0)};
    LARGE_INTEGER soon = {.QuadPart = -200000};
    struct fact_completion entry;
    volatile LONG counter = 0;
    ULONG removed;
    HANDLE thread;

    FACT_NEEDS(native.remove_ex);
    queue_here(&counter);
    /* There is no packet: the call times out. */
    CHECK(native.remove_ex(waiter.port, &entry, 1, &removed, &soon, FALSE) ==
          STATUS_TIMEOUT);
    /* There is one: the call returns it.  The APC has run in neither. */
    fact_post(waiter.port, 3);
    CHECK(native.remove_ex(waiter.port, &entry, 1, &removed, &soon, FALSE) ==
          STATUS_SUCCESS);
    CHECK(removed == 1 && entry.key == (PVOID)(ULONG_PTR)3);
    CHECK(counter == 0);
    check_still_pending(&counter);
    /* Nor does one interrupt a thread that waits. */
    thread = fact_start(wait_here, &waiter);
    fact_settle(&waiter.started);
    queue(thread, &waiter.counter);
    sim_settle();
    CHECK(waiter.counter == 0 && !waiter.returned);
    fact_post(waiter.port, 4);
    (void)fact_join(thread);
    CHECK(waiter.key == 4 && waiter.counter == 1);
    CHECK(CloseHandle(waiter.port));
}

/* ---- Alertable calls ----------------------------------------------------- */

void fact_port_53(void)
{
    struct waiter waiter = {.port = fact_port(0), .alertable = TRUE};
    volatile LONG counter = 0;
    HANDLE thread;

    /* No packet, but an APC: it runs and ends the call, */
    queue_here(&counter);
    check_interrupted(waiter.port, FACT_LIMIT_MS);
    CHECK(counter == 1);
    /* also that of a thread that has taken packets here, */
    associate(waiter.port);
    queue_here(&counter);
    check_interrupted(waiter.port, FACT_LIMIT_MS);
    CHECK(counter == 2);
    /* and also when the thread waits already. */
    thread = fact_start(wait_here, &waiter);
    fact_settle(&waiter.started);
    queue(thread, &waiter.counter);
    (void)fact_join(thread);
    CHECK(waiter.key == 0 && waiter.error == WAIT_IO_COMPLETION);
    CHECK(waiter.counter == 1);
    /* Its wait is over: it takes no packet that comes later. */
    fact_post(waiter.port, 5);
    CHECK(take(waiter.port, 0, TRUE) == 5);
    CHECK(CloseHandle(waiter.port));
}

void fact_port_72(void)
{
    struct fact_native native = fact_native();
    HANDLE port = fact_port(0);
    HANDLE other = fact_port(0);
    LARGE_INTEGER now = {.QuadPart = 0};
    struct fact_completion entry;
    volatile LONG counter = 0;
    ULONG removed;

    FACT_NEEDS(native.remove_ex);
    /* This thread has not used the port.  A packet and an APC are there. */
    fact_post(port, 3);
    queue_here(&counter);
    /* The APC wins: it runs, and the packet stays. */
    CHECK(native.remove_ex(port, &entry, 1, &removed, &now, TRUE) ==
          STATUS_USER_APC);
    CHECK(counter == 1);
    CHECK(fact_depth(port) == 1);
    /* It makes no difference that the thread belongs to another port. */
    associate(other);
    queue_here(&counter);
    check_interrupted(port, FACT_LIMIT_MS);
    CHECK(counter == 2);
    CHECK(fact_depth(port) == 1);
    /* Without an APC the packet comes. */
    CHECK(take(port, 0, TRUE) == 3);
    CHECK(CloseHandle(port) && CloseHandle(other));
}

void fact_port_73(void)
{
    struct fact_native native = fact_native();
    HANDLE port = fact_port(0);
    LARGE_INTEGER now = {.QuadPart = 0};
    struct fact_completion entry;
    volatile LONG counter = 0;
    ULONG removed;

    FACT_NEEDS(native.remove_ex);
    fact_post(port, 3);
    /* After a call that an APC ended the thread is as strange to the port as
     * before: the next APC wins again. */
    for (LONG round = 1; round <= 3; round++) {
        queue_here(&counter);
        CHECK(native.remove_ex(port, &entry, 1, &removed, &now, TRUE) ==
              STATUS_USER_APC);
        CHECK(counter == round);
    }
    /* Taking the packet is what makes it one of the port's. */
    CHECK(take(port, 0, TRUE) == 3);
    fact_post(port, 4);
    queue_here(&counter);
    CHECK(take(port, 0, TRUE) == 4);
    check_still_pending(&counter);
    CHECK(CloseHandle(port));
}

void fact_port_74(void)
{
    HANDLE port = fact_port(0);
    volatile LONG counter = 0;

    /* This thread has taken a packet here.  Now a packet and an APC are
     * there: the packet wins, */
    associate(port);
    fact_post(port, 3);
    queue_here(&counter);
    CHECK(take(port, 0, TRUE) == 3);
    /* again and again, */
    fact_post(port, 4);
    CHECK(take(port, FACT_LIMIT_MS, TRUE) == 4);
    /* and the APC stays pending. */
    CHECK(counter == 0);
    /* It runs in the next alertable wait, which may be one at the port. */
    check_interrupted(port, FACT_LIMIT_MS);
    CHECK(counter == 1);
    CHECK(CloseHandle(port));
}
