/**
 * @file rule.c
 * @brief The table of rules, which of them are on, and their sentences.
 *
 * Uses:     rule.h, rules.def.
 * Used by:  every file of sim/watch, explore.c, dry.
 * Facts:    none.
 * Read next: call_stack.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "rule.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct sim_rule rules[] = {
#define RULE(number, name, sentence, fact, advice) \
    {number, #name, sentence, fact, advice},
#include "rules.def"
#undef RULE
};

enum { RULES_COUNT = sizeof rules / sizeof rules[0] };

static_assert(RULE_AFTER_LAST <= 64, "a rule is a bit of a mask");

const struct sim_rule *sim_rule_at(size_t at)
{
    return at < RULES_COUNT ? &rules[at] : NULL;
}

/** @brief The row of a number, or NULL. */
static const struct sim_rule *rule_with(unsigned number)
{
    for (size_t at = 0; at < RULES_COUNT; at++) {
        if (rules[at].number == number) {
            return &rules[at];
        }
    }
    return NULL;
}

static const char *refuse(const char *text)
{
    static char problem[256];

    (void)snprintf(problem,
                   sizeof problem,
                   "the rules make no sense at `%.40s`: write `off`, or "
                   "numbers, each with a minus to leave it out or a plus to "
                   "ask for it, such as -3,-7,+41; `dry rules` names them",
                   text);
    return problem;
}

const char *sim__rules_read(const char *text, uint64_t *mask_out)
{
    uint64_t mask = 0;

    for (size_t at = 0; at < RULES_COUNT; at++) {
        if (rules[at].number < RULE_FIRST_ASKED) {
            mask |= UINT64_C(1) << rules[at].number;
        }
    }
    if (text == NULL || strcmp(text, "off") == 0) {
        *mask_out = text == NULL ? mask : 0;
        return NULL;
    }
    /* BOUND: each turn passes a number. */
    for (;;) {
        const char *word = text;
        unsigned number = 0;

        if (*text != '-' && *text != '+') {
            return refuse(word);
        }
        text++;
        for (; *text >= '0' && *text <= '9' && number < 100; text++) {
            number = number * 10 + (unsigned)(*text - '0');
        }
        if (rule_with(number) == NULL || (*text != ',' && *text != '\0')) {
            return refuse(word);
        }
        if (*word == '-') {
            mask &= ~(UINT64_C(1) << number);
        } else {
            mask |= UINT64_C(1) << number;
        }
        if (*text++ == '\0') {
            *mask_out = mask;
            return NULL;
        }
    }
}

void sim__rule_break(enum rule rule, const char *format, ...)
{
    const struct sim_rule *row = rule_with(rule);
    char what[512];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    sim__stop(SIM_CONTRACT,
              "%s: %s (rule %u %s%s%s)",
              what,
              row->advice,
              row->number,
              row->name,
              row->fact[0] == '\0' ? "" : ", ",
              row->fact);
}
