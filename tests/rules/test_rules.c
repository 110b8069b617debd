/**
 * @file test_rules.c
 * @brief Each contract rule stops the program that breaks it, and no other.
 *
 * Uses:     pairs.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pairs.h"

enum { SEEDS = 200, FIRST_ASKED = 41 };

/** Whether a rule can be seen as a verdict in this build: AddressSanitizer
 * sees some mistakes of the heap first and ends the process. */
#define HEAP_RULES_SEEN (!SIM_ASAN)

static const struct pair pairs[] = {
    {1, pair_overlapped_reused, "which is not over"},
    {2, pair_overlapped_requeued, "whose packet is still queued"},
    {3, pair_result_twice, "succeeded at once"},
    {4, pair_overlapped_freed, "frees, by HeapFree, the OVERLAPPED"},
    {5, pair_buffer_freed, "frees, by HeapFree, the buffer"},
    {6, pair_overlapped_gone, "the OVERLAPPED of operation 1"},
    {6, pair_stream_gone, "the OVERLAPPED of operation"},
    {7, pair_buffer_gone, "the buffer of operation 1"},
    {8, pair_result_gone, "lpFromlen of operation 1"},
    {9, pair_overlapped_changed, "somebody wrote into Internal"},
    {10, pair_sent_changed, "does not hold any more"},
    {11, pair_filled_changed, "before the kernel filled it"},
    {12, pair_buffer_shared, "still sends"},
    {13, pair_lent_freed, "freed by HeapFree"},
    {14, pair_lent_short, "1 bytes beyond the block of 8 bytes"},
    {15, pair_packet_left, "the packet of operation 1"},
    {16, pair_operation_left, "is pending"},
    {17, pair_handle_stale, "event 1, which thread A closed"},
    {18, pair_handle_closed_twice, "closes handle 0x4"},
    {19, pair_handle_recycled, "by now it is that of mutex 1"},
    {20, pair_waited_closed, "waits for it in WaitForSingleObject"},
    {21, pair_event_closed, "which alone would tell"},
    {22, pair_freed_twice, "already freed, by thread A with free"},
    {23, pair_not_a_block, "no block of this heap"},
    {24, pair_freed_written, "(byte 10)"},
    {25, pair_block_overrun, "(byte 41)"},
    {26, pair_accept_area_short, "dwRemoteAddressLength 31, and"},
    {41, pair_connect_unbound, "ConnectEx on file 2, which is not bound"},
    {42, pair_context_missing, "SO_UPDATE_ACCEPT_CONTEXT was not set"},
    {43, pair_receives_race, "calls WSARecv on file 2 while operation"},
};

enum { PAIR_COUNT = sizeof pairs / sizeof pairs[0] };

static bool can_be_seen(const struct pair *pair)
{
    return (pair->rule != 24 && pair->rule != 25) || HEAP_RULES_SEEN;
}

/** @brief Run a pair; a rule that is not watched unless asked for is. */
static struct sim_report explore(const struct pair *pair, bool broken)
{
    static char rules[8]; /* The report refers to it. */

    (void)snprintf(rules, sizeof rules, "+%u", pair->rule);
    return sim_explore(
        &(const struct sim_options){.name = "rule",
                                    .runs = SEEDS,
                                    .rules = pair->rule < FIRST_ASKED ? NULL
                                                                      : rules},
        pair->run,
        &broken);
}

static void broken_program_is_stopped(void **state)
{
    (void)state;
    for (size_t at = 0; at < PAIR_COUNT; at++) {
        struct sim_report report;
        char number[16];

        if (!can_be_seen(&pairs[at])) {
            continue;
        }
        report = explore(&pairs[at], true);
        (void)snprintf(number, sizeof number, "(rule %u ", pairs[at].rule);
        if (report.verdict != SIM_CONTRACT ||
            strstr(report.sentence, number) == NULL ||
            strstr(report.sentence, pairs[at].words) == NULL) {
            print_error("rule %u: %s: %s\n",
                        pairs[at].rule,
                        sim_verdict_name(report.verdict),
                        report.sentence);
        }
        assert_int_equal(report.verdict, SIM_CONTRACT);
        assert_non_null(strstr(report.sentence, number));
        assert_non_null(strstr(report.sentence, pairs[at].words));
    }
}

