/**
 * @file udp.c
 * @brief Where datagrams go.
 *
 * Sending is everything here: find out whether the program may send to that
 * address, find the host, let the link say what becomes of it.  On the way
 * nothing refers to the socket that sent it, which may be closed by then.
 *
 * Uses:     udp.h, device.h, rare.h.
 * Used by:  socket.c.
 * Facts:    SOCK-37, SOCK-42, SOCK-48, SOCK-105, SOCK-106, SOCK-108, SOCK-109,
 *           SOCK-110, SOCK-111.
 * Read next: udp_data.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "udp.h"

#include <winsock2.h>

#include "../winsock/device.h"
#include "../winsock/rare.h"

void sim__udp_create(struct socket *socket)
{
    socket->udp = sim__take(sizeof *socket->udp);
    *socket->udp = (struct udp){.first = NULL};
}

/* ---- Addresses ----------------------------------------------------------- */

/** @brief The networks of the world end in 10.0.0.0/8, so these two reach
 *  everybody. */
static bool is_broadcast(const struct net_address *address)
{
    return address->family == NET_V4 &&
           (address->bytes[0] == 255 || address->bytes[0] == 10) &&
           address->bytes[1] == 255 && address->bytes[2] == 255 &&
           address->bytes[3] == 255;
}

static bool is_multicast(const struct net_address *address)
{
    return address->family == NET_V4 ? address->bytes[0] >> 4 == 14
                                     : address->bytes[0] == 255;
}

/** @brief Whether a socket can have anything to do with an address: the kind
 *  of it, and the right to reach everybody. */
static NTSTATUS check_peer(const struct socket *socket,
                           const struct net_address *peer)
{
    if (sim__address_is_any(peer) ||
        (peer->family != socket->family && socket->options.v6_only)) {
        return STATUS_INVALID_ADDRESS;
    }
    if (is_broadcast(peer) && !socket->options.broadcast) {
        return STATUS_ACCESS_DENIED;
    }
    return STATUS_SUCCESS;
}

/** @brief Bind as a call does that needs it done: FACT SOCK-108 to the
 *  wildcard and an ephemeral port. */
static NTSTATUS bind_implicitly(struct socket *socket)
{
    struct net_address any = sim__address_any(socket->family, 0);

    return socket->bound ? STATUS_SUCCESS : sim__socket_bind(socket, &any);
}

NTSTATUS sim__udp_connect(struct socket *socket, const struct net_address *to)
{
    struct net_address plain;
    NTSTATUS status;

    if (to == NULL || sim__address_is_any(to)) {
        /* FACT SOCK-109 a zero address dissolves the association. */
        socket->state = SOCKET_OPEN;
        return STATUS_SUCCESS;
    }
    plain = sim__address_unmap(to);
    if (plain.port == 0) {
        return STATUS_INVALID_ADDRESS;
    }
    status = check_peer(socket, &plain);
    if (NT_SUCCESS(status) && !socket->bound) {
        struct net_address local = sim__host_source(socket->host, &plain);

        local.port = 0;
        if (socket->family == NET_V6) {
            local = sim__address_map(&local);
        }
        status = sim__socket_bind(socket, &local);
    }
    if (NT_SUCCESS(status)) {
        socket->remote = *to;
        socket->state = SOCKET_CONNECTED;
    }
    return status;
}

/* ---- On the way ---------------------------------------------------------- */

static void arrive(struct deadline *deadline);
static void deliver(struct datagram *datagram, const struct irp *bytes);

/** @brief Give a datagram to a link; it arrives now, later, twice or never.
 *  @param bytes  Who holds its bytes; NULL when it has none. */
static void travel(struct host *from,
                   struct datagram *datagram,
                   const struct irp *bytes)
{
    struct travel way =
        sim__link_send(from, datagram->host, NET_UDP, datagram->bytes);
    uint64_t due[2] = {way.due, way.due_again};
    int times = way.lost ? 0 : way.twice ? 2 : 1;

    if (way.lost) {
        trace(drop, .text = "lost", .value = {datagram->bytes}, .kernel = true);
    }
    for (int time = 0; time < times; time++) {
        struct datagram *copy;

        if (due[time] <= sim__world.now) {
            deliver(datagram, bytes);
            continue;
        }
        copy = sim__udp_copy(datagram, bytes);
        copy->arrival.fire = arrive;
        sim__deadline_arm(&copy->arrival, due[time]);
    }
}

