/**
 * @file ports.c
 * @brief Three threads share one port: the tour's main exhibit.
 *
 * Three workers wait at a port that lets two of them run.  The scenario posts
 * work and then one packet to each worker that says to stop.  Which worker
 * handles what differs from schedule to schedule; that everything is handled
 * once, in turn, and never by three at a time does not.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    PORT-33, PORT-56, PORT-59.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

enum { WORKERS = 3, PACKETS = 4, RUNNING_MAX = 2, STOP = 0 };

static HANDLE port;
static volatile LONG handled;

static DWORD WINAPI work(void *arg)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    (void)arg;
    /* BOUND: each worker takes one packet that says stop. */
    while (
        GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE) &&
        key != STOP) {
        sim_note("handles %u", (unsigned)key);
        InterlockedIncrement(&handled);
    }
    return 0;
}

static void post(ULONG_PTR key)
{
    sim_assert(PostQueuedCompletionStatus(port, 0, key, NULL));
}

void scenario_ports(void *arg)
{
    HANDLE workers[WORKERS];

    (void)arg;
    handled = 0;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, RUNNING_MAX);
    sim_assert(port != NULL);
    for (int worker = 0; worker < WORKERS; worker++) {
        workers[worker] = CreateThread(NULL, 0, work, NULL, 0, NULL);
        sim_assert(workers[worker] != NULL);
    }
    for (ULONG_PTR packet = 1; packet <= PACKETS; packet++) {
        post(packet);
    }
    for (int worker = 0; worker < WORKERS; worker++) {
        post(STOP);
    }
    sim_assert(WaitForMultipleObjects(WORKERS, workers, TRUE, INFINITE) ==
               WAIT_OBJECT_0);
    sim_assert(handled == PACKETS);
    for (int worker = 0; worker < WORKERS; worker++) {
        sim_assert(CloseHandle(workers[worker]));
    }
    sim_assert(CloseHandle(port));
}
