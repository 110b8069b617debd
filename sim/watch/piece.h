/**
 * @file piece.h
 * @brief Pieces of the program's memory, and what lies at an address.
 *
 * All memory of the program that the simulator gives out comes from one arena,
 * piece by piece, and every piece begins with the same header.  The pieces
 * stand in a table in the order of their addresses, so that any address can be
 * told what it is: inside a block, in one that was freed, or none of ours.
 *
 * Uses:     world.h.
 * Used by:  piece.c, block.c, virtual_api.c.
 * Facts:    none.
 * Read next: piece.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PIECE_H
#define SIM_PIECE_H

#include "../kernel/world.h"

struct call_stack;
struct host;

/** What fresh and freed memory is filled with, so that a program that reads
 * either behaves in the same strange way in each run; and what stands behind
 * a block. */
enum { FILL_FRESH = 0xCD, FILL_FREED = 0xDD, FILL_BEHIND = 0xFD };

enum {
    MARK_LIVE = 0x48454150,  /* "HEAP" */
    MARK_FREED = 0x46524545, /* "FREE" */
    HEAP_PAGES = 0           /* heap of pieces that are no blocks. */
};

/** What stands at the start of each piece. */
struct block {
    struct block *next;   /* In its heap, in quarantine; the arena writes
                           * here when the piece is given back to it. */
    struct block *before; /* In its heap. */
    size_t bytes;         /* As the program asked. */
    size_t capacity;      /* Of the piece, with this header. */
    uint32_t heap;        /* Number of the heap. */
    uint32_t mark;
    uint32_t thread;  /* Who allocated it; who freed it, once freed. */
    uint32_t serial;  /* Counts allocations of the run. */
    const char *call; /* And by which call. */
    struct call_stack *stack;
    const struct host *host; /* Of the thread; NULL: host 1. */
};

enum { HEADER_BYTES = 80 };

/**
 * @brief Take a piece with a header; the header's capacity and mark are set,
 *        the rest is whatever was there.
 * @param bytes  Wanted behind the header.
 * @return NULL when the address space of the world is used up.
 */
struct block *sim__piece_take(size_t bytes);

/** @brief Take a piece back; its mark says that it is free. */
void sim__piece_give(struct block *block);

/** @brief The program's part of a piece. */
static inline void *sim__piece_memory(struct block *block)
{
    return (char *)block + HEADER_BYTES;
}

/** What lies at an address. */
enum block_state {
    BLOCK_ELSEWHERE, /**< Not in this arena. */
    BLOCK_GOOD,      /**< All of it in one block, or in pages. */
    BLOCK_FREED,     /**< In a block that was freed. */
    BLOCK_SHORT      /**< Beyond the end, or before the start, of one. */
};

/** @brief Look some bytes up; the block is written unless they lie
 *  elsewhere. */
enum block_state sim__block_look(const void *start,
                                 size_t bytes,
                                 const struct block **out);

/** @brief How many of some bytes lie outside the block they begin in. */
size_t sim__block_missing(const struct block *block,
                          const void *start,
                          size_t bytes);

#endif
