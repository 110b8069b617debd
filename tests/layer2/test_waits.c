/**
 * @file test_waits.c
 * @brief Layer 2: waiting for objects.
 *
 * Uses:     net.h, passes.h, cmocka.
 * Used by:  ctest.
 * Facts:    PORT-14.
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

static struct net_loop loop;
static unsigned called;

static void open_loop(void)
{
    called = 0;
    sim_assert(net_loop_open(&loop, NULL) == OP_OK);
}

static void close_loop(void)
{
    (void)net_loop_drain(&loop);
    net_loop_close(&loop);
}

static HANDLE new_event(BOOL is_set)
{
    HANDLE event = CreateEventW(NULL, FALSE, is_set, NULL);

    sim_assert(event != NULL);
    return event;
}

static void count_wait(struct net_wait *wait)
{
    sim_assert(wait->registered == NULL);
    called++;
}

/* ---- Signals ----------------------------------------------------------------- */

static void set_event(struct net_post *post)
{
    sim_assert(SetEvent(post->op.context));
}

static void signal_after(void *arg)
{
    struct net_wait wait = {.on_done = count_wait};
    struct net_post post = {.on_done = set_event};
    HANDLE event = new_event(FALSE);

    (void)arg;
    open_loop();
    for (unsigned round = 1; round <= 2; round++) {
        net_wait_start(&loop, NULL, &wait, event);
        sim_assert(net_loop_poll(&loop) == 0);
        post.op.context = event;
        net_loop_post(&loop, &post);
        sim_assert(net_loop_run(&loop) == 2);
        sim_assert(called == round && wait.op.status == OP_OK);
        net_loop_restart(&loop);
    }
    /* The wait has taken the signal. */
    sim_assert(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    sim_assert(CloseHandle(event));
    close_loop();
}

static DWORD WINAPI end_at_once(void *arg)
{
    (void)arg;
    return 0;
}

static void signal_before(void *arg)
{
    struct net_wait wait = {.on_done = count_wait};
    HANDLE event = new_event(TRUE);
    HANDLE thread = CreateThread(NULL, 0, end_at_once, NULL, 0, NULL);
    struct net_strand strand;

    (void)arg;
    open_loop();
    net_strand_init(&strand, &loop);
    net_wait_start(&loop, NULL, &wait, event);
    sim_assert(net_loop_run(&loop) == 1);
    sim_assert(called == 1 && wait.op.status == OP_OK);
    /* A thread is an object, too. */
    net_loop_restart(&loop);
    net_wait_start(&loop, &strand, &wait, thread);
    sim_assert(net_loop_run(&loop) == 1);
    sim_assert(called == 2 && wait.op.status == OP_OK);
    sim_assert(CloseHandle(event) && CloseHandle(thread));
    close_loop();
}

static void signal_reaches_the_loop(void **state)
{
    (void)state;
    passes(signal_after);
    passes(signal_before);
}

/* ---- Other ends -------------------------------------------------------------- */

static void cancel_wait(struct net_post *post)
{
    net_cancel(post->op.context);
    net_cancel(post->op.context); /* Once more changes nothing. */
}

static void never_signalled(void *arg)
{
    struct net_wait wait = {.on_done = count_wait};
    struct net_post post = {.on_done = cancel_wait};
    HANDLE event = new_event(FALSE);

    (void)arg;
    open_loop();
    /* Its time is over. */
    wait.op.deadline_us = net_loop_now(&loop) + 2000;
    net_wait_start(&loop, NULL, &wait, event);
    sim_assert(net_loop_run(&loop) == 1);
    sim_assert(called == 1 && wait.op.status == OP_TIMEOUT);
    /* It was over before it began. */
    net_loop_restart(&loop);
    wait.op.deadline_us = 1;
    net_wait_start(&loop, NULL, &wait, event);
    sim_assert(net_loop_run(&loop) == 1);
    sim_assert(called == 2 && wait.op.status == OP_TIMEOUT);
    /* It is cancelled. */
    net_loop_restart(&loop);
    net_wait_start(&loop, NULL, &wait, event);
    post.op.context = &wait.op;
    net_loop_post(&loop, &post);
    sim_assert(net_loop_run(&loop) == 2);
    sim_assert(called == 3 && wait.op.status == OP_ABORTED);
    /* The loop ends. */
    net_loop_restart(&loop);
    net_wait_start(&loop, NULL, &wait, event);
    sim_assert(net_loop_drain(&loop) == 1);
    sim_assert(called == 4 && wait.op.status == OP_ABORTED);
    /* Nobody waits any more: the signal stays. */
    sim_assert(SetEvent(event));
    sim_settle();
    sim_assert(WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(event));
    net_loop_close(&loop);
}

static void wait_ends_without_a_signal(void **state)
{
    (void)state;
    passes(never_signalled);
}

static void not_an_object(void *arg)
{
    struct net_wait wait = {.on_done = count_wait};

    (void)arg;
    open_loop();
    net_wait_start(&loop, NULL, &wait, NULL);
    sim_assert(called == 0); /* Never inside the call. */
    sim_assert(net_loop_run(&loop) == 1);
    sim_assert(called == 1 && wait.op.status == OP_BAD_HANDLE);
    sim_assert(wait.op.error == ERROR_INVALID_HANDLE);
    close_loop();
}

static void bad_handle_is_told(void **state)
{
    (void)state;
    if (!sim_is_simulated()) {
        skip(); /* Wine 8.0 registers waits for handles that are none. */
    }
    passes(not_an_object);
}

/* ---- Races ------------------------------------------------------------------- */

/** @brief Whatever comes first: one end, one call, and then nobody is left. */
static void race(bool is_cancelled)
{
    static struct net_wait memory;
    static struct net_wait gone;
    struct net_wait *wait = &memory;
    HANDLE event = new_event(FALSE);
    op_status status;

    /* The clock may begin with 0, which is never. */
    (void)WaitForSingleObject(event, 1);
    open_loop();
    memset(wait, 0, sizeof *wait);
    wait->on_done = count_wait;
    if (!is_cancelled) {
        /* It is over already when the wait begins. */
        wait->op.deadline_us = net_loop_now(&loop);
    }
    net_wait_start(&loop, NULL, wait, event);
    sim_assert(SetEvent(event));
    if (is_cancelled) {
        net_cancel(&wait->op);
    }
    sim_assert(net_loop_run(&loop) == 1 && called == 1);
    status = wait->op.status;
    sim_assert(status == OP_OK ||
               status == (is_cancelled ? OP_ABORTED : OP_TIMEOUT));
    sim_mark(status == OP_OK ? "signal" : "asked");
    /* Nobody may touch it any more. */
    memset(wait, 0x5a, sizeof *wait);
    memset(&gone, 0x5a, sizeof gone);
    sim_settle();
    sim_assert(memcmp(wait, &gone, sizeof gone) == 0);
    sim_assert(CloseHandle(event));
    close_loop();
}

static void cancel_against_signal(void *arg)
{
    (void)arg;
    race(true);
}

static void deadline_against_signal(void *arg)
{
    (void)arg;
    race(false);
}

static void one_end_wins(void **state)
{
    (void)state;
    passes_all(cancel_against_signal, "dfs:2", 100);
    if (sim_is_simulated()) {
        assert_true(sim_marked("signal") > 0 && sim_marked("asked") > 0);
    }
    passes_all(deadline_against_signal, "dfs:2", 100);
    if (sim_is_simulated()) {
        assert_true(sim_marked("signal") > 0 && sim_marked("asked") > 0);
    }
}

/* ---- Several threads ----------------------------------------------------------- */

enum { WAITS = 3 };

static void add_one(struct net_wait *wait)
{
    sim_assert(wait->op.status == OP_OK);
    (void)InterlockedIncrement(wait->op.context);
}

static DWORD WINAPI run_loop(void *arg)
{
    (void)arg;
    (void)net_loop_run(&loop);
    return 0;
}

static void several(void *arg)
{
    static struct net_wait waits[WAITS];
    volatile LONG count = 0;
    HANDLE event = new_event(FALSE);
    HANDLE threads[2];

    (void)arg;
    open_loop();
    net_loop_work_begin(&loop);
    for (size_t i = 0; i < 2; i++) {
        threads[i] = CreateThread(NULL, 0, run_loop, NULL, 0, NULL);
    }
    for (size_t i = 0; i < WAITS; i++) {
        waits[i] =
            (struct net_wait){.on_done = add_one, .op.context = (void *)&count};
        net_wait_start(&loop, NULL, &waits[i], event);
    }
    /* Each signal is taken by one of them. */
    for (LONG i = 1; i <= WAITS; i++) {
        sim_assert(SetEvent(event));
        sim_settle();
        sim_assert(count == i);
    }
    net_loop_work_end(&loop);
    sim_assert(WaitForMultipleObjects(2, threads, TRUE, INFINITE) == 0);
    sim_assert(CloseHandle(threads[0]) && CloseHandle(threads[1]));
    sim_assert(CloseHandle(event));
    close_loop();
}

static void threads_share_the_waits(void **state)
{
    (void)state;
    passes(several);
}

/** @brief As if it freed its memory. */
static void forget(struct net_wait *wait)
{
    sim_assert(wait->op.status == OP_OK || wait->op.status == OP_TIMEOUT);
    memset(wait, 0x5a, sizeof *wait);
    called++;
}

/** @brief Signal and deadline are there before the call has returned. */
static void gone_before_return(void *arg)
{
    static struct net_wait wait;
    static struct net_wait gone;
    HANDLE event = new_event(FALSE);
    HANDLE thread;

    (void)arg;
    (void)WaitForSingleObject(event, 1);
    open_loop();
    net_loop_work_begin(&loop);
    thread = CreateThread(NULL, 0, run_loop, NULL, 0, NULL);
    memset(&wait, 0, sizeof wait);
    memset(&gone, 0x5a, sizeof gone);
    wait.on_done = forget;
    wait.op.deadline_us = net_loop_now(&loop);
    sim_assert(SetEvent(event));
    net_wait_start(&loop, NULL, &wait, event);
    net_loop_work_end(&loop);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_settle();
    sim_assert(called == 1 && memcmp(&wait, &gone, sizeof gone) == 0);
    sim_assert(CloseHandle(thread) && CloseHandle(event));
    close_loop();
}

static void request_may_be_gone_before_the_call_returns(void **state)
{
    (void)state;
    passes_all(gone_before_return, "dfs:2", 1000);
}

/* ---- Want ---------------------------------------------------------------------- */

static void in_want(void *arg)
{
    struct net_wait wait = {.on_done = count_wait};
    HANDLE event = CreateEventW(NULL, FALSE, FALSE, NULL);

    (void)arg;
    called = 0;
    if (event == NULL) {
        return;
    }
    if (net_loop_open(&loop, NULL) == OP_OK) {
        wait.op.deadline_us = net_loop_now(&loop) + 5000;
        net_wait_start(&loop, NULL, &wait, event);
        sim_assert(SetEvent(event));
        sim_assert(net_loop_run(&loop) == 1 && called == 1);
        sim_assert(wait.op.status == OP_OK || wait.op.status == OP_TIMEOUT ||
                   wait.op.status == OP_NO_RESOURCES);
        close_loop();
    }
    sim_assert(CloseHandle(event));
}

static void want_is_told_once(void **state)
{
    (void)state;
    passes_each_fault(in_want, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signal_reaches_the_loop),
        cmocka_unit_test(wait_ends_without_a_signal),
        cmocka_unit_test(bad_handle_is_told),
        cmocka_unit_test(one_end_wins),
        cmocka_unit_test(threads_share_the_waits),
        cmocka_unit_test(request_may_be_gone_before_the_call_returns),
        cmocka_unit_test(want_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
