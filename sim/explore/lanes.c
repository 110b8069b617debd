/**
 * @file lanes.c
 * @brief Laying out a timeline.
 *
 * Lanes are as wide as their longest text when all of them fit on the line;
 * else the wide ones give away room until they do, and their texts are broken
 * into lines.
 *
 * Uses:     lanes.h.
 * Used by:  timeline.c.
 * Facts:    none.
 * Read next: timeline.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "lanes.h"

#include <stdio.h>
#include <string.h>

/* ---- Texts -------------------------------------------------------------------- */

/** @brief How an event reads in its lane, where that differs from the fixed
 *  form: shorter, because the lane says who. */
static const char *pattern_of(const struct table *table,
                              const struct sim_event *event)
{
    bool unnamed = table->one_port && event->type == OBJECT_PORT;

    switch ((enum sim_event_kind)event->kind) {
    case SIM_EVENT_call:
        return "{s}[?o  {o}][?0  {0}]";
    case SIM_EVENT_atomic:
        return "{s} {0} -> {1}";
    case SIM_EVENT_note:
        return "\"{s}\"";
    case SIM_EVENT_block:
        return unnamed ? "{s}" : "{s}[?o  {o}]";
    case SIM_EVENT_wait:
        if (event->type == OBJECT_NONE) {
            return "{s}[?0  {d0}]";
        }
        return unnamed ? "wait[?0  {d0}]" : "wait for {o}[?0 , {d0}]";
    case SIM_EVENT_timeout:
        return unnamed ? "timeout" : "timeout[?o  {o}]";
    case SIM_EVENT_queue:
        return unnamed ? "queue depth={0}" : NULL;
    case SIM_EVENT_hand:
        return unnamed ? "hand to={t0} running={1}/{2}" : NULL;
    case SIM_EVENT_take:
        return unnamed ? "take key={k0}[?1  bytes={1}][?2  {e2}]"
                       : "take {o} key={k0}[?1  bytes={1}][?2  {e2}]";
    case SIM_EVENT_post:
        return unnamed ? "post key={k0}[?1  bytes={1}]"
                       : "post {o} key={k0}[?1  bytes={1}]";
    case SIM_EVENT_unblock:
        return unnamed ? "unblock running={0}/{1}" : NULL;
    case SIM_EVENT_open:
    case SIM_EVENT_attach:
    case SIM_EVENT_detach:
    case SIM_EVENT_submit:
    case SIM_EVENT_finish:
    case SIM_EVENT_cancel:
    case SIM_EVENT_close:
    case SIM_EVENT_start:
    case SIM_EVENT_name:
    case SIM_EVENT_exit:
    case SIM_EVENT_arm:
    case SIM_EVENT_fire:
    case SIM_EVENT_apc:
    case SIM_EVENT_abandon:
    case SIM_EVENT_fault:
    case SIM_EVENT_stop:
    case SIM_EVENT_arrive:
    case SIM_EVENT_drop:
    case SIM_EVENT_peer:
    case SIM_EVENT_host:
    case SIM_EVENT_COUNT:
        break;
    }
    return NULL;
}

void sim__lane_text(const struct table *table,
                    const struct sim_event *event,
                    char *out)
{
    const char *pattern = pattern_of(table, event);
    char detail[EVENT_TEXT_BYTES];

    if (pattern != NULL) {
        (void)sim__event_as(pattern, event, out);
        return;
    }
    (void)sim__event_detail(event, detail);
    (void)snprintf(out,
                   LANE_TEXT_BYTES,
                   "%s%s%s",
                   sim__event_word(event),
                   detail[0] == '\0' ? "" : " ",
                   detail);
}

/* ---- Whose lanes ---------------------------------------------------------------- */

