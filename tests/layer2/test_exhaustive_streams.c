/**
 * @file test_exhaustive_streams.c
 * @brief Layer 2: the races of streams, under every schedule.
 *
 * As test_exhaustive.c: the smallest scenario for each race, and every schedule
 * in which threads are preempted at most two or three times.
 *
 * Uses:     net.h, passes.h, racing.h, cmocka.
 * Used by:  ctest.
 * Facts:    CANCEL-04, SOCK-54.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net.h"
#include "passes.h"
#include "racing.h"

static struct net_strand strand;

/* ---- Deadlines ------------------------------------------------------------------ */

/* Two threads run the loop.  A read has a deadline, and the peer writes at
 * about the same time: the read ends once, with the byte or with OP_TIMEOUT. */
enum { DEADLINE_US = 1000 };

static struct {
    struct net_stream server;
    struct net_stream client;
    struct net_pipe_accept accept;
    struct net_read read;
    struct net_write write;
    WSABUF piece;
    char byte;
} race;

static void race_read(struct net_read *read)
{
    sim_assert(InterlockedIncrement(&called) == 1);
    sim_assert(!read->op.due.is_armed); /* It cannot ask any more. */
    if (read->op.status == OP_OK) {
        sim_mark("data wins");
        sim_assert(read->op.bytes == 1 && race.byte == 'x');
    } else {
        sim_mark("deadline wins");
        sim_assert(read->op.status == OP_TIMEOUT && read->op.bytes == 0);
    }
}

static void race_written(struct net_write *write)
{
    sim_assert(write->op.status == OP_OK);
}

static DWORD WINAPI write_late(void *arg)
{
    (void)arg;
    /* Nobody else uses the client's end. */
    (void)WaitForSingleObject(GetCurrentThread(), DEADLINE_US / 1000);
    net_write_start(&race.client, &race.write);
    return 0;
}

static void accepted(struct net_pipe_accept *accept)
{
    sim_assert(accept->op.status == OP_OK);
}

static void open_race(void)
{
    static const char name[] = "\\\\.\\pipe\\dryport-deadline";

    memset(&race, 0, sizeof race);
    race.accept.on_done = accepted;
    race.read.on_done = race_read;
    race.read.buffer = &race.byte;
    race.read.buffer_bytes = 1;
    race.piece.buf = "x";
    race.piece.len = 1;
    race.write.on_done = race_written;
    race.write.pieces = &race.piece;
    race.write.piece_count = 1;
    sim_assert(net_pipe_open(&race.server, &loop, NULL, name, 0) == OP_OK);
    net_pipe_accept_start(&race.server, &race.accept);
    sim_assert(net_pipe_connect(&race.client, &loop, NULL, name, 0) == OP_OK);
    sim_assert(net_loop_run_one(&loop) == 1);
}

static void deadline_against_data(void *arg)
{
    HANDLE runs;
    HANDLE writes;

    (void)arg;
    open_loop();
    net_loop_work_begin(&loop);
    open_race();
    race.read.op.deadline_us = net_loop_now(&loop) + DEADLINE_US;
    net_read_start(&race.server, &race.read);
    writes = begin(write_late, NULL);
    runs = begin(run_loop, NULL);
    join(writes);
    net_loop_work_end(&loop);
    (void)net_loop_run(&loop);
    join(runs);
    sim_assert(called == 1);
    net_stream_close(&race.client, NET_GRACEFUL);
    net_stream_close(&race.server, NET_GRACEFUL);
    sim_assert(net_loop_drain(&loop) == 0);
    net_loop_close(&loop);
}

static void deadline_and_data_have_one_winner(void **state)
{
    (void)state;
    passes_all(deadline_against_data, "dfs:2", 10000);
    if (sim_is_simulated()) {
        assert_true(sim_marked("data wins") > 0);
        assert_true(sim_marked("deadline wins") > 0);
    }
}

/* The deadline has passed when the read starts, so another thread may ask for
 * its end before there is anything to cancel, and nothing ever comes. */
