/**
 * @file sockets.h
 * @brief Sockets for the tests of layer 1, made with Windows' own calls.
 *
 * Uses:     takes.h.
 * Used by:  test_connections.c, test_streams.c, test_datagrams.c,
 *           test_echo.c, test_allocations.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LAYER1_SOCKETS_H
#define LAYER1_SOCKETS_H

#include "takes.h"

/** A port and a listener at a free port of this host. */
struct place {
    struct op_port port;
    struct op_provider provider;
    struct op_handle listener;
    struct sockaddr_in address;
};

/** Two connected sockets. */
struct pair {
    struct place place;
    struct op_handle server;
    struct op_handle client;
};

/** @brief Start Winsock and listen. */
void open_place(struct place *place);

/** @brief Close what open_place() opened. */
void close_place(struct place *place);

/** @brief A fresh stream socket, not bound. */
SOCKET stream_socket(void);

/** @brief A fresh datagram socket at a free port of this host. */
SOCKET datagram_socket(struct sockaddr_in *address_out);

/** @brief Bind to a free port of this host. */
void bind_here(SOCKET socket, struct sockaddr_in *address_out);

/** @brief Give a socket to the place's port. */
void open_socket(struct op_handle *handle,
                 const struct place *place,
                 SOCKET socket,
                 unsigned flags);

/** @brief Make two connected sockets, by layer 1. */
void open_pair(struct pair *pair, unsigned flags);

/** @brief Close what open_pair() opened, and is open still. */
void close_pair(struct pair *pair);

/** @brief Close a socket so that the peer is reset. */
void close_hard(struct op_handle *handle);

/** @brief Set up a receive into one buffer. */
void init_recv(struct op_recv *recv, WSABUF *buffer, char *bytes, ULONG count);

/** @brief Set up a send of a text. */
void init_send(struct op_send *send, WSABUF *buffer, const char *text);

#endif
