/**
 * @file control_list.c
 * @brief Control codes that answer with addresses or functions.
 *
 * Uses:     control.h.
 * Used by:  control.c.
 * Facts:    SOCK-114, SOCK-115.
 * Read next: wsa_ioctl.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "control.h"

/* ---- Functions ----------------------------------------------------------- */

/** A function of any type. */
typedef void any_fn(void);

/** FACT SOCK-114 getting the extension functions. */
static const struct {
    GUID id;
    any_fn *function;
} extensions[] = {
    {WSAID_ACCEPTEX, (any_fn *)AcceptEx},
    {WSAID_CONNECTEX, (any_fn *)sim_ConnectEx},
    {WSAID_DISCONNECTEX, (any_fn *)sim_DisconnectEx},
    {WSAID_GETACCEPTEXSOCKADDRS, (any_fn *)GetAcceptExSockaddrs},
    {WSAID_TRANSMITFILE, (any_fn *)TransmitFile},
    {WSAID_WSARECVMSG, (any_fn *)sim_WSARecvMsg},
    {WSAID_WSASENDMSG, (any_fn *)WSASendMsg},
};

NTSTATUS sim__control_extension(struct control *control)
{
    GUID id;

    if (control->in == NULL || control->in_bytes < sizeof id) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    memcpy(&id, control->in, sizeof id);
    for (size_t at = 0; at < sizeof extensions / sizeof extensions[0]; at++) {
        if (memcmp(&extensions[at].id, &id, sizeof id) == 0) {
            return sim__control_answer(control,
                                       &extensions[at].function,
                                       sizeof extensions[at].function);
        }
    }
    return STATUS_WINSOCK(WSAEINVAL);
}

/* ---- Addresses ----------------------------------------------------------- */

enum { INTERFACE_COUNT = 2 };

/** @brief One interface with an IPv4 address and the bits of its network. */
static INTERFACE_INFO interface_of(const struct net_address *address,
                                   ULONG flags,
                                   unsigned mask_bytes)
{
    INTERFACE_INFO info = {.iiFlags = IFF_UP | IFF_MULTICAST | flags};
    struct net_address mask = {.family = NET_V4};
    struct net_address broadcast = {.family = NET_V4};

    memset(mask.bytes, 0xFF, mask_bytes);
    memset(broadcast.bytes, 0xFF, sizeof(ULONG));
    sim__address_write(address, &info.iiAddress);
    sim__address_write(&mask, &info.iiNetmask);
    sim__address_write(&broadcast, &info.iiBroadcastAddress);
    return info;
}

NTSTATUS sim__control_interfaces(struct control *control)
{
    const struct net_address loopback = sim__address_loopback(NET_V4, 0);
    const INTERFACE_INFO list[INTERFACE_COUNT] = {
        interface_of(&control->socket->host->v4, IFF_BROADCAST, 1),
        interface_of(&loopback, IFF_LOOPBACK, 1),
    };

    /* FACT SOCK-115 too small an output buffer is WSAEFAULT. */
    return sim__control_answer(control, list, sizeof list);
}

NTSTATUS sim__control_addresses(struct control *control)
{
    const struct socket *socket = control->socket;
    const struct net_address *address =
        socket->family == NET_V6 ? &socket->host->v6 : &socket->host->v4;
    SOCKET_ADDRESS_LIST *list = control->out;
    size_t bytes = sizeof *list + sizeof(struct sockaddr_in6);

    /* One address, which stands behind the list that points to it. */
    if (list == NULL || control->out_bytes < bytes) {
        control->bytes = bytes; /* So much is needed. */
        return STATUS_BUFFER_TOO_SMALL;
    }
    list->iAddressCount = 1;
    list->Address[0].lpSockaddr = (LPSOCKADDR)(void *)(list + 1);
    list->Address[0].iSockaddrLength =
        sim__address_bytes((enum net_family)address->family);
    sim__address_write(address, list + 1);
    control->bytes = bytes;
    return STATUS_SUCCESS;
}

NTSTATUS sim__control_route(struct control *control)
{
    struct socket *socket = control->socket;
    struct net_address to;
    struct net_address from;
    struct sockaddr_storage name = {0};
    NTSTATUS status =
        sim__wsa_read_name(control->in, (int)control->in_bytes, socket, &to);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (sim__host_at(socket->host, &to) == NULL) {
        return STATUS_NETWORK_UNREACHABLE;
    }
    from = sim__host_source(socket->host, &to);
    from.port = 0;
    sim__address_write(&from, &name);
    return sim__control_answer(
        control,
        &name,
        (size_t)sim__address_bytes((enum net_family)from.family));
}
