/**
 * @file test_connects.c
 * @brief Layer 2: connecting, with ConnectEx and without.
 *
 * Each test runs both ways.
 *
 * Uses:     streams.h, sim_network.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-80, SOCK-85, SOCK-87, SOCK-91, SOCK-93.
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

#include "sim_network.h"

static unsigned flags; /* Of the loop. */

static void both_ways(sim_scenario_fn *scenario)
{
    flags = 0;
    passes(scenario);
    flags = NET_NO_CONNECT_EX;
    passes(scenario);
}

/** @brief Open a stream and begin to connect. */
static void begin(struct pair *pair,
                  struct net_connect *connect,
                  const struct net_address *address)
{
    memset(connect, 0, sizeof *connect);
    connect->op.context = pair;
    connect->on_done = see_connect;
    sim_assert(net_tcp_open(&pair->client, &pair->loop, NULL, AF_INET) ==
               OP_OK);
    net_connect_start(&pair->client, connect, address);
    sim_assert(pair->seen.count == 0);
}

static void end(struct pair *pair)
{
    if (!pair->client.is_closed) {
        net_stream_close(&pair->client, NET_GRACEFUL);
    }
    sim_assert(net_stream_idle(&pair->client));
    close_place(pair);
}

static bool same(const struct net_address *one, const struct net_address *other)
{
    char text[2][NET_ADDRESS_TEXT_BYTES];

    return strcmp(net_address_write(one, text[0]),
                  net_address_write(other, text[1])) == 0;
}

/* ---- Success ----------------------------------------------------------------- */

static void talk(void *arg)
{
    struct pair pair;
    struct net_address here;
    struct net_address there;

    (void)arg;
    open_pair(&pair, flags);
    sim_assert((flags != 0) ==
               (pair.client.handle.provider->connect_ex == NULL));
    sim_assert(net_stream_local(&pair.client, &here) == OP_OK);
    sim_assert(net_stream_remote(&pair.server, &there) == OP_OK);
    sim_assert(same(&here, &there));
    sim_assert(net_stream_remote(&pair.client, &there) == OP_OK);
    sim_assert(same(&there, &pair.address));
    send_text(&pair, &pair.client, "hello");
    expect_text(&pair, &pair.server, "hello");
    send_text(&pair, &pair.server, "world");
    expect_text(&pair, &pair.client, "world");
    sim_assert(net_stream_shutdown(&pair.client) == OP_OK);
    sim_assert(read_end(&pair, &pair.server, OP_EOF) == 0);
    close_pair(&pair);
}

static void connected_stream_talks(void **state)
{
    (void)state;
    both_ways(talk);
}

static void bound(void *arg)
{
    struct pair pair;
    struct net_connect connect = {.on_done = see_connect};
    struct net_address any;
    struct net_address here;
    struct net_address local;

    (void)arg;
    open_place(&pair, flags);
    connect.op.context = &pair;
    sim_assert(net_address_read(&any, "127.0.0.1:0") == OP_OK);
    sim_assert(net_tcp_open(&pair.client, &pair.loop, NULL, AF_INET) == OP_OK);
    sim_assert(net_tcp_bind(&pair.client, &any) == OP_OK);
    sim_assert(net_stream_local(&pair.client, &here) == OP_OK);
    net_connect_start(&pair.client, &connect, &pair.address);
    run(&pair.loop);
    sim_assert(connect.op.status == OP_OK);
    sim_assert(net_stream_local(&pair.client, &local) == OP_OK);
    sim_assert(same(&here, &local));
    end(&pair);
}

static void bound_stream_keeps_its_name(void **state)
{
    (void)state;
    both_ways(bound);
}

/* ---- Failure ----------------------------------------------------------------- */

static void refused(void *arg)
{
    struct pair pair;
    struct net_connect connect;
    struct net_address silence;

    (void)arg;
    open_place(&pair, flags);
    find_silence(&pair, &silence);
    begin(&pair, &connect, &silence);
    run(&pair.loop);
    sim_assert(connect.op.status == OP_CONNECTION_REFUSED);
    sim_assert(connect.op.error != 0 && pair.seen.count == 1);
    /* The same stream tries again elsewhere. */
    net_connect_start(&pair.client, &connect, &pair.address);
    run(&pair.loop);
    sim_assert(pair.seen.count == 2);
    if (connect.op.status == OP_OK) {
        send_text(&pair, &pair.client, "hello");
    } else {
        sim_assert(!sim_is_simulated()); /* Not under Wine. */
    }
    end(&pair);
}

static void refused_connect_may_be_tried_again(void **state)
{
    (void)state;
    both_ways(refused);
}

static void too_early(void *arg)
{
    struct pair pair;
    struct net_connect connect;
    struct net_write write;
    WSABUF piece;

    (void)arg;
    open_place(&pair, flags);
    memset(&connect, 0, sizeof connect);
    connect.op.context = &pair;
    connect.on_done = see_connect;
    sim_assert(net_tcp_open(&pair.client, &pair.loop, NULL, AF_INET) == OP_OK);
    init_write(&write, &pair, &piece, "early");
    net_write_start(&pair.client, &write);
    run(&pair.loop);
    sim_assert(write.op.status == OP_NOT_CONNECTED || !sim_is_simulated());
    net_connect_start(&pair.client, &connect, &pair.address);
    run(&pair.loop);
    sim_assert(connect.op.status == OP_OK);
    send_text(&pair, &pair.client, "hello");
    end(&pair);
}

static void write_before_the_connect_spoils_nothing(void **state)
{
    (void)state;
    both_ways(too_early);
}

