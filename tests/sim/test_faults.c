/**
 * @file test_faults.c
 * @brief Plans of faults, and every call that can fail failing in turn.
 *
 * Uses:     schedules.h, failures.h, sim.h, windows.h.
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

/* ---- Programs ------------------------------------------------------------ */

static char failed[16]; /* One letter for each post: ok or refused. */

/** @brief Five posts to a port, and which of them failed. */
static void five_posts(void *arg)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);

    (void)arg;
    memset(failed, 0, sizeof failed);
    if (port == NULL) {
        sim_assert(GetLastError() == ERROR_NO_SYSTEM_RESOURCES);
        failed[0] = 'P';
        return;
    }
    for (int at = 0; at < 5; at++) {
        BOOL posted = PostQueuedCompletionStatus(port, 0, 1, NULL);
        DWORD bytes;
        ULONG_PTR key;
        OVERLAPPED *overlapped;

        failed[at] = posted ? 'o' : 'x';
        if (posted) {
            (void)GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0);
        } else {
            sim_assert(GetLastError() == ERROR_NO_SYSTEM_RESOURCES);
        }
    }
    CloseHandle(port);
}

static const char *fail_by(const char *plan)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.faults = plan, .runs = 1},
                    five_posts,
                    NULL);

    assert_true(report.passed);
    return failed;
}

static void plan_names_the_call_that_fails(void **state)
{
    (void)state;
    assert_string_equal(fail_by(NULL), "ooooo");
    assert_string_equal(fail_by("PostQueuedCompletionStatus#3"), "ooxoo");
    assert_string_equal(fail_by("PostQueuedCompletionStatus#3+"), "ooxxx");
    assert_string_equal(fail_by("PostQueuedCompletionStatus/1"), "xxxxx");
    assert_string_equal(fail_by("CreateIoCompletionPort#1"), "P");
    assert_string_equal(fail_by("ReadFile/1"), "ooooo");
    assert_string_equal(fail_by("PostQueuedCompletion/1"), "ooooo");
    assert_string_equal(fail_by("PostQueuedCompletionStatus#1,"
                                "PostQueuedCompletionStatus#5"),
                        "xooox");

    { /* Without a name every fault point counts; making the port is one. */
        assert_string_equal(fail_by("#1"), "P");
        assert_string_equal(fail_by("#3"), "oxooo");
        assert_string_equal(fail_by("#3+"), "oxxxx");
        assert_string_equal(fail_by("#7"), "ooooo");
        assert_string_equal(fail_by("any/1"), "P");
        assert_string_equal(fail_by("any#3"), "oxooo");
    }
}

static void make_both_events(void *arg)
{
    HANDLE one = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE two = CreateEventW(NULL, TRUE, FALSE, NULL);

    (void)arg;
    failed[0] = one == NULL ? 'x' : 'o';
    failed[1] = two == NULL ? 'x' : 'o';
    failed[2] = '\0';
    CloseHandle(one);
    CloseHandle(two);
}

/** @brief CreateEventA and CreateEventW are one call to a plan. */
static void plan_speaks_of_both_alphabets(void **state)
{
    static const char *const plans[][2] = {{"CreateEvent/1", "xx"},
                                           {"CreateEventW/1", "xx"},
                                           {"CreateEven/1", "oo"},
                                           {"CreateEventWA/1", "oo"},
                                           {"CreateEvent#2", "ox"}};

    (void)state;
    for (size_t at = 0; at < sizeof plans / sizeof plans[0]; at++) {
        struct sim_report report = sim_explore(
            &(const struct sim_options){.faults = plans[at][0], .runs = 1},
            make_both_events,
            NULL);

        assert_true(report.passed);
        assert_string_equal(failed, plans[at][1]);
    }
}

static void probability_is_about_what_was_asked_for(void **state)
{
    struct sim_report report = sim_explore(
        &(const struct sim_options){.faults = "PostQueuedCompletionStatus/4",
                                    .runs = 1000},
        five_posts,
        NULL);

    (void)state;
    assert_true(report.passed);
    assert_in_range(report.faults, 1100, 1400); /* 5,000 posts, 1 in 4. */
    report = sim_explore(
        &(const struct sim_options){.faults = "PostQueuedCompletionStatus",
                                    .runs = 1000},
        five_posts,
        NULL);
    assert_in_range(report.faults, 250, 375); /* 1 in 16, unless it says. */
}

