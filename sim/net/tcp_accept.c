/**
 * @file tcp_accept.c
 * @brief accept and AcceptEx: a connection gets its socket.
 *
 * An AcceptEx that wants data has two phases.  First it waits in the
 * listener's list; then it has its connection, belongs to nobody's list, and
 * waits for the first bytes.  The request is the listener's in both.
 *
 * Uses:     tcp.h, accept_area.h.
 * Used by:  socket.c, tcp_listen.c, arrive.c.
 * Facts:    SOCK-49, SOCK-62, SOCK-63, SOCK-64, SOCK-65, SOCK-66, SOCK-67,
 *           SOCK-68, SOCK-69, SOCK-70, SOCK-71, SOCK-72, SOCK-74, SOCK-75,
 *           SOCK-76, SOCK-77.
 * Read next: tcp_send.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include "accept_area.h"
#include "tcp.h"

static NTSTATUS serve(struct irp *irp, struct tcp *end);
static NTSTATUS give(struct irp *irp, struct tcp *end);

/** @brief Remember the call's arguments as long as it pends. */
static struct tcp_accept *make_accept(struct irp *irp)
{
    struct tcp_accept *accept = sim__take(sizeof *accept);

    *accept = (struct tcp_accept){.listener = irp->file->device};
    irp->device = accept;
    return accept;
}

/** @brief The request ends: let go of the accept socket. */
static void release(struct irp *irp)
{
    struct tcp_accept *accept = irp->device;
    struct socket *accepted = accept->accepted;

    if (accepted != NULL) {
        accepted->accepting = false;
        accepted->accept = NULL;
        sim__object_drop(&accepted->file->object);
    }
    sim__give(accept, sizeof *accept);
    irp->device = NULL;
}

/** @brief Begin a request of either kind, with what is there or waiting. */
static NTSTATUS begin(struct irp *irp)
{
    struct socket *listener = irp->file->device;
    struct tcp *end = sim__tcp_queue_first(listener);
    NTSTATUS status = STATUS_PENDING;

    /* FACT SOCK-75 a connection made before AcceptEx is handed to it at once:
     * while one waits in the queue, no accept pends. */
    if (end != NULL) {
        status = serve(irp, end);
    } else if (irp->no_wait) {
        status = STATUS_DEVICE_NOT_READY;
    } else {
        listener->listener->accepting += irp->kind == IRP_ACCEPT;
        sim__irp_append(&listener->receives, irp, IRP_OF_DEVICE);
    }
    if (status == STATUS_PENDING) {
        sim__irp_pend(irp);
    } else {
        release(irp);
    }
    return status;
}

NTSTATUS sim__tcp_accept(struct irp *irp)
{
    const struct socket_accept *detail = irp->detail;
    struct socket *listener = irp->file->device;
    struct tcp_accept *accept;

    if (listener->state != SOCKET_LISTENING) {
        return STATUS_INVALID_PARAMETER;
    }
    accept = make_accept(irp);
    accept->made = detail->made;
    accept->data_bytes = detail->data_bytes;
    accept->local_bytes = detail->local_bytes;
    accept->remote_bytes = detail->remote_bytes;
    if (detail->accepted != NULL) {
        accept->accepted = detail->accepted->device;
        accept->accepted->accepting = true;
        accept->accepted->accept = irp;
        sim__object_keep(&detail->accepted->object);
    }
    return begin(irp);
}

NTSTATUS sim__tcp_glance(struct irp *irp)
{
    const struct socket_glance *glance = irp->detail;
    struct socket *listener = irp->file->device;
    struct tcp_accept *accept;

    if (listener->state != SOCKET_LISTENING) {
        return STATUS_INVALID_PARAMETER;
    }
    accept = make_accept(irp);
    accept->glance_local = glance->local;
    accept->glance_remote = glance->remote;
    return begin(irp);
}

void sim__tcp_accept_serve(struct irp *irp, struct tcp *end)
{
    struct socket *listener = irp->file->device;
    NTSTATUS status;

    sim__irp_remove(&listener->receives, irp, IRP_OF_DEVICE);
    listener->listener->accepting -= irp->kind == IRP_ACCEPT;
    status = serve(irp, end);
    if (status != STATUS_PENDING) {
        release(irp);
        sim__irp_complete(irp, status, irp->information);
    }
}

/** @brief An address as the listener's family shows it. */
static struct net_address dressed(const struct socket *listener,
                                  const struct net_address *address)
{
    return listener->family == NET_V6 ? sim__address_map(address) : *address;
}

