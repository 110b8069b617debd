/**
 * @file test_server_trouble.c
 * @brief Layer 2: the server kit, its peers vanish and its calls fail.
 *
 * Uses:     servers.h, sim_network.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-74.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "servers.h"

/* ---- Peers --------------------------------------------------------------- */

static DWORD WINAPI client_resets(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    if (socket != INVALID_SOCKET) {
        if (sim_choose(2) == 1) {
            (void)send(socket, "hello", 5, 0);
        }
        client_close(socket, NET_ABORTIVE);
    }
    return stage_leave();
}

static void peers_reset(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.connection_max = 2;
    stage_start();
    stage_client(client_resets);
    stage_client(client_resets);
    stage_client(client_resets);
    stage_client(client_served);
    stage_close();
}

static void peers_that_reset_harm_nobody(void **state)
{
    (void)state;
    passes(peers_reset);
}

#ifndef DRYPORT_REAL
#    include "sim_network.h"

static volatile LONG far_served;

static DWORD WINAPI client_far(void *arg)
{
    WSADATA data;
    SOCKET socket;

    (void)arg;
    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
    socket = client_connect();
    sim_assert(socket != INVALID_SOCKET && client_echo(socket));
    (void)InterlockedExchange(&far_served, 1);
    (void)client_ended(socket); /* The host crashes first. */
    return 1;
}

/** @brief Lets the other host crash when its client is served. */
static void alarm_crashes(struct net_timer *alarm)
{
    (void)alarm;
    sim_assert(stage.opened == 1 && far_served);
    sim_host_crash(2);
}

static DWORD WINAPI client_late(void *arg)
{
    pass_ms(1000);
    return client_served(arg);
}

static void peer_crashes(void *arg)
{
    HANDLE far;

    (void)arg;
    far_served = 0;
    stage_open();
    sim_assert(net_address_read(&stage.how.address, "10.0.0.1:80") == OP_OK);
    stage.how.idle_us = 500000;
    stage.how.connection_max = 1;
    stage_start();
    sim_assert(sim_host_add() == 2);
    far = sim_host_start(2, client_far, NULL);
    stage_alarm(100000, alarm_crashes);
    stage_client(client_late);
    stage_close();
    sim_assert(CloseHandle(far));
    sim_assert(stage.counts.idle == 1 && stage.counts.accepted == 2);
}

static void idle_time_out_finds_crashed_peers(void **state)
{
    (void)state;
    passes_promptly(peer_crashes, NULL);
}

/* ---- Calls that fail ------------------------------------------------------- */

static struct sim_report explore(sim_scenario_fn *scenario, const char *faults)
{
    struct sim_report report =
        sim_explore(&(struct sim_options){.runs = 200,
                                          .exact_clock = true,
                                          .prompt_threads = true,
                                          .faults = faults},
                    scenario,
                    NULL);

    if (!report.passed) {
        sim_print_report(stderr, &report, &(struct sim_print){.last = 60});
    }
    assert_true(report.passed);
    assert_true(report.faults > 0);
    return report;
}

static void serve_with_errors(void *arg)
{
    (void)arg;
    stage_open();
    stage_start();
    stage_client(client_served);
    stage_client(client_served);
    stage_client(client_served);
    stage_close();
    sim_assert(stage.counts.accept_errors >= 1);
    sim_assert(stage.counts.accepted == 3);
}

static void accept_errors_do_not_stop_the_server(void **state)
{
    (void)state;
    (void)explore(serve_with_errors, "AcceptEx#1");
    (void)explore(serve_with_errors, "AcceptEx#1,AcceptEx#2,AcceptEx#4");
}

static void alarm_stops(struct net_timer *alarm)
{
    (void)alarm;
    net_server_stop(&stage.server);
}

static void serve_nobody(void *arg)
{
    (void)arg;
    stage_open();
    stage.how.accept_count = 4;
    stage_start();
    stage_alarm(3000000, alarm_stops);
    stage_close();
    /* Four at once, and then after 1, 2, 4 ... 512 ms, and a second each. */
    sim_assert(stage.counts.accepted == 0);
    sim_assert(stage.counts.accept_errors == 4 + 11);
}

