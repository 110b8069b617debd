/**
 * @file crowd_wire.h
 * @brief A blocking connection to a server that talks in lines.
 *
 * Every function says whether it went well; after one that did not, the
 * connection is good for closing only.
 *
 * Uses:     winsock2.h.
 * Used by:  crowd.c, tests/lesson18.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CROWD_WIRE_H
#define CROWD_WIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <winsock2.h>

/** A connection. */
struct wire {
    SOCKET socket;
    bool is_open;
    size_t from; /* What was received, and not heard yet. */
    size_t to;
    char bytes[256];
};

/** @brief Connect to a port of host 1, 10.0.0.1. */
bool wire_open(struct wire *wire, uint16_t port);

/** @brief Close it, if it is open; @p hard: by a reset. */
void wire_close(struct wire *wire, bool hard);

/** @brief Send a text. */
bool wire_say(struct wire *wire, const char *text);

/** @brief Receive a line, without its end.
 *  @return false: the end of the stream, or worse, or too long. */
bool wire_hear(struct wire *wire, char *line, size_t line_bytes);

#endif
