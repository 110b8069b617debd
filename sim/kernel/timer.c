/**
 * @file timer.c
 * @brief What a waitable timer does when it is set, due, and cancelled.
 *
 * Uses:     timer.h, schedule.h, wait.h.
 * Used by:  timer_api.c, object.c, thread.c.
 * Facts:    TIME-01, TIME-05, TIME-06, TIME-07, TIME-08, TIME-09, TIME-11,
 *           TIME-12.
 * Read next: port.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "timer.h"

#include <stddef.h>

#include "schedule.h"
#include "wait.h"

enum { UNITS_PER_MS = 10000 };

/** Timers of the present world that have a routine. */
static struct {
    uint64_t generation; /* The world that first belongs to. */
    struct timer *first;
} routines;

static struct timer **routines_first(void)
{
    if (routines.generation != sim__world.generation) {
        routines.generation = sim__world.generation;
        routines.first = NULL;
    }
    return &routines.first;
}

struct timer *sim__timer_create(bool manual_reset, bool precise)
{
    struct timer *timer = sim__object_create(OBJECT_TIMER, sizeof *timer);

    timer->object.auto_reset = !manual_reset;
    timer->precise = precise;
    return timer;
}

/** @brief The APC: call the program's routine with the time it was due. */
static void run_routine(struct apc *apc)
{
    const struct timer *timer =
        (const struct timer *)((const char *)apc - offsetof(struct timer, apc));
    const struct timer_setting setting = timer->setting;

    trace(apc, .text = "timer routine", .object = &timer->object);
    /* The timer is not touched any more: its routine may set it anew, or
     * close it. */
    setting.routine(setting.argument,
                    (DWORD)apc->argument[0],
                    (DWORD)apc->argument[1]);
}

/** @brief Send the routine to the thread that set the timer. */
static void queue_routine(struct timer *timer)
{
    struct apc *apc = &timer->apc;
    uint64_t time = (uint64_t)SIM_TIME_ZERO + sim__world.now;

    /* FACT TIME-07 completion routine of a timer: while one call is pending,
     * a further period adds none. */
    if (apc->thread != NULL) {
        return;
    }
    apc->run = run_routine;
    apc->argument[0] = (ULONG_PTR)(time & UINT32_MAX);
    apc->argument[1] = (ULONG_PTR)(time >> 32);
    (void)sim__apc_queue(timer->setter, apc);
}

static void timer_fire(struct deadline *deadline);

/** @brief Whether firing changes nothing: it did before, and nobody looked. */
static bool is_idle(const struct deadline *deadline)
{
    const struct timer *timer;

    if (deadline->fire != timer_fire) {
        return false;
    }
    timer = (const struct timer *)((const char *)deadline -
                                   offsetof(struct timer, deadline));
    return timer->setting.period_ms != 0 && timer->object.signal > 0 &&
           (timer->setter == NULL || timer->apc.thread != NULL);
}

/**
 * @brief Arm a periodic timer again.
 *
 * Time could pass for ever with nothing but periods in it.  When no thread
 * can run and every deadline left is a period that changes nothing, the run
 * is in deadlock although its clock ticks.
 */
static void arm_again(struct timer *timer)
{
    const struct world *world = &sim__world;
    int64_t period = -(int64_t)timer->setting.period_ms * UNITS_PER_MS;
    bool stuck =
        world->ready_count == 0 && world->current->state != THREAD_RUNNING;

    if (sim__world.steps_left-- == 0) {
        sim__steps_over();
    }
    sim__deadline_arm(&timer->deadline,
                      timer->precise ? world->now + (uint64_t)-period
                                     : sim__time_due(&period));
    for (uint32_t at = 0; stuck && at < world->deadline_count; at++) {
        stuck = is_idle(world->deadlines[at]);
    }
    if (stuck) {
        sim__deadlock();
    }
}

