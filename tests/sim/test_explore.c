/**
 * @file test_explore.c
 * @brief How sim_explore() goes through schedules.
 *
 * Uses:     schedules.h, sim.h, windows.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <string.h>
#include <windows.h>

/* ---- Small programs ---------------------------------------------------------- */

static volatile LONG place;
static char order[8];

/** @brief Write a letter behind those that other threads have written. */
static DWORD WINAPI write_letter(void *arg)
{
    LONG at = InterlockedIncrement(&place);

    order[at - 1] = *(const char *)arg;
    return 0;
}

/** @brief Three threads, each with one step that the others can see. */
static void three_letters(void *arg)
{
    static const char *const letters[] = {"x", "y", "z"};
    HANDLE threads[3];

    (void)arg;
    place = 0;
    memset(order, 0, sizeof order);
    for (int at = 0; at < 3; at++) {
        threads[at] = CreateThread(NULL,
                                   0,
                                   write_letter,
                                   (void *)(uintptr_t)letters[at],
                                   0,
                                   NULL);
    }
    WaitForMultipleObjects(3, threads, TRUE, INFINITE);
    for (int at = 0; at < 3; at++) {
        CloseHandle(threads[at]);
    }
    for (int at = 0; at < 6; at++) {
        static const char *const orders[] =
            {"xyz", "xzy", "yxz", "yzx", "zxy", "zyx"};

        if (strcmp(order, orders[at]) == 0) {
            sim_mark(orders[at]);
        }
    }
}

static const char *const all_orders[] =
    {"xyz", "xzy", "yxz", "yzx", "zxy", "zyx"};

/** @brief Says what it chooses, so that each run has another trace. */
static void three_by_four(void *arg)
{
    uint32_t *seen = arg;
    uint32_t first = sim_choose(3);
    uint32_t second = sim_choose(4);

    sim_note("%u %u", (unsigned)first, (unsigned)second);
    if (seen != NULL) {
        seen[first * 4 + second]++;
    }
}

static struct sim_report explore(const struct sim_options *options,
                                 sim_scenario_fn *scenario,
                                 void *arg)
{
    struct sim_report report = sim_explore(options, scenario, arg);

    if (report.verdict == SIM_REFUSED) {
        print_error("%s\n", report.sentence);
    }
    return report;
}

/* ---- Strategies ----------------------------------------------------------------- */

static void random_takes_one_seed_after_another(void **state)
{
    struct sim_options options = {.seed = 5, .runs = 10};
    struct sim_report report = explore(&options, three_letters, NULL);

    (void)state;
    assert_true(report.passed);
    assert_int_equal(report.verdict, SIM_PASS);
    assert_int_equal(report.runs, 10);
    assert_int_equal(report.seed, 14);
    assert_false(report.complete);
    assert_string_equal(report.sentence, "");
    assert_string_equal(report.replay, "v1:scenario:seed=14");

    /* Without a number there are a thousand runs; without options, too. */
    assert_int_equal(explore(NULL, three_letters, NULL).runs, 1000);
}

static void random_meets_every_order(void **state)
{
    (void)state;
    assert_true(explore(NULL, three_letters, NULL).passed);
    for (size_t at = 0; at < 6; at++) {
        assert_true(sim_marked(all_orders[at]) > 0);
    }
    assert_int_equal(sim_marked("no such mark"), 0);

    /* Marks are those of the last exploration. */
    assert_true(explore(NULL, three_by_four, NULL).passed);
    assert_int_equal(sim_marked("xyz"), 0);
}

static void dfs_runs_each_list_of_choices_once(void **state)
{
    struct sim_options options = {.strategy = "dfs"};
    uint32_t seen[12] = {0};
    struct sim_report report = explore(&options, three_by_four, seen);

    (void)state;
    assert_true(report.passed && report.complete);
    assert_int_equal(report.runs, 12);
    for (size_t at = 0; at < 12; at++) {
        assert_int_equal(seen[at], 1);
    }
}

static void dfs_meets_every_order_and_ends(void **state)
{
    struct sim_options options = {.strategy = "dfs", .calls_only = true};
    struct sim_report report = explore(&options, three_letters, NULL);
    uint64_t sum = 0;

    (void)state;
    assert_true(report.passed && report.complete);
    for (size_t at = 0; at < 6; at++) {
        assert_true(sim_marked(all_orders[at]) > 0);
        sum += sim_marked(all_orders[at]);
    }
    assert_int_equal(sum, report.runs);
}

static void dfs_stops_when_told(void **state)
{
    struct sim_options options = {.strategy = "dfs", .runs = 11};
    struct sim_report report = explore(&options, three_by_four, NULL);

    (void)state;
    assert_int_equal(report.runs, 11);
    assert_false(report.complete);
    /* The line is the last run's, not that of the run it would have made. */
    assert_string_equal(report.replay, "v1:scenario:choices=22");

    options.runs = 12;
    report = explore(&options, three_by_four, NULL);
    assert_int_equal(report.runs, 12);
    assert_true(report.complete);
    assert_string_equal(report.replay, "v1:scenario:choices=23");
}

static uint64_t runs_with(const char *strategy)
{
    struct sim_options options = {.strategy = strategy, .calls_only = true};
    struct sim_report report = explore(&options, three_letters, NULL);

    assert_true(report.passed && report.complete);
    return report.runs;
}

static void bound_limits_preemptions(void **state)
{
    uint64_t none = runs_with("dfs:0");
    uint64_t one = runs_with("dfs:1");
    uint64_t two = runs_with("dfs:2");
    uint64_t all = runs_with("dfs");

    (void)state;
    /* Without preemptions threads run to their end in any order: 3 times 2. */
    assert_int_equal(none, 6);
    assert_true(one > none && two > one && all > two);
    assert_int_equal(runs_with("dfs:1000"), all);
}

