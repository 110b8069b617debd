/**
 * @file getsockopt.c
 * @brief Asking for options.
 *
 * Uses:     option.h, protocol.h.
 * Used by:  layers 1 and 2, programs.
 * Facts:    SOCK-20, SOCK-68, SOCK-111.
 * Read next: device.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "option.h"
#include "protocol.h"

/** A call of getsockopt. */
struct asking {
    struct socket *socket;
    int name;
    char *value;
    int *bytes;
};

/** @brief Give an answer of any size. */
static NTSTATUS answer(const struct asking *asking,
                       const void *value,
                       size_t bytes)
{
    if (*asking->bytes < (int)bytes) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    memcpy(asking->value, value, bytes);
    *asking->bytes = (int)bytes;
    return STATUS_SUCCESS;
}

static NTSTATUS answer_number(const struct asking *asking, uint32_t value)
{
    return answer(asking, &value, sizeof value);
}

static NTSTATUS get_linger(const struct asking *asking)
{
    const struct socket_options *options = &asking->socket->options;
    const struct linger linger = {
        .l_onoff = options->linger,
        .l_linger = options->linger_s,
    };

    if (asking->socket->protocol != NET_TCP) {
        return STATUS_WINSOCK(WSAENOPROTOOPT);
    }
    return asking->name == SO_LINGER ? answer(asking, &linger, sizeof linger)
                                     : answer_number(asking, !options->linger);
}

/** @brief SO_ERROR is forgotten by being read. */
static NTSTATUS get_error(const struct asking *asking)
{
    uint32_t error = (uint32_t)asking->socket->error;
    NTSTATUS status = answer_number(asking, error);

    if (NT_SUCCESS(status)) {
        asking->socket->error = 0;
    }
    return status;
}

/** @brief FACT SOCK-68 silent clients: seconds since the connection was made,
 *  also while AcceptEx waits for its first data. */
static NTSTATUS get_connect_time(const struct asking *asking)
{
    enum { UNITS_PER_SECOND = 10000000 };
    const struct socket *socket = asking->socket;
    uint64_t since = sim__world.now - socket->connected_at;

    if (socket->protocol != NET_TCP) {
        return STATUS_WINSOCK(WSAENOPROTOOPT);
    }
    if (socket->tcp == NULL || socket->state == SOCKET_CONNECTING) {
        return answer_number(asking, UINT32_MAX);
    }
    return answer_number(asking, (uint32_t)(since / UNITS_PER_SECOND));
}

static NTSTATUS get_protocol(const struct asking *asking)
{
    WSAPROTOCOL_INFOW wide;
    WSAPROTOCOL_INFOA narrow;

    sim__protocol_describe(asking->socket, &wide);
    if (asking->name == SO_PROTOCOL_INFOW) {
        return answer(asking, &wide, sizeof wide);
    }
    sim__protocol_narrow(&wide, &narrow);
    return answer(asking, &narrow, sizeof narrow);
}

/** SO_BSP_STATE: both addresses, and behind them the memory of both. */
struct bsp_state {
    CSADDR_INFO info;
    struct sockaddr_storage local;
    struct sockaddr_storage remote;
};

static NTSTATUS get_state(const struct asking *asking)
{
    const struct socket *socket = asking->socket;
    const struct protocol *protocol = sim__protocol_of(socket);
    struct bsp_state *out = (struct bsp_state *)(void *)asking->value;
    struct bsp_state state = {
        .info = {.LocalAddr = {.lpSockaddr = (LPSOCKADDR)&out->local},
                 .RemoteAddr = {.lpSockaddr = (LPSOCKADDR)&out->remote},
                 .iSocketType = protocol->type,
                 .iProtocol = protocol->number},
    };

    if (socket->bound) {
        sim__address_write(&socket->local, &state.local);
        state.info.LocalAddr.iSockaddrLength = protocol->address_bytes_min;
    }
    if (socket->state == SOCKET_CONNECTED) {
        sim__address_write(&socket->remote, &state.remote);
        state.info.RemoteAddr.iSockaddrLength = protocol->address_bytes_min;
    }
    return answer(asking, &state, sizeof state);
}

/** @brief Options of a socket that are no plain numbers. */
static NTSTATUS get_of_socket(const struct asking *asking)
{
    const struct protocol *protocol = sim__protocol_of(asking->socket);

    switch (asking->name) {
    case SO_LINGER:
    case SO_DONTLINGER:
        return get_linger(asking);
    case SO_ERROR:
        return get_error(asking);
    case SO_TYPE:
        return answer_number(asking, (uint32_t)protocol->type);
    case SO_ACCEPTCONN:
        return answer_number(asking, asking->socket->state == SOCKET_LISTENING);
    case SO_CONNECT_TIME:
        return get_connect_time(asking);
    case SO_MAX_MSG_SIZE:
        /* FACT SOCK-111 for datagrams only. */
        return protocol->message_bytes == 0
                   ? STATUS_WINSOCK(WSAENOPROTOOPT)
                   : answer_number(asking, protocol->message_bytes);
    case SO_PROTOCOL_INFOA:
    case SO_PROTOCOL_INFOW:
        return get_protocol(asking);
    case SO_BSP_STATE:
        return get_state(asking);
    default:
        return STATUS_WINSOCK(WSAENOPROTOOPT);
    }
}

static NTSTATUS get(const struct asking *asking, int level)
{
    const struct option *option =
        sim__option_find(asking->socket, level, asking->name);

    if (asking->value == NULL || asking->bytes == NULL) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    if (option != NULL) {
        return answer_number(asking, sim__option_get(asking->socket, option));
    }
    switch (level) {
    case SOL_SOCKET:
        return get_of_socket(asking);
    case IPPROTO_IP:
    case IPPROTO_IPV6:
    case IPPROTO_TCP:
    case IPPROTO_UDP:
        return STATUS_WINSOCK(WSAENOPROTOOPT);
    default:
        return STATUS_WINSOCK(WSAEINVAL); /* No such level. */
    }
}

int WSAAPI
getsockopt(SOCKET number, int level, int name, char *value, int *bytes)
{
    struct asking asking = {.name = name, .value = value, .bytes = bytes};
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &asking.socket);
    if (NT_SUCCESS(status)) {
        status = get(&asking, level);
    }
    sim__after();
    return sim__wsa_result(status);
}