static void twin_is_not(void **state)
{
    (void)state;
    for (size_t at = 0; at < PAIR_COUNT; at++) {
        struct sim_report report = explore(&pairs[at], false);

        if (!report.passed) {
            print_error("twin of rule %u: %s\n",
                        pairs[at].rule,
                        report.sentence);
        }
        assert_true(report.passed);
        assert_int_equal(report.runs, SEEDS);
    }
}

static void correct_program_is_not(void **state)
{
    static sim_scenario_fn *const programs[] = {correct_result_before_packet,
                                                correct_event_and_packet,
                                                correct_peek_and_receive};

    (void)state;
    for (size_t at = 0; at < sizeof programs / sizeof programs[0]; at++) {
        struct sim_report report =
            sim_explore(&(const struct sim_options){.rules = "+43"},
                        programs[at],
                        NULL);

        if (!report.passed) {
            print_error("%s\n", report.sentence);
        }
        assert_true(report.passed);
    }
}

/** A rule that is left out does not stop anybody, and the line says so. */
static void rule_can_be_left_out(void **state)
{
    const struct sim_options options = {.rules = "-18",
                                        .runs = 1,
                                        .hash = true};
    bool broken = true;
    struct sim_report report =
        sim_explore(&options, pair_handle_closed_twice, &broken);

    (void)state;
    assert_true(report.passed);
    assert_non_null(strstr(report.replay, ":rules=-18"));
}

/** @brief What Windows answers by a code is answered, unless asked for. */
static void asked_rule_is_off(void **state)
{
    (void)state;
    for (size_t at = 0; at < PAIR_COUNT; at++) {
        bool broken = true;

        if (pairs[at].rule >= FIRST_ASKED) {
            struct sim_report report =
                sim_explore(NULL, pairs[at].run, &broken);

            assert_true(report.passed);
        }
    }
}

static void nonsense_is_refused(void **state)
{
    static const char *const texts[] =
        {"on", "3", "-", "-99", "-3,", "-3;-4", "+40", "*3"};
    bool broken = false;

    (void)state;
    for (size_t at = 0; at < sizeof texts / sizeof texts[0]; at++) {
        struct sim_report report =
            sim_explore(&(const struct sim_options){.rules = texts[at]},
                        pair_handle_closed_twice,
                        &broken);

        assert_int_equal(report.verdict, SIM_REFUSED);
        assert_non_null(strstr(report.sentence, "the rules make no sense"));
    }
}

static void report_names_both_stacks(void **state)
{
    bool broken = true;
    struct sim_report report =
        sim_explore(NULL, pair_overlapped_freed, &broken);

    (void)state;
    assert_int_equal(report.verdict, SIM_CONTRACT);
    assert_non_null(strstr(report.stacks, "started by A"));
    assert_non_null(strstr(report.stacks, "freed by A"));
}

static void *volatile forgotten;

static void forget_memory(void *arg)
{
    (void)arg;
    forgotten = malloc(40);
}

static void leak_is_told(void **state)
{
    struct sim_report report = sim_explore(NULL, forget_memory, NULL);

    (void)state;
    assert_int_equal(report.verdict, SIM_LEAK);
    assert_non_null(strstr(report.sentence, "40 bytes is from malloc"));
}

/** Volatile, or a compiler may leave the allocation out. */
static void *volatile asked_for;

static void ask_for_memory(void *arg)
{
    (void)arg;
    asked_for = malloc(40);
    sim_mark(asked_for == NULL ? "none" : "some");
    free(asked_for);
}

static void allocation_can_fail(void **state)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.faults = "malloc"},
                    ask_for_memory,
                    NULL);

    (void)state;
    assert_true(report.passed);
    assert_true(sim_marked("none") > 0 && sim_marked("some") > 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(broken_program_is_stopped),
        cmocka_unit_test(twin_is_not),
        cmocka_unit_test(correct_program_is_not),
        cmocka_unit_test(rule_can_be_left_out),
        cmocka_unit_test(asked_rule_is_off),
        cmocka_unit_test(nonsense_is_refused),
        cmocka_unit_test(report_names_both_stacks),
        cmocka_unit_test(leak_is_told),
        cmocka_unit_test(allocation_can_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
