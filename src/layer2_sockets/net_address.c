/**
 * @file net_address.c
 * @brief Layer 2: addresses as text.
 *
 * People write addresses, Winsock wants structs of two families.  The text is
 * the one that people know, and what is written here can be read here.
 *
 * Uses:     net_stream.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: net_stream_private.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_stream.h"

#include <string.h>
#include <ws2tcpip.h>

/** @brief Read a port.  @return Whether the text is one, and nothing else. */
static bool read_port(const char *text, uint16_t *port_out)
{
    uint32_t port = 0;
    size_t length = strlen(text);

    if (length == 0 || length > 5) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9') {
            return false;
        }
        port = port * 10 + (uint32_t)(text[i] - '0');
    }
    *port_out = (uint16_t)port;
    return port <= UINT16_MAX;
}

op_status net_address_read(struct net_address *address_out, const char *text)
{
    struct net_address address = {0};
    struct sockaddr_in *four = (struct sockaddr_in *)(void *)&address.any;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)(void *)&address.any;
    char host[NET_ADDRESS_TEXT_BYTES];
    bool is_six;
    const char *end;
    size_t length;
    uint16_t port;

    IOCP_ASSERT(address_out != NULL && text != NULL);
    is_six = *text == '[';
    text += is_six ? 1 : 0;
    end = strchr(text, is_six ? ']' : ':');
    length = end == NULL ? sizeof host : (size_t)(end - text);
    if (length >= sizeof host || (is_six && end[1] != ':') ||
        !read_port(end + (is_six ? 2 : 1), &port)) {
        return OP_INVALID;
    }
    memcpy(host, text, length);
    host[length] = '\0';
    if (inet_pton(is_six ? AF_INET6 : AF_INET,
                  host,
                  is_six ? (void *)&six->sin6_addr : (void *)&four->sin_addr) !=
        1) {
        return OP_INVALID;
    }
    /* Both families have the port in the same place. */
    address.any.ss_family = is_six ? AF_INET6 : AF_INET;
    four->sin_port = htons(port);
    address.bytes = (INT)(is_six ? sizeof *six : sizeof *four);
    *address_out = address;
    return OP_OK;
}

uint16_t net_address_port(const struct net_address *address)
{
    IOCP_ASSERT(address != NULL);
    IOCP_ASSERT(address->any.ss_family == AF_INET ||
                address->any.ss_family == AF_INET6);
    return ntohs(
        ((const struct sockaddr_in *)(const void *)&address->any)->sin_port);
}

/** @brief Append a number to a text.  @return The text's end. */
static char *write_number(char *text, unsigned number)
{
    unsigned unit = 1;

    while (unit <= number / 10) {
        unit *= 10;
    }
    for (; unit > 0; unit /= 10) {
        *text++ = (char)('0' + number / unit % 10);
    }
    *text = '\0';
    return text;
}

const char *net_address_write(const struct net_address *address, char *text_out)
{
    const struct sockaddr_in *four;
    const struct sockaddr_in6 *six;
    bool is_six;
    const void *host;
    char *text = text_out;

    IOCP_ASSERT(address != NULL && text_out != NULL);
    four = (const struct sockaddr_in *)(const void *)&address->any;
    six = (const struct sockaddr_in6 *)(const void *)&address->any;
    is_six = address->any.ss_family == AF_INET6;
    host = is_six ? (const void *)&six->sin6_addr : &four->sin_addr;
    if (is_six) {
        *text++ = '[';
    }
    if ((!is_six && address->any.ss_family != AF_INET) ||
        inet_ntop(address->any.ss_family,
                  (void *)(uintptr_t)host,
                  text,
                  INET6_ADDRSTRLEN) == NULL) {
        memcpy(text_out, "?", 2);
        return text_out;
    }
    text += strlen(text);
    memcpy(text, "]:", 3);
    if (!is_six) {
        *text = ':';
    }
    (void)write_number(text + (is_six ? 2 : 1), net_address_port(address));
    return text_out;
}
