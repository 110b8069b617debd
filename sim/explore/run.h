/**
 * @file run.h
 * @brief One run, and what an exploration keeps between runs.
 *
 * Uses:     world.h, sim.h.
 * Used by:  run.c, search.c, replay.c, explore.c, inside.c.
 * Facts:    none.
 * Read next: run.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "../kernel/world.h"
#include "../sim.h"

/** Who answers the choices of a run. */
enum strategy {
    STRATEGY_RANDOM, /**< Random numbers from a seed. */
    STRATEGY_DFS,    /**< Every list of answers, one after another. */
    STRATEGY_LIST    /**< One given list. */
};

/** Options that are text, as they stand in a replay line. */
enum { OPTION_TEXTS = 3, OPTION_TEXT_BYTES = 512 };

/** An exploration: what to run and how far it has come. */
struct exploration {
    struct sim_options options; /**< As the user gave them. */
    struct world_options world;
    enum strategy strategy;
    uint64_t seed; /**< Of the present run. */
    sim_scenario_fn *scenario;
    void *arg;
    uint64_t runs;     /**< Begun so far. */
    uint64_t runs_max; /**< 0: no limit. */
    uint64_t steps;
    uint64_t faults_struck;
    uint64_t expected_hash; /**< From a replay line. */
    bool hash_expected;
    volatile bool second_passed; /**< Set by the heartbeat. */
    /** Texts read from a replay line; the options point here. */
    char texts[OPTION_TEXTS][OPTION_TEXT_BYTES];
};

extern struct exploration sim__exploration;

/** Seconds of real time without a simulated call before a run counts as
 *  stuck; only tests change it. */
extern unsigned sim__stuck_seconds;

/** @brief Run the scenario once, with the chooser as it is set up. */
void sim__run(bool record, bool hash);

/** @brief Run the last run once more, with its trace, unobserved. */
void sim__run_again(void);

/** @brief Calls made in the last run. */
uint64_t sim__run_steps(void);

/** @brief Begin and end catching crashes and endless loops. */
void sim__runs_guard(void);
void sim__runs_unguard(void);

/** @brief Set the chooser up for the first run. */
void sim__search_begin(void);

/** @brief Set it up for the next run; false when there is none. */
bool sim__search_next(void);

/** @brief Whether the last run was the last that an exhaustive search has. */
bool sim__search_is_over(void);

/** @brief Set it up for the last run once more. */
void sim__search_again(void);

/** @brief Begin a list of answers. */
void sim__answers_begin(void);

/** @brief Append an answer @p times times; false when the list is full. */
bool sim__answers_add(uint32_t value, uint64_t times);

/** @brief Read options from a replay line into sim__exploration.
 *  @return NULL, or what is wrong with the line. */
const char *sim__replay_read(const char *line);

/** @brief Read answers alone. */
const char *sim__replay_read_schedule(const char *schedule);

/** @brief The line that repeats the last run; valid until the next call. */
const char *sim__replay_write(bool with_hash);

/** @brief Whether a scenario's name can stand in a replay line. */
bool sim__replay_takes_name(const char *name);

/** Names of the options that are text, as in replay lines. */
extern const char *const sim__option_text_names[OPTION_TEXTS];

/** @brief Where in the options such a text is kept. */
const char **sim__option_text(size_t at);

/** @brief Take over `name=text` of a line; false when there is no such
 *  option. */
bool sim__option_text_take(const char *name,
                           size_t length,
                           const char *text,
                           const char *end);

/** @brief NULL, or which text cannot stand in a replay line. */
const char *sim__option_texts_check(void);

/** @brief Forget the marks of the last exploration. */
void sim__marks_begin(void);

#endif
