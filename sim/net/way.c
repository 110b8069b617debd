/**
 * @file way.c
 * @brief Chunks on their way from one end to the other.
 *
 * A chunk that arrives at once does so in sim__tcp_run(), which every call ends
 * with: so what an arrival leads to, such as the answer to a SYN, is not a call
 * within a call but the next turn of a loop.
 *
 * A cut link shows here: what cannot pass tries again, later each time, and in
 * the end its sender gives up.
 *
 * Uses:     tcp.h, buffer.h.
 * Used by:  the other files of TCP.
 * Facts:    SOCK-93, SOCK-121.
 * Read next: arrive.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "buffer.h"
#include "tcp.h"

/** FACT SOCK-93 both give up after some 20 seconds: 3 + 6 + 12, and 0.3 + 0.6
 * + ... + 9.6. */
enum {
    SYN_FIRST_MS = 3000,
    SYN_TRIES = 3,
    DATA_FIRST_MS = 300,
    DATA_TRIES = 6
};

#define UNITS_OF_MS UINT64_C(10000)

static void on_arrival(struct deadline *deadline);

struct tcp_chunk *sim__tcp_chunk_take(enum tcp_chunk_kind kind, uint32_t room)
{
    struct tcp_chunk *chunk = sim__buffer_take(sizeof *chunk + room);

    *chunk = (struct tcp_chunk){.kind = (uint8_t)kind, .room = room};
    return chunk;
}

void sim__tcp_chunk_give(struct tcp_chunk *chunk)
{
    sim__buffer_give(chunk, sizeof *chunk + chunk->room);
}

/* ---- Leaving ------------------------------------------------------------- */

static void append(struct tcp *to, struct tcp_chunk *chunk)
{
    if (to->way_last == NULL) {
        to->way_first = chunk;
        if (chunk->due > sim__world.now) {
            to->arrival.fire = on_arrival;
            sim__deadline_arm(&to->arrival, chunk->due);
        }
    } else {
        /* A stream keeps its order. */
        if (chunk->due < to->way_last->due) {
            chunk->due = to->way_last->due;
        }
        to->way_last->next = chunk;
    }
    to->way_last = chunk;
}

/** @brief Whether nothing could be told from the chunk being late: on one
 *  host, the other way is late as well then. */
static bool is_prompt(const struct tcp *from, const struct tcp_chunk *chunk)
{
    return chunk->kind == CHUNK_SYN_ACK || chunk->kind == CHUNK_REFUSE ||
           from->state == TCP_VANISHED;
}

void sim__tcp_launch_at(struct tcp *from, struct tcp_chunk *chunk, uint64_t due)
{
    chunk->due = due;
    append(sim__tcp_peer(from), chunk);
}

void sim__tcp_launch(struct tcp *from, struct tcp_chunk *chunk)
{
    struct host *to = sim__tcp_peer(from)->host;
    uint64_t due = sim__world.now;

    if (to != from->host || !is_prompt(from, chunk)) {
        due = sim__link_send(from->host, to, NET_TCP, chunk->bytes).due;
    }
    sim__tcp_launch_at(from, chunk, due);
}

void sim__tcp_say(struct tcp *from, enum tcp_chunk_kind kind)
{
    sim__tcp_launch(from, sim__tcp_chunk_take(kind, 0));
}

void sim__tcp_notice(struct tcp *end, NTSTATUS status, uint64_t delay)
{
    struct tcp_chunk *chunk = sim__tcp_chunk_take(CHUNK_NOTICE, sizeof status);

    memcpy(chunk->data, &status, sizeof status);
    chunk->due = sim__world.now + delay;
    append(end, chunk);
}

/* ---- Arriving ------------------------------------------------------------ */

static struct tcp_chunk *take_first(struct tcp *end)
{
    struct tcp_chunk *chunk = end->way_first;

    end->way_first = chunk->next;
    if (end->way_first == NULL) {
        end->way_last = NULL;
    }
    chunk->next = NULL;
    return chunk;
}

static bool is_handshake(const struct tcp_chunk *chunk)
{
    return chunk->kind == CHUNK_SYN || chunk->kind == CHUNK_SYN_ACK ||
           chunk->kind == CHUNK_ESTABLISH || chunk->kind == CHUNK_REFUSE;
}

/** @brief The first chunk cannot pass: later again, or never. */
static void try_again(struct tcp *end)
{
    struct tcp_chunk *chunk = end->way_first;
    bool handshake = is_handshake(chunk);
    uint64_t wait = (handshake ? SYN_FIRST_MS : DATA_FIRST_MS) * UNITS_OF_MS;

    if (chunk->kind != CHUNK_RESET &&
        end->tries < (handshake ? SYN_TRIES : DATA_TRIES)) {
        chunk->due = sim__world.now + (wait << end->tries);
        end->tries++;
        return;
    }
    end->tries = 0;
    chunk = take_first(end);
    trace(drop, .text = "no answer", .value = {chunk->bytes}, .kernel = true);
    if (chunk->kind != CHUNK_RESET) {
        /* Nobody repeats a reset. */
        sim__tcp_unreachable(end, chunk);
    }
    sim__tcp_chunk_give(chunk);
}

static bool passes(struct tcp *end, const struct tcp_chunk *chunk)
{
    const struct tcp *from = sim__tcp_peer(end);

    return from->host == end->host || chunk->kind == CHUNK_NOTICE ||
           sim__link_open(from->host, end->host);
}

/** @brief Let what is due arrive at one end. */
static void deliver(struct tcp *end)
{
    struct tcp *peer = sim__tcp_peer(end);

    if (!sim__tcp_due(end)) {
        return;
    }
    /* BOUND: each turn takes a chunk off the way, or moves it into the
     * future. */
    while (sim__tcp_due(end)) {
        if (!passes(end, end->way_first)) {
            try_again(end);
            continue;
        }
        end->tries = 0;
        sim__tcp_arrive(end, take_first(end));
        sim__tcp_pump(end);
        sim__tcp_pump(peer);
    }
    if (end->way_first != NULL) {
        end->arrival.fire = on_arrival;
        sim__deadline_arm(&end->arrival, end->way_first->due);
    } else {
        sim__deadline_disarm(&end->arrival);
    }
}

void sim__tcp_run_due(struct tcp *end)
{
    struct tcp *peer = sim__tcp_peer(end);

    /* BOUND: a word is answered by at most one other, and data only as far
     * as a window reaches. */
    do {
        deliver(peer);
        deliver(end);
    } while (sim__tcp_due(peer) || sim__tcp_due(end));
}

static void on_arrival(struct deadline *deadline)
{
    struct tcp *end = (struct tcp *)(void *)((char *)deadline -
                                             offsetof(struct tcp, arrival));

    sim__tcp_run(end);
    sim__tcp_forget(end);
}
