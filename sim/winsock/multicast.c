/**
 * @file multicast.c
 * @brief Options that few programs set: their memory, and groups.
 *
 * Who joins a multicast group hears what is sent to its address.  Here the
 * list is kept; who sends asks it.
 *
 * Uses:     rare.h, device.h.
 * Used by:  option.c, setsockopt.c, sim/net.
 * Facts:    none.
 * Read next: option.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "device.h"
#include "rare.h"

const struct rare sim__rare_defaults = {
    .hops = 128,
    .multicast_hops = 1,
    .multicast_loop = true,
    .protection = PROTECTION_LEVEL_UNRESTRICTED,
    .probes = 10,
};

struct rare *sim__rare_make(struct socket *socket)
{
    if (socket->rare == NULL) {
        socket->rare = sim__take(sizeof *socket->rare);
        *socket->rare = sim__rare_defaults;
    }
    return socket->rare;
}

void sim__rare_give(struct socket *socket)
{
    if (socket->rare == NULL) {
        return;
    }
    /* BOUND: each turn forgets one membership. */
    while (socket->rare->groups != NULL) {
        struct membership *first = socket->rare->groups;

        socket->rare->groups = first->next;
        sim__give(first, sizeof *first);
    }
    sim__give(socket->rare, sizeof *socket->rare);
    socket->rare = NULL;
}

/** @brief Read an ip_mreq or ipv6_mreq. */
static NTSTATUS read_group(const struct group_change *change,
                           struct net_address *out)
{
    bool is_v6 = change->level == IPPROTO_IPV6;
    size_t bytes = is_v6 ? sizeof(IPV6_MREQ) : sizeof(IP_MREQ);

    memset(out, 0, sizeof *out);
    if (change->value == NULL || change->bytes < (int)bytes) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    /* The group stands first in both. */
    memcpy(out->bytes, change->value, is_v6 ? sizeof(IN6_ADDR) : sizeof(ULONG));
    out->family = is_v6 ? NET_V6 : NET_V4;
    if (is_v6 ? out->bytes[0] != 0xFF : out->bytes[0] >> 4 != 0xE) {
        return STATUS_WINSOCK(WSAEADDRNOTAVAIL); /* No multicast address. */
    }
    return STATUS_SUCCESS;
}

/** @brief The link that holds a membership, or the NULL at the end. */
static struct membership **find(struct rare *rare,
                                const struct net_address *group)
{
    struct membership **link = &rare->groups;

    while (*link != NULL && !sim__address_same_host(&(*link)->group, group)) {
        link = &(*link)->next;
    }
    return link;
}

NTSTATUS sim__group_change(struct socket *socket,
                           const struct group_change *change)
{
    struct net_address group;
    struct membership **link;
    struct membership *member;
    NTSTATUS status = read_group(change, &group);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (socket->protocol != NET_UDP ||
        (socket->family == NET_V6) != (change->level == IPPROTO_IPV6)) {
        return STATUS_WINSOCK(WSAENOPROTOOPT);
    }
    link = find(sim__rare_make(socket), &group);
    member = *link;
    if (change->join != (member == NULL)) {
        /* Joined already, or never. */
        return STATUS_WINSOCK(change->join ? WSAEINVAL : WSAEADDRNOTAVAIL);
    }
    if (change->join) {
        member = sim__take(sizeof *member);
        *member = (struct membership){.group = group};
        *link = member;
    } else {
        *link = member->next;
        sim__give(member, sizeof *member);
    }
    return STATUS_SUCCESS;
}

bool sim__multicast_joined(const struct socket *socket,
                           const struct net_address *group)
{
    return socket->rare != NULL && *find(socket->rare, group) != NULL;
}
