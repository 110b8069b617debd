/**
 * @file sock_datagram.c
 * @brief Facts about receiving datagrams.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-99, SOCK-100, SOCK-101, SOCK-102, SOCK-103, SOCK-104,
 *           SOCK-107, SOCK-113.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/** A socket at a port, that sends to itself. */
struct place {
    SOCKET socket;
    HANDLE port;
    struct sockaddr_in address;
};

static struct place place_begin(void)
{
    struct place place;

    fact_winsock_begin();
    place.socket = fact_udp(&place.address);
    place.port = fact_port(0);
    fact_associate((HANDLE)place.socket, place.port, FACT_KEY);
    return place;
}

static void place_end(struct place *place)
{
    fact_close(&place->socket);
    CHECK(CloseHandle(place->port));
    fact_winsock_end();
}

/** @brief Send a text to itself. */
static void send_text(const struct place *place, const char *text)
{
    int length = (int)strlen(text);

    CHECK(sendto(place->socket,
                 text,
                 length,
                 0,
                 (const struct sockaddr *)&place->address,
                 sizeof place->address) == length);
}

/** @brief Send a text, and see it there. */
static void send_waiting(const struct place *place, const char *text)
{
    send_text(place, text);
    fact_await_readable(place->socket);
}

/** @brief WSARecv without an OVERLAPPED; returns its error, or 0. */
static int receive(const struct place *place,
                   char *in,
                   DWORD room,
                   DWORD *flags,
                   DWORD *bytes_out)
{
    WSABUF one = {.len = room, .buf = in};

    WSASetLastError(0);
    if (WSARecv(place->socket, &one, 1, bytes_out, flags, NULL, NULL) == 0) {
        return 0;
    }
    return WSAGetLastError();
}

/** @brief Receive that datagram, whole. */
static void receive_text(const struct place *place, const char *text)
{
    char in[16] = {0};
    DWORD flags = 0;
    DWORD bytes = 0xDD;

    fact_await_readable(place->socket);
    CHECK(receive(place, in, sizeof in, &flags, &bytes) == 0);
    CHECK(bytes == strlen(text) && memcmp(in, text, bytes) == 0);
}

/* ---- SOCK-99, SOCK-100, SOCK-101, SOCK-103 ---------------------------------- */

void fact_sock_99(void)
{
    struct place place = place_begin();
    OVERLAPPED overlapped = {0};
    char in[3] = {0};
    DWORD flags = 0;
    DWORD bytes;

    /* It comes to a receive that waits; */
    fact_recv_later(place.socket, in, 2, &overlapped);
    send_text(&place, "abcd");
    fact_packet_expect(place.port, FACT_KEY, &overlapped, ERROR_MORE_DATA, 2);
    CHECK((NTSTATUS)overlapped.Internal == STATUS_BUFFER_OVERFLOW);
    CHECK(memcmp(in, "ab", 3) == 0);
    /* it waits for a receive. */
    send_waiting(&place, "efgh");
    CHECK(receive(&place, in, 2, &flags, &bytes) == WSAEMSGSIZE);
    CHECK(memcmp(in, "ef", 3) == 0);
    /* The rest of neither is there. */
    send_text(&place, "ij");
    receive_text(&place, "ij");
    CHECK(fact_packet_none(place.port));
    place_end(&place);
}

void fact_sock_100(void)
{
    struct place place = place_begin();
    OVERLAPPED overlapped = {0};
    char in[3] = {0};

    send_waiting(&place, "abcd");
    CHECK_REFUSED(fact_recv_start(place.socket, in, 2, &overlapped),
                  WSAEMSGSIZE);
    CHECK(memcmp(in, "ab", 3) == 0);
    fact_packet_expect(place.port, FACT_KEY, &overlapped, ERROR_MORE_DATA, 2);
    CHECK(fact_packet_none(place.port));
    place_end(&place);
}

