/**
 * @file protocol.c
 * @brief Winsock's catalog of protocols.
 *
 * Four rows: two protocols over two internets.  What a description says of
 * each is on Microsoft's page of WSAPROTOCOL_INFOW.
 *
 * Uses:     protocol.h.
 * Used by:  socket_api.c, getsockopt.c, programs.
 * Facts:    SOCK-111.
 * Read next: wsa_address.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "protocol.h"

#include <string.h>

/** Both are carried by handles of the system: ReadFile works. */
#define STREAM_SERVICES                                                    \
    (XP1_GUARANTEED_DELIVERY | XP1_GUARANTEED_ORDER | XP1_GRACEFUL_CLOSE | \
     XP1_EXPEDITED_DATA | XP1_IFS_HANDLES)
#define DATAGRAM_SERVICES                                                \
    (XP1_CONNECTIONLESS | XP1_MESSAGE_ORIENTED | XP1_SUPPORT_BROADCAST | \
     XP1_SUPPORT_MULTIPOINT | XP1_IFS_HANDLES)

enum { PROTOCOL_COUNT = 4, FIRST_ENTRY = 1001 };

static const struct protocol catalog[PROTOCOL_COUNT] = {
    {AF_INET,
     SOCK_STREAM,
     IPPROTO_TCP,
     NET_V4,
     NET_TCP,
     STREAM_SERVICES,
     sizeof(struct sockaddr_in),
     0,
     "MSAFD Tcpip [TCP/IP]"},
    /* FACT SOCK-111 the longest datagram. */
    {AF_INET,
     SOCK_DGRAM,
     IPPROTO_UDP,
     NET_V4,
     NET_UDP,
     DATAGRAM_SERVICES,
     sizeof(struct sockaddr_in),
     65507,
     "MSAFD Tcpip [UDP/IP]"},
    {AF_INET6,
     SOCK_STREAM,
     IPPROTO_TCP,
     NET_V6,
     NET_TCP,
     STREAM_SERVICES,
     sizeof(struct sockaddr_in6),
     0,
     "MSAFD Tcpip [TCP/IPv6]"},
    {AF_INET6,
     SOCK_DGRAM,
     IPPROTO_UDP,
     NET_V6,
     NET_UDP,
     DATAGRAM_SERVICES,
     sizeof(struct sockaddr_in6),
     65527,
     "MSAFD Tcpip [UDP/IPv6]"},
};

const struct protocol *sim__protocol_find(int family, int type, int number)
{
    for (size_t at = 0; at < PROTOCOL_COUNT; at++) {
        const struct protocol *row = &catalog[at];

        if ((family == AF_UNSPEC || family == row->family) &&
            (type == 0 || type == row->type) &&
            (number == 0 || number == row->number)) {
            return row;
        }
    }
    return NULL;
}

const struct protocol *sim__protocol_of(const struct socket *socket)
{
    return sim__protocol_find(socket->family == NET_V6 ? AF_INET6 : AF_INET,
                              socket->protocol == NET_TCP ? SOCK_STREAM
                                                          : SOCK_DGRAM,
                              0);
}

static void describe(const struct protocol *protocol, WSAPROTOCOL_INFOW *out)
{
    DWORD entry = FIRST_ENTRY + (DWORD)(protocol - catalog);

    memset(out, 0, sizeof *out);
    out->dwServiceFlags1 = protocol->services;
    out->dwProviderFlags = PFL_MATCHES_PROTOCOL_ZERO;
    /* Microsoft's provider of TCP/IP: two numbers, by family. */
    out->ProviderId =
        protocol->family == AF_INET
            ? (GUID){0xe70f1aa0,
                     0xab8b,
                     0x11cf,
                     {0x8c, 0xa3, 0, 0x80, 0x5f, 0x48, 0xa1, 0x92}}
            : (GUID){0xf9eab0c0,
                     0x26d4,
                     0x11d0,
                     {0xbb, 0xbf, 0, 0xaa, 0, 0x6c, 0x34, 0xe4}};
    out->dwCatalogEntryId = entry;
    out->ProtocolChain.ChainLen = BASE_PROTOCOL;
    out->iVersion = 2;
    out->iAddressFamily = protocol->family;
    out->iMaxSockAddr = protocol->address_bytes_min;
    out->iMinSockAddr = protocol->address_bytes_min;
    out->iSocketType = protocol->type;
    out->iProtocol = protocol->number;
    out->iNetworkByteOrder = BIGENDIAN;
    out->dwMessageSize = protocol->message_bytes;
    for (size_t at = 0; protocol->name[at] != '\0'; at++) {
        out->szProtocol[at] = (WCHAR)protocol->name[at];
    }
}

