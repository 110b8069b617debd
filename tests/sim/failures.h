/**
 * @file failures.h
 * @brief Finding the schedule under which a program fails.
 *
 * Uses:     schedules.h.
 * Used by:  test_locks.c, test_srw.c, test_conditions.c.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FAILURES_H
#define FAILURES_H

#include "schedules.h"

/** @brief Some schedule among many must fail with this verdict, it must be
 *  the first to fail, and the sentence must contain these words. */
void failures_find(sim_scenario_fn *scenario,
                   enum sim_verdict verdict,
                   const char *words);

#endif
