/**
 * @file heap_api.c
 * @brief Win32 calls about heaps.
 *
 * These calls are no choice points: nothing that a program may rely on passes
 * from one thread to another through the heap itself.
 *
 * Uses:     block.h, api.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: virtual_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../watch/block.h"

#include <string.h>

#include "api.h"

/** Heap handles are numbers that no handle table comes to. */
enum { HEAP_HANDLE_ZERO = 0x10000000, HEAP_HANDLE_STEP = 0x10000 };

/* ---- Heaps ------------------------------------------------------------- */

static HANDLE heap_handle(const struct heap *heap)
{
    return (HANDLE)((uintptr_t)HEAP_HANDLE_ZERO +
                    (uintptr_t)heap->number * HEAP_HANDLE_STEP);
}

/** @brief The heap behind a handle, or NULL. */
static struct heap *heap_of(const void *handle)
{
    struct heaps *heaps = sim__heaps();
    struct heap *heap = heaps->list;

    if (SIM_LIKELY(handle == heap_handle(&heaps->process))) {
        return &heaps->process;
    }
    while (heap != NULL && heap_handle(heap) != handle) {
        heap = heap->next;
    }
    return heap;
}

static struct heap *heap_find(HANDLE handle, const char *call)
{
    struct heap *heap = heap_of(handle);

    if (SIM_UNLIKELY(heap == NULL)) {
        sim__stop(SIM_CONTRACT,
                  "%s was called with a handle that is no heap, or no more: "
                  "take it from GetProcessHeap or HeapCreate, and destroy a "
                  "heap after its last use",
                  call);
    }
    return heap;
}

/** @brief A call has no memory to give. */
static void *no_memory(const struct heap *heap, DWORD flags, const char *call)
{
    if ((heap->options | flags) & HEAP_GENERATE_EXCEPTIONS) {
        sim__stop(SIM_CRASH,
                  "%s had no memory and raised STATUS_NO_MEMORY, as "
                  "HEAP_GENERATE_EXCEPTIONS asks: nobody caught it",
                  call);
    }
    return NULL;
}

/* ---- The calls about heaps --------------------------------------------- */

HANDLE WINAPI GetProcessHeap(void)
{
    return heap_handle(&sim__heaps()->process);
}

HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum)
{
    struct heaps *heaps = sim__heaps();
    struct heap *heap;

    if (maximum != 0 && initial > maximum) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (sim__fault("HeapCreate", STATUS_NO_MEMORY)) {
        sim__set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    heap = sim__take(sizeof *heap);
    *heap = (struct heap){.next = heaps->list,
                          .maximum = maximum,
                          .number = ++heaps->number_last,
                          .options = options};
    heaps->list = heap;
    return heap_handle(heap);
}

BOOL WINAPI HeapDestroy(HANDLE handle)
{
    struct heaps *heaps = sim__heaps();
    struct heap *heap = heap_of(handle);
    struct heap **link = &heaps->list;

    if (heap == NULL || heap == &heaps->process) {
        return sim__fail(ERROR_INVALID_HANDLE);
    }
    while (heap->first != NULL) {
        sim__block_give(heap, heap->first, "HeapDestroy");
    }
    while (*link != heap) {
        link = &(*link)->next;
    }
    *link = heap->next;
    sim__give(heap, sizeof *heap);
    return TRUE;
}

/* ---- The calls about blocks -------------------------------------------- */

void *WINAPI HeapAlloc(HANDLE handle, DWORD flags, SIZE_T bytes)
{
    static const char name[] = "HeapAlloc";
    struct heap *heap = heap_find(handle, name);
    struct block *block = NULL;

    if (!sim__fault(name, STATUS_NO_MEMORY)) {
        block = sim__block_take(heap, bytes, flags & HEAP_ZERO_MEMORY, name);
    }
    return SIM_LIKELY(block != NULL) ? sim__piece_memory(block)
                                     : no_memory(heap, flags, name);
}

void *WINAPI HeapReAlloc(HANDLE handle, DWORD flags, void *memory, SIZE_T bytes)
{
    static const char name[] = "HeapReAlloc";
    struct heap *heap = heap_find(handle, name);
    struct block *old = sim__block_find(heap, memory, name);
    bool zero = (flags & HEAP_ZERO_MEMORY) != 0;
    struct block *block = NULL;

    if ((flags & HEAP_REALLOC_IN_PLACE_ONLY) || bytes <= old->bytes) {
        if (bytes > sim__block_room(old)) {
            return no_memory(heap, flags, name);
        }
        sim__block_resize(heap, old, bytes, zero);
        return memory;
    }
    /* A block that grows may move, so here it always does. */
    if (!sim__fault(name, STATUS_NO_MEMORY)) {
        block = sim__block_take(heap, bytes, zero, name);
    }
    if (block == NULL) {
        return no_memory(heap, flags, name);
    }
    memcpy(sim__piece_memory(block), memory, old->bytes);
    sim__block_give(heap, old, name);
    return sim__piece_memory(block);
}

BOOL WINAPI HeapFree(HANDLE handle, DWORD flags, void *memory)
{
    static const char name[] = "HeapFree";
    struct heap *heap = heap_find(handle, name);

    (void)flags; /* HEAP_NO_SERIALIZE promises what is always so here. */
    if (memory != NULL) {
        sim__block_give(heap, sim__block_find(heap, memory, name), name);
    }
    return TRUE;
}

SIZE_T WINAPI HeapSize(HANDLE handle, DWORD flags, LPCVOID memory)
{
    static const char name[] = "HeapSize";

    (void)flags;
    return sim__block_find(heap_find(handle, name), memory, name)->bytes;
}

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T bytes)
{
    static const char name[] = "LocalAlloc";
    struct heap *heap = &sim__heaps()->local;
    struct block *block = NULL;

    if (flags & LMEM_MOVEABLE) {
        /* Such a block is reached through LocalLock, which does not exist
         * here. */
        sim__set_error(ERROR_NOT_SUPPORTED);
        return NULL;
    }
    if (!sim__fault(name, STATUS_NO_MEMORY)) {
        block = sim__block_take(heap, bytes, flags & LMEM_ZEROINIT, name);
    }
    if (block == NULL) {
        sim__set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    return sim__piece_memory(block);
}

HLOCAL WINAPI LocalFree(HLOCAL memory)
{
    static const char name[] = "LocalFree";
    struct heap *heap = &sim__heaps()->local;

    if (memory != NULL) {
        sim__block_give(heap, sim__block_find(heap, memory, name), name);
    }
    return NULL;
}
