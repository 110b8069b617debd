/**
 * @file ports.c
 * @brief Who has which port of a host.
 *
 * A bound socket stands at a **place**: a local address with a port.  Places
 * are found by hashing, so it makes no difference whether a host has two
 * sockets or a million.  The wildcard's place of a port also counts how many
 * other places have that port, which is all that a conflict between the two
 * can depend on.
 *
 * Uses:     port_place.h.
 * Used by:  socket.c, TCP and UDP.
 * Facts:    none.
 * Read next: port_find.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "port_place.h"

enum { BUCKETS_MIN = 16 };

/** How a socket wants to share its port. */
enum sharing { SHARE_DEFAULT, SHARE_REUSE, SHARE_EXCLUSIVE };

/* ---- Places -------------------------------------------------------------- */

static uint32_t hash(const struct net_address *address)
{
    uint64_t words[2] = {0, 0};
    uint64_t mixed;

    memcpy(words, address->bytes, address->family == NET_V6 ? 16 : 4);
    mixed = words[0] ^ (words[1] * UINT64_C(0xff51afd7ed558ccd)) ^
            ((uint64_t)address->port << 40) ^ address->family;
    mixed *= UINT64_C(0x9e3779b97f4a7c15);
    mixed ^= mixed >> 32;
    mixed *= UINT64_C(0xc4ceb9fe1a85ec53);
    return (uint32_t)(mixed >> 32);
}

static struct port_place **bucket(const struct port_table *table,
                                  const struct net_address *address)
{
    return &table->buckets[hash(address) & (table->bucket_count - 1)];
}

/** @brief As sim__address_same(), but with nothing to call for IPv4. */
static bool same(const struct net_address *one, const struct net_address *two)
{
    uint32_t words[2];

    if (one->port != two->port || one->family != two->family) {
        return false;
    }
    if (one->family == NET_V6) {
        return memcmp(one->bytes, two->bytes, sizeof one->bytes) == 0;
    }
    memcpy(&words[0], one->bytes, sizeof words[0]);
    memcpy(&words[1], two->bytes, sizeof words[1]);
    return words[0] == words[1];
}

struct port_place *sim__place_find(const struct port_table *table,
                                   const struct net_address *address)
{
    struct port_place *place = *bucket(table, address);

    while (place != NULL && !same(&place->address, address)) {
        place = place->next;
    }
    return place;
}

static void set_buckets(struct port_table *table, uint32_t count)
{
    table->buckets = sim__take(count * sizeof(struct port_place *));
    table->bucket_count = count;
    memset(table->buckets, 0, count * sizeof(struct port_place *));
}

static void grow(struct port_table *table)
{
    struct port_place **old = table->buckets;
    uint32_t count = table->bucket_count;

    set_buckets(table, count * 2);
    for (uint32_t at = 0; at < count; at++) {
        struct port_place *next;

        for (struct port_place *place = old[at]; place != NULL; place = next) {
            struct port_place **to = bucket(table, &place->address);

            next = place->next;
            place->next = *to;
            *to = place;
        }
    }
    sim__give(old, count * sizeof(struct port_place *));
}

static struct port_place *find_or_make(struct port_table *table,
                                       const struct net_address *address)
{
    struct port_place *place = sim__place_find(table, address);
    struct port_place **to;

    if (place != NULL) {
        return place;
    }
    if (table->place_count == table->bucket_count) {
        grow(table);
    }
    to = bucket(table, address);
    place = sim__take(sizeof *place);
    *place = (struct port_place){.address = *address, .next = *to};
    *to = place;
    table->place_count++;
    return place;
}

/** @brief Forget a place that nobody uses any more. */
static void forget_if_free(struct port_table *table, struct port_place *place)
{
    struct port_place **link;

    if (sim__place_used(place) || place->specific != 0) {
        return;
    }
    link = bucket(table, &place->address);
    /* BOUND: the place is in its bucket. */
    while (*link != place) {
        link = &(*link)->next;
    }
    *link = place->next;
    table->place_count--;
    sim__give(place, sizeof *place);
}

static struct port_table *table_of(struct host *host,
                                   enum net_protocol protocol)
{
    struct port_table *table = host->ports[protocol];

    if (table == NULL) {
        table = sim__take(sizeof *table);
        memset(table, 0, sizeof *table);
        set_buckets(table, BUCKETS_MIN);
        host->ports[protocol] = table;
    }
    return table;
}

/* ---- May two be bound to one port? --------------------------------------- */