static void nowhere(void *arg)
{
    struct pair pair;
    struct net_connect connect;
    struct net_address any;

    (void)arg;
    open_place(&pair, flags);
    sim_assert(net_address_read(&any, "0.0.0.0:80") == OP_OK);
    begin(&pair, &connect, &any);
    run(&pair.loop);
    sim_assert(connect.op.status == OP_BAD_ADDRESS ||
               !sim_is_simulated()); /* Where 0.0.0.0 is this host. */
    end(&pair);
}

static void connect_to_nowhere_fails(void **state)
{
    (void)state;
    both_ways(nowhere);
}

/* ---- Asked to end ------------------------------------------------------------ */

#ifndef DRYPORT_REAL
/** @brief An address that never answers. */
static void find_void(struct net_address *address_out)
{
    sim_assert(sim_host_add() == 2);
    sim_link_cut(1, 2);
    sim_assert(net_address_read(address_out, "10.0.0.2:80") == OP_OK);
}

static void too_late(void *arg)
{
    struct pair pair;
    struct net_connect connect = {.on_done = see_connect};
    struct net_address nobody;
    uint64_t start_us;

    (void)arg;
    open_place(&pair, flags);
    find_void(&nobody);
    connect.op.context = &pair;
    sim_assert(net_tcp_open(&pair.client, &pair.loop, NULL, AF_INET) == OP_OK);
    start_us = net_loop_now(&pair.loop);
    connect.op.deadline_us = start_us + 50000;
    net_connect_start(&pair.client, &connect, &nobody);
    run(&pair.loop);
    sim_assert(connect.op.status == OP_TIMEOUT);
    sim_assert(net_loop_now(&pair.loop) >= start_us + 50000);
    end(&pair);
}

static void deadline_ends_a_connect(void **state)
{
    (void)state;
    both_ways(too_late);
}

static void no_answer(void *arg)
{
    struct pair pair;
    struct net_connect connect;
    struct net_address nobody;

    (void)arg;
    open_place(&pair, flags);
    find_void(&nobody);
    begin(&pair, &connect, &nobody);
    run(&pair.loop);
    /* Windows gave up. */
    sim_assert(connect.op.status == OP_TIMEOUT);
    end(&pair);
}

static void connect_without_an_answer_ends_by_itself(void **state)
{
    (void)state;
    flags = 0;
    passes_once(no_answer);
    flags = NET_NO_CONNECT_EX;
    passes_once(no_answer);
}

static void cancelled(void *arg)
{
    struct pair pair;
    struct net_connect connect;
    struct net_address nobody;

    (void)arg;
    open_place(&pair, flags);
    find_void(&nobody);
    begin(&pair, &connect, &nobody);
    (void)net_loop_run_for(&pair.loop, sim_choose(4) * 1000);
    net_stream_cancel(&pair.client);
    run(&pair.loop);
    sim_assert(pair.seen.count == 1);
    if (connect.op.status != OP_TIMEOUT) { /* Windows gave up before. */
        sim_assert(connect.op.status == OP_ABORTED);
        sim_mark("cancelled in time");
    }
    end(&pair);
}

static void cancel_ends_a_connect(void **state)
{
    (void)state;
    both_ways(cancelled);
    assert_true(sim_marked("cancelled in time") > 0);
}
#endif

static void closed(void *arg)
{
    struct pair pair;
    struct net_connect connect;

    (void)arg;
    open_place(&pair, flags);
    begin(&pair, &connect, &pair.address);
    (void)net_loop_run_for(&pair.loop, sim_choose(4) * 500);
    net_stream_close(&pair.client, NET_ABORTIVE);
    run(&pair.loop);
    sim_assert(pair.seen.count == 1);
    sim_assert(connect.op.status == OP_ABORTED || connect.op.status == OP_OK);
    if (connect.op.status == OP_OK) {
        sim_mark("connected before the close");
    }
    /* And after the close. */
    net_connect_start(&pair.client, &connect, &pair.address);
    run(&pair.loop);
    sim_assert(pair.seen.count == 2 && connect.op.status == OP_ABORTED);
    end(&pair);
}

static void close_ends_a_connect(void **state)
{
    (void)state;
    both_ways(closed);
#ifndef DRYPORT_REAL
    assert_true(sim_marked("connected before the close") > 0);
#endif
}

static void drained(void *arg)
{
    struct pair pair;
    struct net_connect connect;

    (void)arg;
    open_place(&pair, flags);
    begin(&pair, &connect, &pair.address);
    (void)net_loop_drain(&pair.loop);
    sim_assert(pair.seen.count == 1 && net_stream_idle(&pair.client));
    sim_assert(connect.op.status == OP_ABORTED || connect.op.status == OP_OK);
    net_loop_close(&pair.loop);
}

static void drain_ends_a_connect(void **state)
{
    (void)state;
    both_ways(drained);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(connected_stream_talks),
        cmocka_unit_test(bound_stream_keeps_its_name),
        cmocka_unit_test(refused_connect_may_be_tried_again),
        cmocka_unit_test(write_before_the_connect_spoils_nothing),
        cmocka_unit_test(connect_to_nowhere_fails),
#ifndef DRYPORT_REAL
        cmocka_unit_test(deadline_ends_a_connect),
        cmocka_unit_test(connect_without_an_answer_ends_by_itself),
        cmocka_unit_test(cancel_ends_a_connect),
#endif
        cmocka_unit_test(close_ends_a_connect),
        cmocka_unit_test(drain_ends_a_connect),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
