/**
 * @file reserve.h
 * @brief Reserve objects: memory for one post that cannot fail.
 *
 * Uses:     port.h.
 * Used by:  native_port.c.
 * Facts:    PORT-31.
 * Read next: reserve.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_RESERVE_H
#define SIM_RESERVE_H

#include "port.h"

/** What a reserve is for; the numbers are those of the native call. */
enum reserve_kind { RESERVE_USER_APC, RESERVE_IO_COMPLETION };

struct reserve {
    struct object object;
    enum reserve_kind kind;
    bool used;            /**< Its packet is in a port. */
    struct packet packet; /**< The memory that is reserved. */
};

/** @brief Make a reserve. */
struct reserve *sim__reserve_create(enum reserve_kind kind);

/** @brief The reserve's packet, cleared, or NULL while it is in a port. */
struct packet *sim__reserve_packet(struct reserve *reserve);

#endif
