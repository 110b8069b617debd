/**
 * @file passes.c
 * @brief Running a scenario of a layer, simulated or real.
 *
 * Uses:     passes.h, sim.h, cmocka.
 * Used by:  the tests of layers 1 and 2.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "passes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#ifdef DRYPORT_REAL
void passes(sim_scenario_fn *scenario)
{
    scenario(NULL);
}

void passes_once(sim_scenario_fn *scenario)
{
    scenario(NULL);
}

void passes_all(sim_scenario_fn *scenario,
                const char *strategy,
                uint64_t runs_min)
{
    (void)strategy;
    (void)runs_min;
    scenario(NULL);
}

void passes_faults(sim_scenario_fn *scenario)
{
    scenario(NULL);
}

void passes_each_fault(sim_scenario_fn *scenario, uint64_t points_min)
{
    (void)points_min;
    scenario(NULL);
}

const char *breaks(sim_scenario_fn *scenario)
{
    /* A broken assertion would end this process too. */
    (void)scenario;
    return "";
}
#else
static struct sim_report passed(struct sim_report report)
{
    if (!report.passed) {
        sim_print_report(stderr, &report, &(struct sim_print){.last = 40});
    }
    assert_true(report.passed);
    return report;
}

static struct sim_report explore(sim_scenario_fn *scenario,
                                 const struct sim_options *options)
{
    return passed(sim_explore(options, scenario, NULL));
}

void passes(sim_scenario_fn *scenario)
{
    (void)explore(scenario, &(struct sim_options){.runs = 300});
}

void passes_once(sim_scenario_fn *scenario)
{
    (void)explore(scenario,
                  &(struct sim_options){.runs = 1, .steps_max = UINT64_MAX});
}

void passes_all(sim_scenario_fn *scenario,
                const char *strategy,
                uint64_t runs_min)
{
    struct sim_report report =
        explore(scenario,
                &(struct sim_options){.strategy = strategy,
                                      .exact_clock = true,
                                      .prompt_threads = true});

    assert_true(report.complete);
    print_message("every schedule: %llu\n", (unsigned long long)report.runs);
    assert_true(report.runs >= runs_min);
}

void passes_faults(sim_scenario_fn *scenario)
{
    (void)explore(scenario,
                  &(struct sim_options){.runs = 300, .faults = "any/2"});
}

void passes_each_fault(sim_scenario_fn *scenario, uint64_t points_min)
{
    struct sim_report report = passed(sim_explore_faults(NULL, scenario, NULL));

    print_message("fault points: %llu, faults: %llu\n",
                  (unsigned long long)report.fault_points,
                  (unsigned long long)report.faults);
    assert_true(report.fault_points >= points_min);
}

const char *breaks(sim_scenario_fn *scenario)
{
    struct sim_report report =
        sim_explore(&(struct sim_options){.runs = 1}, scenario, NULL);

    assert_int_equal(report.verdict, SIM_ASSERTION);
    return report.sentence;
}
#endif
