/**
 * @file resolver.c
 * @brief The directory of the simulated world.
 *
 * Uses:     resolver.h.
 * Used by:  addr_info.c, addr_info_ex.c, host_names.c.
 * Facts:    none.
 * Read next: addr_info.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "resolver.h"

#include <string.h>

/** How long a question takes that leaves the host, in units of 100 ns: as a
 * rule 1 ms; by choice nothing, or 1.5 s because the first one was lost. */
static const uint64_t delays[] = {10000, 0, 15000000};

/** Bits of ai_flags that a program may set. */
static const int flags_known = AI_PASSIVE | AI_CANONNAME | AI_NUMERICHOST |
                               AI_NUMERICSERV | AI_ALL | AI_ADDRCONFIG |
                               AI_V4MAPPED | AI_NON_AUTHORITATIVE | AI_SECURE |
                               AI_RETURN_PREFERRED_NAMES | AI_FQDN |
                               AI_FILESERVER | AI_DISABLE_IDN_ENCODING;

static char lower(char letter)
{
    if (letter >= 'A' && letter <= 'Z') {
        letter = (char)(letter + ('a' - 'A'));
    }
    return letter;
}

/** @brief Names of hosts and services do not distinguish case. */
static bool same(const char *one, const char *two)
{
    while (*one != '\0' && lower(*one) == lower(*two)) {
        one++;
        two++;
    }
    return lower(*one) == lower(*two);
}

/* ---- Services ------------------------------------------------------------ */

static const struct service services[] = {
    {"echo", 7, true, true},       {"discard", 9, true, true},
    {"daytime", 13, true, true},   {"chargen", 19, true, true},
    {"ftp-data", 20, true, false}, {"ftp", 21, true, false},
    {"ssh", 22, true, false},      {"telnet", 23, true, false},
    {"smtp", 25, true, false},     {"time", 37, true, true},
    {"domain", 53, true, true},    {"tftp", 69, false, true},
    {"http", 80, true, false},     {"pop3", 110, true, false},
    {"nntp", 119, true, false},    {"ntp", 123, false, true},
    {"imap", 143, true, false},    {"snmp", 161, false, true},
    {"ldap", 389, true, false},    {"https", 443, true, true},
    {"syslog", 514, false, true},
};

enum { SERVICE_COUNT = sizeof services / sizeof services[0] };

static bool serves(const struct service *service, bool tcp, bool udp)
{
    return (tcp && service->tcp) || (udp && service->udp);
}

const struct service *sim__service_named(const char *name, bool tcp, bool udp)
{
    for (int at = 0; at < SERVICE_COUNT; at++) {
        if (same(services[at].name, name) && serves(&services[at], tcp, udp)) {
            return &services[at];
        }
    }
    return NULL;
}

const struct service *sim__service_at(uint16_t port, bool tcp, bool udp)
{
    for (int at = 0; at < SERVICE_COUNT; at++) {
        if (services[at].port == port && serves(&services[at], tcp, udp)) {
            return &services[at];
        }
    }
    return NULL;
}

/** @brief A port number in digits, or -1. */
static long number_of(const char *text)
{
    long number = 0;

    if (*text == '\0') {
        return -1;
    }
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return -1;
        }
        number = number * 10 + (*text - '0');
        if (number > UINT16_MAX) {
            return -1;
        }
    }
    return number;
}

/** @brief Find port, type and protocol that a service stands for. */
static int find_service(const struct question *question,
                        struct resolved *out,
                        uint16_t *port)
{
    const struct service *service;
    long number;

    out->type = question->type;
    out->protocol = question->protocol;
    *port = 0;
    if (question->service == NULL || question->service[0] == '\0') {
        return 0;
    }
    number = number_of(question->service);
    if (number >= 0) {
        *port = (uint16_t)number;
        return 0;
    }
    if (question->flags & AI_NUMERICSERV) {
        return WSAHOST_NOT_FOUND;
    }
    service = sim__service_named(question->service,
                                 question->type != SOCK_DGRAM,
                                 question->type != SOCK_STREAM);
    if (service == NULL) {
        return WSATYPE_NOT_FOUND;
    }
    *port = service->port;
    if (out->type == 0) {
        out->type = service->tcp ? SOCK_STREAM : SOCK_DGRAM;
    }
    if (out->protocol == 0) {
        out->protocol = out->type == SOCK_DGRAM ? IPPROTO_UDP : IPPROTO_TCP;
    }
    return 0;
}

/* ---- Nodes --------------------------------------------------------------- */

static void add(struct resolved *out,
                const struct question *question,
                struct net_address address)
{
    bool wants_v4 = question->family != AF_INET6;
    bool wants_v6 = question->family != AF_INET;

    if (address.family == NET_V4 && !wants_v4) {
        /* IPv4 only on request, and then in the clothes of IPv6. */
        if (!(question->flags & AI_V4MAPPED) ||
            (out->count != 0 && !(question->flags & AI_ALL))) {
            return;
        }
        address = sim__address_map(&address);
    } else if (address.family == NET_V6 && !wants_v6) {
        return;
    }
    out->addresses[out->count++] = address;
}

