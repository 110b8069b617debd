/**
 * @file memory.c
 * @brief One arena for a whole run.
 *
 * A lint runs once and ends, so nothing is freed piece by piece: everything
 * lies in blocks that go away together.
 *
 * Uses:     tidy.h.
 * Used by:  every file of tools/tidy.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_BYTES ((size_t)256 * 1024)

/* As strict as anything we store; MSVC's C has no max_align_t. */
#define UNIT_BYTES ((size_t)16)

/* The data follow, from the next whole unit on. */
struct tidy_memory_block {
    struct tidy_memory_block *next;
    size_t used;
    size_t bytes;
};

static void out_of_memory(void)
{
    fputs("tidy: this machine has no memory left; free some and run again.\n",
          stderr);
    exit(2); /* NOLINT(concurrency-mt-unsafe): there is one thread. */
}

static size_t rounded(size_t bytes)
{
    return (bytes + UNIT_BYTES - 1) / UNIT_BYTES * UNIT_BYTES;
}

static struct tidy_memory_block *block_make(size_t bytes)
{
    size_t data_bytes = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
    struct tidy_memory_block *block =
        calloc(1, rounded(sizeof(struct tidy_memory_block)) + data_bytes);

    if (block == NULL) {
        out_of_memory();
    } else {
        block->bytes = data_bytes;
    }
    return block;
}

void *tidy_alloc(struct tidy_memory *memory, size_t bytes)
{
    struct tidy_memory_block *block = memory->blocks;
    size_t wanted = rounded(bytes > 0 ? bytes : 1);
    void *start;

    if (block == NULL || block->bytes - block->used < wanted) {
        block = block_make(wanted);
        block->next = memory->blocks;
        memory->blocks = block;
    }
    start = (char *)block + rounded(sizeof(*block)) + block->used;
    block->used += wanted;
    return start;
}

void tidy_free_all(struct tidy_memory *memory)
{
    struct tidy_memory_block *block = memory->blocks;

    while (block != NULL) {
        struct tidy_memory_block *next = block->next;

        free(block);
        block = next;
    }
    memory->blocks = NULL;
}

void *tidy_grow(struct tidy_memory *memory,
                void *items,
                size_t count,
                size_t item_bytes)
{
    void *moved;

    if (count > 0 && (count & (count - 1)) != 0) {
        return items;
    }
    moved = tidy_alloc(memory, (count > 0 ? 2 * count : 1) * item_bytes);
    if (count > 0) {
        memcpy(moved, items, count * item_bytes);
    }
    return moved;
}

char *tidy_copy(struct tidy_memory *memory, struct tidy_span span)
{
    char *copy = tidy_alloc(memory, span.length + 1);

    if (span.length > 0) {
        memcpy(copy, span.start, span.length);
    }
    copy[span.length] = '\0';
    return copy;
}

void tidy_text_bytes(struct tidy_memory *memory,
                     struct tidy_text *text,
                     const char *bytes,
                     size_t length)
{
    if (text->capacity < text->length + length + 1) {
        size_t capacity = 2 * (text->length + length + 1);
        char *moved = tidy_alloc(memory, capacity);

        if (text->length > 0) {
            memcpy(moved, text->start, text->length);
        }
        text->start = moved;
        text->capacity = capacity;
    }
    if (length > 0) {
        memcpy(text->start + text->length, bytes, length);
    }
    text->length += length;
    text->start[text->length] = '\0';
}

void tidy_text_print(struct tidy_memory *memory,
                     struct tidy_text *text,
                     const char *format,
                     ...)
{
    va_list arguments;
    int length;
    char *line;

    va_start(arguments, format);
    length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        return; /* Only an encoding error does that, and we print bytes. */
    }
    line = tidy_alloc(memory, (size_t)length + 1);
    va_start(arguments, format);
    (void)vsnprintf(line, (size_t)length + 1, format, arguments);
    va_end(arguments);
    tidy_text_bytes(memory, text, line, (size_t)length);
}
