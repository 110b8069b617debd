/**
 * @file test_server.c
 * @brief Layer 2: the server kit serves, and ends.
 *
 * Uses:     servers.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-54.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "servers.h"

/* ---- Serving ------------------------------------------------------------- */

static void serve_three(void *arg)
{
    (void)arg;
    stage_open();
    stage_start();
    for (unsigned i = 0; i < 3; i++) {
        stage_client(client_served);
    }
    stage_close();
    sim_assert(stage.opened == 3);
}

static void each_client_is_served(void **state)
{
    (void)state;
    passes(serve_three);
}

/** @brief All options zero: the process heap, no handler but one. */
static void serve_plainly(void *arg)
{
    (void)arg;
    stage_open();
    stage.how =
        (struct net_server_options){.address = stage.how.address,
                                    .connection_bytes = sizeof(struct served),
                                    .on_open = echo_open,
                                    .on_stopped = echo_stopped};
    stage_start();
    stage_client(client_served);
    (void)stage_leave();
    (void)net_loop_run(&stage.loop);
    sim_assert(WaitForSingleObject(stage.clients[0], INFINITE) ==
               WAIT_OBJECT_0);
    sim_assert(CloseHandle(stage.clients[0]));
    sim_assert(stage.opened == 1 && stage.stopped == 1);
    net_loop_close(&stage.loop);
}

static void server_needs_no_options(void **state)
{
    (void)state;
    passes(serve_plainly);
}

/* ---- Starting ------------------------------------------------------------ */

static void start_two(void *arg)
{
    struct net_server second;

    (void)arg;
    stage_open();
    stage_start();
    sim_assert(net_server_start(&second, &stage.loop, &stage.how) == OP_IN_USE);
    net_server_stop(&stage.server);
    stage_close();
}

static void address_in_use_is_told(void **state)
{
    (void)state;
    passes(start_two);
}

/* ---- Stopping ------------------------------------------------------------ */

static void stop_before_run(void *arg)
{
    (void)arg;
    stage_open();
    stage_start();
    net_server_stop(&stage.server);
    net_server_stop(&stage.server);
    stage_close();
    sim_assert(stage.takes == 0);
}

static void server_stops_before_it_ran(void **state)
{
    (void)state;
    passes(stop_before_run);
}

static DWORD WINAPI waits_for_goodbye(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    sim_assert(socket != INVALID_SOCKET && client_echo(socket));
    if (InterlockedDecrement(&stage.left) == 0) {
        net_server_stop(&stage.server);
    }
    sim_assert(client_ended(socket));
    client_close(socket, NET_GRACEFUL);
    return 0;
}

static void stop_with_clients(void *arg)
{
    (void)arg;
    stage_open();
    stage_start();
    stage_client(waits_for_goodbye);
    stage_client(waits_for_goodbye);
    stage_close();
    sim_assert(stage.goodbye == 2);
    sim_assert(soon(stage.stopped_us, 5000000));
}

static void stop_says_goodbye_to_each(void **state)
{
    (void)state;
    passes_promptly(stop_with_clients, NULL);
}

static void stop_without_goodbye(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.on_goodbye = NULL;
    stage_start();
    stage_client(waits_for_goodbye);
    stage_close();
    sim_assert(stage.goodbye == 0);
}

static void stop_closes_without_on_goodbye(void **state)
{
    (void)state;
    passes(stop_without_goodbye);
}

/** @brief A goodbye that is never said. */
static void silent_goodbye(struct net_connection *connection)
{
    (void)connection;
    (void)InterlockedIncrement(&stage.goodbye);
}

static DWORD WINAPI waits_for_reset(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    sim_assert(socket != INVALID_SOCKET && client_echo(socket));
    if (InterlockedDecrement(&stage.left) == 0) {
        net_server_stop(&stage.server);
    }
    sim_assert(!client_ended(socket));
    client_close(socket, NET_GRACEFUL);
    return 0;
}

static void stop_in_vain(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.on_goodbye = silent_goodbye;
    stage.how.drain_us = 300000;
    stage_start();
    stage_client(waits_for_reset);
    stage_client(waits_for_reset);
    stage_close();
    sim_assert(stage.goodbye == 2);
    sim_assert(stage.stopped_us >= 300000);
}

static void stop_resets_who_stays(void **state)
{
    (void)state;
    passes(stop_in_vain);
}

/* ---- A client that never reads --------------------------------------------- */

enum { FLOOD_BYTES = 64 * 1024 };

static char flood_bytes[FLOOD_BYTES];
static const WSABUF flood_piece = {.buf = flood_bytes, .len = FLOOD_BYTES};

static void flood_written(struct net_write *write)
{
    struct served *served = write->op.context;

    if (write->op.status == OP_OK) {
        net_write_start(&served->connection.stream, write);
    } else {
        net_connection_close(&served->connection, NET_GRACEFUL);
    }
}

/** @brief Send for ever. */
static void flood_open(struct net_connection *connection)
{
    struct served *served = (struct served *)(void *)connection;

    (void)InterlockedIncrement(&stage.opened);
    served->is_known = true;
    served->write.op.context = served;
    served->write.on_done = flood_written;
    served->write.pieces = &flood_piece;
    served->write.piece_count = 1;
    net_write_start(&connection->stream, &served->write);
}

static DWORD WINAPI never_reads(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    sim_assert(socket != INVALID_SOCKET);
    pass_ms(100);
    net_server_stop(&stage.server);
    pass_ms(1000);
    client_close(socket, NET_GRACEFUL);
    return 0;
}

