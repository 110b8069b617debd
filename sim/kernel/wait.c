/**
 * @file wait.c
 * @brief The dispatcher.
 *
 * Whoever raises an object's signal also decides whose wait it ends, takes
 * the signal back if the type says so, and makes those threads ready.  A
 * thread that wakes therefore never has to look again.
 *
 * Uses:     wait.h, wait_packet.h.
 * Used by:  wait_api.c, event_api.c and the other objects, thread.c.
 * Facts:    THREAD-09, THREAD-10, PORT-82..PORT-84.
 * Read next: timer.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "wait.h"

#include <string.h>

#include "wait_packet.h"

/** All mutexes that somebody holds, newest first. */
static struct mutex *held_first;
static uint64_t held_generation;

/** @brief Whether a wait of @p thread for @p object would be satisfied. */
static inline bool satisfied(const struct object *object,
                             const struct thread *thread)
{
    if (object->signal > 0) {
        return true;
    }
    return object->type == OBJECT_MUTEX &&
           ((const struct mutex *)object)->owner == thread;
}

/** @brief A wait takes a mutex; whether it had been abandoned. */
static bool take_mutex(struct mutex *mutex, struct thread *thread)
{
    bool abandoned = mutex->abandoned;

    mutex->abandoned = false;
    mutex->depth++;
    if (mutex->owner == NULL) {
        if (held_generation != sim__world.generation) {
            held_generation = sim__world.generation;
            held_first = NULL;
        }
        mutex->object.signal = 0;
        mutex->owner = thread;
        mutex->held_next = held_first;
        held_first = mutex;
        sim__object_keep(&mutex->object);
    }
    return abandoned;
}

/** @brief Let a satisfied wait have its effect on the object.
 *  @return whether the object is a mutex that was abandoned. */
static bool take(struct object *object, struct thread *thread)
{
    switch ((enum object_type)object->type) {
    case OBJECT_MUTEX:
        return take_mutex((struct mutex *)object, thread);
    case OBJECT_SEMAPHORE:
        object->signal--;
        return false;
    case OBJECT_EVENT:
    case OBJECT_TIMER:
        if (object->auto_reset) {
            object->signal = 0;
        }
        return false;
    case OBJECT_PORT: /* FACT PORT-82 the packet stays. */
    case OBJECT_NONE:
    case OBJECT_THREAD:
    case OBJECT_PROCESS:
    case OBJECT_FILE:
    case OBJECT_RESERVE:
    case OBJECT_WAIT_PACKET:
    case OBJECT_PIPE:
    case OBJECT_LOCK:
    case OBJECT_TYPE_COUNT:
        return false;
    }
    return false;
}

/** @brief Remember an object by name: when a wait ends its handle may be
 *  closed and its memory given away. */
static void remember(struct thread *thread, const struct object *object)
{
    thread->ended_type = object->type;
    thread->ended_number = object->number;
}

/** @brief Take all objects of a wait.
 *  @return STATUS_WAIT_0, or STATUS_ABANDONED_WAIT_0 if one was abandoned. */
static NTSTATUS take_all(struct object *const *objects,
                         uint32_t count,
                         struct thread *thread)
{
    NTSTATUS status = STATUS_WAIT_0;

    for (uint32_t at = 0; at < count; at++) {
        if (take(objects[at], thread)) {
            status = STATUS_ABANDONED_WAIT_0;
        }
    }
    return status;
}

/** @brief Try to end a wait without blocking.
 *  @return what the wait returns, or STATUS_PENDING. */
static NTSTATUS try_now(const struct wait *wait)
{
    struct thread *self = sim__world.current;
    uint32_t at;

    for (at = 0; at < wait->count; at++) {
        bool yes = satisfied(wait->objects[at], self);

        if (yes && !wait->all) {
            remember(self, wait->objects[at]);
            /* FACT: the lowest index wins (WaitForMultipleObjects page). */
            return (NTSTATUS)at + (take(wait->objects[at], self)
                                       ? STATUS_ABANDONED_WAIT_0
                                       : STATUS_WAIT_0);
        }
        if (!yes && wait->all) {
            return STATUS_PENDING;
        }
    }
    return wait->all ? take_all(wait->objects, wait->count, self)
                     : STATUS_PENDING;
}

void sim__wait_link_block(struct wait_block *block, struct object *object)
{
    block->object = object;
    block->next = NULL;
    block->before = object->wait_last;
    if (object->wait_last == NULL) {
        object->wait_first = block;
    } else {
        object->wait_last->next = block;
    }
    object->wait_last = block;
    sim__object_keep(object);
}

void sim__wait_unlink_block(struct wait_block *block)
{
    struct object *object = block->object;

    if (block->before == NULL) {
        object->wait_first = block->next;
    } else {
        block->before->next = block->next;
    }
    if (block->next == NULL) {
        object->wait_last = block->before;
    } else {
        block->next->before = block->before;
    }
    sim__object_drop(object);
}

/** @brief Hang the current thread's wait blocks on the objects. */
static void link_blocks(const struct wait *wait)
{
    struct thread *self = sim__world.current;

    self->blocks = self->blocks_inline;
    if (wait->count > WAIT_BLOCKS_INLINE) {
        self->blocks = sim__take(wait->count * sizeof *self->blocks);
    }
    self->block_count = wait->count;
    self->wait_all = wait->all;
    self->waits_in = wait->call;
    for (uint32_t at = 0; at < wait->count; at++) {
        self->blocks[at].thread = self;
        self->blocks[at].index = at;
        sim__wait_link_block(&self->blocks[at], wait->objects[at]);
    }
}

