/**
 * @file command_keys.c
 * @brief Lesson 18: commands about keys and values.
 *
 * Uses:     command.h.
 * Used by:  command.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>

#include "command.h"

/** @brief Reply to what came of storing. */
static void reply_stored(const struct command *command,
                         enum store_answer answer)
{
    switch (answer) {
    case STORE_OK:
        reply_word(command->out, "OK");
        break;
    case STORE_TOO_LONG:
        reply_error(command->out, "ERR string exceeds maximum allowed size");
        break;
    case STORE_FULL:
        reply_error(command->out,
                    "OOM command not allowed when used memory > 'maxmemory'.");
        break;
    }
}

/** @brief The value of a key, or nothing. */
static void reply_value(const struct command *command, struct span key)
{
    const struct store_entry *entry = store_find(&command->service->store, key);

    if (entry == NULL) {
        reply_nothing(command->out);
    } else {
        reply_bytes(command->out, store_value(entry));
    }
}

void command_get(const struct command *command)
{
    reply_value(command, command->args[1]);
}

void command_mget(const struct command *command)
{
    reply_array(command->out, command->arg_count - 1);
    for (uint32_t at = 1; at < command->arg_count; at++) {
        reply_value(command, command->args[at]);
    }
}

void command_mset(const struct command *command)
{
    enum store_answer answer = STORE_OK;

    if (command->arg_count % 2 == 0) {
        command_wrong_count(command, NULL);
        return;
    }
    /* Who is told OK has all of them; who is not, perhaps the first few. */
    for (uint32_t at = 1; at < command->arg_count && answer == STORE_OK;
         at += 2) {
        answer = store_set(&command->service->store,
                           command->args[at],
                           command->args[at + 1],
                           STORE_NEVER);
    }
    reply_stored(command, answer);
}

void command_del(const struct command *command)
{
    int64_t count = 0;

    for (uint32_t at = 1; at < command->arg_count; at++) {
        count += store_remove(&command->service->store, command->args[at]);
    }
    reply_number(command->out, count);
}

void command_exists(const struct command *command)
{
    int64_t count = 0;

    for (uint32_t at = 1; at < command->arg_count; at++) {
        count +=
            store_find(&command->service->store, command->args[at]) != NULL;
    }
    reply_number(command->out, count);
}

void command_incr(const struct command *command)
{
    struct store *store = &command->service->store;
    const struct store_entry *entry = store_find(store, command->args[1]);
    int64_t number = 0;
    char text[24];
    enum store_answer answer;

    if (entry != NULL && !span_number(store_value(entry), &number)) {
        command_wrong_number(command);
        return;
    }
    if (number == INT64_MAX) {
        reply_error(command->out, "ERR increment or decrement would overflow");
        return;
    }
    number++;
    (void)snprintf(text, sizeof text, "%" PRId64, number);
    answer = store_set(store,
                       command->args[1],
                       span_of(text),
                       entry != NULL ? entry->due_ms : STORE_NEVER);
    if (answer == STORE_OK) {
        reply_number(command->out, number);
    } else {
        reply_stored(command, answer);
    }
}

void command_keys(const struct command *command)
{
    const struct store *store = &command->service->store;
    size_t count = 0;

    for (const struct store_entry *entry = store_next(store, NULL);
         entry != NULL;
         entry = store_next(store, entry)) {
        count += span_matches(store_key(entry), command->args[1]);
    }
    reply_array(command->out, count);
    for (const struct store_entry *entry = store_next(store, NULL);
         entry != NULL;
         entry = store_next(store, entry)) {
        if (span_matches(store_key(entry), command->args[1])) {
            reply_bytes(command->out, store_key(entry));
        }
    }
}

/* ---- SET has options
 * --------------------------------------------------------- */

/** What stands behind SET's value. */
struct set_options {
    bool if_absent;     /* NX */
    bool if_present;    /* XX */
    int64_t unit_ms;    /* EX or PX; 0: neither. */
    struct span period; /* What stands behind that. */
};

/** @brief @return false: they make no sense. */
static bool read_set_options(const struct command *command,
                             struct set_options *options)
{
    for (uint32_t at = 3; at < command->arg_count; at++) {
        struct span word = command->args[at];
        bool is_seconds = span_same_word(word, "ex");

        if (span_same_word(word, "nx") && !options->if_present) {
            options->if_absent = true;
        } else if (span_same_word(word, "xx") && !options->if_absent) {
            options->if_present = true;
        } else if ((is_seconds || span_same_word(word, "px")) &&
                   options->unit_ms == 0 && at + 1 < command->arg_count) {
            options->unit_ms = is_seconds ? 1000 : 1;
            options->period = command->args[++at];
        } else {
            return false;
        }
    }
    return true;
}

/** @brief When a period from now is over; an error reply when never.
 *  @return false: replied. */
static bool read_due(const struct command *command,
                     struct span period,
                     int64_t unit_ms,
                     int64_t *due_ms_out)
{
    int64_t now_ms = command->service->store.now_ms;
    int64_t most = (STORE_NEVER - 1 - now_ms) / unit_ms;
    int64_t count;

    if (!span_number(period, &count)) {
        command_wrong_number(command);
        return false;
    }
    if (count > most || count < -most) {
        reply_error(command->out,
                    "ERR invalid expire time in '%s' command",
                    command->row->name);
        return false;
    }
    *due_ms_out = now_ms + count * unit_ms;
    return true;
}

void command_set(const struct command *command)
{
    struct store *store = &command->service->store;
    struct set_options options = {0};
    int64_t due_ms = STORE_NEVER;
    bool is_present;

    if (!read_set_options(command, &options)) {
        reply_error(command->out, "ERR syntax error");
        return;
    }
    if (options.unit_ms != 0) {
        if (!read_due(command, options.period, options.unit_ms, &due_ms)) {
            return;
        }
        if (due_ms <= store->now_ms) {
            reply_error(command->out,
                        "ERR invalid expire time in 'set' command");
            return;
        }
    }
    is_present = store_find(store, command->args[1]) != NULL;
    if ((options.if_absent && is_present) ||
        (options.if_present && !is_present)) {
        reply_nothing(command->out);
        return;
    }
    reply_stored(command,
                 store_set(store, command->args[1], command->args[2], due_ms));
}

/* ---- The time of a key
 * --------------------------------------------------------- */

void command_expire(const struct command *command)
{
    struct store *store = &command->service->store;
    int64_t due_ms;

    if (command->arg_count > 3) {
        reply_error(command->out,
                    "ERR Unsupported option %.*s",
                    command->args[3].bytes < 64 ? (int)command->args[3].bytes
                                                : 64,
                    command->args[3].start);
        return;
    }
    if (!read_due(command, command->args[2], 1000, &due_ms)) {
        return;
    }
    if (store_find(store, command->args[1]) == NULL) {
        reply_number(command->out, 0);
        return;
    }
    store_set_due(store, command->args[1], due_ms);
    reply_number(command->out, 1);
}

void command_ttl(const struct command *command)
{
    struct store *store = &command->service->store;
    const struct store_entry *entry = store_find(store, command->args[1]);

    if (entry == NULL) {
        reply_number(command->out, -2);
    } else if (entry->due_ms == STORE_NEVER) {
        reply_number(command->out, -1);
    } else {
        /* To the nearest second. */
        reply_number(command->out,
                     (entry->due_ms - store->now_ms + 500) / 1000);
    }
}