void sim__protocol_describe(const struct socket *socket, WSAPROTOCOL_INFOW *out)
{
    describe(sim__protocol_of(socket), out);
}

void sim__protocol_narrow(const WSAPROTOCOL_INFOW *wide, WSAPROTOCOL_INFOA *out)
{
    /* All before the name is the same. */
    memcpy(out, wide, offsetof(WSAPROTOCOL_INFOW, szProtocol));
    for (size_t at = 0; at <= WSAPROTOCOL_LEN; at++) {
        out->szProtocol[at] = (char)wide->szProtocol[at];
    }
}

/** @brief Whether a list of protocols, ended by 0, has a number; no list has
 *  them all. */
static bool is_wanted(const int *protocols, int number)
{
    if (protocols == NULL) {
        return true;
    }
    for (; *protocols != 0; protocols++) {
        if (*protocols == number) {
            return true;
        }
    }
    return false;
}

/** A call of WSAEnumProtocols in either width. */
struct listing {
    const int *protocols;
    WSAPROTOCOL_INFOW *wide; /* One of these two. */
    WSAPROTOCOL_INFOA *narrow;
    DWORD *bytes;
};

static int list(const struct listing *listing)
{
    DWORD entry_bytes =
        listing->wide != NULL ? sizeof *listing->wide : sizeof *listing->narrow;
    const struct protocol *rows[PROTOCOL_COUNT];
    DWORD count = 0;

    for (size_t at = 0; at < PROTOCOL_COUNT; at++) {
        if (is_wanted(listing->protocols, catalog[at].number)) {
            rows[count++] = &catalog[at];
        }
    }
    if (*listing->bytes < count * entry_bytes ||
        (listing->wide == NULL && listing->narrow == NULL)) {
        *listing->bytes = count * entry_bytes;
        return sim__wsa_fail(WSAENOBUFS);
    }
    for (DWORD at = 0; at < count; at++) {
        WSAPROTOCOL_INFOW info;

        describe(rows[at], &info);
        if (listing->wide != NULL) {
            listing->wide[at] = info;
        } else {
            sim__protocol_narrow(&info, &listing->narrow[at]);
        }
    }
    return (int)count;
}

/** @brief What both widths check first. */
static int enumerate(const struct listing *listing)
{
    NTSTATUS status = sim__wsa_started();

    if (NT_SUCCESS(status) && listing->bytes == NULL) {
        status = STATUS_WINSOCK(WSAEFAULT);
    }
    return NT_SUCCESS(status) ? list(listing) : sim__wsa_result(status);
}

/* The list is only read, but the types are Windows'.
 * NOLINTBEGIN(readability-non-const-parameter) */
int WSAAPI WSAEnumProtocolsW(LPINT protocols,
                             LPWSAPROTOCOL_INFOW buffer,
                             LPDWORD bytes)
{
    const struct listing listing = {
        .protocols = protocols,
        .wide = buffer,
        .bytes = bytes,
    };

    return enumerate(&listing);
}

int WSAAPI WSAEnumProtocolsA(LPINT protocols,
                             LPWSAPROTOCOL_INFOA buffer,
                             LPDWORD bytes)
{
    const struct listing listing = {
        .protocols = protocols,
        .narrow = buffer,
        .bytes = bytes,
    };

    return enumerate(&listing);
}
/* NOLINTEND(readability-non-const-parameter) */
