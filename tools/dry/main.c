/**
 * @file main.c
 * @brief The `dry` command: which word does what.
 *
 * Uses:     dry.h.
 * Used by:  people, make run, the tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "dry.h"

const struct command dry_commands[] = {
    {.name = "tour",
     .usage = "",
     .title = "see in a minute what this is about",
     .about = "Shows threads sharing a port, the same seed twice, another\n"
              "seed, a bug that only some schedules have, and a search over\n"
              "all schedules.  With --hashes A..B it prints one trace hash\n"
              "for each seed instead, to compare builds with each other.",
     .run = dry_tour,
     .options = OPTIONS_HASHES},
    {.name = "list",
     .usage = "",
     .title = "name the scenarios",
     .run = dry_list,
     .options = OPTIONS_OUTPUT},
    {.name = "run",
     .usage = "NAME",
     .title = "run a scenario once and show its timeline",
     .about = "A seed stands for a schedule: the same seed, the same run.\n"
              "A schedule can also be given answer by answer; the empty one\n"
              "is the run in which nobody is interrupted.",
     .run = dry_run,
     .words_min = 1,
     .words_max = 1,
     .options = OPTIONS_SEED | OPTIONS_SCHEDULE | OPTIONS_WORLD |
                OPTIONS_OUTPUT | OPTIONS_REAL},
    {.name = "explore",
     .usage = "NAME",
     .title = "run a scenario under many schedules until one fails",
     .about = "Ends with what went wrong, the last rows before it, and a\n"
              "line that `dry replay` takes.",
     .run = dry_explore,
     .words_min = 1,
     .words_max = 1,
     .options =
         OPTIONS_SEED | OPTIONS_EXPLORE | OPTIONS_WORLD | OPTIONS_OUTPUT},
    {.name = "replay",
     .usage = "LINE",
     .title = "repeat the run that a replay line describes",
     .run = dry_replay,
     .words_min = 1,
     .words_max = 1,
     .options = OPTIONS_OUTPUT},
    {.name = "facts",
     .usage = "[ID]",
     .title = "test what we say about Windows, here and there",
     .about = "Runs the tests of all facts, or of those whose id begins with\n"
              "ID, on the simulator and, where there is one, on Windows.",
     .run = dry_facts,
     .words_max = 1,
     .options = OPTIONS_SIM},
    {.name = "rules",
     .usage = "",
     .title = "name the contract rules: what programs promise Windows",
     .run = dry_rules},
    {.name = "selfcheck",
     .usage = "",
     .title = "run many schedules twice and compare their hashes",
     .run = dry_selfcheck,
     .options = OPTIONS_SEED | OPTIONS_RUNS},
    {.name = "help",
     .usage = "[COMMAND]",
     .title = "say what a command does",
     .run = dry_help,
     .words_max = 1},
    {.name = "version",
     .usage = "",
     .title = "say which version this is",
     .run = dry_version},
};

const size_t dry_command_count = sizeof dry_commands / sizeof dry_commands[0];

const struct command *dry_command_find(const char *name)
{
    for (size_t at = 0; at < dry_command_count; at++) {
        if (strcmp(dry_commands[at].name, name) == 0) {
            return &dry_commands[at];
        }
    }
    return NULL;
}

static const char *command_name(size_t at)
{
    return dry_commands[at].name;
}

/** @brief What people type instead of `dry help`. */
static const char *meant(const char *word)
{
    if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
        return "help";
    }
    return strcmp(word, "--version") == 0 ? "version" : word;
}

static int refuse_command(const char *word)
{
    const char *nearest = dry_nearest(word, command_name, dry_command_count);

    if (nearest != NULL) {
        return dry_refuse("there is no command `%s`; did you mean `dry %s`?",
                          word,
                          nearest);
    }
    return dry_refuse("there is no command `%s`; `dry help` names them all",
                      word);
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.argv = argv};
    const struct command *command;

    dry_host_begin();
    if (argc < 2) {
        return dry_refuse("say what to do: `dry tour` is a good start, and "
                          "`dry help` names all commands");
    }
    command = dry_command_find(meant(argv[1]));
    if (command == NULL) {
        return refuse_command(argv[1]);
    }
    if (!dry_read_options(command, argv + 2, &arguments)) {
        return DRY_REFUSED;
    }
    return command->run(&arguments);
}
