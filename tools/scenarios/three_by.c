/**
 * @file three_by.c
 * @brief Three waiters, three packets: small enough to run every schedule.
 *
 * The workers begin to wait one after another, so it is known who has waited
 * longest.  Then three packets are posted.  On every schedule there is:
 *
 *   - the packets leave in the order in which they came;
 *   - the first one is handed to the newest waiter;
 *   - no more workers run at once than the concurrency value says, so the
 *     oldest waiters never get anything at all.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    PORT-33, PORT-56, PORT-59, PORT-61, PORT-76.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

enum { WAITERS = 3, PACKETS = 3, NEWEST = WAITERS - 1 };

/** One thread that waits at the port. */
struct waiter {
    HANDLE thread;
    ULONG_PTR last_key; /**< Of the packet it took last. */
    int taken;
};

static struct waiter waiters[WAITERS];
static HANDLE port;
static int running;
static int running_most;

/** @brief What a handler would be: here it counts. */
static void handle(struct waiter *self, ULONG_PTR key)
{
    /* FACT PORT-33 packets leave oldest first. */
    sim_assert(key > self->last_key);
    /* FACT PORT-56 the newest waiter is released first. */
    sim_assert(key != 1 || self == &waiters[NEWEST]);
    self->last_key = key;
    self->taken++;
}

static DWORD WINAPI wait_and_handle(void *arg)
{
    struct waiter *self = arg;
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    /* BOUND: three packets are posted and then the port is closed. */
    while (
        GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE)) {
        running++;
        running_most = running > running_most ? running : running_most;
        sim_note("takes %u", (unsigned)key);
        handle(self, key);
        SwitchToThread(); /* Others may run while this one does. */
        running--;
    }
    /* FACT PORT-76 a port that is closed sends its waiters home. */
    sim_assert(GetLastError() == ERROR_ABANDONED_WAIT_0);
    return 0;
}

static void start_waiters(void)
{
    for (int at = 0; at < WAITERS; at++) {
        waiters[at] = (struct waiter){0};
        waiters[at].thread =
            CreateThread(NULL, 0, wait_and_handle, &waiters[at], 0, NULL);
        sim_assert(waiters[at].thread != NULL);
        sim_settle(); /* Now it waits, and later than those before it. */
    }
}

/** @brief End all threads; nothing is to be found out any more. */
static void stop_waiters(void)
{
    HANDLE threads[WAITERS];

    for (int at = 0; at < WAITERS; at++) {
        threads[at] = waiters[at].thread;
    }
    sim_assert(CloseHandle(port));
    sim_assert(WaitForMultipleObjects(WAITERS, threads, TRUE, INFINITE) ==
               WAIT_OBJECT_0);
    for (int at = 0; at < WAITERS; at++) {
        sim_assert(CloseHandle(threads[at]));
    }
}

static void three_by(DWORD concurrency)
{
    int taken = 0;

    running = 0;
    running_most = 0;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, concurrency);
    sim_assert(port != NULL);
    start_waiters();
    for (ULONG_PTR key = 1; key <= PACKETS; key++) {
        sim_assert(PostQueuedCompletionStatus(port, 0, key, NULL));
    }
    sim_settle();
    for (int at = 0; at < WAITERS; at++) {
        /* FACT PORT-59 the concurrency value gates release: older waiters
         * have no place.  FACT PORT-61 a worker that asks again comes before
         * them. */
        sim_assert(waiters[at].taken == 0 || WAITERS - at <= (int)concurrency);
        taken += waiters[at].taken;
    }
    sim_assert(taken == PACKETS);
    sim_assert(running_most <= (int)concurrency);
    stop_waiters();
}

void scenario_three_by_one(void *arg)
{
    (void)arg;
    three_by(1);
}

void scenario_three_by_two(void *arg)
{
    (void)arg;
    three_by(2);
}
