/**
 * @file service.h
 * @brief Lesson 18: what all clients share.
 *
 * Keys, channels, and what has happened so far.  There is no lock: commands
 * run one after the other, and so they see what the one before has done.
 *
 * Uses:     channels.h, store.h.
 * Used by:  session.h, every command_*.c, server.h.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_SERVICE_H
#define LESSON_18_SERVICE_H

#include "channels.h"
#include "store.h"

/** What has happened so far; for INFO and the page. */
struct service_counts {
    uint64_t connections; /**< Clients that came. */
    uint64_t commands;    /**< Commands that ran. */
    uint64_t messages;    /**< Messages handed to subscribers. */
    uint64_t bad_input;   /**< Clients sent away for what they said. */
    uint64_t dropped;     /**< Clients that did not read. */
    uint32_t clients;     /**< Here now. */
    uint32_t subscribers; /**< Of these, in subscribe mode. */
};

/** What all clients share. */
struct service {
    struct limits limits;
    struct store store;
    struct channels channels;
    struct service_counts counts;
    int64_t started_ms;
    struct span *args; /**< Of the command that runs. */

    /** Clients that got something to send, and were not served since. */
    struct session *ready_first;
    struct session *ready_last;
};

/**
 * @brief Get ready for clients.
 *
 * @param limits  Copied.
 * @param now_ms  The time, since whenever.
 * @return false: no memory.
 */
bool service_open(struct service *service,
                  const struct limits *limits,
                  int64_t now_ms);

/** @brief Give everything back.  Every session is closed. */
void service_close(struct service *service);

/** @brief Tell the time. */
void service_set_time(struct service *service, int64_t now_ms);

#endif
