/**
 * @file streams.h
 * @brief Connected streams for the tests of layer 2, and who came back.
 *
 * Uses:     net.h, passes.h.
 * Used by:  the tests of streams in this folder.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LAYER2_STREAMS_H
#define LAYER2_STREAMS_H

#include "net.h"
#include "passes.h"

/** Requests in the order in which their handlers were called. */
struct seen {
    unsigned count;
    struct net_op *ops[32];
};

/** A loop with two connected streams. */
struct pair {
    struct net_loop loop;
    struct net_acceptor acceptor;
    struct net_address address;
    struct net_strand *strand; /* Of both, or NULL. */
    struct net_stream server;
    struct net_stream client;
    struct seen seen;
};

/** @brief Let sockets that are left open be seen: the last WSACleanup() would
 *         close them. */
void watch_sockets(void);

/** @brief Open a loop that listens at a free port of this host. */
void open_place(struct pair *pair, unsigned loop_flags);

/** @brief Close what open_place() opened. */
void close_place(struct pair *pair);

/** @brief Open a loop with two connected streams, and no listener. */
void open_pair(struct pair *pair, unsigned loop_flags);

/** @brief The same, in a strand. */
void open_strand_pair(struct pair *pair, struct net_strand *strand);

/** @brief Close what open_pair() opened, and is open still. */
void close_pair(struct pair *pair);

/** @brief Run a loop until nothing is under way. */
void run(struct net_loop *loop);

/** @brief An address of this host where nobody listens. */
void find_silence(const struct pair *pair, struct net_address *address_out);

/** @brief Set up a read whose handler enters it into pair->seen. */
void init_read(struct net_read *read,
               struct pair *pair,
               enum net_enough enough,
               char *buffer,
               size_t bytes);

/** @brief Set up a write of a text, likewise. */
void init_write(struct net_write *write,
                struct pair *pair,
                WSABUF *piece,
                const char *text);

/** @brief Enter a request. */
void see(struct pair *pair, struct net_op *op);

/** @brief Write a text and wait until it is sent. */
void send_text(struct pair *pair, struct net_stream *stream, const char *text);

/** @brief Read exactly a text. */
void expect_text(struct pair *pair,
                 struct net_stream *stream,
                 const char *text);

/** @brief Read until a status other than OP_OK comes.
 *  @return How many bytes came before. */
size_t read_end(struct pair *pair, struct net_stream *stream, op_status status);

/** @brief Handlers that call see(): the context is the pair. */
void see_read(struct net_read *read);
void see_write(struct net_write *write);
void see_connect(struct net_connect *connect);
void see_accept(struct net_accept *accept);

#endif
