/**
 * @file timer.h
 * @brief Waitable timers: objects that time signals.
 *
 * A timer is a deadline with an object in front of it.  What happens at the
 * due time depends on three independent things: its kind (who takes the
 * signal back), its period (whether it is armed again), its routine (whether
 * an APC goes to the thread that set it).
 *
 * Uses:     object.h, thread.h (deadline, APC).
 * Used by:  timer_api.c, object.c, thread.c.
 * Facts:    TIME-05, TIME-06, TIME-07, TIME-08, TIME-09, TIME-11, TIME-12.
 * Read next: timer.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_TIMER_H
#define SIM_TIMER_H

#include "object.h"
#include "thread.h"

/** What SetWaitableTimer asks for. */
struct timer_setting {
    int64_t due;              /**< 100 ns: negative relative, else UTC. */
    uint32_t period_ms;       /**< 0: once. */
    uint32_t tolerance_ms;    /**< How much later is early enough. */
    PTIMERAPCROUTINE routine; /**< Or NULL. */
    void *argument;           /**< For the routine. */
};

struct timer {
    struct object object; /* auto_reset: a synchronization timer. */
    struct deadline deadline;
    bool precise; /* High resolution: clock ticks do not matter. */
    struct timer_setting setting;

    /* With a routine only. */
    struct thread *setter;      /* Who set it, or NULL: no routine. */
    struct apc apc;             /* At most one is pending. */
    struct timer *routine_next; /* All timers of the world with a routine. */
};

/** @brief Make a timer, not armed and not signaled. */
struct timer *sim__timer_create(bool manual_reset, bool precise);

/** @brief Replace what the timer was set to: TIME-06. */
void sim__timer_set(struct timer *timer, const struct timer_setting *setting);

/** @brief Disarm and take back a pending APC; the signal stays: TIME-09. */
void sim__timer_cancel(struct timer *timer);

/** @brief Nothing refers to the timer any more. */
void sim__timer_deleted(struct object *object);

/** @brief Cancel the timers whose routine the thread would run: TIME-07. */
void sim__timers_thread_exit(const struct thread *thread);

#endif
