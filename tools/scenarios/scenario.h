/**
 * @file scenario.h
 * @brief The table of programs that `dry` can run.
 *
 * A scenario is a small program with a name.  To add one, write its function
 * in a file of its own, declare it below, and give it a row in table.c.
 *
 * Uses:     sim.h.
 * Used by:  table.c, every scenario, dry, dry-real.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include "sim.h"

/** A program, and how it wants to be run. */
struct scenario {
    const char *name;           /**< What `dry run` is told. */
    const char *title;          /**< One line for `dry list`. */
    const char *about;          /**< What to look at, in a sentence or two. */
    sim_scenario_fn *run;       /**< Its argument is NULL. */
    struct sim_options options; /**< What differs from the defaults. */
    enum sim_verdict expect;    /**< What exploring it ends with. */
    bool real;                  /**< Makes sense on real Windows, too. */
};

extern const struct scenario scenarios[];
extern const size_t scenario_count;

/** @brief Find a scenario by its name; NULL when there is none. */
const struct scenario *scenario_find(const char *name);

/** @brief Programs that are right. @{ */
void scenario_ports(void *arg);
void scenario_three_by_one(void *arg);
void scenario_three_by_two(void *arg);
void scenario_mixer(void *arg);
void scenario_transfer(void *arg);
void scenario_crowd(void *arg);
/** @} */

/** @brief Programs with one mistake each, named after what it leads to. @{ */
void scenario_lost_wakeup(void *arg);
void scenario_lost_update(void *arg);
void scenario_deadlock(void *arg);
void scenario_livelock(void *arg);
void scenario_leak(void *arg);
void scenario_unfinished(void *arg);
void scenario_contract(void *arg);
void scenario_crash(void *arg);
/** @} */

#endif
