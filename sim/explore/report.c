/**
 * @file report.c
 * @brief What a failed run tells: a sentence, the last rows, a replay line.
 *
 * Uses:     print.h, sim.h.
 * Used by:  dry, tests.
 * Facts:    none.
 * Read next: inside.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "print.h"

enum { LAST_ROWS = 20 };

const char *sim_verdict_name(enum sim_verdict verdict)
{
    static const char *const names[] = {
        [SIM_PASS] = "pass",
        [SIM_ASSERTION] = "assertion failed",
        [SIM_CONTRACT] = "contract violated",
        [SIM_DEADLOCK] = "deadlock",
        [SIM_LIVELOCK] = "livelock",
        [SIM_CRASH] = "crash",
        [SIM_LEAK] = "leak",
        [SIM_UNFINISHED] = "threads still running",
        [SIM_NONDETERMINISM] = "nondeterminism",
        [SIM_REFUSED] = "refused",
        [SIM_HOST] = "out of memory",
    };

    return names[verdict];
}

void sim_print_report(FILE *file,
                      const struct sim_report *report,
                      const struct sim_print *print)
{
    struct sim_print rows = *print;

    if (report->passed) {
        (void)fprintf(file,
                      "pass: %llu run%s, %llu calls%s\n",
                      (unsigned long long)report->runs,
                      report->runs == 1 ? "" : "s",
                      (unsigned long long)report->steps,
                      report->complete ? ", complete" : "");
        return;
    }
    if (rows.last == 0) {
        rows.last = LAST_ROWS;
    }
    if (report->events != NULL) {
        sim_print_timeline(file, report->events, report->event_count, &rows);
        (void)fprintf(file, "\n");
    }
    (void)fprintf(file,
                  "%s: %s\n",
                  sim_verdict_name(report->verdict),
                  report->sentence);
    if (report->runs != 0) {
        (void)fprintf(file,
                      "found in run %llu\nreplay: dry replay %s\n",
                      (unsigned long long)report->runs,
                      report->replay);
    }
}
