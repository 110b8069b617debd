/**
 * @file say.c
 * @brief Sentences about what is wrong, and small words.
 *
 * Uses:     dry.h.
 * Used by:  every command.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "dry.h"

enum { WORD_MAX = 48 };

int dry_refuse(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    /* Sentences about one command begin with its name. */
    if (strncmp(format, "dry ", 4) != 0) {
        (void)fputs("dry: ", stderr);
    }
    (void)vfprintf(stderr, format, arguments);
    (void)fputs("\n", stderr);
    va_end(arguments);
    return DRY_REFUSED;
}

static size_t least(size_t one, size_t two, size_t three)
{
    size_t less = one < two ? one : two;

    return less < three ? less : three;
}

/** @brief How many letters must be changed, added or taken away to make one
 *  word of the other. */
static size_t distance(const char *one, const char *two)
{
    size_t row[WORD_MAX + 1];
    size_t length = strlen(two);

    if (strlen(one) > WORD_MAX || length > WORD_MAX) {
        return SIZE_MAX;
    }
    for (size_t at = 0; at <= length; at++) {
        row[at] = at;
    }
    for (size_t line = 1; one[line - 1] != '\0'; line++) {
        size_t corner = row[0];

        row[0] = line;
        for (size_t at = 1; at <= length; at++) {
            size_t changed = corner + (one[line - 1] != two[at - 1]);

            corner = row[at];
            row[at] = least(changed, row[at] + 1, row[at - 1] + 1);
        }
    }
    return row[length];
}

const char *dry_nearest(const char *word, dry_name_fn *name_at, size_t count)
{
    /* A third of the letters may be wrong, and two of a short word. */
    size_t best = strlen(word) / 3 + 2;
    const char *nearest = NULL;

    for (size_t at = 0; at < count; at++) {
        size_t far = distance(word, name_at(at));

        if (far < best) {
            best = far;
            nearest = name_at(at);
        }
    }
    return nearest;
}

const char *dry_count(uint64_t number)
{
    static char texts[4][32];
    static unsigned turn;
    char *end = texts[turn++ % 4] + sizeof texts[0] - 1;
    unsigned digits = 0;

    *end = '\0';
    do {
        if (digits != 0 && digits % 3 == 0) {
            *--end = ',';
        }
        *--end = (char)('0' + number % 10);
        number /= 10;
        digits++;
    } while (number != 0);
    return end;
}

const char *dry_plural(uint64_t number)
{
    return number == 1 ? "" : "s";
}
