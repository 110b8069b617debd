/**
 * @file talk.h
 * @brief Talking to a session without a network.
 *
 * Uses:     18_server/session.h.
 * Used by:  the tests of this folder.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_TALK_H
#define LESSON_18_TALK_H

#include "18_server/session.h"

/** Small limits, so that a test reaches them. */
extern const struct limits talk_limits;

/** A service and clients of it. */
struct talk {
    struct service service;
    struct session session;
};

/** @brief Open a service with one client. */
void talk_open(struct talk *talk, const struct limits *limits);

/** @brief Close both. */
void talk_close(struct talk *talk);

/** @brief Let a session receive bytes, in pieces of at most so many, and run
 *         as a connection would: what it answers is taken away at once.
 *  @param answer  All that it answered, a C string; room for so many bytes. */
void talk_say(struct session *session,
              struct span said,
              size_t piece_bytes,
              char *answer,
              size_t answer_bytes);

/** @brief The same with a C string in one piece, in a fresh world: check the
 *         answer, at the end of which "<end>" stands for an end. */
void talk_expect(const char *said, const char *answer);

/** @brief As talk_expect(), in a world that is there. */
void talk_answers(struct session *session,
                  const char *said,
                  const char *answer);

/** @brief Take what a session is to be sent, as a C string, with "~" for each
 *         byte 0. */
void talk_take(struct session *session, char *answer, size_t answer_bytes);

#endif
