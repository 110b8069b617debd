/**
 * @file target.c
 * @brief What a name on the command line stands for.
 *
 * Besides the scenarios of the table, the test of each fact can be run,
 * explored and replayed under the fact's id.
 *
 * Uses:     dry.h, facts.h.
 * Used by:  command_run.c, command_explore.c, command_replay.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "facts.h"

static const char *target_name(size_t at)
{
    return at < scenario_count ? scenarios[at].name
                               : facts[at - scenario_count].id;
}

static bool find_fact(const char *name, struct target *target)
{
    static const struct fact *fact; /* Outlives this call, as an argument. */

    for (size_t at = 0; at < fact_count; at++) {
        fact = &facts[at];
        if (strcmp(fact->id, name) == 0) {
            *target = (struct target){
                .scenario = {.name = fact->id,
                             .title = fact->text,
                             .about = "The test of a fact.",
                             .run = dry_fact_scenario,
                             .options = dry_fact_options(fact),
                             .real = false},
                .arg = &fact,
            };
            return true;
        }
    }
    return false;
}

bool dry_find_target(const char *name, struct target *target)
{
    const struct scenario *scenario = scenario_find(name);
    const char *nearest;

    if (scenario != NULL) {
        *target = (struct target){.scenario = *scenario};
        return true;
    }
    if (find_fact(name, target)) {
        return true;
    }
    nearest = dry_nearest(name, target_name, scenario_count + fact_count);
    if (nearest != NULL) {
        dry_refuse("there is no scenario `%s`; did you mean `%s`?",
                   name,
                   nearest);
    } else {
        dry_refuse("there is no scenario `%s`; `dry list` names them all",
                   name);
    }
    return false;
}
