/**
 * @file connect.c
 * @brief connect and WSAConnect.
 *
 * For a stream this makes a connection, now or in the background; for
 * datagrams it only says where they go from now on.
 *
 * Uses:     winsock.h.
 * Used by:  layer 2, programs.
 * Facts:    SOCK-61, SOCK-87, SOCK-89, SOCK-90, SOCK-91, SOCK-92, SOCK-97,
 *           SOCK-109.
 * Read next: wsa_io.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "winsock.h"

NTSTATUS sim__wsa_target(const struct sockaddr *name,
                         int bytes,
                         const struct socket *socket,
                         struct net_address *out)
{
    NTSTATUS status = sim__wsa_read_name(name, bytes, socket, out);

    if (NT_SUCCESS(status) && (sim__address_is_any(out) || out->port == 0)) {
        /* FACT SOCK-92 connecting to the wildcard. */
        status = STATUS_WINSOCK(WSAEADDRNOTAVAIL);
    }
    return status;
}

/** @brief Why a stream socket cannot be connected in the state it is in. */
static NTSTATUS cannot_connect(const struct socket *socket)
{
    if (socket->accepting || socket->accept_raw || socket->connect_raw) {
        /* FACT SOCK-61 while AcceptEx is pending on it, and FACT SOCK-89
         * after ConnectEx: not WSAEISCONN, Winsock does not know yet. */
        return STATUS_WINSOCK(WSAEINVAL);
    }
    switch ((enum socket_state)socket->state) {
    case SOCKET_OPEN:
        /* FACT SOCK-87 also after a failure. */
        return STATUS_SUCCESS;
    case SOCKET_LISTENING:
        return STATUS_WINSOCK(WSAEINVAL);
    case SOCKET_CONNECTING:
        /* FACT SOCK-90 state while connecting. */
        return STATUS_WINSOCK(WSAEALREADY);
    case SOCKET_CONNECTED:
    case SOCKET_ENDED:
        break; /* FACT SOCK-97 also after DisconnectEx. */
    }
    return STATUS_WINSOCK(WSAEISCONN);
}

static NTSTATUS connect_stream(const char *call,
                               SOCKET number,
                               const struct socket *socket,
                               const struct net_address *to)
{
    /* FACT SOCK-91 connect() is silent: a synchronous request. */
    const struct wsa_report report = {0};
    const struct socket_connect detail = {.to = *to};
    struct request request = {
        .kind = IRP_CONNECT,
        .call = call,
        .detail = &detail,
    };

    return sim__wsa_io(&request, number, socket, &report);
}

/** @brief FACT SOCK-109 connected UDP: AF_UNSPEC and the zero address
 *  dissolve it. */
static NTSTATUS connect_datagrams(struct socket *socket,
                                  const struct sockaddr *name,
                                  int bytes)
{
    struct net_address to;
    NTSTATUS status;

    if (name != NULL && bytes >= (int)sizeof name->sa_family &&
        name->sa_family == AF_UNSPEC) {
        return sim__udp_connect(socket, NULL);
    }
    status = sim__wsa_read_name(name, bytes, socket, &to);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    return sim__udp_connect(socket, sim__address_is_any(&to) ? NULL : &to);
}

static int connect_call(const char *call,
                        SOCKET number,
                        const struct sockaddr *name,
                        int bytes)
{
    struct net_address to;
    struct socket *socket;
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &socket);
    if (NT_SUCCESS(status) && socket->protocol != NET_TCP) {
        status = connect_datagrams(socket, name, bytes);
    } else if (NT_SUCCESS(status)) {
        status = cannot_connect(socket);
        if (NT_SUCCESS(status)) {
            status = sim__wsa_target(name, bytes, socket, &to);
        }
        if (NT_SUCCESS(status)) {
            status = connect_stream(call, number, socket, &to);
        }
    }
    sim__after();
    return sim__wsa_result(status);
}

int WSAAPI connect(SOCKET number, const struct sockaddr *name, int bytes)
{
    return connect_call("connect", number, name, bytes);
}

/* Data and qualities of service are for other protocols than these, which
 * ignore them.  NOLINTBEGIN(readability-non-const-parameter) */
int WSAAPI WSAConnect(SOCKET number,
                      const struct sockaddr *name,
                      int bytes,
                      LPWSABUF caller_data,
                      LPWSABUF callee_data,
                      LPQOS qos,
                      LPQOS group_qos)
{
    (void)qos;
    (void)group_qos;
    if (caller_data != NULL && caller_data->len != 0) {
        return sim__wsa_fail(WSAEINVAL);
    }
    if (callee_data != NULL) {
        callee_data->len = 0;
    }
    return connect_call("WSAConnect", number, name, bytes);
}
/* NOLINTEND(readability-non-const-parameter) */
