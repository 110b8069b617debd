/**
 * @file sock_begin.c
 * @brief Facts about how a call on a socket begins: what it answers, and
 *        whether a packet follows.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-01, SOCK-02, SOCK-09, SOCK-10.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/** @brief A call has answered: see the packet that the answer promises, or
 *  that none comes.
 *  @param begun  What fact_begun() made of the answer. */
static void check_promise(HANDLE port,
                          enum fact_begun begun,
                          const OVERLAPPED *overlapped,
                          DWORD bytes)
{
    if (begun != FACT_REFUSED) {
        fact_packet_expect(port, FACT_KEY, overlapped, ERROR_SUCCESS, bytes);
    }
    CHECK(fact_packet_none(port));
}

/* ---- SOCK-01 ------------------------------------------------------------- */

static void check_stream(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    enum fact_begun begun;
    char in[4];

    /* Accepted: nothing has happened yet, it will. */
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    CHECK(fact_packet_none(pair.port));
    fact_send(pair.peer, "a", 1);
    check_promise(pair.port, FACT_LATER, &overlapped, 1);
    /* Finished now. */
    fact_send(pair.peer, "b", 1);
    fact_await_bytes(pair.here, 1);
    CHECK(fact_recv_start(pair.here, in, sizeof in, &overlapped) == 0);
    check_promise(pair.port, FACT_AT_ONCE, &overlapped, 1);
    /* A send may be either; not started it is not. */
    begun = fact_begun(fact_send_start(pair.here, "abc", 3, &overlapped));
    CHECK(begun != FACT_REFUSED);
    sim_mark(begun == FACT_AT_ONCE ? "a send is over at once" : "a send pends");
    check_promise(pair.port, begun, &overlapped, 3);
    /* Not started. */
    CHECK(shutdown(pair.here, SD_SEND) == 0);
    CHECK_REFUSED(fact_send_start(pair.here, "abc", 3, &overlapped),
                  WSAESHUTDOWN);
    check_promise(pair.port, FACT_REFUSED, &overlapped, 0);
    fact_pair_close(&pair);
}

static int send_to_start(SOCKET socket,
                         const void *bytes,
                         DWORD count,
                         const struct sockaddr_in *to,
                         OVERLAPPED *overlapped)
{
    WSABUF one = {.len = count, .buf = (char *)(ULONG_PTR)bytes};

    return WSASendTo(socket,
                     &one,
                     1,
                     NULL,
                     0,
                     (const struct sockaddr *)to,
                     sizeof *to,
                     overlapped,
                     NULL);
}

/** Where a datagram comes from is written when it comes. */
struct datagram {
    char bytes[4];
    DWORD flags;
    struct sockaddr_in from;
    int from_bytes;
};

static int recv_from_start(SOCKET socket,
                           struct datagram *datagram,
                           OVERLAPPED *overlapped)
{
    WSABUF one = {.len = sizeof datagram->bytes, .buf = datagram->bytes};

    datagram->flags = 0;
    datagram->from_bytes = sizeof datagram->from;
    return WSARecvFrom(socket,
                       &one,
                       1,
                       NULL,
                       &datagram->flags,
                       (struct sockaddr *)&datagram->from,
                       &datagram->from_bytes,
                       overlapped,
                       NULL);
}

static void check_datagrams(void)
{
    struct sockaddr_in here_address;
    SOCKET here;
    HANDLE port;
    OVERLAPPED receive = {0};
    OVERLAPPED overlapped = {0};
    struct datagram datagram;
    enum fact_begun begun;

    fact_winsock_begin();
    here = fact_udp(&here_address);
    port = fact_port(0);
    fact_associate((HANDLE)here, port, FACT_KEY);
    /* Accepted: the socket sends to itself, and gets two packets. */
    CHECK_REFUSED(recv_from_start(here, &datagram, &receive), WSA_IO_PENDING);
    CHECK(fact_packet_none(port));
    begun = fact_begun(send_to_start(here, "a", 1, &here_address, &overlapped));
    CHECK(begun != FACT_REFUSED);
    CHECK(fact_packet_take(port).bytes == 1);
    CHECK(fact_packet_take(port).bytes == 1);
    CHECK(fact_packet_none(port));
    CHECK(receive.InternalHigh == 1 && overlapped.InternalHigh == 1);
    /* Finished now. */
    begun = fact_begun(send_to_start(here, "ab", 2, &here_address, &receive));
    check_promise(port, begun, &receive, 2);
    fact_await_readable(here);
    CHECK(recv_from_start(here, &datagram, &receive) == 0);
    check_promise(port, FACT_AT_ONCE, &receive, 2);
    /* Not started. */
    CHECK_REFUSED(
        send_to_start(INVALID_SOCKET, "a", 1, &here_address, &overlapped),
        WSAENOTSOCK);
    CHECK_REFUSED(recv_from_start(INVALID_SOCKET, &datagram, &receive),
                  WSAENOTSOCK);
    check_promise(port, FACT_REFUSED, &overlapped, 0);
    fact_close(&here);
    CHECK(CloseHandle(port));
    fact_winsock_end();
}

