/**
 * @file deadline.c
 * @brief Virtual time: a heap of things that are due.
 *
 * Time stands still while threads run and jumps to the next deadline when
 * none can.  A run may also choose to let it jump earlier, which is how a slow
 * thread looks to the others.
 *
 * Uses:     schedule.h.
 * Used by:  schedule.c, timer.c, clock.c.
 * Facts:    TIME-01, TIME-03, PORT-44.
 * Read next: deadlock.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedule.h"

enum { DEADLINES_MIN = 256, TIES_MAX = 8 };

static bool earlier(const struct deadline *one, const struct deadline *two)
{
    return one->due < two->due ||
           (one->due == two->due && one->order < two->order);
}

static void put(uint32_t at, struct deadline *deadline)
{
    sim__world.deadlines[at] = deadline;
    deadline->place = at + 1;
}

/** @brief Move a deadline towards the root until its parent is earlier. */
static void sift_up(uint32_t at, struct deadline *deadline)
{
    while (at > 0) {
        struct deadline *parent = sim__world.deadlines[(at - 1) / 2];

        if (!earlier(deadline, parent)) {
            break;
        }
        put(at, parent);
        at = (at - 1) / 2;
    }
    put(at, deadline);
}

/** @brief Move a deadline away from the root until it is earlier than both
 *  children. */
static void sift_down(uint32_t at, struct deadline *deadline)
{
    struct world *world = &sim__world;

    while (2 * at + 1 < world->deadline_count) {
        uint32_t child = 2 * at + 1;

        if (child + 1 < world->deadline_count &&
            earlier(world->deadlines[child + 1], world->deadlines[child])) {
            child++;
        }
        if (!earlier(world->deadlines[child], deadline)) {
            break;
        }
        put(at, world->deadlines[child]);
        at = child;
    }
    put(at, deadline);
}

/** @brief Put a deadline into the heap, with the order it has. */
static void insert(struct deadline *deadline)
{
    struct world *world = &sim__world;

    if (world->deadline_count == world->deadlines_max) {
        uint32_t grown = world->deadlines_max == 0 ? DEADLINES_MIN
                                                   : world->deadlines_max * 2;

        world->deadlines =
            sim__table_grow(world->deadlines,
                            world->deadlines_max * sizeof(struct deadline *),
                            grown * sizeof(struct deadline *));
        world->deadlines_max = grown;
    }
    sift_up(world->deadline_count++, deadline);
}

void sim__deadline_arm(struct deadline *deadline, uint64_t due)
{
    sim__deadline_disarm(deadline);
    if (due == UINT64_MAX) {
        return; /* Never: only what can happen is in the heap. */
    }
    deadline->due = due;
    deadline->order = sim__world.deadline_order++;
    insert(deadline);
}

void sim__deadline_disarm(struct deadline *deadline)
{
    struct world *world = &sim__world;
    struct deadline *last;
    uint32_t at;

    if (deadline->place == 0) {
        return;
    }
    at = deadline->place - 1;
    sim__assert(at < world->deadline_count && world->deadlines[at] == deadline);
    deadline->place = 0;
    last = world->deadlines[--world->deadline_count];
    if (last != deadline) {
        /* The last one fills the hole, which may be up or down of where it
         * belongs. */
        sift_up(at, last);
        sift_down(last->place - 1, last);
    }
}

/** @brief Take out the earliest deadline; among equals, by choice. */
static struct deadline *take_earliest(void)
{
    struct world *world = &sim__world;
    struct deadline *tied[TIES_MAX];
    uint32_t count = 0;
    uint32_t pick;

    /* Windows does not say in which order things happen that are due at the
     * same instant. */
    do {
        tied[count] = world->deadlines[0];
        sim__deadline_disarm(tied[count++]);
    } while (count < TIES_MAX && world->deadline_count != 0 &&
             world->deadlines[0]->due == tied[0]->due);
    pick = sim__choose(CHOOSE_TIE, count);
    for (uint32_t at = 0; at < count; at++) {
        if (at != pick) {
            insert(tied[at]);
        }
    }
    return tied[pick];
}

void sim__time_pass(void)
{
    struct deadline *first = take_earliest();

    if (first->due > sim__world.now) {
        sim__world.now = first->due;
    }
    sim__world.yields = 0;
    sim__world.clock_acts = true;
    first->fire(first);
    sim__world.clock_acts = false;
}

const int64_t *sim__time_interval(DWORD milliseconds, int64_t *storage)
{
    /* FACT TIME-03 milliseconds to kernel units: only 0xFFFFFFFF is for
     * ever. */
    if (milliseconds == INFINITE) {
        return NULL;
    }
    *storage = -(int64_t)milliseconds * 10000;
    return storage;
}

/** @brief Move the end of a time-out to a clock tick, or not. */
static uint64_t due_on_tick(uint64_t exact)
{
    uint64_t early = exact / SIM_TICK * SIM_TICK;
    uint64_t late = early + (early == exact ? 0 : SIM_TICK);

    /* FACT TIME-01 time-outs end on clock ticks: the last one before the
     * asked time, if it is still to come, or the first one after it.
     * FACT PORT-44 so a wait may return early. */
    switch (sim__choose(CHOOSE_TIMEOUT, early > sim__world.now ? 3 : 2)) {
    case 0:
        return exact;
    case 1:
        return late;
    default:
        return early;
    }
}

uint64_t sim__time_due(const int64_t *interval)
{
    uint64_t now = sim__world.now;
    uint64_t exact;

    if (interval == NULL) {
        return UINT64_MAX;
    }
    if (*interval == 0) {
        return now;
    }
    if (*interval > 0) {
        int64_t absolute = *interval - SIM_TIME_ZERO;

        if (*interval == INT64_MAX) {
            return UINT64_MAX;
        }
        return absolute > (int64_t)now ? (uint64_t)absolute : now;
    }
    /* Not `-*interval`: the smallest number has no counterpart. */
    exact = now + (0 - (uint64_t)*interval);
    if (exact >= SIM_TIME_END) {
        return UINT64_MAX;
    }
    return sim__world.options.exact_clock ? exact : due_on_tick(exact);
}
