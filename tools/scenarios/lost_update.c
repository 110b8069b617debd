/**
 * @file lost_update.c
 * @brief Two threads count, and one of them counts for nothing.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

static volatile LONG counter;

static DWORD WINAPI count(void *arg)
{
    LONG seen = InterlockedCompareExchange(&counter, 0, 0);

    (void)arg;
    /* The mistake: the other thread may count between the two steps. */
    InterlockedExchange(&counter, seen + 1);
    return 0;
}

void scenario_lost_update(void *arg)
{
    HANDLE other;

    counter = 0;
    other = CreateThread(NULL, 0, count, NULL, 0, NULL);
    count(arg);
    sim_assert(WaitForSingleObject(other, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(other));
    sim_assert(counter == 2);
}
