/**
 * @file keep_alive.c
 * @brief Counting probes that nobody answers.
 *
 * Uses:     keep_alive.h.
 * Used by:  tcp.c, host.c, socket.c.
 * Facts:    SOCK-86.
 * Read next: host.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "keep_alive.h"

enum { PROBES = 10, UNITS_OF_MS = 10000 };

/** An end that counts; few do, so it is no part of struct tcp. */
struct tcp_keep {
    struct deadline next;
    struct tcp *end;
    uint32_t probes; /* Not answered so far. */
};

static bool is_lost(struct tcp *end)
{
    const struct tcp *peer = sim__tcp_peer(end);

    return end->host != peer->host && (peer->state == TCP_VANISHED ||
                                       !sim__link_open(end->host, peer->host));
}

static void arm(struct tcp_keep *keep, uint32_t milliseconds)
{
    sim__deadline_arm(&keep->next,
                      sim__world.now + (uint64_t)milliseconds * UNITS_OF_MS);
}

/** @brief A probe is due. */
static void probe(struct deadline *deadline)
{
    struct tcp_keep *keep = (struct tcp_keep *)(void *)deadline;
    struct tcp *end = keep->end;
    const struct tcp *peer = sim__tcp_peer(end);

    if (!is_lost(end)) {
        sim__keep_alive_stop(end);
        return;
    }
    if (sim__link_open(end->host, peer->host)) {
        /* The host is back and knows of no connection. */
        sim__tcp_break(end, STATUS_CONNECTION_RESET);
    } else if (++keep->probes == PROBES) {
        sim__tcp_break(end, STATUS_IO_TIMEOUT);
    } else {
        arm(keep, end->socket->options.keep_alive_every_ms);
        return;
    }
    sim__tcp_forget(end);
}

void sim__keep_alive_check(struct tcp *end)
{
    const struct socket *socket = end->socket;
    struct tcp_keep *keep = end->keep;
    bool counts = socket != NULL && socket->options.keep_alive &&
                  end->state == TCP_OPEN && is_lost(end);

    if (!counts) {
        sim__keep_alive_stop(end);
    } else if (keep == NULL) {
        keep = sim__take(sizeof *keep);
        *keep = (struct tcp_keep){.next = {.fire = probe}, .end = end};
        end->keep = keep;
        /* It may have been idle for long; nobody has counted. */
        arm(keep, socket->options.keep_alive_ms);
    }
}

void sim__keep_alive_stop(struct tcp *end)
{
    struct tcp_keep *keep = end->keep;

    if (keep != NULL) {
        end->keep = NULL;
        sim__deadline_disarm(&keep->next);
        sim__give(keep, sizeof *keep);
    }
}

void sim__keep_alive_check_all(struct host *host)
{
    for (struct tcp *end = host->ends; end != NULL; end = end->host_next) {
        sim__keep_alive_check(end);
    }
}
