/**
 * @file command_tour.c
 * @brief `dry tour`: in a minute, what this is about.
 *
 * Five things, each by showing it: threads that share a port; the same seed
 * twice; another seed; a bug that only some schedules have; and a search that
 * leaves no schedule out.
 *
 * Uses:     dry.h, keep.c.
 * Used by:  main.c, make run.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <string.h>

#include "dry.h"

enum { SEED_SHOWN = 1, SEED_OTHER = 2, BUG_RUNS = 10000 };

static void heading(const char *text)
{
    printf("\n== %s ==\n\n", text);
}

/** @brief The options that a scenario of the table is explored with. */
static struct sim_options options_of(const struct scenario *scenario)
{
    struct sim_options options = scenario->options;

    options.name = scenario->name;
    options.seed = SEED_SHOWN;
    return options;
}

/** @brief Run a scenario once, with its trace. */
static struct sim_report run_once(const struct scenario *scenario,
                                  uint64_t seed)
{
    struct sim_options options = options_of(scenario);

    options.strategy = "random";
    options.seed = seed;
    options.runs = 1;
    options.record = true;
    return sim_explore(&options, scenario->run, NULL);
}

/** @brief Say that something is not as the tour tells it. */
static int broken(const char *what, const struct sim_report *report)
{
    printf("This should not happen: %s\n", what);
    if (!report->passed) {
        dry_show_report(report);
    }
    return DRY_FAILED;
}

/* ---- The stops of the tour ---------------------------------------------------- */

static int show_ports(void)
{
    const struct scenario *scenario = scenario_find("ports");
    struct sim_report report = run_once(scenario, SEED_SHOWN);

    heading("Three threads share one port");
    printf("A opens a completion port that lets two threads run, and starts\n"
           "B, C and D, which wait there.  It posts four packets with work,\n"
           "and three that say stop.  K is what Windows does by itself.\n"
           "`own` says whose the packet is: the queue's or the program's.\n\n");
    if (!report.passed) {
        return broken("the first program fails", &report);
    }
    dry_show_timeline(&report);
    printf("\nThis ran in a simulated Windows, on one real thread.  The\n"
           "program is ordinary Windows code: tools/scenarios/ports.c.\n");
    return DRY_GOOD;
}

static void print_hash(uint64_t seed, const struct sim_report *report)
{
    printf("seed %" PRIu64 "   %3zu events   trace hash %016" PRIx64,
           seed,
           report->event_count,
           report->hash);
}

static int show_seeds(void)
{
    const struct scenario *scenario = scenario_find("ports");
    static struct kept first;
    struct sim_event pair[2];
    struct sim_report report;
    uint64_t seed = SEED_OTHER;
    size_t row;

    heading("A seed is a schedule");
    report = run_once(scenario, SEED_SHOWN);
    dry_keep(&first, &report);
    print_hash(SEED_SHOWN, &report);
    report = run_once(scenario, SEED_SHOWN);
    printf("\n");
    print_hash(SEED_SHOWN, &report);
    if (report.hash != first.hash) {
        printf("\n");
        return broken("the same seed gave another trace", &report);
    }
    printf("   the same run again\n");
    do {
        report = run_once(scenario, seed++);
    } while (report.hash == first.hash);
    row = dry_first_difference(&first, &report);
    print_hash(seed - 1, &report);
    printf("   another one\n");
    if (row < first.count && row < report.event_count) {
        printf("\nThey part at row %zu; first what seed %d does, then what "
               "seed %" PRIu64 " does:\n\n",
               row + 1,
               (int)SEED_SHOWN,
               seed - 1);
        pair[0] = first.events[row];
        pair[1] = report.events[row];
        report.events = pair;
        report.event_count = 2;
        dry_show_timeline(&report);
    }
    return DRY_GOOD;
}

