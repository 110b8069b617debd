/**
 * @file ws2tcpip.h
 * @brief The simulated Windows: addresses of the Internet, and their names.
 *
 * The functions that translate names are declared by winsock2.h already; this
 * header adds the constants, and questions about IPv6 addresses.
 *
 * Uses:     winsock2.h.
 * Used by:  programs, sim/winsock.
 * Facts:    none.
 * Read next: the end.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _WS2TCPIP_H_
#define _WS2TCPIP_H_

#include "winsock2.h"

#ifdef __cplusplus
extern "C" {
#endif
/* On Windows both stand in the import library. */
#define in6addr_any      sim_in6addr_any
#define in6addr_loopback sim_in6addr_loopback
extern const struct in6_addr in6addr_any;
extern const struct in6_addr in6addr_loopback;
#ifdef __cplusplus
}
#endif

/* What getaddrinfo returns: Winsock's codes by other names. */
#define EAI_AGAIN        WSATRY_AGAIN
#define EAI_BADFLAGS     WSAEINVAL
#define EAI_FAIL         WSANO_RECOVERY
#define EAI_FAMILY       WSAEAFNOSUPPORT
#define EAI_MEMORY       WSA_NOT_ENOUGH_MEMORY
#define EAI_NOSECURENAME WSA_SECURE_HOST_NOT_FOUND
#define EAI_NONAME       WSAHOST_NOT_FOUND
#define EAI_NODATA       EAI_NONAME
#define EAI_SERVICE      WSATYPE_NOT_FOUND
#define EAI_SOCKTYPE     WSAESOCKTNOSUPPORT
#define EAI_IPSECPOLICY  WSA_IPSEC_NAME_POLICY_ERROR

typedef int socklen_t;

#define IN6ADDR_SCOPEID_UNSPECIFIED_INIT \
    {                                    \
        0                                \
    }

static inline BOOL IN6_IS_ADDR_UNSPECIFIED(const IN6_ADDR *address)
{
    static const IN6_ADDR any = IN6ADDR_ANY_INIT;

    return memcmp(address, &any, sizeof any) == 0;
}

static inline BOOL IN6_IS_ADDR_LOOPBACK(const IN6_ADDR *address)
{
    static const IN6_ADDR loopback = IN6ADDR_LOOPBACK_INIT;

    return memcmp(address, &loopback, sizeof loopback) == 0;
}

static inline BOOL IN6_IS_ADDR_MULTICAST(const IN6_ADDR *address)
{
    return address->s6_bytes[0] == 0xff;
}

static inline BOOL IN6_IS_ADDR_LINKLOCAL(const IN6_ADDR *address)
{
    return address->s6_bytes[0] == 0xfe &&
           (address->s6_bytes[1] & 0xc0) == 0x80;
}

static inline BOOL IN6_IS_ADDR_SITELOCAL(const IN6_ADDR *address)
{
    return address->s6_bytes[0] == 0xfe &&
           (address->s6_bytes[1] & 0xc0) == 0xc0;
}

static inline BOOL IN6_IS_ADDR_V4MAPPED(const IN6_ADDR *address)
{
    static const UCHAR prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

    return memcmp(address, prefix, sizeof prefix) == 0;
}

static inline BOOL IN6_ADDR_EQUAL(const IN6_ADDR *one, const IN6_ADDR *two)
{
    return memcmp(one, two, sizeof *one) == 0;
}

#ifdef UNICODE
typedef ADDRINFOW ADDRINFOT, *PADDRINFOT;
#    define GetAddrInfo  GetAddrInfoW
#    define FreeAddrInfo FreeAddrInfoW
#    define GetNameInfo  GetNameInfoW
#    define InetPton     InetPtonW
#    define InetNtop     InetNtopW
#else
typedef ADDRINFOA ADDRINFOT, *PADDRINFOT;
#    define GetAddrInfo  getaddrinfo
#    define FreeAddrInfo freeaddrinfo
#    define GetNameInfo  getnameinfo
#    define InetPton     inet_pton
#    define InetNtop     inet_ntop
#endif
#define GetAddrInfoA  getaddrinfo
#define FreeAddrInfoA freeaddrinfo
#define GetNameInfoA  getnameinfo
#define InetPtonA     inet_pton
#define InetNtopA     inet_ntop

#endif
