/**
 * @file schedules.h
 * @brief What tests of the simulator share: one scenario, many schedules.
 *
 * A statement about Windows holds under every schedule or not at all, so each
 * scenario is run at random and then systematically.
 *
 * Uses:     sim.h, cmocka.
 * Used by:  the tests in this folder.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SCHEDULES_H
#define SCHEDULES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "sim.h"

/** @brief The scenario must pass under every schedule tried. */
void schedules_pass(sim_scenario_fn *scenario);

/** @brief What comes after this breaks contract rules on purpose: those to
 *  leave out, as for sim_options; NULL: none, as at the start. */
void schedules_rules(const char *rules);

/** @brief The same, with time-outs that end exactly when asked. */
void schedules_pass_exactly(sim_scenario_fn *scenario);

/** @brief The same, and afterwards the scenario must have passed each of
 *  the marks, a list that ends with NULL, under some schedule. */
void schedules_reach(sim_scenario_fn *scenario, const char *const *marks);

/** @brief The first schedule must fail with this verdict, and the sentence
 *  must contain these words. */
void schedules_fail(sim_scenario_fn *scenario,
                    enum sim_verdict verdict,
                    const char *words);

#endif
