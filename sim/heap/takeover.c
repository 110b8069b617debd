/**
 * @file takeover.c
 * @brief malloc and its kin, taken over while a program is simulated.
 *
 * A program that links dryport::heap has its calls of malloc lead here, by the
 * linker's --wrap.  Inside a run they get blocks of the world's heap, with all
 * that is noticed about those; outside of a run, and for blocks that came from
 * the real heap, they are passed on.
 *
 * Not taken over is what the C library allocates for itself, such as the
 * memory behind strdup().
 *
 * Uses:     block.h, fault.h.
 * Used by:  programs that link dryport::heap.
 * Facts:    none.
 * Read next: ../api/api.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <string.h>

#include "../kernel/fault.h"
#include "../watch/block.h"

/* The linker's names.
 * NOLINTBEGIN(bugprone-reserved-identifier) */
void *__real_malloc(size_t bytes);
void *__real_calloc(size_t count, size_t bytes);
void *__real_realloc(void *memory, size_t bytes);
void __real_free(void *memory);
void *__wrap_malloc(size_t bytes);
void *__wrap_calloc(size_t count, size_t bytes);
void *__wrap_realloc(void *memory, size_t bytes);
void __wrap_free(void *memory);

/** @brief Whether the simulated program is who calls. */
static bool is_simulated(void)
{
    return sim__world_running() && !sim__world.host_code;
}

/** @brief Whether a block is the world's, or that of a world gone by. */
static bool is_ours(const void *memory)
{
    const struct arena *arena = &sim__world.heap;

    return (uintptr_t)memory - (uintptr_t)arena->base < arena->reserved;
}

static struct heap *runtime(void)
{
    return &sim__heaps()->runtime;
}

static void *allocate(size_t bytes, bool zero, const char *call)
{
    struct block *block = NULL;

    if (!sim__fault(call, STATUS_NO_MEMORY)) {
        block = sim__block_take(runtime(), bytes, zero, call);
    }
    if (block == NULL) {
        errno = ENOMEM;
        return NULL;
    }
    return sim__piece_memory(block);
}

void *__wrap_malloc(size_t bytes)
{
    return is_simulated() ? allocate(bytes, false, "malloc")
                          : __real_malloc(bytes);
}

void *__wrap_calloc(size_t count, size_t bytes)
{
    if (!is_simulated()) {
        return __real_calloc(count, bytes);
    }
    if (bytes != 0 && count > SIZE_MAX / bytes) {
        errno = ENOMEM;
        return NULL;
    }
    return allocate(count * bytes, true, "calloc");
}

void __wrap_free(void *memory)
{
    if (!is_ours(memory)) {
        __real_free(memory);
    } else if (is_simulated()) {
        sim__block_give(runtime(),
                        sim__block_find(runtime(), memory, "free"),
                        "free");
    }
    /* A block of a run that is over is gone already. */
}

/** @brief A block that changes its size may move, so here it always does. */
static void *move(void *memory, size_t bytes)
{
    struct block *old = sim__block_find(runtime(), memory, "realloc");
    size_t kept = old->bytes < bytes ? old->bytes : bytes;
    void *moved = allocate(bytes, false, "realloc");

    if (moved != NULL) {
        memcpy(moved, memory, kept);
        sim__block_give(runtime(), old, "realloc");
    }
    return moved;
}

void *__wrap_realloc(void *memory, size_t bytes)
{
    if (memory == NULL) {
        return __wrap_malloc(bytes);
    }
    if (!is_ours(memory)) {
        return __real_realloc(memory, bytes);
    }
    if (!is_simulated()) {
        return NULL; /* A block of a run that is over. */
    }
    if (bytes == 0) {
        __wrap_free(memory);
        return NULL;
    }
    return move(memory, bytes);
}
/* NOLINTEND(bugprone-reserved-identifier) */
