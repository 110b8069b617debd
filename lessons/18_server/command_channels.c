/**
 * @file command_channels.c
 * @brief Lesson 18: publish and subscribe.
 *
 * A message is written into the output of each subscriber at once, and sent
 * from there as fast as that subscriber reads.  Nobody waits for anybody: who
 * publishes is answered at once, and who does not read is dropped when its
 * output is full.
 *
 * Uses:     command.h.
 * Used by:  command.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "command.h"

/** @brief Tell a client which channel it joined or left, and how many are
 *         left. */
static void reply_change(const struct command *command,
                         const char *what,
                         const struct span *name)
{
    reply_array(command->out, 3);
    reply_text(command->out, what);
    if (name != NULL) {
        reply_bytes(command->out, *name);
    } else {
        reply_nothing(command->out);
    }
    reply_number(command->out, command->session->subscriber.count);
}

/** @brief Keep count of the clients in subscribe mode. */
static void count_subscribers(const struct command *command, bool before)
{
    bool after = command->session->subscriber.count > 0;
    uint32_t *count = &command->service->counts.subscribers;

    *count += (after ? 1U : 0U) - (before ? 1U : 0U);
}

void command_subscribe(const struct command *command)
{
    struct subscriber *subscriber = &command->session->subscriber;
    bool before = subscriber->count > 0;

    for (uint32_t at = 1; at < command->arg_count; at++) {
        switch (channels_join(&command->service->channels,
                              command->session,
                              subscriber,
                              command->args[at])) {
        case CHANNELS_OK:
            reply_change(command, "subscribe", &command->args[at]);
            break;
        case CHANNELS_TOO_LONG:
            reply_error(command->out,
                        "ERR string exceeds maximum allowed size");
            break;
        case CHANNELS_FULL:
            reply_error(command->out, "ERR too many subscriptions");
            break;
        }
    }
    count_subscribers(command, before);
}

/** @brief Leave all channels, the one joined first first. */
static void unsubscribe_all(const struct command *command)
{
    struct subscriber *subscriber = &command->session->subscriber;

    if (subscriber->first == NULL) {
        reply_change(command, "unsubscribe", NULL);
    }
    while (subscriber->first != NULL) {
        struct span name = channel_name(subscriber->first->channel);

        reply_array(command->out, 3);
        reply_text(command->out, "unsubscribe");
        reply_bytes(command->out, name);
        reply_number(command->out, subscriber->count - 1);
        channels_leave(&command->service->channels, subscriber, name);
    }
}

void command_unsubscribe(const struct command *command)
{
    struct subscriber *subscriber = &command->session->subscriber;
    bool before = subscriber->count > 0;

    if (command->arg_count == 1) {
        unsubscribe_all(command);
    }
    for (uint32_t at = 1; at < command->arg_count; at++) {
        channels_leave(&command->service->channels,
                       subscriber,
                       command->args[at]);
        reply_change(command, "unsubscribe", &command->args[at]);
    }
    count_subscribers(command, before);
}

//! [publish]
void command_publish(const struct command *command)
{
    const struct subscription *reader =
        channels_readers(&command->service->channels, command->args[1]);
    int64_t count = 0;

    for (; reader != NULL; reader = reader->next_reader) {
        struct buffer *out = &reader->session->output;

        reply_array(out, 3);
        reply_text(out, "message");
        reply_bytes(out, command->args[1]);
        reply_bytes(out, command->args[2]);
        session_set_ready(reader->session);
        count++;
    }
    command->service->counts.messages += (uint64_t)count;
    reply_number(command->out, count);
}
//! [publish]
