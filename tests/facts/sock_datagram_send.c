/**
 * @file sock_datagram_send.c
 * @brief Facts about sending datagrams, and where they go.
 *
 * Uses:     fact_socket.h.
 * Used by:  dry facts.
 * Facts:    SOCK-105, SOCK-106, SOCK-108, SOCK-109, SOCK-110, SOCK-111,
 *           SOCK-112.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact_socket.h"

#include <string.h>

/** A socket at a port. */
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

/** @brief Send one letter. */
static int send_letter(SOCKET socket, char letter, const struct sockaddr_in *to)
{
    return sendto(socket,
                  &letter,
                  1,
                  0,
                  (const struct sockaddr *)to,
                  sizeof *to);
}

/** @brief Whether two addresses are the same. */
static BOOL same(const struct sockaddr_in *one, const struct sockaddr_in *other)
{
    return one->sin_port == other->sin_port &&
           one->sin_addr.s_addr == other->sin_addr.s_addr;
}

/** @brief Receive a letter, which must come; returns who sent it. */
static struct sockaddr_in receive_letter(SOCKET socket, char letter)
{
    struct sockaddr_in from;
    int bytes = sizeof from;
    char in[2];

    fact_await_readable(socket);
    CHECK(
        recvfrom(socket, in, sizeof in, 0, (struct sockaddr *)&from, &bytes) ==
        1);
    CHECK(in[0] == letter);
    return from;
}

/* ---- SOCK-105, SOCK-106 ---------------------------------------------------- */

void fact_sock_105(void)
{
    struct place place = place_begin();
    struct sockaddr_in dead = fact_address_dead(SOCK_DGRAM);
    OVERLAPPED overlapped = {0};
    SOCKET connected;
    char in[8];
    int result;

    /* Sends know of nothing. */
    connected = fact_udp(NULL);
    fact_connect(connected, &dead);
    for (int turn = 0; turn < 10; turn++) {
        CHECK(send(connected, "a", 1, 0) == 1);
    }
    fact_close(&connected);
    /* A receive that waits does; */
    fact_recv_later(place.socket, in, sizeof in, &overlapped);
    CHECK(send_letter(place.socket, 'a', &dead) == 1);
    fact_packet_expect(place.port,
                       FACT_KEY,
                       &overlapped,
                       ERROR_PORT_UNREACHABLE,
                       0);
    /* so does the next one. */
    CHECK(send_letter(place.socket, 'b', &dead) == 1);
    CHECK(fact_packet_none(place.port));
    result = fact_recv_start(place.socket, in, sizeof in, &overlapped);
    if (fact_begun(result) == FACT_REFUSED) {
        CHECK(WSAGetLastError() == WSAECONNRESET);
    } else {
        fact_packet_expect(place.port,
                           FACT_KEY,
                           &overlapped,
                           ERROR_PORT_UNREACHABLE,
                           0);
    }
    /* The socket is as good as before. */
    CHECK(send_letter(place.socket, 'c', &place.address) == 1);
    (void)receive_letter(place.socket, 'c');
    place_end(&place);
}

void fact_sock_106(void)
{
    struct place place = place_begin();
    struct sockaddr_in dead = fact_address_dead(SOCK_DGRAM);
    OVERLAPPED overlapped = {0};
    BOOL off = FALSE;
    DWORD bytes;
    char in[8];

    CHECK(WSAIoctl(place.socket,
                   SIO_UDP_CONNRESET,
                   &off,
                   sizeof off,
                   NULL,
                   0,
                   &bytes,
                   NULL,
                   NULL) == 0);
    fact_recv_later(place.socket, in, sizeof in, &overlapped);
    CHECK(send_letter(place.socket, 'a', &dead) == 1);
    CHECK(fact_packet_none(place.port));
    CHECK(send_letter(place.socket, 'b', &place.address) == 1);
    fact_packet_expect(place.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 1);
    CHECK(in[0] == 'b');
    place_end(&place);
}

/* ---- SOCK-108, SOCK-109, SOCK-110 ------------------------------------------- */

void fact_sock_108(void)
{
    struct place place = place_begin();
    struct sockaddr_in name;
    int bytes = sizeof name;
    SOCKET fresh = socket(AF_INET, SOCK_DGRAM, 0);

    CHECK(fresh != INVALID_SOCKET);
    CHECK_REFUSED(getsockname(fresh, (struct sockaddr *)&name, &bytes),
                  WSAEINVAL);
    CHECK(send_letter(fresh, 'a', &place.address) == 1);
    name = fact_address(fresh);
    CHECK(name.sin_addr.s_addr == htonl(INADDR_ANY) && name.sin_port != 0);
    CHECK(receive_letter(place.socket, 'a').sin_port == name.sin_port);
    fact_close(&fresh);
    place_end(&place);
}

