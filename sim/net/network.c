/**
 * @file network.c
 * @brief The hosts of a world and their addresses.
 *
 * Uses:     network.h.
 * Used by:  sim/net, sim/winsock.
 * Facts:    SOCK-121.
 * Read next: link.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "network.h"

#include <stdio.h>
#include <string.h>

enum {
    HOSTS_MAX = 65535, /* A number fits in an object's header. */
    NET_10 = 10,       /* 10.0.0.0/8 */
    NET_FD = 0xfd      /* fd00::/8 */
};

struct network *sim__network(void)
{
    struct network *network = sim__world.network;

    if (network == NULL) {
        network = sim__take(sizeof *network);
        memset(network, 0, sizeof *network);
        sim__world.network = network;
        (void)sim__host_make();
        network->named = 1;
        sim__network_plan(network);
    }
    return network;
}

/** @brief Its addresses: the number in the last bytes. */
static void give_addresses(struct host *host)
{
    struct net_address *v4 = &host->v4;
    struct net_address *v6 = &host->v6;

    v4->family = NET_V4;
    v4->bytes[0] = NET_10;
    v4->bytes[2] = (uint8_t)(host->number >> 8);
    v4->bytes[3] = (uint8_t)host->number;
    v6->family = NET_V6;
    v6->bytes[0] = NET_FD;
    v6->bytes[14] = (uint8_t)(host->number >> 8);
    v6->bytes[15] = (uint8_t)host->number;
}

/** @brief Make room for one host more in the table. */
static void grow_table(struct network *network)
{
    uint32_t grown = network->table_max == 0 ? 8 : network->table_max * 2;
    struct host **table = sim__take(grown * sizeof *table);

    if (network->table != NULL) {
        memcpy(table, network->table, network->count * sizeof *table);
        sim__give(network->table, network->table_max * sizeof *table);
    }
    network->table = table;
    network->table_max = grown;
}

struct host *sim__host_make(void)
{
    struct network *network = sim__world.network;
    struct host *host;
    char name[16];
    int length;

    if (network->count == HOSTS_MAX) {
        sim__stop(SIM_REFUSED,
                  "a world has at most %d hosts: use fewer",
                  (int)HOSTS_MAX);
    }
    if (network->count == network->table_max) {
        grow_table(network);
    }
    host = sim__take(sizeof *host);
    memset(host, 0, sizeof *host);
    host->number = ++network->count;
    host->up = true;
    length = snprintf(name, sizeof name, "host%u", (unsigned)host->number);
    host->name =
        memcpy(sim__take((size_t)length + 1), name, (size_t)length + 1);
    give_addresses(host);
    network->table[host->number - 1] = host;
    if (network->last == NULL) {
        network->first = host;
    } else {
        network->last->next = host;
    }
    network->last = host;
    return host;
}

struct host *sim__host_first(void)
{
    return sim__network()->first;
}

struct host *sim__host_find(uint32_t number)
{
    const struct network *network = sim__network();

    return number - 1 < network->count ? network->table[number - 1] : NULL;
}

struct host *sim__host_here(void)
{
    struct host *host = sim__world.current->host;

    return host != NULL ? host : sim__host_first();
}

/** @brief Which host has an address of the common networks; 0: none can. */
static uint32_t number_of(const struct net_address *plain)
{
    static const uint8_t zero[16] = {0};
    const uint8_t *bytes = plain->bytes;

    if (plain->family == NET_V4) {
        return bytes[0] == NET_10 && bytes[1] == 0
                   ? (uint32_t)bytes[2] << 8 | bytes[3]
                   : 0;
    }
    return bytes[0] == NET_FD && memcmp(bytes + 1, zero, 13) == 0
               ? (uint32_t)bytes[14] << 8 | bytes[15]
               : 0;
}

struct host *sim__host_at(struct host *from, const struct net_address *address)
{
    struct net_address plain = sim__address_unmap(address);
    uint32_t number;

    if (sim__address_is_loopback(&plain)) {
        return from;
    }
    number = number_of(&plain);
    if (number == from->number) {
        return from;
    }
    return number == 0 ? NULL : sim__host_find(number);
}

bool sim__address_is_near(const struct net_address *address)
{
    struct net_address plain = sim__address_unmap(address);

    return plain.bytes[0] == (plain.family == NET_V4 ? NET_10 : NET_FD);
}

struct net_address sim__host_source(struct host *from,
                                    const struct net_address *to)
{
    struct net_address plain = sim__address_unmap(to);

    if (sim__address_is_loopback(&plain)) {
        return sim__address_loopback((enum net_family)plain.family, 0);
    }
    return plain.family == NET_V4 ? from->v4 : from->v6;
}
