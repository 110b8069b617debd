/**
 * @file addr_text.c
 * @brief Addresses to text and back, and the order of bytes.
 *
 * None of these touches anything that threads share, so none of them is a
 * choice point.
 *
 * Uses:     name_area.h.
 * Used by:  layers, programs.
 * Facts:    none.
 * Read next: ../explore/run.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "name_area.h"

/* ---- The order of bytes -------------------------------------------------- */

/* Windows runs on machines that keep the low byte first, and so does what is
 * simulated, wherever it runs. */

u_short WSAAPI htons(u_short number)
{
    return (u_short)(number << 8 | number >> 8);
}

u_short WSAAPI ntohs(u_short number)
{
    return htons(number);
}

u_long WSAAPI htonl(u_long number)
{
    return (number & 0xFF) << 24 | (number & 0xFF00) << 8 |
           (number >> 8 & 0xFF00) | number >> 24;
}

u_long WSAAPI ntohl(u_long number)
{
    return htonl(number);
}

/* ---- One address, one text ----------------------------------------------- */

static enum net_family family_of(INT family)
{
    return family == AF_INET ? NET_V4 : family == AF_INET6 ? NET_V6 : NET_NONE;
}

INT WSAAPI inet_pton(INT family, PCSTR text, PVOID out)
{
    if (family_of(family) == NET_NONE) {
        return sim__wsa_fail(WSAEAFNOSUPPORT);
    }
    if (text == NULL || out == NULL) {
        return sim__wsa_fail(WSAEFAULT);
    }
    return family == AF_INET ? sim__address_parse_v4(text, out)
                             : sim__address_parse_v6(text, out);
}

INT WSAAPI InetPtonW(INT family, PCWSTR text, PVOID out)
{
    char narrow[NAME_BYTES];

    return inet_pton(family, sim__narrow(text, narrow, sizeof narrow), out);
}

/** @brief An address as text; NULL and the last error when the family is
 *  none. */
static const char *to_text(INT family, const void *from, char *out)
{
    struct net_address address = sim__address_any(family_of(family), 0);

    if (address.family == NET_NONE) {
        sim__set_error(WSAEAFNOSUPPORT);
        return NULL;
    }
    if (from == NULL) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    memcpy(address.bytes, from, address.family == NET_V6 ? 16 : 4);
    return sim__address_host_text(&address, out);
}

PCSTR WSAAPI inet_ntop(INT family, const VOID *from, PSTR out, size_t length)
{
    char text[SIM_ADDRESS_TEXT];

    if (to_text(family, from, text) == NULL) {
        return NULL;
    }
    if (out == NULL || length <= strlen(text)) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    sim__copy_text(out, text);
    return out;
}

PCWSTR WSAAPI InetNtopW(INT family, const VOID *from, PWSTR out, size_t length)
{
    char text[SIM_ADDRESS_TEXT];

    if (to_text(family, from, text) == NULL) {
        return NULL;
    }
    if (out == NULL || length <= strlen(text)) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    for (size_t at = 0; at <= strlen(text); at++) {
        out[at] = (WCHAR)text[at];
    }
    return out;
}

/* ---- Berkeley's loose form ----------------------------------------------- */

static int digit(char letter)
{
    return letter >= '0' && letter <= '9'   ? letter - '0'
           : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
           : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                            : 16;
}

/** @brief Read a number in C's three bases; moves @p text behind it. */
static bool read_part(const char **text, uint64_t *out)
{
    int base = 10;

    if (digit(**text) >= 10) {
        return false;
    }
    if (**text == '0') {
        base = 8;
        if ((*text)[1] == 'x' || (*text)[1] == 'X') {
            base = 16;
            *text += 2;
        }
    }
    *out = 0;
    /* BOUND: the end of the text is no digit. */
    while (digit(**text) < base) {
        *out = *out * (unsigned)base + (unsigned)digit(**text);
        if (*out > UINT32_MAX) {
            return false;
        }
        ++*text;
    }
    return true;
}

ULONG WSAAPI inet_addr(const char *text)
{
    uint64_t parts[4];
    int count = 0;
    uint64_t address;

    if (text == NULL) {
        return INADDR_NONE;
    }
    /* BOUND: four parts at most. */
    do {
        if (count == 4 || !read_part(&text, &parts[count++])) {
            return INADDR_NONE;
        }
    } while (*text == '.' && *text++ != '\0');
    if (*text != '\0' && *text != ' ') {
        return INADDR_NONE;
    }
    /* The last part fills the bytes that the ones before it leave. */
    address = parts[count - 1];
    if (count > 1 && address >= UINT64_C(1) << (8 * (5 - count))) {
        return INADDR_NONE;
    }
    for (int at = 0; at < count - 1; at++) {
        if (parts[at] > 255) {
            return INADDR_NONE;
        }
        address |= parts[at] << (8 * (3 - at));
    }
    return htonl((u_long)address);
}

char *WSAAPI inet_ntoa(struct in_addr address)
{
    struct name_area *area = sim__name_area();

    (void)snprintf(area->text,
                   sizeof area->text,
                   "%u.%u.%u.%u",
                   (unsigned)address.S_un.S_un_b.s_b1,
                   (unsigned)address.S_un.S_un_b.s_b2,
                   (unsigned)address.S_un.S_un_b.s_b3,
                   (unsigned)address.S_un.S_un_b.s_b4);
    return area->text;
}

/* ---- Addresses with ports ------------------------------------------------ */

enum { FULL_TEXT = SIM_ADDRESS_TEXT + 24 };

/** @brief Write an address with scope and port, each only when it is not 0.
 *  @return 0 or one of Winsock's codes. */
