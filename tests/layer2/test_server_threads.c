/**
 * @file test_server_threads.c
 * @brief Layer 2: the server kit with several threads, and its crossings.
 *
 * A connection ends in its own strand while the server, in another, may be
 * about to ask something of it.
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
#include <string.h>

#include <cmocka.h>

#include "servers.h"

enum { THREADS = 3, RANDOM_RUNS = 2000, SEARCH_RUNS = 2000 };

#ifdef DRYPORT_REAL
static void passes_threads(sim_scenario_fn *scenario)
{
    scenario(NULL);
}

static void passes_completely(sim_scenario_fn *scenario)
{
    scenario(NULL);
}
#else
static struct sim_report explore(sim_scenario_fn *scenario,
                                 const struct sim_options *how)
{
    struct sim_report report = sim_explore(how, scenario, NULL);

    if (!report.passed) {
        sim_print_report(stderr, &report, &(struct sim_print){.last = 60});
    }
    assert_true(report.passed);
    return report;
}

/** @brief Many schedules: any, with little preemption, with more. */
static void passes_threads(sim_scenario_fn *scenario)
{
    (void)explore(scenario, &(struct sim_options){.runs = RANDOM_RUNS});
    (void)explore(scenario,
                  &(struct sim_options){.runs = RANDOM_RUNS,
                                        .network = "prompt",
                                        .seed = RANDOM_RUNS});
    (void)explore(
        scenario,
        &(struct sim_options){.strategy = "dfs:2", .runs = SEARCH_RUNS});
}

/** @brief All schedules with two preemptions anywhere, and with three between
 *         calls. */
static void passes_completely(sim_scenario_fn *scenario)
{
    struct sim_options how = {.strategy = "dfs:2",
                              .exact_clock = true,
                              .prompt_threads = true,
                              .network = "prompt"};

    for (unsigned i = 0; i < 2; i++) {
        struct sim_report report = explore(scenario, &how);

        assert_true(report.complete);
        print_message("every schedule: %llu\n",
                      (unsigned long long)report.runs);
        how.strategy = "dfs:3";
        how.calls_only = true;
    }
}
#endif

static void open_threads(void)
{
    stage_open();
    stage.threads = THREADS;
    stage.how.flags = NET_SERVER_STRANDS;
}

/* ---- Serving ------------------------------------------------------------- */

static void serve_in_threads(void *arg)
{
    (void)arg;
    open_threads();
    stage.how.connection_max = 2;
    stage_start();
    for (unsigned i = 0; i < 3; i++) {
        stage_client(client_served);
    }
    stage_close();
    sim_assert(stage.opened == 3 && stage.live_most <= 2);
}

static void each_client_is_served_by_several_threads(void **state)
{
    (void)state;
    passes_threads(serve_in_threads);
}

/* ---- Idle or alive --------------------------------------------------------- */

/** @brief Speaks at about the time when the server loses patience. */
static DWORD WINAPI client_hesitates(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    if (socket != INVALID_SOCKET) {
        (void)client_echo(socket);
        pass_ms(16);
        (void)client_echo(socket);
        client_close(socket, sim_choose(2) == 0 ? NET_GRACEFUL : NET_ABORTIVE);
    }
    return stage_leave();
}

static void idle_in_threads(void *arg)
{
    (void)arg;
    open_threads();
    stage.how.idle_us = 16000;
    stage.how.drain_us = 1000;
    stage_start();
    stage_client(client_hesitates);
    stage_client(client_hesitates);
    stage_close();
    sim_assert(stage.goodbye <= stage.opened);
}

static void close_and_goodbye_may_meet(void **state)
{
    (void)state;
    passes_threads(idle_in_threads);
}

/* ---- Stopping -------------------------------------------------------------- */

static void alarm_stops(struct net_timer *alarm)
{
    (void)alarm;
    net_server_stop(&stage.server);
}

