/**
 * @file test_network_plan.c
 * @brief Plans of a network: what they make, and how they are refused.
 *
 * Uses:     networks.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "networks.h"

#include <string.h>

static void nothing(void *arg)
{
    (void)arg;
}

/** @brief A plan must be refused, in these words. */
static void refused(const char *plan, const char *words)
{
    const struct sim_options options = {.runs = 1, .network = plan};
    struct sim_report report = sim_explore(&options, nothing, NULL);

    if (report.verdict != SIM_REFUSED ||
        strstr(report.sentence, words) == NULL) {
        print_error("%s: %s: %s\n",
                    plan,
                    sim_verdict_name(report.verdict),
                    report.sentence);
    }
    assert_int_equal(report.verdict, SIM_REFUSED);
    assert_non_null(strstr(report.sentence, words));
}

static void nonsense_is_refused_with_a_sentence(void **state)
{
    (void)state;
    {
        /* Words. */
        refused("hots=3", "says `hots=3`, and there is no such setting");
        refused("hosts=3,,latency=1ms", "no such setting");
        refused("loss", "no such setting");
        refused("hosts=0", "from 1 to 10000");
        refused("hosts=10001", "from 1 to 10000");
        refused("hosts=two", "from 1 to 10000");
        refused("hosts=2,hosts=3", "said before");
        refused("", "empty");
        refused("hosts=2, latency=1ms", "blank");
    }
    {
        /* Figures. */
        refused("latency=5", "written like 500us, 1ms or 1ms..5ms");
        refused("latency=1h", "written like");
        refused("latency=1ms..", "written like");
        refused("latency=9999999999999ms", "written like");
        refused("latency=5ms..1ms",
                "the longest latency is below the shortest");
        refused("latency=2s..4000s", "above an hour");
        refused("bandwidth=10", "written like 56KB");
        refused("bandwidth=0B", "more than none");
        refused("loss=101%", "100% is all");
        refused("loss=100.1%", "100% is all");
        refused("loss=2", "written like 2%");
        refused("loss=1.25%", "written like 2%");
        refused("loss=1%,loss=2%", "said before");
    }
    {
        /* Links. */
        refused("1-2/loss=2%", "there is no such host");
        refused("hosts=2,1-3/loss=2%", "there is no such host");
        refused("hosts=2,0-1/loss=2%", "there is no such host");
        refused("hosts=2,1-1/loss=2%", "name two hosts");
        refused("hosts=2,1+2/loss=2%", "written like 1-2, or 1to2");
        refused("hosts=2,1-2x/loss=2%", "written like 1-2, or 1to2");
        refused("hosts=2,1-2", "nothing about that link");
        refused("hosts=2,1-2/speed=2", "no such setting");
        refused("hosts=2,1-2/loss=1%/loss=2%", "said before");
        refused("hosts=2,1-2/cut,1to2/loss=1%", "stands in the plan already");
        refused("hosts=2,1to2/cut,1to2/cut", "stands in the plan already");
        refused("hosts=2,latency=5ms..9ms,1-2/latency=7ms..6ms",
                "the longest latency is below the shortest");
    }
}

static void plan_scenario(void *arg)
{
    struct sim_link link;

    (void)arg;
    sim_assert(sim_host_here() == 1);
    {
        /* What holds for all, wherever in the plan it stands. */
        link = sim_link_get(2, 3);
        sim_assert(link.latency_us == 1000 && link.latency_max_us == 5000);
        sim_assert(link.bandwidth == 10000000 && link.loss == 5);
        sim_assert(link.duplication == 0 && link.reordering == 1000);
    }
    {
        /* What holds for one link replaces it, in both directions or one. */
        link = sim_link_get(1, 2);
        sim_assert(link.loss == 20 && link.latency_us == 1000);
        sim_assert(sim_link_get(2, 1).loss == 20);
        sim_assert(sim_link_get(3, 1).bandwidth == 56000);
        sim_assert(sim_link_get(1, 3).bandwidth == 10000000);
    }
    {
        /* The hosts of the plan are handed out first. */
        sim_assert(sim_host_add() == 2);
        sim_assert(sim_host_add() == 3);
        sim_assert(sim_host_add() == 4);
        link = sim_link_get(4, 1);
        sim_assert(link.loss == 5);
        link.duplication = 300;
        sim_link_set(4, 1, &link);
        sim_assert(sim_link_get(4, 1).duplication == 300);
        sim_assert(sim_link_get(1, 4).duplication == 0);
    }
}