static void persistent_errors_are_tried_again_with_pauses(void **state)
{
    (void)state;
    (void)explore(serve_nobody, "AcceptEx#1+");
}

/** @brief No memory for ever. */
static void serve_without_memory(void *arg)
{
    (void)arg;
    stage_open();
    stage.fail_each = 1;
    stage_start();
    stage_alarm(3000000, alarm_stops);
    stage_close();
    sim_assert(stage.counts.no_memory == 1 + 11);
}

static void no_memory_is_tried_again_with_pauses(void **state)
{
    (void)state;
    passes_promptly(serve_without_memory, NULL);
}
#endif

/* ---- Each call -------------------------------------------------------------- */

/** A client in the same loop, who gives up whatever fails. */
struct visitor {
    struct net_stream stream;
    struct net_connect connect;
    struct net_write write;
    struct net_read read;
    WSABUF piece;
    char text[5];
    char back[5];
    bool is_done; /* It has its bytes. */
};

static struct visitor visitor;

static void visit_ends(void)
{
    net_stream_close(&visitor.stream, NET_GRACEFUL);
    net_server_stop(&stage.server);
}

static uint64_t in_a_second(void)
{
    return net_loop_now(&stage.loop) + 1000000;
}

static void visit_read(struct net_read *read)
{
    visitor.is_done = read->op.status == OP_OK;
    sim_assert(!visitor.is_done || memcmp(visitor.back, "hello", 5) == 0);
    visit_ends();
}

static void visit_written(struct net_write *write)
{
    if (write->op.status != OP_OK) {
        visit_ends();
        return;
    }
    visitor.read.on_done = visit_read;
    visitor.read.enough = NET_EXACTLY;
    visitor.read.buffer = visitor.back;
    visitor.read.buffer_bytes = sizeof visitor.back;
    visitor.read.op.deadline_us = in_a_second();
    net_read_start(&visitor.stream, &visitor.read);
}

static void visit_connected(struct net_connect *connect)
{
    if (connect->op.status != OP_OK) {
        visit_ends();
        return;
    }
    memcpy(visitor.text, "hello", 5);
    visitor.piece.buf = visitor.text;
    visitor.piece.len = sizeof visitor.text;
    visitor.write.on_done = visit_written;
    visitor.write.pieces = &visitor.piece;
    visitor.write.piece_count = 1;
    visitor.write.op.deadline_us = in_a_second();
    net_write_start(&visitor.stream, &visitor.write);
}

/** @brief Start, accept, echo, stop; whatever fails, it ends. */
static void session_with(unsigned flags)
{
    if (!stage_try_open()) {
        return;
    }
    stage.how.flags = flags;
    stage.how.drain_us = 100000;
    stage.how.idle_us = 2000000;
    memset(&visitor, 0, sizeof visitor);
    if (!stage_try_start()) {
        net_loop_close(&stage.loop);
        return;
    }
    if (net_tcp_open(&visitor.stream, &stage.loop, NULL, AF_INET) == OP_OK) {
        visitor.connect.on_done = visit_connected;
        visitor.connect.op.deadline_us = in_a_second();
        net_connect_start(&visitor.stream,
                          &visitor.connect,
                          &stage.how.address);
    } else {
        net_server_stop(&stage.server);
    }
    stage_close();
}

static void session(void *arg)
{
    (void)arg;
    session_with(0);
}

static void session_in_strands(void *arg)
{
    (void)arg;
    session_with(NET_SERVER_STRANDS);
}

static void healthy_session(void *arg)
{
    session(arg);
    sim_assert(visitor.is_done);
}

static void session_survives_each_fault(void **state)
{
    (void)state;
    passes_promptly(healthy_session, NULL);
    passes_each_fault(session, 10);
    passes_faults(session);
    passes_each_fault(session_in_strands, 10);
    passes_faults(session_in_strands);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peers_that_reset_harm_nobody),
#ifndef DRYPORT_REAL
        cmocka_unit_test(idle_time_out_finds_crashed_peers),
        cmocka_unit_test(accept_errors_do_not_stop_the_server),
        cmocka_unit_test(persistent_errors_are_tried_again_with_pauses),
        cmocka_unit_test(no_memory_is_tried_again_with_pauses),
#endif
        cmocka_unit_test(session_survives_each_fault),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
