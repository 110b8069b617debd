/**
 * @file lesson_socket.h
 * @brief Sockets for lessons that are about something else.
 *
 * From lesson 01 on programs talk over sockets, but how a connection is made
 * is the subject of lesson 07 alone.  Until then these few functions make one.
 *
 * Uses:     lesson.h, winsock2.h.
 * Used by:  lessons 01, 03 and 05 to 14.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_SOCKET_H
#define LESSON_SOCKET_H

#include "lesson.h"

#include <ws2tcpip.h>

/** Two connected ends of TCP over 127.0.0.1. */
struct lesson_pair {
    SOCKET here;  /**< The program's end, overlapped. */
    SOCKET there; /**< Its peer. */
};

/** @brief WSAStartup and WSACleanup. */
void lesson_winsock_begin(void);
void lesson_winsock_end(void);

/** @brief Make a socket that is neither bound nor connected. */
SOCKET lesson_tcp(void);

/** @brief Make a listener on 127.0.0.1 and a free port, told in @p out. */
SOCKET lesson_listener(struct sockaddr_in *out);

/** @brief Make two connected ends. */
struct lesson_pair lesson_pair(void);

/** @brief Close both ends. */
void lesson_pair_close(const struct lesson_pair *pair);

/** @brief Send a text, without its end, and wait until it is sent. */
void lesson_say(SOCKET socket, const char *text);

/** @brief Wait until a receive would find something. */
void lesson_await_bytes(SOCKET socket);

/** @brief Receive, blocking, so many bytes and forget them. */
void lesson_forget(SOCKET socket, int count);

/** @brief Let a thread say "hello" to a socket 20 ms from now.
 *  @return the thread, for lesson_join(). */
HANDLE lesson_say_hello_later(const SOCKET *socket);

/** @brief Wait for a thread's end and close its handle. */
void lesson_join(HANDLE thread);

/** @brief Start WSARecv with one buffer.
 *  @return 0, or the error; WSA_IO_PENDING is 997. */
int lesson_receive(SOCKET socket,
                   char *buffer,
                   ULONG bytes,
                   OVERLAPPED *overlapped);

#endif
