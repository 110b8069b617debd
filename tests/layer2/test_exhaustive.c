/**
 * @file test_exhaustive.c
 * @brief Layer 2: the races of the loop, under every schedule.
 *
 * Each scenario is as small as its race, and none of its waits has a limit, so
 * that a wake-up that is lost is a deadlock.  Every schedule is run in which
 * threads are preempted at most three or four times.
 *
 * Uses:     net.h, passes.h, racing.h, cmocka.
 * Used by:  ctest; cmake/Bugs.cmake, which puts old bugs back.
 * Facts:    PORT-39, CANCEL-04.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net.h"
#include "passes.h"
#include "racing.h"

static struct net_strand strand;

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
    waits = begin(run_loop, NULL);
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
    waits = begin(run_loop, NULL);
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
    other = begin(run_loop, NULL);
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
    waits = begin(run_loop, NULL);
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
    runs = begin(run_loop, NULL);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_threads_return_when_work_ends),
        cmocka_unit_test(all_threads_return_when_stopped),
        cmocka_unit_test(handlers_that_start_more_keep_the_loop_running),
        cmocka_unit_test(wake_up_taken_by_another_is_not_lost),
        cmocka_unit_test(strand_runs_one_handler_at_a_time_and_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
