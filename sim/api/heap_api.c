/**
 * @file heap_api.c
 * @brief Win32 calls about heaps.
 *
 * A block is a piece of the world's memory with a header before it, so that
 * its size is known and so that a pointer which is no block is recognised.
 *
 * These calls are no choice points: nothing that a program may rely on passes
 * from one thread to another through the heap itself.
 *
 * Uses:     heap.h, api.h.
 * Used by:  programs, virtual_api.c.
 * Facts:    none.
 * Read next: heap.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "heap.h"

#include <assert.h>
#include <string.h>

#include "api.h"

enum {
    MARK_LIVE = 0x48454150,  /* "HEAP" */
    MARK_FREED = 0x46524545, /* "FREE" */

    /* Heap handles are numbers that no handle table comes to. */
    HEAP_HANDLE_ZERO = 0x10000000,
    HEAP_HANDLE_STEP = 0x10000,
    HEAP_PROCESS = 1,
    HEAP_LOCAL = 2, /* What LocalAlloc gave. */
    HEAP_FIRST_OWN = 3,

    /* "HeapCreate function": a block of a heap of fixed size is slightly
     * smaller than 1,024 KB. */
    FIXED_BLOCK_MAX = 0xFF000
};

/** What stands before each block. */
struct block {
    struct block *next; /* In its heap; the arena writes here once freed. */
    struct block *before;
    size_t bytes;    /* As the program asked. */
    size_t capacity; /* Of the piece, with this header. */
    uint32_t heap;   /* Number of the heap. */
    uint32_t mark;
};

enum { HEADER_BYTES = 48 };
static_assert(sizeof(struct block) <= HEADER_BYTES &&
                  HEADER_BYTES % ARENA_GRAIN == 0,
              "blocks are aligned like pieces");

struct heap {
    struct heap *next; /* In the list of heaps. */
    struct block *first;
    size_t used;    /* Bytes, headers included. */
    size_t maximum; /* Of those; 0: grows. */
    uint32_t number;
    DWORD options;
};

/** Pieces too large for the arena's lists: four sizes for each doubling. */
enum { LARGE_MIN_LOG2 = 9, LARGE_MAX_LOG2 = 40, LARGE_STEPS = 4 };
enum { LARGE_CLASSES = (LARGE_MAX_LOG2 - LARGE_MIN_LOG2) * LARGE_STEPS };

/** The heaps of the world; begun at the first call of each run. */
static struct {
    uint64_t generation;
    struct heap process;
    struct heap local;
    struct heap *list; /* The program's own, newest first. */
    uint32_t number_last;
    void *large_free[LARGE_CLASSES];
} heaps;

static void heaps_begin(void)
{
    memset(&heaps, 0, sizeof heaps);
    heaps.generation = sim__world.generation;
    heaps.process.number = HEAP_PROCESS;
    heaps.local.number = HEAP_LOCAL;
    heaps.number_last = HEAP_FIRST_OWN - 1;
}

static inline void heaps_check(void)
{
    if (SIM_UNLIKELY(heaps.generation != sim__world.generation)) {
        heaps_begin();
    }
}

/* ---- Pieces ------------------------------------------------------------ */

/** @brief The class of a large size, which is rounded up to the class's. */
static size_t large_class(size_t *bytes)
{
    unsigned log2 = LARGE_MIN_LOG2;
    size_t step;
    size_t steps;

    while (((size_t)1 << (log2 + 1)) < *bytes) {
        log2++;
    }
    step = ((size_t)1 << log2) / LARGE_STEPS;
    steps = (*bytes - ((size_t)1 << log2) + step - 1) / step;
    *bytes = ((size_t)1 << log2) + steps * step;
    return (size_t)(log2 - LARGE_MIN_LOG2) * LARGE_STEPS + steps - 1;
}

static bool is_small(size_t bytes)
{
    return sim__arena_round(bytes) / ARENA_GRAIN < ARENA_CLASSES;
}