static enum sharing sharing_of(const struct socket *socket)
{
    return socket->options.exclusive ? SHARE_EXCLUSIVE
           : socket->options.reuse   ? SHARE_REUSE
                                     : SHARE_DEFAULT;
}

static bool is_dual(const struct socket *socket,
                    const struct net_address *address)
{
    return socket->family == NET_V6 && !socket->options.v6_only &&
           address->family == NET_V6 && sim__address_is_any(address);
}

/** @brief Both want the same address. */
static NTSTATUS beside(enum sharing first, enum sharing second)
{
    if (second != SHARE_REUSE) {
        return STATUS_ADDRESS_ALREADY_EXISTS;
    }
    return first == SHARE_REUSE ? STATUS_SUCCESS : STATUS_ACCESS_DENIED;
}

/** @brief The first has the wildcard; the second wants what is said here. */
static NTSTATUS beside_wildcard(const struct port_place *first,
                                enum sharing second,
                                bool wildcard)
{
    if (wildcard) {
        return beside(first->sharing, second);
    }
    return first->sharing == SHARE_EXCLUSIVE ? STATUS_ACCESS_DENIED
                                             : STATUS_SUCCESS;
}

/**
 * @brief Check one bind against one family's sockets.
 *
 * This is the table "same user account" of Microsoft's page about
 * SO_REUSEADDR and SO_EXCLUSIVEADDRUSE: a wildcard and a specific address get
 * along unless one of them comes first, or last, and is exclusive.
 */
static NTSTATUS check(const struct port_table *table,
                      const struct net_address *address,
                      enum sharing second)
{
    struct net_address any = sim__address_any(address->family, address->port);
    struct net_address any_v6 = sim__address_any(NET_V6, address->port);
    const struct port_place *place = sim__place_find(table, address);
    const struct port_place *wild = sim__place_find(table, &any);
    const struct port_place *dual =
        address->family == NET_V4 ? sim__place_find(table, &any_v6) : NULL;
    bool wildcard = sim__address_is_any(address);
    NTSTATUS status = STATUS_SUCCESS;

    if (sim__place_used(place)) {
        status = beside(place->sharing, second);
    }
    if (NT_SUCCESS(status) && !wildcard && sim__place_used(wild)) {
        status = beside_wildcard(wild, second, false);
    }
    if (NT_SUCCESS(status) && dual != NULL && dual->dual != 0) {
        status = beside_wildcard(dual, second, wildcard);
    }
    if (NT_SUCCESS(status) && wildcard && second == SHARE_EXCLUSIVE &&
        wild != NULL && wild->specific != 0) {
        status = STATUS_ADDRESS_ALREADY_EXISTS;
    }
    return status;
}

/** @brief Check a bind; a socket for both families against both. */
static NTSTATUS check_all(const struct port_table *table,
                          const struct net_address *address,
                          const struct socket *socket)
{
    enum sharing sharing = sharing_of(socket);
    NTSTATUS status = check(table, address, sharing);

    if (NT_SUCCESS(status) && is_dual(socket, address)) {
        struct net_address v4 = sim__address_any(NET_V4, address->port);

        status = check(table, &v4, sharing);
    }
    return status;
}

/* ---- Binding ------------------------------------------------------------- */

/** @brief Whether an address is one of the host's own. */
static bool is_local(const struct host *host, const struct net_address *address)
{
    return sim__address_is_any(address) || sim__address_is_loopback(address) ||
           sim__address_same_host(address, &host->v4) ||
           sim__address_same_host(address, &host->v6);
}

/** @brief The ports from 49152 on that are in use at an address. */
static struct port_set *taken_at(struct port_table *table,
                                 const struct net_address *address)
{
    struct net_address key = *address;
    struct port_place *place;

    key.port = 0;
    place = find_or_make(table, &key);
    if (place->u.taken == NULL) {
        place->u.taken = sim__take(sizeof *place->u.taken);
        memset(place->u.taken, 0, sizeof *place->u.taken);
    }
    return place->u.taken;
}

/** @brief Something changed at an address: which of its kind are in use? */
static void note_use(struct port_table *table,
                     const struct net_address *address)
{
    struct net_address v4 = sim__address_any(NET_V4, address->port);
    struct net_address v6 = sim__address_any(NET_V6, address->port);
    const struct port_place *wild_v4;
    const struct port_place *wild_v6;

    if (address->port < PORT_EPHEMERAL_FIRST) {
        return;
    }
    wild_v4 = sim__place_find(table, &v4);
    wild_v6 = sim__place_find(table, &v6);
    /* Both families together: nobody misses a port for that. */
    sim__port_set_put(&table->wildcards,
                      address->port,
                      sim__place_used(wild_v4) || sim__place_used(wild_v6));
    sim__port_set_put(&table->anywhere,
                      address->port,
                      wild_v4 != NULL || wild_v6 != NULL);
    if (!sim__address_is_any(address)) {
        sim__port_set_put(taken_at(table, address),
                          address->port,
                          sim__place_used(sim__place_find(table, address)));
    }
}

