/**
 * @file channel.h
 * @brief A pipe with a port, which is all that most pairs need.
 *
 * Uses:     windows.h.
 * Used by:  pairs_memory.c, pairs_left.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHANNEL_H
#define CHANNEL_H

#include <stdbool.h>
#include <windows.h>

enum { CHANNEL_BYTES = 16 };

/** Two ends of a pipe; the server's belongs to a port. */
struct channel {
    HANDLE server;
    HANDLE client;
    HANDLE port;
};

struct channel channel_open(void);

/** @brief Close both ends, take so many packets, close the port. */
void channel_close(struct channel *channel, int packets);

/** @brief Start a read that pends. */
void channel_read(const struct channel *channel,
                  void *buffer,
                  DWORD bytes,
                  OVERLAPPED *overlapped);

/** @brief The client writes. */
void channel_feed(const struct channel *channel, const char *text);

/** @brief Take a packet; returns its OVERLAPPED. */
OVERLAPPED *channel_take(const struct channel *channel);

#endif