static void stop_while_writing(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.on_open = flood_open;
    stage.how.on_goodbye = silent_goodbye;
    stage.how.drain_us = 300000;
    stage_start();
    stage_client(never_reads);
    stage_close();
    sim_assert(stage.opened == 1);
    sim_assert(stage.stopped_us >= 400000 && soon(stage.stopped_us, 500000));
}

static void stop_ends_who_never_reads(void **state)
{
    (void)state;
    passes_promptly(stop_while_writing, NULL);
}

/* ---- A connection that does nothing ---------------------------------------- */

static void idle_open(struct net_connection *connection)
{
    (void)InterlockedIncrement(&stage.opened);
    ((struct served *)(void *)connection)->is_known = true;
}

static bool is_closing;

static void closing_goodbye(struct net_connection *connection)
{
    is_closing = true;
    net_connection_close(connection, NET_GRACEFUL);
    net_connection_close(connection, NET_ABORTIVE);
    is_closing = false;
}

static void closing_closed(struct net_connection *connection)
{
    sim_assert(!is_closing);
    echo_closed(connection);
}

static DWORD WINAPI says_nothing(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    sim_assert(socket != INVALID_SOCKET);
    pass_ms(50);
    net_server_stop(&stage.server);
    sim_assert(client_ended(socket));
    client_close(socket, NET_GRACEFUL);
    return 0;
}

static void stop_without_requests(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.on_open = idle_open;
    stage.how.on_goodbye = closing_goodbye;
    stage.how.on_closed = closing_closed;
    stage_start();
    stage_client(says_nothing);
    stage_close();
    sim_assert(stage.opened == 1);
}

static void close_is_told_outside_of_it(void **state)
{
    (void)state;
    passes_promptly(stop_without_requests, NULL);
}

/* ---- While others come ------------------------------------------------------- */

static void alarm_stops(struct net_timer *alarm)
{
    (void)alarm;
    net_server_stop(&stage.server);
}

static DWORD WINAPI comes_again(void *arg)
{
    for (unsigned i = 0; i < 4; i++) {
        SOCKET socket = client_connect();

        if (socket == INVALID_SOCKET) {
            break; /* It has stopped. */
        }
        if (i % 2 == 0) {
            (void)client_echo(socket);
        }
        client_close(socket, NET_GRACEFUL);
    }
    (void)arg;
    return 0;
}

static void stop_while_accepting(void *arg)
{
    (void)arg;
    stage_open();
    stage_start();
    stage_client(comes_again);
    stage_client(comes_again);
    stage_alarm(sim_is_simulated() ? sim_choose(4) * 1000 : 2000, alarm_stops);
    stage_close();
}

static DWORD WINAPI waits_for_end(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    if (socket != INVALID_SOCKET) {
        (void)client_echo(socket);
        (void)client_ended(socket);
        client_close(socket, NET_GRACEFUL);
    }
    return 0;
}

/** @brief Who was accepted too late to be told is not kept waiting. */
static void stop_tells_all(void *arg)
{
    (void)arg;
    stage_open();
    stage_start();
    stage_client(waits_for_end);
    stage_client(waits_for_end);
    stage_alarm(sim_is_simulated() ? sim_choose(4) * 100 : 2000, alarm_stops);
    stage_close();
    sim_assert(soon(stage.stopped_us, 1000000));
}

static void stop_while_connections_arrive(void **state)
{
    (void)state;
    passes(stop_while_accepting);
    passes_promptly(stop_tells_all, NULL);
}

/* ---- The loop ends first ------------------------------------------------------ */

static void alarm_ends_loop(struct net_timer *alarm)
{
    (void)alarm;
    net_loop_stop(&stage.loop);
}

static void drain_loop(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.idle_us = 1000;
    stage_start();
    stage_client(waits_for_end);
    stage_client(waits_for_end);
    stage_alarm(sim_is_simulated() ? sim_choose(4) * 1000 : 2000,
                alarm_ends_loop);
    (void)net_loop_run(&stage.loop);
    (void)net_loop_drain(&stage.loop);
    stage_close();
}

static void drain_of_the_loop_ends_the_server(void **state)
{
    (void)state;
    passes(drain_loop);
}

/* ---- Holding ------------------------------------------------------------------ */

static struct net_timer holder;
static bool held;

static void hold_ends(struct net_timer *timer)
{
    struct net_connection *connection = timer->op.context;

    sim_assert(stage.closed == 0);
    held = false;
    net_connection_release(connection);
}

static void hold_closed(struct net_connection *connection)
{
    sim_assert(!held);
    echo_closed(connection);
}

static void hold_open(struct net_connection *connection)
{
    echo_open(connection);
    net_timer_init(&holder, &stage.loop, NULL, hold_ends);
    holder.op.context = connection;
    net_connection_hold(connection);
    held = true;
    net_timer_start(&holder, net_loop_now(&stage.loop) + 200000, 0);
}

static void hold_one(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.on_open = hold_open;
    stage.how.on_closed = hold_closed;
    stage_start();
    stage_client(client_served);
    stage_close();
    sim_assert(stage.stopped_us >= 200000);
}

static void held_connection_stays(void **state)
{
    (void)state;
    passes(hold_one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_client_is_served),
        cmocka_unit_test(server_needs_no_options),
        cmocka_unit_test(address_in_use_is_told),
        cmocka_unit_test(server_stops_before_it_ran),
        cmocka_unit_test(stop_says_goodbye_to_each),
        cmocka_unit_test(stop_closes_without_on_goodbye),
        cmocka_unit_test(stop_resets_who_stays),
        cmocka_unit_test(stop_ends_who_never_reads),
        cmocka_unit_test(close_is_told_outside_of_it),
        cmocka_unit_test(stop_while_connections_arrive),
        cmocka_unit_test(drain_of_the_loop_ends_the_server),
        cmocka_unit_test(held_connection_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
