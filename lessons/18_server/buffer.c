/**
 * @file buffer.c
 * @brief Lesson 18: bytes that grow at the end, up to a limit.
 *
 * Uses:     buffer.h.
 * Used by:  reply.c, session.c, client.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "buffer.h"

#include <stdlib.h>
#include <string.h>

/* Enough for most requests and replies; doubled when it is not. */
#define FIRST_BYTES ((size_t)512)
/* What an idle client may keep. */
#define KEPT_BYTES  ((size_t)4096)

bool buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t room = buffer->room > 0 ? buffer->room : FIRST_BYTES;
    char *moved;

    if (more > buffer->bytes_max - buffer->bytes) {
        return false;
    }
    if (buffer->start != NULL && more <= buffer->room - buffer->bytes) {
        return true;
    }
    while (room < buffer->bytes + more) {
        room *= 2;
    }
    room = room < buffer->bytes_max ? room : buffer->bytes_max;
    moved = realloc(buffer->start, room);
    if (moved == NULL) {
        return false;
    }
    buffer->start = moved;
    buffer->room = room;
    return true;
}

void buffer_add(struct buffer *buffer, const void *start, size_t bytes)
{
    if (buffer->is_over || !buffer_reserve(buffer, bytes)) {
        buffer->is_over = true;
        return;
    }
    if (bytes > 0) {
        memcpy(buffer->start + buffer->bytes, start, bytes);
        buffer->bytes += bytes;
    }
}

void buffer_drop(struct buffer *buffer, size_t bytes)
{
    if (bytes == 0) {
        return;
    }
    buffer->bytes -= bytes;
    memmove(buffer->start, buffer->start + bytes, buffer->bytes);
}

void buffer_trim(struct buffer *buffer)
{
    if (buffer->bytes == 0 && buffer->room > KEPT_BYTES) {
        buffer_free(buffer);
    }
}

void buffer_free(struct buffer *buffer)
{
    free(buffer->start);
    buffer->start = NULL;
    buffer->bytes = 0;
    buffer->room = 0;
    buffer->is_over = false;
}
