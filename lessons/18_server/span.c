/**
 * @file span.c
 * @brief Lesson 18: comparing bytes, and reading a number out of them.
 *
 * Uses:     span.h.
 * Used by:  every file of lesson 18.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "span.h"

#include <string.h>

struct span span_of(const char *text)
{
    return (struct span){text, strlen(text)};
}

bool span_same(struct span one, struct span other)
{
    return one.bytes == other.bytes &&
           (one.bytes == 0 || memcmp(one.start, other.start, one.bytes) == 0);
}

/** @brief Without the C library's, which looks at the locale. */
static char small(char letter)
{
    return (char)(letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter);
}

bool span_same_word(struct span one, const char *word)
{
    size_t at = 0;

    while (at < one.bytes && word[at] != '\0' &&
           small(one.start[at]) == small(word[at])) {
        at++;
    }
    return at == one.bytes && word[at] == '\0';
}

bool span_number(struct span span, int64_t *number_out)
{
    bool is_negative = span.bytes > 0 && span.start[0] == '-';
    size_t first = is_negative ? 1 : 0;
    /* Counted below zero, where there is one number more. */
    int64_t number = 0;

    /* 20 characters are enough for every number, its sign included. */
    if (span.bytes <= first || span.bytes > 20 ||
        (span.start[first] == '0' && span.bytes > 1)) {
        return false;
    }
    for (size_t at = first; at < span.bytes; at++) {
        int digit = span.start[at] - '0';

        if (digit < 0 || digit > 9 || number < (INT64_MIN + digit) / 10) {
            return false;
        }
        number = number * 10 - digit;
    }
    if (!is_negative && number == INT64_MIN) {
        return false;
    }
    *number_out = is_negative ? number : -number;
    return true;
}
