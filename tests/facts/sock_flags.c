/**
 * @file sock_flags.c
 * @brief Facts about the flags of a receive.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-22, SOCK-23, SOCK-24, SOCK-25, SOCK-26.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/** @brief WSARecv with one buffer and flags, which may not be read later. */
static int recv_flags(SOCKET socket,
                      void *buffer,
                      DWORD bytes,
                      DWORD flags,
                      OVERLAPPED *overlapped)
{
    WSABUF one = {.len = bytes, .buf = buffer};

    return WSARecv(socket, &one, 1, NULL, &flags, overlapped, NULL);
}

/* ---- SOCK-22 ------------------------------------------------------------- */

void fact_sock_22(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};
    WSABUF one = {.len = 4, .buf = (char[4]){0}};
    DWORD flags = 0;
    DWORD bytes = 0;

    CHECK(event != NULL);
    /* The flags of an operation that pended come from its result. */
    CHECK_REFUSED(WSARecv(pair.here, &one, 1, NULL, &flags, &overlapped, NULL),
                  WSA_IO_PENDING);
    fact_send(pair.peer, "a", 1);
    CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    flags = MSG_PARTIAL;
    CHECK(
        WSAGetOverlappedResult(pair.here, &overlapped, &bytes, FALSE, &flags));
    CHECK(bytes == 1 && flags == 0);
    /* A part of what was sent is no part of a message: there are none. */
    fact_send(pair.peer, "bcd", 3);
    fact_await_bytes(pair.here, 3);
    one.len = 1;
    CHECK(WSARecv(pair.here, &one, 1, &bytes, &flags, &overlapped, NULL) == 0);
    CHECK(bytes == 1 && flags == 0);
    fact_pair_close(&pair);
    CHECK(CloseHandle(event));
}

/* ---- SOCK-23 ------------------------------------------------------------- */

/** @brief Where it is not supported. */
static void check_no_waitall(void)
{
    struct fact_pair pair = fact_pair_at_port();
    SOCKET udp = fact_udp(NULL);
    OVERLAPPED overlapped = {0};
    char in[4];

    fact_associate((HANDLE)udp, pair.port, FACT_KEY);
    fact_set_nonblocking(pair.here);
    CHECK_REFUSED(
        recv_flags(pair.here, in, sizeof in, MSG_WAITALL, &overlapped),
        WSAEOPNOTSUPP);
    CHECK_REFUSED(recv_flags(udp, in, sizeof in, MSG_WAITALL, &overlapped),
                  WSAEOPNOTSUPP);
    CHECK(fact_packet_none(pair.port));
    fact_close(&udp);
    fact_pair_close(&pair);
}

/** @brief Start a receive of four bytes and see two not be enough. */
static void recv_all_later(const struct fact_pair *pair,
                           char *in,
                           OVERLAPPED *overlapped)
{
    CHECK_REFUSED(recv_flags(pair->here, in, 4, MSG_WAITALL, overlapped),
                  WSA_IO_PENDING);
    fact_send(pair->peer, "ab", 2);
    CHECK(fact_packet_none(pair->port));
}

void fact_sock_23(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char in[4];

    recv_all_later(&pair, in, &overlapped);
    fact_send(pair.peer, "cdef", 4);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 4);
    CHECK(memcmp(in, "abcd", 4) == 0);
    fact_recv_text(pair.here, "ef");
    /* Some of it may have arrived before. */
    fact_send(pair.peer, "a", 1);
    fact_await_bytes(pair.here, 1);
    recv_all_later(&pair, in, &overlapped);
    fact_send(pair.peer, "c", 1);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 4);
    CHECK(memcmp(in, "aabc", 4) == 0);
    /* Cancelling ends it, */
    recv_all_later(&pair, in, &overlapped);
    CHECK(CancelIoEx((HANDLE)pair.here, &overlapped));
    CHECK(fact_packet_take(pair.port).error == ERROR_OPERATION_ABORTED);
    fact_pair_close(&pair);
    /* the end of the stream does, */
    pair = fact_pair_at_port();
    recv_all_later(&pair, in, &overlapped);
    CHECK(shutdown(pair.peer, SD_SEND) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 2);
    CHECK(memcmp(in, "ab", 2) == 0);
    fact_pair_close(&pair);
    /* and so does a reset. */
    pair = fact_pair_at_port();
    recv_all_later(&pair, in, &overlapped);
    fact_close_hard(&pair.peer);
    CHECK(fact_packet_take(pair.port).error == ERROR_NETNAME_DELETED);
    fact_pair_close(&pair);
    check_no_waitall();
}

/* ---- SOCK-24 ------------------------------------------------------------- */

