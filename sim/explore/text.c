/**
 * @file text.c
 * @brief The words of the trace, from the table in trace.def.
 *
 * Every kind of event has a pattern there, and this file fills patterns in.
 * What a trace says is therefore decided in one place that can be read like a
 * page of a manual.  The fixed form that is written here is an interface:
 * docs/trace.md describes it and tests compare it to the byte.
 *
 * Uses:     print.h, object.h, thread.h (names).
 * Used by:  timeline.c, report.c.
 * Facts:    none.
 * Read next: status.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "../kernel/thread.h"
#include "print.h"

/** Keys below are numbers to people; from here on, they may be addresses. */
enum { KEY_NUMBERS = 65536 };

static const struct {
    const char *word;
    const char *pattern;
} kinds[] = {
#define TRACE(name, text) {#name, text},
#include "../kernel/trace.def"
#undef TRACE
};

/** A detail being written; what does not fit is left out. */
struct detail {
    char *out;
    size_t used;
};

static void add(struct detail *detail, const char *format, ...)
    SIM_FORMAT(2, 3);

static void add(struct detail *detail, const char *format, ...)
{
    size_t room = EVENT_TEXT_BYTES - detail->used;
    va_list arguments;
    int written;

    va_start(arguments, format);
    written = vsnprintf(detail->out + detail->used, room, format, arguments);
    va_end(arguments);
    if (written > 0) {
        detail->used += (size_t)written < room ? (size_t)written : room - 1;
    }
}

const char *sim__event_word(const struct sim_event *event)
{
    return event->kind < SIM_EVENT_COUNT ? kinds[event->kind].word : "?";
}

const char *sim__owner_word(unsigned owner)
{
    static const char *const words[] = {
        [SIM_NOBODY] = "-",
        [SIM_APP] = "app",
        [SIM_KERNEL] = "krn",
        [SIM_QUEUE] = "que",
    };

    return owner < sizeof words / sizeof words[0] ? words[owner] : "?";
}

const char *sim__time_text(uint64_t time, char *out)
{
    unsigned tenth = (unsigned)(time % 10);

    (void)snprintf(out, TIME_TEXT_BYTES, "%" PRIu64, time / 10);
    if (tenth != 0) {
        (void)
            snprintf(out, TIME_TEXT_BYTES, "%" PRIu64 ".%u", time / 10, tenth);
    }
    return out;
}

/* ---- The parts of a pattern ------------------------------------------------ */

/** @brief "port=1"; a thread goes by its letter. */
static void add_object(struct detail *detail, const struct sim_event *event)
{
    if (event->type == OBJECT_THREAD) {
        char letter[8];

        add(detail, "thread=%s", sim__thread_letter(event->object, letter));
    } else if (event->type != OBJECT_NONE) {
        add(detail,
            "%s=%" PRIu32,
            sim__object_word(event->type),
            event->object);
    }
}

/** @brief The program's own words; what would break a line becomes '?'. */
static void add_words(struct detail *detail, const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        add(detail, "%c", *text < ' ' || *text > '~' ? '?' : *text);
    }
}

static void add_status(struct detail *detail, int64_t status)
{
    const char *word = sim__status_word(status);

    if (word != NULL) {
        add(detail, "%s", word);
    } else {
        add(detail, "0x%08" PRIX32, (uint32_t)status);
    }
}

/** @brief Milliseconds from units of 100 ns, without needless zeros. */
static void add_milliseconds(struct detail *detail, int64_t units)
{
    uint64_t size = units < 0 ? 0 - (uint64_t)units : (uint64_t)units;
    unsigned fraction = (unsigned)(size % 10000);

    add(detail, "%s%" PRIu64, units < 0 ? "-" : "", size / 10000);
    if (fraction != 0) {
        int digits = 4;

        /* BOUND: fraction has four digits and is not 0. */
        while (fraction % 10 == 0) {
            fraction /= 10;
            digits--;
        }
        add(detail, ".%0*u", digits, fraction);
    }
    add(detail, "ms");
}

