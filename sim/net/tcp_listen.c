/**
 * @file tcp_listen.c
 * @brief A listener's queue: connections that wait to be accepted.
 *
 * Handshakes need no program, only room in a queue.  A connection enters when
 * its SYN comes, and can be accepted when it is established; those that pend
 * on the other side, the accepts, take them in order.
 *
 * Uses:     tcp.h.
 * Used by:  socket.c, tcp_connect.c, tcp_accept.c.
 * Facts:    SOCK-49, SOCK-75, SOCK-76, SOCK-78, SOCK-79.
 * Read next: tcp_accept.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>

#include <winsock2.h>

#include "tcp.h"

enum {
    BACKLOG_MIN = 1,
    BACKLOG_MAX = 200,      /* Of plain numbers: LIMIT-10. */
    BACKLOG_SYSTEM = 500,   /* SOMAXCONN: several hundred. */
    BACKLOG_HINT_MIN = 200, /* SOMAXCONN_HINT(n) */
    BACKLOG_HINT_MAX = 65535
};

static int clamp(int number, int low, int high)
{
    return number < low ? low : number > high ? high : number;
}

/** @brief FACT SOCK-79 backlog values: out-of-range ones are adjusted. */
static uint32_t adjust(int backlog)
{
    if (backlog == SOMAXCONN) {
        return BACKLOG_SYSTEM;
    }
    if (backlog < 0 && backlog != INT_MIN) {
        return (uint32_t)clamp(-backlog, BACKLOG_HINT_MIN, BACKLOG_HINT_MAX);
    }
    return (uint32_t)clamp(backlog, BACKLOG_MIN, BACKLOG_MAX);
}

NTSTATUS sim__socket_listen(struct socket *socket, int backlog)
{
    struct tcp_listener *listener;

    if (socket->state == SOCKET_LISTENING) {
        return STATUS_SUCCESS; /* FACT SOCK-78: the backlog stays. */
    }
    listener = sim__take(sizeof *listener);
    *listener = (struct tcp_listener){.backlog = adjust(backlog)};
    socket->listener = listener;
    socket->state = SOCKET_LISTENING;
    return STATUS_SUCCESS;
}

/* ---- The queue ----------------------------------------------------------- */

bool sim__tcp_queue_enter(struct socket *socket, struct tcp *end)
{
    struct tcp_listener *listener = socket->listener;

    if (listener->count >= listener->backlog + listener->accepting) {
        return false;
    }
    end->listener = socket;
    end->queue_next = NULL;
    if (listener->last == NULL) {
        listener->first = end;
    } else {
        listener->last->queue_next = end;
    }
    listener->last = end;
    listener->count++;
    return true;
}

void sim__tcp_queue_leave(struct tcp *end)
{
    struct tcp_listener *listener = end->listener->listener;
    struct tcp *before = NULL;

    /* BOUND: it is in the queue, and mostly first. */
    for (struct tcp *at = listener->first; at != end; at = at->queue_next) {
        before = at;
    }
    if (before == NULL) {
        listener->first = end->queue_next;
    } else {
        before->queue_next = end->queue_next;
    }
    if (listener->last == end) {
        listener->last = before;
    }
    listener->count--;
    end->listener = NULL;
}

struct tcp *sim__tcp_queue_first(const struct socket *listener)
{
    struct tcp *end = listener->listener->first;

    while (end != NULL && end->state == TCP_ARRIVING) {
        end = end->queue_next;
    }
    return end;
}

void sim__tcp_drop_unaccepted(struct tcp *end)
{
    if (end->listener != NULL) {
        sim__tcp_queue_leave(end);
        sim__tcp_end(end, TCP_OVER);
    }
}

/** @brief Throw one out that waits. */
static void reject(struct tcp *end)
{
    sim__tcp_queue_leave(end);
    sim__tcp_reset(end);
    sim__tcp_run(end);
    sim__tcp_forget(end);
}

void sim__listener_reject(struct socket *listener,
                          const struct net_address *remote)
{
    struct tcp *end = sim__tcp_queue_first(listener);

    if (end != NULL) {
        struct net_address wanted = sim__address_unmap(remote);

        if (sim__address_same(sim__tcp_remote(end), &wanted)) {
            reject(end);
        }
    }
}

void sim__tcp_listen_close(struct socket *listener)
{
    const struct tcp_listener *queue = listener->listener;

    /* BOUND: each turn takes one out of the queue. */
    while (queue->first != NULL) {
        reject(queue->first);
    }
}

void sim__tcp_listen_serve(struct socket *listener)
{
    struct irp_list *accepts = &listener->receives;
    struct tcp *end = sim__tcp_queue_first(listener);

    /* FACT SOCK-76 several pending accepts are used in order of issue.
     * BOUND: each turn ends a pending accept, or takes it off the list. */
    while (end != NULL && accepts->first != NULL) {
        sim__tcp_accept_serve(accepts->first, end);
        end = sim__tcp_queue_first(listener);
    }
    if (end != NULL) {
        sim__socket_changed(listener, FD_ACCEPT, STATUS_SUCCESS);
    }
}
