/**
 * @file test_host_guard.c
 * @brief Crashes and the heartbeat: sim/host/guard_*.c.
 *
 * The only tests that crash on purpose and that wait for real time: neither
 * has a virtual counterpart.
 *
 * Uses:     host.h, cmocka.
 * Used by:  make check.
 * Facts:    none.
 * Read next: nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/host.h"

#if SIM_VALGRIND
#    include <valgrind/valgrind.h>
#else
#    define RUNNING_ON_VALGRIND              0
#    define VALGRIND_DISABLE_ERROR_REPORTING (void)0
#    define VALGRIND_ENABLE_ERROR_REPORTING  (void)0
#endif

#define STACK_BYTES ((size_t)65536)

static struct sim__fiber host;
static struct sim__fiber worker;

static int set_up(void **state)
{
    (void)state;
    sim__fiber_adopt(&host);
    return sim__fiber_create(&worker, STACK_BYTES) ? 0 : 1;
}

static int tear_down(void **state)
{
    (void)state;
    sim__fiber_destroy(&worker);
    return 0;
}

/* Start a fiber from the beginning, and come back when it switches to us. */
static void run(struct sim__fiber *fiber, sim__fiber_entry *entry)
{
    sim__fiber_prepare(fiber, entry);
    sim__fiber_switch(&host, fiber);
}

/* What a good fiber does: something, deep down. */
static unsigned result;
static volatile int zero;

static unsigned descend(unsigned frames)
{
    volatile char frame[100];

    frame[0] = (char)(frames & 1);
    return frames == 0 ? 0 : descend(frames - 1) + 1 + (unsigned)frame[0];
}

static void behave(void)
{
    result = descend(40);
    sim__fiber_switch(&worker, &host);
}

static void worker_behaves(void)
{
    result = 0;
    run(&worker, behave);
    assert_int_equal(result, 60);
}

/* ---- Crashes ----------------------------------------------------------- */

static const char *crash_sentence;
static uintptr_t crash_address;
static char *nothing;
static char *volatile null;

static void on_crash(const char *sentence, const void *address)
{
    crash_sentence = sentence;
    crash_address = (uintptr_t)address;
    sim__fiber_switch(&worker, &host);
}

static void crash_by_write(void)
{
    *(volatile char *)(nothing + 5) = 1;
}

SIM_UNSANITIZED static void crash_by_null(void)
{
    result = (unsigned)null[0];
}

SIM_UNSANITIZED static void crash_by_division(void)
{
#if defined(__aarch64__) || defined(_M_ARM64)
    /* ARM divides by zero without complaint. */
    raise(SIGFPE);
#else
    /* Compilers know what 1 divided by anything can be without dividing. */
    result = (unsigned)(1000 / zero);
#endif
}

static void crash_by_instruction(void)
{
    SIM_TRAP();
}

static unsigned overflow(unsigned depth)
{
    volatile char frame[512];

    frame[0] = (char)depth;
    /* BOUND: the stack. */
    return zero ? depth : overflow(depth + 1) + (unsigned)frame[0];
}

static void crash_by_overflow(void)
{
    result = overflow(0);
}

static void crash_by_abort(void)
{
    abort();
}

static const struct {
    sim__fiber_entry *entry;
    const char *sentence;
} crashes[] = {
    {crash_by_write, "it read or wrote memory that is not there"},
    {crash_by_null, "it read or wrote memory that is not there"},
    {crash_by_instruction, "it executed an illegal instruction"},
    {crash_by_division, "it divided by zero"},
    {crash_by_abort, "it called abort()"},
    {crash_by_overflow, "stack overflow in a simulated thread"},
};

/* One kind of crash many times, and good fibers in between. */
static void crash_many_times(size_t kind, unsigned times)
{
    for (unsigned i = 0; i < times; i++) {
        crash_sentence = NULL;
        crash_address = 1;
        VALGRIND_DISABLE_ERROR_REPORTING;
        run(&worker, crashes[kind].entry);
        VALGRIND_ENABLE_ERROR_REPORTING;
        assert_non_null(crash_sentence);
        assert_string_equal(crash_sentence, crashes[kind].sentence);
        if (kind == 0) {
            assert_int_equal(crash_address, (uintptr_t)nothing + 5);
        } else if (crashes[kind].entry != crash_by_overflow) {
            assert_int_equal(crash_address, 0);
        }
        worker_behaves();
    }
}

