/**
 * @file port_list.h
 * @brief Which threads belong to a port, and which of them wait.
 *
 * Two lists: members in no order, and waiters as a stack, from which one that
 * gives up can be taken out of the middle.
 *
 * Uses:     port.h.
 * Used by:  port.c.
 * Facts:    PORT-56, PORT-67.
 * Read next: port.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PORT_LIST_H
#define SIM_PORT_LIST_H

#include "port.h"

/** @brief FACT PORT-67 thread-to-port association: by its first call. */
static inline void join(struct port *port, struct thread *thread)
{
    thread->port = port;
    thread->member_before = NULL;
    thread->member_next = port->members;
    if (port->members != NULL) {
        port->members->member_before = thread;
    }
    port->members = thread;
}

static inline void part(struct port *port, struct thread *thread)
{
    if (thread->member_before == NULL) {
        port->members = thread->member_next;
    } else {
        thread->member_before->member_next = thread->member_next;
    }
    if (thread->member_next != NULL) {
        thread->member_next->member_before = thread->member_before;
    }
    thread->port = NULL;
    thread->port_active = false;
}

/* ---- The stack of waiters ----------------------------------------------- */

static inline void push_waiter(struct port *port, struct thread *thread)
{
    thread->port_next = port->waiter_newest;
    thread->port_before = NULL;
    if (port->waiter_newest != NULL) {
        port->waiter_newest->port_before = thread;
    }
    port->waiter_newest = thread;
}

static inline void remove_waiter(struct port *port, struct thread *thread)
{
    if (thread->port_before == NULL) {
        port->waiter_newest = thread->port_next;
    } else {
        thread->port_before->port_next = thread->port_next;
    }
    if (thread->port_next != NULL) {
        thread->port_next->port_before = thread->port_before;
    }
}

#endif
