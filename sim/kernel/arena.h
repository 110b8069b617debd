/**
 * @file arena.h
 * @brief Memory of a world: taken in one line, given back all at once.
 *
 * A run can be abandoned anywhere, so nothing it allocates may need an owner.
 * An arena hands out memory by moving a pointer, keeps freed pieces in lists
 * by size, and forgets everything when the next world begins.
 *
 * Uses:     host.h (address space).
 * Used by:  every file that makes objects, the simulated heap, the recorder.
 * Facts:    none.
 * Read next: arena.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_ARENA_H
#define SIM_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "../compiler.h"

/** Pieces are multiples of this many bytes, and so aligned. */
enum { ARENA_GRAIN = 16, ARENA_CLASSES = 64 };

struct arena {
    char *base;        /**< Start of the reserved range. */
    size_t reserved;   /**< Bytes of address space. */
    size_t committed;  /**< Bytes with memory behind them. */
    size_t used;       /**< Bytes handed out since the last reset. */
    size_t freed_low;  /**< Lists in use: from here ... */
    size_t freed_high; /**< ... to before here. */
    void *free_first[ARENA_CLASSES]; /**< Freed pieces, by size / grain. */
};

/** @brief Make sure that @p bytes more can be handed out.
 *  Ends the run with SIM_HOST when the machine has no more. */
SIM_COLD void sim__arena_grow(struct arena *arena, size_t bytes);

/** @brief Reserve the address space; false when the host refuses. */
bool sim__arena_open(struct arena *arena, size_t reserve_bytes);

/** @brief Forget everything handed out. */
void sim__arena_reset(struct arena *arena);

/** @brief Bytes that a request really takes: never none, because a piece that
 *  is given back holds a pointer. */
static inline size_t sim__arena_round(size_t bytes)
{
    return (bytes + (bytes == 0) + (ARENA_GRAIN - 1)) &
           ~(size_t)(ARENA_GRAIN - 1);
}

/** @brief Hand out @p bytes, not cleared.  Never NULL. */
static inline void *sim__arena_take(struct arena *arena, size_t bytes)
{
    size_t size = sim__arena_round(bytes);
    size_t index = size / ARENA_GRAIN;
    char *piece;

    if (index < ARENA_CLASSES && arena->free_first[index] != NULL) {
        void **first = arena->free_first[index];

        arena->free_first[index] = *first;
        return first;
    }
    if (SIM_UNLIKELY(arena->committed - arena->used < size)) {
        sim__arena_grow(arena, size);
    }
    piece = arena->base + arena->used;
    arena->used += size;
    return piece;
}

/** @brief Take a piece back; pieces above the largest class are kept until
 *  the reset. */
static inline void sim__arena_give(struct arena *arena,
                                   void *piece,
                                   size_t bytes)
{
    size_t index = sim__arena_round(bytes) / ARENA_GRAIN;

    if (index < ARENA_CLASSES) {
        *(void **)piece = arena->free_first[index];
        arena->free_first[index] = piece;
        if (index < arena->freed_low) {
            arena->freed_low = index;
        }
        if (index >= arena->freed_high) {
            arena->freed_high = index + 1;
        }
    }
}

#endif
