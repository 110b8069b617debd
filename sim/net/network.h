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
 * Uses:     address.h, schedule.h, sim_network.h.
 * Used by:  sim/net, sim/winsock, sim_network.h's functions.
 * Facts:    SOCK-121.
 * Read next: network.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_NETWORK_H
#define SIM_NETWORK_H

#include "../kernel/schedule.h"
#include "../sim_network.h"
#include "address.h"

struct link;
struct socket;
struct tcp;
struct waits;

/** Who takes part in what a port number means. */
enum net_protocol { NET_TCP, NET_UDP, NET_PROTOCOLS };

/** What is bound to ports of one protocol; in ports.c. */
struct port_table;

/** A machine. */
struct host {
    struct host *next;     /* All hosts of the world, in order of number. */
    uint32_t number;       /* From 1; host 1 is thread A's. */
    const char *name;      /* Resolvable: "host1". */
    bool up;               /* False between crash and restart. */
    struct net_address v4; /* 10.0.0.NUMBER and fd00::NUMBER; also known by */
    struct net_address v6; /* its loopback addresses. */
    struct port_table *ports[NET_PROTOCOLS]; /* Made when first used. */
    uint32_t started; /* Count of WSAStartup less WSACleanup. */

    struct link **links; /* link.c: to other hosts, by number less 1; */
    uint32_t link_count; /* NULL: as the plan says for all. */
    struct tcp *ends;    /* tcp.c: its ends of connections. */
};

/** One direction between two hosts. */
struct link {
    struct sim_link is;
    bool cut;         /* A partition: nothing passes. */
    uint64_t free_at; /* When what was sent before has left. */
};

/** The hosts of a world; in its memory, made when first used. */
struct network {
    struct host *first;
    struct host *last;
    struct host **table; /* By number less 1. */
    uint32_t table_max;
    uint32_t count;
    uint32_t named;       /* Handed out by sim_host_add(), and host 1. */
    bool prompt;          /* Nothing is late or in pieces by choice. */
    struct link defaults; /* Of links that nobody has set. */
    struct waits *waits;  /* time_wait.c: NULL while there are none. */
};

/** What becomes of one packet on its way. */
struct travel {
    bool lost;          /**< It never arrives. */
    uint64_t due;       /**< Virtual time of its arrival. */
    bool twice;         /**< A datagram that arrives again, */
    uint64_t due_again; /**< then. */
};

/** @brief The host of the current thread; made with the network when there is
 *  none yet. */
struct host *sim__host_here(void);

/** @brief The first host of the world; the others are behind it. */
struct host *sim__host_first(void);

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

/** @brief The network of the present world, made when there is none. */
struct network *sim__network(void);

/** @brief The host of that number, or NULL. */
struct host *sim__host_find(uint32_t number);

/** @brief Make one host more. */
struct host *sim__host_make(void);

/** @brief Whether an address lies in the networks of the hosts, even if no
 *  host has it. */
bool sim__address_is_near(const struct net_address *address);

/* ---- link.c -------------------------------------------------------------- */

/** @brief The link from one host to another, made when there is none. */
struct link *sim__link_make(struct host *from, const struct host *to);

/** @brief What holds from one host to another; read only. */
const struct link *sim__link_get(const struct host *from,
                                 const struct host *to);

/** @brief A word for what is wrong with a link's figures, or NULL. */
const char *sim__link_wrong(const struct sim_link *link);

/* ---- plan.c -------------------------------------------------------------- */

/**
 * @brief Read a plan, for all runs until the next one is read.
 * @param text  As sim_options.network, or NULL: one host.
 * @return NULL, or a sentence saying what is wrong.
 */
const char *sim__network_read(const char *text);

/** @brief Make what the plan says, in a network that is new. */
void sim__network_plan(struct network *network);

/* ---- ports.c: who has which port ----------------------------------------- */

/**
 * @brief Bind a socket to its local address; port 0 becomes an ephemeral one.
 *
 * Reads family, protocol and options (reuse, exclusive, v6_only) of the
 * socket, which must not change while it is bound, and writes place only.
 *
 * @param address  Of the socket's family; one of the host's, or the wildcard.
 * @return STATUS_SUCCESS, STATUS_ADDRESS_ALREADY_EXISTS (WSAEADDRINUSE),
 *         STATUS_ACCESS_DENIED (WSAEACCES), STATUS_INVALID_ADDRESS
 *         (WSAEADDRNOTAVAIL) or STATUS_TOO_MANY_ADDRESSES (WSAENOBUFS).
 */
NTSTATUS sim__port_bind(struct host *host,
                        enum net_protocol protocol,
                        struct net_address *address,
                        struct socket *socket);

/** @brief A connection uses its listener's port from now on; until
 *  sim__port_unbind() of the accepted socket. */
void sim__port_share(struct socket *accepted, const struct socket *listener);

/** @brief Undo either; does nothing for a socket that is not bound. */
void sim__port_unbind(struct host *host,
                      enum net_protocol protocol,
                      struct socket *socket);

/* ---- port_find.c --------------------------------------------------------- */

/** @brief Who hears what is sent to an address: the listener of a TCP port,
 *  the receiver of a UDP port (one connected to @p from first), or NULL. */
struct socket *sim__port_find(struct host *host,
                              enum net_protocol protocol,
                              const struct net_address *to,
                              const struct net_address *from);

/** @brief Call a function for each UDP socket that hears what is sent to
 *  everybody at an address's port. */
void sim__port_each(struct host *host,
                    const struct net_address *to,
                    void (*each)(void *context, struct socket *socket),
                    void *context);

#endif
