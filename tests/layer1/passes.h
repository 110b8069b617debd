/**
 * @file passes.h
 * @brief Running a scenario of layer 1, simulated or real.
 *
 * The tests of this folder are compiled twice: with the simulator, where a
 * scenario runs under many schedules, and on Windows, where it runs once.
 *
 * Uses:     sim.h, op.h.
 * Used by:  every test of this folder.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LAYER1_PASSES_H
#define LAYER1_PASSES_H

#include "op.h"
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

/** @brief Take one operation, which must be this and in time. */
void take(const struct op_port *port, const struct op *op);

/** @brief See that no packet is there. */
void take_nothing(const struct op_port *port);

/** @brief Submit, and take if a packet is to come.
 *  @return the answer of the submit. */
enum op_answer run(struct op *op, struct op_handle *handle);

/** @brief Close a handle for good. */
void close_handle(struct op_handle *handle);

#endif
