/**
 * @file timeline.c
 * @brief The timeline: one column per thread, time down.
 *
 * A beginner follows one thread by reading one column, and sees what the
 * others did meanwhile in the columns beside it.  What Windows does by itself
 * has the last column, K.
 *
 * Uses:     print.h, thread.h (letters).
 * Used by:  dry, report.c.
 * Facts:    none.
 * Read next: report.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../kernel/thread.h"
#include "print.h"

enum {
    LANES_MAX = 7,
    LANE_MIN = 22,
    LANE_MAX = 34,
    MARGIN = 18, /* Of the columns time, op and own. */
    WIDTH_DEFAULT = 100,
    LINE_BYTES = 1024
};

/** Colours of the lanes, one after another; all readable on dark and light. */
static const char *const colours[] = {
    "\x1b[36m", "\x1b[33m", "\x1b[32m", "\x1b[35m", "\x1b[34m", "\x1b[31m"};

static const char *const plain = "\x1b[0m";

/** How the table is laid out. */
struct table {
    FILE *file;
    bool colour;
    size_t lane_count;
    size_t lane_width;
    uint32_t lanes[LANES_MAX]; /* Number of the thread in each; 0: K. */
};

/** @brief Find out who appears, oldest first and K last; false when there
 *  are more than fit. */
static bool find_lanes(struct table *table,
                       const struct sim_event *events,
                       size_t count)
{
    bool kernel = false;
    size_t lanes = 0;

    for (size_t at = 0; at < count; at++) {
        size_t lane = 0;

        if (events[at].thread == 0) {
            kernel = true;
            continue;
        }
        while (lane < lanes && table->lanes[lane] < events[at].thread) {
            lane++;
        }
        if (lane < lanes && table->lanes[lane] == events[at].thread) {
            continue;
        }
        if (lanes == LANES_MAX - 1) {
            return false;
        }
        memmove(table->lanes + lane + 1,
                table->lanes + lane,
                (lanes - lane) * sizeof table->lanes[0]);
        table->lanes[lane] = events[at].thread;
        lanes++;
    }
    if (kernel) {
        table->lanes[lanes++] = 0;
    }
    table->lane_count = lanes;
    return true;
}

/** @brief Where to break a text so that it fits; its length if it fits. */
static size_t break_at(const char *text, size_t width)
{
    size_t length = strlen(text);
    size_t at = width;

    if (length <= width) {
        return length;
    }
    while (at > 0 && text[at] != ' ') {
        at--;
    }
    return at == 0 ? width : at;
}

/** @brief Write one line of an event's text in its lane. */
static void
print_lane(const struct table *table, size_t lane, const char *text, size_t n)
{
    size_t before = lane * (table->lane_width + 2);

    if (table->colour) {
        (void)fprintf(table->file,
                      "%*s%s%.*s%s\n",
                      (int)before,
                      "",
                      colours[lane % (sizeof colours / sizeof colours[0])],
                      (int)n,
                      text,
                      plain);
    } else {
        (void)fprintf(table->file, "%*s%.*s\n", (int)before, "", (int)n, text);
    }
}

/** @brief The columns before the lanes. */
static void print_margin(FILE *file, const struct sim_event *event)
{
    char time[32];
    char op[16] = "";

    sim__time_text(event->time, time, sizeof time);
    if (event->op != 0) {
        (void)snprintf(op, sizeof op, "%u", (unsigned)event->op);
    }
    (void)fprintf(file,
                  "%9s %3s %-3s ",
                  time,
                  op,
                  event->owner == SIM_NOBODY ? ""
                                             : sim__owner_word(event->owner));
}

static void print_row(const struct table *table, const struct sim_event *event)
{
    char detail[EVENT_TEXT_BYTES];
    char line[LINE_BYTES];
    const char *text = line;
    size_t lane = 0;
    size_t length;

    while (table->lanes[lane] != event->thread) {
        lane++;
    }
    sim__event_detail(event, detail);
    (void)snprintf(
        line, sizeof line, "%s %s", sim__event_word(event), detail);
    print_margin(table->file, event);
    length = break_at(text, table->lane_width);
    print_lane(table, lane, text, length);
    /* BOUND: each turn writes at least one character of the text. */
    while (text[length] != '\0') {
        text += length + (text[length] == ' ');
        length = break_at(text, table->lane_width - 2);
        (void)fprintf(table->file, "%*s", MARGIN + 2, "");
        print_lane(table, lane, text, length);
    }
}

static void print_heading(const struct table *table)
{
    (void)fprintf(table->file, "%9s %3s %-3s ", "time us", "op", "own");
    for (size_t lane = 0; lane < table->lane_count; lane++) {
        char letter[8];

        (void)fprintf(table->file,
                      "%-*s",
                      lane + 1 == table->lane_count
                          ? (int)table->lane_width
                          : (int)(table->lane_width + 2),
                      sim__thread_letter(table->lanes[lane], letter));
    }
    (void)fprintf(table->file, "\n");
}

/** @brief Too many threads for columns: one column that names the thread. */
static void
print_linear(FILE *file, const struct sim_event *events, size_t count)
{
    (void)fprintf(file, "%9s %3s %-3s thr event\n", "time us", "op", "own");
    for (size_t at = 0; at < count; at++) {
        char detail[EVENT_TEXT_BYTES];
        char letter[8];

        sim__event_detail(&events[at], detail);
        print_margin(file, &events[at]);
        (void)fprintf(file,
                      "%-3s %s %s\n",
                      sim__thread_letter(events[at].thread, letter),
                      sim__event_word(&events[at]),
                      detail);
    }
}

void sim_print_timeline(FILE *file,
                        const struct sim_event *events,
                        size_t event_count,
                        const struct sim_print *print)
{
    size_t width = print->columns != 0 ? print->columns : WIDTH_DEFAULT;
    size_t skipped = 0;
    struct table table = {.file = file, .colour = print->colour};

    if (print->last != 0 && event_count > print->last) {
        skipped = event_count - print->last;
    }
    events += skipped;
    event_count -= skipped;
    if (skipped != 0) {
        (void)fprintf(file, "(%zu rows before these)\n", skipped);
    }
    if (!find_lanes(&table, events, event_count) ||
        MARGIN + table.lane_count * (LANE_MIN + 2) > width) {
        print_linear(file, events, event_count);
        return;
    }
    if (table.lane_count == 0) {
        return;
    }
    table.lane_width = (width - MARGIN) / table.lane_count - 2;
    if (table.lane_width > LANE_MAX) {
        table.lane_width = LANE_MAX;
    }
    print_heading(&table);
    for (size_t at = 0; at < event_count; at++) {
        print_row(&table, &events[at]);
    }
}
