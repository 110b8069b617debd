/**
 * @file span.c
 * @brief Looking at a piece of text without copying it.
 *
 * Every rule asks the same few questions of text: is it this word, does it
 * start so, where is the next one.
 *
 * Uses:     tidy.h.
 * Used by:  every file of tools/tidy.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

struct tidy_span tidy_span_of(const char *text)
{
    return (struct tidy_span){text, strlen(text)};
}

char tidy_char_at(struct tidy_span span, size_t at)
{
    if (at >= span.length) {
        return '\0';
    }
    return span.start[at];
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool tidy_is_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           (c >= '0' && c <= '9') || c == '_';
}

struct tidy_span tidy_trim(struct tidy_span span)
{
    while (span.length > 0 && is_blank(span.start[0])) {
        span.start++;
        span.length--;
    }
    while (span.length > 0 && is_blank(span.start[span.length - 1])) {
        span.length--;
    }
    return span;
}

bool tidy_same_span(struct tidy_span a, struct tidy_span b)
{
    return a.length == b.length &&
           (a.length == 0 || memcmp(a.start, b.start, a.length) == 0);
}

bool tidy_same(struct tidy_span span, const char *text)
{
    return tidy_same_span(span, tidy_span_of(text));
}

bool tidy_starts(struct tidy_span span, const char *prefix)
{
    size_t length = strlen(prefix);

    return span.length >= length && memcmp(span.start, prefix, length) == 0;
}

bool tidy_ends(struct tidy_span span, const char *suffix)
{
    size_t length = strlen(suffix);

    return span.length >= length &&
           memcmp(span.start + span.length - length, suffix, length) == 0;
}

const char *tidy_find(struct tidy_span span, const char *text)
{
    size_t length = strlen(text);

    while (span.length >= length) {
        if (memcmp(span.start, text, length) == 0) {
            return span.start;
        }
        span.start++;
        span.length--;
    }
    return NULL;
}

const char *tidy_find_tag(struct tidy_span span, const char *tag)
{
    struct tidy_span rest = span;
    const char *found;

    while ((found = tidy_find(rest, tag)) != NULL) {
        bool is_inside =
            found > span.start &&
            (tidy_is_name(found[-1]) || strchr("\"'`", found[-1]) != NULL);

        if (!is_inside) {
            return found;
        }
        rest = tidy_from(rest, found + 1);
    }
    return NULL;
}

struct tidy_span tidy_from(struct tidy_span span, const char *at)
{
    return (struct tidy_span){at, span.length - (size_t)(at - span.start)};
}

struct tidy_span tidy_word(struct tidy_span *span)
{
    struct tidy_span rest = tidy_trim(*span);
    struct tidy_span word = {rest.start, 0};

    while (word.length < rest.length && !is_blank(rest.start[word.length])) {
        word.length++;
    }
    *span = tidy_from(rest, rest.start + word.length);
    return word;
}

struct tidy_span *tidy_lines(struct tidy_memory *memory,
                             struct tidy_span text,
                             size_t *count_out)
{
    struct tidy_span *lines = NULL;
    size_t count = 0;

    while (text.length > 0) {
        const char *end = memchr(text.start, '\n', text.length);
        struct tidy_span line = text;

        if (end != NULL) {
            line.length = (size_t)(end - text.start);
            text = tidy_from(text, end + 1);
        } else {
            text.length = 0;
        }
        lines = tidy_grow(memory, lines, count, sizeof(*lines));
        lines[count++] = line;
    }
    *count_out = count;
    return lines;
}
