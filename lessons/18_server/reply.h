/**
 * @file reply.h
 * @brief Lesson 18: writing what the server answers (RESP2).
 *
 * A reply starts with a byte that says what it is:
 *
 *     +OK              a word            :42             a number
 *     -ERR no such     an error          $5 hello        so many bytes
 *     $-1              nothing           *2 ...          so many replies
 *
 * and each line ends with CR LF.
 *
 * Uses:     buffer.h, span.h.
 * Used by:  every command_*.c, session.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_REPLY_H
#define LESSON_18_REPLY_H

#include "buffer.h"
#include "span.h"

#include "sim.h"

/** @brief A word, without CR and LF in it. */
void reply_word(struct buffer *out, const char *word);

/** @brief An error, as for printf; at most 400 bytes of it are told. */
void reply_error(struct buffer *out, const char *format, ...) SIM_FORMAT(2, 3);

/** @brief A number. */
void reply_number(struct buffer *out, int64_t number);

/** @brief Bytes. */
void reply_bytes(struct buffer *out, struct span bytes);

/** @brief A C string as bytes. */
void reply_text(struct buffer *out, const char *text);

/** @brief That there is nothing. */
void reply_nothing(struct buffer *out);

/** @brief The next so many replies belong together. */
void reply_array(struct buffer *out, size_t count);

#endif
