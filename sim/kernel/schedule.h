/**
 * @file schedule.h
 * @brief Choice points, blocking and time.
 *
 * Every Win32 call stops at sim__before() until the schedule lets it act, and
 * passes sim__after() when it has acted.  Between the two it is alone.
 *
 * Uses:     world.h.
 * Used by:  every Win32 call, wait.c, port.c.
 * Facts:    TIME-01, TIME-03.
 * Read next: schedule.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_SCHEDULE_H
#define SIM_SCHEDULE_H

#include "world.h"

/** @brief The slow half of a choice point: others could run or time pass. */
SIM_NOINLINE void sim__preempt(void);

/** @brief End the run: too many steps. */
SIM_NORETURN SIM_COLD void sim__steps_over(void);

/**
 * @brief Stop before an action, so that another thread may act first.
 *
 * To be called by every Win32 call that touches more than its own thread,
 * before it looks at anything shared.
 */
static SIM_INLINE void sim__before(void)
{
    struct world *world = &sim__world;

    world->current->frame = SIM_CALLER_FRAME();
    if (SIM_UNLIKELY(world->steps_left-- == 0)) {
        sim__steps_over();
    }
    if ((world->ready_count != 0) |
        ((world->deadline_count != 0) & world->time_may_pass)) {
        sim__preempt();
    }
}

/** @brief Stop after an action, so that others can see it before the caller
 *  does anything more. */
static inline void sim__after(void)
{
    struct world *world = &sim__world;

    if (world->ready_count != 0 && world->after_points) {
        sim__preempt();
    }
}

/** @brief Forget ready threads and deadlines; called by sim__world_begin. */
void sim__schedule_begin(void);

/** @brief Wait until no other thread can run; no time passes. */
void sim__settle(void);

/** @brief Let every other ready thread go first (Sleep(0), spinning). */
void sim__yield(void);

/**
 * @brief Block the current thread until sim__unblock or the time-out.
 *
 * The caller has set what the thread waits for (waits_in, blocks, address).
 * Leaves the thread's port meanwhile: PORT-62, PORT-63.
 *
 * @param reason     Why, not BLOCK_NONE.
 * @param alertable  An APC ends the wait with STATUS_USER_APC; the caller
 *                   runs the APCs then.
 * @param due        Absolute virtual time of the time-out, 100 ns, or
 *                   UINT64_MAX for none.
 * @return What sim__unblock was given, or STATUS_TIMEOUT.
 */
NTSTATUS
sim__block(enum block_reason reason, bool alertable, uint64_t due);

/** @brief End a blocked thread's wait: it is ready again.  Removes it from
 *  what it waited for (wait blocks, address list, stack of a port). */
void sim__unblock(struct thread *thread, NTSTATUS status);

/** @brief Take a blocked thread off whatever it waits for, and no more. */
void sim__unwait(struct thread *thread);

/** @brief Nothing can ever run again: end the run, saying who waits for
 *  what. */
SIM_NORETURN SIM_COLD void sim__deadlock(void);

/** @brief A larger table with the old one's contents; outlives the run. */
void *sim__table_grow(void *old, size_t old_bytes, size_t new_bytes);

/** @brief Put a thread among the ready ones (new or resumed). */
void sim__make_ready(struct thread *thread);

/** @brief Take a thread out of the ready ones (terminated, suspended). */
void sim__make_unready(struct thread *thread);

/** @brief Leave the current thread for good. */
SIM_NORETURN void sim__leave(void);

/** @brief Arm or move a deadline. */
void sim__deadline_arm(struct deadline *deadline, uint64_t due);

/** @brief Disarm it; harmless when it is not armed. */
void sim__deadline_disarm(struct deadline *deadline);

/** @brief Let the earliest deadline fire, moving the clock to it. */
void sim__time_pass(void);

/**
 * @brief When a time-out of a wait ends.
 *
 * @param interval  100 ns units as the native calls take it: negative is
 *                  relative, positive an absolute system time; NULL: never.
 * @return Virtual time; UINT64_MAX for never.  A relative interval that is
 *         not 0 is moved to a clock tick by choice: FACT TIME-01.
 */
uint64_t sim__time_due(const int64_t *interval);

/** @brief Milliseconds of a Win32 call as such an interval; NULL for
 *  INFINITE, else @p storage: FACT TIME-03. */
const int64_t *sim__time_interval(DWORD milliseconds, int64_t *storage);

/** Virtual time 0 as a system time: 2024-01-01 00:00 UTC, 100 ns since 1601. */
#define SIM_TIME_ZERO INT64_C(133485408000000000)

/** Virtual time that no system time can name any more, in some 28,000 years:
 * what is due then or later never happens. */
#define SIM_TIME_END ((uint64_t)(INT64_MAX - SIM_TIME_ZERO))

/** A clock tick, 100 ns units: 15.625 ms. */
#define SIM_TICK UINT64_C(156250)

#endif
