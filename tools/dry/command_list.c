/**
 * @file command_list.c
 * @brief `dry list`: name the scenarios.
 *
 * Uses:     dry.h.
 * Used by:  main.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "dry.h"

/** @brief What exploring a scenario is expected to find. */
static const char *finding(const struct scenario *scenario)
{
    return scenario->expect == SIM_PASS ? ""
                                        : sim_verdict_name(scenario->expect);
}

static int list_json(void)
{
    for (size_t at = 0; at < scenario_count; at++) {
        printf("{\"name\": \"%s\", \"title\": \"%s\", \"expect\": \"%s\", "
               "\"real\": %s}\n",
               scenarios[at].name,
               scenarios[at].title,
               sim_verdict_name(scenarios[at].expect),
               scenarios[at].real ? "true" : "false");
    }
    return DRY_GOOD;
}

int dry_list(const struct arguments *arguments)
{
    if (arguments->json) {
        return list_json();
    }
    printf("%-14s %-12s %s\n", "name", "finds", "what it is");
    for (size_t at = 0; at < scenario_count; at++) {
        printf("%-14s %-12s %s\n",
               scenarios[at].name,
               finding(&scenarios[at]),
               scenarios[at].title);
    }
    printf("\nRun one:     dry run ports\n"
           "Explore one: dry explore lost-wakeup\n");
    return DRY_GOOD;
}
