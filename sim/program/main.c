/**
 * @file main.c
 * @brief What a program's main is replaced with: explore the program's own.
 *
 * Without the variable DRYPORT the program runs once, as it would anywhere
 * else, and a line says that all is well or what is not.  With it, its main is
 * run under many schedules, or under one that is known, and what comes of it
 * is said as `dry` says it.
 *
 * Uses:     program.h, host.h.
 * Used by:  entry.c.
 * Facts:    none.
 * Read next: variable.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../host/host.h"
#include "../kernel/world.h"
#include "program.h"

enum { NAME_BYTES = 64, ERRORS = 2 };

static bool progress_shown;

/** @brief The program's name as replay lines have it, the same on every
 *  system: without folders, without ".exe". */
static const char *name_of(const char *path)
{
    static char name[NAME_BYTES];
    const char *base = path;
    size_t length = 0;

    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '/' || *at == '\\') {
            base = at + 1;
        }
    }
    for (; length < sizeof name - 1 && base[length] != '\0'; length++) {
        char letter = base[length];
        bool plain = (letter >= '0' && letter <= '9') ||
                     (letter >= 'A' && letter <= 'Z') ||
                     (letter >= 'a' && letter <= 'z') || letter == '-' ||
                     letter == '.';

        name[length] = '_';
        if (plain) {
            name[length] = letter;
        }
    }
    if (length > 4 && strcmp(name + length - 4, ".exe") == 0) {
        length -= 4;
    }
    name[length] = '\0';
    return length == 0 ? "program" : name;
}

static int refuse(const char *sentence)
{
    (void)fprintf(sim__output_errors(), "%s\n", sentence);
    return PROGRAM_REFUSED;
}

/** @brief sim_options.progress: one line that is written over. */
static void show_progress(void *context, uint64_t runs, double seconds)
{
    (void)context;
    (void)fprintf(sim__output_errors(),
                  "\r%" PRIu64 " runs, %.0f s  ",
                  runs,
                  seconds);
    (void)fflush(sim__output_errors());
    progress_shown = true;
}

static void end_progress(void)
{
    if (progress_shown) {
        (void)fprintf(sim__output_errors(), "\r%40s\r", "");
        (void)fflush(sim__output_errors());
        progress_shown = false;
    }
}

/* ---- Exploring ------------------------------------------------------------- */

static bool asks_each_fault(const struct sim_options *options)
{
    return options->faults != NULL && strcmp(options->faults, "each") == 0;
}

/** @brief Whether one run is asked for, and no search. */
static bool is_single(const struct sim_options *options)
{
    return options->replay != NULL || options->schedule != NULL ||
           (options->runs == 1 && !asks_each_fault(options));
}

/** @brief Explore the program's main, with its calls taken over. */
static struct sim_report explore(const struct settings *settings,
                                 const struct sim_options *options)
{
    struct sim_report report;
    enum lifetime_output output = OUTPUT_NEVER;

    if (settings->verbose) {
        output = OUTPUT_ALWAYS;
    } else if (is_single(options) && !settings->hashes) {
        output = OUTPUT_FIRST;
    }
    sim__lifetime_explore(output);
    sim__output_show(output != OUTPUT_NEVER);
    report = asks_each_fault(options)
                 ? sim_explore_faults(options, sim__lifetime_run, NULL)
                 : sim_explore(options, sim__lifetime_run, NULL);
    sim__takeover(false);
    sim__output_show(true);
    (void)fflush(stdout); /* The program's words come before ours. */
    end_progress();
    return report;
}

/** @brief Print the trace hash of each seed of a range. */
static int print_hashes(const struct settings *settings)
{
    FILE *out = sim__output_report();
    int status = PROGRAM_GOOD;

    for (uint64_t seed = settings->hashes_first; seed <= settings->hashes_last;
         seed++) {
        struct sim_options options = settings->options;
        struct sim_report report;

        options.seed = seed;
        options.runs = 1;
        options.hash = true;
        report = explore(settings, &options);
        if (report.verdict == SIM_REFUSED || report.verdict == SIM_HOST) {
            return refuse(report.sentence);
        }
        (void)fprintf(out,
                      "%" PRIu64 " %016" PRIx64 " %s\n",
                      seed,
                      report.hash,
                      sim_verdict_name(report.verdict));
        if (!report.passed) {
            status = PROGRAM_FAILED;
        }
    }
    return status;
}

