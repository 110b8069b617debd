/**
 * @file arrive.c
 * @brief What a chunk does to the end that it reaches.
 *
 * Uses:     tcp.h.
 * Used by:  way.c.
 * Facts:    SOCK-18, SOCK-19, SOCK-38, SOCK-40, SOCK-44, SOCK-86.
 * Read next: tcp_connect.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include <winsock2.h>

#include "tcp.h"

/** @brief Whether anybody will ever receive what comes here. */
static bool wants_data(const struct tcp *end)
{
    return end->state == TCP_OPEN &&
           (end->socket != NULL || end->listener != NULL);
}

/** @brief Tell the other end how far it got. */
static void acknowledge(struct tcp *end)
{
    struct tcp *peer = sim__tcp_peer(end);
    uint64_t edge = sim__tcp_edge(end);

    if (sim__tcp_near(end)) {
        /* On one host that takes no time, and can be done without a chunk. */
        peer->acked = end->received;
        peer->fin_acked = end->fin_received;
        if (peer->edge < edge) {
            peer->edge = edge;
        }
        sim__tcp_acked(peer);
        sim__tcp_check_over(peer);
        return;
    }
    sim__tcp_say_ack(end);
}

void sim__tcp_say_ack(struct tcp *end)
{
    struct tcp_chunk *chunk =
        sim__tcp_chunk_take(CHUNK_ACK, sizeof(struct tcp_ack));
    struct tcp_ack ack = {.received = end->received,
                          .edge = sim__tcp_edge(end),
                          .fin = end->fin_received};

    if (end->told < ack.edge) {
        end->told = ack.edge;
    }
    memcpy(chunk->data, &ack, sizeof ack);
    sim__tcp_launch(end, chunk);
}

static void trace_arrival(const struct tcp *end, uint32_t bytes)
{
    if (end->socket != NULL) {
        trace(arrive,
              .object = &end->socket->file->object,
              .value = {bytes},
              .kernel = true);
    }
}

/** @brief Data; @p chunk is kept or given back. */
static void data(struct tcp *end, struct tcp_chunk *chunk)
{
    struct tcp_source source = {.data = chunk->data};

    if (!wants_data(end)) {
        /* FACT SOCK-38 sending to a peer that has gone: its stack answers
         * with a reset.  FACT SOCK-44 also what came after the close. */
        sim__tcp_chunk_give(chunk);
        sim__tcp_reset(end);
        return;
    }
    trace_arrival(end, chunk->bytes);
    end->received += chunk->bytes;
    chunk->taken = sim__tcp_feed(end, &source, chunk->bytes);
    if (chunk->taken == chunk->bytes) {
        sim__tcp_chunk_give(chunk);
    } else {
        sim__tcp_keep_chunk(end, chunk);
    }
    acknowledge(end);
}

/** @brief A byte of out-of-band data. */
static void urgent(struct tcp *end, struct tcp_chunk *chunk)
{
    char byte = chunk->data[0];

    sim__tcp_chunk_give(chunk);
    if (!wants_data(end)) {
        sim__tcp_reset(end);
        return;
    }
    trace_arrival(end, 1);
    end->received++;
    sim__tcp_urgent(end, byte);
    acknowledge(end);
}

static void fin(struct tcp *end)
{
    struct socket *socket = end->socket;

    end->fin_received = true;
    acknowledge(end);
    if (socket != NULL) {
        trace(peer,
              .object = &socket->file->object,
              .text = "end of data",
              .kernel = true);
        if (socket->accepting) {
            sim__tcp_accept_data(end, STATUS_SUCCESS);
        } else {
            sim__tcp_receive_end(end);
            sim__socket_changed(socket, FD_CLOSE, STATUS_SUCCESS);
        }
    }
    sim__tcp_acked(end);
    sim__tcp_check_over(end);
}

static void ack(struct tcp *end, const struct tcp_chunk *chunk)
{
    struct tcp_ack said;

    memcpy(&said, chunk->data, sizeof said);
    end->acked = said.received;
    end->fin_acked = said.fin;
    if (end->edge < said.edge) {
        end->edge = said.edge;
    }
    sim__tcp_acked(end);
    sim__tcp_check_over(end);
}

