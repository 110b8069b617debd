/**
 * @file net_read.c
 * @brief Layer 2: reading from streams.
 *
 * A stream has no messages: what was sent at once may arrive in pieces, and
 * two things in one.  So each read says when it has enough, and goes on until
 * then.
 *
 * Uses:     net_stream_private.h.
 * Used by:  programs.
 * Facts:    SOCK-11, PIPE-09.
 * Read next: net_write.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_stream_private.h"

#include <string.h>

/** Most bytes that one operation is asked for. */
#define PIECE_BYTES_MAX ((size_t)1 << 30)

/* ---- Enough -------------------------------------------------------------- */

/** @brief Look for the text from a place on, and set found_bytes.
 *  @return Whether it is there. */
static bool find_text(struct net_read *read, size_t from)
{
    const char *at = read->buffer + from;
    const char *end = read->buffer + read->op.bytes;

    /* BOUND: each turn begins behind the last. */
    while ((size_t)(end - at) >= read->until_bytes) {
        at = memchr(at,
                    read->until[0],
                    (size_t)(end - at) - read->until_bytes + 1);
        if (at == NULL) {
            return false;
        }
        if (memcmp(at, read->until, read->until_bytes) == 0) {
            read->found_bytes = (size_t)(at - read->buffer) + read->until_bytes;
            return true;
        }
        at++;
    }
    return false;
}

/**
 * @brief Whether a read is over, because it has enough or no room.
 *
 * @param read    With op.bytes in its buffer.
 * @param before  So many of them were there before.
 * @param is_new  Something came.
 * @param status  Of what came: OP_OK or OP_TRUNCATED; when the read is over,
 *                what it ends with.
 */
static bool is_over(struct net_read *read,
                    size_t before,
                    bool is_new,
                    op_status *status)
{
    bool is_full = read->op.bytes == read->buffer_bytes;

    switch (read->enough) {
    case NET_SOME:
        if (!is_new && is_full) {
            *status = OP_TRUNCATED;
        }
        return is_new || is_full;
    case NET_EXACTLY:
        *status = OP_OK;
        return is_full;
    case NET_UNTIL:
        /* The text may have begun in what was there before. */
        if (find_text(read,
                      before < read->until_bytes
                          ? 0
                          : before - read->until_bytes + 1)) {
            *status = OP_OK;
            return true;
        }
        *status = OP_TRUNCATED;
        return is_full;
    }
    return true;
}

/* ---- The life of a read -------------------------------------------------- */

/** @brief Say where the next bytes go, and submit.
 *  @return As net__op_resubmit(). */
static bool read_submit(struct net_read *read)
{
    struct net_stream *stream = read->stream;
    char *free_buffer = read->buffer + read->op.bytes;
    size_t free_bytes = read->buffer_bytes - read->op.bytes;
    WSABUF piece;

    if (free_bytes > PIECE_BYTES_MAX) {
        free_bytes = PIECE_BYTES_MAX;
    }
    if (stream->handle.is_socket) {
        piece.buf = free_buffer;
        piece.len = (ULONG)free_bytes;
        read->inner.recv.buffers.array = &piece;
        read->inner.recv.buffers.count = 1;
    } else {
        read->inner.read.buffer = free_buffer;
        read->inner.read.buffer_bytes = (DWORD)free_bytes;
    }
    return net__op_resubmit(&read->op, &stream->handle);
}

static void read_end(struct net_read *read, op_status status)
{
    read->stream->reading = NULL;
    net__stream_finish(read->stream, &read->op, status, read->op.bytes);
}

