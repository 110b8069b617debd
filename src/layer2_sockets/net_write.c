/**
 * @file net_write.c
 * @brief Layer 2: writing to streams.
 *
 * Who writes wants all of it sent, in order, and memory that does not grow
 * when the peer is slow.  So writes wait in a queue, one has the socket at a
 * time, and a queue that is full says so.
 *
 * Uses:     net_stream_private.h.
 * Used by:  programs, net_stream.c.
 * Facts:    SOCK-27, SOCK-29, SOCK-35, CANCEL-16.
 * Read next: net_wide.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_stream_private.h"

/** Most bytes of one operation on a pipe. */
#define PIECE_BYTES_MAX ((size_t)1 << 30)

static struct net_write *write_of(struct net_op *op)
{
    return NET__OF(op, struct net_write, op);
}

/* ---- The queue ----------------------------------------------------------- */

static void queue_add(struct net_stream *stream, struct net_write *write)
{
    struct net_op *op = &write->op;

    op->next = NULL;
    if (stream->write_first == NULL) {
        stream->write_first = op;
    } else {
        stream->write_last->next = op;
    }
    stream->write_last = op;
    stream->write_bytes += write->total_bytes;
    write->is_queued = true;
}

static void queue_remove(struct net_stream *stream, struct net_write *write)
{
    struct net_op **at = &stream->write_first;
    struct net_op *before = NULL;

    /* BOUND: it is there, and mostly it is the first. */
    while (*at != &write->op) {
        before = *at;
        at = &before->next;
    }
    *at = write->op.next;
    if (stream->write_last == &write->op) {
        stream->write_last = before;
    }
    /* What was sent is not there any more. */
    stream->write_bytes -= write->total_bytes - write->op.bytes;
    write->is_queued = false;
}

/* ---- Sending ------------------------------------------------------------- */

/** @brief Submit what is left of the pieces.
 *  @return As net__op_resubmit(). */
static bool submit_send(struct net_write *write, struct op_handle *handle)
{
    struct op_send *send = &write->inner.send;
    WSABUF rest[NET_PIECES_MAX];

    send->buffers.array = write->pieces + write->piece_index;
    send->buffers.count = write->piece_count - write->piece_index;
    IOCP_ASSERT(send->buffers.count > 0);
    if (write->piece_bytes > 0) {
        for (DWORD i = 0; i < send->buffers.count; i++) {
            rest[i] = send->buffers.array[i];
        }
        rest[0].buf += write->piece_bytes;
        rest[0].len -= (ULONG)write->piece_bytes;
        send->buffers.array = rest;
    }
    return net__op_resubmit(&write->op, handle);
}

/** @brief The same for a pipe, which takes one piece at a time. */
static bool submit_write(struct net_write *write, struct op_handle *handle)
{
    struct op_write *inner = &write->inner.write;
    const WSABUF *piece = &write->pieces[write->piece_index];

    inner->buffer = piece->buf + write->piece_bytes;
    inner->buffer_bytes = (DWORD)(piece->len - write->piece_bytes);
    return net__op_resubmit(&write->op, handle);
}

static bool write_submit(struct net_write *write)
{
    struct op_handle *handle = &write->stream->handle;

    return handle->is_socket ? submit_send(write, handle)
                             : submit_write(write, handle);
}

/** @brief Count bytes as sent.
 *  @return Whether there is nothing left. */
static bool advance(struct net_write *write, size_t bytes)
{
    write->op.bytes += bytes;
    write->stream->write_bytes -= bytes;
    if (!write->stream->handle.is_socket) {
        /* Of a pipe one piece, or a part of it; it may be empty. */
        write->piece_bytes += bytes;
        if (write->piece_bytes == write->pieces[write->piece_index].len) {
            write->piece_bytes = 0;
            write->piece_index++;
        }
        return write->piece_index == write->piece_count;
    }
    if (write->op.bytes == write->total_bytes) {
        return true;
    }
    bytes += write->piece_bytes;
    /* BOUND: there is a piece that is not all sent. */
    while (bytes >= write->pieces[write->piece_index].len) {
        bytes -= write->pieces[write->piece_index].len;
        write->piece_index++;
    }
    write->piece_bytes = bytes;
    return false;
}

/* ---- The life of a write ------------------------------------------------- */

/** @brief Whether nobody can tell what the peer has got of a stream after a
 *         write that failed. */
static bool breaks(const struct net_write *write, op_status status)
{
    /* FACT CANCEL-16 cancelling a partly sent stream send leaves the stream
   * undefined: what was sent then, no count tells. */
    return write->op.bytes > 0 || status == OP_ABORTED ||
           op_status_is_final(status);
}

static void write_end(struct net_write *write, op_status status)
{
    struct net_stream *stream = write->stream;

    queue_remove(stream, write);
    if (status != OP_OK && stream->broken == OP_OK && breaks(write, status)) {
        stream->broken = status;
    }
    /* The next one first, for the handler may close the stream and free it. */
    net__write_next(stream);
    net__stream_finish(stream, &write->op, status, write->op.bytes);
}

