/**
 * @file choose.c
 * @brief Answering choices from random numbers or from a list.
 *
 * Random answers are even, except for the kinds that would drown a program in
 * rare events: time passing early, faults, spurious wake-ups.  A list answers
 * its entries one after another and then 0; what it answers is written down,
 * so that exhaustive search can turn the last answer like an odometer.
 *
 * Uses:     choose.h, world.h (to stop a run).
 * Used by:  search.c, run.c.
 * Facts:    none.
 * Read next: fault.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "choose.h"

#include "world.h"

struct chooser sim__chooser;

/** One in so many random answers is not 0; 1 means even chances. */
static const uint32_t rarity[] = {
    [CHOOSE_THREAD] = 1,
    [CHOOSE_TIME] = 64,
    [CHOOSE_TIE] = 1,
    [CHOOSE_TIMEOUT] = 1,
    [CHOOSE_WAITER] = 1,
    [CHOOSE_APC] = 1,
    [CHOOSE_COUNT] = 1,
    [CHOOSE_STATUS] = 1,
    [CHOOSE_PENDING] = 1,
    [CHOOSE_SPURIOUS] = 16,
    [CHOOSE_PULSE] = 16,
    [CHOOSE_FAULT] = 16,
    [CHOOSE_LATENCY] = 8,
    [CHOOSE_SEGMENT] = 8,
    [CHOOSE_LOSS] = 8,
    [CHOOSE_OTHER] = 1,
};

static uint32_t choose_randomly(uint32_t count, uint32_t one_in)
{
    if (one_in > 1) {
        if (sim__random() % one_in != 0) {
            return 0;
        }
        return 1 + (uint32_t)(((uint64_t)sim__random() * (count - 1)) >> 32);
    }
    return (uint32_t)(((uint64_t)sim__random() * count) >> 32);
}

uint32_t sim__choose_slow(enum choice_kind kind, uint32_t count)
{
    return sim__choose_rarely(kind, count, rarity[kind]);
}

uint32_t sim__choose_rarely(enum choice_kind kind,
                            uint32_t count,
                            uint32_t one_in)
{
    struct chooser *chooser = &sim__chooser;
    struct choice *entry;

    (void)kind; /* Every strategy so far treats all kinds alike. */
    if (chooser->random) {
        return choose_randomly(count, one_in);
    }
    if (chooser->position == chooser->list_max) {
        sim__stop(SIM_LIVELOCK,
                  "the run made more than %zu free decisions",
                  chooser->list_max);
    }
    entry = &chooser->list[chooser->position];
    if (chooser->position++ >= chooser->list_count) {
        entry->value = 0;
    }
    entry->count = count;
    if (entry->value >= count) {
        sim__stop(SIM_REFUSED,
                  "the replay line does not fit this program: decision %zu has "
                  "%u possibilities and the line asks for number %u",
                  chooser->position,
                  (unsigned)count,
                  (unsigned)entry->value);
    }
    return entry->value;
}

bool sim__choose_permille(enum choice_kind kind, uint32_t permille)
{
    if (permille == 0 || permille >= 1000) {
        return permille != 0;
    }
    if (sim__chooser.random) {
        return sim__random() % 1000 < permille;
    }
    return sim__choose_slow(kind, 2) != 0;
}

void sim__choose_seed(uint64_t seed)
{
    /* One step of splitmix64 spreads neighbouring seeds apart, and the
     * state must not be 0. */
    uint64_t mixed = seed + UINT64_C(0x9e3779b97f4a7c15);

    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    mixed ^= mixed >> 31;
    sim__chooser.rng = mixed != 0 ? mixed : 1;
}
