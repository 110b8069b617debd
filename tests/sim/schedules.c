/**
 * @file schedules.c
 * @brief Runs a scenario under many schedules and reports to cmocka.
 *
 * Uses:     schedules.h.
 * Used by:  the tests in this folder.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <string.h>

enum { RANDOM_RUNS = 400, SEARCH_RUNS = 4000 };

static const char *rules_left_out;

static void explore(const struct sim_options *options,
                    sim_scenario_fn *scenario)
{
    struct sim_report report = sim_explore(options, scenario, NULL);

    if (!report.passed) {
        sim_print_report(stderr, &report, &(const struct sim_print){0});
    }
    assert_true(report.passed);
}

/** @brief Random schedules, then all with at most two preemptions. */
static void explore_both(struct sim_options options, sim_scenario_fn *scenario)
{
    options.strategy = "random";
    options.runs = RANDOM_RUNS;
    explore(&options, scenario);
    options.strategy = "dfs:2";
    options.runs = SEARCH_RUNS;
    explore(&options, scenario);
}

void schedules_pass(sim_scenario_fn *scenario)
{
    explore_both((struct sim_options){.name = "test", .rules = rules_left_out},
                 scenario);
}

void schedules_rules(const char *rules)
{
    rules_left_out = rules;
}

void schedules_pass_exactly(sim_scenario_fn *scenario)
{
    explore_both((struct sim_options){.name = "test",
                                      .rules = rules_left_out,
                                      .exact_clock = true,
                                      .prompt_threads = true},
                 scenario);
}

void schedules_reach(sim_scenario_fn *scenario, const char *const *marks)
{
    explore(&(const struct sim_options){.name = "test",
                                        .rules = rules_left_out,
                                        .runs = RANDOM_RUNS},
            scenario);
    for (size_t at = 0; marks[at] != NULL; at++) {
        if (sim_marked(marks[at]) == 0) {
            print_error("no schedule reached the mark \"%s\"\n", marks[at]);
        }
        assert_true(sim_marked(marks[at]) > 0);
    }
}

void schedules_fail(sim_scenario_fn *scenario,
                    enum sim_verdict verdict,
                    const char *words)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.name = "test", .runs = 1},
                    scenario,
                    NULL);

    if (report.verdict != verdict || strstr(report.sentence, words) == NULL) {
        print_error("verdict %s: %s\n",
                    sim_verdict_name(report.verdict),
                    report.sentence);
    }
    assert_int_equal(report.verdict, verdict);
    assert_non_null(strstr(report.sentence, words));
}