static int write_full(const struct sockaddr *name, DWORD bytes, char *out)
{
    struct net_address address;
    char host[SIM_ADDRESS_TEXT];
    char scope[16] = "";
    bool v6;

    if (name == NULL) {
        return WSAEFAULT;
    }
    switch (sim__address_read(name, (int)bytes, NET_NONE, &address)) {
    case ADDRESS_SHORT:
        return WSAEFAULT;
    case ADDRESS_OTHER_FAMILY:
        return WSAEINVAL;
    case ADDRESS_READ:
        break;
    }
    v6 = address.family == NET_V6;
    (void)sim__address_host_text(&address, host);
    if (address.scope != 0) {
        (void)snprintf(scope, sizeof scope, "%%%u", (unsigned)address.scope);
    }
    if (address.port == 0) {
        (void)snprintf(out, FULL_TEXT, "%s%s", host, scope);
    } else {
        (void)snprintf(out,
                       FULL_TEXT,
                       "%s%s%s%s:%u",
                       v6 ? "[" : "",
                       host,
                       scope,
                       v6 ? "]" : "",
                       (unsigned)address.port);
    }
    return 0;
}

/** @brief Check the room for a text, and say how much it takes. */
static int check_room(const void *out, LPDWORD length, const char *text)
{
    DWORD needed = (DWORD)strlen(text) + 1;
    bool fits = out != NULL && *length >= needed;

    *length = needed;
    return fits ? 0 : WSAEFAULT;
}

INT WSAAPI WSAAddressToStringA(LPSOCKADDR name,
                               DWORD bytes,
                               LPWSAPROTOCOL_INFOA protocol,
                               LPSTR out,
                               LPDWORD length)
{
    char text[FULL_TEXT];
    int error = length == NULL ? WSAEFAULT : write_full(name, bytes, text);

    (void)protocol; /* One provider serves all that can be written. */
    if (error == 0) {
        error = check_room(out, length, text);
    }
    if (error != 0) {
        return sim__wsa_fail(error);
    }
    sim__copy_text(out, text);
    return 0;
}

INT WSAAPI WSAAddressToStringW(LPSOCKADDR name,
                               DWORD bytes,
                               LPWSAPROTOCOL_INFOW protocol,
                               LPWSTR out,
                               LPDWORD length)
{
    char text[FULL_TEXT];
    int error = length == NULL ? WSAEFAULT : write_full(name, bytes, text);

    (void)protocol;
    if (error == 0) {
        error = check_room(out, length, text);
    }
    if (error != 0) {
        return sim__wsa_fail(error);
    }
    for (size_t at = 0; at <= strlen(text); at++) {
        out[at] = (WCHAR)text[at];
    }
    return 0;
}

/** @brief Read ":80" at the end of a text; cuts it off. */
static bool read_port(char *colon, uint16_t *port)
{
    uint64_t number;
    const char *at = colon + 1;

    if (!read_part(&at, &number) || *at != '\0' || number > UINT16_MAX) {
        return false;
    }
    *port = (uint16_t)number;
    *colon = '\0';
    return true;
}

static bool read_v4(char *text, struct net_address *address)
{
    char *colon = strchr(text, ':');

    return (colon == NULL || read_port(colon, &address->port)) &&
           sim__address_parse_v4(text, address->bytes);
}

static bool read_v6(char *text, struct net_address *address)
{
    char *scope;

    if (text[0] == '[') {
        char *end = strchr(++text, ']');

        if (end == NULL ||
            (end[1] != '\0' &&
             (end[1] != ':' || !read_port(end + 1, &address->port)))) {
            return false;
        }
        *end = '\0';
    }
    scope = strchr(text, '%');
    if (scope != NULL) {
        const char *at = scope + 1;
        uint64_t number;

        if (!read_part(&at, &number) || *at != '\0') {
            return false;
        }
        address->scope = (uint32_t)number;
        *scope = '\0';
    }
    return sim__address_parse_v6(text, address->bytes);
}

/** @brief What both kinds of text have in common. */
static int read_full(const char *given, INT family, LPSOCKADDR out, LPINT bytes)
{
    enum net_family wanted = family_of(family);
    struct net_address address = sim__address_any(wanted, 0);
    char text[NAME_BYTES];

    if (given == NULL || out == NULL || bytes == NULL) {
        return WSAEFAULT;
    }
    if (wanted == NET_NONE || strlen(given) >= sizeof text) {
        return WSAEINVAL;
    }
    if (*bytes < sim__address_bytes(wanted)) {
        *bytes = sim__address_bytes(wanted);
        return WSAEFAULT;
    }
    sim__copy_text(text, given);
    if (!(wanted == NET_V4 ? read_v4(text, &address)
                           : read_v6(text, &address))) {
        return WSAEINVAL;
    }
    *bytes = sim__address_bytes(wanted);
    sim__address_write(&address, out);
    return 0;
}

INT WSAAPI WSAStringToAddressA(LPSTR text,
                               INT family,
                               LPWSAPROTOCOL_INFOA protocol,
                               LPSOCKADDR out,
                               LPINT bytes)
{
    int error = read_full(text, family, out, bytes);

    (void)protocol;
    return error == 0 ? 0 : sim__wsa_fail(error);
}

INT WSAAPI WSAStringToAddressW(LPWSTR text,
                               INT family,
                               LPWSAPROTOCOL_INFOW protocol,
                               LPSOCKADDR out,
                               LPINT bytes)
{
    char narrow[NAME_BYTES];
    int error =
        read_full(sim__narrow(text, narrow, sizeof narrow), family, out, bytes);

    (void)protocol;
    return error == 0 ? 0 : sim__wsa_fail(error);
}