static void deadline_in_the_past(void *arg)
{
    HANDLE runs;

    (void)arg;
    open_loop();
    net_loop_work_begin(&loop);
    open_race();
    sim_assert(WaitForSingleObject(GetCurrentThread(), 1) == WAIT_TIMEOUT);
    runs = begin(run_loop, NULL);
    race.read.op.deadline_us = 1;
    net_read_start(&race.server, &race.read);
    net_loop_work_end(&loop);
    join(runs);
    sim_assert(called == 1 && race.read.op.status == OP_TIMEOUT);
    sim_assert(net_loop_drain(&loop) == 0);
    net_loop_close(&loop);
}

static void deadline_that_finds_nothing_asks_again(void **state)
{
    (void)state;
    passes_all(deadline_in_the_past, "dfs:3", 1000);
}

/* ---- Closing ---------------------------------------------------------------------- */

/* Two threads run the loop.  One has taken the packet of an accept, or of a
 * connect, and tells the socket that it is connected; the other closes what the
 * operation was started on, in the strand.  No number may be used after its
 * close: the rules of the simulator see to that. */
static struct {
    struct net_acceptor acceptor;
    struct net_stream server;
    struct net_stream client;
    struct net_accept accept;
    struct net_connect connect;
    struct net_post close;
} door;

static void door_accepted(struct net_accept *accept)
{
    sim_mark(accept->op.status == OP_OK ? "accepted" : "not accepted");
    sim_assert(accept->op.status == OP_OK || net_stream_idle(&door.server));
}

static void close_door(struct net_post *post)
{
    (void)post;
    net_acceptor_close(&door.acceptor);
    net_stream_close(&door.client, NET_GRACEFUL);
}

static void door_connected(struct net_connect *connect)
{
    sim_mark(connect->op.status == OP_OK ? "connected" : "not connected");
    if (connect->op.status == OP_OK) {
        close_door(NULL); /* Unless that came first. */
    }
}

static void open_door(void)
{
    struct net_address address;

    open_loop();
    memset(&door, 0, sizeof door);
    door.accept.on_done = door_accepted;
    door.connect.on_done = door_connected;
    door.close.on_done = close_door;
    net_strand_init(&strand, &loop);
    sim_assert(net_address_read(&address, "127.0.0.1:0") == OP_OK);
    sim_assert(net_acceptor_open(&door.acceptor, &loop, &strand, &address, 0) ==
               OP_OK);
    sim_assert(net_acceptor_local(&door.acceptor, &address) == OP_OK);
    net_accept_start(&door.acceptor, &door.accept, &door.server, &strand);
    sim_assert(net_tcp_open(&door.client, &loop, &strand, AF_INET) == OP_OK);
    net_connect_start(&door.client, &door.connect, &address);
}

static void go_through_door(void)
{
    HANDLE runs = begin(run_loop, NULL);

    (void)net_loop_run(&loop);
    join(runs);
    sim_assert(net_acceptor_idle(&door.acceptor));
    sim_assert(net_stream_idle(&door.client));
    sim_assert(net_loop_drain(&loop) == 0);
    net_loop_close(&loop);
}

static void close_against_connect(void *arg)
{
    (void)arg;
    open_door();
    net_strand_post(&strand, &door.close);
    go_through_door();
}

static void close_against_accept(void *arg)
{
    (void)arg;
    open_door();
    go_through_door();
}

static void sockets_in_other_hands_are_not_closed(void **state)
{
    (void)state;
    passes_all(close_against_connect, "dfs:2", 1000);
    passes_all(close_against_accept, "dfs:2", 1000);
    if (sim_is_simulated()) {
        assert_true(sim_marked("accepted") > 0);
        assert_true(sim_marked("not accepted") > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(deadline_and_data_have_one_winner),
        cmocka_unit_test(deadline_that_finds_nothing_asks_again),
        cmocka_unit_test(sockets_in_other_hands_are_not_closed),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
