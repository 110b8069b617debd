/**
 * @file wsa_address.c
 * @brief Addresses as programs hand them over, and what a socket is called.
 *
 * Winsock looks at the length before the family, and at both before anything
 * else; which of its codes that gives is the same in every call.
 *
 * Uses:     winsock.h, watch.h.
 * Used by:  every call with a sockaddr.
 * Facts:    SOCK-72, SOCK-88, SOCK-90, SOCK-108.
 * Read next: close.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../watch/watch.h"
#include "winsock.h"

const struct in6_addr in6addr_any = IN6ADDR_ANY_INIT;
const struct in6_addr in6addr_loopback = IN6ADDR_LOOPBACK_INIT;

NTSTATUS sim__wsa_read_name(const struct sockaddr *name,
                            int bytes,
                            const struct socket *socket,
                            struct net_address *out)
{
    if (name == NULL || bytes < (int)sizeof name->sa_family) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    switch (
        sim__address_read(name, bytes, (enum net_family)socket->family, out)) {
    case ADDRESS_READ:
        return STATUS_SUCCESS;
    case ADDRESS_SHORT:
        return STATUS_WINSOCK(WSAEFAULT);
    case ADDRESS_OTHER_FAMILY:
        break;
    }
    return STATUS_WINSOCK(WSAEAFNOSUPPORT);
}

NTSTATUS sim__wsa_check_name(const struct sockaddr *name,
                             const int *bytes,
                             const struct socket *socket,
                             bool optional)
{
    if (optional && name == NULL) {
        return STATUS_SUCCESS;
    }
    if (name == NULL || bytes == NULL ||
        *bytes < sim__address_bytes((enum net_family)socket->family)) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    return STATUS_SUCCESS;
}

void sim__wsa_write_name(const struct net_address *address,
                         struct sockaddr *name,
                         int *bytes)
{
    if (name != NULL) {
        sim__address_write(address, name);
        *bytes = sim__address_bytes((enum net_family)address->family);
    }
}

int WSAAPI bind(SOCKET number, const struct sockaddr *name, int bytes)
{
    struct net_address address;
    struct socket *socket;
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &socket);
    if (NT_SUCCESS(status)) {
        status = sim__wsa_read_name(name, bytes, socket, &address);
    }
    if (NT_SUCCESS(status) && socket->bound) {
        status = STATUS_WINSOCK(WSAEINVAL);
    }
    if (NT_SUCCESS(status)) {
        status = sim__fault("bind", STATUS_INSUFFICIENT_RESOURCES)
                     ? STATUS_INSUFFICIENT_RESOURCES
                     : sim__socket_bind(socket, &address);
    }
    sim__after();
    return sim__wsa_result(status);
}

/** @brief Why a socket cannot say what it is called. */
static NTSTATUS unnamed(const struct socket *socket)
{
    /* FACT SOCK-72 SO_UPDATE_ACCEPT_CONTEXT: until then Winsock takes the
     * socket for a fresh one.
     * FACT SOCK-108 before the implicit bind. */
    return socket->bound && !socket->accept_raw ? STATUS_SUCCESS
                                                : STATUS_WINSOCK(WSAEINVAL);
}

/** @brief Why a socket cannot say whom it is connected to. */
static NTSTATUS without_peer(const struct socket *socket)
{
    /* FACT SOCK-88 SO_UPDATE_CONNECT_CONTEXT, and SOCK-72 the same.
     * FACT SOCK-90 state while connecting. */
    return socket->state == SOCKET_CONNECTED && !socket->accept_raw &&
                   !socket->connect_raw
               ? STATUS_SUCCESS
               : STATUS_WINSOCK(WSAENOTCONN);
}

static int get_name(SOCKET number,
                    struct sockaddr *name,
                    int *bytes,
                    bool of_peer)
{
    struct socket *socket;
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &socket);
    if (NT_SUCCESS(status)) {
        if (socket->accept_raw || (socket->connect_raw && of_peer)) {
            sim__watch_raw(socket->file,
                           socket->accept_raw,
                           of_peer ? "getpeername" : "getsockname");
        }
        status = of_peer ? without_peer(socket) : unnamed(socket);
    }
    if (NT_SUCCESS(status)) {
        status = sim__wsa_check_name(name, bytes, socket, false);
    }
    if (NT_SUCCESS(status)) {
        sim__wsa_write_name(of_peer ? &socket->remote : &socket->local,
                            name,
                            bytes);
    }
    sim__after();
    return sim__wsa_result(status);
}

int WSAAPI getsockname(SOCKET number, struct sockaddr *name, int *bytes)
{
    return get_name(number, name, bytes, false);
}

int WSAAPI getpeername(SOCKET number, struct sockaddr *name, int *bytes)
{
    return get_name(number, name, bytes, true);
}