void *sim__heap_take(size_t *bytes)
{
    struct arena *arena = &sim__world.heap;
    void **first;
    size_t class_index;

    heaps_check();
    if (SIM_LIKELY(is_small(*bytes))) {
        *bytes = sim__arena_round(*bytes);
        return sim__arena_take(arena, *bytes);
    }
    if (*bytes > (size_t)1 << LARGE_MAX_LOG2) {
        return NULL;
    }
    class_index = large_class(bytes);
    first = heaps.large_free[class_index];
    if (first != NULL) {
        heaps.large_free[class_index] = *first;
        return first;
    }
    if (*bytes > arena->reserved - arena->used) {
        return NULL;
    }
    return sim__arena_take(arena, *bytes);
}

void sim__heap_give(void *piece, size_t bytes)
{
    if (is_small(bytes)) {
        sim__arena_give(&sim__world.heap, piece, bytes);
    } else {
        void **first = &heaps.large_free[large_class(&bytes)];

        *(void **)piece = *first;
        *first = piece;
    }
}

/* ---- Heaps ------------------------------------------------------------- */

static HANDLE heap_handle(const struct heap *heap)
{
    return (HANDLE)((uintptr_t)HEAP_HANDLE_ZERO +
                    (uintptr_t)heap->number * HEAP_HANDLE_STEP);
}

/** @brief The heap behind a handle, or NULL. */
static struct heap *heap_of(const void *handle)
{
    struct heap *heap = heaps.list;

