/**
 * @file channels.c
 * @brief Lesson 18: who listens to which channel.
 *
 * Uses:     channels.h.
 * Used by:  session.c, command_channels.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "channels.h"

#include <stdlib.h>
#include <string.h>

struct span channel_name(const struct channel *channel)
{
    return (struct span){channel->name, channel->name_bytes};
}

/** @brief What points to a channel; to NULL when there is none. */
static struct channel **place_of(struct channels *channels, struct span name)
{
    struct channel **place;
    uint32_t hash = 2166136261U;

    for (size_t at = 0; at < name.bytes; at++) {
        hash = (hash ^ (unsigned char)name.start[at]) * 16777619U;
    }
    place = &channels->buckets[hash % CHANNEL_BUCKETS];
    while (*place != NULL && !span_same(channel_name(*place), name)) {
        place = &(*place)->next;
    }
    return place;
}

const struct subscription *channels_readers(const struct channels *channels,
                                            struct span name)
{
    const struct channel *channel =
        *place_of((struct channels *)(uintptr_t)channels, name);

    return channel != NULL ? channel->readers : NULL;
}

/** @brief What points to a client's subscription; to NULL without one. */
static struct subscription **find(struct subscriber *subscriber,
                                  struct span name)
{
    struct subscription **place = &subscriber->first;

    while (*place != NULL &&
           !span_same(channel_name((*place)->channel), name)) {
        place = &(*place)->next_channel;
    }
    return place;
}

/** @brief A channel, made when it is not there; NULL without memory. */
static struct channel *open_channel(struct channels *channels, struct span name)
{
    struct channel **place = place_of(channels, name);
    struct channel *channel = *place;

    if (channel == NULL) {
        channel = malloc(sizeof *channel + name.bytes);
        if (channel == NULL) {
            return NULL;
        }
        channel->next = NULL;
        channel->readers = NULL;
        channel->name_bytes = name.bytes;
        memcpy(channel->name, name.start, name.bytes);
        *place = channel;
        channels->count++;
    }
    return channel;
}

/** @brief Forget a channel that nobody listens to. */
static void close_channel(struct channels *channels, struct channel *channel)
{
    if (channel->readers == NULL) {
        *place_of(channels, channel_name(channel)) = channel->next;
        channels->count--;
        free(channel);
    }
}

enum channels_answer channels_join(struct channels *channels,
                                   struct session *session,
                                   struct subscriber *subscriber,
                                   struct span name)
{
    struct subscription *made;
    struct subscription **last;
    struct channel *channel;

    if (name.bytes > channels->limits->key_bytes_max) {
        return CHANNELS_TOO_LONG;
    }
    if (*find(subscriber, name) != NULL) {
        return CHANNELS_OK;
    }
    if (subscriber->count >= channels->limits->channels_max) {
        return CHANNELS_FULL;
    }
    channel = open_channel(channels, name);
    if (channel == NULL) {
        return CHANNELS_FULL;
    }
    made = malloc(sizeof *made);
    if (made == NULL) {
        close_channel(channels, channel);
        return CHANNELS_FULL;
    }
    *made = (struct subscription){.channel = channel, .session = session};
    made->next_reader = channel->readers;
    channel->readers = made;
    for (last = &subscriber->first; *last != NULL;) {
        last = &(*last)->next_channel;
    }
    *last = made;
    subscriber->count++;
    return CHANNELS_OK;
}

void channels_leave(struct channels *channels,
                    struct subscriber *subscriber,
                    struct span name)
{
    struct subscription **place = find(subscriber, name);
    struct subscription *gone = *place;
    struct subscription **reader;

    if (gone == NULL) {
        return;
    }
    *place = gone->next_channel;
    for (reader = &gone->channel->readers; *reader != gone;) {
        reader = &(*reader)->next_reader;
    }
    *reader = gone->next_reader;
    subscriber->count--;
    close_channel(channels, gone->channel);
    free(gone);
}

void channels_leave_all(struct channels *channels,
                        struct subscriber *subscriber)
{
    while (subscriber->first != NULL) {
        channels_leave(channels,
                       subscriber,
                       channel_name(subscriber->first->channel));
    }
}