void fact_sock_101(void)
{
    struct place place = place_begin();
    OVERLAPPED overlapped = {0};
    DWORD flags = MSG_PEEK;
    DWORD bytes = 0xDD;

    /* A glance leaves it where it is; */
    send_waiting(&place, "ab");
    CHECK(receive(&place, NULL, 0, &flags, &bytes) == WSAEMSGSIZE);
    receive_text(&place, "ab");
    /* a receive of nothing takes it and throws it away. */
    send_waiting(&place, "cd");
    send_text(&place, "ef");
    flags = 0;
    CHECK(receive(&place, NULL, 0, &flags, &bytes) == WSAEMSGSIZE);
    receive_text(&place, "ef");
    fact_recv_later(place.socket, NULL, 0, &overlapped);
    send_text(&place, "gh");
    fact_packet_expect(place.port, FACT_KEY, &overlapped, ERROR_MORE_DATA, 0);
    send_text(&place, "ij");
    receive_text(&place, "ij");
    place_end(&place);
}

void fact_sock_103(void)
{
    struct place place = place_begin();
    char in[2];
    DWORD flags = 0;
    DWORD bytes;

    send_waiting(&place, "abcd");
    CHECK(receive(&place, in, sizeof in, &flags, &bytes) == WSAEMSGSIZE);
    /* It may say so here as well. */
    if (flags != 0) {
        CHECK(flags == MSG_PARTIAL);
        sim_mark("SOCK-103 said");
    } else {
        sim_mark("SOCK-103 not said");
    }
    send_text(&place, "ef");
    receive_text(&place, "ef");
    place_end(&place);
}

/* ---- SOCK-102, SOCK-104, SOCK-107, SOCK-113 --------------------------------- */

void fact_sock_102(void)
{
    struct place place = place_begin();
    OVERLAPPED receives[3] = {{0}};
    char in[3][8] = {{0}};
    static const char *const texts[3] = {"one", "", "three"};

    for (int at = 0; at < 3; at++) {
        fact_recv_later(place.socket, in[at], 8, &receives[at]);
    }
    for (int at = 0; at < 3; at++) {
        DWORD length = (DWORD)strlen(texts[at]);

        send_text(&place, texts[at]);
        fact_packet_expect(place.port,
                           FACT_KEY,
                           &receives[at],
                           ERROR_SUCCESS,
                           length);
        CHECK(memcmp(in[at], texts[at], length + 1) == 0);
    }
    /* Two that wait are two, not one; and nothing at all is no end. */
    send_waiting(&place, "");
    send_text(&place, "ab");
    receive_text(&place, "");
    receive_text(&place, "ab");
    place_end(&place);
}

void fact_sock_104(void)
{
    struct place place = place_begin();
    struct sockaddr_in from;
    char in[8];
    int bytes = 4;

    send_waiting(&place, "ab");
    CHECK_REFUSED(recvfrom(place.socket,
                           in,
                           sizeof in,
                           0,
                           (struct sockaddr *)&from,
                           &bytes),
                  WSAEFAULT);
    receive_text(&place, "ab");
    place_end(&place);
}

void fact_sock_107(void)
{
    struct place place = place_begin();
    SOCKET fresh = socket(AF_INET, SOCK_DGRAM, 0);
    OVERLAPPED overlapped = {0};
    char in[8];

    CHECK(fresh != INVALID_SOCKET);
    fact_associate((HANDLE)fresh, place.port, FACT_KEY);
    CHECK_REFUSED(fact_recv_start(fresh, in, sizeof in, &overlapped),
                  WSAEINVAL);
    CHECK(fact_packet_none(place.port));
    fact_close(&fresh);
    place_end(&place);
}

void fact_sock_113(void)
{
    enum { ROOM = 8192, PIECE = 1000, COUNT = 100 };
    struct place place = place_begin();
    static const char piece[PIECE];
    char in[PIECE];
    int received = 0;

    fact_set_option(place.socket, SO_RCVBUF, ROOM);
    for (int at = 0; at < COUNT; at++) {
        CHECK(sendto(place.socket,
                     piece,
                     PIECE,
                     0,
                     (const struct sockaddr *)&place.address,
                     sizeof place.address) == PIECE);
    }
    fact_await_readable(place.socket);
    CHECK(fact_packet_none(place.port));
    fact_set_nonblocking(place.socket);
    /* BOUND: no more can come than were sent. */
    while (recv(place.socket, in, PIECE, 0) == PIECE) {
        received++;
    }
    CHECK(WSAGetLastError() == WSAEWOULDBLOCK);
    CHECK(received > 0 && received < COUNT);
    place_end(&place);
}
