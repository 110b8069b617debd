/**
 * @file contract.c
 * @brief A lock released by a thread that does not hold it.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

static SRWLOCK lock = SRWLOCK_INIT;
static volatile LONG total;

/** @brief Add to the total; a negative amount is refused. */
static BOOL add(LONG amount)
{
    if (amount < 0) {
        /* The mistake: the lock is not held yet. */
        ReleaseSRWLockExclusive(&lock);
        return FALSE;
    }
    AcquireSRWLockExclusive(&lock);
    total += amount;
    ReleaseSRWLockExclusive(&lock);
    return TRUE;
}

void scenario_contract(void *arg)
{
    (void)arg;
    total = 0;
    sim_assert(add(1));
    sim_assert(!add(-1));
}