static void notice(struct tcp *end, const struct tcp_chunk *chunk)
{
    NTSTATUS status;

    memcpy(&status, chunk->data, sizeof status);
    if (end->state == TCP_CONNECTING) {
        sim__tcp_break(end, status);
    } else {
        sim__tcp_waited(end);
    }
}

/** @brief Something for an end that is no more, on a host that is up. */
static void for_nobody(struct tcp *end, const struct tcp_chunk *chunk)
{
    bool ends = chunk->kind == CHUNK_RESET || chunk->kind == CHUNK_REFUSE;

    /* An end that closed in good order has nothing to complain of: what
     * comes now was on its way before. */
    if (!ends && (end->state == TCP_VANISHED || !end->fin_received ||
                  chunk->kind == CHUNK_DATA)) {
        sim__tcp_say(end, CHUNK_RESET);
    }
}

static void word(struct tcp *end, const struct tcp_chunk *chunk)
{
    switch ((enum tcp_chunk_kind)chunk->kind) {
    case CHUNK_FIN:
        fin(end);
        break;
    case CHUNK_RESET:
        /* FACT SOCK-19 a reset; but FACT SOCK-38 when the other end had said
         * before that it would send no more, the connection was aborted. */
        sim__tcp_break(end,
                       end->fin_received ? STATUS_CONNECTION_ABORTED
                                         : STATUS_CONNECTION_RESET);
        break;
    case CHUNK_ACK:
        ack(end, chunk);
        break;
    case CHUNK_SYN:
        sim__tcp_syn(end);
        break;
    case CHUNK_SYN_ACK:
        sim__tcp_answered(end);
        break;
    case CHUNK_ESTABLISH:
        sim__tcp_established(end);
        break;
    case CHUNK_REFUSE:
        sim__tcp_break(end, STATUS_CONNECTION_REFUSED);
        break;
    case CHUNK_NOTICE:
        notice(end, chunk);
        break;
    case CHUNK_DATA:
    case CHUNK_URGENT:
        break; /* Not of this function. */
    }
}

void sim__tcp_arrive(struct tcp *end, struct tcp_chunk *chunk)
{
    bool over = end->state == TCP_OVER || end->state == TCP_VANISHED;

    if (over && chunk->kind != CHUNK_NOTICE) {
        for_nobody(end, chunk);
    } else if (chunk->kind == CHUNK_DATA) {
        data(end, chunk);
        return;
    } else if (chunk->kind == CHUNK_URGENT) {
        urgent(end, chunk);
        return;
    } else {
        word(end, chunk);
    }
    sim__tcp_chunk_give(chunk);
}

/* ---- What cannot arrive -------------------------------------------------- */

/** @brief The end that sent gives up, and what it sent is lost with it. */
static void give_up(struct tcp *from)
{
    struct tcp *to = sim__tcp_peer(from);

    sim__deadline_disarm(&to->arrival);
    sim__tcp_drop_chunks(&to->way_first, &to->way_last);
    sim__tcp_break(from, STATUS_IO_TIMEOUT);
}

void sim__tcp_unreachable(struct tcp *end, const struct tcp_chunk *chunk)
{
    struct tcp *from = sim__tcp_peer(end);

    switch ((enum tcp_chunk_kind)chunk->kind) {
    case CHUNK_SYN_ACK:
    case CHUNK_REFUSE:
        /* FACT SOCK-86 no answer: a time-out of the client's. */
        sim__tcp_break(end, STATUS_IO_TIMEOUT);
        sim__tcp_drop_unaccepted(from);
        break;
    case CHUNK_ESTABLISH:
        sim__tcp_drop_unaccepted(end);
        break;
    case CHUNK_ACK:
        if (end->acked < end->sent || (end->fin_sent && !end->fin_acked)) {
            give_up(end);
        } else {
            /* It has nothing to send, so nobody sees that it is told now
             * and not by a probe of its window later. */
            ack(end, chunk);
        }
        break;
    case CHUNK_SYN:
    case CHUNK_DATA:
    case CHUNK_URGENT:
    case CHUNK_FIN:
        give_up(from);
        break;
    case CHUNK_RESET:
    case CHUNK_NOTICE:
        break; /* Never repeated, never lost. */
    }
}
