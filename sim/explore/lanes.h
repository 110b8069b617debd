/**
 * @file lanes.h
 * @brief The columns of a timeline: whose they are and how wide.
 *
 * Uses:     sim.h, thread.h (letters).
 * Used by:  lanes.c, timeline.c.
 * Facts:    none.
 * Read next: lanes.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_LANES_H
#define SIM_LANES_H

#include "../kernel/thread.h"
#include "../sim.h"
#include "print.h"

enum {
    LANES_MAX = 7,     /**< Six threads and K. */
    LANE_MIN = 14,     /**< Narrower lanes cannot be read. */
    LANE_GAP = 2,      /**< Blanks between two lanes. */
    LANE_INDENT = 2,   /**< Of the lines of a text behind the first. */
    MARGIN_WIDTH = 18, /**< Of the columns time, op and own. */
    LANE_TEXT_BYTES = EVENT_TEXT_BYTES + 32
};

/** One column. */
struct lane {
    uint32_t thread; /**< Its number; 0 for K. */
    size_t width;
    char life; /**< '|' can run, ':' waits, ' ' is not there. */
};

/** How a timeline is laid out. */
struct table {
    FILE *file;
    bool colour;
    bool one_port; /**< It need not be named in each row. */
    uint64_t time; /**< Of the row written last. */
    size_t lane_count;
    struct lane lanes[LANES_MAX];
};

/** @brief Make a lane for each thread that appears, oldest first and K last.
 *  @return false when there are too many, or none. */
bool sim__lanes_find(struct table *table,
                     const struct sim_event *events,
                     size_t count);

/** @brief Give each lane the width that its texts want, or what there is.
 *  @return false when there is too little. */
bool sim__lanes_fit(struct table *table,
                    const struct sim_event *events,
                    size_t count,
                    size_t columns);

/** @brief The lane of a thread that has one. */
size_t sim__lane_of(const struct table *table, uint32_t thread);

/** @brief What to write for an event (LANE_TEXT_BYTES). */
void sim__lane_text(const struct table *table,
                    const struct sim_event *event,
                    char *out);

/** @brief Note who lives and who waits after an event. */
void sim__lanes_follow(struct table *table, const struct sim_event *event);

#endif
