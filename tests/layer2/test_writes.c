/**
 * @file test_writes.c
 * @brief Layer 2: writing to streams.
 *
 * Uses:     streams.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-29, SOCK-32, SOCK-35, SOCK-40, CANCEL-16.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "streams.h"

/* ---- Order ------------------------------------------------------------------- */

static void in_order(void *arg)
{
    struct pair pair;
    struct net_write writes[4];
    WSABUF pieces[4];
    char hel[] = "hel";
    char lo[] = "lo";
    WSABUF gathered[4] = {{0, hel}, {3, hel}, {0, lo}, {2, lo}};

    (void)arg;
    open_pair(&pair, 0);
    init_write(&writes[0], &pair, &pieces[0], "first ");
    init_write(&writes[1], &pair, &pieces[1], "");
    init_write(&writes[2], &pair, &pieces[2], "");
    writes[2].pieces = gathered;
    writes[2].piece_count = 4;
    init_write(&writes[3], &pair, &pieces[3], " last");
    for (size_t i = 0; i < 4; i++) {
        net_write_start(&pair.client, &writes[i]);
    }
    sim_assert(pair.seen.count == 0 && pair.client.write_bytes == 16);
    run(&pair.loop);
    for (size_t i = 0; i < 4; i++) {
        sim_assert(pair.seen.ops[i] == &writes[i].op);
        sim_assert(writes[i].op.status == OP_OK);
        sim_assert(writes[i].op.bytes == writes[i].total_bytes);
    }
    sim_assert(pair.client.write_bytes == 0);
    expect_text(&pair, &pair.server, "first hello last");
    close_pair(&pair);
}

static void writes_go_out_in_the_order_of_the_calls(void **state)
{
    (void)state;
    passes(in_order);
}

static void short_sends(void *arg)
{
    struct pair pair;
    struct net_write write;
    char hel[] = "hel";
    char lo[] = "lo!";
    WSABUF pieces[4] = {{3, hel}, {0, lo}, {3, lo}, {0, lo}};

    (void)arg;
    for (DWORD sent = 1; sent <= 5; sent++) {
        open_pair(&pair, 0);
        init_write(&write, &pair, &pieces[0], hel);
        write.piece_count = 4;
        net_write_start(&pair.client, &write);
        /* Windows takes all or nothing.  Whoever sits between might not: as if
         * it had said that this much was sent. */
        sent = write.op.inner->owner == OP_APP ? sent : 6;
        write.op.inner->bytes = sent;
        run(&pair.loop);
        sim_assert(write.op.status == OP_OK && write.op.bytes == 6);
        sim_assert(pair.client.write_bytes == 0);
        expect_text(&pair, &pair.server, "hello!");
        expect_text(&pair, &pair.server, &"hello!"[sent]);
        close_pair(&pair);
    }
}

static void rest_of_a_short_send_follows(void **state)
{
    (void)state;
    passes(short_sends);
}

/* ---- Much -------------------------------------------------------------------- */

enum { MUCH_BYTES = 300000 };

static char much[MUCH_BYTES];

static void set_buffers(struct net_stream *stream, int bytes)
{
    sim_assert(setsockopt(net_stream_socket(stream),
                          SOL_SOCKET,
                          SO_SNDBUF,
                          (const char *)&bytes,
                          (int)sizeof bytes) == 0);
    sim_assert(setsockopt(net_stream_socket(stream),
                          SOL_SOCKET,
                          SO_RCVBUF,
                          (const char *)&bytes,
                          (int)sizeof bytes) == 0);
}

static void fill_much(void)
{
    for (size_t i = 0; i < MUCH_BYTES; i++) {
        much[i] = (char)(i * 7 + i / 256);
    }
}

