/**
 * @file text.c
 * @brief The words of the trace, from the table in trace.def.
 *
 * Every kind of event has a pattern there, and this file fills patterns in.
 * What a trace says is therefore decided in one place that can be read like a
 * page of a manual.
 *
 * Uses:     print.h, object.h, thread.h (names).
 * Used by:  timeline.c, report.c.
 * Facts:    none.
 * Read next: timeline.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "../kernel/thread.h"
#include "print.h"

/** Keys up to here are numbers to people; above, they may be addresses. */
enum { KEY_NUMBER_MAX = 65536 };

static const struct {
    const char *word;
    const char *pattern;
} kinds[SIM_EVENT_COUNT] = {
#define TRACE(name, text) [SIM_EVENT_##name] = {#name, text},
#include "../kernel/trace.def"
#undef TRACE
};

/** Statuses that people meet in a trace. */
static const struct {
    NTSTATUS status;
    const char *name;
} statuses[] = {
    {STATUS_SUCCESS, "ok"},
    {STATUS_PENDING, "PENDING"},
    {STATUS_TIMEOUT, "TIMEOUT"},
    {STATUS_CANCELLED, "CANCELLED"},
    {STATUS_BUFFER_OVERFLOW, "BUFFER_OVERFLOW"},
    {STATUS_PIPE_BROKEN, "PIPE_BROKEN"},
    {STATUS_PIPE_CLOSING, "PIPE_CLOSING"},
    {STATUS_PIPE_DISCONNECTED, "PIPE_DISCONNECTED"},
    {STATUS_PIPE_LISTENING, "PIPE_LISTENING"},
    {STATUS_END_OF_FILE, "END_OF_FILE"},
    {STATUS_INSUFFICIENT_RESOURCES, "INSUFFICIENT_RESOURCES"},
    {STATUS_NO_MEMORY, "NO_MEMORY"},
    {STATUS_CONNECTION_RESET, "CONNECTION_RESET"},
};

/** A detail being written. */
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
    return kinds[event->kind].word;
}

const char *sim__owner_word(unsigned owner)
{
    static const char *const words[] = {
        [SIM_NOBODY] = "-",
        [SIM_APP] = "app",
        [SIM_KERNEL] = "krn",
        [SIM_QUEUE] = "que",
    };

    return words[owner];
}

void sim__time_text(uint64_t time, char *out, size_t room)
{
    if (time % 10 == 0) {
        (void)snprintf(out, room, "%" PRIu64, time / 10);
    } else {
        (void)snprintf(out, room, "%" PRIu64 ".%u", time / 10,
                       (unsigned)(time % 10));
    }
}

static void add_object(struct detail *detail, const struct sim_event *event)
{
    char letter[8];

    if (event->type == OBJECT_THREAD) {
        add(detail, "thread=%s", sim__thread_letter(event->object, letter));
    } else if (event->type != OBJECT_NONE) {
        add(detail,
            "%s=%u",
            sim__object_word(event->type),
            (unsigned)event->object);
    }
}

static void add_status(struct detail *detail, int64_t value)
{
    NTSTATUS status = (NTSTATUS)value;

    for (size_t at = 0; at < sizeof statuses / sizeof statuses[0]; at++) {
        if (statuses[at].status == status) {
            add(detail, "%s", statuses[at].name);
            return;
        }
    }
    add(detail, "0x%08X", (unsigned)status);
}

static void add_milliseconds(struct detail *detail, int64_t value)
{
    if (value % 10000 == 0) {
        add(detail, "%" PRId64 "ms", value / 10000);
    } else {
        add(detail, "%.4gms", (double)value / 10000.0);
    }
}

/** @brief Write one value in the way its letter says. */
static void add_value(struct detail *detail, char letter, int64_t value)
{
    char name[8];

    switch (letter) {
    case 'k':
        if ((uint64_t)value < KEY_NUMBER_MAX) {
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

/** @brief Fill in one place `{...}`; returns what follows it. */
static const char *add_place(struct detail *detail,
                             const struct sim_event *event,
                             const char *place)
{
    const char *end = strchr(place, '}');
    char last = end[-1];

    if (place[1] == 'o') {
        add_object(detail, event);
    } else if (place[1] == 's') {
        add(detail, "%s", event->text == NULL ? "" : event->text);
    } else {
        add_value(detail, place[1], event->value[last - '0']);
    }
    return end + 1;
}

/** @brief Whether the part `[?...` is to be left out. */
static bool left_out(const struct sim_event *event, char condition)
{
    switch (condition) {
    case 'o':
        return event->type == OBJECT_NONE;
    case 's':
        return event->text == NULL;
    default:
        return event->value[condition - '0'] == 0;
    }
}

void sim__event_detail(const struct sim_event *event, char *out)
{
    const char *at = kinds[event->kind].pattern;
    struct detail detail = {out, 0};

    out[0] = '\0';
    while (*at != '\0') {
        if (*at == '{') {
            at = add_place(&detail, event, at);
        } else if (*at == '[') {
            /* The condition is the character behind the question mark. */
            at = left_out(event, at[2]) ? strchr(at, ']') + 1 : at + 3;
        } else if (*at == ']') {
            at++;
        } else {
            add(&detail, "%c", *at++);
        }
    }
}

void sim_print_trace(FILE *file, const struct sim_report *report)
{
    (void)fprintf(file, "%s\n", report->replay);
    for (size_t at = 0; at < report->event_count; at++) {
        const struct sim_event *event = &report->events[at];
        char detail[EVENT_TEXT_BYTES];
        char time[32];
        char letter[8];
        char op[16] = "-";

        sim__event_detail(event, detail);
        sim__time_text(event->time, time, sizeof time);
        if (event->op != 0) {
            (void)snprintf(op, sizeof op, "%u", (unsigned)event->op);
        }
        (void)fprintf(file,
                      "%8s %-3s %-8s %4s %-3s %s\n",
                      time,
                      sim__thread_letter(event->thread, letter),
                      sim__event_word(event),
                      op,
                      sim__owner_word(event->owner),
                      detail);
    }
}
