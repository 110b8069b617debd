/**
 * @file net_connect.c
 * @brief Layer 2: connecting, with ConnectEx and without.
 *
 * ConnectEx is an operation like any other.  Where Winsock has none, a connect
 * that does not block begins, and a timer looks whether it is over, less and
 * less often.  For the caller the two look the same.
 *
 * Uses:     net_stream_private.h.
 * Used by:  programs.
 * Facts:    SOCK-04, SOCK-80, SOCK-91.
 * Read next: net_accept.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_stream_private.h"

#include <string.h>

enum { LOOK_US_FIRST = 1000, LOOK_US_MAX = 20000 };

static void connect_step(struct net_op *op)
{
    struct net_connect *connect = NET__OF(op, struct net_connect, op);
    struct net_stream *stream = connect->stream;
    op_status status = op->inner->status;

    if (stream->is_closed && stream->handle.file != NULL) {
        net__handle_close(stream->loop, &stream->handle);
        status = OP_ABORTED;
    }
    if (status == OP_OK) {
        stream->broken = OP_OK; /* What failed was too early. */
    }
    stream->connecting = NULL;
    net__stream_finish(stream, op, status, 0);
}

static void connect_handler(struct net_op *op)
{
    struct net_connect *connect = NET__OF(op, struct net_connect, op);

    connect->on_done(connect);
}

/** @brief Name the local end of a socket that has no name.
 *  @return 0, or Windows' own code. */
static DWORD bind_any(struct net_stream *stream,
                      const struct net_address *remote)
{
    struct sockaddr_storage any = {0};

    if (stream->is_bound) {
        return 0;
    }
    any.ss_family = remote->any.ss_family;
    if (bind(net_stream_socket(stream),
             (const struct sockaddr *)&any,
             remote->bytes) != 0) {
        return (DWORD)WSAGetLastError();
    }
    stream->is_bound = true;
    return 0;
}

/* ---- Without ConnectEx --------------------------------------------------- */

/** @brief Whether calls on a socket wait.
 *  @return 0, or Windows' own code. */
static DWORD set_blocking(SOCKET socket, u_long is_blocking)
{
    u_long is_not = !is_blocking;

    return ioctlsocket(socket, (LONG)FIONBIO, &is_not) == 0
               ? 0
               : (DWORD)WSAGetLastError();
}

//! [look]
/**
 * @brief Look whether a connect is over.
 * @return 0: the socket is connected; WSAEWOULDBLOCK: not yet; else why not.
 */
static DWORD look(SOCKET socket)
{
    struct timeval at_once = {0, 0};
    fd_set writable = {0};
    fd_set failed = {0};
    int error = 0;
    int error_bytes = (int)sizeof error;

    FD_SET(socket, &writable);
    FD_SET(socket, &failed);
    /* Not WSAPoll(): before Windows 10 version 2004 it never told that a
   * connect had failed. */
    switch (select(0, NULL, &writable, &failed, &at_once)) {
    case 0:
        return WSAEWOULDBLOCK;
    case SOCKET_ERROR:
        return (DWORD)WSAGetLastError();
    default:
        break;
    }
    if (getsockopt(socket,
                   SOL_SOCKET,
                   SO_ERROR,
                   (char *)&error,
                   &error_bytes) != 0) {
        return (DWORD)WSAGetLastError();
    }
    if (error == 0 && writable.fd_count == 0) {
        return WSAECONNREFUSED; /* It failed, and has forgotten why. */
    }
    return (DWORD)error;
}

static void look_done(struct net_timer *timer)
{
    struct net_connect *connect = NET__OF(timer, struct net_connect, look);
    struct net_stream *stream = connect->stream;
    DWORD error = ERROR_OPERATION_ABORTED;

    if (!stream->is_closed) {
        error = look(net_stream_socket(stream));
        if (error == WSAEWOULDBLOCK && !net__op_is_asked(&connect->op)) {
            if (connect->look_us < LOOK_US_MAX) {
                connect->look_us += connect->look_us;
            }
            net_timer_start(timer,
                            net_loop_now(stream->loop) + connect->look_us,
                            0);
            return;
        }
        if (error == WSAEWOULDBLOCK) {
            error = ERROR_OPERATION_ABORTED;
        } else {
            /* FACT SOCK-04 FIONBIO does not affect overlapped calls: but who
       * gets the socket by net_stream_release() expects it as it was. */
            (void)set_blocking(net_stream_socket(stream), 1);
        }
    }
    net__op_fail(&connect->op, error);
}
//! [look]

static void connect_ask(struct net_op *op)
{
    (void)op; /* The next look sees it, as it sees a close. */
}

/** @brief Begin to connect by a call that does not block. */
static void connect_plain(struct net_connect *request)
{
    struct net_stream *stream = request->stream;
    SOCKET socket = net_stream_socket(stream);
    DWORD error = set_blocking(socket, 0);

    net_timer_init(&request->look, stream->loop, stream->strand, look_done);
    /* FACT SOCK-91 connect() is silent: no packet comes. */
    if (error == 0 && connect(socket,
                              (const struct sockaddr *)&request->address.any,
                              request->address.bytes) != 0) {
        error = (DWORD)WSAGetLastError();
    }
    if (error != WSAEWOULDBLOCK) {
        (void)set_blocking(socket, 1);
        net__op_fail(&request->op, error);
        return;
    }
    request->look_us = LOOK_US_FIRST;
    net_timer_start(&request->look,
                    net_loop_now(stream->loop) + request->look_us,
                    0);
}

/* ---- Both ---------------------------------------------------------------- */

void net_connect_start(struct net_stream *stream,
                       struct net_connect *connect,
                       const struct net_address *address)
{
    struct op_connect *inner;
    bool is_plain;
    DWORD error;

    IOCP_ASSERT(stream != NULL && connect != NULL && address != NULL);
    IOCP_ASSERT(connect->on_done != NULL && stream->connecting == NULL);
    IOCP_ASSERT(stream->handle.is_socket);
    inner = &connect->inner;
    if (net__op_is_new(&inner->op, OP_CONNECT, &connect->op)) {
        OP_INIT(inner, net__arrived, &connect->op);
    }
    connect->stream = stream;
    connect->address = *address;
    inner->to = (const struct sockaddr *)&connect->address.any;
    inner->to_bytes = address->bytes;
    is_plain = stream->handle.provider->connect_ex == NULL;
    net__op_begin(&connect->op,
                  &(struct net__begin){.loop = stream->loop,
                                       .strand = stream->strand,
                                       .inner = &inner->op,
                                       .step = connect_step,
                                       .handler = connect_handler,
                                       .ask = is_plain ? connect_ask : NULL});
    stream->connecting = &connect->op;
    stream->request_count++;
    if (stream->is_closed || stream->loop->draining) {
        net__op_fail(&connect->op, ERROR_OPERATION_ABORTED);
        return;
    }
    if (is_plain) {
        connect_plain(connect);
        return;
    }
    /* FACT SOCK-80 ConnectEx needs a bound socket. */
    error = bind_any(stream, address);
    if (error != 0) {
        net__op_fail(&connect->op, error);
        return;
    }
    net__op_submit(&connect->op, &stream->handle);
}