//! [step]
static void read_step(struct net_op *op)
{
    struct net_read *read = NET__OF(op, struct net_read, op);

    /* BOUND: each turn fills more of the buffer; only empty writes to a pipe
   * do not, and each of these was somebody's call.
   * FACT SOCK-11 a receive completes with what is there: enough or not. */
    do {
        size_t before = op->bytes;
        size_t new_bytes = op->inner->bytes;
        op_status status = op->inner->status;
        bool over = true;

        if (status == OP_OK || status == OP_TRUNCATED) {
            op->bytes += new_bytes;
            over = is_over(read,
                           before,
                           new_bytes > 0 || read->stream->handle.is_messages,
                           &status);
        }
        if (!over && net__op_is_asked(op)) {
            status = OP_ABORTED;
            over = true;
        }
        if (over) {
            read_end(read, status);
            return;
        }
    } while (read_submit(read));
}
//! [step]

/** @brief The step of a read that had enough when it began. */
static void read_skip_step(struct net_op *op)
{
    read_end(NET__OF(op, struct net_read, op), op->inner->status);
}

static void read_handler(struct net_op *op)
{
    struct net_read *read = NET__OF(op, struct net_read, op);

    read->on_done(read);
}

/** @brief Initialise the operation that the stream needs, if it is another one
 *         than last time. */
static struct op *read_inner(struct net_read *read, bool is_socket)
{
    struct op *inner = &read->inner.recv.op;

    if (net__op_is_new(inner, is_socket ? OP_RECV : OP_READ, &read->op)) {
        if (is_socket) {
            OP_INIT(&read->inner.recv, net__arrived, &read->op);
        } else {
            OP_INIT(&read->inner.read, net__arrived, &read->op);
        }
    }
    return inner;
}

void net_read_start(struct net_stream *stream, struct net_read *read)
{
    op_status status = OP_OK;

    IOCP_ASSERT(stream != NULL && read != NULL && read->on_done != NULL);
    IOCP_ASSERT(read->buffer != NULL && read->buffer_bytes > 0);
    IOCP_ASSERT(read->filled_bytes <= read->buffer_bytes);
    IOCP_ASSERT(read->enough != NET_UNTIL || read->until_bytes > 0);
    /* INVARIANT: one request reads at a time. */
    IOCP_ASSERT(stream->reading == NULL);
    read->stream = stream;
    read->found_bytes = 0;
    net__op_begin(&read->op,
                  &(struct net__begin){
                      .loop = stream->loop,
                      .strand = stream->strand,
                      .inner = read_inner(read, stream->handle.is_socket),
                      .step = read_step,
                      .handler = read_handler});
    read->op.bytes = read->filled_bytes;
    stream->reading = &read->op;
    stream->request_count++;
    if (read->filled_bytes > 0 && is_over(read, 0, false, &status)) {
        read->op.step = read_skip_step;
        net__op_skip(&read->op, status);
    } else if (read_submit(read)) {
        net__ready_next(stream->loop, read->op.inner);
    }
}

/* ---- Readiness ----------------------------------------------------------- */

static void ready_step(struct net_op *op)
{
    struct net_ready *ready = NET__OF(op, struct net_ready, op);

    ready->stream->reading = NULL;
    net__stream_finish(ready->stream, op, op->inner->status, 0);
}

static void ready_handler(struct net_op *op)
{
    struct net_ready *ready = NET__OF(op, struct net_ready, op);

    ready->on_done(ready);
}

void net_ready_start(struct net_stream *stream, struct net_ready *ready)
{
    struct op_readable *inner;

    IOCP_ASSERT(stream != NULL && ready != NULL && ready->on_done != NULL);
    IOCP_ASSERT(stream->reading == NULL);
    inner = &ready->inner;
    if (net__op_is_new(&inner->op, OP_READABLE, &ready->op)) {
        OP_INIT(inner, net__arrived, &ready->op);
    }
    ready->stream = stream;
    net__op_begin(&ready->op,
                  &(struct net__begin){.loop = stream->loop,
                                       .strand = stream->strand,
                                       .inner = &inner->op,
                                       .step = ready_step,
                                       .handler = ready_handler});
    stream->reading = &ready->op;
    stream->request_count++;
    net__op_submit(&ready->op, &stream->handle);
}
