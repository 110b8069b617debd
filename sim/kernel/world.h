/**
 * @file world.h
 * @brief The simulated machine: one at a time, forgotten after each run.
 *
 * All state of a run hangs on one struct.  Beginning a world costs a few
 * stores, because millions of them are run; so what is large is made when it
 * is first used.
 *
 * Uses:     arena.h, choose.h, trace.h, thread.h.
 * Used by:  every file of the model and every Win32 call.
 * Facts:    none.
 * Read next: world.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "arena.h"
#include "choose.h"
#include "object.h"
#include "thread.h"
#include "trace.h"

struct network;

/** Choices of the user that hold for a whole run. */
struct world_options {
    uint64_t steps_max;
    uint32_t processors;
    uint32_t concurrency;
    uint32_t preemptions_max; /**< UINT32_MAX: no bound. */
    bool exact_clock;
    bool prompt_threads;
    bool calls_only;
    bool leaks_allowed;
    bool faults;
    uint64_t rules; /**< Bit N: contract rule N is watched. */
};

struct world {
    /* The scheduler's: schedule.c. */
    struct thread *current;
    struct thread **ready; /* Window of threads that could run now. */
    uint32_t ready_first;
    uint32_t ready_count;
    uint32_t ready_max;
    uint32_t deadline_count; /* Armed deadlines, in a heap. */
    uint64_t steps_left;
    uint32_t preemptions_left;
    bool time_may_pass; /* Although a thread could run. */
    bool after_points;  /* Switch after calls, too. */
    struct deadline **deadlines;
    uint32_t deadlines_max;
    uint64_t deadline_order;
    uint64_t now;            /* Virtual time, 100 ns. */
    bool clock_acts;         /* A deadline fires; the current thread is not
                              * who does what happens. */
    struct thread *settling; /* In sim_settle(), a list by parked_next. */

    /* Threads, and those blocked on addresses. */
    struct thread *thread_first;
    struct thread *thread_last;
    struct thread *parked_first;
    struct thread *parked_last;
    uint32_t threads_live;
    uint32_t threads_pooled; /* Of these, those of thread pools; and */
    uint32_t threads_idle;   /* of these, those without work. */

    /* Numbers for the trace. */
    uint32_t numbers[OBJECT_TYPE_COUNT];
    uint32_t op_last;

    /* State of the calls' own: each is documented where it is used. */
    uint32_t clock_reads;    /* clock.c: reads in a row by one thread. */
    uint32_t yields;         /* schedule.c: since the clock last moved. */
    uint32_t honest_sleeps;  /* park.c: sleeps that end for a reason. */
    uint64_t generation;     /* Worlds begun so far; never reset. */
    struct network *network; /* network.c: NULL until it is first used. */

    bool host_code;          /* An observer of the host's runs on a simulated
                              * stack: what it allocates is its own. */
    struct lent_table *lent; /* watch: memory that the kernel has; NULL: none
                              * was lent in this run. */

    struct world_options options;
    struct arena arena; /* Kernel objects. */
    struct arena heap;  /* The program's HeapAlloc. */
};

extern struct world sim__world;

/** Whether a whole program runs and no scenario (sim/program).  Then an exit
 * status other than 0 is a failure, and adding 1 is an increment however it
 * was written, because compilers for Windows do not tell. */
extern bool sim__whole_program;

/** @brief Begin a world: everything of the last one is forgotten. */
void sim__world_begin(const struct world_options *options);

/** @brief Run the scenario in the world begun; returns when the run ends. */
void sim__world_run(void (*scenario)(void *arg), void *arg);

/**
 * @brief End the run with a verdict and a sentence.
 *
 * May be called from any simulated thread and, for SIM_HOST, by the host.
 * The first verdict of a run stands.
 */
SIM_NORETURN SIM_COLD void sim__stop(enum sim_verdict verdict,
                                     const char *format,
                                     ...) SIM_FORMAT(2, 3);

/** @brief What sim__assert() calls: a bug of the simulator's own. */
SIM_NORETURN SIM_COLD void sim__assert_failed(const char *condition,
                                              const char *file,
                                              int line);

/** @brief Stop the run unless something holds that the simulator itself
 *  promises; always on, and cheap enough to be. */
#define sim__assert(condition) \
    (SIM_LIKELY(condition)     \
         ? (void)0             \
         : sim__assert_failed(#condition, __FILE__, __LINE__))

/** @brief End the run as it stands: passed unless a verdict was given. */
SIM_NORETURN void sim__finish(void);

/** @brief The last thread is over, and with it the process: end the run,
 *  unless handles are left open. */
SIM_NORETURN void sim__process_over(void);

/** @brief Whether a simulated thread runs now (false on the host's stack). */
bool sim__world_running(void);

/** @brief Verdict and sentence of the last run. */
enum sim_verdict sim__world_verdict(void);
const char *sim__world_sentence(void);

/** @brief Take memory for a kernel object; not cleared. */
static inline void *sim__take(size_t bytes)
{
    return sim__arena_take(&sim__world.arena, bytes);
}

/** @brief Give a kernel object's memory back. */
static inline void sim__give(void *piece, size_t bytes)
{
    sim__arena_give(&sim__world.arena, piece, bytes);
}

/** @brief A new operation's number, for the trace. */
static inline uint32_t sim__op_new(void)
{
    return ++sim__world.op_last;
}

#endif