void fact_sock_01(void)
{
    check_stream();
    check_datagrams();
}

/* ---- SOCK-02 ------------------------------------------------------------- */

enum { AREA = sizeof(struct sockaddr_in) + 16 };

/** A listener and a connecting socket, both at one port. */
struct stage {
    struct fact_extensions call;
    struct sockaddr_in address;
    SOCKET listener;
    SOCKET client;
    HANDLE port;
};

static void check_accept(struct stage *stage, SOCKET accepted)
{
    OVERLAPPED accept_op = {0};
    OVERLAPPED connect_op = {0};
    char area[2 * AREA];
    DWORD bytes;

    CHECK_REFUSED_BOOL(stage->call.accept_ex(INVALID_SOCKET,
                                             accepted,
                                             area,
                                             0,
                                             AREA,
                                             AREA,
                                             &bytes,
                                             &accept_op),
                       WSAENOTSOCK);
    CHECK(fact_packet_none(stage->port));
    CHECK_REFUSED_BOOL(stage->call.accept_ex(stage->listener,
                                             accepted,
                                             area,
                                             0,
                                             AREA,
                                             AREA,
                                             &bytes,
                                             &accept_op),
                       ERROR_IO_PENDING);
    CHECK(fact_packet_none(stage->port));
    CHECK_REFUSED_BOOL(
        stage->call.connect_ex(stage->client,
                               (const struct sockaddr *)&stage->address,
                               sizeof stage->address,
                               NULL,
                               0,
                               NULL,
                               &connect_op),
        ERROR_IO_PENDING);
    CHECK(fact_packet_take(stage->port).success);
    CHECK(fact_packet_take(stage->port).success);
    CHECK(fact_packet_none(stage->port));
}

static void check_disconnect(struct stage *stage)
{
    OVERLAPPED overlapped = {0};
    BOOL done = stage->call.disconnect_ex(stage->client, &overlapped, 0, 0);

    /* TRUE or pending; a packet follows either. */
    CHECK(done || WSAGetLastError() == ERROR_IO_PENDING);
    fact_packet_expect(stage->port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    CHECK(fact_packet_none(stage->port));
}

void fact_sock_02(void)
{
    struct stage stage;
    SOCKET accepted;
    OVERLAPPED overlapped = {0};

    fact_winsock_begin();
    stage.listener = fact_listener(&stage.address);
    stage.client = fact_tcp();
    stage.port = fact_port(0);
    accepted = fact_tcp();
    stage.call = fact_extensions(stage.listener);
    fact_associate((HANDLE)stage.listener, stage.port, FACT_KEY);
    fact_associate((HANDLE)stage.client, stage.port, FACT_KEY);
    /* FALSE with another code: not started. */
    CHECK_REFUSED_BOOL(
        stage.call.connect_ex(stage.client,
                              (const struct sockaddr *)&stage.address,
                              sizeof stage.address,
                              NULL,
                              0,
                              NULL,
                              &overlapped),
        WSAEINVAL);
    CHECK_REFUSED_BOOL(
        stage.call.disconnect_ex(stage.client, &overlapped, 0, 0),
        WSAENOTCONN);
    CHECK(fact_packet_none(stage.port));
    fact_close(&stage.client);
    stage.client = fact_tcp_bound();
    fact_associate((HANDLE)stage.client, stage.port, FACT_KEY);
    check_accept(&stage, accepted);
    check_disconnect(&stage);
    fact_close(&accepted);
    fact_close(&stage.client);
    fact_close(&stage.listener);
    CHECK(CloseHandle(stage.port));
    fact_winsock_end();
}

/* ---- SOCK-09, SOCK-10 ----------------------------------------------------- */

void fact_sock_09(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    WSABUF one = {.len = 1, .buf = (char[1]){0}};
    DWORD flags = 0;
    DWORD bytes;

    CHECK_REFUSED(
        WSARecv(INVALID_SOCKET, &one, 1, &bytes, &flags, &overlapped, NULL),
        WSAENOTSOCK);
    CHECK_REFUSED(
        WSASend(INVALID_SOCKET, &one, 1, &bytes, 0, &overlapped, NULL),
        WSAENOTSOCK);
    /* Somebody must be told how many bytes were sent. */
    CHECK_REFUSED(WSASend(pair.here, &one, 1, NULL, 0, NULL, NULL), WSAEFAULT);
    CHECK_REFUSED(
        WSARecv(pair.here, &one, 0, &bytes, &flags, &overlapped, NULL),
        WSAEINVAL);
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

void fact_sock_10(void)
{
    CHECK(WSASocketW(AF_INET, SOCK_STREAM, 0, NULL, 0, WSA_FLAG_OVERLAPPED) ==
          INVALID_SOCKET);
    CHECK(WSAGetLastError() == WSANOTINITIALISED);
    fact_winsock_begin();
    {
        SOCKET socket = fact_tcp();

        fact_close(&socket);
    }
    fact_winsock_end();
    /* What was started once and ended once is not started. */
    CHECK(socket(AF_INET, SOCK_STREAM, 0) == INVALID_SOCKET);
    CHECK(WSAGetLastError() == WSANOTINITIALISED);
}
