/**
 * @file test_host.c
 * @brief The real machine, as the simulator sees it: sim/host/.
 *
 * The only tests that crash on purpose and that wait for real time: crashes
 * and the heartbeat have no virtual counterpart.
 *
 * Uses:     host.h, cmocka.
 * Used by:  make check.
 * Facts:    none.
 * Read next: nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "host/host.h"

#if defined(__has_include)
#if __has_include(<valgrind/valgrind.h>)
#include <valgrind/valgrind.h>
#endif
#endif
#if !defined(VALGRIND_DISABLE_ERROR_REPORTING)
#define RUNNING_ON_VALGRIND              0
#define VALGRIND_DISABLE_ERROR_REPORTING (void)0
#define VALGRIND_ENABLE_ERROR_REPORTING  (void)0
#endif

#define STACK_BYTES ((size_t)65536)

static struct sim__fiber host;
static struct sim__fiber worker;
static struct sim__fiber other;

static int set_up(void **state)
{
    (void)state;
    sim__fiber_adopt(&host);
    return sim__fiber_create(&worker, STACK_BYTES) &&
                   sim__fiber_create(&other, STACK_BYTES)
               ? 0
               : 1;
}

static int tear_down(void **state)
{
    (void)state;
    sim__fiber_destroy(&worker);
    sim__fiber_destroy(&other);
    return 0;
}

/* Start a fiber from the beginning, and come back when it switches to us. */
static void run(struct sim__fiber *fiber, sim__fiber_entry *entry)
{
    sim__fiber_prepare(fiber, entry);
    sim__fiber_switch(&host, fiber);
}

/* ---- Memory ------------------------------------------------------------ */

static void memory_is_zero_when_committed(void **state)
{
    size_t page_bytes = sim__host_page_bytes();
    size_t bytes = 64 * page_bytes;
    char *start = sim__host_reserve((size_t)1 << 33);

    (void)state;
    assert_non_null(start);
    assert_int_equal((uintptr_t)start % page_bytes, 0);

    /* Any part can be committed first. */
    assert_true(sim__host_commit(start + bytes, 1));
    start[bytes + page_bytes - 1] = 7;

    /* What has memory already keeps it. */
    assert_true(sim__host_commit(start, bytes + page_bytes));
    assert_int_equal(start[bytes + page_bytes - 1], 7);
    for (size_t i = 0; i < bytes; i++) {
        assert_int_equal(start[i], 0);
    }
    sim__host_release(start, (size_t)1 << 33);
}

static void memory_is_refused_when_it_cannot_be(void **state)
{
    struct sim__fiber fiber;

    (void)state;
    assert_null(sim__host_reserve(0));
    assert_null(sim__host_reserve(SIZE_MAX));
    assert_null(sim__host_reserve(SIZE_MAX - 4096));
    assert_null(sim__host_reserve(SIZE_MAX / 2));
    assert_false(sim__fiber_create(&fiber, SIZE_MAX));
    assert_false(sim__fiber_create(&fiber, SIZE_MAX / 4));
    sim__host_release(NULL, 0);
    /* A fiber that was never made can be destroyed. */
    sim__fiber_destroy(&fiber);
}

/* ---- Fibers ------------------------------------------------------------ */

static unsigned turns;

static void take_turns(void)
{
    for (;;) {
        turns++;
        sim__fiber_switch(sim__fiber_now, &host);
    }
}

static void switch_continues_where_it_left(void **state)
{
    (void)state;
    turns = 0;
    assert_ptr_equal(sim__fiber_now, &host);
    run(&worker, take_turns);
    assert_int_equal(turns, 1);
    for (unsigned i = 0; i < 1000; i++) {
        sim__fiber_switch(&host, &worker);
    }
    assert_int_equal(turns, 1001);
    assert_ptr_equal(sim__fiber_now, &host);
}

/* Too many values for the registers that a call may change; some of them
 * are floating point. */
static double mix(unsigned seed, struct sim__fiber *to)
{
    uint64_t a = seed + 1, b = seed * 3 + 1, c = seed * 5 + 1, d = seed + 7;
    uint64_t e = seed * 11 + 1, f = seed + 13, g = seed * 17 + 1;
    double x = seed + 0.5, y = seed * 0.25, z = 1.0 / (seed + 1);

    for (unsigned i = 0; i < 100; i++) {
        if (to) {
            sim__fiber_switch(sim__fiber_now, to);
        }
        a = a * 31 + b;
        b = b * 37 + c;
        c = c * 41 + d;
        d = d * 43 + e;
        e = e * 47 + f;
        f = f * 53 + g;
        g = g * 59 + a;
        x = x * 0.5 + y;
        y = y * 0.25 + z;
        z = z * 0.125 + x;
    }
    return x + y + z + (double)((a ^ b ^ c ^ d ^ e ^ f ^ g) % 1000003);
}

static double mixed[2];

static void mix_as_worker(void)
{
    mixed[0] = mix(5, &other);
    sim__fiber_switch(&worker, &host);
}

static void mix_as_other(void)
{
    mixed[1] = mix(9, &worker);
    sim__fiber_switch(&other, &host);
}

static void switch_keeps_registers(void **state)
{
    (void)state;
    mixed[0] = mixed[1] = 0;
    sim__fiber_prepare(&other, mix_as_other);
    run(&worker, mix_as_worker);
    assert_true(mixed[0] == mix(5, NULL));
    sim__fiber_switch(&host, &other);
    assert_true(mixed[1] == mix(9, NULL));
}

