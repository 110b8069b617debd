/**
 * @file inside.c
 * @brief What a scenario may say: assertions, notes, names, marks.
 *
 * These few functions are the whole difference between a scenario and any
 * other Windows program; real.c has them for real Windows.
 *
 * Uses:     world.h, schedule.h, run.h.
 * Used by:  scenarios, lessons, fact tests.
 * Facts:    none.
 * Read next: program.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernel/schedule.h"
#include "run.h"

enum { MARKS_MAX = 64, NOTE_BYTES = 256 };

/** How often each mark was passed in this exploration. */
static struct {
    const char *name;
    uint64_t count;
} marks[MARKS_MAX];

static size_t mark_count;

/** @brief A file's name without its folders, which differ between builds. */
static const char *base_name(const char *path)
{
    const char *base = path;

    for (; *path != '\0'; path++) {
        if (*path == '/' || *path == '\\') {
            base = path + 1;
        }
    }
    return base;
}

void sim_assert_failed(const char *condition, const char *file, int line)
{
    char letter[8];

    if (!sim__world_running()) {
        (void)fprintf(stderr,
                      "%s:%d: the assertion `%s` failed outside a scenario\n",
                      base_name(file),
                      line,
                      condition);
        abort();
    }
    sim__stop(SIM_ASSERTION,
              "%s:%d: the assertion `%s` failed in thread %s",
              base_name(file),
              line,
              condition,
              sim__thread_letter(sim__world.current->object.number, letter));
}

void sim_note(const char *format, ...)
{
    char text[NOTE_BYTES];
    va_list arguments;

    if (!sim__trace_state.on || !sim__world_running()) {
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    trace(note, .text = text, .copy = true);
}

void sim_settle(void)
{
    sim__settle();
}

void sim__marks_begin(void)
{
    mark_count = 0;
}

void sim_mark(const char *mark)
{
    for (size_t at = 0; at < mark_count; at++) {
        if (strcmp(marks[at].name, mark) == 0) {
            marks[at].count++;
            return;
        }
    }
    if (mark_count == MARKS_MAX) {
        sim__stop(SIM_REFUSED,
                  "a scenario may have %d different marks",
                  (int)MARKS_MAX);
    }
    marks[mark_count].name = mark;
    marks[mark_count++].count = 1;
}

uint64_t sim_marked(const char *mark)
{
    for (size_t at = 0; at < mark_count; at++) {
        if (strcmp(marks[at].name, mark) == 0) {
            return marks[at].count;
        }
    }
    return 0;
}

uint32_t sim_choose(uint32_t count)
{
    return sim__choose(CHOOSE_OTHER, count);
}

bool sim_is_simulated(void)
{
    return true;
}
