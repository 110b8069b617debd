/**
 * @file check_variant.c
 * @brief Judge one variant of one lesson.
 *
 * Linked with a lesson.c that was compiled for one VARIANT.  The reference
 * must pass the lesson's check on every schedule tried, and each other variant
 * must fail it; a check that no wrong answer fails teaches nothing.
 *
 * Uses:     lesson.h.
 * Used by:  ctest, once per lesson and variant.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "lesson.h"

int main(void)
{
    /* What a check measures is time, so threads and clocks are exact. */
    struct sim_report report =
        sim_explore(&(struct sim_options){.name = "check",
                                          .runs = 256,
                                          .exact_clock = true,
                                          .prompt_threads = true},
                    LESSON_CHECK,
                    NULL);

    sim_print_report(stdout, &report, &(struct sim_print){.last = 10});
    if (report.passed == (VARIANT == REFERENCE)) {
        return 0;
    }
    printf(report.passed ? "this variant is wrong, and the check passed it\n"
                         : "the reference must pass the check\n");
    return 1;
}
