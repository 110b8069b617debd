/**
 * @file park.c
 * @brief Parking threads on addresses, and waking them.
 *
 * All parked threads of the world are on one list, oldest first.  Whom a wake
 * reaches is a choice: for none of these locks does Windows promise an order.
 *
 * Uses:     park.h.
 * Used by:  schedule.c, and the calls about locks.
 * Facts:    none.
 * Read next: wait.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "park.h"

#include <assert.h>
#include <string.h>

static_assert(sizeof(PVOID) == sizeof(uint64_t),
              "a lock's word holds the run and the place of its record");

/** Sleeps that end for a reason, after one that did not. */
enum { HONEST_SLEEPS = 16 };

/** What HeapAlloc leaves in fresh memory and HeapFree in old: heap_api.c. */
#define WORD_FRESH UINT64_C(0xCDCDCDCDCDCDCDCD)
#define WORD_FREED UINT64_C(0xDDDDDDDDDDDDDDDD)

/** @brief The word of a lock, also where AddressSanitizer forbids it. */
SIM_UNWATCHED static uint64_t look(const PVOID *word)
{
    return (uint64_t)(uintptr_t)*word;
}

void *sim__lock_begin(PVOID *word, size_t bytes)
{
    struct world *world = &sim__world;
    uint64_t tag = look(word);
    struct lock *lock;
    uint64_t place;

    if (tag == WORD_FRESH || tag == WORD_FREED) {
        sim__stop(SIM_CONTRACT,
                  "a lock was used in memory that %s: initialise a lock "
                  "before its first use and free it after its last",
                  tag == WORD_FRESH ? "HeapAlloc gave and nobody initialised"
                                    : "HeapFree had already taken back");
    }
    lock = sim__take(bytes);
    memset(lock, 0, bytes);
    lock->number = ++world->numbers[OBJECT_LOCK];
    place = (uint64_t)((char *)lock - world->arena.base) / ARENA_GRAIN;
    tag = (uint64_t)(uint32_t)world->generation << 32 | place;
    *word = (PVOID)(uintptr_t)tag;
    return lock;
}

NTSTATUS sim__park(const void *address,
                   enum park_mode mode,
                   const char *call,
                   uint64_t due)
{
    struct world *world = &sim__world;
    struct thread *self = world->current;

    self->waits_in = call;
    self->wait_address = address;
    self->wait_mode = mode;
    if (mode != PARK_VALUE) {
        ((struct lock *)address)->parked++;
    }
    self->parked_next = NULL;
    self->parked_before = world->parked_last;
    if (world->parked_last == NULL) {
        world->parked_first = self;
    } else {
        world->parked_last->parked_next = self;
    }
    world->parked_last = self;
    return sim__block(BLOCK_ADDRESS, false, due);
}

void sim__park_unlink(struct thread *thread)
{
    struct world *world = &sim__world;

    if (thread->parked_before == NULL) {
        world->parked_first = thread->parked_next;
    } else {
        thread->parked_before->parked_next = thread->parked_next;
    }
    if (thread->parked_next == NULL) {
        world->parked_last = thread->parked_before;
    } else {
        thread->parked_next->parked_before = thread->parked_before;
    }
    if (thread->wait_mode != PARK_VALUE) {
        ((struct lock *)thread->wait_address)->parked--;
    }
}

/** @brief The first thread parked at an address, from a thread on. */
static struct thread *parked_from(struct thread *thread, const void *address)
{
    while (thread != NULL && thread->wait_address != address) {
        thread = thread->parked_next;
    }
    return thread;
}

struct thread *sim__park_pick(const void *address, uint32_t count)
{
    uint32_t pick = sim__choose(CHOOSE_WAITER, count);
    struct thread *thread = parked_from(sim__world.parked_first, address);

    for (; pick > 0; pick--) {
        thread = parked_from(thread->parked_next, address);
    }
    return thread;
}

void sim__park_wake_one(const void *address)
{
    const struct thread *thread = parked_from(sim__world.parked_first, address);
    uint32_t count = 0;

    for (; thread != NULL; thread = parked_from(thread->parked_next, address)) {
        count++;
    }
    if (count != 0) {
        sim__unblock(sim__park_pick(address, count), STATUS_SUCCESS);
    }
}

void sim__park_wake_all(const void *address)
{
    struct thread *thread = parked_from(sim__world.parked_first, address);

    while (thread != NULL) {
        struct thread *next = parked_from(thread->parked_next, address);

        sim__unblock(thread, STATUS_SUCCESS);
        thread = next;
    }
}

void sim__park_wake_mode(const void *address, enum park_mode mode)
{
    struct thread *thread = parked_from(sim__world.parked_first, address);

    while (thread != NULL) {
        struct thread *next = parked_from(thread->parked_next, address);

        if (thread->wait_mode == (uint32_t)mode) {
            sim__unblock(thread, STATUS_SUCCESS);
        }
        thread = next;
    }
}

bool sim__park_spurious(void)
{
    struct world *world = &sim__world;

    /* A program must look again after a sleep, so after one without reason
     * it sleeps again.  If that could go on, an exhaustive search would never
     * come to an end. */
    if (world->honest_sleeps != 0) {
        world->honest_sleeps--;
        return false;
    }
    if (sim__choose(CHOOSE_SPURIOUS, 2) == 0) {
        return false;
    }
    world->honest_sleeps = HONEST_SLEEPS;
    return true;
}

const struct thread *sim__lock_owner(const struct thread *waiter)
{
    const struct thread *thread = sim__world.thread_first;
    uint32_t owner;

    if (waiter->wait_mode != PARK_ALONE && waiter->wait_mode != PARK_SHARED) {
        return NULL;
    }
    /* By number, because a thread can end and be forgotten while it holds a
     * lock. */
    owner = ((const struct lock *)waiter->wait_address)->owner;
    while (thread != NULL && thread->object.number != owner) {
        thread = thread->all_next;
    }
    return thread;
}