static void small_buffers(void *arg)
{
    static char back[MUCH_BYTES];
    struct pair pair;
    struct net_write writes[3];
    struct net_read read;
    WSABUF pieces[3];

    (void)arg;
    fill_much();
    memset(back, 0, sizeof back);
    open_pair(&pair, 0);
    set_buffers(&pair.client, 1000);
    set_buffers(&pair.server, 1000);
    for (size_t i = 0; i < 3; i++) {
        init_write(&writes[i], &pair, &pieces[i], "");
        pieces[i].buf = much + i * (MUCH_BYTES / 3);
        pieces[i].len = MUCH_BYTES / 3;
        net_write_start(&pair.client, &writes[i]);
    }
    init_read(&read, &pair, NET_EXACTLY, back, sizeof back);
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(pair.seen.count == 4 && read.op.status == OP_OK);
    sim_assert(memcmp(much, back, sizeof back) == 0);
    close_pair(&pair);
}

static void much_goes_through_small_buffers(void **state)
{
    (void)state;
    passes_once(small_buffers);
}

/* ---- Too much ---------------------------------------------------------------- */

static void too_much(void *arg)
{
    struct pair pair;
    struct net_write writes[4];
    WSABUF pieces[4];

    (void)arg;
    open_pair(&pair, 0);
    pair.client.write_bytes_max = 10;
    init_write(&writes[0], &pair, &pieces[0], "more than ten bytes ");
    init_write(&writes[1], &pair, &pieces[1], "no");
    net_write_start(&pair.client, &writes[0]);
    net_write_start(&pair.client, &writes[1]);
    run(&pair.loop);
    sim_assert(writes[0].op.status == OP_OK);
    sim_assert(writes[1].op.status == OP_WOULD_BLOCK);
    sim_assert(writes[1].op.bytes == 0 && pair.seen.count == 2);
    for (size_t i = 0; i < 4; i++) {
        static const char *const texts[] = {"12345", "6789", "0", "!"};

        init_write(&writes[i], &pair, &pieces[i], texts[i]);
        net_write_start(&pair.client, &writes[i]);
    }
    run(&pair.loop);
    for (size_t i = 0; i < 4; i++) {
        sim_assert(writes[i].op.status == (i < 3 ? OP_OK : OP_WOULD_BLOCK));
    }
    expect_text(&pair, &pair.server, "more than ten bytes 1234567890");
    close_pair(&pair);
}

static void queue_that_is_full_takes_no_more(void **state)
{
    (void)state;
    passes(too_much);
}

/** @brief Write to a peer that does not read until a write takes too long.
 *  @return How many bytes were sent before. */
static size_t write_until_late(struct pair *pair, struct net_write *write)
{
    WSABUF piece;
    size_t sent = 0;

    init_write(write, pair, &piece, "");
    piece.buf = much;
    piece.len = MUCH_BYTES;
    /* BOUND: the buffers of both ends are full some day. */
    for (unsigned i = 0; i < 1000; i++) {
        pair->seen.count = 0;
        write->op.deadline_us = net_loop_now(&pair->loop) + 20000;
        net_write_start(&pair->client, write);
        run(&pair->loop);
        if (write->op.status != OP_OK) {
            break;
        }
        sent += write->op.bytes;
    }
    return sent;
}

static void never_reads(void *arg)
{
    struct pair pair;
    struct net_write write;
    struct net_write later;
    WSABUF piece;
    size_t sent;

    (void)arg;
    open_pair(&pair, 0);
    set_buffers(&pair.client, 1000);
    set_buffers(&pair.server, 1000);
    sent = write_until_late(&pair, &write);
    sim_assert(write.op.status == OP_TIMEOUT && sent < 1000 * MUCH_BYTES);
    sim_assert(pair.client.write_bytes == 0);
    /* Nobody knows how much of it is on its way. */
    init_write(&later, &pair, &piece, "x");
    net_write_start(&pair.client, &later);
    run(&pair.loop);
    sim_assert(later.op.status == OP_ABORTED && later.op.bytes == 0);
    net_stream_close(&pair.client, NET_ABORTIVE);
    close_pair(&pair);
}

static void peer_that_never_reads_costs_a_deadline(void **state)
{
    (void)state;
    passes_once(never_reads);
}

/* ---- While it waits ---------------------------------------------------------- */

/** @brief Fill the socket, so that writes wait behind one that cannot go.
 *  @return How many bytes a reader must take until the others go on. */
