/**
 * @file pairs_heap.c
 * @brief Pairs about the heap, with malloc as programs call it.
 *
 * Uses:     pairs.h, dryport::heap.
 * Used by:  test_rules.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pairs.h"

enum { BYTES = 40 };

/* Compilers warn of what these do on purpose, if they can see it. */
static char *volatile kept;

void pair_freed_twice(void *broken)
{
    kept = malloc(BYTES);
    free(kept);
    if (*(bool *)broken) {
        // cppcheck-suppress doubleFree
        free(kept);
    }
}

void pair_not_a_block(void *broken)
{
    char *start = calloc(1, BYTES);

    kept = *(bool *)broken ? start + 8 : start;
    free(kept);
    // cppcheck-suppress memleak
}

void pair_freed_written(void *broken)
{
    kept = malloc(BYTES);
    memset(kept, 0, BYTES);
    if (!*(bool *)broken) {
        kept[9] = 1;
    }
    free(kept);
    if (*(bool *)broken) {
        kept[9] = 1;
    }
}

void pair_block_overrun(void *broken)
{
    size_t bytes = *(bool *)broken ? BYTES + 1 : BYTES;

    kept = realloc(malloc(4), BYTES);
    for (volatile size_t at = 0; at < bytes; at++) {
        kept[at] = 1;
    }
    free(kept);
}