static void plan_makes_what_it_says(void **state)
{
    (void)state;
    network_passes("1-2/loss=2%,hosts=3,latency=1ms..5ms,3to1/bandwidth=56KB,"
                   "bandwidth=10MB,loss=0.5%,reordering=100%",
                   plan_scenario);
}

static void defaults_scenario(void *arg)
{
    (void)arg;
    sim_assert(sim_host_add() == 2);
    sim_assert(sim_link_get(1, 2).latency_us == 500);
    sim_assert(sim_link_get(1, 2).latency_max_us == 500);
    sim_assert(sim_link_get(1, 2).loss == 0);
}

static void without_plan_links_are_good(void **state)
{
    (void)state;
    /* The last plan is not in force any more. */
    schedules_pass(defaults_scenario);
}

static void plan_stands_in_the_replay_line(void **state)
{
    const struct sim_options options = {.name = "test",
                                        .runs = 3,
                                        .hash = true,
                                        .network = "hosts=2,1-2/loss=2%"};
    struct sim_report report = sim_explore(&options, nothing, NULL);
    struct sim_options again = {.name = "test"};
    char line[256];

    (void)state;
    assert_non_null(strstr(report.replay, ":network=hosts=2,1-2/loss=2%"));
    strcpy(line, report.replay);
    again.replay = line;
    assert_true(sim_explore(&again, nothing, NULL).passed);
    strcpy(line, "v1:test:seed=1:network=hosts=2,1-9/cut");
    report = sim_explore(&again, nothing, NULL);
    assert_int_equal(report.verdict, SIM_REFUSED);
    assert_non_null(strstr(report.sentence, "no such host"));
}

/* ---- Calls that make no sense --------------------------------------------- */

static DWORD WINAPI idle(void *arg)
{
    (void)arg;
    return 0;
}

static void unknown_host(void *arg)
{
    (void)arg;
    (void)sim_host_start(7, idle, NULL);
}

static void no_function(void *arg)
{
    (void)arg;
    (void)sim_host_start(1, NULL, NULL);
}

static void own_crash(void *arg)
{
    (void)arg;
    sim_host_crash(1);
}

static void crash_twice(void *arg)
{
    (void)arg;
    sim_host_crash(sim_host_add());
    sim_host_crash(2);
}

static void restart_of_one_that_is_up(void *arg)
{
    (void)arg;
    sim_host_restart(sim_host_add());
}

static void link_to_itself(void *arg)
{
    (void)arg;
    sim_link_cut(1, 1);
}

static void impossible_link(void *arg)
{
    struct sim_link link = {.latency_us = 2, .latency_max_us = 1};

    (void)arg;
    sim_link_set(1, sim_host_add(), &link);
}

static void no_link(void *arg)
{
    (void)arg;
    sim_link_set(1, sim_host_add(), NULL);
}

static void senseless_calls_end_the_run(void **state)
{
    (void)state;
    schedules_fail(unknown_host,
                   SIM_REFUSED,
                   "sim_host_start was called for host 7, and there are 1");
    schedules_fail(no_function, SIM_CRASH, "pass a function");
    schedules_fail(own_crash, SIM_REFUSED, "host 1, where the scenario");
    schedules_fail(crash_twice, SIM_REFUSED, "which is down");
    schedules_fail(restart_of_one_that_is_up, SIM_REFUSED, "which is up");
    schedules_fail(link_to_itself, SIM_REFUSED, "host 1 twice");
    schedules_fail(impossible_link, SIM_REFUSED, "below the shortest");
    schedules_fail(no_link, SIM_REFUSED, "there are no figures");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nonsense_is_refused_with_a_sentence),
        cmocka_unit_test(plan_makes_what_it_says),
        cmocka_unit_test(without_plan_links_are_good),
        cmocka_unit_test(plan_stands_in_the_replay_line),
        cmocka_unit_test(senseless_calls_end_the_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
