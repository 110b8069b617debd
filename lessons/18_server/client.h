/**
 * @file client.h
 * @brief Lesson 18: one client, with its socket.
 *
 * Uses:     server.h, session.h.
 * Used by:  client.c, server.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_CLIENT_H
#define LESSON_18_CLIENT_H

#include "server.h"
#include "session.h"

/** A client.  One read and one write at most are under way. */
struct client {
    struct net_connection connection; /**< First: the kit's. */
    struct session session;
    struct net_read read;
    struct net_write write;
    WSABUF piece;          /**< Of the write: all of `sending`. */
    struct buffer sending; /**< Lent to the write; session.output fills up
                          * meanwhile, and then they change places. */
    uint64_t leave_us;     /**< It gets an end then, whatever it does. */
    size_t ignored_bytes;  /**< Since it was sent its end. */
    bool is_reading;
    bool is_writing;
    bool is_leaving; /**< It was sent its end. */
};

/** @brief What the kit calls; see net_server_options. @{ */
void client_opened(struct net_connection *connection);
void client_closed(struct net_connection *connection);
void client_goodbye(struct net_connection *connection);
/** @} */

#endif
