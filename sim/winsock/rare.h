/**
 * @file rare.h
 * @brief Options that few programs set.
 *
 * A socket has a pointer to them, NULL while all are at their defaults: two
 * million connections need not carry what none of them uses.
 *
 * Uses:     winsock.h.
 * Used by:  option.c, multicast.c, message.c.
 * Facts:    none.
 * Read next: multicast.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_RARE_H
#define SIM_RARE_H

#include "winsock.h"

/** A multicast group that a socket listens to. */
struct membership {
    struct membership *next;
    struct net_address group;
};

/** Between two hosts lies one link and no router, so what speaks to routers
 * can only be remembered. */
struct rare {
    struct membership *groups; /* IP_ADD_MEMBERSHIP, newest first. */
    uint32_t hops;             /* IP_TTL, IPV6_UNICAST_HOPS. */
    uint32_t multicast_hops;   /* IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS. */
    uint32_t multicast_from;   /* IP_MULTICAST_IF, IPV6_MULTICAST_IF. */
    uint32_t unicast_from;     /* IP_UNICAST_IF, IPV6_UNICAST_IF. */
    uint32_t service;          /* IP_TOS. */
    uint32_t protection;       /* IPV6_PROTECTION_LEVEL. */
    uint32_t probes;           /* TCP_KEEPCNT. */
    bool multicast_loop;       /* IP_MULTICAST_LOOP. */
    bool whole;                /* IP_DONTFRAGMENT. */
    bool packet_info;          /* IP_PKTINFO. */
    bool debug;                /* SO_DEBUG. */
    bool not_routed;           /* SO_DONTROUTE. */
};

/** What holds for a socket without rare options. */
extern const struct rare sim__rare_defaults;

/** @brief The rare options of a socket, made when there are none. */
struct rare *sim__rare_make(struct socket *socket);

/** A request to join or to leave. */
struct group_change {
    int level; /* IPPROTO_IP, IPPROTO_IPV6 */
    bool join;
    const void *value;
    int bytes;
};

/** @brief IP_ADD_MEMBERSHIP and its like. */
NTSTATUS sim__group_change(struct socket *socket,
                           const struct group_change *change);

#endif
