/**
 * @file net_stream_private.h
 * @brief Layer 2: what the files about streams share.
 *
 * Reading, writing, connecting and accepting know one another only through
 * the stream: what is under way on it, and what becomes of that when it is
 * closed.
 *
 * Uses:     net_private.h, net_stream.h.
 * Used by:  net_stream.c, net_connect.c, net_accept.c, net_read.c,
 *           net_write.c.
 * Facts:    none.
 * Read next: net_stream.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_STREAM_PRIVATE_H
#define NET_STREAM_PRIVATE_H

#include "net_private.h"
#include "net_stream.h"

/** @brief Whether a request's operation must be initialised: the request is
 *         new, or was of another kind.  If not, it forgets its last handle,
 *         which may be gone, so that nobody asks there. */
static inline bool net__op_is_new(struct op *inner,
                                  enum op_kind kind,
                                  const struct net_op *op)
{
    if (inner->context != op || inner->kind != kind) {
        return true;
    }
    inner->handle = NULL;
    return false;
}

/** @brief End a request of a stream's: its handler, and then on_idle. */
void net__stream_finish(struct net_stream *stream,
                        struct net_op *op,
                        op_status status,
                        size_t bytes);

/** @brief Let the step follow with a code of Windows: 0 or why it failed. */
void net__op_fail(struct net_op *op, DWORD error);

/** @brief Make a TCP stream that is not in the loop's list. */
op_status net__tcp_make(struct net_stream *stream,
                        struct net_loop *loop,
                        struct net_strand *strand,
                        int family);

/** @brief Enter a stream into its loop's list. */
void net__stream_list(struct net_stream *stream);

/** @brief Make an overlapped TCP socket.
 *  @return It, or INVALID_SOCKET. */
SOCKET net__tcp_socket(int family);

/** @brief The address of a socket's own end. */
op_status net__socket_local(SOCKET socket, struct net_address *address_out);

/** @brief Close a handle whose requests may be asked to end meanwhile. */
void net__handle_close(struct net_loop *loop, struct op_handle *handle);

/** @brief Give the socket to the next write that waits, or end those that do
 *         because the stream is broken, or end the sending direction. */
void net__write_next(struct net_stream *stream);

#endif
