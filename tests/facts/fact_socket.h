/**
 * @file fact_socket.h
 * @brief What fact tests of sockets use beside fact.h.
 *
 * Sockets over 127.0.0.1, and waits for what must happen on them.  Nothing
 * arrives at once for certain, not even on loopback, so a test that sends
 * waits at the other end before it looks.
 *
 * Uses:     fact.h, winsock2.h, ws2tcpip.h, mswsock.h (either arm's).
 * Used by:  the fact tests of sockets.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FACT_SOCKET_H
#define FACT_SOCKET_H

#include "fact.h"

#include <ws2tcpip.h>

#include <mstcpip.h>
#include <mswsock.h>

/** End the test unless a call says SOCKET_ERROR, FALSE or INVALID_SOCKET and
 *  WSAGetLastError() that code. */
#define CHECK_REFUSED(call, code)           \
    do {                                    \
        WSASetLastError(0);                 \
        CHECK((call) == SOCKET_ERROR);      \
        CHECK(WSAGetLastError() == (code)); \
    } while (0)
#define CHECK_REFUSED_BOOL(call, code)      \
    do {                                    \
        WSASetLastError(0);                 \
        CHECK(!(call));                     \
        CHECK(WSAGetLastError() == (code)); \
    } while (0)

/** @brief WSAStartup and WSACleanup; they may be nested. */
void fact_winsock_begin(void);
void fact_winsock_end(void);

/** @brief Make an overlapped TCP socket; neither bound nor connected. */
SOCKET fact_tcp(void);

/** @brief Make one that is bound to 127.0.0.1 and a free port. */
SOCKET fact_tcp_bound(void);

/** @brief Make an overlapped UDP socket, bound to 127.0.0.1 and a free port.
 *  @param address_out  Its address, or NULL. */
SOCKET fact_udp(struct sockaddr_in *address_out);

/** @brief Make an overlapped TCP socket that listens on 127.0.0.1.
 *  @param address_out  Its address, or NULL. */
SOCKET fact_listener(struct sockaddr_in *address_out);

/** @brief The local address of a socket. */
struct sockaddr_in fact_address(SOCKET socket);

/** @brief An address at which nobody listens or receives. */
struct sockaddr_in fact_address_dead(int type);

/** @brief Connect a socket, blocking, to a listener. */
void fact_connect(SOCKET socket, const struct sockaddr_in *to);

/** @brief Accept a connection that must come. */
SOCKET fact_accept(SOCKET listener);

/** @brief closesocket() of a socket that is open. */
void fact_close(SOCKET *socket);

/** @brief closesocket() such that the peer gets a reset. */
void fact_close_hard(SOCKET *socket);

/** The key of fact_pair_at_port(). */
enum { FACT_KEY = 125 };

/** Two connected ends of TCP over 127.0.0.1. */
struct fact_pair {
    SOCKET here; /**< The end under test; it is the one that connected. */
    SOCKET peer; /**< The other end; it was accepted. */
    HANDLE port; /**< That `here` is associated with, or NULL. */
};

/** @brief Make a pair without a port; starts Winsock.
 *  @param flags  Of WSASocket for `here`: WSA_FLAG_OVERLAPPED or 0. */
struct fact_pair fact_pair(DWORD flags);

/** @brief Make a pair, `here` overlapped and associated with a port of its
 *  own under FACT_KEY; starts Winsock. */
struct fact_pair fact_pair_at_port(void);

/** @brief Close what is still open of a pair, and end Winsock. */
void fact_pair_close(struct fact_pair *pair);

/** Functions that WSAIoctl finds; NULL where this Windows lacks one. */
struct fact_extensions {
    LPFN_ACCEPTEX accept_ex;
    LPFN_GETACCEPTEXSOCKADDRS get_accept_ex_sockaddrs;
    LPFN_CONNECTEX connect_ex;
    LPFN_DISCONNECTEX disconnect_ex;
    LPFN_TRANSMITFILE transmit_file;
    LPFN_WSARECVMSG recv_msg;
};

/** @brief Look them all up. */
struct fact_extensions fact_extensions(SOCKET socket);

/** @brief SO_LINGER of a socket. */
void fact_set_linger(SOCKET socket, u_short on, u_short seconds);

/** @brief An option of level SOL_SOCKET that is a number. */
void fact_set_option(SOCKET socket, int name, int value);

