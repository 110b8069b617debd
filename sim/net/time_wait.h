/**
 * @file time_wait.h
 * @brief Address pairs that rest for a while.
 *
 * The end that closed first keeps its pair of addresses for some time, so that
 * a stray packet of the old connection cannot reach a new one.  Nothing is due
 * when that time is over: whoever wants the pair looks at the clock.
 *
 * Uses:     tcp.h.
 * Used by:  tcp.c, tcp_connect.c, tcp_close.c.
 * Facts:    none.
 * Read next: time_wait.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_TIME_WAIT_H
#define SIM_TIME_WAIT_H

#include "tcp.h"

/** How long: two minutes, 100 ns units.  The documented default is four;
 * LIMIT-09: current versions take less. */
#define TIME_WAIT UINT64_C(1200000000)

/** @brief An end that closed first is over. */
void sim__time_wait_add(struct tcp *end);

/** @brief Whether a pair rests now. */
bool sim__time_wait_has(const struct net_address *local,
                        const struct net_address *remote);

#endif
