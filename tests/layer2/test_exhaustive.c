/**
 * @file test_exhaustive.c
 * @brief Layer 2: the races of the loop, under every schedule.
 *
 * Each scenario is as small as its race, and none of its waits has a limit, so
 * that a wake-up that is lost is a deadlock.  Every schedule is run in which
 * threads are preempted at most three or four times.
 *
 * Uses:     net.h, passes.h, cmocka.
 * Used by:  ctest; cmake/Bugs.cmake, which puts old bugs back.
 * Facts:    PORT-39, CANCEL-04.
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

static const struct net_loop_options no_net = {.wait_ms_max = INFINITE};

static struct net_loop loop;
static struct net_strand strand;
static LONG volatile called;

static DWORD WINAPI run_thread(void *arg)
{
    (void)arg;
    (void)net_loop_run(&loop);
    return 0;
}

static HANDLE begin(LPTHREAD_START_ROUTINE routine, void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, routine, arg, 0, NULL);

    sim_assert(thread != NULL);
    return thread;
}

static void join(HANDLE thread)
{
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}

static void open_loop(void)
{
    called = 0;
    sim_assert(net_loop_open(&loop, &no_net) == OP_OK);
}

/* ---- Stopping ------------------------------------------------------------------ */

/* One thread waits in the loop, one enters it, and one takes away the last
 * unit of work: both of the others must return. */
static DWORD WINAPI end_work(void *arg)
{
    (void)arg;
    net_loop_work_end(&loop);
    return 0;
}

static void last_work_ends(void *arg)
{
    HANDLE waits;
    HANDLE ends;

    (void)arg;
    open_loop();
    net_loop_work_begin(&loop);
    waits = begin(run_thread, NULL);
    ends = begin(end_work, NULL);
    (void)net_loop_run(&loop);
    join(waits);
    join(ends);
    net_loop_close(&loop);
}

static void all_threads_return_when_work_ends(void **state)
{
    (void)state;
    passes_all(last_work_ends, "dfs:4", 100000);
}

static DWORD WINAPI stop(void *arg)
{
    (void)arg;
    net_loop_stop(&loop);
    return 0;
}

static void stopped_by_two(void *arg)
{
    HANDLE waits;
    HANDLE stops;

    (void)arg;
    open_loop();
    net_loop_work_begin(&loop);
    waits = begin(run_thread, NULL);
    stops = begin(stop, NULL);
    net_loop_stop(&loop);
    (void)net_loop_run(&loop);
    join(waits);
    join(stops);
    net_loop_work_end(&loop);
    net_loop_close(&loop);
}

static void all_threads_return_when_stopped(void **state)
{
    (void)state;
    passes_all(stopped_by_two, "dfs:4", 50000);
}

/* ---- Work ---------------------------------------------------------------------- */

/* A handler ends, and its request with it, and starts another: the loop must
 * not stop between the two. */
static void count(struct net_post *post)
{
    (void)post;
    (void)InterlockedIncrement(&called);
}

static struct net_post second = {.on_done = count};

static void start_another(struct net_post *post)
{
    count(post);
    net_loop_post(&loop, &second);
}

static void work_goes_on(void *arg)
{
    struct net_post post = {.on_done = start_another};
    HANDLE other;

    (void)arg;
    open_loop();
    second = (struct net_post){.on_done = count};
    net_loop_post(&loop, &post);
    other = begin(run_thread, NULL);
    (void)net_loop_run(&loop);
    join(other);
    sim_assert(called == 2);
    net_loop_close(&loop);
}

static void handlers_that_start_more_keep_the_loop_running(void **state)
{
    (void)state;
    passes_all(work_goes_on, "dfs:4", 10000);
}

/* ---- Wake-ups ------------------------------------------------------------------- */

/* A wake-up is for somebody who waits in the loop, and may be taken by somebody
 * who only looks in and has no time: he must pass it on. */
static DWORD WINAPI look_in(void *arg)
{
    (void)arg;
    (void)net_loop_run_for(&loop, 0);
    return 0;
}

static void aborted(struct net_timer *timer)
{
    sim_assert(timer->op.status == OP_ABORTED);
    (void)InterlockedIncrement(&called);
}

static void wake_is_passed_on(void *arg)
{
    struct net_timer timer;
    HANDLE waits;
    HANDLE looks;

    (void)arg;
    open_loop();
    net_timer_init(&timer, &loop, NULL, aborted);
    net_timer_start(&timer, UINT64_MAX, 0); /* Never. */
    /* At time 0, looking in would be polling. */
    sim_assert(WaitForSingleObject(GetCurrentThread(), 1) == WAIT_TIMEOUT);
    waits = begin(run_thread, NULL);
    looks = begin(look_in, NULL);
    /* What this thread leaves for the loop comes with a wake-up. */
    sim_assert(net_timer_cancel(&timer));
    join(looks);
    join(waits);
    sim_assert(called == 1);
    net_loop_close(&loop);
}

static void wake_up_taken_by_another_is_not_lost(void **state)
{
    (void)state;
    passes_all(wake_is_passed_on, "dfs:3", 100000);
}

/* ---- Strands -------------------------------------------------------------------- */

static LONG volatile inside;
static LONG volatile last;

/** A post with a number. */
struct numbered {
    struct net_post post;
    LONG number;
};

static void one_at_a_time(struct net_post *post)
{
    const struct numbered *numbered = (struct numbered *)(void *)post;

    sim_assert(InterlockedIncrement(&inside) == 1);
    sim_assert(net_strand_inside(&strand));
    if (numbered->number > 0) {
        sim_assert(last == numbered->number - 1); /* First in, first out. */
        last = numbered->number;
    }
    called++;
    sim_assert(InterlockedDecrement(&inside) == 0);
}

static DWORD WINAPI post_one(void *arg)
{
    net_strand_post(&strand, arg);
    return 0;
}

static void strand_of_two(void *arg)
{
    struct numbered posts[3] = {{{.on_done = one_at_a_time}, 1},
                                {{.on_done = one_at_a_time}, 2},
                                {{.on_done = one_at_a_time}, 0}};
    HANDLE runs;
    HANDLE other;

    (void)arg;
    open_loop();
    inside = 0;
    last = 0;
    net_strand_init(&strand, &loop);
    net_loop_work_begin(&loop);
    runs = begin(run_thread, NULL);
    other = begin(post_one, &posts[2].post);
    net_strand_post(&strand, &posts[0].post);
    net_strand_post(&strand, &posts[1].post);
    join(other);
    net_loop_work_end(&loop);
    (void)net_loop_run(&loop);
    join(runs);
    sim_assert(called == 3);
    net_loop_close(&loop);
}

static void strand_runs_one_handler_at_a_time_and_all(void **state)
{
    (void)state;
    passes_all(strand_of_two, "dfs:3", 100000);
}

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
    runs = begin(run_thread, NULL);
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
    runs = begin(run_thread, NULL);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_threads_return_when_work_ends),
        cmocka_unit_test(all_threads_return_when_stopped),
        cmocka_unit_test(handlers_that_start_more_keep_the_loop_running),
        cmocka_unit_test(wake_up_taken_by_another_is_not_lost),
        cmocka_unit_test(strand_runs_one_handler_at_a_time_and_all),
        cmocka_unit_test(deadline_and_data_have_one_winner),
        cmocka_unit_test(deadline_that_finds_nothing_asks_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