static size_t block_writes(struct pair *pair,
                           struct net_write *write,
                           WSABUF *piece)
{
    size_t count = 0;

    set_buffers(&pair->client, 1000);
    set_buffers(&pair->server, 1000);
    init_write(write, pair, piece, "");
    piece->buf = much;
    piece->len = MUCH_BYTES;
    /* BOUND: the buffers of both ends are full some day. */
    for (unsigned i = 0; i < 1000; i++) {
        pair->seen.count = 0;
        count += MUCH_BYTES;
        net_write_start(&pair->client, write);
        (void)net_loop_run_for(&pair->loop, 100000);
        if (pair->seen.count == 0) {
            break;
        }
        net_loop_restart(&pair->loop);
    }
    sim_assert(pair->client.write_first == &write->op);
    return count;
}

static void take_out(void *arg)
{
    struct pair pair;
    struct net_write blocked;
    struct net_write writes[4];
    struct net_read read;
    WSABUF pieces[5];
    size_t count;
    static char back[MUCH_BYTES];

    (void)arg;
    open_pair(&pair, 0);
    count = block_writes(&pair, &blocked, &pieces[4]);
    for (size_t i = 0; i < 4; i++) {
        static const char *const texts[] = {"a", "b", "c", "d"};

        init_write(&writes[i], &pair, &pieces[i], texts[i]);
    }
    writes[2].op.deadline_us = net_loop_now(&pair.loop) + 5000;
    for (size_t i = 0; i < 4; i++) {
        net_write_start(&pair.client, &writes[i]);
    }
    net_cancel(&writes[0].op);
    net_cancel(&writes[0].op); /* Once is enough. */
    /* BOUND: these two end. */
    while (pair.seen.count < 2) {
        (void)net_loop_run_one(&pair.loop);
    }
    sim_assert(writes[0].op.status == OP_ABORTED);
    sim_assert(writes[2].op.status == OP_TIMEOUT);
    sim_assert(pair.client.broken == OP_OK);
    sim_assert(pair.client.write_bytes == MUCH_BYTES + 2);
    init_read(&read, &pair, NET_EXACTLY, back, sizeof back);
    for (; count > 0; count -= MUCH_BYTES) {
        pair.seen.count = 0;
        net_read_start(&pair.server, &read);
        /* BOUND: what was written arrives. */
        while (read.op.is_started) {
            (void)net_loop_run_one(&pair.loop);
        }
        sim_assert(memcmp(much, back, sizeof back) == 0);
    }
    run(&pair.loop);
    expect_text(&pair, &pair.server, "bd");
    close_pair(&pair);
}

static void write_that_waits_is_taken_out_unsent(void **state)
{
    (void)state;
    passes_once(take_out);
}

static void close_queue(void *arg)
{
    struct pair pair;
    struct net_write blocked;
    struct net_write writes[4];
    WSABUF pieces[5];

    (void)arg;
    open_pair(&pair, 0);
    (void)block_writes(&pair, &blocked, &pieces[4]);
    for (size_t i = 0; i < 4; i++) {
        init_write(&writes[i], &pair, &pieces[i], "abc");
        net_write_start(&pair.client, &writes[i]);
    }
    net_stream_close(&pair.client, NET_GRACEFUL);
    run(&pair.loop);
    sim_assert(pair.seen.count == 5 && net_stream_idle(&pair.client));
    sim_assert(blocked.op.status == OP_ABORTED);
    for (size_t i = 0; i < 4; i++) {
        sim_assert(writes[i].op.status == OP_ABORTED);
        sim_assert(writes[i].op.bytes == 0);
        sim_assert(pair.seen.ops[i + 1] == &writes[i].op);
    }
    sim_assert(pair.client.write_bytes == 0);
    /* Not all that was written arrives, and the reader is told so. */
    (void)read_end(&pair, &pair.server, OP_RESET);
    close_pair(&pair);
}

static void close_drops_writes_that_wait(void **state)
{
    (void)state;
    passes_once(close_queue);
}

