/**
 * @file test_reads.c
 * @brief Layer 2: reading from streams.
 *
 * Uses:     streams.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-11, SOCK-18, SOCK-19, CANCEL-04.
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

/* ---- Enough ------------------------------------------------------------------ */

static void some(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[16];

    (void)arg;
    open_pair(&pair, 0);
    send_text(&pair, &pair.client, "hello world");
    init_read(&read, &pair, NET_SOME, bytes, sizeof bytes);
    /* BOUND: each turn brings a byte, and there are eleven. */
    while (read.filled_bytes < 11) {
        net_read_start(&pair.server, &read);
        run(&pair.loop);
        sim_assert(read.op.status == OP_OK);
        sim_assert(read.op.bytes > read.filled_bytes);
        read.filled_bytes = read.op.bytes;
    }
    sim_assert(memcmp(bytes, "hello world", 11) == 0);
    close_pair(&pair);
}

static void some_is_at_least_a_byte(void **state)
{
    (void)state;
    passes(some);
}

static void exactly(void *arg)
{
    struct pair pair;

    (void)arg;
    open_pair(&pair, 0);
    send_text(&pair, &pair.client, "hello ");
    send_text(&pair, &pair.client, "world!");
    expect_text(&pair, &pair.server, "hello wor");
    expect_text(&pair, &pair.server, "ld!");
    close_pair(&pair);
}

static void exactly_fills_the_buffer(void **state)
{
    (void)state;
    passes(exactly);
}

static void until(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[32];

    (void)arg;
    open_pair(&pair, 0);
    init_read(&read, &pair, NET_UNTIL, bytes, sizeof bytes);
    read.until = "\r\n";
    read.until_bytes = 2;
    send_text(&pair, &pair.client, "one\r");
    net_read_start(&pair.server, &read);
    sim_assert(net_loop_poll(&pair.loop) == 0);
    send_text(&pair, &pair.client, "\n\rtwo\r\nthree\r\n");
    sim_assert(read.op.status == OP_OK && read.found_bytes == 5);
    for (size_t i = 0; i < 2; i++) {
        static const char *const lines[] = {"\rtwo\r\n", "three\r\n"};

        /* What was read behind the text is the beginning of the next. */
        read.filled_bytes = read.op.bytes - read.found_bytes;
        memmove(bytes, bytes + read.found_bytes, read.filled_bytes);
        net_read_start(&pair.server, &read);
        run(&pair.loop);
        sim_assert(read.op.status == OP_OK);
        sim_assert(read.found_bytes == strlen(lines[i]));
        sim_assert(memcmp(bytes, lines[i], read.found_bytes) == 0);
    }
    sim_assert(read.op.bytes == read.found_bytes);
    close_pair(&pair);
}

static void until_finds_the_text_wherever_it_is_cut(void **state)
{
    (void)state;
    passes(until);
}

static void until_all_cuts(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[8];

    (void)arg;
    open_pair(&pair, 0);
    send_text(&pair, &pair.client, "aaab");
    init_read(&read, &pair, NET_UNTIL, bytes, sizeof bytes);
    read.until = "aab";
    read.until_bytes = 3;
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(read.op.status == OP_OK && read.op.bytes == 4);
    sim_assert(read.found_bytes == 4);
    close_pair(&pair);
}

static void until_finds_the_text_in_every_schedule(void **state)
{
    (void)state;
    passes_all(until_all_cuts, "dfs", 8);
}

static void no_room(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[4];

    (void)arg;
    open_pair(&pair, 0);
    send_text(&pair, &pair.client, "abcdef\n");
    init_read(&read, &pair, NET_UNTIL, bytes, sizeof bytes);
    read.until = "\n";
    read.until_bytes = 1;
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(read.op.status == OP_TRUNCATED && read.op.bytes == 4);
    sim_assert(memcmp(bytes, "abcd", 4) == 0 && read.found_bytes == 0);
    /* A buffer that is full already has no room for some more either. */
    read.enough = NET_SOME;
    read.filled_bytes = 4;
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(read.op.status == OP_TRUNCATED && read.op.bytes == 4);
    expect_text(&pair, &pair.server, "ef\n");
    close_pair(&pair);
}

static void full_buffer_without_the_text_is_truncated(void **state)
{
    (void)state;
    passes(no_room);
}

