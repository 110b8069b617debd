/**
 * @file table.c
 * @brief The table of fact tests.
 *
 * Uses:     fact.h, facts.def.
 * Used by:  dry facts, on either arm.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

const struct fact facts[] = {
#define FACT(name, id, text, wine, reason, marks, flags) \
    {id, text, fact_##name, wine, reason, marks, flags},
#include "facts.def"
#undef FACT
};

const size_t fact_count = sizeof facts / sizeof facts[0];
