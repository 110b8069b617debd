/**
 * @file glob.c
 * @brief Lesson 18: patterns, as KEYS takes them.
 *
 * A pattern comes from a stranger, so the time it takes must have a bound.
 * When the text does not match behind a star, only the last star can help:
 * so one place to go back to is enough, and no pattern costs more than its
 * length times that of the text.
 *
 * Uses:     span.h.
 * Used by:  command_keys.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "span.h"

/** @brief Match one byte against a set, at behind its "[".
 *  @return the place behind the set; *is_in_out says whether it is in it. */
static size_t match_set(struct span pattern,
                        size_t at,
                        char byte,
                        bool *is_in_out)
{
    bool is_negated = at < pattern.bytes && pattern.start[at] == '^';
    bool is_in = false;

    at += is_negated ? 1 : 0;
    /* A set that nobody closes ends with the pattern. */
    while (at < pattern.bytes && pattern.start[at] != ']') {
        char low = pattern.start[at];
        char high;

        if (low == '\\' && at + 1 < pattern.bytes) {
            at++;
            low = pattern.start[at];
        }
        high = low;
        if (at + 2 < pattern.bytes && pattern.start[at + 1] == '-') {
            at += 2;
            high = pattern.start[at];
        }
        is_in |= (low <= byte && byte <= high) || (high <= byte && byte <= low);
        at++;
    }
    *is_in_out = is_in != is_negated;
    return at < pattern.bytes ? at + 1 : at;
}

/** @brief Match one byte against one element of the pattern, no star.
 *  @return the place behind the element, or 0 if the byte does not match. */
static size_t match_one(struct span pattern, size_t at, char byte)
{
    bool is_in = true;

    switch (pattern.start[at]) {
    case '?':
        return at + 1;
    case '[':
        at = match_set(pattern, at + 1, byte, &is_in);
        return is_in ? at : 0;
    case '\\':
        at += at + 1 < pattern.bytes ? 1 : 0;
        break;
    default:
        break;
    }
    return pattern.start[at] == byte ? at + 1 : 0;
}

bool span_matches(struct span text, struct span pattern)
{
    size_t at = 0;
    size_t in_text = 0;
    size_t behind_star = 0; /* In the pattern; 0: there was none. */
    size_t star_in_text = 0;

    while (in_text < text.bytes || at < pattern.bytes) {
        size_t next = 0;

        if (at < pattern.bytes && pattern.start[at] == '*') {
            behind_star = ++at;
            star_in_text = in_text;
            continue;
        }
        if (at < pattern.bytes && in_text < text.bytes) {
            next = match_one(pattern, at, text.start[in_text]);
        }
        if (next != 0) {
            at = next;
            in_text++;
        } else if (behind_star != 0 && star_in_text < text.bytes) {
            /* BOUND: the star takes one byte more each time. */
            at = behind_star;
            in_text = ++star_in_text;
        } else {
            return false;
        }
    }
    return true;
}
