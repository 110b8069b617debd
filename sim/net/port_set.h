/**
 * @file port_set.h
 * @brief Sets of the ports that the system hands out by itself.
 *
 * Clients bind far more often than servers, and nearly always to a port of
 * the system's choice: 49152 to 65535.  Finding one must cost the same whether
 * ten are taken or all but one, so what is taken is kept in bits.
 *
 * Uses:     nothing of ours.
 * Used by:  port_set.c, ports.c.
 * Facts:    none.
 * Read next: port_set.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PORT_SET_H
#define SIM_PORT_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PORT_EPHEMERAL_FIRST = 49152, PORT_SET_CHUNKS = 16 };

/** Ports from 49152 on; all zero is the empty set. */
struct port_set {
    uint64_t *chunks[PORT_SET_CHUNKS]; /* 1,024 ports each; NULL: none. */
};

/** @brief Put a port into a set or take it out; others than those from 49152
 *  on are ignored. */
void sim__port_set_put(struct port_set *set, uint16_t port, bool in);

/**
 * @brief Find a port that is in neither of two sets.
 *
 * They are given out in rising order, round and round, so that one that was
 * given back is used again as late as possible.
 *
 * @param set   One.
 * @param also  Another set, or NULL.
 * @param next  Where to go on; moved behind what is found.
 * @return 0 when there is none.
 */
uint16_t sim__port_set_find(const struct port_set *set,
                            const struct port_set *also,
                            uint32_t *next);

#endif
