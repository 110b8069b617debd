/**
 * @file net_stream.c
 * @brief Layer 2: streams from their opening to their close.
 *
 * A stream has what a connection is made of: a socket or pipe, and the
 * requests under way on it.  It is over when it is closed and all of these
 * are back; only then may its memory be used for something else.
 *
 * Uses:     net_stream_private.h, op.h (handles).
 * Used by:  programs, net_connect.c, net_accept.c.
 * Facts:    PORT-95, SOCK-40, SOCK-45, SOCK-46, SOCK-54.
 * Read next: net_connect.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_stream_private.h"

#include <string.h>

void net__op_fail(struct net_op *op, DWORD error)
{
    op->inner->status = op_status_of_error(error);
    op->inner->error = error;
    op->inner->bytes = 0;
    net__ready(op->loop, op->inner);
}

/* ---- Opening ------------------------------------------------------------- */

static void stream_shut(struct net_open *opened)
{
    net_stream_close(NET__OF(opened, struct net_stream, opened), NET_GRACEFUL);
}

void net__stream_list(struct net_stream *stream)
{
    net__open_add(stream->loop, &stream->opened, stream_shut);
}

/** @brief Give a socket or file to a loop's port. */
static op_status stream_open(struct net_stream *stream,
                             struct net_loop *loop,
                             struct net_strand *strand,
                             const struct op_open *how)
{
    struct op_handle handle;
    op_status status = op_handle_open(&handle, &loop->port, how);

    if (status == OP_OK) {
        memset(stream, 0, sizeof *stream);
        stream->handle = handle;
        stream->loop = loop;
        stream->strand = strand;
        stream->write_bytes_max = NET_WRITE_BYTES_MAX;
    }
    return status;
}

SOCKET net__tcp_socket(int family)
{
    return WSASocketW(family,
                      SOCK_STREAM,
                      IPPROTO_TCP,
                      NULL,
                      0,
                      WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT);
}

op_status net__tcp_make(struct net_stream *stream,
                        struct net_loop *loop,
                        struct net_strand *strand,
                        int family)
{
    struct op_open how = {0};
    op_status status;

    how.socket = net__tcp_socket(family);
    if (how.socket == INVALID_SOCKET) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    status =
        net__provider(loop, how.socket, family, SOCK_STREAM, &how.provider);
    if (status == OP_OK) {
        status = stream_open(stream, loop, strand, &how);
    }
    if (status != OP_OK) {
        (void)closesocket(how.socket);
    }
    return status;
}

op_status net_tcp_open(struct net_stream *stream,
                       struct net_loop *loop,
                       struct net_strand *strand,
                       int family)
{
    op_status status;

    IOCP_ASSERT(stream != NULL && loop != NULL);
    IOCP_ASSERT(family == AF_INET || family == AF_INET6);
    status = net__tcp_make(stream, loop, strand, family);
    if (status == OP_OK) {
        net__stream_list(stream);
    }
    return status;
}

op_status net_stream_adopt(struct net_stream *stream,
                           struct net_loop *loop,
                           struct net_strand *strand,
                           const struct op_open *how)
{
    struct op_open given;
    op_status status;

    IOCP_ASSERT(stream != NULL && loop != NULL && how != NULL);
    given = *how;
    if (given.socket != 0) {
        struct net_address local = {0};

        status = net__socket_local(given.socket, &local);
        if (status == OP_OK) {
            status = net__provider(loop,
                                   given.socket,
                                   local.any.ss_family,
                                   SOCK_STREAM,
                                   &given.provider);
        }
        if (status != OP_OK) {
            return status;
        }
    }
    status = stream_open(stream, loop, strand, &given);
    if (status == OP_OK) {
        stream->is_bound = true;
        net__stream_list(stream);
    }
    return status;
}

op_status net_tcp_bind(struct net_stream *stream,
                       const struct net_address *address)
{
    IOCP_ASSERT(stream != NULL && address != NULL && !stream->is_bound);
    if (bind(net_stream_socket(stream),
             (const struct sockaddr *)&address->any,
             address->bytes) != 0) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    stream->is_bound = true;
    return OP_OK;
}

/* ---- Ending -------------------------------------------------------------- */

op_status net_stream_shutdown(struct net_stream *stream)
{
    IOCP_ASSERT(stream != NULL && !stream->is_closed);
    if (!stream->handle.is_socket) {
        return OP_UNSUPPORTED;
    }
    if (stream->write_first == NULL &&
        shutdown(net_stream_socket(stream), SD_SEND) != 0) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    /* FACT SOCK-40 shutdown(SD_SEND) ends the stream after what was given to
   * Windows, and that is not all that waits here: net__write_next() ends it
   * after the last. */
    stream->is_shut = true;
    return OP_OK;
}

/** @brief Set what closing a socket does with what is not sent yet. */
static void set_linger(SOCKET socket, u_short on)
{
    struct linger linger = {on, 0};

    /* Where it fails the connection ends in the other way, but it ends. */
    (void)setsockopt(socket,
                     SOL_SOCKET,
                     SO_LINGER,
                     (const char *)&linger,
                     (int)sizeof linger);
}