void fact_sock_109(void)
{
    struct place place = place_begin();
    struct sockaddr nowhere = {.sa_family = AF_UNSPEC};
    struct sockaddr_in from;
    struct sockaddr_in friend_address;
    struct sockaddr_in other_address;
    SOCKET friend = fact_udp(&friend_address);
    SOCKET other = fact_udp(&other_address);

    fact_connect(place.socket, &friend_address);
    /* It sends to its friend, */
    CHECK(send(place.socket, "a", 1, 0) == 1);
    from = receive_letter(friend, 'a');
    CHECK(same(&from, &place.address));
    /* except when told otherwise, */
    CHECK(send_letter(place.socket, 'b', &other_address) == 1);
    (void)receive_letter(other, 'b');
    CHECK(send(place.socket, "c", 1, 0) == 1);
    (void)receive_letter(friend, 'c');
    /* and hears nobody else, */
    CHECK(send_letter(other, 'd', &place.address) == 1);
    CHECK(fact_packet_none(place.port));
    CHECK(send_letter(friend, 'e', &place.address) == 1);
    (void)receive_letter(place.socket, 'e');
    /* until it is dissolved. */
    CHECK(connect(place.socket, &nowhere, sizeof nowhere) == 0);
    CHECK(send(place.socket, "f", 1, 0) == SOCKET_ERROR);
    CHECK(send_letter(other, 'g', &place.address) == 1);
    (void)receive_letter(place.socket, 'g');
    fact_close(&friend);
    fact_close(&other);
    place_end(&place);
}

void fact_sock_110(void)
{
    struct place place = place_begin();
    struct sockaddr_in zero = place.address;

    zero.sin_port = 0;
    CHECK(send_letter(place.socket, 'a', &zero) == 1);
    /* It does not come back. */
    CHECK(send_letter(place.socket, 'b', &place.address) == 1);
    (void)receive_letter(place.socket, 'b');
    place_end(&place);
}

/* ---- SOCK-111, SOCK-112 ------------------------------------------------------ */

enum { DATAGRAM_MAX = 65507 };

void fact_sock_111(void)
{
    struct place place = place_begin();
    static char big[DATAGRAM_MAX + 1];
    OVERLAPPED overlapped = {0};
    WSABUF one = {.len = 2, .buf = big};
    DWORD max = 0;
    int bytes = sizeof max;
    enum fact_begun begun;

    CHECK(getsockopt(place.socket,
                     SOL_SOCKET,
                     SO_MAX_MSG_SIZE,
                     (char *)&max,
                     &bytes) == 0);
    CHECK(max == DATAGRAM_MAX);
    begun = fact_begun(WSASendTo(place.socket,
                                 &one,
                                 1,
                                 NULL,
                                 0,
                                 (const struct sockaddr *)&place.address,
                                 sizeof place.address,
                                 &overlapped,
                                 NULL));
    CHECK(begun != FACT_REFUSED);
    if (begun == FACT_AT_ONCE) {
        /* As it normally is: the bytes are copied. */
        sim_mark("SOCK-111 at once");
    }
    fact_packet_expect(place.port, FACT_KEY, &overlapped, ERROR_SUCCESS, 2);
    fact_await_readable(place.socket);
    CHECK(recv(place.socket, big, sizeof big, 0) == 2);
    one.len = sizeof big;
    CHECK_REFUSED(WSASendTo(place.socket,
                            &one,
                            1,
                            NULL,
                            0,
                            (const struct sockaddr *)&place.address,
                            sizeof place.address,
                            &overlapped,
                            NULL),
                  WSAEMSGSIZE);
    CHECK(fact_packet_none(place.port));
    /* None of it is under way. */
    CHECK(send_letter(place.socket, 'b', &place.address) == 1);
    (void)receive_letter(place.socket, 'b');
    place_end(&place);
}

void fact_sock_112(void)
{
    struct fact_pair pair = fact_pair(WSA_FLAG_OVERLAPPED);
    struct sockaddr_in elsewhere = fact_address_dead(SOCK_STREAM);
    struct sockaddr_in from;
    int bytes = sizeof from;
    char in[2];

    memset(&from, 0xDD, sizeof from);
    CHECK(send_letter(pair.here, 'a', &elsewhere) == 1);
    fact_await_readable(pair.peer);
    CHECK(recvfrom(pair.peer,
                   in,
                   sizeof in,
                   0,
                   (struct sockaddr *)&from,
                   &bytes) == 1);
    CHECK(in[0] == 'a');
    CHECK(from.sin_port == 0xDDDD && from.sin_family == 0xDDDD);
    fact_pair_close(&pair);
}
