/**
 * @file sock_end.c
 * @brief Facts about how a stream ends for the one who receives.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-18, SOCK-19, SOCK-20, SOCK-21.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

void fact_sock_18(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char in[4];

    /* What was sent before the end comes before it. */
    fact_send(pair.peer, "a", 1);
    CHECK(shutdown(pair.peer, SD_SEND) == 0);
    fact_await_bytes(pair.here, 1);
    CHECK(fact_recv_start(pair.here, in, sizeof in, &overlapped) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    fact_await_readable(pair.here);
    CHECK(fact_recv_start(pair.here, in, sizeof in, &overlapped) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    fact_pair_close(&pair);
    /* A receive that waits is ended by it. */
    pair = fact_pair_at_port();
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    fact_close(&pair.peer);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    CHECK(overlapped.Internal == 0);
    /* One that begins after it is over at once, as often as one asks. */
    for (int turn = 0; turn < 2; turn++) {
        CHECK(fact_recv_start(pair.here, in, sizeof in, &overlapped) == 0);
        fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    }
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

void fact_sock_19(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    DWORD bytes = 1;
    DWORD flags;
    char in[4];

    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    fact_close_hard(&pair.peer);
    fact_packet_expect(pair.port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_NETNAME_DELETED,
                       0);
    CHECK((NTSTATUS)overlapped.Internal == STATUS_CONNECTION_RESET);
    CHECK_REFUSED_BOOL(
        WSAGetOverlappedResult(pair.here, &overlapped, &bytes, FALSE, &flags),
        WSAECONNRESET);
    CHECK(bytes == 0);
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

/** @brief Both directions are gone, and no packet tells of it. */
static void check_gone(const struct fact_pair *pair)
{
    WSAPOLLFD poll = {.fd = pair->here, .events = POLLIN | POLLOUT};
    OVERLAPPED overlapped = {0};
    int error = 1;
    int bytes = sizeof error;
    char in[4];

    CHECK_REFUSED(fact_recv_start(pair->here, in, sizeof in, &overlapped),
                  WSAECONNRESET);
    CHECK_REFUSED(fact_send_start(pair->here, "a", 1, &overlapped),
                  WSAECONNRESET);
    CHECK(fact_packet_none(pair->port));
    CHECK(
        getsockopt(pair->here, SOL_SOCKET, SO_ERROR, (char *)&error, &bytes) ==
        0);
    CHECK(error == 0);
    CHECK(WSAPoll(&poll, 1, 0) == 1);
    CHECK(poll.revents == (POLLERR | POLLHUP | POLLWRNORM));
}

void fact_sock_20(void)
{
    struct fact_pair pair = fact_pair_at_port();
    WSAPOLLFD poll = {.fd = pair.here, .events = 0};
    OVERLAPPED overlapped = {0};
    char in[4];

    /* A receive heard of the reset. */
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    fact_close_hard(&pair.peer);
    fact_packet_expect(pair.port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_NETNAME_DELETED,
                       0);
    check_gone(&pair);
    fact_pair_close(&pair);
    /* The reset came when there was data: nobody can receive it now. */
    pair = fact_pair_at_port();
    fact_send(pair.peer, "a", 1);
    fact_await_bytes(pair.here, 1);
    fact_close_hard(&pair.peer);
    poll.fd = pair.here;
    CHECK(WSAPoll(&poll, 1, (INT)FACT_LIMIT_MS) == 1);
    check_gone(&pair);
    fact_pair_close(&pair);
}

void fact_sock_21(void)
{
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    SOCKET socket;
    SOCKET bound;
    char in[4];

    fact_winsock_begin();
    socket = fact_tcp();
    bound = fact_tcp_bound();
    fact_associate((HANDLE)socket, port, FACT_KEY);
    fact_associate((HANDLE)bound, port, FACT_KEY);
    CHECK_REFUSED(fact_recv_start(socket, in, sizeof in, &overlapped),
                  WSAENOTCONN);
    CHECK_REFUSED(fact_recv_start(bound, in, sizeof in, &overlapped),
                  WSAENOTCONN);
    CHECK(fact_packet_none(port));
    fact_close(&socket);
    fact_close(&bound);
    CHECK(CloseHandle(port));
    fact_winsock_end();
}