static NTSTATUS serve(struct irp *irp, struct tcp *end)
{
    const struct tcp_accept *accept = irp->device;
    const struct socket *listener = accept->listener;
    NTSTATUS status;

    if (irp->kind != IRP_ACCEPT) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
        *accept->glance_local = dressed(listener, sim__tcp_local(end));
        *accept->glance_remote = dressed(listener, sim__tcp_remote(end));
        return STATUS_SUCCESS;
    }
    if (accept->accepted != NULL &&
        !sim__accept_area_fits((enum net_family)listener->family,
                               accept->local_bytes)) {
        /* FACT SOCK-64 local length too small fails late, and the connection
         * is not consumed. */
        return STATUS_BUFFER_TOO_SMALL;
    }
    sim__tcp_queue_leave(end);
    status = end->broken;
    if (NT_SUCCESS(status)) {
        return give(irp, end);
    }
    /* FACT SOCK-74 failure at completion: the peer reset it meanwhile. */
    sim__tcp_forget(end);
    return status;
}

/* ---- A connection gets its socket ---------------------------------------- */

/** @brief The socket is the program's, connected. */
static void finish_accepted(struct socket *socket,
                            const struct socket *listener)
{
    sim__tcp_name(socket);
    sim__port_share(socket, listener);
}

/** @brief accept(): make the socket. */
static NTSTATUS give_new(const struct tcp_accept *accept, struct tcp *end)
{
    const struct socket *listener = accept->listener;
    struct socket *socket;
    NTSTATUS status = sim__socket_create((enum net_family)listener->family,
                                         NET_TCP,
                                         listener->file->overlapped,
                                         accept->made);

    sim__assert(NT_SUCCESS(status));
    /* NOLINTNEXTLINE(clang-analyzer-core.NullDereference) */
    socket = (*accept->made)->device;
    /* FACT SOCK-77 accept() gives the new socket the listener's options. */
    socket->options = listener->options;
    sim__tcp_attach(socket, end);
    finish_accepted(socket, listener);
    sim__ready_inherit(socket, listener);
    return STATUS_SUCCESS;
}

/** @brief AcceptEx: write the addresses behind the data. */
static void write_addresses(struct irp *irp)
{
    const struct tcp_accept *accept = irp->device;
    const struct socket *listener = accept->listener;
    struct tcp *end = accept->accepted->tcp;
    struct net_address local = dressed(listener, sim__tcp_local(end));
    struct net_address remote = dressed(listener, sim__tcp_remote(end));

    /* FACT SOCK-62 buffer layout: data, local, remote.  The remote one is only
     * known to pend when it is too small: then nothing is written. */
    (void)sim__accept_area_write(irp,
                                 accept->data_bytes,
                                 accept->local_bytes,
                                 &local);
    (void)sim__accept_area_write(irp,
                                 accept->data_bytes + accept->local_bytes,
                                 accept->remote_bytes,
                                 &remote);
}

/** @brief AcceptEx has all it wants: the answer is in irp.information. */
static void complete(struct irp *irp)
{
    const struct tcp_accept *accept = irp->device;
    struct socket *accepted = accept->accepted;
    struct tcp *end = accepted->tcp;

    write_addresses(irp);
    sim__tcp_take(end, irp, accept->data_bytes);
    finish_accepted(accepted, accept->listener);
    /* FACT SOCK-72 SO_UPDATE_ACCEPT_CONTEXT comes first. */
    accepted->accept_raw = true;
    sim__tcp_window(end);
}

static NTSTATUS give(struct irp *irp, struct tcp *end)
{
    struct tcp_accept *accept = irp->device;

    if (accept->accepted == NULL) {
        return give_new(accept, end);
    }
    sim__tcp_attach(accept->accepted, end);
    if (accept->data_bytes != 0 && end->in_bytes == 0 && !end->fin_received) {
        /* FACT SOCK-65 waiting for first data, FACT SOCK-68 for ever if the
         * client is silent. */
        accept->end = end;
        accept->accepted->connected_at = end->connected_at;
        return STATUS_PENDING;
    }
    /* FACT SOCK-66 not waiting for data. */
    complete(irp);
    return STATUS_SUCCESS;
}

/** @brief The accept socket is fresh again. */
static void detach(struct tcp *end)
{
    end->socket->tcp = NULL;
    end->socket = NULL;
}

void sim__tcp_accept_data(struct tcp *end, NTSTATUS status)
{
    struct irp *irp = end->socket->accept;
    struct file *file = irp->file;

    if (NT_SUCCESS(status)) {
        /* FACT SOCK-67 also when the peer closes without data: 0 bytes. */
        complete(irp);
    } else {
        detach(end);
    }
    sim__object_keep(&file->object);
    release(irp);
    sim__irp_complete(irp, status, irp->information);
    sim__object_drop(&file->object);
}

void sim__tcp_accept_cancel(struct irp *irp, NTSTATUS status)
{
    struct socket *listener = irp->file->device;
    const struct tcp_accept *accept = irp->device;
    struct tcp *end = accept->end;

    if (end == NULL) {
        sim__irp_remove(&listener->receives, irp, IRP_OF_DEVICE);
        listener->listener->accepting -= irp->kind == IRP_ACCEPT;
    } else {
        /* Nobody will ever have the connection. */
        detach(end);
        sim__tcp_reset(end);
        sim__tcp_run(end);
        sim__tcp_forget(end);
    }
    release(irp);
    sim__irp_complete(irp, status, 0);
}
