/**
 * @file arena.c
 * @brief Growing and resetting the memory of a world.
 *
 * The address range is reserved once and memory is put behind it in steps
 * that double, so a world of ten objects and one of ten million cost what
 * they use.
 *
 * Uses:     arena.h, host.h, world.h (to stop a run).
 * Used by:  run.c.
 * Facts:    none.
 * Read next: choose.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "arena.h"

#include "../host/host.h"
#include "world.h"

enum { ARENA_STEP_MIN = 1 << 20, ARENA_SHORT = 1 << 26 };

void sim__arena_grow(struct arena *arena, size_t bytes)
{
    size_t missing = arena->used + bytes - arena->committed;
    size_t step = arena->committed;

    if (step < ARENA_STEP_MIN) {
        step = ARENA_STEP_MIN;
    }
    if (step < missing) {
        step = (missing + ARENA_STEP_MIN - 1) / ARENA_STEP_MIN * ARENA_STEP_MIN;
    }
    if (step > arena->reserved - arena->committed) {
        step = arena->reserved - arena->committed;
    }
    if (step < missing ||
        !sim__host_commit(arena->base + arena->committed, step)) {
        sim__stop(SIM_HOST,
                  "the real machine has no more memory for this world (%zu MB "
                  "are in use); run fewer threads or smaller scenarios",
                  arena->used >> 20);
    }
    arena->committed += step;
}

bool sim__arena_open(struct arena *arena, size_t reserve_bytes)
{
    size_t bytes = reserve_bytes;

    if (arena->base != NULL) {
        return true;
    }
    /* BOUND: halves until the host agrees or a step no longer fits. */
    while (bytes >= ARENA_STEP_MIN) {
        arena->base = sim__host_reserve(bytes);
        if (arena->base != NULL) {
            arena->reserved = bytes;
            return true;
        }
        /* Where address space is short several arenas must share it, so the
         * first one may not take nearly all. */
        bytes = bytes > ARENA_SHORT ? ARENA_SHORT : bytes / 2;
    }
    return false;
}

void sim__arena_reset(struct arena *arena)
{
    arena->used = 0;
    /* Clearing all lists would be a fifth of the cost of a tiny world. */
    for (size_t at = arena->freed_low; at < arena->freed_high; at++) {
        arena->free_first[at] = NULL;
    }
    arena->freed_low = ARENA_CLASSES;
    arena->freed_high = 0;
}
