/**
 * @file datagrams.h
 * @brief Datagram sockets for tests, in one line each.
 *
 * Uses:     sim.h, winsock2.h.
 * Used by:  the tests of ports, UDP, select and names.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_SIM_DATAGRAMS_H
#define TESTS_SIM_DATAGRAMS_H

#include "sim.h"

#define WIN32_NO_STATUS
#include <winsock2.h>
#undef WIN32_NO_STATUS
#include <mswsock.h>
#include <ntstatus.h>
#include <winternl.h>
#include <ws2tcpip.h>

enum { DATAGRAM_KEY = 11 };

/** @brief Start Winsock, and end it. */
void datagrams_begin(void);
void datagrams_end(void);

/** @brief A call failed with this code. */
bool refused(int result, int code);

/** @brief A sockaddr: text of an IPv4 or IPv6 address, and a port. */
struct sockaddr_storage place(const char *host, u_short port);

/** @brief Bytes of it. */
int place_bytes(const struct sockaddr_storage *place);

/** @brief The place where a socket is bound. */
struct sockaddr_storage place_of(SOCKET socket);

/** @brief Its port. */
u_short port_of(SOCKET socket);

/** @brief Whether two name the same address and port. */
bool same_place(const struct sockaddr_storage *one,
                const struct sockaddr_storage *two);

/** @brief A datagram socket, not bound; AF_INET or AF_INET6. */
SOCKET datagram_open(int family);

/** @brief bind(); the code it fails with, or 0. */
int datagram_bind(SOCKET socket, const char *host, u_short port);

/** @brief A socket bound to 127.0.0.1. */
SOCKET datagram_at(u_short port);

/** @brief Set a BOOL option. */
void option_on(SOCKET socket, int level, int name, DWORD value);

/** @brief Send text to 127.0.0.1; the code it fails with, or 0. */
int datagram_send(SOCKET socket, u_short port, const char *text);

/** @brief Send bytes to anywhere; the code it fails with, or 0. */
int datagram_send_to(SOCKET socket,
                     const char *host,
                     u_short port,
                     const void *bytes,
                     int count);

/** @brief Receive without waiting longer than it takes others to run; the
 *  count, or minus the code. */
int datagram_receive(SOCKET socket, void *in, int room);

/** @brief Make calls on a socket fail rather than wait. */
void datagram_no_wait(SOCKET socket);

/** @brief Begin an overlapped receive; 0, or the code (WSA_IO_PENDING). */
int receive_begin(SOCKET socket, void *in, ULONG room, LPOVERLAPPED overlapped);

/** @brief Let time pass until what is on its way has arrived. */
void datagrams_settle(void);

#endif
