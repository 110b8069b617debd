/**
 * @file network.h
 * @brief Hosts and what lies between them.
 *
 * A world has at least one host, the machine of the scenario's first thread.
 * More can be added; each has addresses, bound ports and threads of its own.
 * Between two hosts lies a link: how long a packet takes, how often it is
 * lost, how much passes in a second.  Nothing of this exists until a program
 * first uses the network, so worlds without sockets pay nothing.
 *
 * Uses:     address.h, world.h.
 * Used by:  sim/net, sim/winsock, sim_network.h's functions.
 * Facts:    SOCK-121, LIMIT-09.
 * Read next: network.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_NETWORK_H
#define SIM_NETWORK_H

#include "../kernel/schedule.h"
#include "address.h"

struct socket;

/** Who takes part in what a port number means. */
enum net_protocol { NET_TCP, NET_UDP, NET_PROTOCOLS };

/** What is bound to ports of one protocol; in ports.c. */
struct port_table;

/** A machine. */
struct host {
    struct host *next; /* All hosts of the world, in order of number. */
    uint32_t number;   /* From 1; host 1 is thread A's. */
    const char *name;  /* Resolvable: "host1". */
    bool up;           /* False between crash and restart. */
    struct net_address v4; /* 10.0.0.NUMBER and fd00::NUMBER; also known by */
    struct net_address v6; /* its loopback addresses. */
    struct port_table *ports[NET_PROTOCOLS]; /* Made when first used. */
    uint32_t started; /* Count of WSAStartup less WSACleanup. */
    void *own;        /* network.c's. */
};

/** What becomes of one packet on its way. */
struct travel {
    bool lost;    /**< It never arrives. */
    uint64_t due; /**< Virtual time of its arrival. */
};

/** @brief The host of the current thread; made with the network when there is
 *  none yet. */
struct host *sim__host_here(void);

/** @brief The host that an address leads to from @p from, or NULL. */
struct host *sim__host_at(struct host *from, const struct net_address *address);

/** @brief The address that @p from uses when it sends to @p to. */
struct net_address sim__host_source(struct host *from,
                                    const struct net_address *to);

/** @brief Whether packets pass between two hosts now: both are up and no
 *  partition lies between them. */
bool sim__link_open(const struct host *from, const struct host *to);

/**
 * @brief Send one packet: choose how long it takes and whether it is lost.
 *
 * Between a host and itself nothing is lost, and the ordinary course takes no
 * time at all; TCP is never told that something was lost, it sees the delay.
 */
struct travel sim__link_send(struct host *from,
                             struct host *to,
                             enum net_protocol protocol,
                             uint32_t bytes);

/** @brief Forget all hosts; called by sim__world_begin. */
void sim__network_begin(void);

/* ---- ports.c: who has which port ----------------------------------------- */

/**
 * @brief Bind a socket to its local address; port 0 becomes an ephemeral one.
 * @param exclusive  SO_EXCLUSIVEADDRUSE; @p reuse is SO_REUSEADDR.
 * @return STATUS_SUCCESS, STATUS_ADDRESS_ALREADY_EXISTS (WSAEADDRINUSE),
 *         STATUS_ACCESS_DENIED (WSAEACCES) or STATUS_INVALID_ADDRESS
 *         (WSAEADDRNOTAVAIL).
 */
NTSTATUS sim__port_bind(struct host *host,
                        enum net_protocol protocol,
                        struct net_address *address,
                        struct socket *socket);

/** @brief Undo it. */
void sim__port_unbind(struct host *host,
                      enum net_protocol protocol,
                      struct socket *socket);

/** @brief Who hears what is sent to an address: the listener of a TCP port,
 *  the receiver of a UDP port (one connected to @p from first), or NULL. */
struct socket *sim__port_find(struct host *host,
                              enum net_protocol protocol,
                              const struct net_address *to,
                              const struct net_address *from);

#endif
