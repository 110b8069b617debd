/**
 * @file test_replay.c
 * @brief Replay lines: what is written, what is read, what is refused.
 *
 * Uses:     schedules.h, sim.h, windows.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <stdio.h>
#include <string.h>
#include <windows.h>

static char line[4096];

/** @brief Keep a report's line, which the next exploration overwrites. */
static const char *keep(const struct sim_report *report)
{
    assert_true(strlen(report->replay) < sizeof line);
    memcpy(line, report->replay, strlen(report->replay) + 1);
    return line;
}

/* ---- There and back ---------------------------------------------------------------- */

static volatile LONG counter;

static DWORD WINAPI count(void *arg)
{
    LONG seen = InterlockedCompareExchange(&counter, 0, 0);

    (void)arg;
    InterlockedExchange(&counter, seen + 1);
    return 0;
}

/** @brief Fails on some schedules. */
static void lost_update(void *arg)
{
    HANDLE other;

    counter = 0;
    other = CreateThread(NULL, 0, count, NULL, 0, NULL);
    count(arg);
    WaitForSingleObject(other, INFINITE);
    CloseHandle(other);
    sim_assert(counter == 2);
}

/** @brief Find a failure, and find it again with its line alone. */
static void there_and_back(struct sim_options options, const char *words)
{
    struct sim_options again = {.name = options.name, .record = true};
    struct sim_report report = sim_explore(&options, lost_update, NULL);
    uint64_t hash = report.hash;
    size_t events = report.event_count;

    assert_int_equal(report.verdict, SIM_ASSERTION);
    assert_true(hash != 0 && events != 0);
    assert_non_null(strstr(report.replay, words));
    again.replay = keep(&report);
    report = sim_explore(&again, lost_update, NULL);
    assert_int_equal(report.verdict, SIM_ASSERTION);
    assert_int_equal(report.runs, 1);
    assert_true(report.hash == hash);
    assert_int_equal(report.event_count, events);
    assert_string_equal(report.replay, line);
}

static void line_repeats_the_run(void **state)
{
    (void)state;
    there_and_back((struct sim_options){.name = "a-b_c.D9"}, "v1:a-b_c.D9:");
    there_and_back((struct sim_options){.seed = 100}, ":seed=1");
    there_and_back((struct sim_options){.strategy = "dfs"}, ":choices=");
    there_and_back((struct sim_options){.strategy = "dfs:1"}, ":bound=1:");
    there_and_back((struct sim_options){.strategy = "dfs",
                                        .calls_only = true,
                                        .processors = 2},
                   ":cpus=2:calls=1:hash=");
    there_and_back((struct sim_options){.exact_clock = true,
                                        .prompt_threads = true,
                                        .faults = "any"},
                   ":exact=1:prompt=1:faults=any:");
    there_and_back((struct sim_options){.steps_max = 500,
                                        .concurrency = 3,
                                        .leaks_allowed = true},
                   ":concurrency=3:steps=500:leaks=1:");
}

static void choose_once(void *arg)
{
    (void)arg;
    (void)sim_choose(2);
}

static void line_holds_all_options(void **state)
{
    struct sim_options options = {.strategy = "dfs", .calls_only = true};
    struct sim_report report = sim_explore(&options, lost_update, NULL);
    struct sim_options other = {.replay = keep(&report),
                                .processors = 9,
                                .faults = "any"};

    (void)state;
    /* What the line does not say is as if it had not been asked for. */
    report = sim_explore(&other, lost_update, NULL);
    assert_int_equal(report.verdict, SIM_ASSERTION);
    assert_string_equal(report.replay, line);

    /* Saying so is the same as saying nothing. */
    other.replay = "v1:scenario:seed=3:exact=0:leaks=0:calls=1";
    report = sim_explore(&other, choose_once, NULL);
    assert_true(report.passed);
    assert_non_null(strstr(report.replay, "seed=3:calls=1:hash="));
}

static bool changed;

static void changing(void *arg)
{
    lost_update(arg);
    if (changed) {
        sim_note("this is new");
    }
}

/** @brief The same calls, but another ending. */
static void noting(void *arg)
{
    (void)arg;
    sim_note(changed ? "new" : "old");
}

static void changed_program_is_noticed(void **state)
{
    struct sim_options options = {.runs = 1, .hash = true};
    struct sim_options again = {0};
    struct sim_report report;

    (void)state;
    changed = false;
    report = sim_explore(&options, noting, NULL);
    again.replay = keep(&report);
    assert_true(sim_explore(&again, noting, NULL).passed);
    changed = true;
    report = sim_explore(&again, noting, NULL);
    assert_int_equal(report.verdict, SIM_NONDETERMINISM);
    assert_non_null(
        strstr(report.sentence,
               "the replay ran, but its trace differs from the recorded one"));
    assert_non_null(
        strstr(report.sentence, "the program or the simulator has changed"));

    /* With a failure, the same. */
    changed = false;
    report = sim_explore(NULL, changing, NULL);
    assert_int_equal(report.verdict, SIM_ASSERTION);
    again.replay = keep(&report);
    line[strlen(line) - 1] = line[strlen(line) - 1] == '0' ? '1' : '0';
    report = sim_explore(&again, changing, NULL);
    assert_int_equal(report.verdict, SIM_NONDETERMINISM);
    assert_non_null(strstr(report.sentence, "`assertion`"));
    assert_non_null(strstr(report.sentence, "counter == 2"));
}

/* ---- Schedules ------------------------------------------------------------------------ */

enum { ANSWERS = 30 };

static uint32_t answers[ANSWERS];