/** @brief The due time has come. */
static void timer_fire(struct deadline *deadline)
{
    struct timer *timer =
        (struct timer *)((char *)deadline - offsetof(struct timer, deadline));

    /* The thread it wakes may hold the last reference to it. */
    sim__object_keep(&timer->object);
    trace(fire, .object = &timer->object, .kernel = true);
    sim__signal(&timer->object);
    if (timer->setter != NULL) {
        queue_routine(timer);
    }
    /* FACT TIME-08 kinds: a manual-reset timer stays signaled until it is set
     * again, so without a routine nobody could see its further periods. */
    if (timer->setting.period_ms != 0 &&
        (timer->object.auto_reset || timer->setter != NULL)) {
        arm_again(timer);
    }
    sim__object_drop(&timer->object);
}

/** @brief Forget the routine: no APC is pending and none will come. */
static void drop_routine(struct timer *timer)
{
    struct timer **link = routines_first();

    sim__apc_remove(&timer->apc);
    while (*link != timer) {
        link = &(*link)->routine_next;
    }
    *link = timer->routine_next;
    timer->setter = NULL;
}

void sim__timer_cancel(struct timer *timer)
{
    /* FACT TIME-09 CancelWaitableTimer: the state stays as it is and waiters
     * keep waiting; a routine that has not run yet will not. */
    sim__deadline_disarm(&timer->deadline);
    if (timer->setter != NULL) {
        drop_routine(timer);
    }
}

/** @brief When a new setting is due. */
static uint64_t due_time(const struct timer *timer)
{
    const struct timer_setting *setting = &timer->setting;
    uint64_t due;

    if (timer->precise && setting->due < 0 &&
        (uint64_t)-setting->due < SIM_TIME_END - sim__world.now) {
        /* FACT TIME-11 high resolution timers do not wait for a tick. */
        due = sim__world.now + (uint64_t)-setting->due;
    } else {
        /* FACT TIME-05 SetWaitableTimer: the sign says what due means. */
        due = sim__time_due(&setting->due);
    }
    /* FACT TIME-12 tolerances: a timer may be held back to share a wake-up
     * with others. */
    if (setting->tolerance_ms != 0 && due != UINT64_MAX &&
        !sim__world.options.exact_clock &&
        sim__choose(CHOOSE_TIMEOUT, 2) != 0) {
        due += (uint64_t)setting->tolerance_ms * UNITS_PER_MS;
    }
    return due;
}

void sim__timer_set(struct timer *timer, const struct timer_setting *setting)
{
    uint64_t due;

    /* FACT TIME-06 setting again: due time, period, signal and a pending
     * routine of the old setting are gone. */
    sim__timer_cancel(timer);
    timer->object.signal = 0;
    timer->setting = *setting;
    if (timer->setting.due == INT64_MIN) {
        timer->setting.due = -INT64_MAX; /* So that it can be negated. */
    }
    if (setting->routine != NULL) {
        struct timer **first = routines_first();

        timer->setter = sim__world.current;
        timer->routine_next = *first;
        *first = timer;
    }
    due = due_time(timer);
    trace(arm,
          .object = &timer->object,
          .value = {due == UINT64_MAX ? INT64_MAX
                                      : (int64_t)(due - sim__world.now)});
    timer->deadline.fire = timer_fire;
    if (due <= sim__world.now) {
        timer_fire(&timer->deadline); /* Its time has passed already. */
    } else {
        sim__deadline_arm(&timer->deadline, due);
    }
}

void sim__timer_deleted(struct object *object)
{
    sim__timer_cancel((struct timer *)object);
}

void sim__timers_thread_exit(const struct thread *thread)
{
    struct timer *timer = *routines_first();

    while (timer != NULL) {
        struct timer *next = timer->routine_next;

        if (timer->setter == thread) {
            /* FACT TIME-07 completion routine of a timer: the timer is
             * cancelled with the thread that set it. */
            sim__timer_cancel(timer);
        }
        timer = next;
    }
}
