/**
 * @file command_explore.c
 * @brief `dry explore NAME`: many schedules, until one fails.
 *
 * Uses:     dry.h.
 * Used by:  main.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <string.h>

#include "dry.h"

static void print_seeds(uint64_t first, uint64_t last)
{
    if (first == last) {
        printf(", seed %" PRIu64, first);
    } else {
        printf(", seeds %" PRIu64 " to %" PRIu64, first, last);
    }
}

/** @brief "Ran 1,000 schedules (12,345 calls) ..." */
static void print_counts(const struct sim_options *options,
                         const struct sim_report *report)
{
    bool random =
        options->strategy == NULL || strcmp(options->strategy, "random") == 0;

    printf("Ran %s schedule%s of `%s` (%s calls)",
           dry_count(report->runs),
           dry_plural(report->runs),
           options->name,
           dry_count(report->steps));
    if (random) {
        print_seeds(options->seed, report->seed);
    } else if (report->complete) {
        printf(strchr(options->strategy, ':') == NULL
                   ? ": all there are"
                   : ": all there are within the bound");
    } else if (report->passed) {
        printf(": there are more");
    }
    printf(".\n");
}

static bool each_fault(const struct sim_options *options)
{
    return options->faults != NULL && strcmp(options->faults, "each") == 0;
}

static struct sim_report explore(const struct sim_options *options,
                                 sim_scenario_fn *scenario,
                                 void *arg)
{
    return each_fault(options) ? sim_explore_faults(options, scenario, arg)
                               : sim_explore(options, scenario, arg);
}

int dry_explore(const struct arguments *arguments)
{
    struct target target;
    const struct scenario *scenario = &target.scenario;
    struct sim_options options;
    struct sim_report report;
    int status;

    if (!dry_find_target(arguments->words[0], &target)) {
        return DRY_REFUSED;
    }
    options = dry_options(scenario, arguments);
    options.hash = false;
    options.record = arguments->trace_file != NULL;
    if (dry_host_is_terminal(stderr)) {
        options.progress = dry_progress;
    }
    report = explore(&options, scenario->run, target.arg);
    dry_progress_end();
    if (dry_is_told(arguments, scenario->name, &report, &status)) {
        return status;
    }
    print_counts(&options, &report);
    if (each_fault(&options)) {
        printf("Fault points: %s, each failing once and for good.\n",
               dry_count(report.fault_points));
    }
    if (report.passed) {
        printf("%s passed.\n", report.runs == 1 ? "It" : "All of them");
    } else {
        printf("%s failed.\n\n", report.runs == 1 ? "It" : "The last one");
        dry_show_report(&report);
    }
    return status;
}
