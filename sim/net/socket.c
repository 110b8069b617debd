/**
 * @file socket.c
 * @brief The device behind sockets: which protocol does what.
 *
 * Uses:     socket.h, tcp.h, udp.h, device.h.
 * Used by:  sim/winsock, tcp_accept.c, and irp.c by its table.
 * Facts:    SOCK-42, SOCK-46, SOCK-48, SOCK-77, SOCK-88, SOCK-119.
 * Read next: tcp.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "socket.h"

#include <string.h>

#include <winsock2.h>

#include "afd_poll.h"
#include "keep_alive.h"
#include "tcp.h"
#include "udp.h"

enum {
    BUFFER_BYTES = 65536,        /* LIMIT-08 */
    KEEP_ALIVE_MS = 7200000,     /* Two hours, and then */
    KEEP_ALIVE_EVERY_MS = 1000,  /* every second: SIO_KEEPALIVE_VALS page. */
    LINGER_UNITS_OF_S = 10000000 /* 100 ns */
};

static NTSTATUS start(struct irp *irp);
static bool cancel(struct irp *irp);
static void closed(struct file *file);
static void deleted(struct file *file);

static const struct file_ops socket_ops = {
    .start = start,
    .cancel = cancel,
    .closed = closed,
    .deleted = deleted,
    .warns_at_once = true, /* FACT SOCK-100; a stream never warns. */
};

struct socket *sim__socket_of(const struct file *file)
{
    return file->ops == &socket_ops ? file->device : NULL;
}

NTSTATUS sim__socket_create(enum net_family family,
                            enum net_protocol protocol,
                            bool overlapped,
                            struct file **out)
{
    struct socket *socket = sim__take(sizeof *socket);

    memset(socket, 0, sizeof *socket);
    socket->host = sim__host_here();
    socket->family = (uint8_t)family;
    socket->protocol = (uint8_t)protocol;
    socket->options =
        (struct socket_options){.receive_bytes = BUFFER_BYTES,
                                .send_bytes = BUFFER_BYTES,
                                .keep_alive_ms = KEEP_ALIVE_MS,
                                .keep_alive_every_ms = KEEP_ALIVE_EVERY_MS,
                                .v6_only = true};
    socket->file = sim__file_create(&socket_ops, socket, overlapped);
    if (protocol == NET_UDP) {
        sim__udp_create(socket);
    }
    *out = socket->file;
    return STATUS_SUCCESS;
}

/* ---- Requests ------------------------------------------------------------ */

