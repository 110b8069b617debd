/**
 * @file allocations.c
 * @brief Counting the calls of malloc and its kin.
 *
 * Uses:     allocations.h.
 * Used by:  as allocations.h.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "allocations.h"

#include <stdlib.h>

volatile long allocations;

#ifdef DRYPORT_WRAPS
/* The linker sends every call of the program here: the layers', the
 * simulator's and its own. */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *block, size_t bytes);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *block, size_t bytes);

void *__wrap_malloc(size_t bytes)
{
    allocations++;
    return __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    allocations++;
    return __real_calloc(count, bytes);
}

void *__wrap_realloc(void *block, size_t bytes)
{
    allocations++;
    return __real_realloc(block, bytes);
}
#endif
