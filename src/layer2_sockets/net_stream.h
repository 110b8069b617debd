/**
 * @file net_stream.h
 * @brief Layer 2: addresses, connections, accepting, reading and writing.
 *
 * Uses:     net_loop.h.
 * Used by:  net.h, net_file.h, net_server.h.
 * Facts:    none.
 * Read next: net_datagram.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include "net_loop.h"

/** @addtogroup net
 * @{ */

/* ---- Addresses ----------------------------------------------------------- */

/** An address and port of IPv4 or IPv6. */
struct net_address {
    struct sockaddr_storage any; /**< As Winsock has it. */
    INT bytes;                   /**< How much of it counts. */
};

/** Room that a text of an address needs, its end included. */
#define NET_ADDRESS_TEXT_BYTES 64

/**
 * @brief Read an address: `127.0.0.1:80` or `[::1]:80`.
 * @param address_out  Written on success.
 * @param text         Numbers only; names are for net_resolve_start().
 * @return OP_OK, or OP_INVALID.
 */
op_status net_address_read(struct net_address *address_out, const char *text);

/** @brief Write an address as net_address_read() reads it.
 *  @param address   Of IPv4 or IPv6; else the text is `?`.
 *  @param text_out  Room for NET_ADDRESS_TEXT_BYTES.
 *  @return @p text_out. */
const char *net_address_write(const struct net_address *address,
                              char *text_out);

/** @brief The port of an address, in the host's byte order.
 *  @param address  Of IPv4 or IPv6.
 *  @return The port. */
uint16_t net_address_port(const struct net_address *address);

/* ---- Streams ------------------------------------------------------------- */

/** A connection: of a socket or a pipe.  The caller provides the memory, until
 * net_stream_idle() after its close. */
struct net_stream {
    struct op_handle handle;    /**< For the layer, all of it. */
    struct net_loop *loop;      /**< Whose threads call its handlers. */
    struct net_strand *strand;  /**< Where its handlers run, or NULL. */
    struct net_open opened;     /**< In the loop's list. */
    struct net_op *reading;     /**< The one request that reads. */
    struct net_op *write_first; /**< Requests that write: the first has the */
    struct net_op *write_last;  /**< socket, the others wait their turn. */
    size_t write_bytes;         /**< Bytes of those, not sent yet. */
    size_t write_bytes_max;     /**< The caller's: see net_write_start(). */
    struct net_op *connecting;  /**< The one request that connects. */
    unsigned request_count;     /**< Requests whose handler is to come. */
    op_status broken;           /**< Why nothing can be written any more. */
    bool is_bound;              /**< The local end has a name. */
    bool is_shut;               /**< net_stream_shutdown() was called. */
    bool is_closed;             /**< net_stream_close() was called. */

    /** Set by the caller once it is open, or NULL: called after each handler
     * of the stream's that leaves it idle.  Its memory is needed until then,
     * and may be given back in here. */
    void (*on_idle)(struct net_stream *stream);
};

/** Bytes that a stream's writes may hold unsent, unless it says otherwise. */
#define NET_WRITE_BYTES_MAX ((size_t)1 << 20)

/**
 * @brief Make a TCP socket, not connected.
 *
 * @param stream  Written on success.
 * @param loop    Open.
 * @param strand  Where its handlers run, or NULL.
 * @param family  AF_INET or AF_INET6.
 * @return OP_OK, or why not.
 * @owns{the caller; net_stream_close() closes}
 */
op_status net_tcp_open(struct net_stream *stream,
                       struct net_loop *loop,
                       struct net_strand *strand,
                       int family);

/**
 * @brief Give a connected socket, or a pipe's handle, to a loop.
 *
 * @param stream  Written on success.
 * @param loop    Open.
 * @param strand  Where its handlers run, or NULL.
 * @param how     The socket or file, opened for overlapped I/O and without a
 *                port; OP_MESSAGES for a pipe read in messages.
 * @return OP_OK, or why not: the caller has it still.
 * @owns{with OP_OK the stream closes it}
 */
op_status net_stream_adopt(struct net_stream *stream,
                           struct net_loop *loop,
                           struct net_strand *strand,
                           const struct op_open *how);

/** @brief Name the local end; else a connect does it.
 *  @param stream   A TCP socket, not bound.
 *  @param address  Port 0: any that is free.
 *  @return OP_OK, OP_IN_USE, or why not. */
op_status net_tcp_bind(struct net_stream *stream,
                       const struct net_address *address);

/** A connect under way. */
struct net_connect {
    struct net_op op;           /**< First. */
    struct op_connect inner;    /**< For the layer. */
    struct net_stream *stream;  /**< For the layer. */
    struct net_address address; /**< For the layer. */
    struct net_timer look;      /**< For the layer: without ConnectEx. */
    uint64_t look_us;           /**< For the layer: how long it waits. */
    void (*on_done)(struct net_connect *connect); /**< Set by the caller. */
};

