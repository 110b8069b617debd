/**
 * @file wait_packet.c
 * @brief Waiting for an object at a port.
 *
 * A wait packet hangs on its object beside the threads that wait for it.  When
 * the object is signaled it takes the signal as a thread would, and goes to
 * the port instead of running.
 *
 * Uses:     wait_packet.h.
 * Used by:  native_port.c, wait.c.
 * Facts:    PORT-97, PORT-98.
 * Read next: ../watch/rule.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "wait_packet.h"

struct wait_packet *sim__wait_packet_create(void)
{
    struct wait_packet *wait =
        sim__object_create(OBJECT_WAIT_PACKET, sizeof *wait);

    trace(open, .object = &wait->object);
    return wait;
}

/** @brief It is idle again: give up what kept port and packet alive. */
static void become_idle(struct wait_packet *wait)
{
    wait->state = WAIT_PACKET_IDLE;
    sim__object_drop(&wait->port->object);
    wait->port = NULL;
    sim__object_drop(&wait->object);
}

/** @brief Its packet was taken out of the port. */
static void packet_done(struct packet *packet)
{
    become_idle((struct wait_packet *)((char *)packet -
                                       offsetof(struct wait_packet, packet)));
}

void sim__wait_packet_fire(struct wait_packet *wait)
{
    sim__wait_unlink_block(&wait->block);
    wait->state = WAIT_PACKET_QUEUED;
    wait->packet.op = sim__op_new();
    sim__port_insert(wait->port, &wait->packet);
}

bool sim__wait_packet_tie(struct wait_packet *wait,
                          struct port *port,
                          struct object *target)
{
    bool already = target->signal > 0;

    wait->state = WAIT_PACKET_WAITING;
    wait->port = port;
    wait->packet.done = packet_done;
    wait->block.thread = NULL;
    wait->block.packet = wait;
    sim__object_keep(&port->object);
    sim__object_keep(&wait->object);
    sim__wait_link_block(&wait->block, target);
    /* FACT PORT-97 wait completion packets: a signal that is there already
     * queues the packet at once. */
    sim__wait_wake(target);
    return already;
}

NTSTATUS sim__wait_packet_cancel(struct wait_packet *wait, bool remove)
{
    /* FACT PORT-98 cancelling a wait packet: three answers. */
    switch (wait->state) {
    case WAIT_PACKET_IDLE:
        return STATUS_CANCELLED;
    case WAIT_PACKET_WAITING:
        sim__wait_unlink_block(&wait->block);
        become_idle(wait);
        return STATUS_SUCCESS;
    case WAIT_PACKET_QUEUED:
        if (!remove || !sim__port_withdraw(wait->port, &wait->packet)) {
            return STATUS_PENDING;
        }
        become_idle(wait);
        return STATUS_SUCCESS;
    }
    return STATUS_CANCELLED;
}

void sim__wait_packet_closed(struct object *object)
{
    struct wait_packet *wait = (struct wait_packet *)object;

    if (wait->state == WAIT_PACKET_WAITING) {
        (void)sim__wait_packet_cancel(wait, false);
    }
}
