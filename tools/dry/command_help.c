/**
 * @file command_help.c
 * @brief `dry help`: all commands, or all about one.
 *
 * Uses:     dry.h.
 * Used by:  main.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "dry.h"

static int help_all(void)
{
    printf("dry - run programs for completion ports in a second, "
           "deterministic Windows\n\n");
    for (size_t at = 0; at < dry_command_count; at++) {
        char call[48];

        (void)snprintf(call,
                       sizeof call,
                       "dry %s%s%s",
                       dry_commands[at].name,
                       dry_commands[at].usage[0] == '\0' ? "" : " ",
                       dry_commands[at].usage);
        printf("  %-20s %s\n", call, dry_commands[at].title);
    }
    printf("\n`dry help COMMAND` tells more.  Exit status: 0 all is well, "
           "1 something failed,\n2 the command line makes no sense.\n");
    return DRY_GOOD;
}

static const char *command_name(size_t at)
{
    return dry_commands[at].name;
}

static int refuse(const char *word)
{
    const char *nearest = dry_nearest(word, command_name, dry_command_count);

    if (nearest != NULL) {
        return dry_refuse("dry help: there is no command `%s`; did you mean "
                          "`dry help %s`?",
                          word,
                          nearest);
    }
    return dry_refuse("dry help: there is no command `%s`; `dry help` names "
                      "them all",
                      word);
}

int dry_help(const struct arguments *arguments)
{
    const struct command *command;

    if (arguments->word_count == 0) {
        return help_all();
    }
    command = dry_command_find(arguments->words[0]);
    if (command == NULL) {
        return refuse(arguments->words[0]);
    }
    printf("dry %s%s%s%s\n\n%s\n",
           command->name,
           command->usage[0] == '\0' ? "" : " ",
           command->usage,
           command->options == 0 ? "" : " [OPTION...]",
           command->about != NULL ? command->about : command->title);
    if (command->options != 0) {
        printf("\n");
        dry_print_options(command->options);
    }
    return DRY_GOOD;
}