/**
 * @brief Connect a stream.
 *
 * By ConnectEx; where Winsock has none, by a connect that does not block and
 * looks, now and then, whether the socket has become writable.  After a
 * failure the stream may be connected again, unless it was cancelled or too
 * late: then it is good for closing only.
 *
 * @param stream   A TCP socket, not connected.
 * @param connect  With on_done set.
 * @param address  Where to; copied.
 * @owns{the stream, until the handler is called}
 */
void net_connect_start(struct net_stream *stream,
                       struct net_connect *connect,
                       const struct net_address *address);

/** When a read has enough. */
enum net_enough {
    NET_SOME,    /**< Whatever there is, one byte at least, or a message. */
    NET_EXACTLY, /**< The buffer is full. */
    NET_UNTIL    /**< The text `until` was read. */
};

/** A read under way. */
struct net_read {
    struct net_op op; /**< First.  Its bytes: all that are in the buffer now, so
                       * with NET_UNTIL perhaps some behind the text. */
    union {
        struct op_recv recv;   /**< Of a socket. */
        struct op_read read;   /**< Of a pipe. */
    } inner;                   /**< For the layer. */
    struct net_stream *stream; /**< For the layer. */
    enum net_enough enough;    /**< Set by the caller. */
    char *buffer;              /**< Set by the caller; lent. */
    size_t buffer_bytes;       /**< Set by the caller: its size, 1 at least. */
    size_t filled_bytes;       /**< Set by the caller: so much is in it already,
                              * from an earlier read, and counts as read; but
                              * NET_SOME wants something new. */
    const char *until;         /**< Set by the caller, for NET_UNTIL; lent. */
    size_t until_bytes;        /**< Its length. */
    size_t found_bytes;        /**< Result: as far as the end of that text. */
    void (*on_done)(struct net_read *read); /**< Set by the caller. */
};

/**
 * @brief Read from a stream.
 *
 * It ends with OP_OK when it has enough; OP_EOF when the stream ended before
 * (op.bytes of it are there all the same); OP_TRUNCATED when the buffer is
 * full and the text `until` is not in it, or with NET_SOME when the message
 * goes on, which the next read finds; or why the connection broke.
 *
 * @param stream  Connected, no other read under way.
 * @param read    Set up.
 * @owns{the stream, until the handler is called}
 */
void net_read_start(struct net_stream *stream, struct net_read *read);

/** Waiting until a read would find something. */
struct net_ready {
    struct net_op op;                         /**< First. */
    struct op_readable inner;                 /**< For the layer. */
    struct net_stream *stream;                /**< For the layer. */
    void (*on_done)(struct net_ready *ready); /**< Set by the caller. */
};

/** @brief Wait, lending no buffer, until there is something to read, or the
 *  end.
 *  @param stream  Connected, no read under way: this counts as one.
 *  @param ready   With on_done set.
 *  @owns{the stream, until the handler is called} */
void net_ready_start(struct net_stream *stream, struct net_ready *ready);

/** Most pieces of one write. */
#define NET_PIECES_MAX 16

/** A write under way. */
struct net_write {
    struct net_op op; /**< First. */
    union {
        struct op_send send;   /**< To a socket. */
        struct op_write write; /**< To a pipe. */
    } inner;                   /**< For the layer. */
    struct net_stream *stream; /**< For the layer. */
    const WSABUF *pieces;      /**< Set by the caller: what to write; lent, as
                                * is the memory it names.  To a pipe of messages
                                * each is a message. */
    DWORD piece_count;         /**< Set by the caller: 1 to NET_PIECES_MAX. */
    DWORD piece_index;         /**< For the layer: the piece that is next, */
    size_t piece_bytes;        /**< and how much of it is sent. */
    size_t total_bytes;        /**< For the layer: of all pieces. */
    volatile LONG is_waiting;  /**< For the layer: its turn is to come. */
    bool is_queued;            /**< For the layer: it is among the stream's. */
    void (*on_done)(struct net_write *write); /**< Set by the caller. */
};

/**
 * @brief Write all of some pieces, after what was given before.
 *
 * One write has the socket at a time, the others wait in order.  Together they
 * hold at most write_bytes_max bytes: beyond that a write ends at once with
 * OP_WOULD_BLOCK, nothing of it sent, so that a peer who does not read costs
 * no more.  One that is alone is taken whatever its size.  A write that ends
 * with anything but OP_OK may have been sent in part: op.bytes says how much.
 * If that is more than nothing, or cannot be known because Windows had it when
 * it was cancelled, the stream is broken for later writes too.
 *
 * @param stream  Connected.
 * @param write   Set up.
 * @owns{the stream, until the handler is called}
 */
void net_write_start(struct net_stream *stream, struct net_write *write);

/**
 * @brief End the sending direction, after all writes: the peer reads OP_EOF.
 * @param stream  A connected socket.
 * @return OP_OK, or why not.  Later writes end with OP_SHUT_DOWN.
 */
op_status net_stream_shutdown(struct net_stream *stream);

