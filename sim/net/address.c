/**
 * @file address.c
 * @brief Between Winsock's bytes and the model's addresses.
 *
 * A sockaddr is a family, a port with its bytes turned round, and an address
 * whose place depends on the family.  Nothing but this file knows those
 * places, so the rest of the model compares addresses and never casts.
 *
 * Uses:     address.h.
 * Used by:  every file of sim/net and sim/winsock.
 * Facts:    none.
 * Read next: address_text.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "address.h"

#include <string.h>

/** Families as programs write them. */
enum { FAMILY_V4 = 2, FAMILY_V6 = 23 };

/** Where things are in a sockaddr_in and a sockaddr_in6. */
enum { AT_PORT = 2, AT_V4 = 4, AT_V6 = 8, AT_SCOPE = 24 };

/** Sizes of the two, and of the addresses in them. */
enum { BYTES_V4 = 16, BYTES_V6 = 28, HOST_V4 = 4, HOST_V6 = 16 };

/** The part of ::ffff:0:0/96 before the IPv4 address. */
static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};

int sim__address_bytes(enum net_family family)
{
    return family == NET_V6 ? BYTES_V6 : BYTES_V4;
}

static enum net_family family_of(uint16_t number)
{
    return number == FAMILY_V4   ? NET_V4
           : number == FAMILY_V6 ? NET_V6
                                 : NET_NONE;
}

enum address_answer sim__address_read(const void *name,
                                      int bytes,
                                      enum net_family wanted,
                                      struct net_address *out)
{
    const uint8_t *from = name;
    enum net_family family;
    uint16_t number;

    if (bytes < (int)sizeof number ||
        (wanted != NET_NONE && bytes < sim__address_bytes(wanted))) {
        return ADDRESS_SHORT;
    }
    memcpy(&number, from, sizeof number);
    family = family_of(number);
    if (family == NET_NONE || (wanted != NET_NONE && family != wanted)) {
        return ADDRESS_OTHER_FAMILY;
    }
    if (bytes < sim__address_bytes(family)) {
        return ADDRESS_SHORT;
    }
    memset(out, 0, sizeof *out);
    out->family = (uint8_t)family;
    out->port = (uint16_t)(from[AT_PORT] << 8 | from[AT_PORT + 1]);
    if (family == NET_V4) {
        memcpy(out->bytes, from + AT_V4, HOST_V4);
    } else {
        memcpy(out->bytes, from + AT_V6, HOST_V6);
        memcpy(&out->scope, from + AT_SCOPE, sizeof out->scope);
    }
    return ADDRESS_READ;
}

void sim__address_write(const struct net_address *address, void *out)
{
    uint8_t *to = out;
    uint16_t number = address->family == NET_V6 ? FAMILY_V6 : FAMILY_V4;

    memset(to, 0, (size_t)sim__address_bytes(address->family));
    memcpy(to, &number, sizeof number);
    to[AT_PORT] = (uint8_t)(address->port >> 8);
    to[AT_PORT + 1] = (uint8_t)address->port;
    if (address->family == NET_V6) {
        memcpy(to + AT_V6, address->bytes, HOST_V6);
        memcpy(to + AT_SCOPE, &address->scope, sizeof address->scope);
    } else {
        memcpy(to + AT_V4, address->bytes, HOST_V4);
    }
}

struct net_address sim__address_any(enum net_family family, uint16_t port)
{
    return (struct net_address){.family = (uint8_t)family, .port = port};
}

struct net_address sim__address_loopback(enum net_family family, uint16_t port)
{
    struct net_address address = sim__address_any(family, port);

    if (family == NET_V6) {
        address.bytes[HOST_V6 - 1] = 1;
    } else {
        address.bytes[0] = 127;
        address.bytes[HOST_V4 - 1] = 1;
    }
    return address;
}

static size_t host_bytes(const struct net_address *address)
{
    return address->family == NET_V6 ? HOST_V6 : HOST_V4;
}

bool sim__address_is_any(const struct net_address *address)
{
    static const uint8_t none[HOST_V6];

    return memcmp(address->bytes, none, host_bytes(address)) == 0;
}

bool sim__address_is_loopback(const struct net_address *address)
{
    struct net_address loopback;

    if (address->family == NET_V4) {
        return address->bytes[0] == 127;
    }
    loopback = sim__address_loopback(NET_V6, 0);
    return sim__address_same_host(address, &loopback);
}

bool sim__address_same_host(const struct net_address *one,
                            const struct net_address *two)
{
    return one->family == two->family &&
           memcmp(one->bytes, two->bytes, host_bytes(one)) == 0;
}

bool sim__address_same(const struct net_address *one,
                       const struct net_address *two)
{
    return one->port == two->port && sim__address_same_host(one, two);
}

bool sim__address_is_mapped(const struct net_address *address)
{
    return address->family == NET_V6 &&
           memcmp(address->bytes, mapped, sizeof mapped) == 0;
}

struct net_address sim__address_unmap(const struct net_address *address)
{
    struct net_address plain;

    if (!sim__address_is_mapped(address)) {
        return *address;
    }
    plain = sim__address_any(NET_V4, address->port);
    memcpy(plain.bytes, address->bytes + sizeof mapped, HOST_V4);
    return plain;
}

struct net_address sim__address_map(const struct net_address *address)
{
    struct net_address dressed;

    if (address->family != NET_V4) {
        return *address;
    }
    dressed = sim__address_any(NET_V6, address->port);
    memcpy(dressed.bytes, mapped, sizeof mapped);
    memcpy(dressed.bytes + sizeof mapped, address->bytes, HOST_V4);
    return dressed;
}