/** @brief A peek of nothing waits for a datagram and leaves it there. */
static void check_probe(void)
{
    struct sockaddr_in address;
    OVERLAPPED overlapped = {0};
    SOCKET udp;
    HANDLE port = fact_port(0);
    struct fact_packet packet;
    char in[4];

    fact_winsock_begin();
    udp = fact_udp(&address);
    fact_associate((HANDLE)udp, port, FACT_KEY);
    CHECK_REFUSED(recv_flags(udp, in, 0, MSG_PEEK, &overlapped),
                  WSA_IO_PENDING);
    CHECK(fact_packet_none(port));
    CHECK(
        sendto(udp, "abc", 3, 0, (struct sockaddr *)&address, sizeof address) ==
        3);
    packet = fact_packet_take(port);
    CHECK(packet.overlapped == &overlapped && packet.bytes == 0);
    CHECK(recv(udp, in, sizeof in, 0) == 3 && memcmp(in, "abc", 3) == 0);
    fact_close(&udp);
    CHECK(CloseHandle(port));
    fact_winsock_end();
}

void fact_sock_24(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char in[4] = "";

    fact_send(pair.peer, "abc", 3);
    fact_await_bytes(pair.here, 3);
    for (int turn = 0; turn < 2; turn++) {
        CHECK(recv(pair.here, in, 2, MSG_PEEK) == 2);
        CHECK(memcmp(in, "ab", 2) == 0);
    }
    CHECK(recv_flags(pair.here, in, sizeof in, MSG_PEEK, &overlapped) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 3);
    CHECK(memcmp(in, "abc", 3) == 0);
    fact_await_bytes(pair.here, 3);
    fact_recv_text(pair.here, "abc");
    fact_pair_close(&pair);
    check_probe();
}

/* ---- SOCK-25 ------------------------------------------------------------- */

void fact_sock_25(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char in[4];

    /* A hint: the receive is one like any other. */
    CHECK_REFUSED(
        recv_flags(pair.here, in, sizeof in, MSG_PUSH_IMMEDIATE, &overlapped),
        WSA_IO_PENDING);
    CHECK(fact_packet_none(pair.port));
    fact_send(pair.peer, "a", 1);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    fact_send(pair.peer, "b", 1);
    fact_await_bytes(pair.here, 1);
    CHECK(
        recv_flags(pair.here, in, sizeof in, MSG_PUSH_IMMEDIATE, &overlapped) ==
        0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    CHECK(in[0] == 'b');
    fact_pair_close(&pair);
}

/* ---- SOCK-26 ------------------------------------------------------------- */

/** @brief What SIOCATMARK says. */
static u_long at_mark(SOCKET socket)
{
    u_long at = 77;

    CHECK(ioctlsocket(socket, (LONG)SIOCATMARK, &at) == 0);
    return at;
}

/** @brief Wait for data that is out of band: select() calls it an exception. */
static void await_urgent(SOCKET socket)
{
    struct timeval room = {.tv_sec = 5};
    fd_set set;

    FD_ZERO(&set);
    FD_SET(socket, &set);
    CHECK(select(0, NULL, NULL, &set, sim_is_simulated() ? NULL : &room) == 1);
}

/** @brief Send a letter out of band, between others, and let it arrive. */
static void send_urgent(SOCKET peer)
{
    fact_send(peer, "ab", 2);
    CHECK(send(peer, "U", 1, MSG_OOB) == 1);
    fact_send(peer, "cd", 2);
    sim_settle();
}

/** @brief Receive what was sent before the mark, and see receives stop there
 *  although there is room for more. */
static void recv_to_mark(SOCKET socket)
{
    char in[8];
    int taken = 0;

    while (taken < 2) {
        int bytes = recv(socket, in, sizeof in, 0);

        CHECK(bytes > 0 && taken + bytes <= 2);
        CHECK(memcmp(in, &"ab"[taken], (size_t)bytes) == 0);
        taken += bytes;
    }
}

void fact_sock_26(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    char in[8];

    /* Kept apart: ordinary receives never see it. */
    send_urgent(pair.peer);
    await_urgent(pair.here);
    recv_to_mark(pair.here);
    CHECK(recv(pair.here, in, sizeof in, MSG_OOB) == 1 && in[0] == 'U');
    fact_recv_text(pair.here, "cd");
    fact_pair_close(&pair);
    /* In line: they see it in its place. */
    pair = fact_pair(WSA_FLAG_OVERLAPPED);
    fact_set_option(pair.here, SO_OOBINLINE, 1);
    CHECK(at_mark(pair.here) == 1);
    send_urgent(pair.peer);
    for (int turn = 0; turn < 1000 && at_mark(pair.here) == 1; turn++) {
        Sleep(1);
    }
    CHECK(at_mark(pair.here) == 0);
    recv_to_mark(pair.here);
    fact_recv_text(pair.here, "Ucd");
    CHECK(at_mark(pair.here) == 1);
    fact_pair_close(&pair);
}