/** @brief Run the line that was printed. */
static int replay_bug(const struct scenario *scenario, const char *line)
{
    struct sim_options options = {.name = scenario->name};
    struct sim_report report;

    options.replay = line;
    report = sim_explore(&options, scenario->run, NULL);
    if (report.verdict != scenario->expect) {
        return broken("the replay line did not reproduce the bug", &report);
    }
    printf("\nReplaying this line ... reproduced: the same verdict, the same "
           "trace hash.\n");
    return DRY_GOOD;
}

static int show_bug(void)
{
    const struct scenario *scenario = scenario_find("lost-wakeup");
    struct sim_options options = options_of(scenario);
    struct sim_report report;
    static char line[1024];

    heading("A bug that most schedules do not have");
    printf("To save system calls, a producer posts a packet only when the\n"
           "worker sleeps (tools/scenarios/lost_wakeup.c).  That is nearly\n"
           "right.  Let us try one schedule after another:\n\n");
    options.runs = BUG_RUNS;
    report = sim_explore(&options, scenario->run, NULL);
    if (report.passed || strlen(report.replay) >= sizeof line) {
        return broken("the bug was not found", &report);
    }
    printf("%s schedule%s passed, the next one did not.\n\n",
           dry_count(report.runs - 1),
           dry_plural(report.runs - 1));
    dry_show_report(&report);
    memcpy(line, report.replay, strlen(report.replay) + 1);
    return replay_bug(scenario, line);
}

static int show_search(void)
{
    const struct scenario *scenario = scenario_find("three-by-one");
    struct sim_options options = options_of(scenario);
    struct sim_report report;

    heading("Every schedule there is");
    printf("Three threads wait at a port that lets one of them run; three\n"
           "packets are posted.  Packets leave oldest first, the newest\n"
           "waiter gets the first one, and only one thread ever runs: the\n"
           "program asserts all that (tools/scenarios/three_by.c).\n\n");
    report = sim_explore(&options, scenario->run, NULL);
    if (!report.passed || !report.complete) {
        return broken("the search did not come to its end", &report);
    }
    printf("Ran all %s schedules (%s calls): it holds in each.\n",
           dry_count(report.runs),
           dry_count(report.steps));
    return DRY_GOOD;
}

static void print_farewell(void)
{
    heading("What next");
    printf("dry list                             the programs that are here\n"
           "dry run lesson-02                    the first lesson\n"
           "dry run ports --seed 7               another schedule\n"
           "dry run ports --concurrency 1        another port\n"
           "dry explore deadlock                 find another bug\n"
           "dry explore three-by-two             a larger search\n"
           "dry help                             all commands\n");
}

/* ---- Hashes, to compare builds ------------------------------------------------ */

/** @brief One hash over the traces of all scenarios with one seed. */
static uint64_t hash_of(uint64_t seed)
{
    uint64_t hash = 0;

    for (size_t at = 0; at < scenario_count; at++) {
        struct sim_report report = run_once(&scenarios[at], seed);

        hash = (hash ^ report.hash) * UINT64_C(0x9e3779b97f4a7c15);
        hash ^= hash >> 32;
    }
    return hash;
}

static int print_hashes(const struct arguments *arguments)
{
    uint64_t seed = arguments->hashes_first;

    /* BOUND: hashes_last is not below hashes_first. */
    for (;;) {
        printf("%" PRIu64 " %016" PRIx64 "\n", seed, hash_of(seed));
        if (seed++ == arguments->hashes_last) {
            return DRY_GOOD;
        }
    }
}

int dry_tour(const struct arguments *arguments)
{
    static int (*const stops[])(
        void) = {show_ports, show_seeds, show_bug, show_search};

    if (arguments->hashes) {
        return print_hashes(arguments);
    }
    printf("Dryport: completion ports, without the sea.\n");
    for (size_t at = 0; at < sizeof stops / sizeof stops[0]; at++) {
        int status = stops[at]();

        (void)fflush(stdout);
        if (status != DRY_GOOD) {
            return status;
        }
    }
    print_farewell();
    return DRY_GOOD;
}