static void choose_many(void *arg)
{
    (void)arg;
    for (size_t at = 0; at < ANSWERS; at++) {
        answers[at] = sim_choose(1000);
    }
}

/** @brief Run a schedule and compare how it is written. */
static void schedule_is_written(const char *schedule, const char *written)
{
    struct sim_options options = {.schedule = schedule};
    struct sim_report report = sim_explore(&options, choose_many, NULL);
    char expected[256];

    assert_true(report.passed);
    assert_int_equal(report.runs, 1);
    (void)
        snprintf(expected, sizeof expected, "v1:scenario:choices=%s", written);
    assert_string_equal(report.replay, expected);
}

static void schedule_answers_the_choices(void **state)
{
    (void)state;
    schedule_is_written("", "");
    assert_int_equal(answers[0], 0);

    schedule_is_written("09azV36.V999.1", "09azV36.V999.1");
    assert_int_equal(answers[1], 9);
    assert_int_equal(answers[2], 10);
    assert_int_equal(answers[3], 35);
    assert_int_equal(answers[4], 36);
    assert_int_equal(answers[5], 999);
    assert_int_equal(answers[6], 1);
    assert_int_equal(answers[7], 0);

    /* Zeros at the end say nothing. */
    schedule_is_written("1000", "1");
    schedule_is_written("0R20.", "");

    /* Repetitions, from where they are shorter. */
    schedule_is_written("7R3.2", "77772");
    schedule_is_written("7R4.2", "7R4.2");
    schedule_is_written("777772", "7R4.2");
    schedule_is_written("V77.R25.3", "V77.R25.3");
    assert_int_equal(answers[25], 77);
    assert_int_equal(answers[26], 3);
    schedule_is_written("1R3.R3.", "1R6.");
    schedule_is_written("V5.", "5");
}

static void schedule_that_does_not_fit_is_refused(void **state)
{
    struct sim_options options = {.schedule = "01V1000."};
    struct sim_report report = sim_explore(&options, choose_many, NULL);

    (void)state;
    assert_int_equal(report.verdict, SIM_REFUSED);
    assert_non_null(strstr(report.sentence, "decision 3"));
    assert_non_null(strstr(report.sentence, "1000 possibilities"));
}

/* ---- Lines that make no sense ----------------------------------------------------------- */

static void line_is_refused(const char *bad, const char *words)
{
    struct sim_options options = {.replay = bad};
    struct sim_report report = sim_explore(&options, lost_update, NULL);

    assert_int_equal(report.verdict, SIM_REFUSED);
    assert_int_equal(report.runs, 0);
    if (strstr(report.sentence, words) == NULL) {
        print_error("%s: %s\n", bad, report.sentence);
    }
    assert_non_null(strstr(report.sentence, words));
}

static void broken_lines_are_refused(void **state)
{
    (void)state;
    line_is_refused("", "character 1");
    line_is_refused("seed=7", "character 1");
    line_is_refused("v2:scenario:seed=7", "character 1");
    line_is_refused("v1:", "character 4");
    line_is_refused("v1::seed=7", "character 4");
    line_is_refused("v1:sce nario:seed=7", "character 4");
    line_is_refused("v1:other:seed=7", "`other`");
    line_is_refused("v1:scenario", "neither");
    line_is_refused("v1:scenario:hash=1", "neither");
    line_is_refused("v1:scenario:seed=", "character 13");
    line_is_refused("v1:scenario:seed=x", "character 13");
    line_is_refused("v1:scenario:seed=18446744073709551616", "character 13");
    line_is_refused("v1:scenario:seed=1:", "character 20");
    line_is_refused("v1:scenario:seed=1 ", "character 13");
    line_is_refused("v1:scenario:seed=1:what=1", "character 20");
    line_is_refused("v1:scenario:seed=1:faults", "character 20");
    line_is_refused("v1:scenario:seed=1:faults=2", "makes no sense at `2`");
    line_is_refused("v1:scenario:seed=1:cpus=65", "65 processors");
    line_is_refused("v1:scenario:seed=1:hash=xyz", "character 20");
    line_is_refused("v1:scenario:choices=01!", "character 23");
    line_is_refused("v1:scenario:choices=R4.", "character 21");
    line_is_refused("v1:scenario:choices=1R4", "character 22");
    line_is_refused("v1:scenario:choices=1R.", "character 22");
    line_is_refused("v1:scenario:choices=V.", "character 21");
    line_is_refused("v1:scenario:choices=V4294967295.", "character 21");
    line_is_refused("v1:scenario:choices=1R99999999999.", "character 22");
    line_is_refused("v1:scenario:choices=0A", "character 22");
}

static void line_names_its_scenario(void **state)
{
    char name[16];

    (void)state;
    assert_null(sim_replay_name("v1:ports:seed=1", name, sizeof name));
    assert_string_equal(name, "ports");
    assert_null(sim_replay_name("v1:PORT-33", name, sizeof name));
    assert_string_equal(name, "PORT-33");
    assert_non_null(sim_replay_name(NULL, name, sizeof name));
    assert_non_null(sim_replay_name("v1:0123456789012345:", name, sizeof name));
    assert_null(sim_replay_name("v1:012345678901234:", name, sizeof name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_repeats_the_run),
        cmocka_unit_test(line_holds_all_options),
        cmocka_unit_test(changed_program_is_noticed),
        cmocka_unit_test(schedule_answers_the_choices),
        cmocka_unit_test(schedule_that_does_not_fit_is_refused),
        cmocka_unit_test(broken_lines_are_refused),
        cmocka_unit_test(line_names_its_scenario),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
