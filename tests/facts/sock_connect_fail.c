/**
 * @file sock_connect_fail.c
 * @brief Facts about connecting that takes its time, or fails.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-86, SOCK-87, SOCK-90, SOCK-93.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

/** @brief An address that nobody has. */
static struct sockaddr_in nobody(ULONG address)
{
    struct sockaddr_in at = {.sin_family = AF_INET};

    at.sin_port = htons(9);
    at.sin_addr.s_addr = htonl(address);
    return at;
}

/** One that is kept for documents, and one that could be next door. */
#define NO_NETWORK 0xC0000201 /* 192.0.2.1 */
#define NO_HOST    0x0A0000FA /* 10.0.0.250 */

/** @brief A socket bound to no address in particular, at a port. */
static SOCKET connector(HANDLE port)
{
    struct sockaddr_in any = {.sin_family = AF_INET};
    SOCKET socket = fact_tcp();

    CHECK(bind(socket, (struct sockaddr *)&any, sizeof any) == 0);
    fact_associate((HANDLE)socket, port, FACT_KEY);
    return socket;
}

/** @brief Connect to an address until that fails, or has to be given up. */
static void check_nobody(ULONG address)
{
    enum { PATIENCE_MS = 4000 };
    struct sockaddr_in to = nobody(address);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    SOCKET socket;
    HANDLE port = fact_port(0);

    socket = connector(port);
    CHECK_REFUSED_BOOL(fact_connect_ex(socket, &to, &overlapped),
                       ERROR_IO_PENDING);
    /* Who has no way there learns it soon; who gets no answer, late. */
    if (WaitForSingleObject((HANDLE)socket, PATIENCE_MS) == WAIT_TIMEOUT) {
        CHECK(CancelIoEx((HANDLE)socket, &overlapped));
    }
    packet = fact_packet_take(port);
    CHECK(!packet.success && packet.overlapped == &overlapped);
    if (packet.error == ERROR_NETWORK_UNREACHABLE) {
        sim_mark("SOCK-86 network");
    } else if (packet.error == ERROR_HOST_UNREACHABLE) {
        sim_mark("SOCK-86 host");
    } else {
        CHECK(packet.error == ERROR_SEM_TIMEOUT ||
              packet.error == ERROR_OPERATION_ABORTED ||
              packet.error == ERROR_CONNECTION_ABORTED);
    }
    fact_close(&socket);
    CHECK(CloseHandle(port));
}

void fact_sock_86(void)
{
    fact_winsock_begin();
    check_nobody(NO_NETWORK);
    check_nobody(NO_HOST);
    fact_winsock_end();
}

void fact_sock_87(void)
{
    struct sockaddr_in address;
    OVERLAPPED overlapped = {0};
    HANDLE port;
    SOCKET quiet;
    SOCKET plain;
    SOCKET extended;

    fact_winsock_begin();
    port = fact_port(0);
    /* Bound, it has the address; it does not listen yet. */
    quiet = fact_tcp_bound();
    address = fact_address(quiet);
    plain = fact_tcp();
    extended = connector(port);
    CHECK_REFUSED(
        connect(plain, (const struct sockaddr *)&address, sizeof address),
        WSAECONNREFUSED);
    CHECK_REFUSED_BOOL(fact_connect_ex(extended, &address, &overlapped),
                       ERROR_IO_PENDING);
    fact_packet_expect(port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_CONNECTION_REFUSED,
                       0);
    CHECK(listen(quiet, 5) == 0);
    fact_connect(plain, &address);
    CHECK_REFUSED_BOOL(fact_connect_ex(extended, &address, &overlapped),
                       ERROR_IO_PENDING);
    fact_packet_expect(port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    fact_close(&extended);
    fact_close(&plain);
    fact_close(&quiet);
    CHECK(CloseHandle(port));
    fact_winsock_end();
}

/** @brief What a socket can do that is not connected yet, and will not be. */
static void check_connecting(SOCKET socket, const struct sockaddr_in *to)
{
    struct sockaddr_in name;
    int bytes = sizeof name;
    char byte = 'a';
    int error;

    CHECK(fact_address(socket).sin_port != 0);
    CHECK_REFUSED(getpeername(socket, (struct sockaddr *)&name, &bytes),
                  WSAENOTCONN);
    CHECK_REFUSED(send(socket, &byte, 1, 0), WSAENOTCONN);
    CHECK_REFUSED(recv(socket, &byte, 1, 0), WSAENOTCONN);
    CHECK(connect(socket, (const struct sockaddr *)to, sizeof *to) ==
          SOCKET_ERROR);
    error = WSAGetLastError();
    if (error == WSAEALREADY) {
        sim_mark("SOCK-90 already");
    } else {
        /* The first attempt has failed meanwhile, and this is the next. */
        CHECK(error == WSAECONNREFUSED || error == WSAEWOULDBLOCK);
    }
}

void fact_sock_90(void)
{
    struct sockaddr_in dead;
    OVERLAPPED overlapped = {0};
    SOCKET socket;
    HANDLE port;

    fact_winsock_begin();
    port = fact_port(0);
    dead = fact_address_dead(SOCK_STREAM);
    socket = connector(port);
    CHECK_REFUSED_BOOL(fact_connect_ex(socket, &dead, &overlapped),
                       ERROR_IO_PENDING);
    check_connecting(socket, &dead);
    CHECK(!fact_packet_take(port).success);
    fact_close(&socket);
    socket = fact_tcp();
    fact_set_nonblocking(socket);
    CHECK_REFUSED(connect(socket, (const struct sockaddr *)&dead, sizeof dead),
                  WSAEWOULDBLOCK);
    check_connecting(socket, &dead);
    fact_close(&socket);
    CHECK(CloseHandle(port));
    fact_winsock_end();
}

void fact_sock_93(void)
{
    enum { LIMIT_MS = 10 };
    struct sockaddr_in to = nobody(NO_HOST);
    OVERLAPPED overlapped = {0};
    SOCKET socket;
    HANDLE port;

    fact_winsock_begin();
    port = fact_port(0);
    socket = connector(port);
    fact_set_option(socket, SO_SNDTIMEO, LIMIT_MS);
    fact_set_option(socket, SO_RCVTIMEO, LIMIT_MS);
    CHECK_REFUSED_BOOL(fact_connect_ex(socket, &to, &overlapped),
                       ERROR_IO_PENDING);
    Sleep(10 * LIMIT_MS);
    if (!fact_packet_none(port)) {
        fact_cannot("an address that does not answer");
    } else {
        /* No limit of the call's own; it can be cancelled. */
        CHECK(CancelIoEx((HANDLE)socket, &overlapped));
        fact_packet_expect(port,
                           FACT_KEY,
                           &overlapped,
                           ERROR_OPERATION_ABORTED,
                           0);
    }
    fact_close(&socket);
    CHECK(CloseHandle(port));
    fact_winsock_end();
}
