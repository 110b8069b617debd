/**
 * @file resolver.h
 * @brief Which addresses a name stands for.
 *
 * The simulated world has its own directory: its hosts, the loopback, and
 * numbers that need no looking up.  A name of another host takes time, as a
 * question over a network does.
 *
 * Uses:     winsock.h.
 * Used by:  resolver.c, addr_info.c, addr_info_ex.c, host_names.c.
 * Facts:    none.
 * Read next: resolver.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_RESOLVER_H
#define SIM_RESOLVER_H

#include <string.h>

#include "winsock.h"

/** A name has two addresses, and IPv4 in IPv6 clothes is a third. */
enum { RESOLVED_MAX = 4, NAME_BYTES = 256 };

/** What getaddrinfo and its kin are asked. */
struct question {
    const char *call;    /**< For the trace and faults. */
    const char *node;    /**< Or NULL. */
    const char *service; /**< Or NULL. */
    int flags;           /**< AI_... */
    int family;          /**< AF_... */
    int type;            /**< SOCK_... */
    int protocol;        /**< IPPROTO_... */
    bool hint_fields;    /**< A field of the hints that must be 0 is not. */
};

/** What they answer. */
struct resolved {
    struct net_address addresses[RESOLVED_MAX]; /* Best first. */
    uint32_t count;
    int type;              /* As asked for, or what the service has. */
    int protocol;          /* Likewise. */
    char name[NAME_BYTES]; /* Canonical. */
    uint64_t delay;        /* The question takes so long; 100 ns units. */
};

/** @brief Copy a text to where there is room for it. */
static inline void sim__copy_text(char *out, const char *text)
{
    memcpy(out, text, strlen(text) + 1);
}

/** @brief Answer a question.
 *  @return 0 or one of Winsock's codes; with both, out->delay is set. */
int sim__resolve(const struct question *question, struct resolved *out);

/** @brief The host that has an address, or NULL. */
const struct host *sim__resolve_back(const struct net_address *address,
                                     uint64_t *delay);

/** One line of the file `services`. */
struct service {
    const char *name;
    uint16_t port;
    bool tcp;
    bool udp;
};

/** @brief Find a service by name; @p tcp and @p udp: which will do. */
const struct service *sim__service_named(const char *name, bool tcp, bool udp);

/** @brief Find a service by port. */
const struct service *sim__service_at(uint16_t port, bool tcp, bool udp);

/** @brief Let the calling thread wait for an answer. */
void sim__resolve_wait(const char *call, uint64_t delay);

#endif
