/**
 * @file tcp.c
 * @brief How connections begin, fail and are forgotten.
 *
 * Both ends live in one piece of memory, which goes when neither has a socket,
 * a place in a queue or anything on its way.  That is looked at only when a
 * call is about to return, so nothing vanishes under anybody's feet.
 *
 * Uses:     tcp.h, time_wait.h.
 * Used by:  the other files of TCP.
 * Facts:    SOCK-19, SOCK-20.
 * Read next: way.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tcp.h"

#include <string.h>

#include <winsock2.h>

#include "buffer.h"
#include "keep_alive.h"
#include "time_wait.h"

struct tcp *sim__tcp_create(struct host *client)
{
    struct tcp_connection *connection = sim__take(sizeof *connection);

    memset(connection, 0, sizeof *connection);
    connection->ends[1].side = 1;
    sim__tcp_settle(&connection->ends[0], client);
    return &connection->ends[0];
}

void sim__tcp_settle(struct tcp *end, struct host *host)
{
    end->host = host;
    end->host_before = NULL;
    end->host_next = host->ends;
    if (host->ends != NULL) {
        host->ends->host_before = end;
    }
    host->ends = end;
}

/** @brief The host need not tell it any more when it crashes. */
static void unsettle(struct tcp *end)
{
    if (end->host_before != NULL) {
        end->host_before->host_next = end->host_next;
    } else if (end->host->ends == end) {
        end->host->ends = end->host_next;
    } else {
        return; /* A server's end that never was in the list. */
    }
    if (end->host_next != NULL) {
        end->host_next->host_before = end->host_before;
    }
    end->host_next = NULL;
    end->host_before = NULL;
}

static bool is_done(const struct tcp *end)
{
    return end->socket == NULL && end->listener == NULL &&
           end->way_first == NULL &&
           (end->state == TCP_OVER || end->state == TCP_VANISHED ||
            end->state == TCP_UNBORN);
}

void sim__tcp_forget(struct tcp *end)
{
    struct tcp_connection *connection = sim__tcp_connection(end);

    if (is_done(&connection->ends[0]) && is_done(&connection->ends[1])) {
        sim__give(connection, sizeof *connection);
    }
}

void sim__tcp_drop_chunks(struct tcp_chunk **first, struct tcp_chunk **last)
{
    /* BOUND: each turn frees one chunk. */
    while (*first != NULL) {
        struct tcp_chunk *chunk = *first;

        *first = chunk->next;
        sim__tcp_chunk_give(chunk);
    }
    *last = NULL;
}

void sim__tcp_drop_pieces(struct tcp *end)
{
    /* BOUND: each turn frees one piece. */
    while (end->out_first != NULL) {
        struct tcp_piece *piece = end->out_first;

        end->out_first = piece->next;
        if (piece->irp != NULL) {
            piece->irp->device = NULL;
        } else {
            sim__buffer_give(piece->data, piece->room);
        }
        sim__give(piece, sizeof *piece);
    }
    end->out_last = NULL;
}

void sim__tcp_end(struct tcp *end, enum tcp_state state)
{
    if (end->host != NULL) {
        unsettle(end);
    }
    sim__deadline_disarm(&end->arrival);
    sim__tcp_drop_chunks(&end->way_first, &end->way_last);
    sim__tcp_drop_chunks(&end->in_first, &end->in_last);
    sim__tcp_drop_pieces(end);
    if (end->urgent != NULL) {
        sim__give(end->urgent, sizeof *end->urgent);
        end->urgent = NULL;
    }
    sim__keep_alive_stop(end);
    end->in_bytes = 0;
    end->state = (uint8_t)state;
}

void sim__tcp_break(struct tcp *end, NTSTATUS status)
{
    struct socket *socket = end->socket;
    bool connecting = end->state == TCP_CONNECTING;

    if (end->state == TCP_OVER || end->state == TCP_VANISHED) {
        return;
    }
    if (end->state == TCP_ARRIVING) {
        sim__tcp_drop_unaccepted(end);
        return;
    }
    end->broken = status;
    sim__tcp_end(end, TCP_OVER);
    if (socket == NULL) {
        return; /* Whoever accepts it will see: FACT SOCK-74. */
    }
    if (connecting) {
        sim__tcp_connect_end(end, status);
        return;
    }
    if (socket->accepting) {
        sim__tcp_accept_data(end, status);
        return;
    }
    /* FACT SOCK-19 reset while a receive is pending. */
    trace(peer,
          .object = &socket->file->object,
          .text = status == STATUS_IO_TIMEOUT ? "does not answer" : "reset",
          .kernel = true);
    socket->state = SOCKET_ENDED;
    sim__irp_complete_list(&socket->receives, status);
    sim__tcp_send_end(socket, status);
    sim__socket_changed(socket, FD_CLOSE, status);
}

void sim__tcp_check_over(struct tcp *end)
{
    if (end->state != TCP_OPEN || !end->fin_acked || !end->fin_received) {
        return;
    }
    /* What has come can still be received, so nothing is dropped. */
    unsettle(end);
    sim__keep_alive_stop(end);
    end->state = TCP_OVER;
    if (end->first_closer) {
        sim__time_wait_add(end);
    }
}
