/**
 * @file livelock.c
 * @brief Two threads that give way to each other for ever.
 *
 * Each raises its flag, then waits until the other's is down, and both wait
 * as long as both flags are up.  Nobody is blocked: both are busy all the
 * time, and get nowhere.  When one of them is much faster than the other, all
 * goes well.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

static volatile LONG wanted[2];

/** @brief Go through the door, politely. */
static void pass(int self)
{
    InterlockedExchange(&wanted[self], 1);
    /* The mistake: each takes its flag down only when the other has. */
    while (InterlockedCompareExchange(&wanted[1 - self], 0, 0) == 1) {
        SwitchToThread();
    }
    InterlockedExchange(&wanted[self], 0);
}

static DWORD WINAPI pass_from_the_other_side(void *arg)
{
    (void)arg;
    pass(1);
    return 0;
}

void scenario_livelock(void *arg)
{
    HANDLE other;

    (void)arg;
    wanted[0] = 0;
    wanted[1] = 0;
    other = CreateThread(NULL, 0, pass_from_the_other_side, NULL, 0, NULL);
    pass(0);
    sim_assert(WaitForSingleObject(other, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(other));
}
