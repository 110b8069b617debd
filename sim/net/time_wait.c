/**
 * @file time_wait.c
 * @brief The pairs that rest, found by hashing, forgotten by age.
 *
 * All of them rest equally long, so the oldest is always the first to go.
 *
 * Uses:     time_wait.h.
 * Used by:  tcp.c, tcp_connect.c.
 * Facts:    none.
 * Read next: keep_alive.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "time_wait.h"

#include <string.h>

enum { BUCKETS_MIN = 64 };

/** One pair. */
struct rest {
    struct rest *bucket_next;
    struct rest *younger;
    uint64_t until;
    struct net_address local;
    struct net_address remote;
};

/** All pairs of the world. */
struct waits {
    struct rest **buckets;
    uint32_t bucket_count; /* A power of two. */
    uint32_t count;
    struct rest *oldest;
    struct rest *youngest;
};

static uint64_t mix(uint64_t hash, const struct net_address *address)
{
    uint64_t words[2];

    memcpy(words, address->bytes, sizeof words);
    if (address->family == NET_V4) {
        words[0] &= UINT64_C(0xffffffff);
        words[1] = 0;
    }
    hash ^= words[0] ^ words[1] ^ (uint64_t)address->port << 32;
    hash *= UINT64_C(0x9e3779b97f4a7c15);
    return hash ^ hash >> 29;
}

static struct rest **bucket_of(const struct waits *waits,
                               const struct net_address *local,
                               const struct net_address *remote)
{
    uint64_t hash = mix(mix(1, local), remote);

    return &waits->buckets[hash & (waits->bucket_count - 1)];
}

static void make_buckets(struct waits *waits, uint32_t count)
{
    waits->buckets = sim__take(count * sizeof *waits->buckets);
    waits->bucket_count = count;
    memset(waits->buckets, 0, count * sizeof *waits->buckets);
}

static void put(struct waits *waits, struct rest *rest)
{
    struct rest **bucket = bucket_of(waits, &rest->local, &rest->remote);

    rest->bucket_next = *bucket;
    *bucket = rest;
}

static void grow(struct waits *waits)
{
    struct rest **old = waits->buckets;
    uint32_t count = waits->bucket_count;

    make_buckets(waits, count * 2);
    for (struct rest *rest = waits->oldest; rest != NULL;
         rest = rest->younger) {
        put(waits, rest);
    }
    sim__give(old, count * sizeof *old);
}

/** @brief Forget those that have rested long enough. */
static void forget_old(struct waits *waits)
{
    /* BOUND: each turn forgets a pair. */
    while (waits->oldest != NULL && waits->oldest->until <= sim__world.now) {
        struct rest *rest = waits->oldest;
        struct rest **link = bucket_of(waits, &rest->local, &rest->remote);

        while (*link != rest) {
            link = &(*link)->bucket_next;
        }
        *link = rest->bucket_next;
        waits->oldest = rest->younger;
        waits->count--;
        sim__give(rest, sizeof *rest);
    }
    if (waits->oldest == NULL) {
        waits->youngest = NULL;
    }
}

static struct waits *waits_make(void)
{
    struct network *network = sim__network();

    if (network->waits == NULL) {
        network->waits = sim__take(sizeof *network->waits);
        memset(network->waits, 0, sizeof *network->waits);
        make_buckets(network->waits, BUCKETS_MIN);
    }
    return network->waits;
}

void sim__time_wait_add(struct tcp *end)
{
    struct waits *waits = waits_make();
    struct rest *rest;

    forget_old(waits);
    if (waits->count == waits->bucket_count) {
        grow(waits);
    }
    rest = sim__take(sizeof *rest);
    *rest = (struct rest){.until = sim__world.now + TIME_WAIT,
                          .local = *sim__tcp_local(end),
                          .remote = *sim__tcp_remote(end)};
    put(waits, rest);
    if (waits->youngest == NULL) {
        waits->oldest = rest;
    } else {
        waits->youngest->younger = rest;
    }
    waits->youngest = rest;
    waits->count++;
}

bool sim__time_wait_has(const struct net_address *local,
                        const struct net_address *remote)
{
    struct waits *waits = sim__network()->waits;
    const struct rest *rest;

    if (waits == NULL) {
        return false;
    }
    forget_old(waits);
    rest = *bucket_of(waits, local, remote);
    /* BOUND: the bucket's list; buckets grow with the pairs. */
    while (rest != NULL && !(sim__address_same(&rest->local, local) &&
                             sim__address_same(&rest->remote, remote))) {
        rest = rest->bucket_next;
    }
    return rest != NULL;
}
