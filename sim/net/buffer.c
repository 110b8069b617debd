/**
 * @file buffer.c
 * @brief Pieces of memory by powers of two.
 *
 * Uses:     buffer.h, world.h.
 * Used by:  UDP and TCP.
 * Facts:    none.
 * Read next: socket.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "buffer.h"

#include <string.h>

#include "../kernel/world.h"

/** What the arena keeps by itself; the largest piece that is kept here. */
enum { SMALL_MAX = 1008, LARGE_MAX = 67108864, CLASSES = 17 };

/** Free pieces of 1 KiB, 2 KiB, ... 64 MiB in the present world. */
static struct {
    uint64_t generation;
    void *first[CLASSES];
} kept;

/** @brief The class of a piece; @p size gets the bytes that it really has. */
static size_t class_of(size_t bytes, size_t *size)
{
    size_t at = 0;

    *size = 1024;
    while (*size < bytes) {
        *size *= 2;
        at++;
    }
    return at;
}

static void begin(void)
{
    if (kept.generation != sim__world.generation) {
        kept.generation = sim__world.generation;
        memset(kept.first, 0, sizeof kept.first);
    }
}

void *sim__buffer_take(size_t bytes)
{
    size_t size;
    void **piece;
    size_t at;

    if (bytes <= SMALL_MAX || bytes > LARGE_MAX) {
        return sim__take(bytes);
    }
    begin();
    at = class_of(bytes, &size);
    piece = kept.first[at];
    if (piece == NULL) {
        return sim__take(size);
    }
    kept.first[at] = *piece;
    return piece;
}

void sim__buffer_give(void *buffer, size_t bytes)
{
    size_t size;
    size_t at;

    if (bytes <= SMALL_MAX || bytes > LARGE_MAX) {
        sim__give(buffer, bytes);
        return;
    }
    begin();
    at = class_of(bytes, &size);
    *(void **)buffer = kept.first[at];
    kept.first[at] = buffer;
}
