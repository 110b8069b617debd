/**
 * @file accept_area.h
 * @brief How AcceptEx leaves addresses in the program's buffer.
 *
 * Behind the first data lie two areas, one for each address.  What is in them
 * is nobody's business but the writer's and the reader's: FACT SOCK-62.
 *
 * Uses:     address.h, irp.h.
 * Used by:  sim/net (who writes), accept_ex.c (who reads).
 * Facts:    SOCK-62, SOCK-63, SOCK-64.
 * Read next: socket.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_ACCEPT_AREA_H
#define SIM_ACCEPT_AREA_H

#include <string.h>

#include "../kernel/irp.h"
#include "address.h"

/** An area: the length of the address, four bytes of nothing, the address. */
enum { ACCEPT_AREA_HEAD = 8, ACCEPT_AREA_EXTRA = 16 };

/** @brief FACT SOCK-64 Whether an area can hold an address; one of no bytes
 *  holds none, and need not: FACT SOCK-63. */
static inline bool sim__accept_area_fits(enum net_family family, ULONG bytes)
{
    return bytes == 0 ||
           bytes >= (ULONG)sim__address_bytes(family) + ACCEPT_AREA_EXTRA;
}

/**
 * @brief Write one address.
 * @param at     Where the area begins in the request's buffer.
 * @param bytes  How long it is.
 * @return Whether it fits.
 */
static inline bool sim__accept_area_write(struct irp *irp,
                                          ULONG at,
                                          ULONG bytes,
                                          const struct net_address *address)
{
    enum net_family family = (enum net_family)address->family;
    unsigned char area[ACCEPT_AREA_HEAD + 28] = {0};
    int length = sim__address_bytes(family);

    if (bytes == 0 || !sim__accept_area_fits(family, bytes)) {
        return bytes == 0;
    }
    memcpy(area, &length, sizeof length);
    sim__address_write(address, area + ACCEPT_AREA_HEAD);
    sim__irp_put(irp, at, area, ACCEPT_AREA_HEAD + (ULONG)length);
    return true;
}

#endif
