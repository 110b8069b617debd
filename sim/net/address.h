/**
 * @file address.h
 * @brief Where a socket is: family, address and port.
 *
 * Winsock hands addresses over as bytes in several shapes.  The model has one
 * shape for all of them, and this file is the only place that knows both.
 *
 * Uses:     object.h (types of Windows).
 * Used by:  every file of sim/net and sim/winsock.
 * Facts:    SOCK-92.
 * Read next: address.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_ADDRESS_H
#define SIM_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Which internet. */
enum net_family { NET_NONE, NET_V4, NET_V6 };

/** An address; compare with the functions below, padding is undefined. */
struct net_address {
    uint8_t family;    /**< An enum net_family. */
    uint16_t port;     /**< As a number; 0: none. */
    uint32_t scope;    /**< IPv6: which interface, or 0. */
    uint8_t bytes[16]; /**< As on the wire; IPv4 uses the first four. */
};

/** What reading a sockaddr can come to. */
enum address_answer {
    ADDRESS_READ,
    ADDRESS_SHORT,       /**< Fewer bytes than its family needs: WSAEFAULT. */
    ADDRESS_OTHER_FAMILY /**< Another family than wanted: WSAEAFNOSUPPORT. */
};

/**
 * @brief Read a program's sockaddr.
 * @param name    What the program passed; not NULL.
 * @param bytes   How long it says that is.
 * @param wanted  The socket's family; NET_NONE takes both.
 */
enum address_answer sim__address_read(const void *name,
                                      int bytes,
                                      enum net_family wanted,
                                      struct net_address *out);

/** @brief Bytes of a sockaddr of that family: 16 or 28. */
int sim__address_bytes(enum net_family family);

/** @brief Write a sockaddr; @p out has sim__address_bytes() bytes. */
void sim__address_write(const struct net_address *address, void *out);

/** @brief The address 0.0.0.0 or :: with a port. */
struct net_address sim__address_any(enum net_family family, uint16_t port);

/** @brief The address 127.0.0.1 or ::1 with a port. */
struct net_address sim__address_loopback(enum net_family family, uint16_t port);

/** @brief Whether it is 0.0.0.0 or ::. */
bool sim__address_is_any(const struct net_address *address);

/** @brief Whether it is in 127.0.0.0/8, or ::1. */
bool sim__address_is_loopback(const struct net_address *address);

/** @brief Whether two have the same family and bytes; ports do not count. */
bool sim__address_same_host(const struct net_address *one,
                            const struct net_address *two);

/** @brief An IPv4 address mapped into IPv6 as IPv4, any other as it
 *  is: sockets without IPV6_V6ONLY. */
struct net_address sim__address_unmap(const struct net_address *address);

/** @brief An IPv4 address in IPv6 clothes; any other as it is. */
struct net_address sim__address_map(const struct net_address *address);

/** @brief Whether it is an IPv4 address in IPv6 clothes. */
bool sim__address_is_mapped(const struct net_address *address);

/** @brief Whether two have the same family, bytes and port. */
bool sim__address_same(const struct net_address *one,
                       const struct net_address *two);

/* ---- address_text.c ------------------------------------------------------ */

/** @brief Write "10.0.0.1:80" or "[fd00::1]:80".
 *  @return @p out, of at least SIM_ADDRESS_TEXT bytes. */
const char *sim__address_text(const struct net_address *address, char *out);

/** @brief Write "10.0.0.1" or "fd00::1"; as sim__address_text. */
const char *sim__address_host_text(const struct net_address *address,
                                   char *out);

/** @brief Read "10.0.0.1", all of it; @p out has 4 bytes. */
bool sim__address_parse_v4(const char *text, uint8_t *out);

/** @brief Read "fd00::1", all of it; @p out has 16 bytes. */
bool sim__address_parse_v6(const char *text, uint8_t *out);

enum { SIM_ADDRESS_TEXT = 64 };

#endif
