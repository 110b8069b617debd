/**
 * @file lent.h
 * @brief Memory that the kernel has: which addresses, for which operation.
 *
 * An operation borrows an OVERLAPPED, a buffer, sometimes variables for its
 * results.  As long as it has them, every one of these ranges is in an index
 * by address, so that a program which frees or lends a piece of memory can be
 * told whose it is.  The index exists only in runs in which something pends.
 *
 * Uses:     call_stack.h, rule.h.
 * Used by:  operation.c, frame.c, freed.c, left.c.
 * Facts:    none.
 * Read next: lent.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_LENT_H
#define SIM_LENT_H

#include "call_stack.h"
#include "rule.h"

struct irp;
struct watched;

/** What a range is to its operation. */
enum lent_use {
    LENT_BLOCK = 1,  /**< Its OVERLAPPED or status block. */
    LENT_FILLED = 2, /**< A buffer that it writes into. */
    LENT_SENT = 4,   /**< A buffer that it reads. */
    LENT_RESULT = 8, /**< A variable for a result. */
    LENT_ANY = 15
};

/** One range of addresses. */
struct lent {
    uintptr_t start;
    size_t bytes;
    struct watched *op;
    const char *name;   /**< "the OVERLAPPED", "lpFromlen". */
    uint8_t use;        /**< An enum lent_use. */
    uint8_t level;      /**< lent.c's: size class. */
    struct lent *next;  /**< Of the same operation. */
    struct lent *chain; /**< lent.c's: in its bucket. */
    struct lent *after; /**< lent.c's: all of a level. */
    struct lent *before;
};

/** An operation as the rules see it: from when it pends to its last trace. */
struct watched {
    struct watched *next; /* All of the world, oldest first. */
    struct watched *before;
    struct irp *irp;
    struct lent *lent; /* What it has now. */
    uint32_t op;       /* Its number, */
    uint32_t file;     /* its file's number, */
    const char *call;  /* its call, */
    uint32_t thread;   /* and who started it. */
    bool indexed;      /* Its ranges are in the index. */
    bool queued;       /* Over; its packet is to be taken. */
    bool at_once;      /* And was over before its call returned. */

    /* How memory looked when it was lent: changed.c. */
    bool sums_hold; /* Nothing else may have changed the buffer. */
    uint64_t sum;
    ULONG_PTR internal;
    ULONG_PTR internal_high;
    HANDLE event;
    struct call_stack *stack; /* Who started it, for a report. */
};

/** @brief Put a range into the index. */
void sim__lent_add(struct lent *lent);

/** @brief Take a range out of it. */
void sim__lent_remove(struct lent *lent);

/** What to look for. */
struct lent_query {
    uintptr_t start;
    size_t bytes;
    unsigned uses;                /**< enum lent_use, several. */
    const struct watched *except; /**< Not this operation's; or NULL. */
};

/** @brief The range of the oldest operation that has one of these addresses,
 *  or NULL. */
struct lent *sim__lent_find(const struct lent_query *query);

/** @brief The lowest address lent in a range, or 0. */
uintptr_t sim__lent_lowest(uintptr_t start, size_t bytes);

/** @brief Add an operation to the world's, and remove it. */
void sim__watched_add(struct watched *op);
void sim__watched_remove(struct watched *op);

/** @brief The oldest operation that is watched, or NULL. */
struct watched *sim__watched_first(void);

#endif
