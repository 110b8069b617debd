/**
 * @file test_loop.c
 * @brief Layer 2: the loop, posting, stopping.
 *
 * Uses:     net.h, passes.h, cmocka.
 * Used by:  ctest.
 * Facts:    PORT-29, PORT-39.
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

/** A loop whose waits have no limit, so that a lost wake-up is a deadlock. */
static const struct net_loop_options no_net = {.wait_ms_max = INFINITE};

static struct net_loop loop;
static unsigned called;

static void open_loop(void)
{
    called = 0;
    sim_assert(net_loop_open(&loop, &no_net) == OP_OK);
}

static void count(struct net_post *post)
{
    sim_assert(post->op.status == OP_OK);
    sim_assert(net_loop_inside(&loop));
    called++;
}

/* ---- Running --------------------------------------------------------------- */

static void run_without_work(void *arg)
{
    (void)arg;
    open_loop();
    sim_assert(!net_loop_stopped(&loop));
    sim_assert(net_loop_run(&loop) == 0);
    sim_assert(net_loop_stopped(&loop));
    sim_assert(net_loop_run_one(&loop) == 0);
    net_loop_restart(&loop);
    sim_assert(net_loop_poll(&loop) == 0);
    net_loop_close(&loop);
}

static void run_returns_when_nothing_is_under_way(void **state)
{
    (void)state;
    passes(run_without_work);
}

static void post_and_run(void *arg)
{
    struct net_post posts[3] = {{.on_done = count},
                                {.on_done = count},
                                {.on_done = count}};

    (void)arg;
    open_loop();
    for (size_t i = 0; i < 3; i++) {
        net_loop_post(&loop, &posts[i]);
    }
    sim_assert(called == 0);
    sim_assert(net_loop_run_one(&loop) == 1 && called == 1);
    sim_assert(net_loop_poll_one(&loop) == 1 && called == 2);
    sim_assert(net_loop_run(&loop) == 1 && called == 3);
    net_loop_restart(&loop);
    net_loop_post(&loop, &posts[0]);
    sim_assert(net_loop_run(&loop) == 1 && called == 4);
    net_loop_close(&loop);
}

static void run_calls_what_was_posted(void **state)
{
    (void)state;
    passes(post_and_run);
}

/** A post that posts again, so many times. */
struct again {
    struct net_post post;
    unsigned left;
};

static void post_again(struct net_post *post)
{
    struct again *again = (struct again *)(void *)post;

    called++;
    if (again->left > 0) {
        again->left--;
        net_loop_post(&loop, post);
        sim_assert(again->post.op.is_started);
    }
}

static void poll_with_more(void *arg)
{
    struct again again = {.post = {.on_done = post_again}, .left = 200};

    (void)arg;
    open_loop();
    net_loop_post(&loop, &again.post);
    sim_assert(net_loop_poll(&loop) == 201);
    sim_assert(called == 201);
    net_loop_close(&loop);
}

static void handlers_do_not_call_one_another(void **state)
{
    (void)state;
    passes(poll_with_more);
}

static void stop_in_the_middle(struct net_post *post)
{
    count(post);
    net_loop_stop(&loop);
}

static void stop_and_go_on(void *arg)
{
    struct net_post posts[3] = {{.on_done = count},
                                {.on_done = stop_in_the_middle},
                                {.on_done = count}};

    (void)arg;
    open_loop();
    for (size_t i = 0; i < 3; i++) {
        net_loop_post(&loop, &posts[i]);
    }
    sim_assert(net_loop_run(&loop) == 2 && called == 2);
    sim_assert(net_loop_poll(&loop) == 0);
    net_loop_restart(&loop);
    sim_assert(net_loop_run(&loop) == 1 && called == 3);
    net_loop_close(&loop);
}

static void stop_loses_nothing(void **state)
{
    (void)state;
    passes(stop_and_go_on);
}

static void run_inside(struct net_post *post)
{
    count(post);
    /* What this waits for is ready in the run around it. */
    sim_assert(net_loop_run_one(&loop) == 1);
}

static void two_posts(struct net_post *post)
{
    static struct net_post inner[2];

    inner[0] = (struct net_post){.on_done = run_inside};
    inner[1] = (struct net_post){.on_done = count};
    count(post);
    net_loop_post(&loop, &inner[0]);
    net_loop_post(&loop, &inner[1]);
}

