/**
 * @file command.c
 * @brief Lesson 18: finding a command and checking that it may run.
 *
 * The table says how many arguments a command takes, so no command has to
 * check that what it looks at is there.
 *
 * Uses:     command.h.
 * Used by:  session.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "command.h"

#include <stdio.h>
#include <string.h>

//! [table]
const struct command_row command_rows[] = {
    {"get", 2, false, true, command_get},
    {"set", -3, false, true, command_set},
    {"del", -2, false, true, command_del},
    {"exists", -2, false, true, command_exists},
    {"incr", 2, false, true, command_incr},
    {"mget", -2, false, true, command_mget},
    {"mset", -3, false, true, command_mset},
    {"keys", 2, false, false, command_keys},
    {"expire", -3, false, true, command_expire},
    {"ttl", 2, false, true, command_ttl},
    {"publish", 3, false, false, command_publish},
    {"subscribe", -2, true, false, command_subscribe},
    {"unsubscribe", -1, true, false, command_unsubscribe},
    {"ping", -1, true, false, command_ping},
    {"echo", 2, false, false, command_echo},
    {"quit", -1, true, false, command_quit},
    {"select", 2, false, false, command_select},
    {"client", -2, false, false, command_client},
    {"config", -2, false, false, command_config},
    {"command", -1, false, false, command_command},
    {"info", -1, false, false, command_info},
};
//! [table]

const size_t command_row_count = sizeof command_rows / sizeof command_rows[0];

static const struct command_row *find_row(struct span name)
{
    for (size_t at = 0; at < command_row_count; at++) {
        if (span_same_word(name, command_rows[at].name)) {
            return &command_rows[at];
        }
    }
    return NULL;
}

/** Bytes of a name, and of all arguments, that are told in an error. */
enum { TOLD_BYTES = 128 };

/** @brief So much of an argument is told. */
static int told(struct span arg, size_t most)
{
    return (int)(arg.bytes < most ? arg.bytes : most);
}

static void reply_unknown(const struct command *command)
{
    char args[TOLD_BYTES + 4] = "";
    size_t used = 0;

    for (uint32_t at = 1; at < command->arg_count && used < TOLD_BYTES; at++) {
        /* Never longer than the room: three bytes stand around the text. */
        (void)snprintf(args + used,
                       sizeof args - used,
                       "'%.*s' ",
                       told(command->args[at], TOLD_BYTES - used),
                       command->args[at].start);
        used = strlen(args);
    }
    reply_error(command->out,
                "ERR unknown command '%.*s', with args beginning with: %s",
                told(command->args[0], TOLD_BYTES),
                command->args[0].start,
                args);
}

void command_wrong_count(const struct command *command, const char *subcommand)
{
    reply_error(command->out,
                "ERR wrong number of arguments for '%s%s%s' command",
                command->row->name,
                subcommand != NULL ? "|" : "",
                subcommand != NULL ? subcommand : "");
}

void command_wrong_number(const struct command *command)
{
    reply_error(command->out, "ERR value is not an integer or out of range");
}

void command_unknown_sub(const struct command *command)
{
    reply_error(command->out,
                "ERR unknown subcommand '%.*s'. Try %s HELP.",
                told(command->args[1], TOLD_BYTES),
                command->args[1].start,
                command->row->run == command_client   ? "CLIENT"
                : command->row->run == command_config ? "CONFIG"
                                                      : "COMMAND");
}

static bool has_arity(const struct command *command)
{
    uint32_t least = (uint32_t)(command->row->arity < 0 ? -command->row->arity
                                                        : command->row->arity);

    return command->arg_count == least ||
           (command->row->arity < 0 && command->arg_count > least);
}

void command_run(struct session *session,
                 const struct span *args,
                 uint32_t arg_count)
{
    struct command command = {
        .row = find_row(args[0]),
        .session = session,
        .service = session->service,
        .out = &session->output,
        .args = args,
        .arg_count = arg_count,
    };

    session->service->counts.commands++;
    if (command.row == NULL) {
        reply_unknown(&command);
    } else if (!has_arity(&command)) {
        command_wrong_count(&command, NULL);
    } else if (session->subscriber.count > 0 && !command.row->subscribed) {
        reply_error(command.out,
                    "ERR Can't execute '%s': only (P|S)SUBSCRIBE / "
                    "(P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in "
                    "this context",
                    command.row->name);
    } else {
        command.row->run(&command);
    }
}
