/**
 * @file test_lessons.c
 * @brief Lessons 12 to 14 show what their pages say.
 *
 * That they pass is what test_scenarios.c sees.  Here it is that what they are
 * about happens: a queue that is full, waits that end early, both ends of a
 * race, every schedule of a strand.
 *
 * Uses:     scenario.h, sim.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scenario.h"
#include "sim.h"

enum { RUNS = 300 };

static struct sim_report explore(const char *name, struct sim_options options)
{
    const struct scenario *scenario = scenario_find(name);
    struct sim_report report;

    assert_non_null(scenario);
    options.name = name;
    report = sim_explore(&options, scenario->run, NULL);
    if (!report.passed) {
        sim_print_report(stderr, &report, &(struct sim_print){.last = 40});
    }
    assert_true(report.passed);
    return report;
}

/* ---- Streams ----------------------------------------------------------------- */

/** What the runs of lesson 12 did. */
static struct {
    uint32_t sending; /**< The operation of the write under way, or 0. */
    unsigned sends;
    unsigned refused;
    unsigned again;
    unsigned sent_early; /**< Before the peer has read. */
    unsigned too_many;   /**< Writes under way beside another one. */
} seen;

static bool says(const struct sim_event *event, const char *words)
{
    return event->text != NULL && strstr(event->text, words) != NULL;
}

static void see_writes(void *context, const struct sim_event *event)
{
    (void)context;
    if (event->kind == SIM_EVENT_submit && says(event, "WSASend")) {
        seen.too_many += seen.sending != 0;
        seen.sending = event->op;
        seen.sends++;
    } else if (event->kind == SIM_EVENT_finish && event->op == seen.sending) {
        seen.sending = 0;
    } else if (event->kind == SIM_EVENT_note) {
        seen.refused += says(event, ": refused");
        seen.again += says(event, ": again");
        seen.sent_early += says(event, ": sent") && event->time < 10000;
    }
}

static void stream_pushes_back_and_sends_one_at_a_time(void **state)
{
    (void)state;
    memset(&seen, 0, sizeof seen);
    (void)explore("lesson-12",
                  (struct sim_options){.runs = RUNS, .observe = see_writes});
    assert_int_equal(seen.too_many, 0);
    assert_int_equal(seen.sends, 7 * RUNS);
    assert_true(seen.refused >= 4 * RUNS && seen.again == seen.refused);
    assert_true(seen.sent_early > 0 && seen.sent_early < 7 * RUNS);
}

/* ---- Timers ------------------------------------------------------------------ */

static void happens(const char *mark)
{
    print_message("%-46s %6u\n", mark, (unsigned)sim_marked(mark));
    assert_true(sim_marked(mark) > 0);
}

static void waits_end_early_and_the_race_has_both_ends(void **state)
{
    (void)state;
    (void)explore("lesson-13", (struct sim_options){.runs = RUNS});
    happens("lesson-13: early");
    happens("lesson-13: data wins");
    happens("lesson-13: deadline wins");
    happens("lesson-13: deadline wins, a part is here");
}

/* ---- Strands ----------------------------------------------------------------- */

static void strand_holds_under_every_schedule(void **state)
{
    static const char *const strategies[] = {"dfs:1", "dfs:2", "dfs:3"};

    (void)state;
    for (size_t at = 0; at < sizeof strategies / sizeof strategies[0]; at++) {
        struct sim_report report =
            explore("lesson-14",
                    (struct sim_options){.strategy = strategies[at]});

        assert_true(report.complete);
        print_message("lesson-14: %u schedules of %s\n",
                      (unsigned)report.runs,
                      strategies[at]);
        assert_true(at < 2 || report.runs > 5000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stream_pushes_back_and_sends_one_at_a_time),
        cmocka_unit_test(waits_end_early_and_the_race_has_both_ends),
        cmocka_unit_test(strand_holds_under_every_schedule),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