/** @brief What a stream is asked to do. */
static NTSTATUS start_stream(struct irp *irp)
{
    switch ((int)irp->kind) {
    case IRP_READ:
        return sim__tcp_read(irp);
    case IRP_WRITE:
        return sim__tcp_send(irp);
    case IRP_FLUSH:
        return sim__tcp_flush(irp);
    case IRP_ACCEPT:
        return sim__tcp_accept(irp);
    case IRP_PEEK:
        return sim__tcp_glance(irp);
    case IRP_CONNECT:
        return sim__tcp_connect(irp);
    case IRP_DISCONNECT:
        return sim__tcp_disconnect_start(irp);
    case IRP_TRANSMIT:
        return sim__transmit_start(irp);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

/** @brief Events that the end of a call allows to be recorded again. */
static void note_call(struct socket *socket, int kind, NTSTATUS status)
{
    if (kind == IRP_READ) {
        sim__ready_asked(socket, FD_READ | FD_OOB);
    } else if (kind == IRP_ACCEPT) {
        sim__ready_asked(socket, FD_ACCEPT);
    } else if (kind == IRP_WRITE && status == STATUS_DEVICE_NOT_READY) {
        sim__ready_asked(socket, FD_WRITE);
    }
}

static NTSTATUS start(struct irp *irp)
{
    struct socket *socket = irp->file->device;
    int kind = (int)irp->kind;
    NTSTATUS status;

    if (kind == IRP_CONTROL) {
        return sim__control_start(irp);
    }
    if (kind == IRP_POLL) {
        return sim__afd_poll_start(irp);
    }
    if (irp->detail == NULL && irp->offset < 0 && irp->file->overlapped &&
        (kind == IRP_READ || kind == IRP_WRITE)) {
        /* FACT SOCK-119 the native calls need an offset on overlapped
         * sockets. */
        return STATUS_INVALID_PARAMETER;
    }
    if (socket->protocol == NET_UDP) {
        status = kind == IRP_READ || kind == IRP_WRITE
                     ? sim__udp_start(irp)
                     : STATUS_INVALID_DEVICE_REQUEST;
    } else {
        status = start_stream(irp);
        if (socket->tcp != NULL) {
            sim__tcp_run(socket->tcp);
        }
    }
    if (SIM_UNLIKELY(socket->ready != NULL)) {
        note_call(socket, kind, status);
    }
    return status;
}

static bool cancel_stream(struct irp *irp)
{
    switch ((int)irp->kind) {
    case IRP_READ:
        sim__tcp_receive_cancel(irp, STATUS_CANCELLED);
        return true;
    case IRP_WRITE:
    case IRP_FLUSH:
    case IRP_DISCONNECT:
    case IRP_TRANSMIT:
        sim__tcp_send_cancel(irp, STATUS_CANCELLED);
        return true;
    case IRP_ACCEPT:
    case IRP_PEEK:
        /* FACT SOCK-71 a pending AcceptEx is found through its listener. */
        sim__tcp_accept_cancel(irp, STATUS_CANCELLED);
        return true;
    case IRP_CONNECT:
        sim__tcp_connect_cancel(irp);
        return true;
    default:
        return false; /* A socket has no others. */
    }
}

static bool cancel(struct irp *irp)
{
    const struct socket *socket = irp->file->device;

    if (irp->kind == IRP_CONTROL) {
        return sim__control_cancel(irp);
    }
    if (irp->kind == IRP_POLL) {
        sim__afd_poll_cancel(irp);
        return true;
    }
    return socket->protocol == NET_UDP ? sim__udp_cancel(irp)
                                       : cancel_stream(irp);
}

/* ---- Beginning and end --------------------------------------------------- */

NTSTATUS sim__socket_bind(struct socket *socket,
                          const struct net_address *address)
{
    struct net_address local = *address;
    NTSTATUS status = sim__port_bind(socket->host,
                                     (enum net_protocol)socket->protocol,
                                     &local,
                                     socket);

    if (NT_SUCCESS(status)) {
        socket->local = local;
        socket->bound = true;
    }
    return status;
}

NTSTATUS sim__socket_shutdown(struct socket *socket, int how)
{
    return socket->protocol == NET_UDP ? sim__udp_shutdown(socket, how)
                                       : sim__tcp_shutdown(socket, how);
}

/** @brief The last handle is closed. */
static void closed(struct file *file)
{
    struct socket *socket = file->device;

    sim__afd_poll_closed(file);
    if (socket->ready != NULL) {
        sim__ready_closed(socket);
    }
    if (socket->protocol == NET_UDP) {
        sim__udp_closed(socket);
        return;
    }
    sim__tcp_closed(socket);
    sim__port_unbind(socket->host, NET_TCP, socket);
}

/** @brief Nothing refers to the file any more. */
static void deleted(struct file *file)
{
    struct socket *socket = file->device;

    sim__rare_give(socket);
    if (socket->listener != NULL) {
        sim__give(socket->listener, sizeof *socket->listener);
    }
    if (socket->udp != NULL) {
        sim__give(socket->udp, sizeof *socket->udp);
    }
    sim__give(socket, sizeof *socket);
}

NTSTATUS sim__socket_linger(struct socket *socket)
{
    struct request request = {
        .kind = IRP_FLUSH,
        .call = "closesocket",
        .synchronous = true,
        .no_wait = socket->options.no_wait,
    };
    NTSTATUS status;

    if (socket->tcp == NULL || !socket->options.linger ||
        socket->options.linger_s == 0 || !NT_SUCCESS(socket->tcp->broken)) {
        return STATUS_SUCCESS;
    }
    /* FACT SOCK-46 timed linger: wait until all data is acknowledged. */
    request.due =
        sim__world.now + (uint64_t)socket->options.linger_s * LINGER_UNITS_OF_S;
    status = sim__io_file(&request, socket->file);
    if (status == STATUS_IO_TIMEOUT) {
        /* Then it ends hard (closesocket page). */
        socket->options.linger_s = 0;
    }
    return status == STATUS_DEVICE_NOT_READY ? status : STATUS_SUCCESS;
}

/* ---- Options ------------------------------------------------------------- */

NTSTATUS sim__socket_update_accept(struct socket *socket,
                                   const struct socket *listener)
{
    /* FACT SOCK-77 with AcceptEx the options come with the update. */
    socket->options = listener->options;
    socket->accept_raw = false;
    sim__socket_options_changed(socket);
    return STATUS_SUCCESS;
}

NTSTATUS sim__socket_update_connect(struct socket *socket)
{
    /* FACT SOCK-88 SO_UPDATE_CONNECT_CONTEXT. */
    socket->connect_raw = false;
    return STATUS_SUCCESS;
}

void sim__socket_options_changed(struct socket *socket)
{
    struct tcp *end = socket->tcp;

    if (end == NULL || end->state != TCP_OPEN) {
        return;
    }
    sim__keep_alive_check(end);
    sim__tcp_window(end);
    sim__tcp_acked(end);
    sim__tcp_run(end);
}

/* ---- What a socket could do now ------------------------------------------ */

uint32_t sim__socket_available(const struct socket *socket)
{
    if (socket->protocol == NET_UDP) {
        return sim__udp_available(socket);
    }
    return socket->tcp == NULL || socket->accepting ? 0 : socket->tcp->in_bytes;
}

/** @brief The bits of a connection. */
static unsigned ready_of(const struct socket *socket)
{
    const struct tcp *end = socket->tcp;
    unsigned ready = 0;

    if (!NT_SUCCESS(end->broken)) {
        /* FACT SOCK-20: what a socket polls as after a reset. */
        return READY_ERROR | READY_HANG_UP | READY_WRITE;
    }
    if (end->in_bytes != 0 || end->fin_received) {
        ready |= READY_READ;
    }
    if (end->fin_received) {
        ready |= READY_HANG_UP;
    }
    if (socket->sends.first == NULL &&
        sim__tcp_queued(end) <= socket->options.send_bytes) {
        ready |= READY_WRITE;
    }
    if (end->urgent != NULL && end->urgent->there) {
        ready |= READY_OUT_OF_BAND;
    }
    return ready;
}

unsigned sim__socket_ready(const struct socket *socket)
{
    if (socket->protocol == NET_UDP) {
        return sim__udp_ready(socket);
    }
    if (socket->listener != NULL) {
        return sim__tcp_queue_first(socket) != NULL ? READY_READ : 0;
    }
    if (socket->state == SOCKET_OPEN) {
        return socket->error != 0 ? READY_FAILED : 0;
    }
    return socket->state == SOCKET_CONNECTING || socket->tcp == NULL
               ? 0
               : ready_of(socket);
}