/* ---- Reporting ------------------------------------------------------------- */

/** @brief Write the trace into a file; false when that cannot be done. */
static bool write_trace(const char *path, const struct sim_report *report)
{
    FILE *file = fopen(path, "wb");
    bool good;

    if (file == NULL) {
        (void)fprintf(sim__output_errors(),
                      "DRYPORT: cannot write the trace to %s: name a file in a "
                      "folder that is there and yours\n",
                      path);
        return false;
    }
    sim_print_trace(file, report);
    good = ferror(file) == 0;
    good = fclose(file) == 0 && good;
    if (!good) {
        (void)fprintf(sim__output_errors(),
                      "DRYPORT: cannot write the whole trace to %s: is the "
                      "disk full?\n",
                      path);
    }
    return good;
}

/** @brief Say what came of it. */
static void print_report(const struct settings *settings,
                         const struct sim_report *report)
{
    FILE *out = sim__output_report();
    const struct sim_print print = {0};

    if (settings->timeline && report->events != NULL) {
        sim_print_timeline(out, report->events, report->event_count, &print);
        (void)fprintf(out, "\n");
    }
    sim_print_report(out, report, &print);
    if (report->passed && asks_each_fault(&settings->options)) {
        (void)fprintf(out,
                      "fault points: %" PRIu64 ", each failing once and for "
                      "good\n",
                      report->fault_points);
    }
    if (report->passed && is_single(&settings->options)) {
        (void)fprintf(out, "replay: %s\n", report->replay);
    } else if (!report->passed && !is_single(&settings->options)) {
        (void)fprintf(out,
                      "To see what the program printed in this run: "
                      "DRYPORT=replay=%s\n",
                      report->replay);
    }
}

static int run(struct settings *settings)
{
    struct sim_options *options = &settings->options;
    struct sim_report report;

    options->record = settings->trace_file != NULL || settings->timeline;
    options->hash = is_single(options);
    if (sim__host_is_terminal(ERRORS)) {
        options->progress = show_progress;
    }
    report = explore(settings, options);
    if (report.verdict == SIM_REFUSED || report.verdict == SIM_HOST) {
        return refuse(report.sentence);
    }
    print_report(settings, &report);
    if (settings->trace_file != NULL &&
        !write_trace(settings->trace_file, &report)) {
        return PROGRAM_REFUSED;
    }
    return report.passed ? PROGRAM_GOOD : PROGRAM_FAILED;
}

/** @brief Without a way to put variables back, one run is all there can be. */
static int refuse_statics(const char *why)
{
    (void)fprintf(sim__output_errors(),
                  "DRYPORT: %s, so static variables keep what one run leaves "
                  "in them for the next; if the program sets all of them "
                  "before use, say statics=keep\n",
                  why);
    return PROGRAM_REFUSED;
}

/** @brief Whether main is to be run more than once. */
static bool is_repeated(const struct settings *settings)
{
    return settings->hashes || settings->options.twice ||
           !is_single(&settings->options);
}

int sim__program_main(int argc, char **argv)
{
    struct settings settings;
    const char *no_statics;
    const char *wrong;
    int status;

    sim__takeover_begin();
    /* Early, while nobody has left anything in a variable. */
    no_statics = sim__statics_begin();
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread. */
    wrong = sim__settings_read(getenv("DRYPORT"), &settings);
    sim__output_begin();
    if (wrong != NULL) {
        return refuse(wrong);
    }
    wrong = sim__takeover_check(sim__output_errors());
    if (wrong != NULL) {
        return refuse(wrong);
    }
    if (settings.statics != NULL) {
        sim__statics_keep();
    } else if (no_statics != NULL && is_repeated(&settings)) {
        return refuse_statics(no_statics);
    }
    settings.options.name = name_of(argc > 0 ? argv[0] : "");
    sim__whole_program = true;
    sim__lifetime_begin(argc, argv);
    status = settings.hashes ? print_hashes(&settings) : run(&settings);
    (void)fflush(sim__output_report());
    (void)fflush(sim__output_errors());
    return status;
}
