/**
 * @file run.c
 * @brief One run from its first choice to its verdict.
 *
 * A run costs little more than the scenario itself, so whatever can be done
 * once for all runs is done before the first: the handlers for crashes, the
 * heartbeat, the memory.
 *
 * Uses:     run.h, host.h.
 * Used by:  explore.c.
 * Facts:    none.
 * Read next: search.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "run.h"

#include <stdio.h>

#include "../host/host.h"
#include "../watch/call_stack.h"

/** The same for a run that was found stuck before. */
enum { STUCK_AGAIN_SECONDS = 2 };

unsigned sim__stuck_seconds = 10;

struct exploration sim__exploration;

/** What the heartbeat saw last. */
static struct {
    uint64_t generation;
    uint64_t steps_left;
    unsigned seconds;     /* Since anything changed. */
    unsigned seconds_max; /* Before the run is ended. */
} pulse;

static const char *current_letter(char *out)
{
    return sim__thread_letter(sim__world.current->object.number, out);
}

/** @brief The program crashed: its run ends here. */
static void on_crash(const char *sentence, const void *address)
{
    char letter[8];

    (void)address; /* Differs from run to run. */
    if (!sim__world_running()) {
        return; /* Our own crash: let the process die of it. */
    }
    sim__stop(SIM_CRASH,
              "thread %s crashed: %s",
              current_letter(letter),
              sentence);
}

/** @brief Once a second: end a thread that loops without calling. */
static void on_tick(void)
{
    const struct world *world = &sim__world;

    sim__exploration.second_passed = true;
    if (!sim__world_running() || world->generation != pulse.generation ||
        world->steps_left != pulse.steps_left) {
        pulse.generation = world->generation;
        pulse.steps_left = world->steps_left;
        pulse.seconds = 0;
        return;
    }
    if (++pulse.seconds >= pulse.seconds_max) {
        char letter[8];

        pulse.seconds_max = STUCK_AGAIN_SECONDS;
        sim__stop(SIM_LIVELOCK,
                  "thread %s has called nothing for %u seconds of real time: "
                  "it loops without a call, or computes for very long",
                  current_letter(letter),
                  sim__stuck_seconds);
    }
}

/** @brief A sanitizer is about to end the process: say where we were. */
static void on_death(void)
{
    if (sim__world_running()) {
        (void)fprintf(stderr, "replay: %s\n", sim__replay_write(false));
    }
}

void sim__runs_guard(void)
{
    pulse.seconds = 0;
    pulse.seconds_max = sim__stuck_seconds;
    sim__host_death_note = on_death;
    sim__host_guard(on_crash, on_tick);
}

void sim__runs_unguard(void)
{
    sim__host_unguard();
    sim__host_death_note = NULL;
}

/** @brief One run, for whoever listens. */
static void run(void)
{
    sim__world_begin(&sim__exploration.world);
    sim__trace_begin();
    if (sim__trace_state.record) {
        sim__call_stacks_begin();
    }
    sim__world_run(sim__exploration.scenario, sim__exploration.arg);
}

void sim__run(bool record, bool hash)
{
    sim__trace_state.record = record;
    sim__trace_state.hash = hash;
    sim__trace_state.observe = sim__exploration.options.observe;
    sim__trace_state.observe_context = sim__exploration.options.observe_context;
    run();
}

void sim__run_again(void)
{
    sim__trace_state.record = true;
    sim__trace_state.hash = true;
    sim__trace_state.observe = NULL;
    sim__search_again();
    run();
}

uint64_t sim__run_steps(void)
{
    return sim__world.options.steps_max - sim__world.steps_left;
}
