/**
 * @file session.h
 * @brief Lesson 18: one client, without its socket.
 *
 * Everything that a client can do to the server goes through here: bytes come
 * in, requests run, bytes are to go out.  Nothing here waits, reads or writes,
 * so all of it can be tried without a network, one byte at a time.
 *
 * The usual order of calls: session_open(); for each piece that arrives
 * session_room(), session_received(), session_run(); what is in `output` then
 * is to be sent, and session_run() again when that is done; session_close().
 *
 * Uses:     buffer.h, resp.h, service.h.
 * Used by:  client.c, every command_*.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_SESSION_H
#define LESSON_18_SESSION_H

#include "buffer.h"
#include "resp.h"
#include "service.h"

enum { SESSION_NAME_BYTES = 64 };

/** What a client wants next. */
enum session_state {
    SESSION_READS,  /**< More input. */
    SESSION_WRITES, /**< Its output sent, before anything else. */
    SESSION_ENDS,   /**< Its output sent, and then an end. */
    SESSION_DROPPED /**< An end at once: it does not read what it is sent, or
                   * there is no memory for it. */
};

/** A client. */
struct session {
    struct service *service;
    enum session_state state;
    uint64_t id;          /**< Counted from 1. */
    struct buffer input;  /**< What came and did not run yet. */
    struct buffer output; /**< What is to be sent. */
    struct resp resp;     /**< How far input was looked at. */
    struct subscriber subscriber;
    char name[SESSION_NAME_BYTES]; /**< CLIENT SETNAME. */
    bool is_first; /**< Nothing was asked yet: it may be a browser. */
    bool is_page;  /**< It is one. */
    bool is_ready; /**< In the service's list. */
    struct session *next_ready;
};

/** @brief A client comes. */
void session_open(struct session *session, struct service *service);

/** @brief A client goes. */
void session_close(struct session *session);

/**
 * @brief Where to receive to.
 *
 * @param bytes_out  How much there is room for, 1 at least.
 * @return NULL when there is no memory: the session is dropped.
 */
char *session_room(struct session *session, size_t *bytes_out);

/** @brief So many bytes were received to session_room(). */
void session_received(struct session *session, size_t bytes);

/** @brief Run the requests that are there, as long as there is room for what
 *         they answer.
 *  @return what the client wants next. */
enum session_state session_run(struct session *session);

/** @brief Let a session run no further request: SESSION_ENDS, or with
 *         SESSION_DROPPED not even send what it has. */
void session_end(struct session *session, enum session_state how);

/** @brief Say that a session has something to send. */
void session_set_ready(struct session *session);

/** @brief The next session that has something to send, or NULL. */
struct session *session_take_ready(struct service *service);

#endif