    heaps_check();
    if (SIM_LIKELY(handle == heap_handle(&heaps.process))) {
        return &heaps.process;
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

/* ---- Blocks ------------------------------------------------------------ */

/** @brief A new block, not filled, or NULL. */
static struct block *block_take(struct heap *heap, size_t bytes)
{
    size_t capacity = bytes + HEADER_BYTES;
    struct block *block;

    if (bytes > SIZE_MAX - HEADER_BYTES) {
        return NULL;
    }
    if (heap->maximum != 0 &&
        (bytes > FIXED_BLOCK_MAX || capacity > heap->maximum - heap->used)) {
        return NULL;
    }
    block = sim__heap_take(&capacity);
    if (block == NULL) {
        return NULL;
    }
    *block = (struct block){.next = heap->first,
                            .bytes = bytes,
                            .capacity = capacity,
                            .heap = heap->number,
                            .mark = MARK_LIVE};
    if (heap->first != NULL) {
        heap->first->before = block;
    }
    heap->first = block;
    heap->used += bytes + HEADER_BYTES;
    return block;
}

static void *block_memory(struct block *block)
{
    return (char *)block + HEADER_BYTES;
}

static void block_give(struct heap *heap, struct block *block)
{
    if (block->before == NULL) {
        heap->first = block->next;
    } else {
        block->before->next = block->next;
    }
    if (block->next != NULL) {
        block->next->before = block->before;
    }
    heap->used -= block->bytes + HEADER_BYTES;
    memset(block_memory(block), FILL_FREED, block->bytes);
    block->mark = MARK_FREED;
    sim__heap_give(block, block->capacity);
}

/** @brief The block at an address, or the end of the run. */
static struct block *block_find(const struct heap *heap,
                                const void *memory,
                                const char *call)
{
    const struct arena *arena = &sim__world.heap;
    uintptr_t place = (uintptr_t)memory - (uintptr_t)arena->base;
    struct block *block = NULL;

    if (place >= HEADER_BYTES && place <= arena->used &&
        place % ARENA_GRAIN == 0) {
        block = (struct block *)(void *)(arena->base + place - HEADER_BYTES);
    }
    if (block != NULL && block->mark == MARK_LIVE &&
        block->heap == heap->number) {
        return block;
    }
    if (block != NULL && block->mark == MARK_FREED) {
        sim__stop(SIM_CONTRACT,
                  "%s was called for a block that was already freed: a block "
                  "is freed once, and nobody uses it afterwards",
                  call);
    }
    sim__stop(SIM_CONTRACT,
              "%s was called for a pointer that is no block of this heap: "
              "pass what HeapAlloc of the same heap returned",
              call);
}

/** @brief Give a new block its contents. */
static void *block_fill(struct block *block, bool zero)
{
    return memset(block_memory(block), zero ? 0 : FILL_FRESH, block->bytes);
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
    heaps_check();
    return heap_handle(&heaps.process);
}

HANDLE WINAPI HeapCreate(DWORD options, SIZE_T initial, SIZE_T maximum)
{
    struct heap *heap;

    heaps_check();
    if (maximum != 0 && initial > maximum) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    if (sim__fault("HeapCreate", STATUS_NO_MEMORY)) {
        sim__set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    heap = sim__take(sizeof *heap);
    *heap = (struct heap){.next = heaps.list,
                          .maximum = maximum,
                          .number = ++heaps.number_last,
                          .options = options};
    heaps.list = heap;
    return heap_handle(heap);
}

BOOL WINAPI HeapDestroy(HANDLE handle)
{
    struct heap *heap = heap_of(handle);
    struct heap **link = &heaps.list;

    if (heap == NULL || heap == &heaps.process) {
        return sim__fail(ERROR_INVALID_HANDLE);
    }
    while (heap->first != NULL) {
        block_give(heap, heap->first);
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
        block = block_take(heap, bytes);
    }
    if (SIM_UNLIKELY(block == NULL)) {
        return no_memory(heap, flags, name);
    }
    return block_fill(block, flags & HEAP_ZERO_MEMORY);
}

void *WINAPI HeapReAlloc(HANDLE handle, DWORD flags, void *memory, SIZE_T bytes)
{
    static const char name[] = "HeapReAlloc";
    struct heap *heap = heap_find(handle, name);
    struct block *old = block_find(heap, memory, name);
    size_t kept = old->bytes < bytes ? old->bytes : bytes;
    int fill = flags & HEAP_ZERO_MEMORY ? 0 : FILL_FRESH;
    struct block *block = NULL;

    if ((flags & HEAP_REALLOC_IN_PLACE_ONLY) || bytes <= old->bytes) {
        if (bytes > old->capacity - HEADER_BYTES) {
            return no_memory(heap, flags, name);
        }
        memset((char *)memory + kept, fill, bytes - kept);
        heap->used += bytes - old->bytes; /* Unsigned, so it may be less. */
        old->bytes = bytes;
        return memory;
    }
    /* A block that grows may move, so here it always does. */
    if (!sim__fault(name, STATUS_NO_MEMORY)) {
        block = block_take(heap, bytes);
    }
    if (block == NULL) {
        return no_memory(heap, flags, name);
    }
    memcpy(block_memory(block), memory, kept);
    memset((char *)block_memory(block) + kept, fill, bytes - kept);
    block_give(heap, old);
    return block_memory(block);
}

BOOL WINAPI HeapFree(HANDLE handle, DWORD flags, void *memory)
{
    struct heap *heap = heap_find(handle, "HeapFree");

    (void)flags; /* HEAP_NO_SERIALIZE promises what is always so here. */
    if (memory != NULL) {
        block_give(heap, block_find(heap, memory, "HeapFree"));
    }
    return TRUE;
}

SIZE_T WINAPI HeapSize(HANDLE handle, DWORD flags, LPCVOID memory)
{
    (void)flags;
    return block_find(heap_find(handle, "HeapSize"), memory, "HeapSize")->bytes;
}

HLOCAL WINAPI LocalAlloc(UINT flags, SIZE_T bytes)
{
    struct block *block = NULL;

    heaps_check();
    if (flags & LMEM_MOVEABLE) {
        /* Such a block is reached through LocalLock, which does not exist
         * here. */
        sim__set_error(ERROR_NOT_SUPPORTED);
        return NULL;
    }
    if (!sim__fault("LocalAlloc", STATUS_NO_MEMORY)) {
        block = block_take(&heaps.local, bytes);
    }
    if (block == NULL) {
        sim__set_error(ERROR_NOT_ENOUGH_MEMORY);
        return NULL;
    }
    return block_fill(block, flags & LMEM_ZEROINIT);
}

HLOCAL WINAPI LocalFree(HLOCAL memory)
{
    heaps_check();
    if (memory != NULL) {
        block_give(&heaps.local, block_find(&heaps.local, memory, "LocalFree"));
    }
    return NULL;
}
