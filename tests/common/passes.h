/**
 * @file passes.h
 * @brief Running a scenario of a layer, simulated or real.
 *
 * The tests of layers 1 and 2 are compiled twice: with the simulator, where a
 * scenario runs under many schedules, and on Windows, where it runs once.
 *
 * Uses:     sim.h.
 * Used by:  those tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef PASSES_H
#define PASSES_H

#include "sim.h"

/** @brief Run under a few hundred schedules; each must pass. */
void passes(sim_scenario_fn *scenario);

/** @brief Run a long scenario, once. */
void passes_once(sim_scenario_fn *scenario);

/** @brief Run under every schedule of "dfs" or "dfs:N", which must be at least
 *  so many. */
void passes_all(sim_scenario_fn *scenario,
                const char *strategy,
                uint64_t runs_min);

/** @brief Run while calls fail for want of resources. */
void passes_faults(sim_scenario_fn *scenario);

/** @brief Run while each call that can fail does, one by one, once and for
 *  good; there must be at least so many. */
void passes_each_fault(sim_scenario_fn *scenario, uint64_t points_min);

/** @brief Run a scenario that breaks an assertion; not on Windows.
 *  @return what the failure says; "" on Windows. */
const char *breaks(sim_scenario_fn *scenario);

#endif
