/**
 * @file test_timers.c
 * @brief Layer 2: timers.
 *
 * Uses:     net.h, passes.h, cmocka.
 * Used by:  ctest.
 * Facts:    TIME-01.
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

static const struct net_loop_options no_net = {.wait_ms_max = INFINITE};

enum { MANY = 1000 };

static struct net_loop loop;
static struct net_timer timers[MANY];
static unsigned called;
static uint64_t started_us;
static uint64_t last_us;

static void open_loop(void)
{
    called = 0;
    last_us = 0;
    sim_assert(net_loop_open(&loop, &no_net) == OP_OK);
    started_us = net_loop_now(&loop);
}

/** @brief A timer that is due so long after the start. */
static void start(struct net_timer *timer, uint64_t after_us)
{
    net_timer_start(timer, started_us + after_us, 0);
}

/** @brief Let time pass: a thread waits in vain for its own end. */
static void pass_ms(DWORD ms)
{
    sim_assert(WaitForSingleObject(GetCurrentThread(), ms) == WAIT_TIMEOUT);
}

/* ---- Once -------------------------------------------------------------------- */

static void in_order(struct net_timer *timer)
{
    sim_assert(timer->op.status == OP_OK);
    sim_assert(net_loop_now(&loop) >= timer->inner.due);
    sim_assert(timer->inner.due >= last_us);
    last_us = timer->inner.due;
    called++;
}

static void many_timers(void *arg)
{
    uint32_t random = 12345;

    (void)arg;
    open_loop();
    for (size_t i = 0; i < MANY; i++) {
        random = random * 1664525U + 1013904223U;
        net_timer_init(&timers[i], &loop, NULL, in_order);
        start(&timers[i], (random >> 8) % 100000);
    }
    /* Some are moved, some end. */
    for (size_t i = 0; i < MANY; i += 3) {
        random = random * 1664525U + 1013904223U;
        start(&timers[i], (random >> 8) % 100000);
    }
    sim_assert(net_loop_run(&loop) == MANY && called == MANY);
    net_loop_close(&loop);
}

static void timers_are_called_in_order(void **state)
{
    (void)state;
    passes_once(many_timers);
}

static void aborted(struct net_timer *timer)
{
    sim_assert(timer->op.status == OP_ABORTED);
    called++;
}

static void cancel_some(void *arg)
{
    (void)arg;
    open_loop();
    for (size_t i = 0; i < 10; i++) {
        net_timer_init(&timers[i],
                       &loop,
                       NULL,
                       i % 2 == 0 ? in_order : aborted);
        start(&timers[i], 1000 * (10 - i));
    }
    for (size_t i = 1; i < 10; i += 2) {
        sim_assert(net_timer_cancel(&timers[i]));
        sim_assert(!net_timer_cancel(&timers[i]));
    }
    sim_assert(net_loop_run(&loop) == 10);
    for (size_t i = 0; i < 10; i++) {
        sim_assert(!net_timer_cancel(&timers[i]));
    }
    net_loop_close(&loop);
}

static void cancelled_timer_is_called_once(void **state)
{
    (void)state;
    passes(cancel_some);
}

/* ---- Again ------------------------------------------------------------------- */

static void third_time(struct net_timer *timer)
{
    called++;
    if (called <= 3) {
        sim_assert(timer->op.status == OP_OK);
        sim_assert(net_loop_now(&loop) >= started_us + called * 10000U);
    } else {
        sim_assert(timer->op.status == OP_ABORTED);
    }
    if (called == 3) {
        sim_assert(net_timer_cancel(timer));
    }
}

static void run_periodic(void *arg)
{
    (void)arg;
    open_loop();
    net_timer_init(&timers[0], &loop, NULL, third_time);
    net_timer_start(&timers[0], started_us + 10000, 10000);
    sim_assert(net_loop_run(&loop) == 4);
    net_loop_close(&loop);
}

static void periodic_timer_goes_on_until_cancelled(void **state)
{
    (void)state;
    passes(run_periodic);
}

static void sleep_over_rounds(struct net_timer *timer)
{
    called++;
    if (called == 1) {
        pass_ms(35); /* Three rounds are missed; the grid stays. */
    } else {
        /* The next round is known already. */
        sim_assert((timer->inner.due - started_us) % 10000 == 0);
        sim_assert(timer->inner.due + 20000 > net_loop_now(&loop));
        timer->on_done = aborted;
        sim_assert(net_timer_cancel(timer));
    }
}

static void run_periodic_late(void *arg)
{
    (void)arg;
    open_loop();
    net_timer_init(&timers[0], &loop, NULL, sleep_over_rounds);
    net_timer_start(&timers[0], started_us + 10000, 10000);
    sim_assert(net_loop_run(&loop) == 3);
    net_loop_close(&loop);
}

