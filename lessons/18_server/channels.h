/**
 * @file channels.h
 * @brief Lesson 18: who listens to which channel.
 *
 * A channel is there as long as somebody subscribes to it.  A subscription
 * lies in two lists at once, that of its channel and that of its subscriber,
 * so that a message finds its readers and a client that goes finds what it
 * leaves behind.
 *
 * Uses:     limits.h, span.h.
 * Used by:  service.h, session.h, command_channels.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_CHANNELS_H
#define LESSON_18_CHANNELS_H

#include "limits.h"
#include "span.h"

struct session;
struct channel;

/** That a client listens to a channel. */
struct subscription {
    struct subscription *next_reader;  /**< Of the same channel. */
    struct subscription *next_channel; /**< Of the same client. */
    struct channel *channel;
    struct session *session;
};

/** A channel.  The bytes of its name follow. */
struct channel {
    struct channel *next;         /**< In the same bucket. */
    struct subscription *readers; /**< Never none. */
    size_t name_bytes;
    char name[];
};

enum { CHANNEL_BUCKETS = 1024 };

/** All channels. */
struct channels {
    const struct limits *limits;
    struct channel *buckets[CHANNEL_BUCKETS];
    uint32_t count; /**< Channels. */
};

/** What a client listens to; part of its session. */
struct subscriber {
    struct subscription *first; /**< The one subscribed to first. */
    uint32_t count;
};

/** What came of subscribing. */
enum channels_answer { CHANNELS_OK, CHANNELS_TOO_LONG, CHANNELS_FULL };

/** @brief Subscribe; once more does nothing. */
enum channels_answer channels_join(struct channels *channels,
                                   struct session *session,
                                   struct subscriber *subscriber,
                                   struct span name);

/** @brief Unsubscribe; nothing when it was not subscribed to. */
void channels_leave(struct channels *channels,
                    struct subscriber *subscriber,
                    struct span name);

/** @brief Unsubscribe from everything. */
void channels_leave_all(struct channels *channels,
                        struct subscriber *subscriber);

/** @brief Who listens to a channel: the first of its readers, or NULL. */
const struct subscription *channels_readers(const struct channels *channels,
                                            struct span name);

/** @brief The name of a channel. */
struct span channel_name(const struct channel *channel);

#endif
