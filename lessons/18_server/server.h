/**
 * @file server.h
 * @brief Lesson 18: the server, on layer 2.
 *
 * What was said about requests so far knew no sockets.  Here they meet: the
 * server kit of layer 2 brings connections, each becomes a client with a
 * session, and this is what happens to it:
 *
 *     read ──> session_received, session_run ──> output ──> write
 *      ^            │ no room: SESSION_WRITES                 │
 *      └────────────┴─────────────────────────────────────────┘
 *
 * Uses:     net.h, service.h.
 * Used by:  client.c, lesson.c, the program server_18, tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_SERVER_H
#define LESSON_18_SERVER_H

#include "net.h"
#include "service.h"

/** How to run a server.  What is left zero is a sensible choice. */
struct server_options {
    const char *address;         /**< NULL: 127.0.0.1:6379. */
    const struct limits *limits; /**< NULL: limits_default. */
    uint64_t idle_us;            /**< Who is silent for so long is sent away;
                                * 0: nobody. */
    uint64_t drain_us;           /**< What an end may take; 0: 5 seconds. */
};

/** A server. */
struct server {
    struct service service;
    struct net_server net;
    struct net_loop *loop;
    struct net_timer clock; /**< For keys whose time is over. */
};

/**
 * @brief Listen, and serve whoever comes while the loop runs.
 *
 * @param server   Written; needed until server_close().
 * @param loop     Open, run by one thread.
 * @param options  Read only.
 * @return OP_OK, OP_IN_USE, OP_DENIED, OP_INVALID for the address, or why not.
 */
op_status server_open(struct server *server,
                      struct net_loop *loop,
                      const struct server_options *options);

/** @brief Where it listens.  @return its port, or 0. */
uint16_t server_port(const struct server *server);

/** @brief Let the server end: no new clients, and those that are there are
 *         sent what they were answered.  By any thread; more than once. */
void server_stop(struct server *server);

/** @brief Give everything back, when the loop has returned. */
void server_close(struct server *server);

#endif
