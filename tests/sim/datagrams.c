/**
 * @file datagrams.c
 * @brief Datagram sockets for tests, in one line each.
 *
 * Uses:     datagrams.h.
 * Used by:  the tests of ports, UDP, select and names.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "datagrams.h"

#include <string.h>

void datagrams_begin(void)
{
    WSADATA data;

    sim_assert(WSAStartup(MAKEWORD(2, 2), &data) == 0);
}

void datagrams_end(void)
{
    sim_assert(WSACleanup() == 0);
}

bool refused(int result, int code)
{
    return result == SOCKET_ERROR && WSAGetLastError() == code;
}

struct sockaddr_storage place(const char *host, u_short port)
{
    struct sockaddr_storage place;
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6,
                              .sin6_port = htons(port)};

    memset(&place, 0, sizeof place);
    if (inet_pton(AF_INET, host, &v4.sin_addr) == 1) {
        memcpy(&place, &v4, sizeof v4);
    } else {
        sim_assert(inet_pton(AF_INET6, host, &v6.sin6_addr) == 1);
        memcpy(&place, &v6, sizeof v6);
    }
    return place;
}

int place_bytes(const struct sockaddr_storage *place)
{
    return place->ss_family == AF_INET ? (int)sizeof(struct sockaddr_in)
                                       : (int)sizeof(struct sockaddr_in6);
}

struct sockaddr_storage place_of(SOCKET socket)
{
    struct sockaddr_storage place;
    int bytes = sizeof place;

    memset(&place, 0, sizeof place);
    sim_assert(getsockname(socket, (struct sockaddr *)&place, &bytes) == 0);
    sim_assert(bytes == place_bytes(&place));
    return place;
}

u_short port_of(SOCKET socket)
{
    struct sockaddr_storage at = place_of(socket);
    struct sockaddr_in v4;

    /* Both kinds have it at the same place. */
    memcpy(&v4, &at, sizeof v4);
    return ntohs(v4.sin_port);
}

bool same_place(const struct sockaddr_storage *one,
                const struct sockaddr_storage *two)
{
    return memcmp(one, two, sizeof *one) == 0;
}

SOCKET datagram_open(int family)
{
    SOCKET opened = socket(family, SOCK_DGRAM, IPPROTO_UDP);

    sim_assert(opened != INVALID_SOCKET);
    return opened;
}

int datagram_bind(SOCKET socket, const char *host, u_short port)
{
    struct sockaddr_storage at = place(host, port);

    return bind(socket, (const struct sockaddr *)&at, place_bytes(&at)) == 0
               ? 0
               : WSAGetLastError();
}

SOCKET datagram_at(u_short port)
{
    SOCKET opened = datagram_open(AF_INET);

    sim_assert(datagram_bind(opened, "127.0.0.1", port) == 0);
    return opened;
}

void option_on(SOCKET socket, int level, int name, DWORD value)
{
    sim_assert(
        setsockopt(socket, level, name, (const char *)&value, sizeof value) ==
        0);
}

int datagram_send(SOCKET socket, u_short port, const char *text)
{
    return datagram_send_to(socket, "127.0.0.1", port, text, (int)strlen(text));
}

int datagram_send_to(SOCKET socket,
                     const char *host,
                     u_short port,
                     const void *bytes,
                     int count)
{
    struct sockaddr_storage to = place(host, port);
    int sent = sendto(socket,
                      bytes,
                      count,
                      0,
                      (const struct sockaddr *)&to,
                      place_bytes(&to));

    sim_assert(sent == count || sent == SOCKET_ERROR);
    return sent == SOCKET_ERROR ? WSAGetLastError() : 0;
}

int datagram_receive(SOCKET socket, void *in, int room)
{
    int count;

    datagrams_settle();
    count = recv(socket, in, room, 0);
    return count == SOCKET_ERROR ? -WSAGetLastError() : count;
}

void datagram_no_wait(SOCKET socket)
{
    u_long on = 1;

    sim_assert(ioctlsocket(socket, (LONG)FIONBIO, &on) == 0);
}

int receive_begin(SOCKET socket, void *in, ULONG room, LPOVERLAPPED overlapped)
{
    WSABUF buffer = {.len = room, .buf = in};
    DWORD flags = 0;
    DWORD bytes = 0;

    return WSARecv(socket, &buffer, 1, &bytes, &flags, overlapped, NULL) == 0
               ? 0
               : WSAGetLastError();
}

void datagrams_settle(void)
{
    /* Longer than anything on one host is on its way. */
    Sleep(1000);
}