/** @brief Make room for a thread's lane; false when there is none. */
static bool add_lane(struct table *table, uint32_t thread)
{
    size_t lane = 0;

    while (lane < table->lane_count && table->lanes[lane].thread < thread) {
        lane++;
    }
    if (lane < table->lane_count && table->lanes[lane].thread == thread) {
        return true;
    }
    if (table->lane_count == LANES_MAX - 1) {
        return false;
    }
    memmove(table->lanes + lane + 1,
            table->lanes + lane,
            (table->lane_count - lane) * sizeof table->lanes[0]);
    table->lanes[lane] = (struct lane){.thread = thread, .life = ' '};
    table->lane_count++;
    return true;
}

bool sim__lanes_find(struct table *table,
                     const struct sim_event *events,
                     size_t count)
{
    bool kernel = false;

    table->one_port = true;
    for (size_t at = 0; at < count; at++) {
        if (events[at].type == OBJECT_PORT && events[at].object != 1) {
            table->one_port = false;
        }
        if (events[at].thread == 0) {
            kernel = true;
        } else if (!add_lane(table, events[at].thread)) {
            return false;
        }
    }
    if (kernel) {
        table->lanes[table->lane_count++] =
            (struct lane){.thread = 0, .life = ' '};
    }
    if (table->lane_count != 0 && table->lanes[0].thread == 1) {
        table->lanes[0].life = '|'; /* The scenario's own thread. */
    }
    return table->lane_count != 0;
}

size_t sim__lane_of(const struct table *table, uint32_t thread)
{
    size_t lane = 0;

    while (table->lanes[lane].thread != thread) {
        lane++;
    }
    return lane;
}

/* ---- How wide -------------------------------------------------------------------- */

/** @brief Width of all lanes when none is wider than @p most. */
static size_t total_width(const struct table *table, size_t most)
{
    size_t total = MARGIN_WIDTH;

    for (size_t lane = 0; lane < table->lane_count; lane++) {
        size_t width = table->lanes[lane].width;

        total += (lane == 0 ? 0 : LANE_GAP) + (width < most ? width : most);
    }
    return total;
}

bool sim__lanes_fit(struct table *table,
                    const struct sim_event *events,
                    size_t count,
                    size_t columns)
{
    size_t most = LANE_MIN;

    for (size_t at = 0; at < count; at++) {
        struct lane *lane =
            &table->lanes[sim__lane_of(table, events[at].thread)];
        char text[LANE_TEXT_BYTES];
        size_t length;

        sim__lane_text(table, &events[at], text);
        length = strlen(text);
        lane->width = length > lane->width ? length : lane->width;
    }
    if (total_width(table, most) > columns) {
        return false;
    }
    /* BOUND: no text is longer than LANE_TEXT_BYTES. */
    while (most < LANE_TEXT_BYTES && total_width(table, most + 1) <= columns) {
        most++;
    }
    for (size_t at = 0; at < table->lane_count; at++) {
        struct lane *lane = &table->lanes[at];

        lane->width = lane->width < most ? lane->width : most;
    }
    return true;
}

/* ---- Who lives ------------------------------------------------------------------- */

static void set_life(struct table *table, uint32_t thread, char life)
{
    for (size_t lane = 0; lane < table->lane_count; lane++) {
        if (table->lanes[lane].thread == thread && thread != 0) {
            table->lanes[lane].life = life;
        }
    }
}

void sim__lanes_follow(struct table *table, const struct sim_event *event)
{
    switch (event->kind) {
    case SIM_EVENT_wait:
    case SIM_EVENT_block:
        set_life(table, event->thread, ':');
        break;
    case SIM_EVENT_exit:
        set_life(table, event->object, ' ');
        break;
    case SIM_EVENT_start:
        set_life(table, event->thread, '|');
        set_life(table, (uint32_t)event->value[0], '|');
        break;
    case SIM_EVENT_hand:
        set_life(table, (uint32_t)event->value[0], '|');
        break;
    default:
        set_life(table, event->thread, '|');
        break;
    }
}
