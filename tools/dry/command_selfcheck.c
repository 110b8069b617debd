/**
 * @file command_selfcheck.c
 * @brief `dry selfcheck`: the same choices, twice, give the same trace.
 *
 * That a seed stands for a run is the promise on which everything rests.
 * Here it is put to the test: every schedule is run twice and the hashes of
 * the two traces are compared, over programs that use all there is.
 *
 * Uses:     dry.h.
 * Used by:  main.c, the tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>

#include "dry.h"

enum { RUNS_DEFAULT = 10000, MIXER_SHARE = 2, SHOWN_MAX = 5 };

/** What has been found so far. */
struct tally {
    uint64_t runs;
    uint64_t calls;
    uint64_t mismatches;
    uint64_t failures; /* Of programs that should pass. */
};

/** @brief Say what is wrong; the first few times. */
static void show(struct tally *tally, const struct sim_report *report)
{
    if (tally->mismatches + tally->failures <= SHOWN_MAX) {
        dry_progress_end();
        printf("%s: %s\nreplay: %s\n",
               sim_verdict_name(report->verdict),
               report->sentence,
               report->replay);
    }
}

/** @brief Run one scenario's share of the schedules. */
static void check(const struct scenario *scenario,
                  const struct sim_options *given,
                  uint64_t runs,
                  struct tally *tally)
{
    struct sim_options options = *given;
    uint64_t done = 0;

    /* BOUND: each turn makes at least one run. */
    while (done < runs) {
        struct sim_report report;

        options.seed = given->seed + done;
        options.runs = runs - done;
        report = sim_explore(&options, scenario->run, NULL);
        done += report.runs;
        tally->runs += report.runs;
        tally->calls += report.steps;
        if (report.verdict == SIM_NONDETERMINISM) {
            tally->mismatches++;
            show(tally, &report);
        } else if (!report.passed) {
            tally->failures++;
            show(tally, &report);
        }
        if (report.runs == 0) {
            return; /* Refused, and shown. */
        }
    }
}

/** @brief How many scenarios should pass, besides the mixer. */
static uint64_t count_others(void)
{
    uint64_t others = 0;

    for (size_t at = 0; at < scenario_count; at++) {
        others += scenarios[at].expect == SIM_PASS &&
                  scenarios[at].run != scenario_mixer;
    }
    return others;
}

/** @brief Half of the runs are the mixer's; the others share the rest. */
static void check_all(const struct arguments *arguments, struct tally *tally)
{
    uint64_t rest = arguments->options.runs / MIXER_SHARE;
    uint64_t mixed = arguments->options.runs - rest;
    uint64_t others = count_others();

    for (size_t at = 0; at < scenario_count; at++) {
        const struct scenario *scenario = &scenarios[at];
        struct sim_options options = dry_options(scenario, arguments);

        options.strategy = "random";
        options.twice = true;
        if (dry_host_is_terminal(stderr)) {
            options.progress = dry_progress;
        }
        if (scenario->run == scenario_mixer) {
            check(scenario, &options, mixed, tally);
        } else if (scenario->expect == SIM_PASS && others != 0) {
            check(scenario, &options, rest / others, tally);
            rest -= rest / others;
            others--;
        }
    }
    dry_progress_end();
}

int dry_selfcheck(const struct arguments *arguments)
{
    struct arguments filled = *arguments;
    struct tally tally = {0};
    double begun = dry_host_seconds();

    if (filled.options.runs == 0) {
        filled.options.runs = RUNS_DEFAULT;
    }
    check_all(&filled, &tally);
    printf("%s schedules run twice (%s calls each time): %s mismatch%s, "
           "%s failure%s, %.1f s\n",
           dry_count(tally.runs),
           dry_count(tally.calls),
           dry_count(tally.mismatches),
           tally.mismatches == 1 ? "" : "es",
           dry_count(tally.failures),
           dry_plural(tally.failures),
           dry_host_seconds() - begun);
    return tally.mismatches + tally.failures == 0 ? DRY_GOOD : DRY_FAILED;
}
