/**
 * @file socket_pair.h
 * @brief Two ends of a connection, for tests of Winsock.
 *
 * Uses:     pipe_pair.h (packets), winsock2.h.
 * Used by:  the tests of sockets.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_SIM_SOCKET_PAIR_H
#define TESTS_SIM_SOCKET_PAIR_H

#include "pipe_pair.h"

#include <winsock2.h>

#include <mswsock.h>
#include <ws2tcpip.h>

/** A connection over loopback. */
struct socket_pair {
    SOCKET server; /* What accept() gave. */
    SOCKET client;
};

/** The functions that WSAIoctl finds. */
struct extensions {
    LPFN_ACCEPTEX accept;
    LPFN_CONNECTEX connect;
    LPFN_DISCONNECTEX disconnect;
    LPFN_WSARECVMSG receive_message;
};

/** Bytes of an address in AcceptEx's buffer. */
enum { AREA = sizeof(struct sockaddr_in) + 16 };

/** A listener with its port, and a socket to accept with. */
struct server {
    SOCKET listener;
    SOCKET accepted;
    HANDLE port; /* Hears of the listener, with PAIR_KEY. */
    u_short number;
    struct extensions call;
    OVERLAPPED overlapped;
    char buffer[64 + 2 * AREA];
};

/** @brief WSAStartup and WSACleanup, which must succeed. */
void net_up(void);
void net_down(void);

/** @brief 127.0.0.1 and a port. */
struct sockaddr_in loopback(u_short port);

/** @brief An overlapped TCP or UDP socket. */
SOCKET stream_socket(void);
SOCKET datagram_socket(void);

/** @brief Bind to 127.0.0.1.
 *  @return the port. */
u_short bind_here(SOCKET socket);

/** @brief A listening socket on 127.0.0.1. */
SOCKET listen_here(u_short *port_out);

/** @brief connect() to 127.0.0.1; 0 or SOCKET_ERROR. */
int connect_here(SOCKET socket, u_short port);

/** @brief A connection, and closing both of its ends. */
struct socket_pair sockets_open(void);
void sockets_close(const struct socket_pair *pair);

void close_socket(SOCKET socket);

/** @brief Whether a call returned SOCKET_ERROR and left this error. */
bool wsa_failed(int result, int error);

/** @brief Whether a call returned INVALID_SOCKET and left this error. */
bool wsa_refused(SOCKET socket, int error);

/** @brief A port that hears of a socket with PAIR_KEY. */
HANDLE socket_port(SOCKET socket);

struct extensions find_extensions(SOCKET socket);

/** @brief WSARecv and WSASend of one buffer, with an OVERLAPPED or NULL. */
int receive_some(SOCKET socket, char *to, ULONG bytes, OVERLAPPED *overlapped);
int send_some(SOCKET socket,
              const char *from,
              ULONG bytes,
              OVERLAPPED *overlapped);

void server_open(struct server *server);
void server_close(const struct server *server);

/** @brief AcceptEx with the server's OVERLAPPED and buffer. */
BOOL accept_with(struct server *server, DWORD data_bytes);

/** @brief ConnectEx to the server, without data. */
BOOL connect_with(const struct server *server,
                  SOCKET client,
                  OVERLAPPED *overlapped);

/** @brief Whether a call returned FALSE and ERROR_IO_PENDING. */
bool pends(BOOL result);

/** @brief getsockname or getpeername, which must succeed. */
struct sockaddr_in name_of(SOCKET socket, bool of_peer);

/** @brief A thread: send two bytes when everybody else waits. */
DWORD CALLBACK send_when_idle(void *socket);

#endif
