/**
 * @file test_scenarios.c
 * @brief The table of scenarios: each ends as its row says.
 *
 * Uses:     scenario.h, sim.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "scenario.h"
#include "sim.h"

static void contains(const struct sim_report *report, const char *words)
{
    if (strstr(report->sentence, words) == NULL) {
        print_error("%s: %s\n",
                    sim_verdict_name(report->verdict),
                    report->sentence);
    }
    assert_non_null(strstr(report->sentence, words));
}

/** @brief Explore a scenario of the table as the table says. */
static struct sim_report explore(const char *name)
{
    const struct scenario *scenario = scenario_find(name);
    struct sim_options options;

    assert_non_null(scenario);
    options = scenario->options;
    options.name = name;
    return sim_explore(&options, scenario->run, NULL);
}

static void scenarios_end_as_the_table_says(void **state)
{
    (void)state;
    for (size_t at = 0; at < scenario_count; at++) {
        const struct scenario *scenario = &scenarios[at];
        struct sim_options options = scenario->options;
        struct sim_report report;

        options.name = scenario->name;
        options.strategy = "random";
        report = sim_explore(&options, scenario->run, NULL);
        if (report.verdict != scenario->expect) {
            print_error("%s: ", scenario->name);
            sim_print_report(stderr, &report, &(struct sim_print){0});
        }
        assert_int_equal(report.verdict, scenario->expect);
        assert_ptr_equal(scenario_find(scenario->name), scenario);
        if (!report.passed) {
            /* Each failure has a sentence, a trace that ends with a stop, and
             * a line. */
            assert_true(strlen(report.sentence) > 20);
            assert_true(report.event_count > 0);
            assert_int_equal(report.events[report.event_count - 1].kind,
                             SIM_EVENT_stop);
            assert_non_null(strstr(report.replay, ":hash="));
        }
    }
}

static void three_waiters_hold_under_every_schedule(void **state)
{
    struct sim_report report = explore("three-by-one");

    (void)state;
    assert_true(report.passed && report.complete);
    print_message("three-by-one: %u schedules\n", (unsigned)report.runs);
    report = explore("three-by-two");
    assert_true(report.passed && report.complete);
    print_message("three-by-two: %u schedules\n", (unsigned)report.runs);
}

static void sentences_say_what_went_wrong(void **state)
{
    struct sim_report report = explore("deadlock");

    (void)state;
    contains(&report, "A waits in EnterCriticalSection for a lock held by B");
    contains(&report, "B waits in EnterCriticalSection for a lock held by A");
    report = explore("lost-wakeup");
    contains(&report, "the end of thread B");
    contains(&report, "for a packet of port 1");
    report = explore("lost-update");
    contains(&report, "lost_update.c:");
    contains(&report, ": the assertion `counter == 2` failed in thread A");
    assert_null(strchr(report.sentence, '/'));
    report = explore("livelock");
    contains(&report, "2000 calls");
    report = explore("leak");
    contains(&report, "event 1");
    report = explore("unfinished");
    contains(&report, "(B)");
    report = explore("contract");
    contains(&report, "ReleaseSRWLockExclusive");
    report = explore("crash");
    contains(&report, "thread A crashed: it read or wrote memory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(scenarios_end_as_the_table_says),
        cmocka_unit_test(three_waiters_hold_under_every_schedule),
        cmocka_unit_test(sentences_say_what_went_wrong),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