static void filled(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[4] = {'a', '\n', 'b', 'c'};

    (void)arg;
    open_pair(&pair, 0);
    init_read(&read, &pair, NET_EXACTLY, bytes, sizeof bytes);
    read.filled_bytes = 4;
    net_read_start(&pair.server, &read);
    sim_assert(pair.seen.count == 0); /* Never inside the call. */
    run(&pair.loop);
    sim_assert(read.op.status == OP_OK && read.op.bytes == 4);
    read.enough = NET_UNTIL;
    read.until = "\n";
    read.until_bytes = 1;
    read.filled_bytes = 3;
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(read.op.status == OP_OK && read.op.bytes == 3);
    sim_assert(read.found_bytes == 2);
    close_pair(&pair);
}

static void what_is_there_already_may_be_enough(void **state)
{
    (void)state;
    passes(filled);
}

/* ---- Ends -------------------------------------------------------------------- */

static void end_inside(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[5];

    (void)arg;
    open_pair(&pair, 0);
    send_text(&pair, &pair.client, "abc");
    sim_assert(net_stream_shutdown(&pair.client) == OP_OK);
    init_read(&read, &pair, NET_EXACTLY, bytes, sizeof bytes);
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(read.op.status == OP_EOF && read.op.bytes == 3);
    sim_assert(memcmp(bytes, "abc", 3) == 0);
    /* It stays the end. */
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(read.op.status == OP_EOF && read.op.bytes == 0);
    close_pair(&pair);
}

static void end_inside_a_read_keeps_what_came(void **state)
{
    (void)state;
    passes(end_inside);
}

static void reset(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[5];

    (void)arg;
    open_pair(&pair, 0);
    init_read(&read, &pair, NET_EXACTLY, bytes, sizeof bytes);
    net_read_start(&pair.server, &read);
    net_stream_close(&pair.client, NET_ABORTIVE);
    run(&pair.loop);
    sim_assert(read.op.status == OP_RESET && read.op.error != 0);
    close_pair(&pair);
}

static void abortive_close_resets_the_peer(void **state)
{
    (void)state;
    passes(reset);
}

static void close_under_read(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[5];

    (void)arg;
    open_pair(&pair, 0);
    init_read(&read, &pair, NET_EXACTLY, bytes, sizeof bytes);
    net_read_start(&pair.server, &read);
    net_stream_close(&pair.server, NET_GRACEFUL);
    sim_assert(!net_stream_idle(&pair.server));
    run(&pair.loop);
    sim_assert(read.op.status == OP_ABORTED && pair.seen.count == 1);
    sim_assert(net_stream_idle(&pair.server));
    /* And after the close. */
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(read.op.status == OP_ABORTED && pair.seen.count == 2);
    close_pair(&pair);
}

static void close_ends_a_read(void **state)
{
    (void)state;
    passes(close_under_read);
}

/* ---- Asked to end ------------------------------------------------------------ */

static void cancel(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[5];

    (void)arg;
    open_pair(&pair, 0);
    send_text(&pair, &pair.client, "abc");
    init_read(&read, &pair, NET_EXACTLY, bytes, sizeof bytes);
    net_read_start(&pair.server, &read);
    (void)net_loop_poll(&pair.loop);
    net_cancel(&read.op);
    run(&pair.loop);
    sim_assert(read.op.status == OP_ABORTED && read.op.bytes <= 3);
    /* Nothing is lost. */
    read.filled_bytes = read.op.bytes;
    send_text(&pair, &pair.client, "de");
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(read.op.status == OP_OK && memcmp(bytes, "abcde", 5) == 0);
    close_pair(&pair);
}

static void cancelled_read_keeps_what_came(void **state)
{
    (void)state;
    passes(cancel);
}

static void too_late(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[5];
    uint64_t start_us;

    (void)arg;
    open_pair(&pair, 0);
    start_us = net_loop_now(&pair.loop);
    init_read(&read, &pair, NET_SOME, bytes, sizeof bytes);
    read.op.deadline_us = start_us + 20000;
    net_read_start(&pair.server, &read);
    run(&pair.loop);
    sim_assert(read.op.status == OP_TIMEOUT && read.op.bytes == 0);
    sim_assert(net_loop_now(&pair.loop) >= start_us + 20000);
    send_text(&pair, &pair.client, "abc");
    expect_text(&pair, &pair.server, "abc");
    close_pair(&pair);
}

