/**
 * @file sock_receive.c
 * @brief Facts about receiving from a stream.
 *
 * What is sent by one call may arrive in pieces, so a test that wants to see
 * more than one byte at once waits until they are all there.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-11, SOCK-12, SOCK-13, SOCK-16, SOCK-17.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

void fact_sock_11(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char in[8] = "";

    /* One byte is enough, */
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    fact_send(pair.peer, "a", 1);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    /* and more are taken if they are there: all that came, not all that was
     * sent, and no more than there is room for. */
    fact_recv_later(pair.here, in, sizeof in, &overlapped);
    fact_send(pair.peer, "bcde", 4);
    packet = fact_packet_take(pair.port);
    CHECK(packet.success && packet.bytes >= 1 && packet.bytes <= 4);
    CHECK(memcmp(in, "bcde", packet.bytes) == 0);
    sim_mark(packet.bytes == 4 ? "all that was sent" : "a part of it");
    fact_recv_text(pair.here, &"bcde"[packet.bytes]);
    fact_send(pair.peer, "fghij", 5);
    fact_await_bytes(pair.here, 5);
    CHECK(fact_recv_start(pair.here, in, 2, &overlapped) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 2);
    CHECK(memcmp(in, "fg", 2) == 0);
    CHECK(fact_recv_start(pair.here, in, sizeof in, &overlapped) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 3);
    CHECK(memcmp(in, "hij", 3) == 0);
    fact_pair_close(&pair);
}

void fact_sock_12(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    char first[2];
    char second[3] = "..";
    char third[4] = "...";
    WSABUF buffers[3] = {
        {.len = sizeof first, .buf = first},
        {.len = 2, .buf = second},
        {.len = 3, .buf = third},
    };
    OVERLAPPED overlapped = {0};
    DWORD flags = 0;
    DWORD bytes = 0;

    /* Data that is there, */
    fact_send(pair.peer, "abc", 3);
    fact_await_bytes(pair.here, 3);
    CHECK(WSARecv(pair.here, buffers, 3, &bytes, &flags, &overlapped, NULL) ==
          0);
    CHECK(bytes == 3 && fact_wait(pair.here, &overlapped) == 3);
    CHECK(memcmp(first, "ab", 2) == 0);
    CHECK(strcmp(second, "c.") == 0 && strcmp(third, "...") == 0);
    /* and data that comes. */
    CHECK_REFUSED(
        WSARecv(pair.here, buffers, 3, NULL, &flags, &overlapped, NULL),
        WSA_IO_PENDING);
    fact_send(pair.peer, "x", 1);
    CHECK(fact_wait(pair.here, &overlapped) == 1);
    CHECK(memcmp(first, "xb", 2) == 0);
    CHECK(strcmp(second, "c.") == 0 && strcmp(third, "...") == 0);
    fact_pair_close(&pair);
}

void fact_sock_13(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    WSABUF one = {.len = 4, .buf = (char[4]){0}};
    DWORD flags = 0;
    DWORD bytes = 0;

    fact_send(pair.peer, "ab", 2);
    fact_await_bytes(pair.here, 2);
    CHECK(WSARecv(pair.here, &one, 1, &bytes, &flags, &overlapped, NULL) == 0);
    CHECK(bytes == 2 && memcmp(one.buf, "ab", 2) == 0);
    CHECK(HasOverlappedIoCompleted(&overlapped));
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 2);
    CHECK(fact_packet_none(pair.port));
    fact_pair_close(&pair);
}

void fact_sock_16(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char none = '.';

    /* It pends until there is data, and takes none of it. */
    fact_recv_later(pair.here, &none, 0, &overlapped);
    CHECK(fact_packet_none(pair.port));
    fact_send(pair.peer, "ab", 2);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    fact_await_bytes(pair.here, 2);
    /* With data there it is over at once, and takes none of it. */
    CHECK(fact_recv_start(pair.here, &none, 0, &overlapped) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    fact_recv_text(pair.here, "ab");
    /* The end ends it, */
    fact_recv_later(pair.here, &none, 0, &overlapped);
    CHECK(shutdown(pair.peer, SD_SEND) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    fact_recv_end(pair.here);
    fact_pair_close(&pair);
    /* and so does an error. */
    pair = fact_pair_at_port();
    fact_recv_later(pair.here, &none, 0, &overlapped);
    fact_close_hard(&pair.peer);
    fact_packet_expect(pair.port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_NETNAME_DELETED,
                       0);
    CHECK(none == '.');
    fact_pair_close(&pair);
}

/** @brief Receive what is there, and not wait: the text, then nothing. */
static void drain(SOCKET socket, const char *text)
{
    char in[8];
    size_t length = strlen(text);

    CHECK(recv(socket, in, sizeof in, 0) == (int)length);
    CHECK(memcmp(in, text, length) == 0);
    CHECK_REFUSED(recv(socket, in, sizeof in, 0), WSAEWOULDBLOCK);
}

void fact_sock_17(void)
{
    struct fact_pair pair = fact_pair_at_port();
    OVERLAPPED overlapped = {0};
    char byte;

    fact_set_nonblocking(pair.here);
    /* No buffer is lent while the connection is idle.  The 0 that comes is
     * not the end of the stream: there is data, once and again. */
    for (int turn = 0; turn < 2; turn++) {
        fact_recv_later(pair.here, NULL, 0, &overlapped);
        fact_send(pair.peer, "a", 1);
        fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
        drain(pair.here, "a");
    }
    /* The same 0 comes at the end; the receive tells which it was. */
    fact_recv_later(pair.here, NULL, 0, &overlapped);
    CHECK(shutdown(pair.peer, SD_SEND) == 0);
    fact_packet_expect(pair.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 0);
    CHECK(recv(pair.here, &byte, 1, 0) == 0);
    fact_pair_close(&pair);
}
