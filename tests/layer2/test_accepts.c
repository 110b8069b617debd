/**
 * @file test_accepts.c
 * @brief Layer 2: listening and accepting.
 *
 * Uses:     streams.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-49, SOCK-60, SOCK-66, SOCK-74, SOCK-76.
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

enum { POOL = 4, CLIENTS = 10 };

/* ---- A pool ------------------------------------------------------------------ */

struct pool {
    struct pair pair;
    struct net_accept accepts[POOL];
    struct net_stream servers[CLIENTS + POOL];
    struct net_address remotes[CLIENTS + POOL];
    unsigned accepted;
    unsigned begun;
};

static void accept_next(struct pool *pool, struct net_accept *accept)
{
    net_accept_start(&pool->pair.acceptor,
                     accept,
                     &pool->servers[pool->begun++],
                     NULL);
}

static void accepted(struct net_accept *accept)
{
    struct pool *pool = accept->op.context;
    struct net_address address;
    char text[2][NET_ADDRESS_TEXT_BYTES];

    sim_assert(accept->op.status == OP_OK);
    sim_assert(net_stream_remote(accept->stream, &address) == OP_OK);
    sim_assert(strcmp(net_address_write(&address, text[0]),
                      net_address_write(&accept->remote, text[1])) == 0);
    pool->remotes[pool->accepted++] = accept->remote;
    if (pool->accepted < CLIENTS) {
        accept_next(pool, accept);
    } else {
        /* Those of the pool that wait for more end with it. */
        net_acceptor_close(&pool->pair.acceptor);
    }
}

static void aborted_or_accepted(struct net_accept *accept)
{
    struct pool *pool = accept->op.context;

    if (pool->pair.acceptor.is_closed) {
        sim_assert(accept->op.status == OP_ABORTED);
        sim_assert(net_stream_idle(accept->stream));
    } else {
        accepted(accept);
    }
}

static void use_pool(void *arg)
{
    static struct pool pool;
    struct net_connect connects[CLIENTS];
    struct net_stream clients[CLIENTS];

    (void)arg;
    memset(&pool, 0, sizeof pool);
    memset(connects, 0, sizeof connects);
    open_place(&pool.pair, 0);
    for (size_t i = 0; i < POOL; i++) {
        pool.accepts[i].op.context = &pool;
        pool.accepts[i].on_done = aborted_or_accepted;
        accept_next(&pool, &pool.accepts[i]);
    }
    for (size_t i = 0; i < CLIENTS; i++) {
        sim_assert(net_tcp_open(&clients[i], &pool.pair.loop, NULL, AF_INET) ==
                   OP_OK);
        connects[i].op.context = &pool.pair;
        connects[i].on_done = see_connect;
        net_connect_start(&clients[i], &connects[i], &pool.pair.address);
    }
    run(&pool.pair.loop);
    sim_assert(pool.accepted == CLIENTS && pool.pair.seen.count == CLIENTS);
    sim_assert(net_acceptor_idle(&pool.pair.acceptor));
    for (size_t i = 0; i < CLIENTS; i++) {
        struct net_address local;
        unsigned found = 0;

        sim_assert(connects[i].op.status == OP_OK);
        sim_assert(net_stream_local(&clients[i], &local) == OP_OK);
        for (size_t j = 0; j < CLIENTS; j++) {
            found +=
                net_address_port(&pool.remotes[j]) == net_address_port(&local);
        }
        sim_assert(found == 1);
    }
    /* What is open is closed by the drain. */
    close_place(&pool.pair);
    for (size_t i = 0; i < CLIENTS; i++) {
        sim_assert(net_stream_idle(&clients[i]));
    }
    for (size_t i = 0; i < pool.begun; i++) {
        sim_assert(net_stream_idle(&pool.servers[i]));
        sim_assert(pool.servers[i].handle.file == NULL);
    }
}

static void pool_takes_everybody_once(void **state)
{
    (void)state;
    passes(use_pool);
}

/* ---- Nobody comes ------------------------------------------------------------ */

static void nobody(void *arg)
{
    struct pair pair;
    struct net_accept accept = {.on_done = see_accept};
    struct net_stream server;

    (void)arg;
    open_place(&pair, 0);
    accept.op.context = &pair;
    /* The deadline. */
    accept.op.deadline_us = net_loop_now(&pair.loop) + 5000;
    net_accept_start(&pair.acceptor, &accept, &server, NULL);
    run(&pair.loop);
    sim_assert(accept.op.status == OP_TIMEOUT && net_stream_idle(&server));
    /* A cancel. */
    net_accept_start(&pair.acceptor, &accept, &server, NULL);
    net_cancel(&accept.op);
    run(&pair.loop);
    sim_assert(accept.op.status == OP_ABORTED && net_stream_idle(&server));
    /* The close, before and after the call. */
    net_accept_start(&pair.acceptor, &accept, &server, NULL);
    net_acceptor_close(&pair.acceptor);
    sim_assert(!net_acceptor_idle(&pair.acceptor));
    run(&pair.loop);
    sim_assert(accept.op.status == OP_ABORTED && net_stream_idle(&server));
    net_accept_start(&pair.acceptor, &accept, &server, NULL);
    run(&pair.loop);
    sim_assert(accept.op.status == OP_ABORTED && net_stream_idle(&server));
    sim_assert(pair.seen.count == 4);
    close_place(&pair);
}

