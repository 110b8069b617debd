/**
 * @file explore.c
 * @brief sim_explore(): many runs, one report.
 *
 * Runs go by without a trace, because nobody reads the trace of a run that
 * passes.  The first one that fails is run again with the same choices and a
 * trace; if it then ends in another way the scenario depends on something
 * besides its choices, which is a finding of its own.
 *
 * Uses:     run.h, host.h (the clock of progress lines).
 * Used by:  tests, dry, bench.
 * Facts:    none.
 * Read next: print.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../host/host.h"
#include "run.h"

enum {
    RUNS_DEFAULT = 1000,
    STEPS_DEFAULT = 1000000,
    PROCESSORS_DEFAULT = 4,
    PROCESSORS_MAX = 64,
    RUNS_BETWEEN_LOOKS = 1024
};

static char sentence[2048];

/* ---- Reading the options -------------------------------------------------- */

/** @brief Understand the name of a strategy; false when there is none. */
static bool read_strategy(const char *name)
{
    struct exploration *exploration = &sim__exploration;
    unsigned long bound;
    char *end;

    if (name == NULL || strcmp(name, "random") == 0) {
        exploration->strategy = STRATEGY_RANDOM;
        return true;
    }
    if (strncmp(name, "dfs", 3) != 0) {
        return false;
    }
    exploration->strategy = STRATEGY_DFS;
    if (name[3] == '\0') {
        return true;
    }
    bound = strtoul(name + 4, &end, 10);
    exploration->world.preemptions_max = (uint32_t)bound;
    return name[3] == ':' && name[4] >= '0' && name[4] <= '9' && *end == '\0' &&
           bound < UINT32_MAX;
}

/** @brief Check the options; NULL, or what is wrong with them. */
static const char *check_options(const struct sim_options *options)
{
    if (strpbrk(options->name, ": \t\n") != NULL) {
        return "a scenario's name may hold no blank and no colon";
    }
    if (!read_strategy(options->strategy)) {
        (void)snprintf(sentence,
                       sizeof sentence,
                       "there is no strategy `%s`: use random, dfs, or dfs:N "
                       "for at most N preemptions",
                       options->strategy);
        return sentence;
    }
    if (options->processors > PROCESSORS_MAX) {
        return "the simulated machine has 1 to 64 processors";
    }
    return NULL;
}

/** @brief Fill the world's options in from the user's. */
static void set_world(void)
{
    const struct sim_options *options = &sim__exploration.options;
    struct world_options *world = &sim__exploration.world;

    world->steps_max =
        options->steps_max != 0 ? options->steps_max : STEPS_DEFAULT;
    world->processors =
        options->processors != 0 ? options->processors : PROCESSORS_DEFAULT;
    world->concurrency = options->concurrency;
    world->exact_clock = options->exact_clock;
    world->prompt_threads = options->prompt_threads;
    world->calls_only = options->calls_only;
    world->leaks_allowed = options->leaks_allowed;
    world->faults = options->faults;
}

/** @brief Begin an exploration; NULL, or why it cannot begin. */
static const char *
begin(const struct sim_options *options, sim_scenario_fn *scenario, void *arg)
{
    struct exploration *exploration = &sim__exploration;
    const char *wrong;

    memset(exploration, 0, sizeof *exploration);
    if (options != NULL) {
        exploration->options = *options;
    }
    if (exploration->options.name == NULL) {
        exploration->options.name = "scenario";
    }
    exploration->scenario = scenario;
    exploration->arg = arg;
    exploration->seed = exploration->options.seed;
    exploration->world.preemptions_max = UINT32_MAX;
    wrong = check_options(&exploration->options);
    if (wrong == NULL && exploration->options.replay != NULL) {
        wrong = sim__replay_read(exploration->options.replay);
    }
    set_world();
    exploration->runs_max = exploration->options.runs;
    if (exploration->strategy == STRATEGY_RANDOM &&
        exploration->runs_max == 0) {
        exploration->runs_max = RUNS_DEFAULT;
    }
    if (exploration->options.replay != NULL) {
        exploration->runs_max = 1;
    }
    return wrong;
}

/* ---- Running -------------------------------------------------------------- */

