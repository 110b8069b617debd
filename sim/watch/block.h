/**
 * @file block.h
 * @brief Blocks of the program's heaps.
 *
 * What HeapAlloc, LocalAlloc and malloc give out is the same thing under three
 * names.  A freed block is filled and put aside for a while, so that whoever
 * still has its address is found out; behind each block stand a few bytes that
 * nobody may change; and what is never freed is told at the end of the run.
 *
 * Uses:     piece.h.
 * Used by:  block.c, heap_api.c, takeover.c, world.c.
 * Facts:    none.
 * Read next: block.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_BLOCK_H
#define SIM_BLOCK_H

#include "piece.h"

/** Numbers of heaps; the program's own come after them. */
enum {
    HEAP_PROCESS = 1,
    HEAP_LOCAL = 2,   /**< What LocalAlloc gave. */
    HEAP_RUNTIME = 3, /**< What malloc gave. */
    HEAP_FIRST_OWN = 4
};

struct heap {
    struct heap *next; /* In the list of heaps. */
    struct block *first;
    size_t used;    /* Bytes, headers included. */
    size_t maximum; /* Of those; 0: grows. */
    uint32_t number;
    DWORD options;
};

/** The heaps of the world; call sim__heaps() first. */
struct heaps {
    uint64_t generation;
    struct heap process;
    struct heap local;
    struct heap runtime;
    struct heap *list; /* The program's own, newest first. */
    uint32_t number_last;
    uint32_t serial;
    struct block *quarantine_first; /* Freed longest ago. */
    struct block *quarantine_last;
    size_t quarantine_bytes;
};

/** @brief The heaps, begun anew at the first call of each run. */
struct heaps *sim__heaps(void);

/** @brief A new block, filled with FILL_FRESH or 0; NULL without memory.
 *  @param call  Who asks, static text. */
struct block *sim__block_take(struct heap *heap,
                              size_t bytes,
                              bool zero,
                              const char *call);

/** @brief Free a block: nobody may touch it any more. */
void sim__block_give(struct heap *heap, struct block *block, const char *call);

/** @brief Bytes that a block can have where it lies. */
size_t sim__block_room(const struct block *block);

/** @brief Give a block another size where it lies; what is new is filled. */
void sim__block_resize(struct heap *heap,
                       struct block *block,
                       size_t bytes,
                       bool zero);

/** @brief The block that begins at an address, or the end of the run. */
struct block *sim__block_find(const struct heap *heap,
                              const void *memory,
                              const char *call);

/** @brief Memory that is no block: pages. */
struct block *sim__pages_take(size_t bytes, const char *call);

/** @brief Take it back; the contents are the caller's affair. */
void sim__pages_give(struct block *block, const char *call);

/** @brief The run is over: check all blocks, and tell what was not freed. */
void sim__blocks_end(void);

#endif
