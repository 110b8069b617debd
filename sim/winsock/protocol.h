/**
 * @file protocol.h
 * @brief The protocols that sockets speak, and their descriptions.
 *
 * Uses:     winsock.h.
 * Used by:  socket_api.c, getsockopt.c.
 * Facts:    none.
 * Read next: protocol.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PROTOCOL_H
#define SIM_PROTOCOL_H

#include "winsock.h"

/** One row of Winsock's catalog. */
struct protocol {
    int family; /**< AF_INET, AF_INET6 */
    int type;   /**< SOCK_STREAM, SOCK_DGRAM */
    int number; /**< IPPROTO_TCP, IPPROTO_UDP */
    enum net_family net_family;
    enum net_protocol net_protocol;
    DWORD services; /**< XP1_... */
    int address_bytes_min;
    DWORD message_bytes; /**< 0: a stream. */
    const char *name;
};

/** @brief The first protocol that fits; 0 and AF_UNSPEC fit all.  NULL: none
 *  does. */
const struct protocol *sim__protocol_find(int family, int type, int number);

/** @brief The protocol of a socket. */
const struct protocol *sim__protocol_of(const struct socket *socket);

/** @brief Write a socket's description. */
void sim__protocol_describe(const struct socket *socket,
                            WSAPROTOCOL_INFOW *out);

/** @brief The same description with 8-bit letters. */
void sim__protocol_narrow(const WSAPROTOCOL_INFOW *wide,
                          WSAPROTOCOL_INFOA *out);

#endif
