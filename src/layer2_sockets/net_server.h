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

/**
 * A connection of a server.  It begins what the program keeps of it; see
 * net_server_options.connection_bytes.  Its **thread** is its strand
 * (NET_SERVER_STRANDS), or the one that runs the loop.
 */
struct net_connection {
    struct net_stream stream;      /**< Open. */
    struct net_strand strand;      /**< Of the stream and of all handlers here,
                                  * with NET_SERVER_STRANDS. */
    struct net_address remote;     /**< Who connected. */
    struct net_server *server;     /**< Whose it is. */
    volatile LONG64 seen_us;       /**< Last sign of life. */
    volatile LONG asked;           /**< For the layer, all from here. */
    volatile LONG holds;           /**< One until it is closed and idle, and
                                  * net_connection_hold(). */
    bool is_gone;                  /**< net_connection_close(). */
    bool is_idle;                  /**< And its stream was idle after it. */
    struct net_post cross;         /**< From strand to strand. */
    struct net_post look;          /**< Is it idle?  After the close. */
    struct net_accept accept;      /**< How it came. */
    uint64_t looked_us;            /**< The server's: last looked at, */
    uint64_t goodbye_us;           /**< asked to go, or 0. */
    struct net_connection *next;   /**< In the server's list, */
    struct net_connection *before; /**< both ways. */
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
                                 * for so long, or an eighth more, is to go; 0:
                                 * never. */
    uint64_t drain_us;          /**< Who was asked to go is reset after so long;
                                 * 0: five seconds. */
    size_t connection_bytes;    /**< Of the program's struct, 0: of
                                 * net_connection alone. */
    unsigned flags;             /**< NET_SERVER_STRANDS. */
    struct net_allocator allocator; /**< take NULL: the process heap. */
    void *context;                  /**< The caller's. */

    /** A connection is open: start to read.  Memory behind the net_connection
     * is all zero. */
    void (*on_open)(struct net_connection *connection);

    /** A connection is closed and nothing holds it; its memory is given back
     * afterwards.  May be NULL. */
    void (*on_closed)(struct net_connection *connection);

    /** The server wants it to end, being idle or because of net_server_stop():
     * say goodbye and close.  NULL: it is closed at once. */
    void (*on_goodbye)(struct net_connection *connection);

    /** The server has stopped and has no connection any more: its memory is
     * free for use.  May be NULL. */
    void (*on_stopped)(struct net_server *server);
};

/** What a server has seen.  Other threads see what was so a moment ago. */
struct net_server_counts {
    uint64_t accepted;      /**< Connections. */
    uint64_t idle;          /**< Asked to go for being idle. */
    uint64_t no_memory;     /**< Times that the allocator had nothing. */
    uint64_t accept_errors; /**< Accepts that failed. */
    unsigned open;          /**< Open now. */
    unsigned open_most;     /**< At any time. */
};

/** A server.  The caller provides the memory, until on_stopped. */
struct net_server {
    struct net_server_options how;   /**< As given; defaults filled in. */
    struct net_server_counts counts; /**< For the caller to read. */
    struct net_loop *loop;           /**< Whose threads call its handlers. */
    struct net_strand strand;        /**< Where the server's own steps run.  For
                                      * the layer, all from here. */
    struct net_acceptor acceptor;    /**< Closed when it stops. */
    struct net_connection *first;    /**< Open, the longest not looked at
                                      * first, */
    struct net_connection *last;     /**< the last one last. */
    unsigned accepting;              /**< Accepts under way. */
    unsigned resets;                 /**< Accepts in a row that found nobody. */
    uint64_t allowance_us;           /**< When the accept rate's burst is whole
                                      * again. */
    uint64_t pause_us;               /**< Between attempts to accept, or 0. */
    uint64_t retry_us;               /**< No accept before. */
    uint64_t reset_us;               /**< While it stops: reset who is there. */
    struct net_timer tick;           /**< The one timer of it all. */
    struct net_post stop;            /**< net_server_stop(). */
    volatile LONG stop_asked;        /**< It was called. */
    bool is_stopping;                /**< It has begun. */
    bool is_stopped;                 /**< on_stopped was called. */
};

/**
 * @brief Listen, accept, and open connections.
 *
 * A connection's memory is taken when an accept is started, so at most
 * connection_max times.  Where memory or sockets are short the server tries
 * again, later and later up to a second.
 *
 * @param server   Written on success.
 * @param loop     Open.
 * @param options  Copied.
 * @return OP_OK, OP_IN_USE, OP_DENIED, or why not.
 * @owns{the caller; net_server_stop() or net_loop_drain() ends it}
 */
op_status net_server_start(struct net_server *server,
                           struct net_loop *loop,
                           const struct net_server_options *options);

/**
 * @brief Accept no more, say goodbye to who is there, and end.
 *
 * @param server  Started; a second call does nothing.
 * @owns{the server, until on_stopped}
 * @threads{any}
 */
void net_server_stop(struct net_server *server);

/** @brief Where a server listens, when it was started with port 0.
 *  @param server       Started.
 *  @param address_out  Written on success.
 *  @return OP_OK, or why not. */
op_status net_server_local(const struct net_server *server,
                           struct net_address *address_out);

/** @brief A sign of life: the idle time-out begins anew.  It costs a look at
 *  the clock.
 *  @param connection  Open.
 *  @threads{any} */
void net_connection_seen(struct net_connection *connection);

/**
 * @brief Close a connection.  What is under way ends with OP_ABORTED, then
 *        comes on_closed, never inside this call.
 * @param connection  Open; a second call does nothing.
 * @param how         As net_stream_close().
 * @threads{the connection's}
 */
void net_connection_close(struct net_connection *connection,
                          enum net_close how);

/**
 * @brief Put off on_closed: something of the program's, a timer or a post, is
 *        under way and needs the connection.
 * @param connection  Open, or held.
 * @threads{any}
 */
void net_connection_hold(struct net_connection *connection);

/** @brief Take back one net_connection_hold(); on_closed may come inside.
 *  @param connection  Held; it may be gone afterwards.
 *  @threads{the connection's, as the last thing in a handler} */
void net_connection_release(struct net_connection *connection);

/** @} */

#endif
