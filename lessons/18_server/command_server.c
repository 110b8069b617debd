/**
 * @file command_server.c
 * @brief Lesson 18: commands about the server and the connection.
 *
 * Half of them are here because redis-cli and redis-benchmark ask them before
 * they do anything else, and take an error for an answer, but not silence.
 *
 * Uses:     command.h, page.h.
 * Used by:  command.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "command.h"
#include "page.h"

void command_ping(const struct command *command)
{
    bool has_text = command->arg_count == 2;

    if (command->arg_count > 2) {
        command_wrong_count(command, NULL);
    } else if (command->session->subscriber.count > 0) {
        /* A subscriber is sent arrays only, so that it can tell them apart. */
        reply_array(command->out, 2);
        reply_text(command->out, "pong");
        reply_bytes(command->out, has_text ? command->args[1] : span_of(""));
    } else if (has_text) {
        reply_bytes(command->out, command->args[1]);
    } else {
        reply_word(command->out, "PONG");
    }
}

void command_echo(const struct command *command)
{
    reply_bytes(command->out, command->args[1]);
}

void command_quit(const struct command *command)
{
    reply_word(command->out, "OK");
    command->session->state = SESSION_ENDS;
}

void command_select(const struct command *command)
{
    int64_t number;

    if (!span_number(command->args[1], &number)) {
        command_wrong_number(command);
    } else if (number != 0) {
        reply_error(command->out, "ERR DB index is out of range");
    } else {
        reply_word(command->out, "OK");
    }
}

/* ---- CLIENT
 * ------------------------------------------------------------------ */

static void set_name(const struct command *command)
{
    struct span name = command->args[2];

    for (size_t at = 0; at < name.bytes; at++) {
        if (name.start[at] < '!' || name.start[at] > '~') {
            reply_error(command->out,
                        "ERR Client names cannot contain spaces, newlines or "
                        "special characters.");
            return;
        }
    }
    if (name.bytes >= SESSION_NAME_BYTES) {
        reply_error(command->out, "ERR string exceeds maximum allowed size");
        return;
    }
    memcpy(command->session->name, name.start, name.bytes);
    command->session->name[name.bytes] = '\0';
    reply_word(command->out, "OK");
}

static void get_name(const struct command *command)
{
    if (command->session->name[0] == '\0') {
        reply_nothing(command->out);
    } else {
        reply_text(command->out, command->session->name);
    }
}

static void get_id(const struct command *command)
{
    reply_number(command->out, (int64_t)command->session->id);
}

/* ---- CONFIG
 * ------------------------------------------------------------------ */

static void get_config(const struct command *command)
{
    /* What redis-benchmark prints about a server; both are true here. */
    static const char *const settings[][2] = {
        {"save", ""},
        {"appendonly", "no"},
    };
    size_t count = 0;

    for (size_t at = 0; at < 2; at++) {
        count += span_matches(span_of(settings[at][0]), command->args[2]);
    }
    reply_array(command->out, 2 * count);
    for (size_t at = 0; at < 2; at++) {
        if (span_matches(span_of(settings[at][0]), command->args[2])) {
            reply_text(command->out, settings[at][0]);
            reply_text(command->out, settings[at][1]);
        }
    }
}

/* ---- COMMAND
 * ----------------------------------------------------------------- */

static void reply_row(const struct command *command,
                      const struct command_row *row)
{
    reply_array(command->out, 6);
    reply_text(command->out, row->name);
    reply_number(command->out, row->arity);
    reply_array(command->out, 0); /* Flags. */
    reply_number(command->out, row->has_key ? 1 : 0);
    reply_number(command->out, row->has_key ? 1 : 0);
    reply_number(command->out, row->has_key ? 1 : 0);
}

static void count_rows(const struct command *command)
{
    reply_number(command->out, (int64_t)command_row_count);
}

/** @brief We have no documentation for redis-cli; it has its own. */
static void get_docs(const struct command *command)
{
    reply_array(command->out, 0);
}

void command_info(const struct command *command)
{
    char text[PAGE_INFO_BYTES];

    if (command->arg_count > 2) {
        reply_error(command->out, "ERR syntax error");
        return;
    }
    page_info(command->service,
              command->arg_count == 2 ? command->args[1] : span_of("default"),
              text);
    reply_text(command->out, text);
}

/* ---- Commands that have commands of their own
 * --------------------------------- */

/** A command behind a command. */
struct sub {
    const char *name;
    uint32_t count; /* Arguments, both names included; 0: any. */
    void (*run)(const struct command *command);
};

static void run_sub(const struct command *command,
                    const struct sub *subs,
                    size_t sub_count)
{
    for (size_t at = 0; at < sub_count; at++) {
        const struct sub *sub = &subs[at];

        if (!span_same_word(command->args[1], sub->name)) {
            continue;
        }
        if (sub->count == 0 || command->arg_count == sub->count) {
            sub->run(command);
        } else {
            command_wrong_count(command, sub->name);
        }
        return;
    }
    command_unknown_sub(command);
}

void command_client(const struct command *command)
{
    static const struct sub subs[] = {
        {"setname", 3, set_name},
        {"getname", 2, get_name},
        {"id", 2, get_id},
    };

    run_sub(command, subs, sizeof subs / sizeof subs[0]);
}

void command_config(const struct command *command)
{
    static const struct sub subs[] = {{"get", 3, get_config}};

    run_sub(command, subs, sizeof subs / sizeof subs[0]);
}

void command_command(const struct command *command)
{
    static const struct sub subs[] = {
        {"count", 2, count_rows},
        {"docs", 0, get_docs},
    };

    if (command->arg_count > 1) {
        run_sub(command, subs, sizeof subs / sizeof subs[0]);
        return;
    }
    reply_array(command->out, command_row_count);
    for (size_t at = 0; at < command_row_count; at++) {
        reply_row(command, &command_rows[at]);
    }
}
