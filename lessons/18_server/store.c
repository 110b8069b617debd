/**
 * @file store.c
 * @brief Lesson 18: keys and their values, some of them for a time.
 *
 * A table of lists.  It has as many lists as there may be keys, so they are
 * short, and it never grows, so no request pays for others.
 *
 * Uses:     store.h.
 * Used by:  every command_*.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "store.h"

#include <stdlib.h>
#include <string.h>

bool store_open(struct store *store, const struct limits *limits)
{
    memset(store, 0, sizeof *store);
    store->limits = limits;
    store->bucket_count = 1;
    while (store->bucket_count < limits->keys_max) {
        store->bucket_count *= 2;
    }
    store->buckets = calloc(store->bucket_count, sizeof *store->buckets);
    return store->buckets != NULL;
}

struct span store_key(const struct store_entry *entry)
{
    return (struct span){entry->bytes, entry->key_bytes};
}

struct span store_value(const struct store_entry *entry)
{
    return (struct span){entry->bytes + entry->key_bytes, entry->value_bytes};
}

static size_t entry_bytes(size_t key_bytes, size_t value_bytes)
{
    return sizeof(struct store_entry) + key_bytes + value_bytes;
}

/** @brief The bucket of a key (FNV-1a). */
static size_t bucket_of(const struct store *store, struct span key)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t at = 0; at < key.bytes; at++) {
        hash = (hash ^ (unsigned char)key.start[at]) * UINT64_C(1099511628211);
    }
    return (size_t)(hash ^ hash >> 32) & (store->bucket_count - 1);
}

/** @brief Take an entry out of its list and give its memory back. */
static void unlink_entry(struct store *store, struct store_entry **place)
{
    struct store_entry *entry = *place;

    *place = entry->next;
    store->count--;
    store->timed -= entry->due_ms != STORE_NEVER ? 1 : 0;
    store->bytes -= entry_bytes(entry->key_bytes, entry->value_bytes);
    free(entry);
}

static bool is_due(const struct store *store, const struct store_entry *entry)
{
    return entry->due_ms <= store->now_ms;
}

/** @brief What points to a key's entry; to NULL when there is none. */
static struct store_entry **place_of(struct store *store, struct span key)
{
    struct store_entry **place = &store->buckets[bucket_of(store, key)];

    while (*place != NULL && !span_same(store_key(*place), key)) {
        place = &(*place)->next;
    }
    if (*place != NULL && is_due(store, *place)) {
        unlink_entry(store, place);
        store->expired++;
        while (*place != NULL) {
            place = &(*place)->next;
        }
    }
    return place;
}

struct store_entry *store_find(struct store *store, struct span key)
{
    return *place_of(store, key);
}

enum store_answer store_set(struct store *store,
                            struct span key,
                            struct span value,
                            int64_t due_ms)
{
    const struct limits *limits = store->limits;
    size_t bytes = entry_bytes(key.bytes, value.bytes);
    struct store_entry **place = place_of(store, key);
    struct store_entry *old = *place;
    size_t old_bytes =
        old != NULL ? entry_bytes(old->key_bytes, old->value_bytes) : 0;
    struct store_entry *entry;

    if (key.bytes > limits->key_bytes_max ||
        value.bytes > limits->value_bytes_max) {
        return STORE_TOO_LONG;
    }
    if ((old == NULL && store->count >= limits->keys_max) ||
        bytes > limits->store_bytes_max - (store->bytes - old_bytes)) {
        return STORE_FULL;
    }
    entry = malloc(bytes);
    if (entry == NULL) {
        return STORE_FULL;
    }
    entry->due_ms = due_ms;
    entry->key_bytes = key.bytes;
    entry->value_bytes = value.bytes;
    memcpy(entry->bytes, key.start, key.bytes);
    memcpy(entry->bytes + key.bytes, value.start, value.bytes);
    /* The old value goes last: the new one may have been made from it. */
    if (old != NULL) {
        unlink_entry(store, place);
    }
    entry->next = *place;
    *place = entry;
    store->count++;
    store->timed += due_ms != STORE_NEVER ? 1 : 0;
    store->bytes += bytes;
    return STORE_OK;
}

void store_set_due(struct store *store, struct span key, int64_t due_ms)
{
    struct store_entry **place = place_of(store, key);
    struct store_entry *entry = *place;

    if (entry == NULL) {
        return;
    }
    store->timed -= entry->due_ms != STORE_NEVER ? 1 : 0;
    store->timed += due_ms != STORE_NEVER ? 1 : 0;
    entry->due_ms = due_ms;
    if (is_due(store, entry)) {
        unlink_entry(store, place);
    }
}

bool store_remove(struct store *store, struct span key)
{
    struct store_entry **place = place_of(store, key);

    if (*place == NULL) {
        return false;
    }
    unlink_entry(store, place);
    return true;
}

void store_sweep(struct store *store, size_t bucket_count)
{
    for (; bucket_count > 0 && store->timed > 0; bucket_count--) {
        struct store_entry **place = &store->buckets[store->sweep_at];

        store->sweep_at = (store->sweep_at + 1) & (store->bucket_count - 1);
        while (*place != NULL) {
            if (is_due(store, *place)) {
                unlink_entry(store, place);
                store->expired++;
            } else {
                place = &(*place)->next;
            }
        }
    }
}

const struct store_entry *store_next(const struct store *store,
                                     const struct store_entry *entry)
{
    size_t bucket = 0;

    if (entry != NULL) {
        bucket = bucket_of(store, store_key(entry)) + 1;
        entry = entry->next;
    }
    while (true) {
        while (entry != NULL && is_due(store, entry)) {
            entry = entry->next;
        }
        if (entry != NULL || bucket >= store->bucket_count) {
            return entry;
        }
        entry = store->buckets[bucket++];
    }
}

void store_close(struct store *store)
{
    for (size_t at = 0; store->buckets != NULL && at < store->bucket_count;
         at++) {
        while (store->buckets[at] != NULL) {
            unlink_entry(store, &store->buckets[at]);
        }
    }
    free(store->buckets);
    store->buckets = NULL;
}
