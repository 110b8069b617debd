/**
 * @file reply.c
 * @brief Lesson 18: writing what the server answers (RESP2).
 *
 * Uses:     reply.h.
 * Used by:  every command_*.c, session.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "reply.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/** @brief A line with a number, which is how most replies start. */
static void add_head(struct buffer *out, char kind, int64_t number)
{
    char line[32];
    int bytes = snprintf(line, sizeof line, "%c%" PRId64 "\r\n", kind, number);

    buffer_add(out, line, (size_t)bytes);
}

void reply_word(struct buffer *out, const char *word)
{
    buffer_add(out, "+", 1);
    buffer_add(out, word, strlen(word));
    buffer_add(out, "\r\n", 2);
}

void reply_error(struct buffer *out, const char *format, ...)
{
    char line[401];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    /* An error may quote what the client sent.  With a CR or LF in it, the
   * rest of the line would be taken for the next reply. */
    for (char *at = line; *at != '\0'; at++) {
        if (*at == '\r' || *at == '\n') {
            *at = ' ';
        }
    }
    buffer_add(out, "-", 1);
    buffer_add(out, line, strlen(line));
    buffer_add(out, "\r\n", 2);
}

void reply_number(struct buffer *out, int64_t number)
{
    add_head(out, ':', number);
}

void reply_bytes(struct buffer *out, struct span bytes)
{
    add_head(out, '$', (int64_t)bytes.bytes);
    buffer_add(out, bytes.start, bytes.bytes);
    buffer_add(out, "\r\n", 2);
}

void reply_text(struct buffer *out, const char *text)
{
    reply_bytes(out, span_of(text));
}

void reply_nothing(struct buffer *out)
{
    add_head(out, '$', -1);
}

void reply_array(struct buffer *out, size_t count)
{
    add_head(out, '*', (int64_t)count);
}
