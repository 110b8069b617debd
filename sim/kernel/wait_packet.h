/**
 * @file wait_packet.h
 * @brief Wait completion packets: an object's signal becomes a packet.
 *
 * Uses:     port.h, wait.h.
 * Used by:  native_port.c, wait.c, object.c.
 * Facts:    PORT-97, PORT-98.
 * Read next: wait_packet.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_WAIT_PACKET_H
#define SIM_WAIT_PACKET_H

#include "port.h"
#include "wait.h"

enum wait_packet_state {
    WAIT_PACKET_IDLE,    /**< Tied to nothing. */
    WAIT_PACKET_WAITING, /**< For its object's signal. */
    WAIT_PACKET_QUEUED   /**< In the port. */
};

struct wait_packet {
    struct object object;
    enum wait_packet_state state;
    struct wait_block block; /**< On the object, while waiting. */
    struct port *port;       /**< While not idle. */
    struct packet packet;
};

/** @brief Make one that is tied to nothing. */
struct wait_packet *sim__wait_packet_create(void);

/**
 * @brief Tie it to an object, once.
 *
 * Key, context, status and information are already in its packet.
 *
 * @return whether the object was signaled already, so that the packet is in
 *         the port now.
 * @pre It is idle.
 */
bool sim__wait_packet_tie(struct wait_packet *wait,
                          struct port *port,
                          struct object *target);

/** @brief Untie it: STATUS_SUCCESS, STATUS_PENDING or STATUS_CANCELLED.
 *  @param remove  Also take a packet back that is in the port. */
NTSTATUS sim__wait_packet_cancel(struct wait_packet *wait, bool remove);

/** @brief Its object was signaled; called by wait.c. */
void sim__wait_packet_fire(struct wait_packet *wait);

/** @brief The last handle was closed. */
void sim__wait_packet_closed(struct object *object);

#endif