static void accept_ends_when_it_is_asked(void **state)
{
    (void)state;
    passes(nobody);
}

/* ---- Who came is gone -------------------------------------------------------- */

static void gone(void *arg)
{
    struct pair pair;
    struct net_connect connect = {.on_done = see_connect};
    struct net_accept accept = {.on_done = see_accept};

    (void)arg;
    open_place(&pair, 0);
    accept.op.context = &pair;
    connect.op.context = &pair;
    sim_assert(net_tcp_open(&pair.client, &pair.loop, NULL, AF_INET) == OP_OK);
    net_connect_start(&pair.client, &connect, &pair.address);
    run(&pair.loop);
    sim_assert(connect.op.status == OP_OK);
    net_stream_close(&pair.client, NET_ABORTIVE);
    net_accept_start(&pair.acceptor, &accept, &pair.server, NULL);
    (void)net_loop_run_for(&pair.loop, 50000);
    if (!accept.op.is_started) {
        net_loop_restart(&pair.loop);
        if (accept.op.status == OP_OK) {
            sim_assert(read_end(&pair, &pair.server, OP_RESET) == 0);
            net_stream_close(&pair.server, NET_GRACEFUL);
        } else {
            sim_mark("an accept that failed");
            sim_assert(accept.op.status == OP_RESET || !sim_is_simulated());
        }
        sim_assert(net_stream_idle(&pair.server));
        net_accept_start(&pair.acceptor, &accept, &pair.server, NULL);
    }
    /* The listener is unharmed. */
    sim_assert(net_tcp_open(&pair.client, &pair.loop, NULL, AF_INET) == OP_OK);
    net_connect_start(&pair.client, &connect, &pair.address);
    run(&pair.loop);
    sim_assert(accept.op.status == OP_OK && connect.op.status == OP_OK);
    send_text(&pair, &pair.client, "hello");
    expect_text(&pair, &pair.server, "hello");
    close_pair(&pair);
}

static void client_that_is_gone_harms_nobody(void **state)
{
    (void)state;
    passes(gone);
#ifndef DRYPORT_REAL
    assert_true(sim_marked("an accept that failed") > 0);
#endif
}

/* ---- Addresses --------------------------------------------------------------- */

static void taken(void *arg)
{
    struct pair pair;
    struct net_acceptor second;
    struct net_address other;

    (void)arg;
    open_place(&pair, 0);
    sim_assert(net_acceptor_open(&second, &pair.loop, NULL, &pair.address, 0) ==
               OP_IN_USE);
    sim_assert(net_address_read(&other, "203.0.113.1:0") == OP_OK);
    sim_assert(net_acceptor_open(&second, &pair.loop, NULL, &other, 0) ==
               OP_BAD_ADDRESS);
    net_acceptor_close(&pair.acceptor);
    sim_assert(net_acceptor_open(&second, &pair.loop, NULL, &pair.address, 5) ==
               OP_OK);
    net_acceptor_close(&second);
    close_place(&pair);
}

static void address_that_is_taken_is_refused(void **state)
{
    (void)state;
    passes(taken);
}

static void six(void *arg)
{
    struct pair pair;
    struct net_address any;

    (void)arg;
    open_place(&pair, 0);
    net_acceptor_close(&pair.acceptor);
    sim_assert(net_address_read(&any, "[::1]:0") == OP_OK);
    if (net_acceptor_open(&pair.acceptor, &pair.loop, NULL, &any, 0) == OP_OK) {
        struct net_accept accept = {.on_done = see_accept};
        struct net_connect connect = {.on_done = see_connect};

        accept.op.context = &pair;
        connect.op.context = &pair;
        sim_assert(net_acceptor_local(&pair.acceptor, &pair.address) == OP_OK);
        sim_assert(net_tcp_open(&pair.client, &pair.loop, NULL, AF_INET6) ==
                   OP_OK);
        net_accept_start(&pair.acceptor, &accept, &pair.server, NULL);
        net_connect_start(&pair.client, &connect, &pair.address);
        run(&pair.loop);
        sim_assert(accept.op.status == OP_OK && connect.op.status == OP_OK);
        sim_assert(accept.remote.any.ss_family == AF_INET6);
        send_text(&pair, &pair.client, "hello");
        expect_text(&pair, &pair.server, "hello");
        close_pair(&pair);
    } else {
        sim_assert(!sim_is_simulated()); /* A machine without IPv6. */
        close_place(&pair);
    }
}

static void streams_of_the_new_internet_talk(void **state)
{
    (void)state;
    passes(six);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pool_takes_everybody_once),
        cmocka_unit_test(accept_ends_when_it_is_asked),
        cmocka_unit_test(client_that_is_gone_harms_nobody),
        cmocka_unit_test(address_that_is_taken_is_refused),
        cmocka_unit_test(streams_of_the_new_internet_talk),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
