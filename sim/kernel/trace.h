/**
 * @file trace.h
 * @brief The one stream of events.
 *
 * Every observable change goes through trace().  The timeline, the trace hash
 * and every judge of a run read this stream and nothing else.  An event holds
 * numbers and words, never an address, so that the same choices give the same
 * stream in every build.
 *
 * Uses:     sim.h (the event), object.h.
 * Used by:  every file that changes something a program can see.
 * Facts:    none.
 * Read next: trace.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_TRACE_H
#define SIM_TRACE_H

#include "../sim.h"
#include "arena.h"

struct object;

/** Who listens to the stream of the present run. */
struct trace {
    bool on;         /**< Anybody at all; false skips all work. */
    bool record;     /**< Events are kept. */
    bool hash;       /**< The hash is computed. */
    uint64_t digest; /**< Hash so far. */
    struct sim_event *events;
    size_t count;
    struct arena event_arena; /**< Recorded events, one behind the other. */
    struct arena text_arena;  /**< Texts copied for them. */
    sim_observe_fn *observe;
    void *observe_context;
};

extern struct trace sim__trace_state;

/** What an event says, for designated initialisers; all may be left out. */
struct say {
    const struct object *object;
    uint32_t op;
    enum sim_owner owner;
    int64_t value[3];
    const char *text; /**< Static text, unless copy is set. */
    bool copy;        /**< The text does not outlive the call. */
    bool kernel;      /**< The kernel did it, not the current thread. */
};

/** @brief Write an event; call through trace(). */
SIM_NOINLINE void sim__trace(enum sim_event_kind kind, const struct say *say);

/** @brief Begin a new stream; listeners as set in sim__trace_state. */
void sim__trace_begin(void);

/**
 * @brief Say what happened: trace(post, .object = o, .op = 3).
 *
 * Costs one test when nobody listens.
 */
#define trace(kind_, ...)                                                    \
    do {                                                                     \
        if (SIM_UNLIKELY(sim__trace_state.on)) {                             \
            sim__trace(SIM_EVENT_##kind_, &(const struct say){__VA_ARGS__}); \
        }                                                                    \
    } while (0)

/** What stands in a trace for a number that may be an address. */
enum { TRACE_HIDDEN = 65536 };

/** @brief A key as the trace shows it.  Programs use addresses as keys, and
 *  an address differs from build to build, so large ones are all the same. */
static inline int64_t trace_key(uintptr_t key)
{
    return key < TRACE_HIDDEN ? (int64_t)key : TRACE_HIDDEN;
}

/** @brief A byte count as the trace shows it: what does not fit in a DWORD was
 *  posted by a native call and may be an address. */
static inline int64_t trace_bytes(uintptr_t information)
{
    return information <= UINT32_MAX ? (int64_t)information : TRACE_HIDDEN;
}

/** @brief An Interlocked operation took place. */
#define trace_atomic(name_, before_, after_) \
    trace(atomic, .text = (name_), .value = {(before_), (after_)})

#endif