/** @brief The time of its arrival has come. */
static void arrive(struct deadline *deadline)
{
    struct datagram *datagram = (struct datagram *)(void *)deadline;

    deliver(datagram, NULL);
}

/** @brief Nobody has that port: tell whoever sent it. */
static void bounce(const struct datagram *datagram)
{
    struct datagram news = {
        .host = sim__host_at(datagram->host, &datagram->from),
        .from = datagram->to,
        .to = datagram->from,
        .status = STATUS_PORT_UNREACHABLE,
    };

    trace(drop,
          .text = "no socket has that port",
          .value = {datagram->bytes},
          .kernel = true);
    /* FACT SOCK-105 ICMP port unreachable: it travels like anything else (not
     * at all from a host that is down), and never answers another one. */
    if (datagram->status != STATUS_PORT_UNREACHABLE && news.host != NULL) {
        travel(datagram->host, &news, NULL);
    }
}

/** A datagram to everybody, and who holds its bytes. */
struct spread {
    const struct datagram *datagram;
    const struct irp *bytes;
};

/** @brief Whether a socket hears a datagram to a group. */
static bool hears_group(const struct socket *socket,
                        const struct datagram *datagram)
{
    struct host *host = socket->host;

    if (!sim__multicast_joined(socket, &datagram->to)) {
        return false;
    }
    /* IP_MULTICAST_LOOP's page: on Windows the receiver says whether it wants
     * to hear its own host. */
    return socket->rare->multicast_loop ||
           sim__host_at(host, &datagram->from) != host;
}

static void hand_copy(void *context, struct socket *socket)
{
    const struct spread *spread = context;
    const struct net_address *to = &spread->datagram->to;

    if (!is_multicast(to) || hears_group(socket, spread->datagram)) {
        sim__udp_hand(socket,
                      sim__udp_copy(spread->datagram, spread->bytes),
                      NULL);
    }
}

/** @brief Find who listens, and hand it over.
 *  @return false when the datagram stays the caller's. */
static bool deliver_to_one(struct datagram *datagram, const struct irp *bytes)
{
    struct socket *socket =
        sim__port_find(datagram->host, NET_UDP, &datagram->to, &datagram->from);

    if (socket == NULL) {
        bounce(datagram);
        return false;
    }
    if (datagram->status != STATUS_SUCCESS &&
        socket->options.port_unreachable_off) {
        return false; /* FACT SOCK-106 switching it off. */
    }
    sim__udp_hand(socket, datagram, bytes);
    return true;
}

/** @brief A datagram is at its host. */
static void deliver(struct datagram *datagram, const struct irp *bytes)
{
    struct spread spread = {datagram, bytes};
    bool given = false;

    if (datagram->to_all != 0) {
        sim__port_each(datagram->host, &datagram->to, hand_copy, &spread);
    } else {
        given = deliver_to_one(datagram, bytes);
    }
    if (!given && datagram->own) {
        sim__udp_forget(datagram);
    }
}

/* ---- Sending ------------------------------------------------------------- */

/** @brief Whether a socket may send so much to that address now. */
static NTSTATUS check_send(const struct socket *socket,
                           const struct net_address *to,
                           ULONG bytes)
{
    struct net_address local = sim__address_unmap(&socket->local);
    NTSTATUS status = check_peer(socket, to);

    if (NT_SUCCESS(status) &&
        bytes > (to->family == NET_V4 ? UDP_BYTES_MAX_V4 : UDP_BYTES_MAX_V6)) {
        /* FACT SOCK-111 too large a datagram: nothing is sent. */
        status = STATUS_INVALID_BUFFER_SIZE;
    }
    if (NT_SUCCESS(status) && sim__address_is_loopback(&local) &&
        !sim__address_is_loopback(to) &&
        !sim__address_same_host(to, &socket->host->v4) &&
        !sim__address_same_host(to, &socket->host->v6)) {
        status = STATUS_INVALID_ADDRESS; /* From there it cannot leave. */
    }
    return status;
}

/** @brief The address that a datagram says it comes from. */
static struct net_address source_of(const struct socket *socket,
                                    const struct net_address *to)
{
    struct net_address source = sim__address_unmap(&socket->local);

    if (sim__address_is_any(&source) || source.family != to->family) {
        source = sim__host_source(socket->host, to);
        source.port = socket->local.port;
    }
    return source;
}

