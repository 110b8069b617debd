/**
 * @file command.h
 * @brief Lesson 18: the commands.
 *
 * Uses:     reply.h, session.h.
 * Used by:  session.c, every command_*.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_COMMAND_H
#define LESSON_18_COMMAND_H

#include "reply.h"
#include "session.h"

/** A command that runs. */
struct command {
    const struct command_row *row;
    struct session *session;
    struct service *service;
    struct buffer *out;      /**< Where its reply goes. */
    const struct span *args; /**< Its name first. */
    uint32_t arg_count;
};

/** A command that there is. */
struct command_row {
    const char *name; /**< In small letters. */
    int arity;        /**< Arguments with the name; negative: at least. */
    bool subscribed;  /**< Allowed in subscribe mode. */
    bool has_key;     /**< Its first argument is a key. */
    void (*run)(const struct command *command);
};

extern const struct command_row command_rows[];
extern const size_t command_row_count;

/** @brief Run what a client asked for, and reply. */
void command_run(struct session *session,
                 const struct span *args,
                 uint32_t arg_count);

/** @brief Replies that several commands have. @{ */
void command_wrong_count(const struct command *command, const char *subcommand);
void command_wrong_number(const struct command *command);
void command_unknown_sub(const struct command *command);
/** @} */

/** @brief One function for each command. @{ */
void command_get(const struct command *command);
void command_set(const struct command *command);
void command_del(const struct command *command);
void command_exists(const struct command *command);
void command_incr(const struct command *command);
void command_mget(const struct command *command);
void command_mset(const struct command *command);
void command_keys(const struct command *command);
void command_expire(const struct command *command);
void command_ttl(const struct command *command);
void command_subscribe(const struct command *command);
void command_unsubscribe(const struct command *command);
void command_publish(const struct command *command);
void command_ping(const struct command *command);
void command_echo(const struct command *command);
void command_quit(const struct command *command);
void command_select(const struct command *command);
void command_client(const struct command *command);
void command_config(const struct command *command);
void command_command(const struct command *command);
void command_info(const struct command *command);
/** @} */

#endif
