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
 * Read next: each_fault.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../host/host.h"
#include "../kernel/fault.h"
#include "../net/network.h"
#include "../watch/call_stack.h"
#include "../watch/rule.h"
#include "run.h"

enum {
    RUNS_DEFAULT = 1000,
    STEPS_DEFAULT = 1000000,
    PROCESSORS_DEFAULT = 4,
    PROCESSORS_MAX = 64
};

static char sentence[2048];

static const char *say(const char *format, ...) SIM_FORMAT(1, 2);

static const char *say(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    return sentence;
}

/* ---- Reading the options -------------------------------------------------- */

/** @brief Read the N of "dfs:N"; false when it is no number below 4,294,967,295. */
static bool read_bound(const char *text, uint32_t *bound)
{
    uint64_t number = 0;

    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        number = number * 10 + (uint64_t)(*text - '0');
        if (number >= UINT32_MAX) {
            return false;
        }
    }
    *bound = (uint32_t)number;
    return true;
}

/** @brief Understand the name of a strategy; false when there is none. */
static bool read_strategy(const char *name)
{
    struct exploration *exploration = &sim__exploration;

    if (name == NULL || strcmp(name, "random") == 0) {
        exploration->strategy = STRATEGY_RANDOM;
        return true;
    }
    exploration->strategy = STRATEGY_DFS;
    return strcmp(name, "dfs") == 0 ||
           (strncmp(name, "dfs:", 4) == 0 &&
            read_bound(name + 4, &exploration->world.preemptions_max));
}

/** @brief Which one execution to run, if only one is asked for. */
static const char *read_replay(const struct sim_options *options)
{
    if (options->replay != NULL) {
        return sim__replay_read(options->replay);
    }
    return options->schedule != NULL
               ? sim__replay_read_schedule(options->schedule)
               : NULL;
}