static void periodic_timer_leaves_out_what_it_missed(void **state)
{
    (void)state;
    passes(run_periodic_late);
}

/** The handler of the first moves and ends others that are due as well, whose
 * turn has not come. */
static void move_others(struct net_timer *timer)
{
    in_order(timer);
    start(&timers[1], 50000);
    timers[2].on_done = aborted;
    sim_assert(net_timer_cancel(&timers[2]));
}

static void run_moved(void *arg)
{
    (void)arg;
    open_loop();
    for (size_t i = 0; i < 3; i++) {
        net_timer_init(&timers[i],
                       &loop,
                       NULL,
                       i == 0 ? move_others : in_order);
        start(&timers[i], 1000);
    }
    pass_ms(2);
    sim_assert(net_loop_run(&loop) == 3 && called == 3);
    sim_assert(net_loop_now(&loop) >= started_us + 50000);
    net_loop_close(&loop);
}

static void timer_that_is_due_can_be_moved_and_cancelled(void **state)
{
    (void)state;
    passes(run_moved);
}

/* ---- Several threads ---------------------------------------------------------- */

static DWORD WINAPI run_thread(void *arg)
{
    (void)arg;
    (void)net_loop_run(&loop);
    return 0;
}

static HANDLE earlier;

static void tell(struct net_timer *timer)
{
    in_order(timer);
    sim_assert(SetEvent(earlier));
}

static DWORD WINAPI start_earlier(void *arg)
{
    (void)arg;
    start(&timers[1], 5000);
    return 0;
}

/* A thread waits for a timer that is never due, and another one is armed that
 * is: the wait must not go on for ever. */
static void arm_earlier(void *arg)
{
    HANDLE runner;
    HANDLE starter;

    (void)arg;
    open_loop();
    earlier = CreateEventW(NULL, TRUE, FALSE, NULL);
    sim_assert(earlier != NULL);
    net_timer_init(&timers[0], &loop, NULL, in_order);
    net_timer_init(&timers[1], &loop, NULL, tell);
    net_timer_start(&timers[0], UINT64_MAX, 0); /* Never. */
    net_loop_work_begin(&loop);
    runner = CreateThread(NULL, 0, run_thread, NULL, 0, NULL);
    starter = CreateThread(NULL, 0, start_earlier, NULL, 0, NULL);
    sim_assert(runner != NULL && starter != NULL);
    sim_assert(WaitForSingleObject(starter, INFINITE) == WAIT_OBJECT_0);
    sim_assert(WaitForSingleObject(earlier, INFINITE) == WAIT_OBJECT_0);
    timers[0].on_done = aborted;
    sim_assert(net_timer_cancel(&timers[0]));
    net_loop_work_end(&loop);
    sim_assert(WaitForSingleObject(runner, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(runner) && CloseHandle(starter));
    sim_assert(CloseHandle(earlier));
    sim_assert(called == 2);
    net_loop_close(&loop);
}

static void earlier_timer_wakes_who_waits(void **state)
{
    (void)state;
    passes(arm_earlier);
}

/* ---- Cost --------------------------------------------------------------------- */

static void count(struct net_timer *timer)
{
    (void)timer;
    called++;
}

static void idle_timers(void *arg)
{
    static struct net_timer idle[100000];
    struct net_timer *timer = &idle[0];

    (void)arg;
    open_loop();
    for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
        net_timer_init(&idle[i], &loop, NULL, count);
        start(&idle[i], 1000000 + i);
    }
    /* Each is put off twice and then ended, as idle time-outs are. */
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < sizeof idle / sizeof idle[0]; i++) {
            start(&idle[i], 2000000 + 100000 * round + i);
        }
    }
    for (size_t i = 0; i + 1 < sizeof idle / sizeof idle[0]; i++, timer++) {
        sim_assert(net_timer_cancel(timer));
    }
    sim_assert(net_loop_run(&loop) == 100000 && called == 100000);
    net_loop_close(&loop);
}

static void hundred_thousand_timers_are_armed_moved_and_ended(void **state)
{
    (void)state;
    passes_once(idle_timers);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(timers_are_called_in_order),
        cmocka_unit_test(cancelled_timer_is_called_once),
        cmocka_unit_test(periodic_timer_goes_on_until_cancelled),
        cmocka_unit_test(periodic_timer_leaves_out_what_it_missed),
        cmocka_unit_test(timer_that_is_due_can_be_moved_and_cancelled),
        cmocka_unit_test(earlier_timer_wakes_who_waits),
        cmocka_unit_test(hundred_thousand_timers_are_armed_moved_and_ended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