static void crashes_come_back_every_time(void **state)
{
    unsigned times = RUNNING_ON_VALGRIND ? 100 : 10000;

    (void)state;
    nothing = sim__host_reserve(65536);
    assert_non_null(nothing);
    sim__host_guard(on_crash, NULL);
    for (size_t kind = 0; kind < sizeof crashes / sizeof *crashes; kind++) {
        crash_many_times(kind, times);
    }
    /* Each kind after each other kind. */
    for (unsigned i = 0; i < 1000; i++) {
        crash_many_times(i * i % 6, 1);
        crash_many_times(i % 6, 1);
    }
    sim__host_unguard();
    sim__host_release(nothing, 65536);
}

static volatile sig_atomic_t own_handler_calls;

static void own_handler(int signal_number)
{
    signal(signal_number, own_handler);
    own_handler_calls++;
}

static void unguard_restores_handlers(void **state)
{
    void (*before)(int) = signal(SIGABRT, own_handler);

    (void)state;
    own_handler_calls = 0;
    sim__host_guard(on_crash, NULL);
    crash_many_times(4, 1);
    sim__host_unguard();
    assert_int_equal(own_handler_calls, 0);
    raise(SIGABRT);
    /* cppcheck-suppress unreachableCode */
    assert_int_equal(own_handler_calls, 1);
    /* A second time is no harm. */
    sim__host_unguard();
    signal(SIGABRT, before);
}

/* ---- Heartbeat --------------------------------------------------------- */

static volatile unsigned ticks;
static volatile bool tick_leaves;

static void on_tick(void)
{
    ticks++;
    if (tick_leaves && sim__fiber_now != &host) {
        sim__fiber_switch(sim__fiber_now, &host);
    }
}

static void loop_for_ever(void)
{
    for (;;) {
        /* BOUND: the heartbeat. */
        result++;
    }
}

static void tick_ends_a_loop_without_calls(void **state)
{
    (void)state;
    ticks = 0;
    tick_leaves = true;
    sim__host_guard(on_crash, on_tick);
    run(&worker, loop_for_ever);
    assert_int_equal(ticks, 1);
    run(&worker, loop_for_ever);
    assert_int_equal(ticks, 2);

    /* The stack is as good as before. */
    worker_behaves();
    crash_many_times(0, 10);
    sim__host_unguard();
}

/* Registers of every kind are in use at any time. */
static double compute(unsigned seed)
{
    uint64_t whole = seed + 1;
    double x = seed + 0.5;
    double y = seed * 0.25;

    for (unsigned i = 0; i < 1000; i++) {
        whole = whole * 6364136223846793005U + 1442695040888963407U;
        x = x * 0.5 + y;
        y = y * 0.25 + (double)(whole >> 40);
    }
    return x + y;
}

static void tick_that_returns_changes_nothing(void **state)
{
    double expected[64];
    double start = sim__host_seconds();

    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        expected[i] = compute(i);
    }
    ticks = 0;
    tick_leaves = false;
    sim__host_guard(on_crash, on_tick);

    /* A tick while the host itself computes. */
    for (unsigned i = 0; ticks < 1; i++) {
        /* BOUND: the heartbeat. */
        assert_true(compute(i % 64) == expected[i % 64]);
    }
    /* A tick while fibers switch. */
    for (unsigned i = 0; ticks < 2; i++) {
        /* BOUND: the heartbeat. */
        worker_behaves();
        assert_true(compute(i % 64) == expected[i % 64]);
    }
    sim__host_unguard();
    assert_true(sim__host_seconds() - start > 1.5);
}

static void tick_ends_with_the_guard(void **state)
{
    double start;

    (void)state;
    ticks = 0;
    sim__host_guard(on_crash, on_tick);
    sim__host_unguard();
    start = sim__host_seconds();
    while (sim__host_seconds() - start < 1.3) {
        /* BOUND: real time. */
    }
    assert_int_equal(ticks, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crashes_come_back_every_time),
        cmocka_unit_test(unguard_restores_handlers),
        cmocka_unit_test(tick_ends_a_loop_without_calls),
        cmocka_unit_test(tick_that_returns_changes_nothing),
        cmocka_unit_test(tick_ends_with_the_guard),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
