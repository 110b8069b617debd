/**
 * @file serving.h
 * @brief A server of lesson 18 in a simulated world.
 *
 * Uses:     18_server/server.h, crowd_wire.h.
 * Used by:  the tests of this folder.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_SERVING_H
#define LESSON_18_SERVING_H

#include "18_server/server.h"
#include "crowd_wire.h"
#include "sim.h"

/** A server that runs. */
struct serving {
    struct net_loop loop;
    struct server server;
    HANDLE thread;
    uint16_t port;
};

/** @brief Start a server at a free port.
 *  @return false: there was not enough of something. */
bool serving_begin(struct serving *serving,
                   const struct server_options *options);

/** @brief Stop it, wait for its end, and see that nothing is left. */
void serving_end(struct serving *serving);

/** @brief Connect. */
void serving_call(const struct serving *serving, struct wire *wire);

/** @brief Say something, and hear so many lines of answer: the last. */
void serving_ask(struct wire *wire,
                 const char *said,
                 int lines,
                 const char *last);

/** @brief Hear the end of the stream, which is no reset, and close. */
void serving_hear_end(struct wire *wire);

/** @brief Run a scenario under so many schedules; each must pass. */
void serving_passes(sim_scenario_fn *scenario,
                    uint64_t runs,
                    const char *network);

#endif
