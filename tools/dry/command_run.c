/**
 * @file command_run.c
 * @brief `dry run NAME`: one run and its timeline.
 *
 * Uses:     dry.h.
 * Used by:  main.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>

#include "dry.h"

/** @brief The same command line, for the program that has real Windows. */
static int run_real(const struct scenario *scenario,
                    const struct arguments *arguments)
{
    char run[] = "run";
    char *argv[4] = {run, run, NULL, NULL};
    int status;

    if (!scenario->real) {
        return dry_refuse("the scenario `%s` makes sense on the simulator "
                          "only; run it without --real",
                          scenario->name);
    }
    argv[2] = arguments->argv[2];
    for (char **at = arguments->argv + 2; *at != NULL; at++) {
        if (*at == arguments->words[0]) {
            argv[2] = *at;
        }
    }
    status = dry_host_run_real(argv);
    return status < 0 ? DRY_REFUSED : status;
}

static void print_heading(const struct scenario *scenario,
                          const struct arguments *arguments,
                          const struct sim_options *options)
{
    printf("%s: %s\n", scenario->name, scenario->title);
    if (arguments->schedule != NULL) {
        printf("Schedule %s.",
               arguments->schedule[0] == '\0' ? "without surprises"
                                              : arguments->schedule);
    } else {
        printf("Seed %" PRIu64 ".", options->seed);
    }
    printf("  %s\n\n", scenario->about);
}

/** @brief What came of it, in the words of the exhibit. */
static void print_ending(const struct sim_report *report)
{
    printf("\n");
    if (!report->passed) {
        printf("%s: %s\n", sim_verdict_name(report->verdict), report->sentence);
    } else {
        printf("pass: %s calls, trace hash %016" PRIx64 "\n",
               dry_count(report->steps),
               report->hash);
    }
    printf("replay: %s\n", report->replay);
}

int dry_run(const struct arguments *arguments)
{
    struct target target;
    const struct scenario *scenario = &target.scenario;
    struct sim_options options;
    struct sim_report report;
    int status;

    if (!dry_find_target(arguments->words[0], &target)) {
        return DRY_REFUSED;
    }
    if (arguments->real) {
        return run_real(scenario, arguments);
    }
    options = dry_options(scenario, arguments);
    options.strategy = "random";
    options.runs = 1;
    options.record = true;
    options.schedule = arguments->schedule;
    report = sim_explore(&options, scenario->run, target.arg);
    if (dry_is_told(arguments, scenario->name, &report, &status)) {
        return status;
    }
    print_heading(scenario, arguments, &options);
    dry_show_timeline(&report);
    print_ending(&report);
    return status;
}
