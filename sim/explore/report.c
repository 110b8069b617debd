/**
 * @file report.c
 * @brief What a failed run tells: a sentence, the last rows, a replay line.
 *
 * Uses:     print.h, sim.h.
 * Used by:  dry, tests.
 * Facts:    none.
 * Read next: text.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>

#include "print.h"

enum { LAST_ROWS = 20 };

const char *sim_verdict_name(enum sim_verdict verdict)
{
    static const char *const names[] = {
        [SIM_PASS] = "pass",
        [SIM_ASSERTION] = "assertion",
        [SIM_CONTRACT] = "contract",
        [SIM_DEADLOCK] = "deadlock",
        [SIM_LIVELOCK] = "livelock",
        [SIM_CRASH] = "crash",
        [SIM_LEAK] = "leak",
        [SIM_UNFINISHED] = "unfinished",
        [SIM_NONDETERMINISM] = "nondeterminism",
        [SIM_REFUSED] = "refused",
        [SIM_HOST] = "host",
    };

    return names[verdict];
}

static void print_pass(FILE *file, const struct sim_report *report)
{
    (void)fprintf(file,
                  "pass: %" PRIu64 " run%s, %" PRIu64 " call%s%s\n",
                  report->runs,
                  report->runs == 1 ? "" : "s",
                  report->steps,
                  report->steps == 1 ? "" : "s",
                  report->complete ? ", every schedule" : "");
}

void sim_print_report(FILE *file,
                      const struct sim_report *report,
                      const struct sim_print *print)
{
    struct sim_print rows = {.last = 0};

    if (report->passed) {
        print_pass(file, report);
        return;
    }
    if (print != NULL) {
        rows = *print;
    }
    (void)fprintf(file,
                  "%s: %s\n",
                  sim_verdict_name(report->verdict),
                  report->sentence);
    if (report->stacks != NULL) {
        (void)fprintf(file, "%s", report->stacks);
    }
    if (rows.last == 0) {
        rows.last = LAST_ROWS;
    }
    if (report->event_count != 0) {
        (void)fprintf(file, "\n");
        sim_print_timeline(file, report->events, report->event_count, &rows);
        (void)fprintf(file, "\n");
    }
    if (report->replay[0] != '\0') {
        (void)fprintf(file, "replay: %s\n", report->replay);
    }
}
