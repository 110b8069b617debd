/**
 * @file store.h
 * @brief Lesson 18: keys and their values, some of them for a time.
 *
 * The store knows no clock: it is told the time, and so a test can tell it
 * any.  A key whose time is over is not found any more; its memory is given
 * back when somebody looks for it, or by store_sweep().
 *
 * Uses:     limits.h, span.h.
 * Used by:  service.h, every command_*.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_STORE_H
#define LESSON_18_STORE_H

#include "limits.h"
#include "span.h"

/** When a key never expires. */
#define STORE_NEVER INT64_MAX

/** One key.  Its bytes and those of its value follow. */
struct store_entry {
    struct store_entry *next; /**< In the same bucket. */
    int64_t due_ms;           /**< When its time is over. */
    size_t key_bytes;
    size_t value_bytes;
    char bytes[]; /**< The key, then the value. */
};

/** All keys. */
struct store {
    const struct limits *limits;
    int64_t now_ms;               /**< Set by the caller; never goes back. */
    struct store_entry **buckets; /**< Fixed in number: nothing ever stops to
                                 * move all keys. */
    size_t bucket_count;
    size_t sweep_at;  /**< The bucket that store_sweep() is at. */
    uint32_t count;   /**< Keys, those not found any more included. */
    uint32_t timed;   /**< Keys with a time. */
    size_t bytes;     /**< Memory of all keys. */
    uint64_t expired; /**< Keys whose time was over. */
};

/** What came of storing. */
enum store_answer {
    STORE_OK,
    STORE_TOO_LONG, /**< The key or the value is. */
    STORE_FULL      /**< A limit is reached, or there is no memory.  What was
                   * there is there still. */
};

/** @brief Make a store.  @return false: no memory. */
bool store_open(struct store *store, const struct limits *limits);

/** @brief Give all memory back. */
void store_close(struct store *store);

/** @brief Look for a key.
 *  @return It, until the next change of the store; or NULL. */
struct store_entry *store_find(struct store *store, struct span key);

/** @brief The key of an entry, and its value. @{ */
struct span store_key(const struct store_entry *entry);
struct span store_value(const struct store_entry *entry);
/** @} */

/** @brief Store a value, in place of what was there. */
enum store_answer store_set(struct store *store,
                            struct span key,
                            struct span value,
                            int64_t due_ms);

/** @brief Change when a key's time is over; one that is past is now. */
void store_set_due(struct store *store, struct span key, int64_t due_ms);

/** @brief Remove a key.  @return whether it was there. */
bool store_remove(struct store *store, struct span key);

/** @brief Give memory of expired keys back: look into so many buckets, next
 *         time into the next ones. */
void store_sweep(struct store *store, size_t bucket_count);

/** @brief Go through all keys: the one after @p entry, or the first after
 *         NULL.  @return NULL after the last. */
const struct store_entry *store_next(const struct store *store,
                                     const struct store_entry *entry);

#endif
