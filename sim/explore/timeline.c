/**
 * @file timeline.c
 * @brief The timeline: one column per thread, time down.
 *
 * A beginner follows one thread by reading one column, and sees what the
 * others did meanwhile in the columns beside it.  A line runs down each
 * column while its thread lives: `|` while it can run, `:` while it waits.
 * What Windows does by itself has the last column, K.
 *
 * Uses:     print.h, lanes.h.
 * Used by:  dry, report.c.
 * Facts:    none.
 * Read next: inside.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "lanes.h"
#include "print.h"

enum { WIDTH_DEFAULT = 100 };

/** Colours of the lanes, one after another; all readable on dark and light. */
static const char *const colours[] = {"\x1b[36m",
                                      "\x1b[33m",
                                      "\x1b[32m",
                                      "\x1b[35m",
                                      "\x1b[34m"};

static const char *const red = "\x1b[1;31m";
static const char *const grey = "\x1b[90m";
static const char *const plain = "\x1b[0m";

/** @brief Write a colour, if colours are wanted. */
static void paint(const struct table *table, const char *colour)
{
    if (table->colour) {
        (void)fputs(colour, table->file);
    }
}

/** @brief The colour of an event: its lane's, or red at the end of all. */
static const char *colour_of(size_t lane, const struct sim_event *event)
{
    if (event->kind == SIM_EVENT_stop) {
        return red;
    }
    return colours[lane % (sizeof colours / sizeof colours[0])];
}

/* ---- Rows ------------------------------------------------------------------- */

/** @brief Whether a word may be broken before a place: behind a `=`, or where
 *  a name like WaitForSingleObject has a joint. */
static bool may_break(const char *text, size_t at)
{
    return text[at - 1] == '=' || (text[at] >= 'A' && text[at] <= 'Z' &&
                                   text[at - 1] >= 'a' && text[at - 1] <= 'z');
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
    if (at != 0) {
        return at;
    }
    at = width;
    while (at > 1 && !may_break(text, at)) {
        at--;
    }
    return at > 1 ? at : width;
}

/** @brief Whether the next row says the same and more: a thread's handle is
 *  opened where it starts. */
static bool is_said_next(const struct sim_event *events,
                         size_t at,
                         size_t count)
{
    const struct sim_event *event = &events[at];

    return event->kind == SIM_EVENT_open && at + 1 < count &&
           events[at + 1].kind == SIM_EVENT_start &&
           events[at + 1].thread == event->thread &&
           events[at + 1].object == event->object;
}

/** One line of a row: a piece of the event's text in the event's lane. */
struct piece {
    const struct sim_event *event;
    size_t lane;
    const char *text;
    size_t length;
    size_t indent;
};

/** @brief The last lane in which the line has anything. */
static size_t last_lane(const struct table *table, size_t lane)
{
    size_t last = lane;

    for (size_t at = lane + 1; at < table->lane_count; at++) {
        if (table->lanes[at].life != ' ') {
            last = at;
        }
    }
    return last;
}

/** @brief Write the lanes of one line. */
static void print_lanes(const struct table *table, const struct piece *piece)
{
    size_t last = last_lane(table, piece->lane);

    for (size_t lane = 0; lane <= last; lane++) {
        const struct lane *here = &table->lanes[lane];
        size_t used = 1;

        if (lane == piece->lane) {
            paint(table, colour_of(lane, piece->event));
            (void)fprintf(table->file,
                          "%*s%.*s",
                          (int)piece->indent,
                          "",
                          (int)piece->length,
                          piece->text);
            used = piece->indent + piece->length;
        } else {
            paint(table, grey);
            (void)fputc(here->life, table->file);
        }
        paint(table, plain);
        if (lane < last) {
            (void)fprintf(table->file,
                          "%*s",
                          (int)(here->width + LANE_GAP - used),
                          "");
        }
    }
    (void)fputc('\n', table->file);
}

/** @brief The columns before the lanes; a time that stays is not repeated. */
static void print_margin(struct table *table, const struct sim_event *event)
{
    char time[TIME_TEXT_BYTES];
    char op[16] = "";

    if (event->op != 0) {
        (void)snprintf(op, sizeof op, "%" PRIu32, event->op);
    }
    (void)fprintf(
        table->file,
        "%9s %3s %-3s ",
        event->time == table->time ? "" : sim__time_text(event->time, time),
        op,
        event->owner == SIM_NOBODY ? "" : sim__owner_word(event->owner));
    table->time = event->time;
}

static void print_row(struct table *table, const struct sim_event *event)
{
    char text[LANE_TEXT_BYTES];
    struct piece piece = {.event = event, .text = text};
    size_t width;

    piece.lane = sim__lane_of(table, event->thread);
    width = table->lanes[piece.lane].width;
    sim__lane_text(table, event, text);
    print_margin(table, event);
    piece.length = break_at(piece.text, width);
    print_lanes(table, &piece);
    /* BOUND: each turn writes at least one character of the text. */
    while (piece.text[piece.length] != '\0') {
        piece.text += piece.length + (piece.text[piece.length] == ' ');
        piece.indent = LANE_INDENT;
        piece.length = break_at(piece.text, width - LANE_INDENT);
        (void)fprintf(table->file, "%*s", MARGIN_WIDTH, "");
        print_lanes(table, &piece);
    }
}

static void print_heading(const struct table *table)
{
    (void)fprintf(table->file, "%9s %3s %-3s ", "time us", "op", "own");
    for (size_t lane = 0; lane < table->lane_count; lane++) {
        char letter[8];
        bool last = lane + 1 == table->lane_count;

        paint(table, colours[lane % (sizeof colours / sizeof colours[0])]);
        (void)fprintf(table->file,
                      "%-*s",
                      last ? 1 : (int)(table->lanes[lane].width + LANE_GAP),
                      sim__thread_letter(table->lanes[lane].thread, letter));
        paint(table, plain);
    }
    (void)fputc('\n', table->file);
}

/* ---- Whole timelines ----------------------------------------------------------- */

/** @brief Too many threads for columns: one column that names the thread. */
static void print_linear(FILE *file,
                         const struct sim_event *events,
                         size_t count)
{
    sim__print_heading(file);
    (void)fputc('\n', file);
    for (size_t at = 0; at < count; at++) {
        sim__print_row(file, &events[at]);
        (void)fputc('\n', file);
    }
}

void sim_print_timeline(FILE *file,
                        const struct sim_event *events,
                        size_t event_count,
                        const struct sim_print *print)
{
    static const struct sim_print usual;
    struct table table = {.file = file, .time = UINT64_MAX};
    size_t first = 0;
    size_t columns;

    print = print == NULL ? &usual : print;
    columns = print->columns != 0 ? print->columns : WIDTH_DEFAULT;
    table.colour = print->colour;
    if (print->last != 0 && event_count > print->last) {
        first = event_count - print->last;
        (void)fprintf(file,
                      "(%zu row%s before these)\n",
                      first,
                      first == 1 ? "" : "s");
    }
    if (!sim__lanes_find(&table, events + first, event_count - first) ||
        !sim__lanes_fit(&table, events + first, event_count - first, columns)) {
        print_linear(file, events + first, event_count - first);
        return;
    }
    print_heading(&table);
    for (size_t at = 0; at < event_count; at++) {
        if (at >= first && !is_said_next(events, at, event_count)) {
            print_row(&table, &events[at]);
        }
        sim__lanes_follow(&table, &events[at]);
    }
}
