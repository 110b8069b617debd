/**
 * @file command_version.c
 * @brief `dry version`.
 *
 * Uses:     dry.h.
 * Used by:  main.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "dry.h"

int dry_version(const struct arguments *arguments)
{
    (void)arguments;
    printf("dry %s, replay lines v1, %zu scenarios\n",
           DRY_VERSION,
           scenario_count);
    return DRY_GOOD;
}
