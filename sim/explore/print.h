/**
 * @file print.h
 * @brief Turning events into words.
 *
 * Uses:     sim.h.
 * Used by:  text.c, timeline.c, report.c.
 * Facts:    none.
 * Read next: text.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PRINT_H
#define SIM_PRINT_H

#include "../sim.h"

/** Room for the detail of any event. */
enum { EVENT_TEXT_BYTES = 512 };

/** @brief The word of an event's kind, such as "post". */
const char *sim__event_word(const struct sim_event *event);

/** @brief Write an event's detail into @p out (EVENT_TEXT_BYTES). */
void sim__event_detail(const struct sim_event *event, char *out);

/** @brief "app", "krn", "que" or "-". */
const char *sim__owner_word(unsigned owner);

/** @brief Virtual time in microseconds, with a tenth where there is one. */
void sim__time_text(uint64_t time, char *out, size_t room);

#endif
