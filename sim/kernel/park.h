/**
 * @file park.h
 * @brief Locks in the program's memory, and threads parked on them.
 *
 * Windows keeps its light locks in the program's own memory, in a word that
 * begins as zero and needs no closing.  The kernel hears of them only when a
 * thread has to block: it then parks on an address until another thread names
 * the same address.  So it is here: the word leads to a record of the lock in
 * the world's memory, and threads park on the record.
 *
 * Uses:     schedule.h, host.h.
 * Used by:  schedule.c, deadlock.c, and the calls about locks.
 * Facts:    none.
 * Read next: park.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PARK_H
#define SIM_PARK_H

#include "../host/host.h"
#include "schedule.h"

/** What a parked thread waits for; kept in its wait_mode. */
enum park_mode {
    PARK_VALUE,     /**< A value in memory: the address is the program's. */
    PARK_CONDITION, /**< A condition variable; so here and below, the address
                     * is that of a struct lock. */
    PARK_ALONE,     /**< To hold a lock alone. */
    PARK_SHARED     /**< To hold a lock together with others. */
};

/** What the simulator knows of one lock. */
struct lock {
    uint32_t number; /**< In the trace. */
    uint32_t owner;  /**< Number of the thread that holds it, if it is one
                      * alone and known; else 0. */
    uint32_t holds;  /**< Levels of a critical section, holders of an SRW
                      * lock; 0 while free. */
    uint32_t parked; /**< Threads parked on it. */
    bool shared;     /**< While held: other readers may join. */
};

/**
 * @brief The record of a lock that is used for the first time in this run.
 * @param word   The lock's word; is made to lead to the record.
 * @param bytes  Size of the record, a struct lock and what follows it.
 */
SIM_NOINLINE void *sim__lock_begin(PVOID *word, size_t bytes);

/** @brief Whether a lock's word leads to a record of this run. */
static inline bool sim__lock_begun(const PVOID *word)
{
    uint64_t tag;

    if (sim__host_is_poisoned(word, sizeof *word)) {
        return false; /* sim__lock_begin() says what is wrong. */
    }
    tag = (uint64_t)(uintptr_t)*word;
    /* A static lock keeps its word from run to run, so the word says in which
     * run it was written: one from another run counts as zero. */
    return (uint32_t)(tag >> 32) == (uint32_t)sim__world.generation && tag != 0;
}

/** @brief The record that a lock's word leads to; begun when there is none. */
static inline void *sim__lock_find(PVOID *word, size_t bytes)
{
    if (SIM_UNLIKELY(!sim__lock_begun(word))) {
        return sim__lock_begin(word, bytes);
    }
    return sim__world.arena.base +
           (size_t)(uint32_t)(uintptr_t)*word * ARENA_GRAIN;
}

/** @brief Say in the trace what happened to a lock. */
#define trace_lock(kind_, lock_, text_)                                \
    trace(kind_,                                                       \
          .object = &(const struct object){.type = OBJECT_LOCK,        \
                                           .number = (lock_)->number}, \
          .text = (text_))

/**
 * @brief Block the current thread until it is woken at an address.
 * @param address  What sim__park_wake_... will name.
 * @param mode     Why.
 * @param call     Name of the Win32 call, for sentences.
 * @param due      Virtual time of the time-out, or UINT64_MAX.
 * @return STATUS_SUCCESS or STATUS_TIMEOUT.
 */
NTSTATUS sim__park(const void *address,
                   enum park_mode mode,
                   const char *call,
                   uint64_t due);

/** @brief Take a thread off the list of the parked; for sim__unwait. */
void sim__park_unlink(struct thread *thread);

/** @brief Choose one of @p count threads parked at an address. */
struct thread *sim__park_pick(const void *address, uint32_t count);

/** @brief Wake one thread parked at an address, if there is any. */
void sim__park_wake_one(const void *address);

/** @brief Wake the threads parked at an address, of all modes or of one. */
void sim__park_wake_all(const void *address);
void sim__park_wake_mode(const void *address, enum park_mode mode);

/** @brief Choose whether a sleep ends at once without a reason, as condition
 *  variables and waits for a value are allowed to. */
bool sim__park_spurious(void);

/** @brief Who holds the lock that a BLOCK_ADDRESS waiter waits for, or NULL
 *  when nobody does, several do, or it is no lock. */
const struct thread *sim__lock_owner(const struct thread *waiter);

#endif
