/**
 * @file choose.h
 * @brief The one source of nondeterminism.
 *
 * Every free decision of a run is a call of sim__choose(kind, n), answered
 * with a number below n.  A run is its list of answers: a seed, a schedule
 * string and an exhaustive search are merely different things that answer.
 * Answer 0 always means "what an unhurried Windows would do": go on with the
 * same thread, first come first served, exactly in time, no fault.
 *
 * Uses:     nothing of ours.
 * Used by:  schedule.c, wait.c, port.c, every file with an open question.
 * Facts:    none.
 * Read next: choose.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_CHOOSE_H
#define SIM_CHOOSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../compiler.h"

/** What is being decided. */
enum choice_kind {
    CHOOSE_THREAD,   /**< Which thread runs next. */
    CHOOSE_TIME,     /**< Time passes although a thread could run. */
    CHOOSE_TIE,      /**< Order of timers due at the same instant. */
    CHOOSE_TIMEOUT,  /**< A time-out ends exactly, early or late: TIME-01. */
    CHOOSE_WAITER,   /**< Whom an object wakes. */
    CHOOSE_APC,      /**< APC pending and object signaled: open question 12. */
    CHOOSE_COUNT,    /**< GQCSEx's count after a failure: PORT-52. */
    CHOOSE_STATUS,   /**< When the status block is written: PORT-47. */
    CHOOSE_PENDING,  /**< I/O completes at once or pends. */
    CHOOSE_SPURIOUS, /**< A condition variable wakes without reason. */
    CHOOSE_PULSE,    /**< PulseEvent misses who waits. */
    CHOOSE_FAULT,    /**< A call fails for want of resources. */
    CHOOSE_LATENCY,  /**< How long a packet is on its way. */
    CHOOSE_SEGMENT,  /**< Where a stream is cut into segments. */
    CHOOSE_LOSS,     /**< What becomes of a packet on an unreliable link. */
    CHOOSE_OTHER     /**< A free decision with a comment of its own. */
};

/** One recorded answer. */
struct choice {
    uint32_t value;
    uint32_t count; /**< The n it was chosen from. */
};

/** Who answers, and what was answered so far. */
struct chooser {
    bool random;         /**< Answers come from rng, else from list. */
    uint64_t rng;        /**< State of the random numbers; never 0. */
    struct choice *list; /**< Answers: given, and appended with 0. */
    size_t list_count;   /**< Entries given before the run. */
    size_t position;     /**< Entries used so far. */
    size_t list_max;     /**< Entries that fit at list. */
};

extern struct chooser sim__chooser;

/** @brief A slow answer: from the list, or of a weighted kind. */
uint32_t sim__choose_slow(enum choice_kind kind, uint32_t count);

/** @brief Decide with an own weight: random answers other than 0 come one time
 *  in @p one_in. */
uint32_t sim__choose_rarely(enum choice_kind kind,
                            uint32_t count,
                            uint32_t one_in);

/** @brief Decide about something that happens so many times in a thousand;
 *  0 and 1,000 leave nothing to decide. */
bool sim__choose_permille(enum choice_kind kind, uint32_t permille);

/** @brief Seed the random answers. */
void sim__choose_seed(uint64_t seed);

/** @brief Next 32 random bits (xorshift64, high half). */
static inline uint32_t sim__random(void)
{
    uint64_t state = sim__chooser.rng;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    sim__chooser.rng = state;
    return (uint32_t)(state >> 32);
}

/**
 * @brief Decide something.
 * @param kind   What.
 * @param count  Number of possibilities, at least 1.
 * @return A number below @p count; 0 is the ordinary course.
 */
static inline uint32_t sim__choose(enum choice_kind kind, uint32_t count)
{
    if (count < 2) {
        return 0;
    }
    if (SIM_LIKELY(sim__chooser.random && kind == CHOOSE_THREAD)) {
        return (uint32_t)(((uint64_t)sim__random() * count) >> 32);
    }
    return sim__choose_slow(kind, count);
}

#endif
