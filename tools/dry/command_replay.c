/**
 * @file command_replay.c
 * @brief `dry replay LINE`: the run that a line describes, once more.
 *
 * Uses:     dry.h.
 * Used by:  main.c, command_tour.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "dry.h"

enum { NAME_BYTES = 128 };

static void print_ending(const struct sim_report *report, const char *line)
{
    printf("\n%s%s%s\n",
           sim_verdict_name(report->verdict),
           report->sentence[0] == '\0' ? "" : ": ",
           report->sentence);
    if (report->verdict != SIM_NONDETERMINISM) {
        printf(strstr(line, ":hash=") != NULL
                   ? "Reproduced: the trace is the recorded one.\n"
                   : "The line has no hash, so the trace was not compared.\n");
    }
    printf("replay: %s\n", report->replay);
}

int dry_replay(const struct arguments *arguments)
{
    const char *line = arguments->words[0];
    struct target target;
    const struct scenario *scenario = &target.scenario;
    struct sim_options options;
    struct sim_report report;
    int status;
    char name[NAME_BYTES];
    const char *wrong = sim_replay_name(line, name, sizeof name);

    if (wrong != NULL) {
        return dry_refuse("%s", wrong);
    }
    if (!dry_find_target(name, &target)) {
        return DRY_REFUSED;
    }
    options = dry_options(scenario, arguments);
    options.replay = line;
    options.record = true;
    report = sim_explore(&options, scenario->run, target.arg);
    if (dry_is_told(arguments, scenario->name, &report, &status)) {
        return status;
    }
    printf("%s: %s\n\n", scenario->name, scenario->title);
    dry_show_timeline(&report);
    print_ending(&report, line);
    return status;
}
