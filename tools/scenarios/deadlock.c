/**
 * @file deadlock.c
 * @brief Two locks, taken in two orders.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

static CRITICAL_SECTION left;
static CRITICAL_SECTION right;

static void take_both(CRITICAL_SECTION *first, CRITICAL_SECTION *second)
{
    EnterCriticalSection(first);
    EnterCriticalSection(second);
    LeaveCriticalSection(second);
    LeaveCriticalSection(first);
}

static DWORD WINAPI take_from_the_right(void *arg)
{
    (void)arg;
    /* The mistake: everybody must take the locks in the same order. */
    take_both(&right, &left);
    return 0;
}

void scenario_deadlock(void *arg)
{
    HANDLE other;

    (void)arg;
    InitializeCriticalSection(&left);
    InitializeCriticalSection(&right);
    other = CreateThread(NULL, 0, take_from_the_right, NULL, 0, NULL);
    take_both(&left, &right);
    sim_assert(WaitForSingleObject(other, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(other));
    DeleteCriticalSection(&left);
    DeleteCriticalSection(&right);
}