/** How net_stream_close() ends a connection. */
enum net_close {
    NET_GRACEFUL, /**< What was sent is delivered, then the end. */
    NET_ABORTIVE  /**< A reset at once. */
};

/**
 * @brief Close a stream.  What is under way ends with OP_ABORTED.
 *
 * @param stream  Open.
 * @param how     Writes that Windows has not taken yet are dropped either way,
 *                and if one of them had begun the peer is reset: for all to be
 *                sent, close in the handler of the last.
 */
void net_stream_close(struct net_stream *stream, enum net_close how);

/** @brief Whether a stream is closed and all its handlers were called, so that
 *  its memory is free for use.  True inside the last of these handlers.
 *  @param stream  Opened once.
 *  @return Whether it is. */
bool net_stream_idle(const struct net_stream *stream);

/** @brief Ask for the end of everything that is under way on a stream.
 *  @param stream  Open. */
void net_stream_cancel(struct net_stream *stream);

/**
 * @brief Take the socket back from the loop and its port, to give it away.
 *
 * @param stream      Open, nothing under way; closed afterwards.
 * @param socket_out  Written on success.
 * @return OP_OK, or why not.
 * @owns{the caller has the socket}
 */
op_status net_stream_release(struct net_stream *stream, SOCKET *socket_out);

/** @brief The socket of a stream, for setsockopt() and the like.
 *  @param stream  Open, a socket.
 *  @return It; the stream's still. */
SOCKET net_stream_socket(const struct net_stream *stream);

/** @brief Send small writes at once (TCP_NODELAY).
 *  @param stream  A TCP socket.
 *  @param on      Whether to.
 *  @return OP_OK, or why not. */
op_status net_stream_set_no_delay(struct net_stream *stream, bool on);

/** @brief The address of this end.
 *  @param stream       A bound socket.
 *  @param address_out  Written on success.
 *  @return OP_OK, or why not. */
op_status net_stream_local(const struct net_stream *stream,
                           struct net_address *address_out);

/** @brief The address of the other end.
 *  @param stream       A connected socket.
 *  @param address_out  Written on success.
 *  @return OP_OK, or why not. */
op_status net_stream_remote(const struct net_stream *stream,
                            struct net_address *address_out);

/* ---- Accepting ----------------------------------------------------------- */

/** A listening socket. */
struct net_acceptor {
    struct op_handle handle;   /**< For the layer, all of it. */
    struct net_loop *loop;     /**< Whose threads call its handlers. */
    struct net_strand *strand; /**< Where its handlers run, or NULL. */
    struct net_open opened;    /**< In the loop's list. */
    unsigned request_count;    /**< Requests whose handler is to come. */
    int family;                /**< AF_INET, AF_INET6. */
    bool is_closed;            /**< net_acceptor_close() was called. */
};

/**
 * @brief Listen.
 *
 * @param acceptor  Written on success.
 * @param loop      Open.
 * @param strand    Where its handlers run, or NULL.
 * @param address   Where; port 0: any that is free.
 * @param backlog   Connections that may wait to be accepted; 0: SOMAXCONN.
 * @return OP_OK, OP_IN_USE, OP_DENIED, or why not.
 * @owns{the caller; net_acceptor_close() closes}
 */
op_status net_acceptor_open(struct net_acceptor *acceptor,
                            struct net_loop *loop,
                            struct net_strand *strand,
                            const struct net_address *address,
                            int backlog);

/** @brief Where an acceptor listens.
 *  @param acceptor     Open.
 *  @param address_out  Written on success.
 *  @return OP_OK, or why not. */
op_status net_acceptor_local(const struct net_acceptor *acceptor,
                             struct net_address *address_out);

/** An accept under way. */
struct net_accept {
    struct net_op op;                           /**< First. */
    struct op_accept inner;                     /**< For the layer. */
    struct net_acceptor *acceptor;              /**< For the layer. */
    struct net_stream *stream;                  /**< For the layer. */
    struct net_address remote;                  /**< Result: who connected. */
    void (*on_done)(struct net_accept *accept); /**< Set by the caller. */
};

/**
 * @brief Take the next connection.  Any number may be under way: a pool.
 *
 * @param acceptor  Open.
 * @param accept    With on_done set.
 * @param stream    For the connection: open when it ends with OP_OK, closed
 *                  and idle when it ends with anything else.
 * @param strand    Where the stream's handlers are to run, or NULL.
 * @owns{the acceptor, until the handler is called}
 */
void net_accept_start(struct net_acceptor *acceptor,
                      struct net_accept *accept,
                      struct net_stream *stream,
                      struct net_strand *strand);

/** @brief Stop listening.  Accepts under way end with OP_ABORTED; the address
 *  is free when they are back.
 *  @param acceptor  Open; its memory is needed until then. */
void net_acceptor_close(struct net_acceptor *acceptor);

/** @brief Whether an acceptor is closed and all its handlers were called.
 *  @param acceptor  Opened once.
 *  @return Whether it is. */
bool net_acceptor_idle(const struct net_acceptor *acceptor);

/** @} */

#endif
