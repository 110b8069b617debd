/**
 * @file net_accept.c
 * @brief Layer 2: listening and accepting.
 *
 * AcceptEx wants the socket for a connection before there is one.  So an
 * accept makes it, has it ready before anybody comes, and clears it away when
 * nobody does.
 *
 * Uses:     net_stream_private.h.
 * Used by:  programs.
 * Facts:    SOCK-60, SOCK-69, SOCK-74.
 * Read next: net_read.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_stream_private.h"

#include <string.h>

/* ---- Listening ----------------------------------------------------------- */

static void acceptor_shut(struct net_open *opened)
{
    net_acceptor_close(NET__OF(opened, struct net_acceptor, opened));
}

/** @brief Bind, listen, and give a socket to the loop's port. */
static op_status listen_at(struct net_acceptor *acceptor,
                           const struct net_address *address,
                           int backlog)
{
    struct op_open how = {0};
    op_status status;

    how.socket = net__tcp_socket(acceptor->family);
    if (how.socket == INVALID_SOCKET) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    if (bind(how.socket,
             (const struct sockaddr *)&address->any,
             address->bytes) != 0 ||
        listen(how.socket, backlog == 0 ? SOMAXCONN : backlog) != 0) {
        status = op_status_of_error((DWORD)WSAGetLastError());
    } else {
        status = net__provider(acceptor->loop,
                               how.socket,
                               acceptor->family,
                               SOCK_STREAM,
                               &how.provider);
    }
    if (status == OP_OK) {
        status = op_handle_open(&acceptor->handle, &acceptor->loop->port, &how);
    }
    if (status != OP_OK) {
        (void)closesocket(how.socket);
    }
    return status;
}

op_status net_acceptor_open(struct net_acceptor *acceptor,
                            struct net_loop *loop,
                            struct net_strand *strand,
                            const struct net_address *address,
                            int backlog)
{
    struct net_acceptor opened = {0};
    op_status status;

    IOCP_ASSERT(acceptor != NULL && loop != NULL && address != NULL);
    IOCP_ASSERT(backlog >= 0);
    opened.loop = loop;
    opened.strand = strand;
    opened.family = address->any.ss_family;
    status = listen_at(&opened, address, backlog);
    if (status == OP_OK) {
        *acceptor = opened;
        net__open_add(loop, &acceptor->opened, acceptor_shut);
    }
    return status;
}

op_status net_acceptor_local(const struct net_acceptor *acceptor,
                             struct net_address *address_out)
{
    IOCP_ASSERT(acceptor != NULL && address_out != NULL);
    IOCP_ASSERT(!acceptor->is_closed);
    return net__socket_local((SOCKET)acceptor->handle.file, address_out);
}

void net_acceptor_close(struct net_acceptor *acceptor)
{
    IOCP_ASSERT(acceptor != NULL && !acceptor->is_closed);
    acceptor->is_closed = true;
    net__open_remove(acceptor->loop, &acceptor->opened);
    if (acceptor->request_count == 0) {
        net__handle_close(acceptor->loop, &acceptor->handle);
    } else {
        /* The packet of an accept may be in another thread's hands, who is
         * about to tell the new socket whose it is (layer 1), by a number that
         * may be somebody else's once it is closed: so the last closes. */
        (void)op_handle_cancel(&acceptor->handle);
    }
}

bool net_acceptor_idle(const struct net_acceptor *acceptor)
{
    IOCP_ASSERT(acceptor != NULL);
    return acceptor->is_closed && acceptor->request_count == 0;
}

/* ---- Accepting ----------------------------------------------------------- */

//! [accept]
/** @brief Who connected. */
static void read_remote(struct net_accept *accept)
{
    INT bytes = 0;
    const struct sockaddr *peer = op_accept_peer(&accept->inner, &bytes);

    IOCP_ASSERT((size_t)bytes <= sizeof accept->remote.any);
    accept->remote.bytes = bytes;
    memcpy(&accept->remote.any, peer, (size_t)bytes);
}

static void accept_step(struct net_op *op)
{
    struct net_accept *accept = NET__OF(op, struct net_accept, op);
    struct net_acceptor *acceptor = accept->acceptor;
    struct net_stream *stream = accept->stream;
    op_status status = op->inner->status;

    if (status == OP_OK && acceptor->is_closed) {
        status = OP_ABORTED;
    }
    if (status == OP_OK) {
        read_remote(accept);
        stream->is_bound = true;
        net__stream_list(stream);
    } else if (!stream->is_closed) {
        /* FACT SOCK-74 failure at completion: whoever came is gone, and the
     * socket is fresh no more. */
        stream->is_closed = true;
        net__handle_close(stream->loop, &stream->handle);
    }
    acceptor->request_count--;
    if (acceptor->is_closed && acceptor->request_count == 0 &&
        acceptor->handle.file != NULL) {
        net__handle_close(acceptor->loop, &acceptor->handle);
    }
    net__op_finish(op, status, 0);
}

static void accept_handler(struct net_op *op)
{
    struct net_accept *accept = NET__OF(op, struct net_accept, op);

    accept->on_done(accept);
}

void net_accept_start(struct net_acceptor *acceptor,
                      struct net_accept *accept,
                      struct net_stream *stream,
                      struct net_strand *strand)
{
    struct op_accept *inner;
    op_status status;

    IOCP_ASSERT(acceptor != NULL && accept != NULL && stream != NULL);
    IOCP_ASSERT(accept->on_done != NULL);
    inner = &accept->inner;
    if (net__op_is_new(&inner->op, OP_ACCEPT, &accept->op)) {
        OP_INIT(inner, net__arrived, &accept->op);
    }
    accept->acceptor = acceptor;
    accept->stream = stream;
    net__op_begin(&accept->op,
                  &(struct net__begin){.loop = acceptor->loop,
                                       .strand = acceptor->strand,
                                       .inner = &inner->op,
                                       .step = accept_step,
                                       .handler = accept_handler});
    acceptor->request_count++;
    /* FACT SOCK-60 the accept socket must be fresh. */
    status =
        acceptor->is_closed
            ? OP_ABORTED
            : net__tcp_make(stream, acceptor->loop, strand, acceptor->family);
    if (status != OP_OK) {
        memset(stream, 0, sizeof *stream);
        stream->loop = acceptor->loop;
        stream->is_closed = true;
        net__op_skip(&accept->op, status);
        return;
    }
    inner->accepted = &stream->handle;
    /* FACT SOCK-69 the operation is the listening socket's: closing that ends
   * it, and so does the deadline. */
    net__op_submit(&accept->op, &acceptor->handle);
}
//! [accept]
