/**
 * @file test_host.c
 * @brief The real machine, as the simulator sees it: sim/host/.
 *
 * Memory that grows without moving, and stacks that can be left, entered and
 * abandoned.  Crashes and the heartbeat have a program of their own.
 *
 * Uses:     host.h, cmocka.
 * Used by:  make check.
 * Facts:    none.
 * Read next: nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "host/host.h"

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
    uint64_t a = seed + 1;
    uint64_t b = seed + 3;
    uint64_t c = seed + 5;
    uint64_t d = seed + 7;
    uint64_t e = seed + 11;
    uint64_t f = seed + 13;
    uint64_t g = seed + 17;
    double x = seed + 0.5;
    double y = seed * 0.25;
    double z = 1.0 / (seed + 1);

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

/* ---- Small questions --------------------------------------------------- */

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
        cmocka_unit_test(terminal_is_answered),
    };

    return cmocka_run_group_tests(tests, set_up, tear_down);
}