/** @brief Send to every host that can be reached, this one included. */
static void send_to_all(struct host *from,
                        struct datagram *datagram,
                        const struct irp *bytes)
{
    /* MSG_BCAST or MSG_MCAST: WSARecvMsg tells. */
    datagram->to_all = is_multicast(&datagram->to) ? MSG_MCAST : MSG_BCAST;
    for (struct host *host = sim__host_first(); host != NULL;
         host = host->next) {
        if (sim__link_open(from, host)) {
            datagram->host = host;
            travel(from, datagram, bytes);
        }
    }
}

static void send_now(const struct socket *socket,
                     const struct net_address *to,
                     const struct irp *irp)
{
    struct datagram datagram = {
        .from = source_of(socket, to),
        .to = *to,
        .bytes = irp->length,
    };

    if (is_broadcast(to) || is_multicast(to)) {
        send_to_all(socket->host, &datagram, irp);
        return;
    }
    datagram.host = sim__host_at(socket->host, to);
    /* FACT SOCK-110 destination port 0: the datagram vanishes, as one to an
     * address that no host has. */
    if (datagram.host != NULL && to->port != 0) {
        travel(socket->host, &datagram, irp);
    } else {
        trace(drop,
              .text = "no such address",
              .value = {datagram.bytes},
              .kernel = true);
    }
}

static NTSTATUS send_irp(struct irp *irp)
{
    struct socket *socket = irp->file->device;
    const struct socket_send *send = irp->detail;
    struct net_address to;
    NTSTATUS status;

    if (socket->send_shut) {
        return STATUS_PIPE_DISCONNECTED;
    }
    if (send != NULL && send->to != NULL) {
        /* FACT SOCK-109 the address overrides for one datagram. */
        to = sim__address_unmap(send->to);
    } else if (socket->state == SOCKET_CONNECTED) {
        to = sim__address_unmap(&socket->remote);
    } else {
        return STATUS_INVALID_CONNECTION;
    }
    status = check_send(socket, &to, irp->length);
    if (NT_SUCCESS(status)) {
        status = bind_implicitly(socket);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    irp->information = irp->length;
    if (irp->waiting == NULL && sim__choose(CHOOSE_PENDING, 2) != 0) {
        /* FACT SOCK-111 UDP sends finish at once, normally: nothing forbids
         * the driver to answer pending and end it a moment later. */
        sim__irp_pend(irp);
        send_now(socket, &to, irp);
        sim__irp_complete(irp, STATUS_SUCCESS, irp->length);
        return STATUS_PENDING;
    }
    send_now(socket, &to, irp);
    return STATUS_SUCCESS;
}

/* ---- The device's other duties ------------------------------------------- */

NTSTATUS sim__udp_start(struct irp *irp)
{
    switch ((int)irp->kind) {
    case IRP_READ:
        return sim__udp_receive(irp);
    case IRP_WRITE:
        return send_irp(irp);
    default:
        return STATUS_INVALID_DEVICE_REQUEST;
    }
}

bool sim__udp_cancel(struct irp *irp)
{
    sim__udp_end_receive(irp, STATUS_CANCELLED, 0);
    return true;
}

void sim__udp_closed(struct socket *socket)
{
    struct udp *udp = socket->udp;

    /* FACT SOCK-48 closesocket with a pending UDP receive: cancelled.
     * BOUND: each turn ends one receive. */
    while (socket->receives.first != NULL) {
        sim__udp_end_receive(socket->receives.first, STATUS_CANCELLED, 0);
    }
    /* BOUND: each turn forgets one datagram. */
    while (udp->first != NULL) {
        struct datagram *next = udp->first->next;

        sim__udp_forget(udp->first);
        udp->first = next;
    }
    sim__port_unbind(socket->host, NET_UDP, socket);
    sim__give(udp, sizeof *udp);
    socket->udp = NULL;
}

NTSTATUS sim__udp_shutdown(struct socket *socket, int how)
{
    /* FACT SOCK-42 on UDP sockets it works unconnected. */
    switch (how) {
    case SD_RECEIVE:
        socket->receive_shut = true;
        return STATUS_SUCCESS;
    case SD_SEND:
        socket->send_shut = true;
        return STATUS_SUCCESS;
    case SD_BOTH:
        socket->receive_shut = true;
        socket->send_shut = true;
        return STATUS_SUCCESS;
    default:
        return STATUS_INVALID_PARAMETER;
    }
}

unsigned sim__udp_ready(const struct socket *socket)
{
    return READY_WRITE | (socket->udp->first != NULL ? READY_READ : 0u);
}

uint32_t sim__udp_available(const struct socket *socket)
{
    return socket->udp->first != NULL ? socket->udp->first->bytes : 0;
}