/** @brief FIONBIO: make a socket non-blocking. */
void fact_set_nonblocking(SOCKET socket);

/** How an overlapped call began. */
enum fact_begun {
    FACT_REFUSED, /**< Nothing was started. */
    FACT_AT_ONCE, /**< It is over already. */
    FACT_LATER    /**< It pends. */
};

/** @brief Judge the result of WSARecv, WSASend, ...; call it at once. */
enum fact_begun fact_begun(int result);

/** @brief WSARecv with one buffer, no flags and an OVERLAPPED. */
int fact_recv_start(SOCKET socket,
                    void *buffer,
                    DWORD bytes,
                    OVERLAPPED *overlapped);

/** @brief The same; it must pend. */
void fact_recv_later(SOCKET socket,
                     void *buffer,
                     DWORD bytes,
                     OVERLAPPED *overlapped);

/** @brief WSASend with one buffer and an OVERLAPPED. */
int fact_send_start(SOCKET socket,
                    const void *buffer,
                    DWORD bytes,
                    OVERLAPPED *overlapped);

/** @brief Send all, blocking: no OVERLAPPED, so no packet. */
void fact_send(SOCKET socket, const void *bytes, DWORD count);

/** @brief Receive exactly so many bytes, blocking: no packet. */
void fact_recv(SOCKET socket, void *buffer, DWORD count);

/** @brief Receive that text and nothing else so far, blocking. */
void fact_recv_text(SOCKET socket, const char *text);

/** @brief Receive the end of the stream, blocking. */
void fact_recv_end(SOCKET socket);

/** @brief Wait until recv or accept would not block. */
void fact_await_readable(SOCKET socket);

/** @brief Wait until send would not block. */
void fact_await_writable(SOCKET socket);

/** @brief Wait until so many bytes have arrived and are not received. */
void fact_await_bytes(SOCKET socket, u_long count);

/** @brief Wait until an operation has ended well, the only one that pends on
 *  a socket, without an event; returns its bytes. */
DWORD fact_wait(SOCKET socket, OVERLAPPED *overlapped);

/** @brief Take a packet that must come and be as told.
 *  @param error  ERROR_SUCCESS, or the last error of a packet of a failure. */
void fact_packet_expect(HANDLE port,
                        ULONG_PTR key,
                        const OVERLAPPED *overlapped,
                        DWORD error,
                        DWORD bytes);

/** Room for one address in AcceptEx's buffer, and for data before them. */
enum { FACT_AREA = sizeof(struct sockaddr_in) + 16, FACT_DATA = 32 };

/** Sockets for AcceptEx and ConnectEx. */
struct fact_stage {
    struct fact_extensions call;
    struct sockaddr_in address; /**< Of `listener`. */
    SOCKET listener;            /**< Associated with `port` by FACT_KEY. */
    SOCKET accepted;            /**< Fresh; with no port. */
    HANDLE port;
    OVERLAPPED overlapped; /**< Of AcceptEx. */
    DWORD bytes;           /**< What AcceptEx says at once; else 0xDD. */
    char buffer[FACT_DATA + 2 * FACT_AREA];
};

/** @brief Make them; starts Winsock. */
void fact_stage_open(struct fact_stage *stage);

/** @brief Close what is still open, and end Winsock. */
void fact_stage_close(struct fact_stage *stage);

/** @brief AcceptEx of `accepted` with these sizes. */
BOOL fact_stage_accept(struct fact_stage *stage,
                       DWORD data_bytes,
                       DWORD local_bytes,
                       DWORD remote_bytes);

/** @brief The same with room for both addresses; it must pend. */
void fact_stage_accept_later(struct fact_stage *stage, DWORD data_bytes);

/** @brief Take the packet of `overlapped`. */
void fact_stage_expect(struct fact_stage *stage, DWORD error, DWORD bytes);

/** @brief A new socket, connected to the listener by connect(). */
SOCKET fact_stage_client(const struct fact_stage *stage);

/** @brief SO_UPDATE_ACCEPT_CONTEXT. */
void fact_update_accept(SOCKET accepted, SOCKET listener);

/** @brief SO_UPDATE_CONNECT_CONTEXT. */
void fact_update_connect(SOCKET socket);

/** @brief ConnectEx without data. */
BOOL fact_connect_ex(SOCKET socket,
                     const struct sockaddr_in *to,
                     OVERLAPPED *overlapped);

#endif