/* ---- What is asked for and what is told ---------------------------------------- */

static void record_keeps_the_trace(void **state)
{
    struct sim_options options = {.runs = 3};
    struct sim_report report = explore(&options, three_letters, NULL);
    uint64_t hash;

    (void)state;
    assert_null(report.events);
    assert_int_equal(report.event_count, 0);
    assert_int_equal(report.hash, 0);

    options.record = true;
    report = explore(&options, three_letters, NULL);
    assert_non_null(report.events);
    assert_true(report.event_count > 6);
    assert_int_equal(report.events[0].kind, SIM_EVENT_open);
    hash = report.hash;
    assert_true(hash != 0);

    /* The hash does not depend on whether anything is kept. */
    options.record = false;
    options.hash = true;
    report = explore(&options, three_letters, NULL);
    assert_null(report.events);
    assert_true(report.hash == hash);
}

static void hash_tells_runs_apart(void **state)
{
    struct sim_options options = {.runs = 1, .hash = true};
    uint64_t hashes[4];

    (void)state;
    for (size_t at = 0; at < 4; at++) {
        options.seed = at / 2;
        hashes[at] = explore(&options, three_letters, NULL).hash;
    }
    assert_true(hashes[0] == hashes[1]);
    assert_true(hashes[2] == hashes[3]);
    assert_true(hashes[0] != hashes[2]);
}

/** @brief Counts what an observer sees. */
static void count_event(void *context, const struct sim_event *event)
{
    size_t *count = context;

    assert_true(event->kind < SIM_EVENT_COUNT);
    (*count)++;
}

static void observer_sees_every_event(void **state)
{
    size_t count = 0;
    struct sim_options options = {
        .runs = 1,
        .record = true,
        .observe = count_event,
        .observe_context = &count,
    };
    struct sim_report report = explore(&options, three_letters, NULL);

    (void)state;
    assert_int_equal(count, report.event_count);

    /* A run that is run twice is seen once. */
    count = 0;
    options.twice = true;
    report = explore(&options, three_letters, NULL);
    assert_int_equal(count, report.event_count);
}

static void twice_runs_twice(void **state)
{
    struct sim_options options = {.strategy = "dfs", .twice = true};
    uint32_t seen[12] = {0};
    struct sim_report report = explore(&options, three_by_four, seen);

    (void)state;
    assert_true(report.passed && report.complete);
    assert_int_equal(report.runs, 12);
    for (size_t at = 0; at < 12; at++) {
        assert_int_equal(seen[at], 2);
    }
}

static void steps_are_calls(void **state)
{
    struct sim_options options = {.runs = 2};

    (void)state;
    /* CreateThread, InterlockedIncrement and the end of the thread, three
     * times; one wait; three times CloseHandle. */
    assert_int_equal(explore(&options, three_letters, NULL).steps, 2 * 13);
}

/* ---- Options that make no sense --------------------------------------------------- */

static void refused(const struct sim_options *options, const char *words)
{
    struct sim_report report = sim_explore(options, three_letters, NULL);

    assert_int_equal(report.verdict, SIM_REFUSED);
    assert_false(report.passed);
    assert_int_equal(report.runs, 0);
    if (strstr(report.sentence, words) == NULL) {
        print_error("%s\n", report.sentence);
    }
    assert_non_null(strstr(report.sentence, words));
}

static void options_without_sense_are_refused(void **state)
{
    (void)state;
    refused(&(struct sim_options){.strategy = "dsf"}, "`dsf`");
    refused(&(struct sim_options){.strategy = "dfs:"}, "at most N");
    refused(&(struct sim_options){.strategy = "dfs:-1"}, "`dfs:-1`");
    refused(&(struct sim_options){.strategy = "dfs:4294967295"}, "dfs:N");
    refused(&(struct sim_options){.strategy = "dfsx"}, "`dfsx`");
    refused(&(struct sim_options){.strategy = ""}, "use random");
    refused(&(struct sim_options){.processors = 65}, "1 to 64");
    refused(&(struct sim_options){.concurrency = 0x80000000U}, "threads");
    refused(&(struct sim_options){.name = "two words"}, "`two words`");
    refused(&(struct sim_options){.name = "a:b"}, "letters, digits");
    refused(&(struct sim_options){.name = ""}, "letters, digits");
    refused(&(struct sim_options){.schedule = "01x!"}, "character 4");
    assert_int_equal(sim_explore(NULL, NULL, NULL).verdict, SIM_REFUSED);
}

static void explore_inside(void *arg)
{
    (void)arg;
    (void)sim_explore(NULL, three_letters, NULL);
}

static void exploring_inside_a_scenario_is_refused(void **state)
{
    struct sim_report report = sim_explore(NULL, explore_inside, NULL);

    (void)state;
    assert_int_equal(report.verdict, SIM_REFUSED);
    assert_non_null(strstr(report.sentence, "inside a scenario"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_takes_one_seed_after_another),
        cmocka_unit_test(random_meets_every_order),
        cmocka_unit_test(dfs_runs_each_list_of_choices_once),
        cmocka_unit_test(dfs_meets_every_order_and_ends),
        cmocka_unit_test(dfs_stops_when_told),
        cmocka_unit_test(bound_limits_preemptions),
        cmocka_unit_test(record_keeps_the_trace),
        cmocka_unit_test(hash_tells_runs_apart),
        cmocka_unit_test(observer_sees_every_event),
        cmocka_unit_test(twice_runs_twice),
        cmocka_unit_test(steps_are_calls),
        cmocka_unit_test(options_without_sense_are_refused),
        cmocka_unit_test(exploring_inside_a_scenario_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
