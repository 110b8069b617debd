/**
 * @file each_fault.c
 * @brief sim_explore_faults(): every call that can fail does, one by one.
 *
 * Code behind a failed call is the least tested there is.  The runs here need
 * no list of calls: the simulator counts the fault points as they go by, makes
 * the first one fail, then the second, and stops after the last.
 *
 * Uses:     sim.h, fault.h.
 * Used by:  tests, dry explore --faults each.
 * Facts:    none.
 * Read next: print.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>

#include "../sim.h"

/** What is the same for all turns. */
struct turns {
    struct sim_options options;
    sim_scenario_fn *scenario;
    void *arg;
    struct sim_report total;
};

/** @brief One exploration; false when it failed. */
static bool explore_once(struct turns *turns, uint64_t number, bool for_good)
{
    static char plan[32];
    struct sim_report report;

    (void)snprintf(plan,
                   sizeof plan,
                   "#%" PRIu64 "%s",
                   number,
                   for_good ? "+" : "");
    turns->options.faults = plan;
    report = sim_explore(&turns->options, turns->scenario, turns->arg);
    report.runs += turns->total.runs;
    report.steps += turns->total.steps;
    report.faults += turns->total.faults;
    report.fault_points = number - 1;
    turns->total = report;
    return report.passed;
}

struct sim_report sim_explore_faults(const struct sim_options *options,
                                     sim_scenario_fn *scenario,
                                     void *arg)
{
    struct turns turns = {.scenario = scenario, .arg = arg};
    uint64_t struck;

    if (options != NULL) {
        turns.options = *options;
    }
    if (turns.options.runs == 0) {
        turns.options.runs = 1;
    }
    /* BOUND: a run makes a bounded number of calls, so some fault point is
     * its last. */
    for (uint64_t number = 1;; number++) {
        struck = turns.total.faults;
        if (!explore_once(&turns, number, false) ||
            turns.total.faults == struck ||
            !explore_once(&turns, number, true)) {
            return turns.total;
        }
    }
}
