/**
 * @file print.h
 * @brief Turning events into words.
 *
 * Uses:     sim.h.
 * Used by:  text.c, status.c, timeline.c, report.c.
 * Facts:    none.
 * Read next: report.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PRINT_H
#define SIM_PRINT_H

#include "../sim.h"

enum {
    EVENT_TEXT_BYTES = 640, /**< Room for the detail of any event. */
    TIME_TEXT_BYTES = 24    /**< Room for any time. */
};

/** @brief The word of an event's kind, such as "post". */
const char *sim__event_word(const struct sim_event *event);

/** @brief Write an event's detail into @p out (EVENT_TEXT_BYTES).
 *  @return @p out */
const char *sim__event_detail(const struct sim_event *event, char *out);

/** @brief The same after a pattern of one's own, in trace.def's language. */
const char *sim__event_as(const char *pattern,
                          const struct sim_event *event,
                          char *out);

/** @brief "app", "krn", "que" or "-". */
const char *sim__owner_word(unsigned owner);

/** @brief Virtual time in microseconds, with a tenth where there is one.
 *  @param out  TIME_TEXT_BYTES bytes.
 *  @return @p out */
const char *sim__time_text(uint64_t time, char *out);

/** @brief Name of a status without "STATUS_"; NULL when it has none here. */
const char *sim__status_word(int64_t status);

/** @brief Heading and rows of the fixed form; without the end of the line. */
void sim__print_heading(FILE *file);
void sim__print_row(FILE *file, const struct sim_event *event);

#endif
