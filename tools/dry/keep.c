/**
 * @file keep.c
 * @brief Keeping one trace to compare it with another.
 *
 * A report's events are valid until the next run; here they outlive it.
 *
 * Uses:     dry.h.
 * Used by:  command_tour.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "dry.h"

/** @brief Copy an event's text into the pool; NULL when that is full. */
static const char *keep_text(struct kept *kept, const char *text)
{
    size_t bytes = text == NULL ? 0 : strlen(text) + 1;
    char *copy = kept->texts + kept->text_bytes;

    if (text == NULL || bytes > sizeof kept->texts - kept->text_bytes) {
        return NULL;
    }
    memcpy(copy, text, bytes);
    kept->text_bytes += bytes;
    return copy;
}

void dry_keep(struct kept *kept, const struct sim_report *report)
{
    kept->count =
        report->event_count < KEPT_EVENTS ? report->event_count : KEPT_EVENTS;
    kept->text_bytes = 0;
    kept->hash = report->hash;
    for (size_t at = 0; at < kept->count; at++) {
        kept->events[at] = report->events[at];
        kept->events[at].text = keep_text(kept, report->events[at].text);
    }
}

static bool same_text(const char *one, const char *two)
{
    if (one == NULL || two == NULL) {
        return one == two;
    }
    return strcmp(one, two) == 0;
}

static bool same_event(const struct sim_event *one, const struct sim_event *two)
{
    return one->time == two->time && one->thread == two->thread &&
           one->kind == two->kind && one->owner == two->owner &&
           one->type == two->type && one->op == two->op &&
           one->object == two->object && one->value[0] == two->value[0] &&
           one->value[1] == two->value[1] && one->value[2] == two->value[2] &&
           same_text(one->text, two->text);
}

size_t dry_first_difference(const struct kept *kept,
                            const struct sim_report *report)
{
    size_t at = 0;

    while (at < kept->count && at < report->event_count &&
           same_event(&kept->events[at], &report->events[at])) {
        at++;
    }
    return at;
}
