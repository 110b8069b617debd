/**
 * @file schedule.c
 * @brief Which thread runs, and how one blocks and wakes.
 *
 * The threads that could run but do not are kept in a window of an array,
 * oldest first.  Choosing one is a number; taking its place is one store; so
 * a switch costs little more than the switch of stacks.
 *
 * Uses:     schedule.h, wait.h, park.h, port.h.
 * Used by:  every Win32 call.
 * Facts:    PORT-62, PORT-63, THREAD-13.
 * Read next: deadline.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedule.h"

#include <string.h>

#include "../watch/watch.h"
#include "park.h"
#include "port.h"
#include "wait.h"

enum { READY_MIN = 256, YIELDS_MAX = 64 };

/** Tables that grow with the most threads ever alive; never reset. */
static struct arena tables;

void sim__schedule_begin(void)
{
    struct world *world = &sim__world;

    world->ready_first = 0;
    world->ready_count = 0;
    world->deadline_count = 0;
    world->deadline_order = 0;
    world->clock_acts = false;
}

void *sim__table_grow(void *old, size_t old_bytes, size_t new_bytes)
{
    void *grown;

    if (tables.base == NULL && !sim__arena_open(&tables, (size_t)1 << 32)) {
        sim__stop(SIM_HOST,
                  "the real machine has no memory for tables; raise its limit "
                  "(ulimit -v)");
    }
    grown = sim__arena_take(&tables, new_bytes);
    if (old_bytes != 0) {
        memcpy(grown, old, old_bytes);
        sim__arena_give(&tables, old, old_bytes);
    }
    return grown;
}

/** @brief Make room at the end of the window. */
static SIM_NOINLINE void ready_make_room(void)
{
    struct world *world = &sim__world;
    struct thread **old = world->ready;

    if (world->ready_count >= world->ready_max / 2) {
        uint32_t grown =
            world->ready_max == 0 ? READY_MIN : world->ready_max * 2;

        world->ready = sim__table_grow(old,
                                       world->ready_max * sizeof *old,
                                       grown * sizeof *old);
        world->ready_max = grown;
    }
    memmove(world->ready,
            world->ready + world->ready_first,
            world->ready_count * sizeof *world->ready);
    world->ready_first = 0;
}

static void ready_append(struct thread *thread)
{
    struct world *world = &sim__world;

    if (world->ready_first + world->ready_count == world->ready_max) {
        ready_make_room();
    }
    world->ready[world->ready_first + world->ready_count++] = thread;
}

/** @brief Take number @p pick out of the window, keeping the others' order. */
static struct thread *ready_take(uint32_t pick)
{
    struct world *world = &sim__world;
    struct thread **window = world->ready + world->ready_first;
    struct thread *taken = window[pick];

    sim__assert(pick < world->ready_count);

    for (uint32_t at = pick; at > 0; at--) {
        window[at] = window[at - 1];
    }
    world->ready_first++;
    world->ready_count--;
    return taken;
}

/** @brief Give the processor to @p next; returns when it is given back. */
static inline void run(struct thread *next)
{
    struct thread *self = sim__world.current;

    next->state = THREAD_RUNNING;
    if (next == self) {
        return;
    }
    sim__world.current = next;
    sim__fiber_switch(self->fiber, next->fiber);
}

void sim__preempt(void)
{
    struct world *world = &sim__world;
    struct thread *self = world->current;
    struct thread **slot;
    struct thread *next;
    uint32_t pick;

    if (world->preemptions_left == 0) {
        return;
    }
    if (world->deadline_count != 0 && world->time_may_pass &&
        sim__choose(CHOOSE_TIME, 2) != 0) {
        world->preemptions_left--;
        sim__time_pass();
        if (world->preemptions_left == 0) {
            return;
        }
    }
    pick = sim__choose(CHOOSE_THREAD, world->ready_count + 1);
    if (pick == 0) {
        return;
    }
    /* The chosen thread's place in the window becomes ours. */
    world->preemptions_left--;
    slot = world->ready + world->ready_first + (pick - 1);
    next = *slot;
    *slot = self;
    self->state = THREAD_READY;
    run(next);
}

void sim__steps_over(void)
{
    sim__stop(SIM_LIVELOCK,
              "the run made %llu calls without coming to an end: some thread "
              "may be spinning (raise the limit of steps if it is not)",
              (unsigned long long)sim__world.options.steps_max);
}

/** @brief Nothing can run: wake who settles, or let time pass. */
static void idle(void)
{
    struct world *world = &sim__world;

    /* BOUND: each turn fires a deadline; without any the run ends. */
    while (world->ready_count == 0) {
        struct thread *settler = world->settling;

        if (settler != NULL) {
            world->settling = settler->parked_next;
            ready_append(settler);
        } else if (world->deadline_count != 0) {
            sim__time_pass();
        } else {
            sim__deadlock();
        }
    }
}

