/**
 * @file failures.c
 * @brief Runs a scenario until it fails, and judges how.
 *
 * Uses:     failures.h.
 * Used by:  test_locks.c, test_srw.c, test_conditions.c.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "failures.h"

#include <string.h>

enum { RANDOM_RUNS = 3000 };

void failures_find(sim_scenario_fn *scenario,
                   enum sim_verdict verdict,
                   const char *words)
{
    struct sim_report report = sim_explore(
        &(const struct sim_options){.name = "test", .runs = RANDOM_RUNS},
        scenario,
        NULL);

    if (report.verdict != verdict || strstr(report.sentence, words) == NULL) {
        print_error("verdict %s: %s\n",
                    sim_verdict_name(report.verdict),
                    report.sentence);
    }
    assert_int_equal(report.verdict, verdict);
    assert_non_null(strstr(report.sentence, words));
}
