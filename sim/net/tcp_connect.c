/**
 * @file tcp_connect.c
 * @brief Connecting: three words to and fro.
 *
 * Uses:     tcp.h.
 * Used by:  socket.c, arrive.c.
 * Facts:    SOCK-80, SOCK-82, SOCK-83, SOCK-84, SOCK-85, SOCK-86, SOCK-87,
 *           SOCK-88, SOCK-90, SOCK-91.
 * Read next: tcp_listen.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include "../winsock/winsock.h"
#include "tcp.h"
#include "time_wait.h"

/** How long nobody answers for an address that no host has: three times a
 * second, as for a name on the local network. */
#define NO_HOST_DELAY UINT64_C(30000000)

void sim__tcp_attach(struct socket *socket, struct tcp *end)
{
    end->socket = socket;
    socket->tcp = end;
}

/** @brief An address as a socket's family shows it. */
static struct net_address dressed(const struct socket *socket,
                                  const struct net_address *address)
{
    return socket->family == NET_V6 ? sim__address_map(address) : *address;
}

void sim__tcp_name(struct socket *socket)
{
    struct tcp *end = socket->tcp;

    socket->state = SOCKET_CONNECTED;
    socket->bound = true;
    socket->local = dressed(socket, sim__tcp_local(end));
    socket->remote = dressed(socket, sim__tcp_remote(end));
    socket->connected_at = end->connected_at;
}

/* ---- The client's side --------------------------------------------------- */

/** @brief The address that a connection begins at. */
static struct net_address source_of(const struct socket *socket,
                                    const struct net_address *to)
{
    struct net_address local = sim__address_unmap(&socket->local);

    if (sim__address_is_any(&local)) {
        uint16_t port = local.port;

        local = sim__host_source(socket->host, to);
        local.port = port;
    }
    return local;
}

/** @brief Bind as connect() does when the program has not: to the address
 *  that leads there, and any port that does not rest. */
static NTSTATUS bind_implicitly(struct socket *socket,
                                const struct net_address *to)
{
    uint16_t first = 0;
    NTSTATUS status;

    /* BOUND: ports are given out in turn, so the first one comes again. */
    for (;;) {
        struct net_address local = sim__host_source(socket->host, to);

        local.port = 0;
        local = dressed(socket, &local);
        status = sim__socket_bind(socket, &local);
        if (!NT_SUCCESS(status)) {
            return status;
        }
        local = source_of(socket, to);
        if (!sim__time_wait_has(&local, to) || local.port == first) {
            return status;
        }
        first = first == 0 ? local.port : first;
        sim__port_unbind(socket->host, NET_TCP, socket);
        socket->bound = false;
    }
}

static NTSTATUS cannot_connect(const struct socket *socket,
                               const struct net_address *to)
{
    switch ((enum socket_state)socket->state) {
    case SOCKET_CONNECTING:
        return STATUS_WINSOCK(WSAEALREADY);
    case SOCKET_CONNECTED:
    case SOCKET_ENDED:
        return STATUS_CONNECTION_ACTIVE;
    case SOCKET_LISTENING:
        return STATUS_INVALID_PARAMETER;
    case SOCKET_OPEN:
        break;
    }
    if (socket->accepting) {
        return STATUS_INVALID_PARAMETER;
    }
    /* FACT SOCK-92 connecting to the wildcard. */
    return sim__address_is_any(to) || to->port == 0 ? STATUS_INVALID_ADDRESS
                                                    : STATUS_SUCCESS;
}