static void run_nested(void *arg)
{
    struct net_post post = {.on_done = two_posts};

    (void)arg;
    open_loop();
    net_loop_post(&loop, &post);
    sim_assert(net_loop_run(&loop) == 2); /* The third was the inner run's. */
    sim_assert(called == 3);
    net_loop_close(&loop);
}

static void run_may_be_called_in_a_handler(void **state)
{
    (void)state;
    passes(run_nested);
}

static void dispatch_here(struct net_post *post)
{
    struct net_post inner = {.on_done = count};

    (void)post;
    net_loop_dispatch(&loop, &inner);
    sim_assert(called == 1);
}

static void dispatch_both_ways(void *arg)
{
    struct net_post post = {.on_done = dispatch_here};

    (void)arg;
    open_loop();
    net_loop_dispatch(&loop, &post);
    sim_assert(called == 0);
    sim_assert(net_loop_run(&loop) == 1 && called == 1);
    net_loop_close(&loop);
}

static void dispatch_calls_at_once_inside_only(void **state)
{
    (void)state;
    passes(dispatch_both_ways);
}

static void run_for_a_while(void *arg)
{
    uint64_t before;

    (void)arg;
    open_loop();
    net_loop_work_begin(&loop);
    before = net_loop_now(&loop);
    sim_assert(net_loop_run_for(&loop, 50000) == 0);
    sim_assert(net_loop_now(&loop) - before >= 50000);
    sim_assert(!net_loop_stopped(&loop));
    net_loop_work_end(&loop);
    sim_assert(net_loop_stopped(&loop));
    net_loop_close(&loop);
}

static void guard_keeps_run_waiting(void **state)
{
    (void)state;
    passes(run_for_a_while);
}

/* ---- Faults ---------------------------------------------------------------- */

/* Also when Windows has no memory for a packet, every handler is called: the
 * wake-up is late, not lost. */
static DWORD WINAPI post_from_outside(void *arg)
{
    net_loop_post(&loop, arg);
    return 0;
}

static void post_without_memory(void *arg)
{
    struct net_post post = {.on_done = count};
    HANDLE thread;

    (void)arg;
    called = 0;
    if (net_loop_open(&loop, NULL) != OP_OK) {
        return;
    }
    net_loop_work_begin(&loop);
    thread = CreateThread(NULL, 0, post_from_outside, &post, 0, NULL);
    if (thread == NULL) {
        net_loop_work_end(&loop);
        net_loop_close(&loop);
        return;
    }
    sim_assert(net_loop_run_one(&loop) == 1 && called == 1);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
    net_loop_work_end(&loop);
    net_loop_close(&loop);
}

static void handler_is_called_without_memory_for_a_packet(void **state)
{
    (void)state;
    passes_each_fault(post_without_memory, 4);
}

/* ---- Drain ------------------------------------------------------------------ */

static void refuse(struct net_timer *timer)
{
    sim_assert(timer->op.status == OP_ABORTED);
    called++;
}

static void drain_timers(void *arg)
{
    struct net_timer timers[2];
    struct net_post post = {.on_done = count};

    (void)arg;
    open_loop();
    for (size_t i = 0; i < 2; i++) {
        net_timer_init(&timers[i], &loop, NULL, refuse);
        net_timer_start(&timers[i], net_loop_now(&loop) + 1000000, i * 1000);
    }
    net_loop_post(&loop, &post);
    net_loop_work_begin(&loop);
    sim_assert(net_loop_drain(&loop) == 3 && called == 3);
    net_loop_work_end(&loop);
    net_loop_close(&loop);
}

static void drain_calls_all_handlers(void **state)
{
    (void)state;
    passes(drain_timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(run_returns_when_nothing_is_under_way),
        cmocka_unit_test(run_calls_what_was_posted),
        cmocka_unit_test(handlers_do_not_call_one_another),
        cmocka_unit_test(stop_loses_nothing),
        cmocka_unit_test(run_may_be_called_in_a_handler),
        cmocka_unit_test(dispatch_calls_at_once_inside_only),
        cmocka_unit_test(guard_keeps_run_waiting),
        cmocka_unit_test(handler_is_called_without_memory_for_a_packet),
        cmocka_unit_test(drain_calls_all_handlers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