/** @brief A number is its own address; false when the text is none. */
static bool add_numeric(struct resolved *out, const struct question *question)
{
    struct net_address v4 = sim__address_any(NET_V4, 0);
    struct net_address v6 = sim__address_any(NET_V6, 0);
    char text[NAME_BYTES];
    char *scope;

    if (sim__address_parse_v4(question->node, v4.bytes)) {
        add(out, question, v4);
        return true;
    }
    sim__copy_text(text, question->node); /* Shorter: its caller looked. */
    scope = strchr(text, '%');
    if (scope != NULL) {
        long number = number_of(scope + 1);

        if (number < 0) {
            return false;
        }
        v6.scope = (uint32_t)number;
        *scope = '\0';
    }
    if (!sim__address_parse_v6(text, v6.bytes)) {
        return false;
    }
    add(out, question, v6);
    return true;
}

static void add_host(struct resolved *out,
                     const struct question *question,
                     const struct host *host)
{
    /* RFC 6724 puts local IPv6 networks such as ours behind IPv4, unless a
     * program asked for IPv6. */
    if (question->family == AF_INET6) {
        add(out, question, host->v6);
        add(out, question, host->v4);
    } else {
        add(out, question, host->v4);
        add(out, question, host->v6);
    }
    sim__copy_text(out->name, host->name);
}

/** @brief The host of a name; a full stop may end it. */
static const struct host *host_named(const char *node)
{
    char name[NAME_BYTES];
    size_t length = strlen(node);

    memcpy(name, node, length + 1);
    if (length > 1 && name[length - 1] == '.') {
        name[length - 1] = '\0';
    }
    for (const struct host *host = sim__host_first(); host != NULL;
         host = host->next) {
        if (same(host->name, name)) {
            return host;
        }
    }
    return NULL;
}

/** @brief Find the addresses of a node, as if there were no service. */
static int find_node(const struct question *question, struct resolved *out)
{
    const struct host *here = sim__host_here();
    const char *node = question->node;
    const struct host *host;

    if (node == NULL) {
        bool passive = (question->flags & AI_PASSIVE) != 0;

        add(out,
            question,
            passive ? sim__address_any(NET_V6, 0)
                    : sim__address_loopback(NET_V6, 0));
        add(out,
            question,
            passive ? sim__address_any(NET_V4, 0)
                    : sim__address_loopback(NET_V4, 0));
        return 0;
    }
    if (strlen(node) >= NAME_BYTES) {
        return WSAHOST_NOT_FOUND;
    }
    if (add_numeric(out, question)) {
        sim__copy_text(out->name, node);
        return 0;
    }
    if (question->flags & AI_NUMERICHOST) {
        return WSAHOST_NOT_FOUND;
    }
    if (same(node, "localhost")) {
        add(out, question, sim__address_loopback(NET_V6, 0));
        add(out, question, sim__address_loopback(NET_V4, 0));
        sim__copy_text(out->name, here->name);
        return 0;
    }
    host = node[0] == '\0' || same(node, "..localmachine") ? here
                                                           : host_named(node);
    if (host != here) {
        out->delay =
            delays[sim__choose(CHOOSE_OTHER, sizeof delays / sizeof delays[0])];
        if (sim__fault(question->call, STATUS_WINSOCK(WSATRY_AGAIN))) {
            return WSATRY_AGAIN; /* The server did not answer. */
        }
    }
    if (host == NULL) {
        return WSAHOST_NOT_FOUND;
    }
    add_host(out, question, host);
    return 0;
}

/* ---- The question -------------------------------------------------------- */

/** @brief What is wrong with a question, or 0. */
static int check(const struct question *question)
{
    if (question->node == NULL && question->service == NULL) {
        return WSAHOST_NOT_FOUND;
    }
    if (question->hint_fields) {
        return WSANO_RECOVERY;
    }
    if ((question->flags & ~flags_known) != 0 ||
        ((question->flags & AI_CANONNAME) &&
         (question->node == NULL || (question->flags & AI_FQDN)))) {
        return WSAEINVAL;
    }
    if (question->family != AF_UNSPEC && question->family != AF_INET &&
        question->family != AF_INET6) {
        return WSAEAFNOSUPPORT;
    }
    if (question->type < 0 || question->type > SOCK_SEQPACKET) {
        return WSAESOCKTNOSUPPORT;
    }
    return 0;
}

int sim__resolve(const struct question *question, struct resolved *out)
{
    int error = check(question);
    uint16_t port;

    memset(out, 0, sizeof *out);
    if (error == 0) {
        error = find_service(question, out, &port);
    }
    if (error == 0) {
        error = find_node(question, out);
    }
    if (error == 0 && out->count == 0) {
        error = WSAHOST_NOT_FOUND; /* Not in the family asked for. */
    }
    if (error == 0) {
        for (uint32_t at = 0; at < out->count; at++) {
            out->addresses[at].port = port;
        }
    }
    return error;
}

const struct host *sim__resolve_back(const struct net_address *address,
                                     uint64_t *delay)
{
    struct host *here = sim__host_here();
    const struct host *host = sim__host_at(here, address);

    *delay = 0;
    if (host != here) {
        *delay =
            delays[sim__choose(CHOOSE_OTHER, sizeof delays / sizeof delays[0])];
    }
    return host;
}

void sim__resolve_wait(const char *call, uint64_t delay)
{
    if (delay != 0) {
        sim__world.current->waits_in = call;
        trace(block, .text = call);
        (void)sim__block(BLOCK_SLEEP, false, sim__world.now + delay);
    }
}
