/**
 * @file search.c
 * @brief Which run comes next.
 *
 * At random, the next run is the next seed.  Exhaustively, it is the list of
 * the last run's answers with the last one that can be raised raised by one
 * and everything behind it forgotten: an odometer whose wheels have as many
 * digits as the choice had possibilities.
 *
 * Uses:     run.h, choose.h.
 * Used by:  explore.c.
 * Facts:    none.
 * Read next: replay.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "run.h"

/** Most answers of a run that is searched exhaustively or replayed. */
enum { ANSWERS_MAX = 1 << 22 };

/** @brief Memory for a list of answers, once in the life of the process. */
static void open_list(void)
{
    static struct arena arena;
    const size_t bytes = (size_t)ANSWERS_MAX * sizeof(struct choice);

    if (sim__chooser.list == NULL) {
        if (!sim__arena_open(&arena, 2 * bytes)) {
            sim__stop(SIM_HOST, "the real machine has no memory for a search");
        }
        sim__chooser.list = sim__arena_take(&arena, bytes);
        sim__chooser.list_max = ANSWERS_MAX;
    }
}

/** @brief Answer from the list from its start. */
static void rewind_list(size_t count)
{
    sim__chooser.random = false;
    sim__chooser.list_count = count;
    sim__chooser.position = 0;
}

static void set_seed(uint64_t seed)
{
    sim__exploration.seed = seed;
    sim__chooser.random = true;
    sim__choose_seed(seed);
}

void sim__search_begin(void)
{
    switch (sim__exploration.strategy) {
    case STRATEGY_RANDOM:
        set_seed(sim__exploration.seed);
        break;
    case STRATEGY_DFS:
        open_list();
        rewind_list(0);
        break;
    case STRATEGY_LIST:
        rewind_list(sim__chooser.list_count);
        break;
    }
}

/** @brief How many answers there are up to the last one that can be raised;
 *  0 when none can. */
static size_t last_wheel(void)
{
    const struct chooser *chooser = &sim__chooser;
    size_t at = chooser->position;

    while (at > 0 &&
           chooser->list[at - 1].value + 1 >= chooser->list[at - 1].count) {
        at--;
    }
    return at;
}

/** @brief Turn the odometer; false when it has gone round. */
static bool turn(void)
{
    size_t wheel = last_wheel();

    if (wheel == 0) {
        return false;
    }
    sim__chooser.list[wheel - 1].value++;
    rewind_list(wheel);
    return true;
}

bool sim__search_is_over(void)
{
    return sim__exploration.strategy == STRATEGY_DFS && last_wheel() == 0;
}

bool sim__search_next(void)
{
    switch (sim__exploration.strategy) {
    case STRATEGY_RANDOM:
        set_seed(sim__exploration.seed + 1);
        return true;
    case STRATEGY_DFS:
        return turn();
    case STRATEGY_LIST:
        return false;
    }
    return false;
}

void sim__search_again(void)
{
    if (sim__exploration.strategy == STRATEGY_RANDOM) {
        set_seed(sim__exploration.seed);
    } else {
        rewind_list(sim__chooser.position);
    }
}

void sim__answers_begin(void)
{
    open_list();
    sim__chooser.list_count = 0;
}

bool sim__answers_add(uint32_t value, uint64_t times)
{
    struct chooser *chooser = &sim__chooser;

    if (times > chooser->list_max - chooser->list_count) {
        return false;
    }
    for (uint64_t time = 0; time < times; time++) {
        chooser->list[chooser->list_count++] =
            (struct choice){.value = value, .count = UINT32_MAX};
    }
    return true;
}