//! [step]
/** @brief The step of a write that has the socket. */
static void write_step(struct net_op *op)
{
    struct net_write *write = write_of(op);

    /* BOUND: each turn sends more of it. */
    do {
        /* FACT SOCK-27 what a completed send means: Windows has it, not yet
     * the peer. */
        bool is_sent = advance(write, op->inner->bytes);
        op_status status = op->inner->status;

        if (status == OP_OK && !is_sent && net__op_is_asked(op)) {
            status = OP_ABORTED;
        }
        if (status != OP_OK || is_sent) {
            write_end(write, status);
            return;
        }
    } while (write_submit(write));
}
//! [step]

/** @brief The step of a write that was never submitted. */
static void write_drop_step(struct net_op *op)
{
    struct net_write *write = write_of(op);

    if (write->is_queued) {
        queue_remove(write->stream, write);
    }
    net__stream_finish(write->stream, op, op->inner->status, 0);
}

//! [turn]
/**
 * @brief Have a write that waits, be it for its turn or for its end.
 *
 * A deadline asks in whatever thread, and may do so while the stream's own
 * thread gives the write its turn.
 *
 * @return Whether it is ours: exactly one comes first.
 */
static bool take_turn(struct net_write *write)
{
    return InterlockedExchange(&write->is_waiting, 0) != 0;
}

/** @brief Let a write have the socket. */
static void write_go(struct net_write *write)
{
    struct net_loop *loop = write->op.loop;

    write->op.step = write_step;
    if (write_submit(write)) {
        net__ready(loop, write->op.inner);
    }
}

static void write_ask(struct net_op *op)
{
    if (take_turn(write_of(op))) {
        net__op_skip(op, OP_ABORTED);
    } else {
        (void)op_cancel(op->inner);
    }
}

void net__write_next(struct net_stream *stream)
{
    /* BOUND: the queue ends. */
    while (stream->write_first != NULL) {
        struct net_write *write = write_of(stream->write_first);

        if (!take_turn(write)) {
            /* It is about to end, unsent. */
            queue_remove(stream, write);
        } else if (stream->broken != OP_OK) {
            queue_remove(stream, write);
            net__op_skip(&write->op, stream->broken);
        } else {
            write_go(write);
            return;
        }
    }
    if (stream->is_shut && stream->broken == OP_OK &&
        shutdown(net_stream_socket(stream), SD_SEND) != 0) {
        stream->broken = op_status_of_error((DWORD)WSAGetLastError());
    }
}
//! [turn]

/* ---- Starting ------------------------------------------------------------ */

static void write_handler(struct net_op *op)
{
    struct net_write *write = write_of(op);

    write->on_done(write);
}

/** @brief Initialise the operation that the stream needs, if it is another one
 *         than last time. */
static struct op *write_inner(struct net_write *write, bool is_socket)
{
    struct op *inner = &write->inner.send.op;

    if (net__op_is_new(inner, is_socket ? OP_SEND : OP_WRITE, &write->op)) {
        if (is_socket) {
            OP_INIT(&write->inner.send, net__arrived, &write->op);
        } else {
            OP_INIT(&write->inner.write, net__arrived, &write->op);
        }
    }
    return inner;
}

/** @brief Why a write cannot have a place in the queue, or OP_OK. */
static op_status refuse(const struct net_stream *stream,
                        const struct net_write *write)
{
    if (stream->broken != OP_OK) {
        return stream->broken;
    }
    if (stream->is_shut) {
        return OP_SHUT_DOWN;
    }
    /* FACT SOCK-29 overlapped sends beyond the buffer pend, and would hold
   * any amount of memory: nothing else pushes back. */
    if (stream->write_first != NULL &&
        (stream->write_bytes > stream->write_bytes_max ||
         write->total_bytes > stream->write_bytes_max - stream->write_bytes)) {
        return OP_WOULD_BLOCK;
    }
    return OP_OK;
}

static void write_begin(struct net_stream *stream, struct net_write *write)
{
    write->stream = stream;
    write->piece_index = 0;
    write->piece_bytes = 0;
    write->total_bytes = 0;
    for (DWORD i = 0; i < write->piece_count; i++) {
        write->total_bytes += write->pieces[i].len;
    }
    write->is_waiting = 0;
    write->is_queued = false;
    net__op_begin(&write->op,
                  &(struct net__begin){
                      .loop = stream->loop,
                      .strand = stream->strand,
                      .inner = write_inner(write, stream->handle.is_socket),
                      .step = write_drop_step,
                      .handler = write_handler,
                      .ask = write_ask});
    stream->request_count++;
}

void net_write_start(struct net_stream *stream, struct net_write *write)
{
    op_status status;

    IOCP_ASSERT(stream != NULL && write != NULL && write->on_done != NULL);
    IOCP_ASSERT(write->pieces != NULL && write->piece_count > 0);
    IOCP_ASSERT(write->piece_count <= NET_PIECES_MAX);
    write_begin(stream, write);
    status = refuse(stream, write);
    if (status != OP_OK) {
        net__op_skip(&write->op, status);
        return;
    }
    queue_add(stream, write);
    /* FACT SOCK-35 several outstanding sends go out in the order of the calls,
     * but may come back in another: so there is one at a time. */
    if (stream->write_first == &write->op) {
        write_go(write);
    } else {
        (void)InterlockedExchange(&write->is_waiting, 1);
    }
}