/** @brief Check the options; NULL, or what is wrong with them. */
static const char *read_options(const struct sim_options *options)
{
    const char *wrong;

    if (!sim__replay_takes_name(options->name)) {
        return say("a scenario cannot be called `%.80s`: its name stands in "
                   "replay lines, so use up to 63 letters, digits, '-', '_' "
                   "and '.'",
                   options->name);
    }
    if (!read_strategy(options->strategy)) {
        return say("there is no strategy `%.80s`: use random, dfs, or dfs:N "
                   "with at most N preemptions",
                   options->strategy);
    }
    wrong = read_replay(options);
    if (wrong != NULL) {
        return wrong;
    }
    if (options->processors > PROCESSORS_MAX) {
        return say("the simulated machine cannot have %" PRIu32
                   " processors: ask for 1 to %d",
                   options->processors,
                   (int)PROCESSORS_MAX);
    }
    wrong = sim__option_texts_check();
    if (wrong == NULL && options->faults != NULL) {
        wrong = sim__faults_read(options->faults);
    }
    if (wrong == NULL) {
        wrong = sim__network_read(options->network);
    }
    if (wrong == NULL) {
        wrong = sim__rules_read(options->rules, &sim__exploration.world.rules);
    }
    if (wrong != NULL) {
        return wrong;
    }
    if (options->concurrency > INT32_MAX) {
        return say("a concurrency value of %" PRIu32 " makes no sense: ask for "
                   "the number of threads that may run",
                   options->concurrency);
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
    world->faults = options->faults != NULL;
}

/** @brief How many runs at most; 0 for no limit. */
static uint64_t count_runs(const struct exploration *exploration)
{
    const struct sim_options *options = &exploration->options;

    if (options->replay != NULL || options->schedule != NULL) {
        return 1;
    }
    return options->runs == 0 && exploration->strategy == STRATEGY_RANDOM
               ? RUNS_DEFAULT
               : options->runs;
}

/** @brief Begin an exploration; NULL, or why it cannot begin. */
static const char *begin(const struct sim_options *options,
                         sim_scenario_fn *scenario,
                         void *arg)
{
    struct exploration *exploration = &sim__exploration;
    const char *wrong;

    memset(exploration, 0, sizeof *exploration);
    if (scenario == NULL) {
        return "there is no scenario to run: pass a function";
    }
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
    wrong = read_options(&exploration->options);
    set_world();
    exploration->runs_max = count_runs(exploration);
    return wrong;
}

/* ---- Running -------------------------------------------------------------- */

/** How a run ended, to be compared with another. */
struct ending {
    enum sim_verdict verdict;
    uint64_t steps;
    uint64_t digest; /* 0 when there was no hash. */
    bool hashed;
};

static struct ending ending_now(void)
{
    return (struct ending){.verdict = sim__world_verdict(),
                           .steps = sim__run_steps(),
                           .digest = sim__trace_state.digest,
                           .hashed = sim__trace_state.hash};
}

static bool same_ending(const struct ending *one, const struct ending *two)
{
    return one->verdict == two->verdict && one->steps == two->steps &&
           (!one->hashed || !two->hashed || one->digest == two->digest);
}

/** @brief Report that one schedule gave two different runs. */
static void blame_program(struct sim_report *report,
                          const struct ending *one,
                          const struct ending *two)
{
    report->verdict = SIM_NONDETERMINISM;
    (void)say("the same choices gave two different runs (first `%s` after "
              "%" PRIu64 " calls, then `%s` after %" PRIu64
              "%s): the scenario depends on something besides its choices, "
              "such as a static variable that it does not set at its start, "
              "an address, or a real clock",
              sim_verdict_name(one->verdict),
              one->steps,
              sim_verdict_name(two->verdict),
              two->steps,
              one->steps == two->steps ? ", with another trace" : "");
}

/**
 * @brief Run the last run again, with a trace.
 *
 * Once is enough when the first run had a hash; else the second run's hash
 * wants a third to be compared with.
 *
 * @return whether it was the same run each time; if not, the report says so.
 */
static bool repeats(struct sim_report *report)
{
    struct ending first = ending_now();
    struct ending again;

    /* BOUND: the second turn compares two runs with hashes. */
    for (;;) {
        sim__run_again();
        again = ending_now();
        if (!same_ending(&first, &again)) {
            blame_program(report, &first, &again);
            return false;
        }
        if (first.hashed) {
            return true;
        }
        first = again;
    }
}

/** @brief Once a second, tell how far we are. */
static void tell_progress(double begun)
{
    const struct sim_options *options = &sim__exploration.options;

    sim__exploration.second_passed = false;
    if (options->progress != NULL) {
        options->progress(options->progress_context,
                          sim__exploration.runs,
                          sim__host_seconds() - begun);
    }
}

/** @brief Run until a run fails or there is none left.
 *  @return false when a run failed or could not be repeated. */
static bool run_all(struct sim_report *report)
{
    struct exploration *exploration = &sim__exploration;
    const bool record = exploration->options.record;
    const bool twice = exploration->options.twice;
    const bool hash = exploration->options.hash || record || twice ||
                      exploration->options.replay != NULL;
    double begun = sim__host_seconds();

    sim__search_begin();
    /* BOUND: runs_max, or the strategy has no run left. */
    for (;;) {
        sim__run(record, hash);
        exploration->runs++;
        exploration->steps += sim__run_steps();
        exploration->faults_struck +=
            exploration->world.faults ? sim__faults_struck() : 0;
        if (SIM_UNLIKELY(exploration->second_passed)) {
            tell_progress(begun);
        }
        if (sim__world_verdict() != SIM_PASS || (twice && !repeats(report))) {
            return false;
        }
        report->complete = sim__search_is_over();
        if (exploration->runs == exploration->runs_max || !sim__search_next()) {
            return true;
        }
    }
}

/** @brief Find out about the run that failed. */
static void examine_failure(struct sim_report *report)
{
    report->verdict = sim__world_verdict();
    (void)say("%s", sim__world_sentence());
    if (report->verdict != SIM_HOST && report->verdict != SIM_REFUSED) {
        (void)repeats(report);
    }
}

/** @brief A replayed run must be the run that was recorded. */
static void compare_with_line(struct sim_report *report)
{
    const struct exploration *exploration = &sim__exploration;

    if (!exploration->hash_expected || report->verdict == SIM_REFUSED ||
        report->verdict == SIM_HOST || report->verdict == SIM_NONDETERMINISM ||
        exploration->expected_hash == sim__trace_state.digest) {
        return;
    }
    (void)say("the replay ran, but its trace differs from the recorded one "
              "(it ended with the verdict `%s`%s%.700s): the program or the "
              "simulator has changed",
              sim_verdict_name(report->verdict),
              report->verdict == SIM_PASS ? "" : ": ",
              report->verdict == SIM_PASS ? "" : sim__world_sentence());
    report->verdict = SIM_NONDETERMINISM;
}

/** @brief Fill in the rest of the report. */
static void complete_report(struct sim_report *report)
{
    const struct trace *trace = &sim__trace_state;

    report->passed = report->verdict == SIM_PASS;
    report->runs = sim__exploration.runs;
    report->steps = sim__exploration.steps;
    report->faults = sim__exploration.faults_struck;
    report->seed = sim__exploration.seed;
    report->hash = trace->hash ? trace->digest : 0;
    report->sentence = sentence;
    report->stacks = sim__call_stacks_text();
    report->replay = sim__replay_write(trace->hash);
    report->events = trace->events; /* NULL when they were not kept. */
    report->event_count = trace->count;
}

struct sim_report sim_explore(const struct sim_options *options,
                              sim_scenario_fn *scenario,
                              void *arg)
{
    struct sim_report report = {.sentence = "", .stacks = "", .replay = ""};
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
    sim__call_stacks_begin();
    sim__runs_guard();
    if (!run_all(&report) && report.verdict == SIM_PASS) {
        examine_failure(&report);
    }
    sim__runs_unguard();
    compare_with_line(&report);
    complete_report(&report);
    return report;
}
