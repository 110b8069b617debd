/**
 * @file test_server_limits.c
 * @brief Layer 2: the server kit, asked for more than it may give.
 *
 * Uses:     servers.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "servers.h"

/* ---- How many ------------------------------------------------------------ */

static void open_two_at_most(struct net_connection *connection)
{
    sim_assert(stage.server.counts.open <= 2);
    sim_assert(stage.server.counts.open + stage.server.accepting <= 2);
    echo_open(connection);
}

static void more_than_may(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.accept_count = 5;
    stage.how.connection_max = 2;
    stage.how.on_open = open_two_at_most;
    stage_start();
    for (unsigned i = 0; i < 5; i++) {
        stage_client(client_served);
    }
    stage_close();
    sim_assert(stage.opened == 5 && stage.live_most == 2);
}

static void who_comes_beyond_the_limit_waits(void **state)
{
    (void)state;
    passes(more_than_may);
}

/** @brief Hold the only place for a while. */
static DWORD WINAPI client_stays(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    sim_assert(socket != INVALID_SOCKET && client_echo(socket));
    pass_ms(100);
    sim_assert(stage.opened == 1);
    sim_assert(client_echo(socket));
    client_close(socket, NET_GRACEFUL);
    return stage_leave();
}

static DWORD WINAPI client_comes_second(void *arg)
{
    pass_ms(50);
    return client_served(arg);
}

static void one_at_a_time(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.connection_max = 1;
    stage_start();
    stage_client(client_stays);
    stage_client(client_comes_second);
    stage_close();
    sim_assert(stage.opened == 2);
}

static void a_place_is_given_on(void **state)
{
    (void)state;
    passes_promptly(one_at_a_time, NULL);
}

/* ---- A flood ------------------------------------------------------------- */

static volatile LONG flood_served;
static volatile LONG flood_refused;

static DWORD WINAPI client_in_flood(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    if (socket == INVALID_SOCKET) {
        (void)InterlockedIncrement(&flood_refused);
    } else {
        /* Who got into the backlog is served. */
        sim_assert(client_echo(socket));
        (void)InterlockedIncrement(&flood_served);
        client_close(socket, NET_GRACEFUL);
    }
    if (InterlockedDecrement(&stage.left) == 0) {
        /* And then it is as before. */
        (void)InterlockedIncrement(&stage.left);
        return client_served(NULL);
    }
    return 0;
}

static void flood(void *arg)
{
    enum { COUNT = 20 };

    (void)arg;
    stage_open();
    flood_served = 0;
    flood_refused = 0;
    stage.how.backlog = 3;
    stage.how.connection_max = 2;
    stage_start();
    for (unsigned i = 0; i < COUNT; i++) {
        stage_client(client_in_flood);
    }
    stage_close();
    sim_assert(flood_served + flood_refused == COUNT);
    sim_assert(stage.opened == flood_served + 1);
    sim_assert(stage.live_most <= 2);
    if (flood_refused > 0) {
        sim_mark("refused");
    }
}

static void flood_costs_no_more_than_the_limit(void **state)
{
    (void)state;
    passes(flood);
#ifndef DRYPORT_REAL
    assert_true(sim_marked("refused") > 0);
#endif
}

/* ---- How fast ------------------------------------------------------------ */

enum { RATE = 4, RATE_CLIENTS = 10 };

static uint64_t came_us[RATE_CLIENTS];

static void note_open(struct net_connection *connection)
{
    came_us[stage.opened] = stage_us();
    echo_open(connection);
}

static void ten_at_four_per_s(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.accept_count = 16;
    stage.how.accepts_per_s = RATE;
    stage.how.on_open = note_open;
    stage_start();
    for (unsigned i = 0; i < RATE_CLIENTS; i++) {
        stage_client(client_served);
    }
    stage_close();
    sim_assert(stage.opened == RATE_CLIENTS);
    for (unsigned i = 0; i < RATE_CLIENTS; i++) {
        uint64_t after_us = i < RATE ? 0 : (i - RATE + 1) * 1000000U / RATE;

        /* The burst at once, each other one at its time. */
        sim_assert(came_us[i] >= after_us);
        sim_assert(soon(came_us[i], after_us + 20000));
    }
}

static void accept_rate_is_kept(void **state)
{
    (void)state;
    passes_promptly(ten_at_four_per_s, NULL);
}

/* ---- Memory ---------------------------------------------------------------- */

static void every_third_fails(void *arg)
{
    (void)arg;
    stage_open();
    stage.fail_each = 3;
    stage_start();
    for (unsigned i = 0; i < 6; i++) {
        stage_client(client_served);
    }
    stage_close();
    sim_assert(stage.opened == 6);
}

static void first_fail(void *arg)
{
    (void)arg;
    stage_open();
    /* Pauses of 1, 2, 4 ... 128 ms. */
    stage.fail_until = 8;
    stage_start();
    stage_client(client_served);
    stage_client(client_served);
    stage_close();
    sim_assert(stage.opened == 2 && stage.takes >= 10);
    sim_assert(stage.stopped_us >= 255000);
    sim_assert(soon(stage.stopped_us, 300000));
}

static void server_accepts_later_when_memory_is_short(void **state)
{
    (void)state;
    passes(every_third_fails);
    passes_promptly(first_fail, NULL);
}

/* ---- Idleness -------------------------------------------------------------- */

static DWORD WINAPI client_idles(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    sim_assert(socket != INVALID_SOCKET && client_echo(socket));
    sim_assert(client_ended(socket));
    sim_assert(stage_us() >= 800000 && soon(stage_us(), 920000));
    client_close(socket, NET_GRACEFUL);
    return stage_leave();
}

static DWORD WINAPI client_lives(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    sim_assert(socket != INVALID_SOCKET);
    for (unsigned i = 0; i < 6; i++) {
        sim_assert(client_echo(socket));
        pass_ms(300);
    }
    client_close(socket, NET_GRACEFUL);
    return stage_leave();
}

static void idle_and_not(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.idle_us = 800000;
    stage_start();
    stage_client(client_idles);
    stage_client(client_lives);
    stage_client(client_idles);
    stage_close();
    sim_assert(stage.counts.idle == 2 && stage.counts.accepted == 3);
}

static void idle_connections_are_closed(void **state)
{
    (void)state;
    passes_promptly(idle_and_not, NULL);
}

static void deaf_goodbye(struct net_connection *connection)
{
    (void)connection;
    (void)InterlockedIncrement(&stage.goodbye);
}

static DWORD WINAPI client_idles_on(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    sim_assert(socket != INVALID_SOCKET && client_echo(socket));
    sim_assert(!client_ended(socket));
    sim_assert(stage_us() >= 1100000 && soon(stage_us(), 1250000));
    client_close(socket, NET_GRACEFUL);
    return stage_leave();
}

static void idle_and_deaf(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.idle_us = 800000;
    stage.how.drain_us = 300000;
    stage.how.on_goodbye = deaf_goodbye;
    stage_start();
    stage_client(client_idles_on);
    stage_close();
    sim_assert(stage.goodbye == 1);
}

static void who_stays_after_goodbye_is_reset(void **state)
{
    (void)state;
    passes_promptly(idle_and_deaf, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_comes_beyond_the_limit_waits),
        cmocka_unit_test(a_place_is_given_on),
        cmocka_unit_test(flood_costs_no_more_than_the_limit),
        cmocka_unit_test(accept_rate_is_kept),
        cmocka_unit_test(server_accepts_later_when_memory_is_short),
        cmocka_unit_test(idle_connections_are_closed),
        cmocka_unit_test(who_stays_after_goodbye_is_reset),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