static uintptr_t deepest;

/* Goes down by about `frames` frames and is abandoned there. */
static unsigned descend(unsigned frames)
{
    volatile char frame[100];

    frame[0] = (char)frames;
    deepest = (uintptr_t)frame;
    if (frames == 0) {
        /* The name of another fiber of the run will do. */
        sim__fiber_switch(turns % 2 ? &worker : &other, &host);
        return 0;
    }
    return descend(frames - 1) + (unsigned)frame[0];
}

static void descend_by_turns(void)
{
    turns += descend(turns % 50);
    sim__fiber_switch(&worker, &host);
}

static void prepare_starts_afresh_when_abandoned(void **state)
{
    uintptr_t first[50];

    (void)state;
    for (turns = 0; turns < 20000; turns++) {
        run(&worker, descend_by_turns);
        if (turns < 50) {
            first[turns] = deepest;
        }
        /* The stack starts at the same place each time. */
        assert_int_equal(deepest, first[turns % 50]);
    }
}

/* Nearly all that was asked for, from the top down. */
static void use_stack(void)
{
    volatile char frame[STACK_BYTES - 2048];

    for (size_t i = sizeof frame; i-- > 0;) {
        frame[i] = 1;
    }
    turns = (unsigned)frame[0];
    sim__fiber_switch(&worker, &host);
}

static void stack_has_the_bytes_asked_for(void **state)
{
    (void)state;
    turns = 0;
    run(&worker, use_stack);
    assert_int_equal(turns, 1);
}

static void note_stack(void)
{
    volatile char here;

    here = 1;
    deepest = (uintptr_t)&here + (uintptr_t)(here - 1);
    sim__fiber_switch(sim__fiber_now, &host);
}

static void stacks_start_at_different_lines(void **state)
{
    static struct sim__fiber fibers[64];
    static bool seen[64];

    (void)state;
    for (size_t i = 0; i < 64; i++) {
        assert_true(sim__fiber_create(&fibers[i], STACK_BYTES));
        run(&fibers[i], note_stack);
        assert_false(seen[deepest / 64 % 64]);
        seen[deepest / 64 % 64] = true;
    }
    for (size_t i = 0; i < 64; i++) {
        sim__fiber_destroy(&fibers[i]);
    }
}

/* ---- Crashes ----------------------------------------------------------- */

static const char *crash_sentence;
static uintptr_t crash_address;
static char *nothing;

static void on_crash(const char *sentence, const void *address)
{
    crash_sentence = sentence;
    crash_address = (uintptr_t)address;
    sim__fiber_switch(&worker, &host);
}

static volatile int zero;

static void crash_by_write(void)
{
    *(volatile char *)(nothing + 5) = 1;
}

SIM_UNSANITIZED static void crash_by_null(void)
{
    char *volatile null = NULL;

    crash_address = (uintptr_t)null[0];
}

SIM_UNSANITIZED static void crash_by_division(void)
{
#if defined(__aarch64__) || defined(_M_ARM64)
    /* ARM divides by zero without complaint. */
    raise(SIGFPE);
#else
    /* Compilers know what 1 divided by anything can be without dividing. */
    turns = (unsigned)(1000 / zero);
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
    turns = overflow(0);
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
        turns = i;
        run(&worker, descend_by_turns);
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
        turns++;
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
    turns = 7;
    run(&worker, descend_by_turns);
    crash_many_times(0, 10);
    sim__host_unguard();
}

static void tick_that_returns_changes_nothing(void **state)
{
    double expected[64];
    double start = sim__host_seconds();

    (void)state;
    for (unsigned i = 0; i < 64; i++) {
        expected[i] = mix(i, NULL);
    }
    ticks = 0;
    tick_leaves = false;
    sim__host_guard(on_crash, on_tick);

    /* A tick while the host itself computes. */
    for (unsigned i = 0; ticks < 1; i++) {
        /* BOUND: the heartbeat. */
        assert_true(mix(i % 64, NULL) == expected[i % 64]);
    }
    /* A tick while fibers switch. */
    for (unsigned i = 0; ticks < 2; i++) {
        /* BOUND: the heartbeat. */
        run(&worker, take_turns);
        sim__fiber_switch(&host, &worker);
        assert_true(mix(i % 64, NULL) == expected[i % 64]);
    }
    sim__host_unguard();
    assert_true(sim__host_seconds() - start > 1.5);
    assert_true(sim__host_seconds() - start < 20);
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

static void terminal_is_answered(void **state)
{
    (void)state;
    /* Either is right; it must be one of them, and stay it. */
    assert_int_equal(sim__host_is_terminal(1), sim__host_is_terminal(1));
    assert_int_equal(sim__host_is_terminal(2), sim__host_is_terminal(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zero_when_committed),
        cmocka_unit_test(memory_is_refused_when_it_cannot_be),
        cmocka_unit_test(switch_continues_where_it_left),
        cmocka_unit_test(switch_keeps_registers),
        cmocka_unit_test(prepare_starts_afresh_when_abandoned),
        cmocka_unit_test(stack_has_the_bytes_asked_for),
        cmocka_unit_test(stacks_start_at_different_lines),
        cmocka_unit_test(crashes_come_back_every_time),
        cmocka_unit_test(unguard_restores_handlers),
        cmocka_unit_test(tick_ends_a_loop_without_calls),
        cmocka_unit_test(tick_that_returns_changes_nothing),
        cmocka_unit_test(tick_ends_with_the_guard),
        cmocka_unit_test(terminal_is_answered),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
