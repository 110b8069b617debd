/**
 * @file lent.c
 * @brief The index of lent memory.
 *
 * Ranges are sorted by size: level L holds those of at most 2^L bytes, found
 * by a hash of where they start, counted in units of 2^L.  A range touches at
 * most two units of its level, so a question about an address costs two looks
 * at each level in use, whatever is lent.  Where a question spans more units
 * than a level has ranges, all of the level are looked at.
 *
 * Addresses decide only where something is found, never what is told of it:
 * of several ranges the one of the oldest operation is the answer.
 *
 * Uses:     lent.h.
 * Used by:  operation.c, frame.c, freed.c, left.c.
 * Facts:    none.
 * Read next: watch.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "lent.h"

#include <string.h>

enum { LEVEL_MIN = 6, LEVEL_COUNT = 64, BUCKETS_MIN = 64 };

/** The index; made when the first range of a run is lent. */
struct lent_table {
    struct lent **buckets;
    size_t bucket_count; /* A power of two. */
    size_t count;
    uint64_t levels; /* One bit for each level in use. */
    size_t level_count[LEVEL_COUNT];
    struct lent *level_first[LEVEL_COUNT];
    struct watched *watched_first; /* Oldest. */
    struct watched *watched_last;
};

static struct lent **new_buckets(size_t count)
{
    size_t bytes = count * sizeof(struct lent *);

    return memset(sim__take(bytes), 0, bytes);
}

static struct lent_table *table(void)
{
    struct lent_table *made = sim__world.lent;

    if (made == NULL) {
        made = sim__take(sizeof *made);
        memset(made, 0, sizeof *made);
        made->bucket_count = BUCKETS_MIN;
        made->buckets = new_buckets(BUCKETS_MIN);
        sim__world.lent = made;
    }
    return made;
}

static unsigned level_of(size_t bytes)
{
    unsigned level = LEVEL_MIN;

    while (level < LEVEL_COUNT - 1 && (size_t)1 << level < bytes) {
        level++;
    }
    return level;
}

/** @brief Where the ranges of a level hang that start in a unit. */
static struct lent **bucket(const struct lent_table *all,
                            unsigned level,
                            uintptr_t unit)
{
    uint64_t mixed = (unit + level) * UINT64_C(0x9e3779b97f4a7c15);

    return &all->buckets[(mixed >> 32) & (all->bucket_count - 1)];
}

static void link_in(struct lent_table *all, struct lent *lent)
{
    struct lent **first = bucket(all, lent->level, lent->start >> lent->level);

    lent->chain = *first;
    *first = lent;
}

/** @brief Twice as many buckets. */
static void grow(struct lent_table *all)
{
    struct lent **old = all->buckets;
    size_t bytes = all->bucket_count * sizeof *old;

    all->bucket_count *= 2;
    all->buckets = new_buckets(all->bucket_count);
    for (unsigned level = LEVEL_MIN; level < LEVEL_COUNT; level++) {
        struct lent *lent = all->level_first[level];

        for (; lent != NULL; lent = lent->after) {
            link_in(all, lent);
        }
    }
    sim__give(old, bytes);
}

void sim__lent_add(struct lent *lent)
{
    struct lent_table *all = table();
    unsigned level = level_of(lent->bytes);

    if (all->count >= 2 * all->bucket_count) {
        grow(all);
    }
    all->count++;
    lent->level = (uint8_t)level;
    lent->before = NULL;
    lent->after = all->level_first[level];
    if (lent->after != NULL) {
        lent->after->before = lent;
    }
    all->level_first[level] = lent;
    all->level_count[level]++;
    all->levels |= UINT64_C(1) << level;
    link_in(all, lent);
}

