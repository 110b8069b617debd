/**
 * @file net_udp.c
 * @brief Layer 2: datagrams.
 *
 * A datagram comes whole or cut, and nobody answers for one that is lost.  A
 * socket without a connection therefore does not hear that some peer of the
 * past is gone; one that is connected does, for it has but one peer.
 *
 * Uses:     net_stream_private.h, net_datagram.h.
 * Used by:  programs.
 * Facts:    SOCK-105, SOCK-106.
 * Read next: net_resolve.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_datagram.h"
#include "net_stream_private.h"

/* Not in the headers of every compiler. */
#ifndef SIO_UDP_CONNRESET
#    define SIO_UDP_CONNRESET _WSAIOW(IOC_VENDOR, 12)
#endif

/* ---- Sockets ------------------------------------------------------------- */

/** @brief Whether receives end because somebody's port is unreachable. */
static void set_refusals(SOCKET socket, BOOL on)
{
    DWORD bytes;

    /* FACT SOCK-106 SIO_UDP_CONNRESET turns that off.  Where it cannot be, a
   * receive ends with OP_CONNECTION_REFUSED, which is the end of nothing. */
    (void)WSAIoctl(socket,
                   SIO_UDP_CONNRESET,
                   &on,
                   sizeof on,
                   NULL,
                   0,
                   &bytes,
                   NULL,
                   NULL);
}

/** @brief Bind a socket and give it to the loop. */
static op_status bind_and_open(struct net_udp *udp,
                               SOCKET socket,
                               const struct net_address *address)
{
    struct op_open how = {0};
    op_status status;

    if (bind(socket, (const struct sockaddr *)&address->any, address->bytes) !=
        0) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    status = net__provider(udp->loop,
                           socket,
                           address->any.ss_family,
                           SOCK_DGRAM,
                           &how.provider);
    if (status != OP_OK) {
        return status;
    }
    how.socket = socket;
    return op_handle_open(&udp->handle, &udp->loop->port, &how);
}

static void udp_shut(struct net_open *opened)
{
    net_udp_close(NET__OF(opened, struct net_udp, opened));
}

op_status net_udp_open(struct net_udp *udp,
                       struct net_loop *loop,
                       struct net_strand *strand,
                       const struct net_address *address)
{
    struct net_udp made = {.loop = loop, .strand = strand};
    SOCKET socket;
    op_status status;

    IOCP_ASSERT(udp != NULL && loop != NULL && address != NULL);
    socket = WSASocketW(address->any.ss_family,
                        SOCK_DGRAM,
                        IPPROTO_UDP,
                        NULL,
                        0,
                        WSA_FLAG_OVERLAPPED);
    if (socket == INVALID_SOCKET) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    set_refusals(socket, FALSE);
    status = bind_and_open(&made, socket, address);
    if (status != OP_OK) {
        (void)closesocket(socket);
        return status;
    }
    *udp = made;
    net__open_add(loop, &udp->opened, udp_shut);
    return OP_OK;
}

op_status net_udp_connect(struct net_udp *udp,
                          const struct net_address *address)
{
    SOCKET socket;

    IOCP_ASSERT(udp != NULL && address != NULL && udp->handle.file != NULL);
    socket = (SOCKET)udp->handle.file;
    if (connect(socket,
                (const struct sockaddr *)&address->any,
                address->bytes) != 0) {
        return op_status_of_error((DWORD)WSAGetLastError());
    }
    set_refusals(socket, TRUE);
    return OP_OK;
}

op_status net_udp_local(const struct net_udp *udp,
                        struct net_address *address_out)
{
    IOCP_ASSERT(udp != NULL && address_out != NULL);
    return net__socket_local((SOCKET)udp->handle.file, address_out);
}

void net_udp_close(struct net_udp *udp)
{
    IOCP_ASSERT(udp != NULL && udp->handle.file != NULL);
    net__open_remove(udp->loop, &udp->opened);
    net__handle_close(udp->loop, &udp->handle);
}

bool net_udp_idle(const struct net_udp *udp)
{
    IOCP_ASSERT(udp != NULL);
    return udp->handle.file == NULL && udp->request_count == 0;
}

/* ---- Datagrams ----------------------------------------------------------- */

static void datagram_handler(struct net_op *op)
{
    struct net_datagram *datagram = NET__OF(op, struct net_datagram, op);

    datagram->udp->request_count--;
    datagram->on_done(datagram);
}

/** @brief Begin a request whose operation is set up, and submit it. */
static void start(struct net_udp *udp,
                  struct net_datagram *datagram,
                  struct op *inner,
                  void (*step)(struct net_op *op))
{
    datagram->udp = udp;
    udp->request_count++;
    net__op_begin(&datagram->op,
                  &(struct net__begin){.loop = udp->loop,
                                       .strand = udp->strand,
                                       .inner = inner,
                                       .step = step,
                                       .handler = datagram_handler});
    net__op_submit(&datagram->op, &udp->handle);
}

/** @brief The one piece that a datagram is made of. */
static struct op_buffers piece_of(struct net_datagram *datagram)
{
    struct op_buffers buffers = {.array = &datagram->piece, .count = 1};

    /* One that is too long to be counted is too long to be sent. */
    datagram->piece.len = datagram->buffer_bytes < UINT32_MAX
                              ? (ULONG)datagram->buffer_bytes
                              : UINT32_MAX;
    datagram->piece.buf = datagram->buffer;
    return buffers;
}

static void receive_step(struct net_op *op)
{
    struct net_datagram *datagram = NET__OF(op, struct net_datagram, op);
    const struct op_recvfrom *recvfrom = &datagram->inner.recvfrom;

    if (recvfrom->op.status == OP_OK || recvfrom->op.status == OP_TRUNCATED) {
        datagram->address.any = recvfrom->from;
        datagram->address.bytes = recvfrom->from_bytes;
    }
    net__op_finish(op, recvfrom->op.status, recvfrom->op.bytes);
}

void net_udp_receive(struct net_udp *udp, struct net_datagram *datagram)
{
    struct op_recvfrom *recvfrom;

    IOCP_ASSERT(udp != NULL && datagram != NULL);
    IOCP_ASSERT(datagram->on_done != NULL && !datagram->op.is_started);
    recvfrom = &datagram->inner.recvfrom;
    OP_INIT(recvfrom, net__arrived, &datagram->op);
    recvfrom->buffers = piece_of(datagram);
    start(udp, datagram, &recvfrom->op, receive_step);
}

static void send_step(struct net_op *op)
{
    net__op_finish(op, op->inner->status, op->inner->bytes);
}

void net_udp_send(struct net_udp *udp, struct net_datagram *datagram)
{
    IOCP_ASSERT(udp != NULL && datagram != NULL);
    IOCP_ASSERT(datagram->on_done != NULL && !datagram->op.is_started);
    if (datagram->address.bytes == 0) {
        struct op_send *send = &datagram->inner.send;

        OP_INIT(send, net__arrived, &datagram->op);
        send->buffers = piece_of(datagram);
        start(udp, datagram, &send->op, send_step);
    } else {
        struct op_sendto *sendto = &datagram->inner.sendto;

        OP_INIT(sendto, net__arrived, &datagram->op);
        sendto->buffers = piece_of(datagram);
        sendto->to = (const struct sockaddr *)&datagram->address.any;
        sendto->to_bytes = datagram->address.bytes;
        start(udp, datagram, &sendto->op, send_step);
    }
}