static DWORD WINAPI client_any(void *arg)
{
    SOCKET socket = client_connect();

    (void)arg;
    if (socket != INVALID_SOCKET) {
        (void)client_echo(socket);
        client_close(socket, sim_choose(2) == 0 ? NET_GRACEFUL : NET_ABORTIVE);
    }
    return 0;
}

static void stop_in_threads(void *arg)
{
    (void)arg;
    open_threads();
    stage.how.drain_us = 1;
    stage_start();
    stage_client(client_any);
    stage_client(client_any);
    stage_client(client_any);
    stage_alarm(sim_is_simulated() ? sim_choose(3) * 1000 : 2000, alarm_stops);
    stage_close();
}

static void stop_meets_everything(void **state)
{
    (void)state;
    passes_threads(stop_in_threads);
}

static SOCKET guest;
static struct net_post stopper;

static void stop_elsewhere(struct net_post *post)
{
    (void)post;
    net_server_stop(&stage.server);
}

/** @brief Let the other thread stop the server, and close meanwhile. */
static void stop_and_close(struct net_connection *connection)
{
    (void)InterlockedIncrement(&stage.opened);
    ((struct served *)(void *)connection)->is_known = true;
    stopper.on_done = stop_elsewhere;
    net_loop_post(&stage.loop, &stopper);
    net_connection_close(connection, NET_ABORTIVE);
}

static void guest_leaves(struct net_server *server)
{
    client_close(guest, NET_GRACEFUL);
    echo_stopped(server);
}

/** @brief The smallest of it, in two threads. */
static void close_or_stop(void *arg)
{
    (void)arg;
    open_threads();
    memset(&stopper, 0, sizeof stopper);
    stage.threads = 2;
    stage.how.accept_count = 1;
    stage.how.on_open = stop_and_close;
    stage.how.on_stopped = guest_leaves;
    stage_start();
    guest = client_connect();
    sim_assert(guest != INVALID_SOCKET);
    stage_close();
    sim_assert(stage.opened == 1);
}

static void stop_meets_the_close_in_every_schedule(void **state)
{
    (void)state;
    passes_completely(close_or_stop);
}

/* ---- Holding --------------------------------------------------------------- */

/** A connection with a timer of its own. */
struct timed {
    struct served served;
    struct net_timer timer;
};

static void timed_out(struct net_timer *timer)
{
    struct timed *timed = timer->op.context;

    sim_assert(net_strand_inside(&timed->served.connection.strand));
    net_connection_close(&timed->served.connection, NET_ABORTIVE);
    net_connection_release(&timed->served.connection);
}

static void timed_open(struct net_connection *connection)
{
    struct timed *timed = (struct timed *)(void *)connection;

    echo_open(connection);
    net_timer_init(&timed->timer, &stage.loop, &connection->strand, timed_out);
    timed->timer.op.context = timed;
    net_connection_hold(connection);
    net_timer_start(&timed->timer, net_loop_now(&stage.loop) + 1000, 0);
}

static void timed_closed(struct net_connection *connection)
{
    struct timed *timed = (struct timed *)(void *)connection;

    sim_assert(!timed->timer.op.is_started);
    echo_closed(connection);
}

static void hold_in_threads(void *arg)
{
    (void)arg;
    open_threads();
    stage.how.connection_bytes = sizeof(struct timed);
    stage.how.on_open = timed_open;
    stage.how.on_closed = timed_closed;
    stage_start();
    stage_client(client_tries);
    stage_client(client_tries);
    stage_close();
}

static void timers_hold_their_connection(void **state)
{
    (void)state;
    passes_threads(hold_in_threads);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_client_is_served_by_several_threads),
        cmocka_unit_test(close_and_goodbye_may_meet),
        cmocka_unit_test(stop_meets_everything),
        cmocka_unit_test(stop_meets_the_close_in_every_schedule),
        cmocka_unit_test(timers_hold_their_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