static void plan_stands_in_the_replay_line(void **state)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.faults = "any/3,#2+",
                                                .runs = 1,
                                                .hash = true,
                                                .seed = 9},
                    five_posts,
                    NULL);
    char line[200];

    (void)state;
    assert_non_null(strstr(report.replay, ":seed=9:faults=any/3,#2+"));
    (void)snprintf(line, sizeof line, "%s", report.replay);
    report = sim_explore(&(const struct sim_options){.replay = line},
                         five_posts,
                         NULL);
    assert_true(report.passed);
    assert_string_equal(report.replay, line);
}

static void bad_plan_is_refused_with_its_place(void **state)
{
    static const char *const plans[] = {"#",
                                        "#0",
                                        "#x",
                                        "any/0",
                                        "WSASend#3-",
                                        "/4",
                                        "any,,any",
                                        "WSASend#3++",
                                        "3WSASend#3",
                                        "any/99999999999"};

    (void)state;
    for (size_t at = 0; at < sizeof plans / sizeof plans[0]; at++) {
        struct sim_report report =
            sim_explore(&(const struct sim_options){.faults = plans[at]},
                        five_posts,
                        NULL);

        assert_int_equal(report.verdict, SIM_REFUSED);
        assert_non_null(strstr(report.sentence, "makes no sense at"));
        assert_int_equal(report.runs, 0);
    }
    assert_int_equal(sim_explore(&(const struct sim_options){.faults = "any:3"},
                                 five_posts,
                                 NULL)
                         .verdict,
                     SIM_REFUSED);
}

static void long_plan_is_refused(void **state)
{
    static const char plan[] = "#1,#2,#3,#4,#5,#6,#7,#8,#9,#10,#11,#12,#13,"
                               "#14,#15,#16,#17";
    char shorter[sizeof plan];
    struct sim_report report =
        sim_explore(&(const struct sim_options){.faults = plan},
                    five_posts,
                    NULL);

    (void)state;
    assert_int_equal(report.verdict, SIM_REFUSED);
    assert_non_null(strstr(report.sentence, "more than 16 words"));
    memcpy(shorter, plan, sizeof plan);
    *strrchr(shorter, ',') = '\0';
    assert_string_equal(fail_by(shorter), "P");
}

/* ---- Each in turn -------------------------------------------------------- */

/** @brief A program that believes its third post. */
static void believes_third_post(void *arg)
{
    HANDLE port;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    unsigned posted = 0;

    (void)arg;
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    if (port == NULL) {
        return;
    }
    for (int at = 0; at < 4; at++) {
        BOOL good = PostQueuedCompletionStatus(port, 0, 1, NULL);

        posted += good || at == 2;
    }
    for (; posted > 0; posted--) {
        sim_assert(
            GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 0));
    }
    CloseHandle(port);
}

static void each_call_fails_once_and_for_good(void **state)
{
    struct sim_report report = sim_explore_faults(NULL, five_posts, NULL);

    (void)state;
    assert_true(report.passed);
    assert_int_equal(report.fault_points, 6);
    /* #1 .. #6 once and for good, and #7, in which nothing fails. */
    assert_int_equal(report.runs, 13);

    report = sim_explore_faults(NULL, believes_third_post, NULL);
    assert_int_equal(report.verdict, SIM_ASSERTION);
    /* Its fourth fault point: the port, and three posts. */
    assert_non_null(strstr(report.replay, ":faults=#2+:"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plan_names_the_call_that_fails),
        cmocka_unit_test(plan_speaks_of_both_alphabets),
        cmocka_unit_test(probability_is_about_what_was_asked_for),
        cmocka_unit_test(plan_stands_in_the_replay_line),
        cmocka_unit_test(bad_plan_is_refused_with_its_place),
        cmocka_unit_test(long_plan_is_refused),
        cmocka_unit_test(each_call_fails_once_and_for_good),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