/** @brief Put a socket at its place, behind the others that are there. */
static void enter(struct port_table *table,
                  const struct net_address *address,
                  struct socket *socket)
{
    struct port_place *place = find_or_make(table, address);

    if (!sim__place_used(place) && !sim__address_is_any(address)) {
        struct net_address any =
            sim__address_any(address->family, address->port);

        find_or_make(table, &any)->specific++;
    }
    place->sharing = (uint8_t)sharing_of(socket);
    place->dual += is_dual(socket, address);
    socket->place = place;
    socket->place_next = NULL;
    if (place->u.first == NULL) {
        place->u.first = socket;
        socket->place_last = socket;
    } else {
        socket->place_last = place->u.first->place_last;
        socket->place_last->place_next = socket;
        place->u.first->place_last = socket;
    }
    note_use(table, address);
}

/** @brief The place lost a socket or a connection; forget what is empty. */
static void left(struct port_table *table, struct port_place *place)
{
    struct net_address address = place->address;

    if (sim__place_used(place)) {
        return;
    }
    if (!sim__address_is_any(&address)) {
        struct net_address any = sim__address_any(address.family, address.port);
        struct port_place *wild = sim__place_find(table, &any);

        wild->specific--;
        forget_if_free(table, wild);
    }
    forget_if_free(table, place);
    note_use(table, &address);
}

/** @brief Find a port for a bind without one, or 0. */
static uint16_t find_ephemeral(struct port_table *table,
                               const struct net_address *address)
{
    if (sim__address_is_any(address)) {
        return sim__port_set_find(&table->anywhere, NULL, &table->next);
    }
    return sim__port_set_find(taken_at(table, address),
                              &table->wildcards,
                              &table->next);
}

NTSTATUS sim__port_bind(struct host *host,
                        enum net_protocol protocol,
                        struct net_address *address,
                        struct socket *socket)
{
    struct port_table *table = table_of(host, protocol);
    struct net_address plain = sim__address_unmap(address);

    if (!is_local(host, &plain) ||
        (plain.family != socket->family && socket->options.v6_only)) {
        return STATUS_INVALID_ADDRESS;
    }
    if (plain.port == 0) {
        plain.port = find_ephemeral(table, &plain);
        if (plain.port == 0) {
            /* LIMIT-09: there are 16,384 of them. */
            return STATUS_TOO_MANY_ADDRESSES;
        }
        address->port = plain.port;
    } else {
        NTSTATUS status = check_all(table, &plain, socket);

        if (!NT_SUCCESS(status)) {
            return status;
        }
    }
    enter(table, &plain, socket);
    return STATUS_SUCCESS;
}

void sim__port_share(struct socket *accepted, const struct socket *listener)
{
    /* Only a connection accepted on an exclusive port keeps others off it
     * when the listener is gone: the page named above. */
    if (listener->place != NULL &&
        listener->place->sharing == SHARE_EXCLUSIVE) {
        accepted->place = listener->place;
        accepted->place_shared = true;
        accepted->place->held++;
    }
}

/** @brief Take a socket out of the list of its place. */
static void leave(struct port_place *place, struct socket *socket)
{
    struct socket *before = NULL;

    /* BOUND: the socket is in the list; more than one is there only with
     * SO_REUSEADDR. */
    for (struct socket *at = place->u.first; at != socket;
         at = at->place_next) {
        before = at;
    }
    if (before == NULL) {
        place->u.first = socket->place_next;
        if (place->u.first != NULL) {
            place->u.first->place_last = socket->place_last;
        }
        return;
    }
    before->place_next = socket->place_next;
    if (place->u.first->place_last == socket) {
        place->u.first->place_last = before;
    }
}

void sim__port_unbind(struct host *host,
                      enum net_protocol protocol,
                      struct socket *socket)
{
    struct port_place *place = socket->place;

    if (place == NULL) {
        return;
    }
    socket->place = NULL;
    if (socket->place_shared) {
        socket->place_shared = false;
        place->held--;
    } else {
        leave(place, socket);
        place->dual -= is_dual(socket, &place->address);
    }
    left(host->ports[protocol], place);
}
