/**
 * @file test_crowd.c
 * @brief Lesson 18: fifty clients on a bad network, and every fault in turn.
 *
 * The crowd is tools/scenarios/crowd.c; 5,000 seeds of it are
 * `dry explore crowd --runs 5000`.
 *
 * Uses:     serving.h, scenario.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "scenario.h"
#include "serving.h"

static struct sim_report passed(struct sim_report report)
{
    if (!report.passed) {
        sim_print_report(stderr, &report, &(struct sim_print){.last = 40});
    }
    assert_true(report.passed);
    return report;
}

/** @brief See that a thing happened in the crowd, or all is for nothing. */
static void has_happened(const char *mark, uint64_t least)
{
    print_message("%-22s %8llu\n", mark, (unsigned long long)sim_marked(mark));
    assert_true(sim_marked(mark) >= least);
}

static void crowd_is_served(void **state)
{
    const struct scenario *crowd = scenario_find("crowd");
    struct sim_options options;

    (void)state;
    assert_non_null(crowd);
    options = crowd->options;
    options.runs = 300;
    (void)passed(sim_explore(&options, crowd->run, NULL));
    has_happened("crowd: acknowledged", 10000);
    has_happened("crowd: message", 100000);
    has_happened("crowd: read back", 5000);
    has_happened("crowd: crash", 10);
}

/* ---- A short session, with each call failing in turn --------------------------------- */

static struct serving serving;

/** @brief Ask, and take so many lines, if they come. */
static bool ask(struct wire *wire, const char *said, int lines)
{
    char line[256];

    if (!wire_say(wire, said)) {
        return false;
    }
    for (; lines > 0; lines--) {
        if (!wire_hear(wire, line, sizeof line)) {
            return false;
        }
        if (line[0] == '-') {
            return true; /* An answer, too: no memory, perhaps. */
        }
    }
    return true;
}

static void talk(void)
{
    struct wire ana = {.is_open = false};
    struct wire ben = {.is_open = false};

    if (wire_open(&ana, serving.port) && wire_open(&ben, serving.port)) {
        (void)(ask(&ana, "SET a 1 EX 100\r\nMSET b 2 c 3\r\n", 2) &&
               ask(&ben, "SUBSCRIBE n\r\n", 6) &&
               ask(&ana, "PUBLISH n hello\r\nKEYS *\r\n", 8) &&
               ask(&ben, "", 7) && ask(&ana, "*x\r\n", 1));
    }
    wire_close(&ana, false);
    wire_close(&ben, true);
}

static void short_session(void *arg)
{
    const struct server_options options = {.idle_us = 5000000};
    WSADATA data;

    (void)arg;
    if (WSAStartup(MAKEWORD(2, 2), &data) != 0) {
        return;
    }
    if (serving_begin(&serving, &options)) {
        talk();
        serving_end(&serving);
    }
    (void)WSACleanup();
}

static void each_fault_ends(void **state)
{
    struct sim_report report;

    (void)state;
    report = passed(sim_explore_faults(NULL, short_session, NULL));
    print_message("fault points: %llu, faults: %llu\n",
                  (unsigned long long)report.fault_points,
                  (unsigned long long)report.faults);
    assert_true(report.fault_points >= 60);
    (void)passed(
        sim_explore(&(struct sim_options){.runs = 1000, .faults = "any/4"},
                    short_session,
                    NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crowd_is_served),
        cmocka_unit_test(each_fault_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