/** @brief Write one value in the way its letter says. */
static void add_value(struct detail *detail, char letter, int64_t value)
{
    char name[8];

    switch (letter) {
    case 'k':
        if ((uint64_t)value < KEY_NUMBERS) {
            add(detail, "%" PRId64, value);
        } else {
            add(detail, "ptr");
        }
        break;
    case 'x':
        add(detail, "0x%" PRIx64, (uint64_t)value);
        break;
    case 't':
        add(detail, "%s", sim__thread_letter((uint32_t)value, name));
        break;
    case 'e':
        add_status(detail, value);
        break;
    case 'd':
        add_milliseconds(detail, value);
        break;
    default:
        add(detail, "%" PRId64, value);
        break;
    }
}

/** @brief Fill in one place `{...}`; returns its last character. */
static const char *add_place(struct detail *detail,
                             const struct sim_event *event,
                             const char *place)
{
    const char *end = strchr(place, '}');

    if (place[1] == 'o') {
        add_object(detail, event);
    } else if (place[1] == 's') {
        add_words(detail, event->text);
    } else {
        add_value(detail, place[1], event->value[end[-1] - '0']);
    }
    return end;
}

/** @brief Whether the part `[?...` is to be left out. */
static bool left_out(const struct sim_event *event, char condition)
{
    switch (condition) {
    case 'o':
        return event->type == OBJECT_NONE;
    case 's':
        return event->text == NULL || event->text[0] == '\0';
    default:
        return event->value[condition - '0'] == 0;
    }
}

const char *sim__event_as(const char *pattern,
                          const struct sim_event *event,
                          char *out)
{
    struct detail detail = {out, 0};

    out[0] = '\0';
    for (const char *at = pattern; *at != '\0'; at++) {
        if (*at == '{') {
            at = add_place(&detail, event, at);
        } else if (*at == '[') {
            /* "[?0 ": the blank behind the condition belongs to it. */
            at = left_out(event, at[2]) ? strchr(at, ']') : at + 3;
        } else if (*at != ']' && (*at != ' ' || detail.used != 0)) {
            add(&detail, "%c", *at);
        }
    }
    while (detail.used > 0 && out[detail.used - 1] == ' ') {
        out[--detail.used] = '\0';
    }
    return out;
}

const char *sim__event_detail(const struct sim_event *event, char *out)
{
    out[0] = '\0';
    return event->kind < SIM_EVENT_COUNT
               ? sim__event_as(kinds[event->kind].pattern, event, out)
               : out;
}

/* ---- The fixed form --------------------------------------------------------- */

void sim__print_heading(FILE *file)
{
    (void)fprintf(file, "     time thr event      op own detail");
}

void sim__print_row(FILE *file, const struct sim_event *event)
{
    char detail[EVENT_TEXT_BYTES];
    char time[TIME_TEXT_BYTES];
    char letter[8];
    char op[16] = "-";

    if (event->op != 0) {
        (void)snprintf(op, sizeof op, "%" PRIu32, event->op);
    }
    (void)sim__event_detail(event, detail);
    (void)fprintf(file,
                  "%9s %-3s %-8s %4s %*s%s%s",
                  sim__time_text(event->time, time),
                  sim__thread_letter(event->thread, letter),
                  sim__event_word(event),
                  op,
                  detail[0] == '\0' ? 0 : -3, /* No blanks at the end. */
                  sim__owner_word(event->owner),
                  detail[0] == '\0' ? "" : " ",
                  detail);
}

void sim_print_trace(FILE *file, const struct sim_report *report)
{
    (void)fprintf(file, "%s\n", report->replay);
    sim__print_heading(file);
    (void)fprintf(file, "\n");
    for (size_t at = 0; at < report->event_count; at++) {
        sim__print_row(file, &report->events[at]);
        (void)fprintf(file, "\n");
    }
}
