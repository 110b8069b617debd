/**
 * @file net_server.h
 * @brief Layer 2: the server kit.
 *
 * Uses:     net_stream.h.
 * Used by:  net.h.
 * Facts:    none.
 * Read next: net_private.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_SERVER_H
#define NET_SERVER_H

#include "net_stream.h"

/** @addtogroup net
 * @{ */

struct net_server;

/** A connection of a server.  It begins what the program keeps of it; see
 * net_server_options.connection_bytes. */
struct net_connection {
    struct net_stream stream;      /**< Open. */
    struct net_strand strand;      /**< Of the stream, if the server has several
                                 * threads (NET_SERVER_STRANDS). */
    struct net_address remote;     /**< Who connected. */
    struct net_server *server;     /**< Whose it is. */
    uint64_t seen_us;              /**< Last sign of life. */
    struct net_connection *next;   /**< For the layer: in the server's list, */
    struct net_connection *before; /**< both ways. */
    struct net_accept accept;      /**< For the layer. */
    bool is_gone; /**< For the layer: net_connection_close(). */
};

/** A server needs memory for each connection, from here. */
struct net_allocator {
    void *(*take)(void *context, size_t bytes); /**< NULL: none is left. */
    void (*give)(void *context, void *memory, size_t bytes); /**< Back. */
    void *context; /**< The caller's. */
};

/** In net_server_options.flags: the loop has several threads, so each
 * connection gets a strand. */
#define NET_SERVER_STRANDS 1U

/** What a server is.  What is left zero is a sensible choice. */
struct net_server_options {
    struct net_address address; /**< Where to listen. */
    int backlog;                /**< 0: SOMAXCONN. */
    unsigned accept_count;      /**< Accepts kept under way; 0: 16. */
    unsigned connection_max;    /**< Open at a time; 0: 10,000.  With so many
                                 * none is accepted: who comes waits in the
                                 * backlog. */
    unsigned accepts_per_s;     /**< Rate, with a burst of one second's; 0: no
                                 * limit. */
    uint64_t idle_us;           /**< A connection without net_connection_seen()
                                 * for so long is closed; 0: never. */
    uint64_t drain_us;          /**< net_server_stop() resets what is open after
                                 * so long; 0: five seconds. */
    size_t connection_bytes;    /**< Of the program's struct, 0: of
                                 * net_connection alone. */
    unsigned flags;             /**< NET_SERVER_STRANDS. */
    struct net_allocator allocator; /**< take NULL: the process heap. */
    void *context;                  /**< The caller's. */

    /** A connection is open: start to read.  Memory behind the net_connection
     * is all zero. */
    void (*on_open)(struct net_connection *connection);

    /** A connection is closed and all its handlers were called; its memory is
     * given back afterwards.  May be NULL. */
    void (*on_closed)(struct net_connection *connection);

    /** The server wants it to end, being idle or because of net_server_stop():
     * say goodbye and close.  NULL: it is closed at once. */
    void (*on_goodbye)(struct net_connection *connection);

    /** The server has stopped and has no connection any more.  May be NULL. */
    void (*on_stopped)(struct net_server *server);
};

/** What a server has seen. */
struct net_server_counts {
    uint64_t accepted;      /**< Connections. */
    uint64_t idle;          /**< Closed for being idle. */
    uint64_t no_memory;     /**< Refused, because memory was short. */
    uint64_t accept_errors; /**< Accepts that failed. */
    unsigned open;          /**< Open now. */
    unsigned open_most;     /**< At any time. */
};

/** A server.  The caller provides the memory, until on_stopped. */
struct net_server {
    struct net_server_options how;   /**< As given. */
    struct net_loop *loop;           /**< Whose threads call its handlers. */
    struct net_strand strand;        /**< Where the server's own steps run. */
    struct net_acceptor acceptor;    /**< For the layer, all of it. */
    struct net_connection *first;    /**< Open, the longest unseen first. */
    struct net_connection *last;     /**< The one seen last. */
    struct net_server_counts counts; /**< For the caller to read. */
    unsigned accepting;              /**< Accepts under way. */
    struct net_timer tick;           /**< For idleness, rate, memory. */
    uint64_t drain_us;               /**< When to reset what is open. */
    uint64_t allowance_us;           /**< The accept rate's. */
    bool is_stopping;                /**< net_server_stop() was called. */
    bool is_stopped;                 /**< on_stopped was called. */
};

/**
 * @brief Listen, accept, and open connections.
 *
 * @param server   Written on success.
 * @param loop     Open.
 * @param options  Copied.
 * @return OP_OK, OP_IN_USE, OP_DENIED, or why not.
 * @owns{the caller; net_server_stop() ends it}
 */
op_status net_server_start(struct net_server *server,
                           struct net_loop *loop,
                           const struct net_server_options *options);

/**
 * @brief Accept no more, say goodbye to who is there, and end.
 *
 * @param server  Started.
 * @owns{the server, until on_stopped}
 * @threads{one of the loop's, or any while none runs}
 */
void net_server_stop(struct net_server *server);

/** @brief A sign of life: the idle time-out begins anew.
 *  @param connection  Open. */
void net_connection_seen(struct net_connection *connection);

/**
 * @brief Close a connection.  What is under way ends with OP_ABORTED, then
 *        comes on_closed.
 * @param connection  Open; a second call does nothing.
 * @param how         As net_stream_close().
 */
void net_connection_close(struct net_connection *connection,
                          enum net_close how);

/** @} */

#endif
