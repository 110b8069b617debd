/**
 * @file world.c
 * @brief Beginning, running and ending a world.
 *
 * A run starts on the host's stack, moves to the fiber of thread A, and comes
 * back here exactly once: when the scenario returns or sim__stop() leaves in
 * the middle of anything.  Nothing is unwound; the next sim__world_begin()
 * forgets it all.
 *
 * Uses:     world.h, schedule.h, thread.h, host.h.
 * Used by:  run.c.
 * Facts:    none.
 * Read next: object.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "world.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../watch/block.h"
#include "../watch/watch.h"
#include "fault.h"
#include "schedule.h"

struct world sim__world;

bool sim__whole_program;

/** What outlives a world: the way back and what is to be told. */
static struct {
    struct sim__fiber fiber; /* The stack that called sim__world_run. */
    bool running;
    enum sim_verdict verdict;
    char sentence[1024];
    void (*scenario)(void *arg);
    void *arg;
} host;

enum { KERNEL_RESERVE_LOG2 = 36, HEAP_RESERVE_LOG2 = 36 };

/** @brief Ask for address space once in the life of the process. */
static void open_arenas(void)
{
    struct world *world = &sim__world;

    if (!sim__arena_open(&world->arena, (size_t)1 << KERNEL_RESERVE_LOG2) ||
        !sim__arena_open(&world->heap, (size_t)1 << HEAP_RESERVE_LOG2)) {
        sim__stop(SIM_HOST,
                  "the real machine refuses even a megabyte of address space; "
                  "raise its memory limit (ulimit -v)");
    }
}

void sim__world_begin(const struct world_options *options)
{
    struct world *world = &sim__world;

    if (SIM_UNLIKELY(world->arena.base == NULL)) {
        open_arenas();
    }
    sim__arena_reset(&world->arena);
    sim__arena_reset(&world->heap);
    world->options = *options;
    world->current = NULL;
    world->steps_left = options->steps_max;
    world->preemptions_left = options->preemptions_max;
    world->time_may_pass = !options->prompt_threads;
    world->after_points = !options->calls_only;
    world->now = 0;
    world->settling = NULL;
    world->thread_first = NULL;
    world->thread_last = NULL;
    world->parked_first = NULL;
    world->parked_last = NULL;
    world->threads_live = 0;
    world->threads_pooled = 0;
    world->threads_idle = 0;
    world->op_last = 0;
    world->clock_reads = 0;
    world->yields = 0;
    world->honest_sleeps = 0;
    world->lent = NULL;
    world->generation++;
    world->network = NULL;
    memset(world->numbers, 0, sizeof world->numbers);
    if (options->faults) {
        sim__faults_begin();
    }
    sim__schedule_begin();
    sim__objects_begin();
    sim__threads_begin();
    host.verdict = SIM_PASS;
    host.sentence[0] = '\0';
}

/** @brief Say which threads are left, for a scenario that ended too early. */
static void stop_unfinished(void)
{
    char list[256] = "";
    size_t used = 0;
    const struct thread *thread = sim__world.thread_first;

    for (; thread != NULL; thread = thread->all_next) {
        char letter[8];

        if (thread->state == THREAD_OVER || thread == sim__world.current ||
            thread->pooled) {
            continue;
        }
        if (used < sizeof list - 16) {
            used += (size_t)snprintf(
                list + used,
                sizeof list - used,
                "%s%s",
                used == 0 ? "" : ", ",
                sim__thread_letter(thread->object.number, letter));
        }
    }
    sim__stop(
        SIM_UNFINISHED,
        "the scenario returned while %u of its threads still ran (%s): "
        "wait for a thread's handle before returning",
        (unsigned)(sim__world.threads_live - sim__world.threads_pooled - 1),
        list);
}

/** @brief Say which handles are left open. */
static void stop_leaking(void)
{
    char list[256] = "";
    size_t used = 0;
    uint32_t from = 0;
    const struct handle *row = sim__handle_next(&from);

    while (row != NULL && used < sizeof list - 40) {
        used += (size_t)snprintf(list + used,
                                 sizeof list - used,
                                 "%s%s %u",
                                 used == 0 ? "" : ", ",
                                 sim__object_word(row->object->type),
                                 (unsigned)row->object->number);
        row = sim__handle_next(&from);
    }
    sim__stop(SIM_LEAK,
              "the scenario left %u handle%s open: %s%s; close each with "
              "CloseHandle",
              (unsigned)sim__handles_open(),
              sim__handles_open() == 1 ? "" : "s",
              list,
              row != NULL ? ", ..." : "");
}

void sim__process_over(void)
{
    if (sim__world.lent != NULL) {
        sim__watch_end();
    }
    if (sim__handles_open() > 0 && !sim__world.options.leaks_allowed) {
        stop_leaking();
    }
    if (sim__world.heap.used != 0) {
        sim__blocks_end();
    }
    sim__finish();
}

/** @brief What thread A runs. */
static DWORD WINAPI run_scenario(void *arg)
{
    host.scenario(arg);
    if (sim__world.threads_live - sim__world.threads_pooled > 1) {
        stop_unfinished();
    }
    sim__tls_thread_exit(sim__world.current);
    sim__process_over();
}

void sim__world_run(void (*scenario)(void *arg), void *arg)
{
    struct world *world = &sim__world;
    struct thread *first;

    host.scenario = scenario;
    host.arg = arg;
    host.running = true;
    sim__fiber_adopt(&host.fiber);
    first = sim__thread_create(run_scenario, arg, true);
    first->suspended = 0;
    first->state = THREAD_RUNNING;
    first->reason = BLOCK_NONE;
    world->current = first;
    sim__fiber_switch(&host.fiber, first->fiber);
    world->current = NULL;
    host.running = false;
}

void sim__finish(void)
{
    sim__fiber_switch(sim__world.current->fiber, &host.fiber);
    abort(); /* A fiber that left its run is never entered again. */
}

void sim__stop(enum sim_verdict verdict, const char *format, ...)
{
    va_list arguments;

    if (host.sentence[0] == '\0') {
        host.verdict = verdict;
        va_start(arguments, format);
        (void)vsnprintf(host.sentence, sizeof host.sentence, format, arguments);
        va_end(arguments);
    }
    if (!host.running) {
        /* Before the first thread there is nowhere to go back to. */
        (void)fprintf(stderr, "dryport: %s\n", host.sentence);
        exit(2); /* NOLINT(concurrency-mt-unsafe): there is one thread. */
    }
    if (verdict != SIM_HOST) {
        trace(stop, .text = sim_verdict_name(verdict));
    }
    sim__finish();
}

void sim__assert_failed(const char *condition, const char *file, int line)
{
    sim__stop(SIM_CRASH,
              "the simulator itself is broken: `%s` does not hold at %s:%d; "
              "please report this line",
              condition,
              file,
              line);
}

bool sim__world_running(void)
{
    return host.running;
}

enum sim_verdict sim__world_verdict(void)
{
    return host.verdict;
}

const char *sim__world_sentence(void)
{
    return host.sentence;
}
