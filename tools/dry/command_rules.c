/**
 * @file command_rules.c
 * @brief `dry rules`: what programs promise Windows.
 *
 * Uses:     dry.h.
 * Used by:  main.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "dry.h"

int dry_rules(const struct arguments *arguments)
{
    (void)arguments;
    printf("A run ends at the first rule that its program breaks.\n");
    for (size_t at = 0; sim_rule_at(at) != NULL; at++) {
        const struct sim_rule *rule = sim_rule_at(at);

        printf("\n%2u %s%s%s\n   %s\n   What to do: %s.\n",
               rule->number,
               rule->name,
               rule->fact[0] == '\0' ? "" : ", ",
               rule->fact,
               rule->sentence,
               rule->advice);
    }
    printf("\nLeave some out: dry explore NAME --rules -3,-7\n"
           "Rules from 41 on are watched only when asked for: --rules +41\n");
    return DRY_GOOD;
}
