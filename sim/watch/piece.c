/**
 * @file piece.c
 * @brief Handing out pieces, and finding one again by any address in it.
 *
 * Uses:     piece.h, schedule.h (tables), host.h (AddressSanitizer).
 * Used by:  block.c, virtual_api.c, operation.c.
 * Facts:    none.
 * Read next: block.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "piece.h"

#include <assert.h>
#include <string.h>

#include "../host/host.h"
#include "../kernel/schedule.h"

static_assert(sizeof(struct block) <= HEADER_BYTES &&
                  HEADER_BYTES % ARENA_GRAIN == 0,
              "blocks are aligned like pieces");

/** Pieces too large for the arena's lists: four sizes for each doubling. */
enum { LARGE_MIN_LOG2 = 9, LARGE_MAX_LOG2 = 40, LARGE_STEPS = 4 };
enum { LARGE_CLASSES = (LARGE_MAX_LOG2 - LARGE_MIN_LOG2) * LARGE_STEPS };
enum { PLACES_MIN = 1024 };

/** The pieces of the world; begun at the first one of each run. */
static struct {
    uint64_t generation;
    void *large_free[LARGE_CLASSES];
    size_t count; /* Pieces made in this run. */
    size_t max;   /* Room at places, which outlives the run. */
    size_t *places;
} pieces;

static void pieces_begin(void)
{
    memset(pieces.large_free, 0, sizeof pieces.large_free);
    pieces.generation = sim__world.generation;
    pieces.count = 0;
}

/** @brief The class of a large size, which is rounded up to the class's. */
static size_t large_class(size_t *bytes)
{
    unsigned log2 = LARGE_MIN_LOG2;
    size_t step;
    size_t steps;

    while (((size_t)1 << (log2 + 1)) < *bytes) {
        log2++;
    }
    step = ((size_t)1 << log2) / LARGE_STEPS;
    steps = (*bytes - ((size_t)1 << log2) + step - 1) / step;
    *bytes = ((size_t)1 << log2) + steps * step;
    return (size_t)(log2 - LARGE_MIN_LOG2) * LARGE_STEPS + steps - 1;
}

static bool is_small(size_t bytes)
{
    return sim__arena_round(bytes) / ARENA_GRAIN < ARENA_CLASSES;
}

/** @brief Note where a piece lies that was never given out before; they come
 *  in the order of their addresses. */
static void note_place(const struct block *block)
{
    size_t row = sizeof pieces.places[0];

    if (pieces.count == pieces.max) {
        size_t grown = pieces.max == 0 ? PLACES_MIN : pieces.max * 2;

        pieces.places =
            sim__table_grow(pieces.places, pieces.max * row, grown * row);
        pieces.max = grown;
    }
    pieces.places[pieces.count++] =
        (size_t)((const char *)block - sim__world.heap.base);
}

/** @brief Take a piece of exactly so many bytes, a class's. */
static struct block *take(size_t bytes)
{
    struct arena *arena = &sim__world.heap;
    size_t used = arena->used;
    struct block *block = sim__arena_take(arena, bytes);

    if (arena->used != used) {
        note_place(block);
    }
    return block;
}

static struct block *take_large(size_t *bytes)
{
    size_t class_index = large_class(bytes);
    struct block *first = pieces.large_free[class_index];

    if (first != NULL) {
        pieces.large_free[class_index] = first->next;
        return first;
    }
    if (*bytes > sim__world.heap.reserved - sim__world.heap.used) {
        return NULL;
    }
    return take(*bytes);
}

struct block *sim__piece_take(size_t bytes)
{
    struct block *block;

    if (SIM_UNLIKELY(pieces.generation != sim__world.generation)) {
        pieces_begin();
    }
    if (bytes > (size_t)1 << LARGE_MAX_LOG2) {
        return NULL;
    }
    bytes += HEADER_BYTES;
    if (SIM_LIKELY(is_small(bytes))) {
        bytes = sim__arena_round(bytes);
        block = take(bytes);
    } else {
        block = take_large(&bytes);
    }
    if (block != NULL) {
        sim__host_allow(block, bytes);
        block->capacity = bytes;
        block->mark = MARK_LIVE;
    }
    return block;
}

void sim__piece_give(struct block *block)
{
    size_t bytes = block->capacity;

    block->mark = MARK_FREED;
    if (is_small(bytes)) {
        sim__arena_give(&sim__world.heap, block, bytes);
    } else {
        void **first = &pieces.large_free[large_class(&bytes)];

        block->next = *first;
        *first = block;
    }
}

/* ---- Finding -------------------------------------------------------------- */

/** @brief The last piece that begins at or before a place. */
static const struct block *piece_at(size_t place)
{
    size_t low = 0;
    size_t high = pieces.count;

    /* BOUND: each turn halves what is left. */
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (pieces.places[middle] <= place) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return (const void *)(sim__world.heap.base + pieces.places[low]);
}

size_t sim__block_missing(const struct block *block,
                          const void *start,
                          size_t bytes)
{
    uintptr_t memory = (uintptr_t)block + HEADER_BYTES;
    uintptr_t place = (uintptr_t)start - memory; /* Before it: very large. */

    if (place > block->bytes) {
        return bytes;
    }
    return bytes <= block->bytes - place ? 0 : bytes - (block->bytes - place);
}

enum block_state sim__block_look(const void *start,
                                 size_t bytes,
                                 const struct block **out)
{
    const struct arena *arena = &sim__world.heap;
    uintptr_t place = (uintptr_t)start - (uintptr_t)arena->base;
    const struct block *block;

    if (place >= arena->used || bytes == 0) {
        return BLOCK_ELSEWHERE;
    }
    block = piece_at(place);
    *out = block;
    if (block->mark != MARK_LIVE) {
        return BLOCK_FREED;
    }
    return block->heap == HEAP_PAGES ||
                   sim__block_missing(block, start, bytes) == 0
               ? BLOCK_GOOD
               : BLOCK_SHORT;
}
