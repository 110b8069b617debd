/**
 * @file net_server_private.h
 * @brief Layer 2: what the server and its connections tell one another.
 *
 * A connection belongs to two: the server's strand has it in its list, and its
 * own strand reads and writes on it.  Neither touches what is the other's.
 * They tell one another three things: the server asks (net__connection_ask()),
 * the connection is gone (net__server_closed()), and a sign of life is a word
 * that one writes and the other reads.
 *
 * Uses:     net_private.h, net_server.h.
 * Used by:  net_server.c, net_server_accept.c, net_connection.c.
 * Facts:    none.
 * Read next: net_server.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_SERVER_PRIVATE_H
#define NET_SERVER_PRIVATE_H

#include "net_private.h"
#include "net_server.h"

/** What a server asks of a connection: bits of net_connection.asked. */
enum net__ask {
    NET__ASK_OPEN = 1,    /**< Call on_open. */
    NET__ASK_GOODBYE = 2, /**< Call on_goodbye. */
    NET__ASK_RESET = 4,   /**< Close at once. */
    NET__GONE = 8         /**< By the connection: ask no more. */
};

/* ---- Connections (net_connection.c) --------------------------------------- */

/** @brief Memory for a connection, ready to be accepted.
 *  @return It, or NULL. */
struct net_connection *net__connection_take(struct net_server *server);

/** @brief Give it back.  Its stream is idle. */
void net__connection_give(struct net_connection *connection);

/** @brief Ask, in the server's strand, for something to be done in the
 *         connection's. */
void net__connection_ask(struct net_connection *connection, enum net__ask what);

/* ---- In the server's strand ------------------------------------------------ */

/** @brief A connection is gone (net_server.c). */
void net__server_closed(struct net_connection *connection);

/** @brief Look at everything that is to be done (net_server.c). */
void net__server_look(struct net_server *server);

/** @brief Put a connection at the end of the list (net_server.c). */
void net__server_add(struct net_server *server,
                     struct net_connection *connection);

/** @brief Start what accepts are wanted (net_server_accept.c).
 *  @return When to look again, or UINT64_MAX. */
uint64_t net__server_accept(struct net_server *server, uint64_t now_us);

#endif
