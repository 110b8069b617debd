/**
 * @file link.c
 * @brief What becomes of a packet between two hosts.
 *
 * Everything that is uncertain about a packet is chosen when it is sent: how
 * long it takes, whether it is lost or comes twice.  Within a host nothing is
 * uncertain but whether it arrives at once.
 *
 * Uses:     network.h.
 * Used by:  TCP and UDP, host.c, plan.c.
 * Facts:    SOCK-121.
 * Read next: plan.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "network.h"

enum {
    UNITS_OF_US = 10,     /* Of 100 ns, in a microsecond. */
    LOOPBACK_DELAY = 500, /* 50 us, by choice. */
    LATENCIES = 8,        /* Chosen among so many between two bounds. */
    RETRY_FIRST_MS = 300, /* A stream's first retransmission, */
    RETRIES_MAX = 5,      /* doubling so often. */
    LATE_MIN_US = 100     /* A datagram that is overtaken. */
};

#define UNITS_OF_S  UINT64_C(10000000)
#define UNITS_OF_MS UINT64_C(10000)

const struct link *sim__link_get(const struct host *from, const struct host *to)
{
    if (to->number <= from->link_count && from->links[to->number - 1] != NULL) {
        return from->links[to->number - 1];
    }
    return &sim__world.network->defaults;
}

/** @brief Make room for a link in its host's table. */
static void reach(struct host *from, uint32_t number)
{
    uint32_t count = from->link_count == 0 ? 8 : from->link_count;
    struct link **old = from->links;

    while (count < number) {
        count *= 2;
    }
    if (count != from->link_count) {
        from->links = sim__take(count * sizeof *old);
        memset(from->links, 0, count * sizeof *old);
        if (old != NULL) {
            memcpy(from->links, old, from->link_count * sizeof *old);
            sim__give(old, from->link_count * sizeof *old);
        }
        from->link_count = count;
    }
}

struct link *sim__link_make(struct host *from, const struct host *to)
{
    struct link **place;

    reach(from, to->number);
    place = &from->links[to->number - 1];
    if (*place == NULL) {
        *place = sim__take(sizeof **place);
        **place = sim__network()->defaults;
    }
    return *place;
}

bool sim__link_open(const struct host *from, const struct host *to)
{
    return from->up && to->up && (from == to || !sim__link_get(from, to)->cut);
}

const char *sim__link_wrong(const struct sim_link *link)
{
    if (link->latency_max_us < link->latency_us) {
        return "the longest latency is below the shortest";
    }
    if (link->latency_max_us > UINT64_C(3600000000)) {
        return "a latency is above an hour";
    }
    if (link->loss > 1000 || link->duplication > 1000 ||
        link->reordering > 1000) {
        return "a share is above the whole: 100% is all";
    }
    return NULL;
}

/* ---- Sending ------------------------------------------------------------- */

/** @brief How long a packet is on its way, once it has left. */
static uint64_t choose_latency(const struct sim_link *link)
{
    uint64_t spread = link->latency_max_us - link->latency_us;
    uint32_t answer = 0;

    if (spread != 0) {
        /* All latencies are alike, so the chances are even. */
        answer = sim__choose_rarely(CHOOSE_LATENCY, LATENCIES, 1);
    }
    return (link->latency_us + spread * answer / (LATENCIES - 1)) * UNITS_OF_US;
}

/** @brief When a packet has left its host: those before it go first. */
static uint64_t leave(struct link *link, uint32_t bytes)
{
    uint64_t begin =
        link->free_at > sim__world.now ? link->free_at : sim__world.now;

    link->free_at = begin + bytes * UNITS_OF_S / link->is.bandwidth;
    return link->free_at;
}

/** @brief What losses are to a stream: FACT SOCK-93's time-outs, doubling. */
static uint64_t choose_retries(const struct sim_link *link)
{
    uint64_t delay = 0;

    for (unsigned retry = 0; retry < RETRIES_MAX; retry++) {
        if (!sim__choose_permille(CHOOSE_LOSS, link->loss)) {
            break;
        }
        delay += (RETRY_FIRST_MS * UNITS_OF_MS) << retry;
    }
    return delay;
}

/** @brief What else can happen to a datagram. */
static void choose_fate(const struct sim_link *link, struct travel *travel)
{
    travel->lost = sim__choose_permille(CHOOSE_LOSS, link->loss);
    if (travel->lost) {
        return;
    }
    if (sim__choose_permille(CHOOSE_LOSS, link->reordering)) {
        /* Late by more than any other packet takes. */
        travel->due += (link->latency_max_us + LATE_MIN_US) * UNITS_OF_US;
    }
    travel->twice = sim__choose_permille(CHOOSE_LOSS, link->duplication);
    travel->due_again = travel->due + choose_latency(link);
}

static struct travel send_far(struct host *from,
                              struct host *to,
                              enum net_protocol protocol,
                              uint32_t bytes)
{
    const struct link *link = sim__link_get(from, to);
    struct travel travel = {.due = sim__world.now};

    if (link->is.bandwidth != 0) {
        travel.due = leave(sim__link_make(from, to), bytes);
    }
    travel.due += choose_latency(&link->is);
    if (protocol == NET_TCP) {
        travel.due += choose_retries(&link->is);
    } else if (sim__link_open(from, to)) {
        choose_fate(&link->is, &travel);
    } else {
        travel.lost = true;
    }
    return travel;
}

struct travel sim__link_send(struct host *from,
                             struct host *to,
                             enum net_protocol protocol,
                             uint32_t bytes)
{
    struct travel travel = {.due = sim__world.now};

    if (from != to) {
        return send_far(from, to, protocol, bytes);
    }
    /* FACT SOCK-121 loopback: usually there at once, but not guaranteed. */
    if (!sim__world.network->prompt && sim__choose(CHOOSE_LATENCY, 2) != 0) {
        travel.due += LOOPBACK_DELAY;
    }
    return travel;
}