static void deadline_ends_a_read(void **state)
{
    (void)state;
    passes(too_late);
}

struct race {
    struct pair pair;
    struct net_timer timer;
    struct net_write write;
    WSABUF piece;
};

static void write_now(struct net_timer *timer)
{
    struct race *race = timer->op.context;

    net_write_start(&race->pair.client, &race->write);
}

static void in_time_or_not(void *arg)
{
    struct race race;
    struct pair *pair = &race.pair;
    struct net_read read;
    char bytes[5];
    uint64_t due_us;

    (void)arg;
    memset(&race, 0, sizeof race);
    open_pair(pair, 0);
    init_write(&race.write, pair, &race.piece, "abcde");
    init_read(&read, pair, NET_EXACTLY, bytes, sizeof bytes);
    due_us = net_loop_now(&pair->loop) + 5000;
    net_timer_init(&race.timer, &pair->loop, NULL, write_now);
    race.timer.op.context = &race;
    net_timer_start(&race.timer, due_us, 0);
    read.op.deadline_us = due_us + sim_choose(3) * 500;
    net_read_start(&pair->server, &read);
    run(&pair->loop);
    sim_assert(pair->seen.count == 2);
    if (read.op.status == OP_OK) {
        sim_mark("the bytes win");
    } else {
        sim_assert(read.op.status == OP_TIMEOUT);
        sim_mark("the deadline wins");
        read.filled_bytes = read.op.bytes;
        net_read_start(&pair->server, &read);
        run(&pair->loop);
    }
    sim_assert(read.op.status == OP_OK && memcmp(bytes, "abcde", 5) == 0);
    close_pair(pair);
}

static void deadline_and_bytes_have_one_winner(void **state)
{
    (void)state;
    passes(in_time_or_not);
#ifndef DRYPORT_REAL
    assert_true(sim_marked("the bytes win") > 0);
    assert_true(sim_marked("the deadline wins") > 0);
#endif
}

/* ---- Readiness --------------------------------------------------------------- */

static void see_ready(struct net_ready *ready)
{
    see(ready->op.context, &ready->op);
}

static void readiness(void *arg)
{
    struct pair pair;
    struct net_ready ready = {.on_done = see_ready};

    (void)arg;
    open_pair(&pair, 0);
    ready.op.context = &pair;
    net_ready_start(&pair.server, &ready);
    sim_assert(net_loop_poll(&pair.loop) == 0);
    send_text(&pair, &pair.client, "abc");
    sim_assert(ready.op.status == OP_OK && pair.seen.count == 2);
    expect_text(&pair, &pair.server, "abc");
    /* The end is something to read, too. */
    net_ready_start(&pair.server, &ready);
    sim_assert(net_stream_shutdown(&pair.client) == OP_OK);
    run(&pair.loop);
    sim_assert(ready.op.status == OP_OK);
    sim_assert(read_end(&pair, &pair.server, OP_EOF) == 0);
    /* And it can be cancelled. */
    net_ready_start(&pair.client, &ready);
    net_stream_cancel(&pair.client);
    run(&pair.loop);
    sim_assert(ready.op.status == OP_ABORTED);
    close_pair(&pair);
}

static void ready_says_that_there_is_something(void **state)
{
    (void)state;
    passes(readiness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(some_is_at_least_a_byte),
        cmocka_unit_test(exactly_fills_the_buffer),
        cmocka_unit_test(until_finds_the_text_wherever_it_is_cut),
        cmocka_unit_test(until_finds_the_text_in_every_schedule),
        cmocka_unit_test(full_buffer_without_the_text_is_truncated),
        cmocka_unit_test(what_is_there_already_may_be_enough),
        cmocka_unit_test(end_inside_a_read_keeps_what_came),
        cmocka_unit_test(abortive_close_resets_the_peer),
        cmocka_unit_test(close_ends_a_read),
        cmocka_unit_test(cancelled_read_keeps_what_came),
        cmocka_unit_test(deadline_ends_a_read),
        cmocka_unit_test(deadline_and_bytes_have_one_winner),
        cmocka_unit_test(ready_says_that_there_is_something),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
