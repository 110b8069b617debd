/**
 * @file tcp_close.c
 * @brief How connections end in good order, and how in bad.
 *
 * Uses:     tcp.h, time_wait.h.
 * Used by:  socket.c, arrive.c, tcp_send.c.
 * Facts:    SOCK-31, SOCK-38, SOCK-40, SOCK-41, SOCK-42, SOCK-43, SOCK-44,
 *           SOCK-45, SOCK-46, SOCK-47, SOCK-94, SOCK-95, SOCK-96, SOCK-97,
 *           SOCK-98.
 * Read next: time_wait.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include "keep_alive.h"
#include "tcp.h"
#include "time_wait.h"

NTSTATUS sim__tcp_usable(const struct socket *socket)
{
    const struct tcp *end = socket->tcp;

    if (end == NULL || socket->accepting ||
        socket->state == SOCKET_CONNECTING) {
        return STATUS_INVALID_CONNECTION;
    }
    /* FACT SOCK-20 calls after a reset fail with what it was. */
    return end->broken;
}

/** @brief FIN, after what is still to be sent. */
static void say_farewell(struct socket *socket)
{
    socket->send_shut = true;
    socket->tcp->fin_wanted = true;
    sim__tcp_pump(socket->tcp);
}

NTSTATUS sim__tcp_shutdown(struct socket *socket, int how)
{
    NTSTATUS status = sim__tcp_usable(socket);

    if (!NT_SUCCESS(status)) {
        return status; /* FACT SOCK-42 shutdown errors. */
    }
    if (how != SD_SEND) {
        /* FACT SOCK-41 shutdown(SD_RECEIVE): nothing is sent to the peer. */
        socket->receive_shut = true;
    }
    if (how != SD_RECEIVE) {
        say_farewell(socket);
    }
    sim__tcp_run(socket->tcp);
    return STATUS_SUCCESS;
}

/* ---- Closing ------------------------------------------------------------- */

void sim__tcp_reset(struct tcp *end)
{
    if (!end->host->up) {
        return; /* It vanishes without a word: host.c. */
    }
    if (end->state == TCP_OPEN || end->state == TCP_ARRIVING) {
        sim__tcp_say(end, CHUNK_RESET);
    }
    if (end->state != TCP_VANISHED) {
        sim__tcp_end(end, TCP_OVER);
    }
}

/** @brief Whether a close must throw something away. */
static bool is_hard(const struct socket *socket)
{
    const struct tcp *end = socket->tcp;

    for (const struct irp *irp = socket->sends.first; irp != NULL;
         irp = irp->links[IRP_OF_DEVICE].next) {
        if (irp->kind == IRP_WRITE || irp->kind == IRP_TRANSMIT) {
            return true; /* Its bytes are the program's still. */
        }
    }
    /* FACT SOCK-45 hard close.  FACT SOCK-44 default close: graceful, but with
     * unread data a reset. */
    return (socket->options.linger && socket->options.linger_s == 0) ||
           end->in_bytes != 0;
}

/** @brief The socket leaves its connection, which may go on alone. */
static void leave(struct socket *socket)
{
    struct tcp *end = socket->tcp;
    bool hard = is_hard(socket);

    socket->tcp = NULL;
    end->socket = NULL;
    sim__keep_alive_stop(end);
    if (end->state == TCP_CONNECTING) {
        sim__tcp_end(end, TCP_OVER); /* By a connect() that did not block. */
    } else if (hard && end->state == TCP_OPEN) {
        sim__tcp_reset(end);
    } else if (end->state == TCP_OPEN && end->host->up) {
        /* FACT SOCK-31 what was accepted is delivered in the background. */
        end->fin_wanted = true;
        sim__tcp_pump(end);
    }
    /* FACT SOCK-47 closesocket with a pending receive. */
    sim__irp_complete_list(&socket->receives, STATUS_CONNECTION_ABORTED);
    sim__tcp_send_end(socket, STATUS_CONNECTION_ABORTED);
    sim__tcp_run(end);
    sim__tcp_forget(end);
}

