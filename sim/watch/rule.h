/**
 * @file rule.h
 * @brief The contract rules, and how breaking one ends the run.
 *
 * A rule is a promise that programs make to Windows.  Windows does not check
 * it: it goes on with broken memory, and the program fails later, somewhere
 * else.  Here the run ends at the first broken promise.
 *
 * Uses:     rules.def, world.h.
 * Used by:  every file of sim/watch, explore.c, dry.
 * Facts:    none.
 * Read next: rule.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_RULE_H
#define SIM_RULE_H

#include "../kernel/world.h"

/** The rules by name; the number is the row's. */
enum rule {
    RULE_NONE,
#define RULE(number, name, sentence, fact, advice) RULE_##name = (number),
#include "rules.def"
#undef RULE
    RULE_AFTER_LAST
};

/** Rules from here on are watched only when asked for. */
enum { RULE_FIRST_ASKED = 41 };

/** @brief Whether any rule is watched in this run. */
static inline bool sim__rules_on(void)
{
    return sim__world.options.rules != 0;
}

/** @brief Whether one rule is watched. */
static inline bool sim__rule_on(enum rule rule)
{
    return ((sim__world.options.rules >> rule) & 1) != 0;
}

/**
 * @brief Read sim_options.rules: NULL, "off", or "-3,-7,+41".
 * @param mask_out  One bit for each rule that is watched.
 * @return NULL, or a sentence saying what is wrong.
 */
const char *sim__rules_read(const char *text, uint64_t *mask_out);

/**
 * @brief End the run: the program broke a rule.
 *
 * @param rule    Which.
 * @param format  What happened, without a full stop; advice, fact and number
 *                of the rule are added.
 */
SIM_NORETURN SIM_COLD void sim__rule_break(enum rule rule,
                                           const char *format,
                                           ...) SIM_FORMAT(2, 3);

#endif
