/**
 * @file lesson.c
 * @brief Lesson 12: streams.
 *
 * A producer makes blocks faster than its peer reads them.  The stream sends
 * one write at a time and queues so many bytes behind it; then it refuses, and
 * the producer has to wait until there is room.  That, and not a larger queue,
 * is what keeps a slow peer from costing memory.
 *
 * Uses:     net.h, lesson_socket.h.
 * Used by:  dry run lesson-12.
 * Facts:    SOCK-27, SOCK-29, SOCK-35, SOCK-40.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "net.h"

#include <string.h>

enum {
    BLOCKS = 7,
    BLOCK_BYTES = 50000,
    QUEUE_BYTES = 3 * BLOCK_BYTES,
    ANSWER_BYTES = 6
};

/** One write of the producer's. */
struct block {
    struct net_write write;
    WSABUF piece;
    char bytes[BLOCK_BYTES];
    bool is_ours; /**< It is not lent, and has still to be sent. */
};

/** Who writes. */
struct producer {
    struct net_stream stream;
    struct block blocks[BLOCKS];
    int next; /**< The block to go on with. */
    int sent; /**< Blocks that are sent: always the first ones. */
    struct net_read read;
    char answer[ANSWER_BYTES]; /**< What the peer says at last. */
};

static void on_written(struct net_write *write);
static void on_answer(struct net_read *read);

static void init_blocks(struct producer *producer)
{
    for (int at = 0; at < BLOCKS; at++) {
        struct block *block = &producer->blocks[at];

        memset(block->bytes, 'a' + at, BLOCK_BYTES);
        block->piece = (WSABUF){BLOCK_BYTES, block->bytes};
        block->write = (struct net_write){.op.context = producer,
                                          .pieces = &block->piece,
                                          .piece_count = 1,
                                          .on_done = on_written};
        block->is_ours = true;
    }
}

/* ---- Writing ------------------------------------------------------------- */

//! [give]
/** @brief Lend the next block to the stream, wanted or not. */
static void give(struct producer *producer)
{
    struct block *block = &producer->blocks[producer->next++];

    block->is_ours = false;
    net_write_start(&producer->stream, &block->write);
}

/** @brief Give what has room, in order. */
static void go_on(struct producer *producer)
{
    const struct net_stream *stream = &producer->stream;

    /* BOUND: each turn gives a block. */
    while (producer->next < BLOCKS &&
           producer->blocks[producer->next].is_ours &&
           stream->write_bytes + BLOCK_BYTES <= stream->write_bytes_max) {
        sim_note("block %d: again", producer->next + 1);
        give(producer);
    }
}
//! [give]

static void finish(struct producer *producer);

//! [written]
/** @brief A block comes back: sent, or refused because the queue is full. */
static void on_written(struct net_write *write)
{
    struct producer *producer = write->op.context;
    struct block *block = (struct block *)(void *)write;
    int at = (int)(block - producer->blocks);

    if (write->op.status == OP_WOULD_BLOCK) {
        sim_note("block %d: refused, %u bytes are queued",
                 at + 1,
                 (unsigned)producer->stream.write_bytes);
        block->is_ours = true;
        if (at < producer->next) {
            producer->next = at;
        }
    } else {
        sim_assert(write->op.status == OP_OK);
        sim_assert(at == producer->sent); /* In the order of the calls. */
        producer->sent++;
        sim_note("block %d: sent", at + 1);
    }
    go_on(producer);
    if (producer->sent == BLOCKS) {
        finish(producer);
    }
}
//! [written]

/* ---- The end ------------------------------------------------------------- */

//! [half-close]
/** @brief Say that nothing more will be sent, and hear what the peer says. */
static void finish(struct producer *producer)
{
    struct net_read *read = &producer->read;

    sim_note("all sent: half close");
    sim_assert(net_stream_shutdown(&producer->stream) == OP_OK);
    *read = (struct net_read){.op.context = producer,
                              .enough = NET_EXACTLY,
                              .buffer = producer->answer,
                              .buffer_bytes = sizeof producer->answer,
                              .on_done = on_answer};
    net_read_start(&producer->stream, read);
}

static void on_answer(struct net_read *read)
{
    struct producer *producer = read->op.context;

    sim_assert(read->op.status == OP_OK);
    sim_note("the peer has got %.6s bytes", producer->answer);
    net_stream_close(&producer->stream, NET_GRACEFUL);
}
//! [half-close]

/* ---- The peer ------------------------------------------------------------ */

/** @brief Read a little now and then until the stream ends, and say how much
 *  it was. */
static DWORD WINAPI read_slowly(void *arg)
{
    SOCKET socket = *(const SOCKET *)arg;
    static char bytes[2 * BLOCK_BYTES];
    char answer[16];
    int total = 0;

    /* BOUND: the producer ends the stream. */
    for (;;) {
        int part;

        Sleep(20);
        part = recv(socket, bytes, (int)sizeof bytes, 0);
        sim_assert(part >= 0);
        if (part == 0) {
            break;
        }
        for (int at = 0; at < part; at++) {
            sim_assert(bytes[at] == 'a' + (total + at) / BLOCK_BYTES);
        }
        total += part;
    }
    (void)snprintf(answer, sizeof answer, "%d", total);
    lesson_say(socket, answer);
    sim_assert(closesocket(socket) == 0);
    return 0;
}

//! [program]
void lesson_12(void *arg)
{
    static struct producer producer;
    struct lesson_pair pair;
    struct net_loop loop;
    HANDLE peer;

    (void)arg;
    memset(&producer, 0, sizeof producer);
    sim_assert(net_loop_open(&loop, NULL) == OP_OK);
    pair = lesson_pair();
    sim_assert(net_stream_adopt(&producer.stream,
                                &loop,
                                NULL,
                                &(struct op_open){.socket = pair.here}) ==
               OP_OK);
    producer.stream.write_bytes_max = QUEUE_BYTES;
    init_blocks(&producer);
    peer = CreateThread(NULL, 0, read_slowly, &pair.there, 0, NULL);
    sim_assert(peer != NULL);

    while (producer.next < BLOCKS) {
        give(&producer); /* As fast as it can. */
    }
    (void)net_loop_run(&loop);

    sim_assert(net_stream_idle(&producer.stream));
    sim_assert(memcmp(producer.answer, "350000", ANSWER_BYTES) == 0);
    lesson_join(peer);
    net_loop_close(&loop);
}
//! [program]

/* expect: dry run lesson-12 --seed 1
 *   blocks 4 to 7 are refused; each is given again when one before it is sent
 *   the peer has got 350000 bytes
 */