/** @brief Now and then, tell how far we are. */
static void tell_progress(double begun, double *told)
{
    const struct sim_options *options = &sim__exploration.options;
    double now;

    if (options->progress == NULL ||
        sim__exploration.runs % RUNS_BETWEEN_LOOKS != 0) {
        return;
    }
    now = sim__host_seconds();
    if (now - *told >= 1.0) {
        *told = now;
        options->progress(
            options->progress_context, sim__exploration.runs, now - begun);
    }
}

/** @brief Run until a run fails or there is none left.
 *  @return whether every run that the strategy knows was made. */
static bool run_all(void)
{
    struct exploration *exploration = &sim__exploration;
    const bool record = exploration->options.record;
    const bool hash = exploration->options.hash || record ||
                      exploration->options.replay != NULL;
    double begun = sim__host_seconds();
    double told = begun;

    sim__search_begin();
    /* BOUND: runs_max, or the strategy has no run left. */
    for (;;) {
        sim__run(record, hash);
        exploration->runs++;
        exploration->steps += sim__run_steps();
        tell_progress(begun, &told);
        if (sim__world_verdict() != SIM_PASS) {
            return false;
        }
        if (exploration->runs == exploration->runs_max) {
            return exploration->strategy == STRATEGY_DFS &&
                   !sim__search_next();
        }
        if (!sim__search_next()) {
            return true;
        }
    }
}

/** @brief Run the failed run once more, with a trace. */
static void run_again(struct sim_report *report)
{
    uint64_t steps = sim__run_steps();
    uint64_t digest = sim__trace_state.digest;
    bool hashed = sim__trace_state.hash;

    report->verdict = sim__world_verdict();
    (void)snprintf(sentence, sizeof sentence, "%s", sim__world_sentence());
    if (report->verdict == SIM_HOST || sim__trace_state.record) {
        return; /* No memory for a second one, or the trace is there. */
    }
    sim__search_again();
    sim__run(true, true);
    if (sim__world_verdict() != report->verdict ||
        strcmp(sim__world_sentence(), sentence) != 0 ||
        sim__run_steps() != steps ||
        (hashed && sim__trace_state.digest != digest)) {
        (void)snprintf(
            sentence,
            sizeof sentence,
            "the same choices gave two different runs: first `%.700s` after "
            "%llu calls, then `%.700s` after %llu; the scenario depends on "
            "something besides its choices, such as a static variable that it "
            "does not set at its start, an address, or a real clock",
            report->verdict == SIM_PASS ? "pass"
                                        : sim_verdict_name(report->verdict),
            (unsigned long long)steps,
            sim_verdict_name(sim__world_verdict()),
            (unsigned long long)sim__run_steps());
        report->verdict = SIM_NONDETERMINISM;
    }
}

/** @brief A replayed run must be the run that was recorded. */
static void compare_with_line(struct sim_report *report)
{
    const struct exploration *exploration = &sim__exploration;

    if (!exploration->hash_expected ||
        exploration->expected_hash == sim__trace_state.digest) {
        return;
    }
    (void)snprintf(sentence,
                   sizeof sentence,
                   "the replay ran (%s), but its trace differs from the one "
                   "recorded in the line: the program or the simulator has "
                   "changed since",
                   sim_verdict_name(report->verdict));
    report->verdict = SIM_NONDETERMINISM;
}

struct sim_report sim_explore(const struct sim_options *options,
                              sim_scenario_fn *scenario,
                              void *arg)
{
    struct sim_report report = {.sentence = "", .replay = ""};
    const char *wrong;

    if (sim__world_running()) {
        sim__stop(SIM_REFUSED, "sim_explore() was called inside a scenario");
    }
    sim__marks_begin();
    wrong = begin(options, scenario, arg);
    if (wrong != NULL) {
        report.verdict = SIM_REFUSED;
        report.sentence = wrong;
        return report;
    }
    sentence[0] = '\0';
    sim__runs_guard();
    report.complete = run_all();
    if (sim__world_verdict() != SIM_PASS) {
        run_again(&report);
    }
    sim__runs_unguard();
    compare_with_line(&report);
    report.passed = report.verdict == SIM_PASS;
    report.runs = sim__exploration.runs;
    report.steps = sim__exploration.steps;
    report.seed = sim__exploration.seed;
    report.hash = sim__trace_state.hash ? sim__trace_state.digest : 0;
    report.sentence = sentence;
    report.replay = sim__replay_write(sim__trace_state.hash);
    if (sim__trace_state.record) {
        report.events = sim__trace_state.events;
        report.event_count = sim__trace_state.count;
    }
    return report;
}