/** @brief The accept socket of a pending AcceptEx is closed. */
static void give_accept_up(const struct socket *socket)
{
    const struct tcp_accept *accept = socket->accept->device;
    NTSTATUS status = STATUS_CANCELLED;

    /* FACT SOCK-70 closing the accept socket; with the connection taken, the
     * error is one of two. */
    if (accept->end != NULL && sim__choose(CHOOSE_OTHER, 2) != 0) {
        status = STATUS_CONNECTION_ABORTED;
    }
    sim__tcp_accept_cancel(socket->accept, status);
}

void sim__tcp_closed(struct socket *socket)
{
    if (socket->accept != NULL) {
        give_accept_up(socket);
    }
    if (socket->listener != NULL) {
        sim__tcp_listen_close(socket);
    }
    if (socket->state == SOCKET_CONNECTING && socket->sends.first != NULL) {
        sim__tcp_connect_cancel(socket->sends.first);
    }
    if (socket->tcp != NULL) {
        leave(socket);
    }
}

/* ---- DisconnectEx -------------------------------------------------------- */

enum {
    FLAG_REUSE = 1, /* In irp.offset, while it pends. */
    FLAG_WAITED = 2
};

NTSTATUS sim__tcp_disconnect_start(struct irp *irp)
{
    const struct socket_disconnect *disconnect = irp->detail;
    struct socket *socket = irp->file->device;
    NTSTATUS status = sim__tcp_usable(socket);

    if (!NT_SUCCESS(status)) {
        return status; /* FACT SOCK-94 errors. */
    }
    if (disconnect->overlapped || disconnect->reuse) {
        return sim__tcp_disconnect(irp, disconnect->reuse);
    }
    /* FACT SOCK-96 without OVERLAPPED it is over at once. */
    say_farewell(socket);
    return STATUS_SUCCESS;
}

NTSTATUS sim__tcp_disconnect(struct irp *irp, bool reuse)
{
    struct socket *socket = irp->file->device;

    /* FACT SOCK-97 effect: FIN like SD_SEND. */
    say_farewell(socket);
    /* FACT SOCK-95 overlapped DisconnectEx always pends. */
    irp->offset = reuse ? FLAG_REUSE : 0;
    sim__irp_append(&socket->sends, irp, IRP_OF_DEVICE);
    sim__irp_pend(irp);
    sim__tcp_acked(socket->tcp);
    return STATUS_PENDING;
}

/** @brief Whether the address pair must rest before the socket is used again;
 *  decided once. */
static bool must_rest(struct tcp *end, struct irp *irp)
{
    if (irp->offset & FLAG_WAITED) {
        return false;
    }
    irp->offset |= FLAG_WAITED;
    /* FACT SOCK-98 completion may be delayed by TIME_WAIT, at the end that
     * closed first. */
    if (end->first_closer && sim__choose(CHOOSE_OTHER, 2) != 0) {
        sim__tcp_notice(end, STATUS_SUCCESS, TIME_WAIT);
        return true;
    }
    return false;
}

bool sim__tcp_is_disconnected(struct tcp *end, struct irp *irp)
{
    if (!(irp->offset & FLAG_REUSE)) {
        return end->fin_acked;
    }
    return end->fin_acked && end->fin_received && end->way_first == NULL &&
           !must_rest(end, irp);
}

/** @brief FACT SOCK-98 the socket is as good as new. */
static void renew(struct socket *socket)
{
    struct tcp *end = socket->tcp;

    sim__irp_complete_list(&socket->receives, STATUS_CONNECTION_ABORTED);
    socket->tcp = NULL;
    end->socket = NULL;
    sim__tcp_end(end, TCP_OVER);
    socket->state = SOCKET_OPEN;
    socket->send_shut = false;
    socket->receive_shut = false;
    socket->accept_raw = false;
    socket->connect_raw = false;
    if (!socket->connector) {
        /* AcceptEx wants it unbound, ConnectEx bound. */
        sim__port_unbind(socket->host, NET_TCP, socket);
        socket->bound = false;
    }
    socket->connector = false;
}

void sim__tcp_disconnect_end(struct irp *irp)
{
    struct socket *socket = irp->file->device;

    if (irp->offset & FLAG_REUSE) {
        renew(socket);
    }
    sim__irp_complete(irp, STATUS_SUCCESS, irp->information);
}

void sim__tcp_waited(struct tcp *end)
{
    sim__tcp_acked(end);
}
