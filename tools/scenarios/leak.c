/**
 * @file leak.c
 * @brief An event that nobody closes.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

void scenario_leak(void *arg)
{
    HANDLE ready = CreateEventW(NULL, TRUE, FALSE, NULL);

    (void)arg;
    sim_assert(ready != NULL);
    sim_assert(SetEvent(ready));
    /* The mistake: there is no CloseHandle(ready). */
}
