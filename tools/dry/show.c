/**
 * @file show.c
 * @brief What the commands print: timelines, reports, progress.
 *
 * Uses:     dry.h.
 * Used by:  every command that runs something.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "dry.h"

static bool progress_shown;

static struct sim_print how_to_print(void)
{
    return (struct sim_print){.colour = dry_host_has_colours(),
                              .columns = dry_host_columns()};
}

void dry_show_timeline(const struct sim_report *report)
{
    struct sim_print print = how_to_print();

    sim_print_timeline(stdout, report->events, report->event_count, &print);
}

void dry_show_report(const struct sim_report *report)
{
    struct sim_print print = how_to_print();

    sim_print_report(stdout, report, &print);
}

/** @brief Write a text between quotes, as JSON wants it. */
static void print_quoted(const char *text)
{
    (void)putchar('"');
    for (; *text != '\0'; text++) {
        unsigned char letter = (unsigned char)*text;

        if (letter == '"' || letter == '\\') {
            printf("\\%c", letter);
        } else if (letter < ' ') {
            printf("\\u%04x", letter);
        } else {
            (void)putchar(letter);
        }
    }
    (void)putchar('"');
}

/** @brief Print a report as one line of JSON. */
static void show_json(const char *name, const struct sim_report *report)
{
    printf("{\"scenario\": ");
    print_quoted(name);
    printf(", \"verdict\": ");
    print_quoted(sim_verdict_name(report->verdict));
    printf(", \"passed\": %s, \"complete\": %s, \"runs\": %" PRIu64
           ", \"calls\": %" PRIu64,
           report->passed ? "true" : "false",
           report->complete ? "true" : "false",
           report->runs,
           report->steps);
    printf(", \"hash\": \"%016" PRIx64 "\", \"sentence\": ", report->hash);
    print_quoted(report->sentence);
    printf(", \"replay\": ");
    print_quoted(report->replay);
    printf("}\n");
}

/** @brief Write the trace into a file; false when that cannot be done. */
static bool write_trace(const char *path, const struct sim_report *report)
{
    FILE *file = fopen(path, "wb");
    bool good;

    if (file == NULL) {
        dry_refuse("cannot write the trace to %s: name a file in a folder that "
                   "is there and yours",
                   path);
        return false;
    }
    sim_print_trace(file, report);
    good = ferror(file) == 0;
    good = fclose(file) == 0 && good;
    if (!good) {
        dry_refuse("cannot write the whole trace to %s: is the disk full?",
                   path);
    }
    return good;
}

bool dry_is_told(const struct arguments *arguments,
                 const char *name,
                 const struct sim_report *report,
                 int *status_out)
{
    *status_out = report->passed ? DRY_GOOD : DRY_FAILED;
    if (report->verdict == SIM_REFUSED || report->verdict == SIM_HOST) {
        *status_out = dry_refuse("%s", report->sentence);
        return true;
    }
    if (arguments->trace_file != NULL &&
        !write_trace(arguments->trace_file, report)) {
        *status_out = DRY_REFUSED;
        return true;
    }
    if (arguments->json) {
        show_json(name, report);
    }
    return arguments->json;
}

void dry_progress(void *context, uint64_t runs, double seconds)
{
    (void)context;
    (void)fprintf(stderr,
                  "\r%s runs, %.0f s, %s runs/s  ",
                  dry_count(runs),
                  seconds,
                  dry_count((uint64_t)((double)runs / seconds)));
    (void)fflush(stderr);
    progress_shown = true;
}

void dry_progress_end(void)
{
    if (progress_shown) {
        (void)fprintf(stderr, "\r%60s\r", "");
        progress_shown = false;
    }
}
