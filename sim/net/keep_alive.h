/**
 * @file keep_alive.h
 * @brief SO_KEEPALIVE: noticing that nobody is there any more.
 *
 * A probe that is answered changes nothing, so none is sent as long as it would
 * be: idle connections cost nothing, with keep-alive or without.  Only when a
 * host crashes or a link is cut do the ends that lose their peer begin to
 * count, and they stop when it is back.
 *
 * Uses:     tcp.h.
 * Used by:  tcp.c, host.c, socket.c.
 * Facts:    none.
 * Read next: keep_alive.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_KEEP_ALIVE_H
#define SIM_KEEP_ALIVE_H

#include "tcp.h"

/** @brief The peer may have gone, or the option changed: begin to count, or
 *  stop. */
void sim__keep_alive_check(struct tcp *end);

/** @brief The end is over. */
void sim__keep_alive_stop(struct tcp *end);

/** @brief The same for all ends of a host. */
void sim__keep_alive_check_all(struct host *host);

#endif