void sim__lent_remove(struct lent *lent)
{
    struct lent_table *all = sim__world.lent;
    unsigned level = lent->level;
    struct lent **link = bucket(all, level, lent->start >> level);

    while (*link != lent) {
        link = &(*link)->chain;
    }
    *link = lent->chain;
    if (lent->before == NULL) {
        all->level_first[level] = lent->after;
    } else {
        lent->before->after = lent->after;
    }
    if (lent->after != NULL) {
        lent->after->before = lent->before;
    }
    all->count--;
    if (--all->level_count[level] == 0) {
        all->levels &= ~(UINT64_C(1) << level);
    }
}

/* ---- Looking ------------------------------------------------------------- */

static bool matches(const struct lent *lent, const struct lent_query *query)
{
    return lent->start < query->start + query->bytes &&
           query->start < lent->start + lent->bytes &&
           (lent->use & query->uses) != 0 && lent->op != query->except;
}

/** @brief Which of two answers to give: that of the older operation, and of
 *  its ranges the first. */
static struct lent *better(struct lent *one, struct lent *two)
{
    if (one == NULL || two == NULL) {
        return one == NULL ? two : one;
    }
    if (one->op != two->op) {
        return one->op->op < two->op->op ? one : two;
    }
    return one->use < two->use ? one : two;
}

/** @brief Look at all ranges of a level. */
static struct lent *find_all(struct lent *lent, const struct lent_query *query)
{
    struct lent *found = NULL;

    for (; lent != NULL; lent = lent->after) {
        if (matches(lent, query)) {
            found = better(found, lent);
        }
    }
    return found;
}

/** @brief Look at those that start in some units of a level. */
static struct lent *find_units(const struct lent_table *all,
                               unsigned level,
                               uintptr_t first,
                               uintptr_t last,
                               const struct lent_query *query)
{
    struct lent *found = NULL;

    for (uintptr_t unit = first; unit <= last; unit++) {
        struct lent *lent = *bucket(all, level, unit);

        for (; lent != NULL; lent = lent->chain) {
            if (lent->level == level && lent->start >> level == unit &&
                matches(lent, query)) {
                found = better(found, lent);
            }
        }
    }
    return found;
}

struct lent *sim__lent_find(const struct lent_query *query)
{
    const struct lent_table *all = sim__world.lent;
    uintptr_t end = query->start + query->bytes - 1;
    struct lent *found = NULL;

    if (all == NULL || query->bytes == 0) {
        return NULL;
    }
    for (unsigned level = LEVEL_MIN; all->levels >> level != 0; level++) {
        uintptr_t first = query->start >> level;
        uintptr_t last = end >> level;

        first -= first != 0; /* A range may reach into the next unit. */
        found = better(found,
                       last - first >= all->level_count[level]
                           ? find_all(all->level_first[level], query)
                           : find_units(all, level, first, last, query));
    }
    return found;
}

uintptr_t sim__lent_lowest(uintptr_t start, size_t bytes)
{
    const struct lent_table *all = sim__world.lent;
    uintptr_t lowest = 0;

    for (unsigned level = LEVEL_MIN; all->levels >> level != 0; level++) {
        const struct lent *lent = all->level_first[level];

        for (; lent != NULL; lent = lent->after) {
            if (lent->start - start < bytes &&
                (lowest == 0 || lent->start < lowest)) {
                lowest = lent->start;
            }
        }
    }
    return lowest;
}

/* ---- Operations ---------------------------------------------------------- */

void sim__watched_add(struct watched *op)
{
    struct lent_table *all = table();

    op->next = NULL;
    op->before = all->watched_last;
    if (op->before == NULL) {
        all->watched_first = op;
    } else {
        op->before->next = op;
    }
    all->watched_last = op;
}

void sim__watched_remove(struct watched *op)
{
    struct lent_table *all = sim__world.lent;

    if (op->before == NULL) {
        all->watched_first = op->next;
    } else {
        op->before->next = op->next;
    }
    if (op->next == NULL) {
        all->watched_last = op->before;
    } else {
        op->next->before = op->before;
    }
}

struct watched *sim__watched_first(void)
{
    return sim__world.lent == NULL ? NULL : sim__world.lent->watched_first;
}
