/**
 * @file option.h
 * @brief Which options there are, and where their values stand.
 *
 * Most options are a number that a program sets and the model reads.  For
 * these a row of a table says all; the others have code of their own.
 *
 * Uses:     winsock.h.
 * Used by:  option.c, setsockopt.c, getsockopt.c.
 * Facts:    none.
 * Read next: option.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_OPTION_H
#define SIM_OPTION_H

#include "winsock.h"

/** Which sockets have an option: bits. */
enum {
    OPTION_STREAM = 1,
    OPTION_DATAGRAM = 2,
    OPTION_V4 = 4,
    OPTION_V6 = 8,
    OPTION_BOTH = OPTION_STREAM | OPTION_DATAGRAM,
    OPTION_ALL = OPTION_BOTH | OPTION_V4 | OPTION_V6
};

/** How the value is kept; programs see 32 bits of each. */
enum option_shape {
    OPTION_BOOL,    /**< bool: not 0 is true. */
    OPTION_NUMBER,  /**< uint32_t */
    OPTION_SECONDS, /**< uint32_t of milliseconds, shown as seconds. */
    OPTION_BYTE     /**< uint32_t up to 255, or -1 for the default. */
};

/** One option that is a number. */
struct option {
    int level;
    int name;
    uint8_t sockets; /**< OPTION_STREAM, ... */
    uint8_t shape;   /**< An enum option_shape. */
    bool rare;       /**< Of struct rare, else of struct socket_options. */
    bool early;      /**< Only before the socket is bound. */
    uint16_t offset; /**< In that struct. */
};

/** @brief Find an option; NULL: it is none, or not a number.
 *  @param socket  Who must have it. */
const struct option *sim__option_find(const struct socket *socket,
                                      int level,
                                      int name);

/** @brief Read its value as programs see it. */
uint32_t sim__option_get(const struct socket *socket,
                         const struct option *option);

/** @brief Set it; WSAEINVAL when that is too late or out of range. */
NTSTATUS sim__option_set(struct socket *socket,
                         const struct option *option,
                         uint32_t value);

#endif