/** @brief The current thread cannot go on: run another, or time. */
static void give_way(void)
{
    if (SIM_UNLIKELY(sim__world.ready_count == 0)) {
        idle();
    }
    run(ready_take(sim__choose(CHOOSE_THREAD, sim__world.ready_count)));
}

void sim__leave(void)
{
    if (sim__world.threads_live == 0) {
        sim__process_over();
    }
    give_way();
    sim__stop(SIM_CRASH, "a thread that had ended was run again");
}

void sim__yield(void)
{
    struct world *world = &sim__world;
    struct thread *self = world->current;

    /* Threads that wait by spinning must see time pass, or a run in which
     * all others sleep would never end. */
    world->yields++;
    if (world->deadline_count != 0 &&
        (world->ready_count == 0 ||
         world->yields > YIELDS_MAX + world->ready_count)) {
        sim__time_pass();
    }
    if (world->ready_count != 0) {
        struct thread *next =
            ready_take(sim__choose(CHOOSE_THREAD, world->ready_count));

        self->state = THREAD_READY;
        ready_append(self);
        run(next);
    }
}

void sim__settle(void)
{
    struct world *world = &sim__world;
    struct thread **last = &world->settling;

    if (world->ready_count == 0) {
        return;
    }
    while (*last != NULL) {
        last = &(*last)->parked_next;
    }
    world->current->parked_next = NULL;
    *last = world->current;
    world->current->state = THREAD_READY;
    give_way();
}

/** @brief A wait's time-out: the deadline is a member of its thread. */
static void timeout_fire(struct deadline *deadline)
{
    struct thread *thread =
        (struct thread *)((char *)deadline - offsetof(struct thread, timeout));

    sim__unblock(thread, STATUS_TIMEOUT);
}

NTSTATUS
sim__block(enum block_reason reason, bool alertable, uint64_t due)
{
    struct world *world = &sim__world;
    struct thread *self = world->current;

    sim__watch_block(self);
    self->state = THREAD_BLOCKED;
    self->reason = (uint8_t)reason;
    self->alertable = alertable;
    if (due != UINT64_MAX) {
        self->timeout.fire = timeout_fire;
        sim__deadline_arm(&self->timeout, due);
    }
    if (self->port_active) {
        /* FACT PORT-62 a blocking worker makes room for another. */
        sim__port_pause(self);
    }
    world->clock_reads = 0;
    give_way();
    return self->wait_status;
}

void sim__make_ready(struct thread *thread)
{
    thread->reason = BLOCK_NONE;
    thread->state = THREAD_READY;
    if (thread->port != NULL && !thread->port_active) {
        /* FACT PORT-63 it is counted again without asking. */
        sim__port_resume(thread);
    }
    ready_append(thread);
}

void sim__make_unready(struct thread *thread)
{
    struct world *world = &sim__world;
    struct thread **link = &world->settling;

    for (uint32_t at = 0; at < world->ready_count; at++) {
        if (world->ready[world->ready_first + at] == thread) {
            (void)ready_take(at);
            return;
        }
    }
    /* A ready thread that is not in the window settles. */
    while (*link != thread) {
        sim__assert(*link != NULL);
        link = &(*link)->parked_next;
    }
    *link = thread->parked_next;
}

/** @brief Take a blocked thread off whatever it waits for. */
void sim__unwait(struct thread *thread)
{
    switch ((enum block_reason)thread->reason) {
    case BLOCK_OBJECTS:
        sim__wait_unlink(thread);
        break;
    case BLOCK_PORT:
        sim__port_unwait(thread);
        break;
    case BLOCK_ADDRESS:
        sim__park_unlink(thread);
        break;
    case BLOCK_NONE:
    case BLOCK_SLEEP:
    case BLOCK_SUSPENDED:
    case BLOCK_IO:
        break; /* On no list: only the thread itself knows. */
    }
    sim__deadline_disarm(&thread->timeout);
}

void sim__unblock(struct thread *thread, NTSTATUS status)
{
    sim__assert(thread->state == THREAD_BLOCKED);
    sim__unwait(thread);
    thread->wait_status = status;
    if (SIM_UNLIKELY(thread->suspended != 0)) {
        /* FACT THREAD-13 suspended is blocked, as its port sees it. */
        thread->reason = BLOCK_SUSPENDED;
        if (thread->port_active) {
            sim__port_pause(thread);
        }
        return;
    }
    sim__make_ready(thread);
}