static void cancel_queue(void *arg)
{
    struct pair pair;
    struct net_write blocked;
    struct net_write writes[2];
    WSABUF pieces[3];
    bool all = sim_choose(2) != 0;

    (void)arg;
    open_pair(&pair, 0);
    (void)block_writes(&pair, &blocked, &pieces[2]);
    for (size_t i = 0; i < 2; i++) {
        init_write(&writes[i], &pair, &pieces[i], "abc");
        net_write_start(&pair.client, &writes[i]);
    }
    if (all) {
        net_stream_cancel(&pair.client);
    } else {
        net_cancel(&blocked.op);
    }
    run(&pair.loop);
    sim_assert(pair.seen.count == 3 && blocked.op.status == OP_ABORTED);
    for (size_t i = 0; i < 2; i++) {
        /* Nobody asked it to end, but it cannot follow. */
        sim_assert(writes[i].op.is_cancelled == all);
        sim_assert(writes[i].op.status == OP_ABORTED);
        sim_assert(writes[i].op.bytes == 0);
    }
    net_stream_close(&pair.client, NET_ABORTIVE);
    (void)read_end(&pair, &pair.server, OP_RESET);
    close_pair(&pair);
}

static void write_that_breaks_the_stream_ends_those_behind(void **state)
{
    (void)state;
    passes(cancel_queue);
}

/* ---- Ends -------------------------------------------------------------------- */

static void half_close(void *arg)
{
    struct pair pair;
    struct net_write writes[3];
    WSABUF pieces[3];

    (void)arg;
    open_pair(&pair, 0);
    for (size_t i = 0; i < 2; i++) {
        init_write(&writes[i], &pair, &pieces[i], "abc");
        net_write_start(&pair.client, &writes[i]);
    }
    sim_assert(net_stream_shutdown(&pair.client) == OP_OK);
    init_write(&writes[2], &pair, &pieces[2], "too late");
    net_write_start(&pair.client, &writes[2]);
    run(&pair.loop);
    sim_assert(writes[0].op.status == OP_OK && writes[1].op.status == OP_OK);
    sim_assert(writes[2].op.status == OP_SHUT_DOWN);
    expect_text(&pair, &pair.server, "abcabc");
    sim_assert(read_end(&pair, &pair.server, OP_EOF) == 0);
    /* The other direction goes on. */
    send_text(&pair, &pair.server, "answer");
    expect_text(&pair, &pair.client, "answer");
    close_pair(&pair);
}

static void shutdown_waits_for_the_last_write(void **state)
{
    (void)state;
    passes(half_close);
}

static void peer_gone(void *arg)
{
    struct pair pair;
    struct net_write write;
    WSABUF piece;

    (void)arg;
    open_pair(&pair, 0);
    net_stream_close(&pair.server, NET_ABORTIVE);
    sim_assert(read_end(&pair, &pair.client, OP_RESET) == 0);
    for (unsigned i = 0; i < 2; i++) {
        init_write(&write, &pair, &piece, "abc");
        net_write_start(&pair.client, &write);
        run(&pair.loop);
        sim_assert(write.op.status == OP_RESET && write.op.bytes == 0);
    }
    sim_assert(pair.client.broken == OP_RESET);
    close_pair(&pair);
}

static void write_to_a_peer_that_is_gone_fails(void **state)
{
    (void)state;
    passes(peer_gone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_go_out_in_the_order_of_the_calls),
        cmocka_unit_test(rest_of_a_short_send_follows),
        cmocka_unit_test(much_goes_through_small_buffers),
        cmocka_unit_test(queue_that_is_full_takes_no_more),
        cmocka_unit_test(peer_that_never_reads_costs_a_deadline),
        cmocka_unit_test(write_that_waits_is_taken_out_unsent),
        cmocka_unit_test(close_drops_writes_that_wait),
        cmocka_unit_test(write_that_breaks_the_stream_ends_those_behind),
        cmocka_unit_test(shutdown_waits_for_the_last_write),
        cmocka_unit_test(write_to_a_peer_that_is_gone_fails),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
