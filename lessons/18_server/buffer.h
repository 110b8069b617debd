/**
 * @file buffer.h
 * @brief Lesson 18: bytes that grow at the end, up to a limit.
 *
 * Uses:     none.
 * Used by:  reply.h, session.h, client.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_18_BUFFER_H
#define LESSON_18_BUFFER_H

#include <stdbool.h>
#include <stddef.h>

/** A buffer.  All zero but for bytes_max, it is empty and has no memory. */
struct buffer {
    char *start;      /**< The bytes; NULL while there is no memory. */
    size_t bytes;     /**< In use. */
    size_t room;      /**< Allocated. */
    size_t bytes_max; /**< Set by the caller. */
    bool is_over;     /**< Something did not fit, so what is here is not all:
                     * nothing more is added. */
};

/** @brief Make room for so many bytes more behind the last.
 *  @return false when they do not fit, or there is no memory. */
bool buffer_reserve(struct buffer *buffer, size_t more);

/** @brief Add bytes, all or none; see is_over. */
void buffer_add(struct buffer *buffer, const void *start, size_t bytes);

/** @brief Forget so many bytes at the front. */
void buffer_drop(struct buffer *buffer, size_t bytes);

/** @brief Give large memory back when nothing is in it: a client that was
 *         busy once is no reason to keep memory for it. */
void buffer_trim(struct buffer *buffer);

/** @brief Give all memory back. */
void buffer_free(struct buffer *buffer);

#endif
