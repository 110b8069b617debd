/**
 * @file port_place.h
 * @brief Places: a local address with a port, and who is bound there.
 *
 * Uses:     socket.h, port_set.h.
 * Used by:  ports.c, port_find.c.
 * Facts:    none.
 * Read next: ports.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PORT_PLACE_H
#define SIM_PORT_PLACE_H

#include "port_set.h"
#include "socket.h"

struct port_place {
    struct port_place *next;    /* In its bucket. */
    struct net_address address; /* IPv4 never in IPv6 clothes. */
    union {
        struct socket *first;   /* Bound here, oldest first. */
        struct port_set *taken; /* Port 0: ports in use at this address. */
    } u;
    uint32_t held;     /* Connections accepted from an exclusive
                                 * socket that was bound here. */
    uint32_t dual;     /* [::] only: sockets that hear IPv4, too. */
    uint32_t specific; /* Wildcards only: other places of this port. */
    uint8_t sharing;   /* Of all that are bound here. */
};

struct port_table {
    struct port_place **buckets;
    uint32_t bucket_count; /* A power of two. */
    uint32_t place_count;
    struct port_set wildcards; /* Ports of places with the wildcard, */
    struct port_set anywhere;  /* and of any place. */
    uint32_t next; /* For all addresses: a port that was closed rests long. */
};

/** @brief The place of an address, or NULL. */
struct port_place *sim__place_find(const struct port_table *table,
                                   const struct net_address *address);

/** @brief Whether anybody is bound at a place; it may be NULL. */
static inline bool sim__place_used(const struct port_place *place)
{
    return place != NULL && (place->u.first != NULL || place->held != 0);
}

#endif
