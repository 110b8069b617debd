/**
 * @file facts.h
 * @brief What `dry facts` knows about one fact, on each arm.
 *
 * Uses:     fact.h, dry.h.
 * Used by:  command_facts.c, facts_sim.c, facts_real.c, target.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DRY_FACTS_H
#define DRY_FACTS_H

#include "fact.h"

#include "dry.h"

enum { FACT_SENTENCE_BYTES = 1200, FACTS_MAX = 600 };

/** How a fact's test ended. */
enum fact_answer {
    FACT_UNKNOWN, /**< It was not run, or never said how it ended. */
    FACT_HOLDS,
    FACT_FAILS,
    FACT_CANNOT /**< It cannot be tested here. */
};

/** What the real arm told. */
struct fact_real {
    enum fact_answer answers[FACTS_MAX]; /**< In the order of facts[]. */
    char sentences[FACTS_MAX][160];      /**< Of those that failed. */
    char host[64];                       /**< "Wine 8.0" or "Windows". */
    bool wine;
    char last[32]; /**< Begun and not ended when it crashed, or "". */
};

/** @brief Whether a fact's id begins with a prefix; NULL stands for all. */
bool dry_fact_is_chosen(const struct fact *fact, const char *prefix);

/**
 * @brief Test a fact on the simulator, under many schedules.
 * @param sentence_out  FACT_SENTENCE_BYTES bytes: what failed, or "".
 */
bool dry_fact_holds(const struct fact *fact, char *sentence_out);

/** @brief What running a fact's test asks of the simulator. */
struct sim_options dry_fact_options(const struct fact *fact);

/** @brief The scenario that a fact's test is.  Its argument is the address of
 *  a pointer to the fact. */
sim_scenario_fn dry_fact_scenario;

/** @brief Run the real arm and read what it tells; false when it cannot be
 *  run (a sentence is written then). */
bool dry_facts_real(const char *prefix, struct fact_real *real);

#endif
