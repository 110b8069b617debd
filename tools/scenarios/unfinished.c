/**
 * @file unfinished.c
 * @brief A scenario that returns before its threads do.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

static DWORD WINAPI take_a_nap(void *arg)
{
    (void)arg;
    Sleep(100);
    return 0;
}

void scenario_unfinished(void *arg)
{
    HANDLE sleeper = CreateThread(NULL, 0, take_a_nap, NULL, 0, NULL);

    (void)arg;
    /* The mistake: closing a thread's handle does not wait for the thread. */
    sim_assert(CloseHandle(sleeper));
}