/** @brief Make the connection's ends; nothing is sent yet. */
static NTSTATUS prepare(struct socket *socket, const struct net_address *to)
{
    struct net_address plain = sim__address_unmap(to);
    NTSTATUS status = cannot_connect(socket, &plain);
    struct net_address from;
    struct tcp *end;

    if (NT_SUCCESS(status) && !socket->bound) {
        status = bind_implicitly(socket, &plain);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    from = source_of(socket, &plain);
    if (from.family != plain.family) {
        return STATUS_INVALID_ADDRESS; /* Bound to the other internet. */
    }
    if (sim__time_wait_has(&from, &plain)) {
        return STATUS_ADDRESS_ALREADY_EXISTS; /* LIMIT-09 */
    }
    end = sim__tcp_create(socket->host);
    *sim__tcp_local(end) = from;
    *sim__tcp_remote(end) = plain;
    sim__tcp_attach(socket, end);
    end->state = TCP_CONNECTING;
    socket->state = SOCKET_CONNECTING;
    return STATUS_SUCCESS;
}

/** @brief Send the first word, or find out that it leads nowhere. */
static void call(struct tcp *end)
{
    const struct net_address *to = sim__tcp_remote(end);
    struct tcp *peer = sim__tcp_peer(end);

    end->told = sim__tcp_edge(end);
    peer->host = sim__host_at(end->host, to);
    if (peer->host != NULL) {
        sim__tcp_say(end, CHUNK_SYN);
    } else if (sim__address_is_near(to)) {
        sim__tcp_notice(end, STATUS_HOST_UNREACHABLE, NO_HOST_DELAY);
    } else {
        /* FACT SOCK-86 no route: that is known at once. */
        sim__tcp_notice(end, STATUS_NETWORK_UNREACHABLE, 0);
    }
    sim__tcp_run(end);
}

NTSTATUS sim__tcp_connect(struct irp *irp)
{
    const struct socket_connect *connect = irp->detail;
    struct socket *socket = irp->file->device;
    NTSTATUS status = prepare(socket, &connect->to);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    socket->error = 0;
    socket->tcp->extended = connect->extended;
    sim__socket_asked(socket, FD_CONNECT);
    if (irp->no_wait) {
        /* FACT SOCK-90: it goes on in the background. */
        call(socket->tcp);
        return STATUS_DEVICE_NOT_READY;
    }
    if (irp->length != 0) {
        /* FACT SOCK-84 ConnectEx takes the data at call time. */
        sim__tcp_keep_bytes(socket->tcp, irp);
    }
    /* FACT SOCK-82 ConnectEx always pends, even when all is done by the time
     * it returns. */
    sim__irp_append(&socket->sends, irp, IRP_OF_DEVICE);
    sim__irp_pend(irp);
    call(socket->tcp);
    return STATUS_PENDING;
}

/** @brief The request that connects, taken off the socket; or NULL. */
static struct irp *take_request(struct socket *socket)
{
    struct irp *irp = socket->sends.first;

    if (irp != NULL) {
        sim__irp_remove(&socket->sends, irp, IRP_OF_DEVICE);
    }
    return irp;
}

/** @brief It did not work; FACT SOCK-87 the socket may try again. */
static void fail(struct socket *socket, struct irp *irp, NTSTATUS status)
{
    struct tcp *end = socket->tcp;

    end->socket = NULL;
    socket->tcp = NULL;
    socket->state = SOCKET_OPEN;
    if (irp == NULL) {
        socket->error = sim__wsa_error(status);
    } else {
        /* FACT SOCK-85 and FACT SOCK-86 what the packet says. */
        sim__irp_complete(irp, status, 0);
    }
    sim__socket_changed(socket, FD_CONNECT, status);
}

void sim__tcp_connect_end(struct tcp *end, NTSTATUS status)
{
    struct socket *socket = end->socket;
    struct irp *irp = take_request(socket);

    if (!NT_SUCCESS(status)) {
        fail(socket, irp, status);
        return;
    }
    sim__tcp_name(socket);
    socket->connector = true;
    /* FACT SOCK-88 SO_UPDATE_CONNECT_CONTEXT comes first. */
    socket->connect_raw = end->extended;
    trace(peer,
          .object = &socket->file->object,
          .text = "connected",
          .kernel = true);
    if (irp != NULL) {
        /* FACT SOCK-83 the count is that of the data sent. */
        sim__irp_complete(irp, STATUS_SUCCESS, irp->length);
    }
    sim__socket_changed(socket, FD_CONNECT | FD_WRITE, STATUS_SUCCESS);
}

void sim__tcp_connect_cancel(struct irp *irp)
{
    struct socket *socket = irp->file->device;
    struct tcp *end = socket->tcp;

    sim__irp_remove(&socket->sends, irp, IRP_OF_DEVICE);
    sim__tcp_end(end, TCP_OVER);
    fail(socket, irp, STATUS_CANCELLED);
    sim__tcp_forget(end);
}

void sim__tcp_answered(struct tcp *end)
{
    if (end->state != TCP_CONNECTING) {
        return; /* It gave up; arrive.c answers. */
    }
    end->state = TCP_OPEN;
    end->connected_at = sim__world.now;
    sim__tcp_say(end, CHUNK_ESTABLISH);
    sim__tcp_connect_end(end, STATUS_SUCCESS);
}

/* ---- The server's side --------------------------------------------------- */

void sim__tcp_syn(struct tcp *end)
{
    struct tcp *peer = sim__tcp_peer(end);
    struct socket *listener = sim__port_find(end->host,
                                             NET_TCP,
                                             sim__tcp_local(end),
                                             sim__tcp_remote(end));

    if (listener == NULL || !sim__tcp_queue_enter(listener, end)) {
        /* FACT SOCK-79 a full queue refuses, as if nobody listened. */
        sim__tcp_say(end, CHUNK_REFUSE);
        return;
    }
    sim__tcp_settle(end, end->host);
    end->state = TCP_ARRIVING;
    /* The two words say how far each may send. */
    end->edge = peer->told;
    end->told = sim__tcp_edge(end);
    peer->edge = end->told;
    sim__tcp_say(end, CHUNK_SYN_ACK);
}

void sim__tcp_established(struct tcp *end)
{
    struct socket *listener = end->listener;

    if (end->state != TCP_ARRIVING) {
        return;
    }
    end->state = TCP_OPEN;
    end->connected_at = sim__world.now;
    trace(peer,
          .object = &listener->file->object,
          .text = "connection",
          .kernel = true);
    sim__tcp_listen_serve(listener);
}