//! [close]
void net__handle_close(struct net_loop *loop, struct op_handle *handle)
{
    op_status status;

    /* A deadline asks inside the lock: so it finds the handle open, or
   * closed, but not the number of a handle that somebody else has by now.
   * FACT SOCK-54 packets may follow the close: those of the requests that
   * are under way, which end with OP_ABORTED. */
    AcquireSRWLockExclusive(&loop->lock);
    status = op_handle_close(handle);
    if (status != OP_OK && handle->is_socket) {
        /* FACT SOCK-46 timed linger: a socket that does not block cannot wait
     * for it, and stays open.  Without it Windows waits, not we. */
        set_linger((SOCKET)handle->file, 0);
        status = op_handle_close(handle);
    }
    ReleaseSRWLockExclusive(&loop->lock);
    /* What is left is a handle that somebody else has closed. */
    IOCP_ASSERT(status == OP_OK);
}

void net_stream_close(struct net_stream *stream, enum net_close how)
{
    IOCP_ASSERT(stream != NULL && !stream->is_closed);
    stream->is_closed = true;
    if (stream->broken == OP_OK) {
        stream->broken = OP_ABORTED; /* For writes that have not had a turn. */
    }
    net__open_remove(stream->loop, &stream->opened);
    if (stream->write_first != NULL &&
        stream->write_first->inner->owner == OP_KRN &&
        op_cancel(stream->write_first->inner) == OP_CANCEL_ASKED) {
        /* Some of it is lost, so the peer must not find an end as if that
         * were all. */
        how = NET_ABORTIVE;
    }
    if (how == NET_ABORTIVE && stream->handle.is_socket) {
        /* FACT SOCK-45 hard close. */
        set_linger(net_stream_socket(stream), 1);
    }
    if (stream->connecting != NULL && stream->connecting->ask == NULL &&
        stream->connecting->inner->kind == OP_CONNECT) {
        /* The packet of ConnectEx may be in another thread's hands, who is
         * about to tell the socket that it is connected (layer 1).  A number
         * that is closed meanwhile may be somebody else's socket by then: so
         * it is closed when the connect is back. */
        (void)op_cancel(stream->connecting->inner);
    } else {
        net__handle_close(stream->loop, &stream->handle);
    }
}
//! [close]

bool net_stream_idle(const struct net_stream *stream)
{
    IOCP_ASSERT(stream != NULL);
    return stream->is_closed && stream->request_count == 0;
}

void net__stream_finish(struct net_stream *stream,
                        struct net_op *op,
                        op_status status,
                        size_t bytes)
{
    /* The handler may give the stream's memory back, unless there is somebody
     * to be told. */
    void (*on_idle)(struct net_stream * stream) = stream->on_idle;

    stream->request_count--;
    net__op_finish(op, status, bytes);
    if (on_idle != NULL && net_stream_idle(stream)) {
        on_idle(stream);
    }
}

void net_stream_cancel(struct net_stream *stream)
{
    IOCP_ASSERT(stream != NULL && !stream->is_closed);
    if (stream->connecting != NULL) {
        net_cancel(stream->connecting);
    }
    if (stream->reading != NULL) {
        net_cancel(stream->reading);
    }
    for (struct net_op *op = stream->write_first; op != NULL; op = op->next) {
        net_cancel(op);
    }
}

op_status net_stream_release(struct net_stream *stream, SOCKET *socket_out)
{
    SOCKET socket;
    op_status status;

    IOCP_ASSERT(stream != NULL && socket_out != NULL && !stream->is_closed);
    IOCP_ASSERT(stream->request_count == 0);
    socket = net_stream_socket(stream);
    /* FACT PORT-95 replacing or removing the association: only while nothing
   * is pending. */
    status = op_handle_detach(&stream->handle);
    if (status == OP_OK) {
        net__open_remove(stream->loop, &stream->opened);
        stream->is_closed = true;
        *socket_out = socket;
    }
    return status;
}

/* ---- Looking ------------------------------------------------------------- */

SOCKET net_stream_socket(const struct net_stream *stream)
{
    IOCP_ASSERT(stream != NULL);
    IOCP_ASSERT(!stream->is_closed || stream->handle.file != NULL);
    IOCP_ASSERT(stream->handle.is_socket);
    return (SOCKET)stream->handle.file;
}

op_status net_stream_set_no_delay(struct net_stream *stream, bool on)
{
    BOOL value = on;

    if (setsockopt(net_stream_socket(stream),
                   IPPROTO_TCP,
                   TCP_NODELAY,
                   (const char *)&value,
                   (int)sizeof value) != 0) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    return OP_OK;
}

op_status net__socket_local(SOCKET socket, struct net_address *address_out)
{
    struct net_address address = {0};

    address.bytes = (INT)sizeof address.any;
    if (getsockname(socket, (struct sockaddr *)&address.any, &address.bytes) !=
        0) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    *address_out = address;
    return OP_OK;
}

op_status net_stream_local(const struct net_stream *stream,
                           struct net_address *address_out)
{
    IOCP_ASSERT(address_out != NULL);
    return net__socket_local(net_stream_socket(stream), address_out);
}

op_status net_stream_remote(const struct net_stream *stream,
                            struct net_address *address_out)
{
    struct net_address address = {0};

    IOCP_ASSERT(address_out != NULL);
    address.bytes = (INT)sizeof address.any;
    if (getpeername(net_stream_socket(stream),
                    (struct sockaddr *)&address.any,
                    &address.bytes) != 0) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    *address_out = address;
    return OP_OK;
}
