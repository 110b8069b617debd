/**
 * @file port_find.c
 * @brief Who hears what comes to a port.
 *
 * A packet goes to the socket that is bound most narrowly: to its very
 * address, to the wildcard, to the wildcard of both families, in this order.
 *
 * Uses:     port_place.h.
 * Used by:  TCP and UDP.
 * Facts:    SOCK-109.
 * Read next: port_set.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "port_place.h"

/** @brief How well a socket suits a packet: 0 not at all, 2 better than 1. */
static int suits(const struct socket *socket,
                 const struct net_address *to,
                 const struct net_address *from)
{
    struct net_address peer;

    if (to->family == NET_V4 && socket->family == NET_V6 &&
        socket->options.v6_only) {
        return 0;
    }
    if (socket->protocol == NET_TCP) {
        return socket->state == SOCKET_LISTENING;
    }
    if (socket->state != SOCKET_CONNECTED) {
        return 1;
    }
    peer = sim__address_unmap(&socket->remote);
    return from != NULL && sim__address_same(&peer, from) ? 2 : 0;
}

/** @brief The socket of a place that suits best. */
static struct socket *best_of(const struct port_place *place,
                              const struct net_address *to,
                              const struct net_address *from)
{
    struct socket *best = NULL;
    int best_suits = 0;
    uint32_t equals = 0;

    for (struct socket *at = place->u.first; at != NULL; at = at->place_next) {
        int how = suits(at, to, from);

        if (how > best_suits) {
            best_suits = how;
            best = at;
            equals = 1;
        } else if (how != 0 && how == best_suits &&
                   sim__choose(CHOOSE_OTHER, ++equals) != 0) {
            /* Sockets that share a port by SO_REUSEADDR: nobody knows which
             * of them gets what comes. */
            best = at;
        }
    }
    return best;
}

struct socket *sim__port_find(struct host *host,
                              enum net_protocol protocol,
                              const struct net_address *to,
                              const struct net_address *from)
{
    const struct port_table *table = host->ports[protocol];
    struct net_address wanted[3] = {
        *to,
        sim__address_any(to->family, to->port),
        sim__address_any(NET_V6, to->port),
    };
    size_t count = to->family == NET_V4 ? 3 : 2;
    struct socket *best = NULL;

    if (table == NULL || to->port == 0) {
        return NULL;
    }
    /* The most specific one wins. */
    for (size_t at = 0; at < count && best == NULL; at++) {
        const struct port_place *place = sim__place_find(table, &wanted[at]);

        if (place != NULL) {
            best = best_of(place, to, from);
        }
    }
    return best;
}

/** @brief Call a function for each socket of a place that hears a family. */
static void visit(const struct port_table *table,
                  const struct net_address *address,
                  enum net_family family,
                  void (*each)(void *context, struct socket *socket),
                  void *context)
{
    const struct port_place *place = sim__place_find(table, address);
    struct socket *socket = place == NULL ? NULL : place->u.first;

    while (socket != NULL) {
        struct socket *next = socket->place_next;

        if (socket->family == family || !socket->options.v6_only) {
            each(context, socket);
        }
        socket = next;
    }
}

void sim__port_each(struct host *host,
                    const struct net_address *to,
                    void (*each)(void *context, struct socket *socket),
                    void *context)
{
    const struct port_table *table = host->ports[NET_UDP];
    enum net_family family = to->family;
    struct net_address address = family == NET_V4 ? host->v4 : host->v6;

    if (table == NULL || to->port == 0) {
        return;
    }
    address.port = to->port;
    visit(table, &address, family, each, context);
    address = sim__address_any(family, to->port);
    visit(table, &address, family, each, context);
    if (family == NET_V4) {
        address = sim__address_any(NET_V6, to->port);
        visit(table, &address, family, each, context);
    }
}
