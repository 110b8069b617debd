/**
 * @file apc.c
 * @brief Asynchronous procedure calls: who gets them, and when they run.
 *
 * An APC waits in its thread's queue until the thread waits alertably.  Then
 * all of them run, oldest first, and the wait ends.
 *
 * Uses:     thread.h, schedule.h.
 * Used by:  wait.c, port.c, timer.c, irp.c, QueueUserAPC.
 * Facts:    THREAD-06, THREAD-09, THREAD-10, PORT-43, PORT-53.
 * Read next: schedule.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedule.h"
#include "thread.h"

bool sim__apc_queue(struct thread *thread, struct apc *apc)
{
    if (thread->state == THREAD_OVER) {
        return false;
    }
    apc->next = NULL;
    apc->thread = thread;
    if (thread->apc_last == NULL) {
        thread->apc_first = apc;
    } else {
        thread->apc_last->next = apc;
    }
    thread->apc_last = apc;
    if (thread->state == THREAD_BLOCKED && thread->alertable &&
        thread->reason != BLOCK_SUSPENDED) {
        /* FACT THREAD-10 the wait ends without taking what it waited for. */
        sim__unblock(thread, STATUS_USER_APC);
    }
    return true;
}

void sim__apc_remove(struct apc *apc)
{
    struct thread *thread = apc->thread;
    struct apc *before = NULL;
    struct apc *at;

    if (thread == NULL) {
        return;
    }
    for (at = thread->apc_first; at != apc; at = at->next) {
        before = at;
    }
    if (before == NULL) {
        thread->apc_first = apc->next;
    } else {
        before->next = apc->next;
    }
    if (thread->apc_last == apc) {
        thread->apc_last = before;
    }
    apc->thread = NULL;
}

bool sim__apc_run_all(void)
{
    struct thread *self = sim__world.current;
    bool any = false;

    /* FACT THREAD-09 all queued APCs run, first in first out, and those that
     * they queue.
     * BOUND: the limit of steps ends a program that queues for ever. */
    while (self->apc_first != NULL) {
        struct apc *apc = self->apc_first;

        sim__apc_remove(apc);
        any = true;
        apc->run(apc);
    }
    return any;
}
