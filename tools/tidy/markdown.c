/**
 * @file markdown.c
 * @brief Prose told from code in a Markdown file.
 *
 * Rules about words must leave code alone, and woven blocks are found by
 * their fences.  A line at a time is enough for both.
 *
 * Uses:     tidy.h.
 * Used by:  rule_word.c, rule_text.c, facts.c, weave.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

/* How many fence characters the line starts with, after up to 3 spaces. */
static size_t fence_length(struct tidy_span line, char *mark_out)
{
    size_t indent = 0;
    size_t length = 0;
    char mark;

    while (indent < line.length && line.start[indent] == ' ') {
        indent++;
    }
    if (indent == line.length || indent > 3) {
        return 0;
    }
    mark = line.start[indent];
    if (mark != '`' && mark != '~') {
        return 0;
    }
    while (indent + length < line.length &&
           line.start[indent + length] == mark) {
        length++;
    }
    *mark_out = mark;
    return length >= 3 ? length : 0;
}

bool tidy_fence_step(struct tidy_fence *fence, struct tidy_span line)
{
    char mark = '\0';
    size_t length = fence_length(line, &mark);

    if (fence->mark == '\0') {
        if (length == 0) {
            return false;
        }
        fence->mark = mark;
        fence->length = length;
        return true;
    }
    /* A closing fence is at least as long and carries nothing else. */
    if (mark == fence->mark && length >= fence->length &&
        tidy_trim(line).length == length) {
        fence->mark = '\0';
        fence->length = 0;
    }
    return true;
}

/* The end of what starts at `at`, or NULL when it does not end on the line. */
static char *code_end(char *at, const char *end)
{
    struct tidy_span rest = {at, (size_t)(end - at)};
    const char *found = NULL;
    size_t ticks = 0;

    if (tidy_starts(rest, "<!--")) {
        found = tidy_find(rest, "-->");
        return found != NULL ? at + (found - at) + 3 : NULL;
    }
    while (at + ticks < end && at[ticks] == '`') {
        ticks++;
    }
    for (char *scan = at + ticks; ticks > 0 && scan < end; scan++) {
        size_t run = 0;

        while (scan + run < end && scan[run] == '`') {
            run++;
        }
        if (run == ticks) {
            return scan + run;
        }
        scan += run > 0 ? run - 1 : 0;
    }
    return NULL;
}

void tidy_blank_code(char *line, size_t length)
{
    char *end = line + length;
    char *at = line;

    while (at < end) {
        char *stop = *at == '`' || *at == '<' ? code_end(at, end) : NULL;

        if (stop != NULL) {
            memset(at, ' ', (size_t)(stop - at));
            at = stop;
        } else {
            at++;
        }
    }
}
