/**
 * @file wait.h
 * @brief The dispatcher: waiting for objects and waking who waits.
 *
 * Uses:     object.h, schedule.h.
 * Used by:  the Win32 wait calls, events and the other objects, port.c.
 * Facts:    THREAD-09, THREAD-10.
 * Read next: wait.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_WAIT_H
#define SIM_WAIT_H

#include "object.h"
#include "schedule.h"

/** A mutex; kept here because waiting for one changes its owner. */
struct mutex {
    struct object object; /* signal is 1 while free. */
    struct thread *owner;
    uint32_t depth;          /* Times the owner holds it. */
    bool abandoned;          /* Its owner ended: the next wait says so. */
    struct mutex *held_next; /* All mutexes of the world that are held. */
};

/** What to wait for; more than six parameters would be needed. */
struct wait {
    struct object *const *objects;
    uint32_t count; /**< 1 to MAXIMUM_WAIT_OBJECTS. */
    bool all;       /**< All at once, else the first. */
    bool alertable;
    const int64_t *interval; /**< As for sim__time_due. */
    const char *call;        /**< Name of the Win32 call, for sentences. */
};

/**
 * @brief Wait for objects.
 * @return STATUS_WAIT_0 + index, STATUS_ABANDONED_WAIT_0 + index,
 *         STATUS_TIMEOUT or STATUS_USER_APC (the APCs have run).
 */
NTSTATUS sim__wait(const struct wait *wait);

/** @brief Wake whom the object's signal satisfies; call after raising it. */
void sim__wait_wake(struct object *object);

/** @brief Remove a thread's wait blocks from their objects. */
void sim__wait_unlink(struct thread *thread);

/** @brief Hang one block on an object, behind the others. */
void sim__wait_link_block(struct wait_block *block, struct object *object);

/** @brief Take one block off its object. */
void sim__wait_unlink_block(struct wait_block *block);

/** @brief Abandon the mutexes of a thread that ends. */
void sim__mutexes_abandon(struct thread *thread);

/** @brief Give one level of a mutex back; STATUS_MUTANT_NOT_OWNED. */
NTSTATUS sim__mutex_release(struct mutex *mutex);

/** @brief Raise an event-like object's signal to 1 and wake. */
void sim__signal(struct object *object);

#endif
