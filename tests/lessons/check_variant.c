/**
 * @file check_variant.c
 * @brief Judge one variant of one lesson.
 *
 * Linked with a lesson.c that was compiled for one VARIANT.  The reference
 * must pass the lesson's check on every schedule tried, and each other variant
 * must fail it; a check that no wrong answer fails teaches nothing.
 *
 * Uses:     lesson.h.
 * Used by:  make lesson, and ctest once per lesson and variant.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "lesson.h"

int main(int argc, char **argv)
{
    bool must_fail = argc > 1 && strcmp(argv[1], "--must-fail") == 0;
    /* What a check measures is time, so threads and clocks are exact. */
    struct sim_report report =
        sim_explore(&(struct sim_options){.name = "check",
                                          .runs = 256,
                                          .exact_clock = true,
                                          .prompt_threads = true},
                    LESSON_CHECK,
                    NULL);

    if (report.passed) {
        printf("the answer passes the check on all %u schedules tried\n",
               (unsigned)report.runs);
    } else {
        sim_print_report(stdout, &report, &(struct sim_print){.last = 10});
        printf("the answer does not pass yet\n");
    }
    if (must_fail) {
        printf("this variant is wrong on purpose: the check must not pass\n");
    }
    return report.passed == must_fail;
}
