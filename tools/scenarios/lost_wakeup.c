/**
 * @file lost_wakeup.c
 * @brief A worker goes to sleep a moment too late.
 *
 * To save system calls, the producer posts a packet only when the worker is
 * asleep, as many event loops do.  The worker looks for items, finds none,
 * says that it is asleep, and waits.  If the last item comes after the look
 * and before the saying, nobody wakes the worker: it must look once more
 * after it has said so, and does not.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

enum { ITEMS = 2 };

static HANDLE port;
static volatile LONG items;  /* Ready to be handled. */
static volatile LONG asleep; /* 1: the worker wants a packet. */

/** @brief Take one item, if there is one. */
static BOOL take_item(void)
{
    if (InterlockedCompareExchange(&items, 0, 0) == 0) {
        return FALSE;
    }
    InterlockedDecrement(&items);
    return TRUE;
}

static DWORD WINAPI consume(void *arg)
{
    int handled = 0;

    (void)arg;
    /* BOUND: every item is handled, or the run ends in a deadlock. */
    while (handled < ITEMS) {
        OVERLAPPED *overlapped;
        ULONG_PTR key;
        DWORD bytes;

        if (take_item()) {
            handled++;
            sim_note("handles item %d", handled);
            continue;
        }
        InterlockedExchange(&asleep, 1);
        /* The mistake: an item may have come since we looked. */
        GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    }
    return 0;
}

static void produce(void)
{
    InterlockedIncrement(&items);
    if (InterlockedExchange(&asleep, 0) == 1) {
        sim_assert(PostQueuedCompletionStatus(port, 0, 0, NULL));
    }
}

void scenario_lost_wakeup(void *arg)
{
    HANDLE worker;

    (void)arg;
    items = 0;
    asleep = 0;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    worker = CreateThread(NULL, 0, consume, NULL, 0, NULL);
    for (int item = 0; item < ITEMS; item++) {
        produce();
    }
    sim_assert(WaitForSingleObject(worker, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(worker));
    sim_assert(CloseHandle(port));
}