void sim__wait_unlink(struct thread *thread)
{
    for (uint32_t at = 0; at < thread->block_count; at++) {
        sim__wait_unlink_block(&thread->blocks[at]);
    }
    if (thread->blocks != thread->blocks_inline) {
        sim__give(thread->blocks, thread->block_count * sizeof *thread->blocks);
    }
    thread->block_count = 0;
}

/** @brief Whether an APC comes before what is waited for. */
static bool apc_first(const struct wait *wait)
{
    struct thread *self = sim__world.current;

    if (!wait->alertable || self->apc_first == NULL) {
        return false;
    }
    for (uint32_t at = 0; at < wait->count; at++) {
        if (satisfied(wait->objects[at], self)) {
            /* Open question 12: no source says who wins here. */
            return sim__choose(CHOOSE_APC, 2) == 0;
        }
    }
    return true;
}

/** @brief Block until an object, the time-out or an APC ends the wait. */
static NTSTATUS wait_blocked(const struct wait *wait)
{
    trace(wait,
          .text = wait->call,
          .object = wait->objects[0],
          .value = {wait->interval == NULL ? 0 : -*wait->interval});
    link_blocks(wait);
    return sim__block(BLOCK_OBJECTS,
                      wait->alertable,
                      sim__time_due(wait->interval));
}

NTSTATUS sim__wait(const struct wait *wait)
{
    struct thread *self = sim__world.current;
    struct object ended; /* Only its type and number are looked at. */
    NTSTATUS status;

    if (apc_first(wait)) {
        (void)sim__apc_run_all();
        return STATUS_USER_APC;
    }
    remember(self, wait->objects[0]);
    status = try_now(wait);
    if (status == STATUS_PENDING) {
        if (wait->interval != NULL && *wait->interval == 0) {
            status = STATUS_TIMEOUT;
        } else {
            status = wait_blocked(wait);
        }
    }
    ended.type = self->ended_type;
    ended.number = self->ended_number;
    if (status == STATUS_USER_APC) {
        (void)sim__apc_run_all();
    } else if (status == STATUS_TIMEOUT) {
        trace(timeout, .text = wait->call, .object = &ended);
    } else {
        trace(call, .text = wait->call, .object = &ended);
    }
    return status;
}

/** @brief Whether raising this block's object can end its thread's wait. */
static bool can_end(const struct wait_block *block)
{
    const struct thread *thread = block->thread;

    if (thread == NULL || !thread->wait_all) {
        return satisfied(block->object, thread);
    }
    for (uint32_t at = 0; at < thread->block_count; at++) {
        if (!satisfied(thread->blocks[at].object, thread)) {
            return false;
        }
    }
    return true;
}

/** @brief End the wait that a block belongs to. */
static void end_wait(const struct wait_block *block)
{
    struct thread *thread = block->thread;
    NTSTATUS status;

    if (thread == NULL) {
        (void)take(block->object, NULL);
        sim__wait_packet_fire(block->packet);
        return;
    }
    remember(thread, block->object);
    if (!thread->wait_all) {
        status = (NTSTATUS)block->index + (take(block->object, thread)
                                               ? STATUS_ABANDONED_WAIT_0
                                               : STATUS_WAIT_0);
    } else {
        status = STATUS_WAIT_0;
        for (uint32_t at = 0; at < thread->block_count; at++) {
            if (take(thread->blocks[at].object, thread)) {
                status = STATUS_ABANDONED_WAIT_0;
            }
        }
    }
    sim__unblock(thread, status);
}

/** @brief Choose whose wait to end, or NULL when none can end. */
static const struct wait_block *pick_waiter(const struct object *object)
{
    const struct wait_block *block;
    uint32_t count = 0;
    uint32_t pick;

    for (block = object->wait_first; block != NULL; block = block->next) {
        count += can_end(block);
        if (count == 1 && !object->auto_reset) {
            return block; /* All will be woken: their order is no matter. */
        }
    }
    if (count == 0) {
        return NULL;
    }
    /* Windows promises no order here ("do not assume FIFO"). */
    pick = sim__choose(CHOOSE_WAITER, count);
    for (block = object->wait_first; block != NULL; block = block->next) {
        if (can_end(block) && pick-- == 0) {
            break;
        }
    }
    return block;
}

void sim__wait_wake(struct object *object)
{
    const struct wait_block *block = pick_waiter(object);

    /* BOUND: each turn ends the wait of one thread. */
    while (block != NULL) {
        end_wait(block);
        block = pick_waiter(object);
    }
}

void sim__signal(struct object *object)
{
    object->signal = 1;
    if (object->wait_first != NULL) {
        sim__wait_wake(object);
    }
}

/** @brief Nobody owns the mutex any more: the next waiter may. */
static void mutex_free(struct mutex *mutex)
{
    struct mutex **link = &held_first;

    while (*link != mutex) {
        link = &(*link)->held_next;
    }
    *link = mutex->held_next;
    mutex->owner = NULL;
    mutex->depth = 0;
    sim__signal(&mutex->object);
    sim__object_drop(&mutex->object);
}

NTSTATUS sim__mutex_release(struct mutex *mutex)
{
    if (mutex->owner != sim__world.current) {
        return STATUS_MUTANT_NOT_OWNED;
    }
    if (--mutex->depth == 0) {
        mutex_free(mutex);
    }
    return STATUS_SUCCESS;
}

static void mutex_abandon(struct mutex *mutex)
{
    mutex->abandoned = true;
    trace(abandon, .object = &mutex->object, .kernel = true);
    mutex_free(mutex);
}

void sim__mutexes_abandon(struct thread *thread)
{
    struct mutex *mutex = held_first;

    if (held_generation != sim__world.generation) {
        return;
    }
    while (mutex != NULL) {
        struct mutex *next = mutex->held_next;

        if (mutex->owner == thread) {
            mutex_abandon(mutex);
        }
        mutex = next;
    }
}
