/**
 * @file span.h
 * @brief Lesson 18: bytes that somebody else keeps.
 *
 * Keys, values and arguments may hold any byte, 0 included, so they are never
 * C strings.
 *
 * Uses:     none.
 * Used by:  every file of lesson 18.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_SPAN_H
#define LESSON_18_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** So many bytes, from here. */
struct span {
    const char *start;
    size_t bytes;
};

/** @brief A C string without its end. */
struct span span_of(const char *text);

/** @brief Whether two have the same bytes. */
bool span_same(struct span one, struct span other);

/** @brief The same, capital letters being no different from small ones. */
bool span_same_word(struct span one, const char *word);

/**
 * @brief Read a number as Redis does: nothing but digits, perhaps a minus
 *        sign before them, and no 0 in front.
 *
 * @param number_out  Written on success.
 * @return Whether it is one and fits.
 */
bool span_number(struct span span, int64_t *number_out);

/** @brief Whether a text matches a pattern with `*`, `?`, `[a-c]`, `[^x]`, and
 *         a backslash before what is meant as it stands. */
bool span_matches(struct span text, struct span pattern);

#endif
