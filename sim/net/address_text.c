/**
 * @file address_text.c
 * @brief Addresses as people write them.
 *
 * Traces, sentences and Winsock's own conversions share these, so that an
 * address looks the same wherever it is printed.  IPv6 is written as RFC 5952
 * asks: lower case, and the longest row of zeros left out.
 *
 * Uses:     address.h.
 * Used by:  ports.c, sim/winsock's names and addresses, traces.
 * Facts:    none.
 * Read next: network.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "address.h"

enum { GROUPS = 8, PARTS = 4 };

/* ---- Writing ------------------------------------------------------------- */

static uint16_t group(const struct net_address *address, int at)
{
    const uint8_t *bytes = address->bytes + 2 * (size_t)at;

    return (uint16_t)(bytes[0] << 8 | bytes[1]);
}

/** @brief Where the longest row of zero groups is: at least two, the first
 *  among equals.
 *  @return its length, or 0. */
static int longest_zeros(const struct net_address *address, int *first)
{
    int best = 1;
    int length = 0;

    *first = GROUPS;
    for (int at = 0; at < GROUPS; at++) {
        length = group(address, at) == 0 ? length + 1 : 0;
        if (length > best) {
            best = length;
            *first = at - length + 1;
        }
    }
    return *first == GROUPS ? 0 : best;
}

static char *write_v4(const uint8_t *bytes, char *out)
{
    return out + sprintf(out,
                         "%u.%u.%u.%u",
                         (unsigned)bytes[0],
                         (unsigned)bytes[1],
                         (unsigned)bytes[2],
                         (unsigned)bytes[3]);
}

static char *write_v6(const struct net_address *address, char *out)
{
    int first;
    int zeros = longest_zeros(address, &first);
    bool v4_inside = sim__address_is_mapped(address);
    int end = v4_inside ? GROUPS - 2 : GROUPS;

    for (int at = 0; at < end; at++) {
        if (at == first) {
            *out++ = ':';
            *out++ = ':';
            at += zeros - 1;
            continue;
        }
        if (at > 0 && at != first + zeros) {
            *out++ = ':';
        }
        out += sprintf(out, "%x", (unsigned)group(address, at));
    }
    if (v4_inside) {
        *out++ = ':';
        return write_v4(address->bytes + 12, out);
    }
    *out = '\0';
    return out;
}

static char *write_host(const struct net_address *address, char *out)
{
    return address->family == NET_V6 ? write_v6(address, out)
                                     : write_v4(address->bytes, out);
}

const char *sim__address_host_text(const struct net_address *address, char *out)
{
    (void)write_host(address, out);
    return out;
}

const char *sim__address_text(const struct net_address *address, char *out)
{
    char *at = out;

    if (address->family == NET_V6) {
        *at++ = '[';
    }
    at = write_host(address, at);
    if (address->family == NET_V6) {
        *at++ = ']';
    }
    (void)sprintf(at, ":%u", (unsigned)address->port);
    return out;
}

/* ---- Reading ------------------------------------------------------------- */

static int digit(char letter, int base)
{
    int value = letter >= '0' && letter <= '9'   ? letter - '0'
                : letter >= 'a' && letter <= 'f' ? letter - 'a' + 10
                : letter >= 'A' && letter <= 'F' ? letter - 'A' + 10
                                                 : base;

    return value < base ? value : -1;
}

/** @brief Read digits; moves @p text behind them.
 *  @return the number, or -1: none, too many digits or too large. */
static int read_number(const char **text, int base, int digits_max, int most)
{
    int number = 0;
    int digits = 0;

    /* BOUND: ends at the end of the text, which is no digit. */
    while (digit(**text, base) >= 0) {
        number = number * base + digit(**text, base);
        ++*text;
        if (++digits > digits_max) {
            return -1;
        }
    }
    return digits == 0 || number > most ? -1 : number;
}

bool sim__address_parse_v4(const char *text, uint8_t *out)
{
    for (int part = 0; part < PARTS; part++) {
        bool zero_first = text[0] == '0' && digit(text[1], 10) >= 0;
        int number = read_number(&text, 10, 3, 255);

        /* 010 could be octal: the strict form does not have it. */
        if (number < 0 || zero_first ||
            *text != (part == PARTS - 1 ? '\0' : '.')) {
            return false;
        }
        out[part] = (uint8_t)number;
        text++;
    }
    return true;
}

/** An IPv6 address while it is read. */
struct reading {
    uint8_t bytes[16];
    int count; /* Groups so far. */
    int gap;   /* Where `::` stands, or -1. */
};

/** @brief Read one group, or the IPv4 address at the end; moves @p text. */
static bool read_group(struct reading *reading, const char **text)
{
    const char *begin = *text;
    uint8_t *out = reading->bytes + 2 * (size_t)reading->count;
    int number = read_number(text, 16, 4, 0xFFFF);

    if (**text == '.') {
        if (reading->count > GROUPS - 2 || !sim__address_parse_v4(begin, out)) {
            return false;
        }
        reading->count += 2;
        *text = begin + strlen(begin);
        return true;
    }
    if (number < 0 || reading->count == GROUPS) {
        return false;
    }
    out[0] = (uint8_t)(number >> 8);
    out[1] = (uint8_t)number;
    reading->count++;
    return true;
}

/** @brief Put the groups behind the gap at the end.
 *  @return false when the number of groups does not fit. */
static bool fill_gap(struct reading *reading, uint8_t *out)
{
    size_t before = 2 * (size_t)(reading->gap < 0 ? GROUPS : reading->gap);
    size_t after = 2 * (size_t)reading->count - before;

    if (reading->gap < 0) {
        memcpy(out, reading->bytes, sizeof reading->bytes);
        return reading->count == GROUPS;
    }
    if (reading->count == GROUPS) {
        return false; /* `::` stands for one group of zeros at least. */
    }
    memset(out, 0, sizeof reading->bytes);
    memcpy(out, reading->bytes, before);
    memcpy(out + sizeof reading->bytes - after, reading->bytes + before, after);
    return true;
}

bool sim__address_parse_v6(const char *text, uint8_t *out)
{
    struct reading reading = {.gap = -1};

    if (text[0] == ':') {
        if (text[1] != ':') {
            return false;
        }
        text++; /* The loop below takes the second. */
    }
    if (*text == '\0') {
        return false;
    }
    /* BOUND: each turn but the last passes a character. */
    while (*text != '\0') {
        if (*text == ':') {
            if (reading.gap >= 0) {
                return false;
            }
            reading.gap = reading.count;
            text++;
            continue;
        }
        if (!read_group(&reading, &text)) {
            return false;
        }
        if (*text == ':') {
            text++;
            if (*text == '\0') {
                return false; /* One colon at the end. */
            }
        } else if (*text != '\0') {
            return false;
        }
    }
    return fill_gap(&reading, out);
}
