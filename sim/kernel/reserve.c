/**
 * @file reserve.c
 * @brief A packet's memory, set aside before it is needed.
 *
 * A post takes memory, so it can fail.  Who cannot accept that sets the memory
 * aside beforehand and posts through it; one packet at a time.
 *
 * Uses:     reserve.h.
 * Used by:  native_port.c.
 * Facts:    PORT-29, PORT-31.
 * Read next: wait_packet.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "reserve.h"

#include <string.h>

struct reserve *sim__reserve_create(enum reserve_kind kind)
{
    struct reserve *reserve =
        sim__object_create(OBJECT_RESERVE, sizeof *reserve);

    reserve->kind = kind;
    trace(open, .object = &reserve->object);
    return reserve;
}

/** @brief The packet was taken: the reserve can be used again. */
static void packet_done(struct packet *packet)
{
    struct reserve *reserve =
        (struct reserve *)((char *)packet - offsetof(struct reserve, packet));

    reserve->used = false;
    sim__object_drop(&reserve->object);
}

struct packet *sim__reserve_packet(struct reserve *reserve)
{
    if (reserve->used) {
        return NULL;
    }
    memset(&reserve->packet, 0, sizeof reserve->packet);
    reserve->packet.done = packet_done;
    reserve->used = true;
    sim__object_keep(&reserve->object);
    return &reserve->packet;
}
