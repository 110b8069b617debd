/**
 * @file option.c
 * @brief The table of options that are numbers.
 *
 * Uses:     option.h, rare.h.
 * Used by:  setsockopt.c, getsockopt.c.
 * Facts:    SOCK-07, SOCK-29, SOCK-33.
 * Read next: setsockopt.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "option.h"

#include <string.h>

#include "rare.h"

#define KEPT(field)  false, false, offsetof(struct socket_options, field)
#define EARLY(field) false, true, offsetof(struct socket_options, field)
#define RARE(field)  true, false, offsetof(struct rare, field)

enum {
    STREAM = OPTION_STREAM | OPTION_V4 | OPTION_V6,
    DATAGRAM = OPTION_DATAGRAM | OPTION_V4 | OPTION_V6,
    BOTH_V4 = OPTION_BOTH | OPTION_V4,
    BOTH_V6 = OPTION_BOTH | OPTION_V6,
    DATAGRAM_V4 = OPTION_DATAGRAM | OPTION_V4,
    DATAGRAM_V6 = OPTION_DATAGRAM | OPTION_V6,
    MS_PER_SECOND = 1000,
    HOPS_MAX = 255
};

// clang-format off
static const struct option options[] = {
    {SOL_SOCKET, SO_RCVBUF, OPTION_ALL, OPTION_NUMBER, KEPT(receive_bytes)},
    {SOL_SOCKET, SO_SNDBUF, OPTION_ALL, OPTION_NUMBER, KEPT(send_bytes)},
    {SOL_SOCKET, SO_RCVTIMEO, OPTION_ALL, OPTION_NUMBER, KEPT(receive_ms)},
    {SOL_SOCKET, SO_SNDTIMEO, OPTION_ALL, OPTION_NUMBER, KEPT(send_ms)},
    {SOL_SOCKET, SO_REUSEADDR, OPTION_ALL, OPTION_BOOL, EARLY(reuse)},
    {SOL_SOCKET, SO_EXCLUSIVEADDRUSE, OPTION_ALL, OPTION_BOOL,
     EARLY(exclusive)},
    {SOL_SOCKET, SO_KEEPALIVE, STREAM, OPTION_BOOL, KEPT(keep_alive)},
    {SOL_SOCKET, SO_BROADCAST, DATAGRAM, OPTION_BOOL, KEPT(broadcast)},
    {SOL_SOCKET, SO_OOBINLINE, STREAM, OPTION_BOOL, KEPT(oob_inline)},
    {SOL_SOCKET, SO_CONDITIONAL_ACCEPT, STREAM, OPTION_BOOL,
     KEPT(conditional_accept)},
    {SOL_SOCKET, SO_DEBUG, OPTION_ALL, OPTION_BOOL, RARE(debug)},
    {SOL_SOCKET, SO_DONTROUTE, OPTION_ALL, OPTION_BOOL, RARE(not_routed)},
    {IPPROTO_TCP, TCP_NODELAY, STREAM, OPTION_BOOL, KEPT(no_delay)},
    {IPPROTO_TCP, TCP_KEEPIDLE, STREAM, OPTION_SECONDS, KEPT(keep_alive_ms)},
    {IPPROTO_TCP, TCP_KEEPINTVL, STREAM, OPTION_SECONDS,
     KEPT(keep_alive_every_ms)},
    {IPPROTO_TCP, TCP_KEEPCNT, STREAM, OPTION_BYTE, RARE(probes)},
    {IPPROTO_IP, IP_TTL, BOTH_V4, OPTION_BYTE, RARE(hops)},
    {IPPROTO_IP, IP_TOS, BOTH_V4, OPTION_NUMBER, RARE(service)},
    {IPPROTO_IP, IP_DONTFRAGMENT, BOTH_V4, OPTION_BOOL, RARE(whole)},
    {IPPROTO_IP, IP_PKTINFO, DATAGRAM_V4, OPTION_BOOL, RARE(packet_info)},
    {IPPROTO_IP, IP_UNICAST_IF, BOTH_V4, OPTION_NUMBER, RARE(unicast_from)},
    {IPPROTO_IP, IP_MULTICAST_IF, DATAGRAM_V4, OPTION_NUMBER,
     RARE(multicast_from)},
    {IPPROTO_IP, IP_MULTICAST_TTL, DATAGRAM_V4, OPTION_BYTE,
     RARE(multicast_hops)},
    {IPPROTO_IP, IP_MULTICAST_LOOP, DATAGRAM_V4, OPTION_BOOL,
     RARE(multicast_loop)},
    {IPPROTO_IPV6, IPV6_V6ONLY, BOTH_V6, OPTION_BOOL, EARLY(v6_only)},
    {IPPROTO_IPV6, IPV6_UNICAST_HOPS, BOTH_V6, OPTION_BYTE, RARE(hops)},
    {IPPROTO_IPV6, IPV6_DONTFRAG, BOTH_V6, OPTION_BOOL, RARE(whole)},
    {IPPROTO_IPV6, IPV6_PKTINFO, DATAGRAM_V6, OPTION_BOOL, RARE(packet_info)},
    {IPPROTO_IPV6, IPV6_UNICAST_IF, BOTH_V6, OPTION_NUMBER,
     RARE(unicast_from)},
    {IPPROTO_IPV6, IPV6_MULTICAST_IF, DATAGRAM_V6, OPTION_NUMBER,
     RARE(multicast_from)},
    {IPPROTO_IPV6, IPV6_MULTICAST_HOPS, DATAGRAM_V6, OPTION_BYTE,
     RARE(multicast_hops)},
    {IPPROTO_IPV6, IPV6_MULTICAST_LOOP, DATAGRAM_V6, OPTION_BOOL,
     RARE(multicast_loop)},
    {IPPROTO_IPV6, IPV6_PROTECTION_LEVEL, BOTH_V6, OPTION_NUMBER,
     RARE(protection)},
};
// clang-format on

const struct option *sim__option_find(const struct socket *socket,
                                      int level,
                                      int name)
{
    unsigned kind =
        (socket->protocol == NET_TCP ? OPTION_STREAM : OPTION_DATAGRAM) |
        (socket->family == NET_V6 ? OPTION_V6 : OPTION_V4);

    for (size_t at = 0; at < sizeof options / sizeof options[0]; at++) {
        if (options[at].level == level && options[at].name == name) {
            return (options[at].sockets & kind) == kind ? &options[at] : NULL;
        }
    }
    return NULL;
}

uint32_t sim__option_get(const struct socket *socket,
                         const struct option *option)
{
    const struct rare *rare =
        socket->rare != NULL ? socket->rare : &sim__rare_defaults;
    const char *place =
        (option->rare ? (const char *)rare : (const char *)&socket->options) +
        option->offset;
    uint32_t value;

    if (option->shape == OPTION_BOOL) {
        bool truth;

        memcpy(&truth, place, sizeof truth);
        return truth;
    }
    memcpy(&value, place, sizeof value);
    return option->shape == OPTION_SECONDS ? value / MS_PER_SECOND : value;
}

/** @brief A value as it is kept. */
static NTSTATUS convert(const struct option *option, uint32_t *value)
{
    switch ((enum option_shape)option->shape) {
    case OPTION_SECONDS:
        if (*value == 0 || *value > UINT32_MAX / MS_PER_SECOND) {
            return STATUS_WINSOCK(WSAEINVAL);
        }
        *value *= MS_PER_SECOND;
        break;
    case OPTION_BYTE:
        if (*value == UINT32_MAX) {
            memcpy(value,
                   (const char *)&sim__rare_defaults + option->offset,
                   sizeof *value);
        }
        if (*value > HOPS_MAX) {
            return STATUS_WINSOCK(WSAEINVAL);
        }
        break;
    case OPTION_BOOL:
    case OPTION_NUMBER:
        break;
    }
    return STATUS_SUCCESS;
}

NTSTATUS sim__option_set(struct socket *socket,
                         const struct option *option,
                         uint32_t value)
{
    NTSTATUS status = convert(option, &value);
    char *place;

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (option->early && socket->bound) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    place = (option->rare ? (char *)sim__rare_make(socket)
                          : (char *)&socket->options) +
            option->offset;
    if (option->shape == OPTION_BOOL) {
        bool truth = value != 0;

        memcpy(place, &truth, sizeof truth);
    } else {
        memcpy(place, &value, sizeof value);
    }
    return STATUS_SUCCESS;
}
