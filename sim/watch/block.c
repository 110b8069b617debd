/**
 * @file block.c
 * @brief The life of a block, and what is noticed about it.
 *
 * Uses:     block.h, watch.h, call_stack.h, host.h (AddressSanitizer).
 * Used by:  heap_api.c, takeover.c, world.c.
 * Facts:    none.
 * Read next: ../heap/takeover.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "block.h"

#include <string.h>

#include "../host/host.h"
#include "call_stack.h"
#include "operation.h"

enum {
    BEHIND_BYTES = 16,          /* Between a block and the next piece. */
    QUARANTINE_MAX = 1 << 20,   /* Bytes put aside. */
    QUARANTINE_BLOCK = 1 << 18, /* Larger ones are not. */

    /* "HeapCreate function": a block of a heap of fixed size is slightly
     * smaller than 1,024 KB. */
    FIXED_BLOCK_MAX = 0xFF000
};

static struct heaps heaps;

static SIM_NOINLINE void heaps_begin(void)
{
    memset(&heaps, 0, sizeof heaps);
    heaps.generation = sim__world.generation;
    heaps.process.number = HEAP_PROCESS;
    heaps.local.number = HEAP_LOCAL;
    heaps.runtime.number = HEAP_RUNTIME;
    heaps.number_last = HEAP_FIRST_OWN - 1;
}

struct heaps *sim__heaps(void)
{
    if (SIM_UNLIKELY(heaps.generation != sim__world.generation)) {
        heaps_begin();
    }
    return &heaps;
}

/* ---- Bytes that nobody may change ------------------------------------------ */

/** @brief Number of the first byte that is not @p value; @p bytes if all
 *  are. */
static size_t first_other(const void *memory, unsigned char value, size_t bytes)
{
    const unsigned char *at = memory;
    uint64_t pattern = value * UINT64_C(0x0101010101010101);
    size_t place = 0;
    uint64_t word;

    for (; bytes - place >= sizeof word; place += sizeof word) {
        memcpy(&word, at + place, sizeof word);
        if (word != pattern) {
            break;
        }
    }
    while (place < bytes && at[place] == value) {
        place++;
    }
    return place;
}

/** @brief Fill what is behind a block, to the end of its piece. */
static void fill_behind(struct block *block)
{
    char *end = (char *)sim__piece_memory(block) + block->bytes;

    memset(end, FILL_BEHIND, BEHIND_BYTES);
    sim__host_forbid(end, BEHIND_BYTES);
}

static void check_behind(struct block *block)
{
    const char *end = (const char *)sim__piece_memory(block) + block->bytes;
    char letter[8];
    size_t place;

    sim__host_allow(end, BEHIND_BYTES);
    if (!sim__rule_on(RULE_block_overrun)) {
        return;
    }
    place = first_other(end, FILL_BEHIND, BEHIND_BYTES);
    if (place != BEHIND_BYTES) {
        sim__call_stack_show("allocated", block->stack);
        sim__rule_break(RULE_block_overrun,
                        "somebody wrote behind the end of a block of %zu "
                        "bytes (byte %zu) that thread %s allocated by %s",
                        block->bytes,
                        block->bytes + place + 1,
                        sim__thread_letter(block->thread, letter),
                        block->call);
    }
}

static void check_freed(struct block *block)
{
    const void *memory = sim__piece_memory(block);
    char letter[8];
    size_t place;

    sim__host_allow(memory, block->bytes);
    if (!sim__rule_on(RULE_freed_written)) {
        return;
    }
    place = first_other(memory, FILL_FREED, block->bytes);
    if (place != block->bytes) {
        sim__call_stack_show("freed", block->stack);
        sim__rule_break(RULE_freed_written,
                        "somebody wrote into a block of %zu bytes (byte %zu) "
                        "after thread %s had freed it by %s",
                        block->bytes,
                        place + 1,
                        sim__thread_letter(block->thread, letter),
                        block->call);
    }
}

/* ---- Allocating ------------------------------------------------------------- */

/** @brief Whether a heap may have a block more. */
static bool has_room(const struct heap *heap, size_t bytes)
{
    if (bytes > SIZE_MAX - HEADER_BYTES - BEHIND_BYTES) {
        return false;
    }
    return heap->maximum == 0 ||
           (bytes <= FIXED_BLOCK_MAX &&
            bytes + HEADER_BYTES <= heap->maximum - heap->used);
}

static void link_in(struct heap *heap, struct block *block)
{
    block->next = heap->first;
    block->before = NULL;
    if (heap->first != NULL) {
        heap->first->before = block;
    }
    heap->first = block;
    heap->used += block->bytes + HEADER_BYTES;
}

/** @brief Note who did what to a block last. */
static void sign(struct block *block, const char *call)
{
    block->thread = sim__world.current->object.number;
    block->call = call;
    block->stack = sim__call_stack_take();
    block->host = sim__world.current->host;
}

struct block *sim__block_take(struct heap *heap,
                              size_t bytes,
                              bool zero,
                              const char *call)
{
    struct block *block = NULL;

    if (has_room(heap, bytes)) {
        block = sim__piece_take(bytes + BEHIND_BYTES);
    }
    if (SIM_UNLIKELY(block == NULL)) {
        return NULL;
    }
    block->bytes = bytes;
    block->heap = heap->number;
    block->serial = ++heaps.serial;
    sign(block, call);
    link_in(heap, block);
    memset(sim__piece_memory(block), zero ? 0 : FILL_FRESH, bytes);
    fill_behind(block);
    return block;
}

size_t sim__block_room(const struct block *block)
{
    return block->capacity - HEADER_BYTES - BEHIND_BYTES;
}

void sim__block_resize(struct heap *heap,
                       struct block *block,
                       size_t bytes,
                       bool zero)
{
    char *memory = sim__piece_memory(block);

    check_behind(block);
    if (bytes > block->bytes) {
        memset(memory + block->bytes,
               zero ? 0 : FILL_FRESH,
               bytes - block->bytes);
    }
    heap->used += bytes - block->bytes; /* Unsigned, so it may be less. */
    block->bytes = bytes;
    fill_behind(block);
}

/* ---- Freeing ---------------------------------------------------------------- */

/** @brief The block freed longest ago can be used again. */
static void release_oldest(void)
{
    struct block *block = heaps.quarantine_first;

    heaps.quarantine_first = block->next;
    heaps.quarantine_bytes -= block->capacity;
    check_freed(block);
    sim__piece_give(block);
}

static void put_aside(struct block *block)
{
    block->next = NULL;
    if (heaps.quarantine_first == NULL) {
        heaps.quarantine_first = block;
    } else {
        heaps.quarantine_last->next = block;
    }
    heaps.quarantine_last = block;
    heaps.quarantine_bytes += block->capacity;
    /* BOUND: each turn makes one block less. */
    while (heaps.quarantine_bytes > QUARANTINE_MAX) {
        release_oldest();
    }
}

static void take_out(struct heap *heap, struct block *block)
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
}

void sim__block_give(struct heap *heap, struct block *block, const char *call)
{
    void *memory = sim__piece_memory(block);

    check_behind(block);
    sim__watch_free(memory, block->bytes, call);
    take_out(heap, block);
    sign(block, call);
    memset(memory, FILL_FREED, block->bytes);
    block->mark = MARK_FREED;
    if (sim__rules_on() && block->capacity <= QUARANTINE_BLOCK) {
        sim__host_forbid(memory, block->bytes);
        put_aside(block);
    } else {
        sim__piece_give(block);
    }
}

struct block *sim__pages_take(size_t bytes, const char *call)
{
    struct block *block = sim__piece_take(bytes);

    if (block != NULL) {
        block->bytes = bytes;
        block->heap = HEAP_PAGES;
        sign(block, call);
    }
    return block;
}

void sim__pages_give(struct block *block, const char *call)
{
    sign(block, call);
    sim__piece_give(block);
}

/* ---- Finding ---------------------------------------------------------------- */

SIM_NORETURN static void stop_freed(const struct block *block, const char *call)
{
    char letter[8];

    sim__call_stack_show("freed", block->stack);
    sim__call_stack_show_own("used");
    if (!sim__rule_on(RULE_freed_twice)) {
        sim__stop(SIM_CRASH,
                  "%s was called for a block that was already freed: Windows "
                  "ends the process here",
                  call);
    }
    sim__rule_break(RULE_freed_twice,
                    "%s was called for a block of %zu bytes that was already "
                    "freed, by thread %s with %s",
                    call,
                    block->bytes,
                    sim__thread_letter(block->thread, letter),
                    block->call);
}

struct block *sim__block_find(const struct heap *heap,
                              const void *memory,
                              const char *call)
{
    const struct arena *arena = &sim__world.heap;
    uintptr_t place = (uintptr_t)memory - (uintptr_t)arena->base;
    const struct block *found = NULL;

    /* The header tells the block's own size, so one byte is enough to find
     * it; of an empty block none is there. */
    if (place >= HEADER_BYTES && place <= arena->used) {
        (void)sim__block_look((const char *)memory - 1, 1, &found);
    }
    if (found != NULL && found->heap == heap->number &&
        (const char *)found + HEADER_BYTES == memory) {
        if (found->mark == MARK_FREED) {
            stop_freed(found, call);
        }
        return (struct block *)(void *)(arena->base + place - HEADER_BYTES);
    }
    sim__call_stack_show_own("used");
    if (!sim__rule_on(RULE_not_a_block)) {
        sim__stop(SIM_CRASH,
                  "%s was called for a pointer that is no block of this heap: "
                  "Windows ends the process here",
                  call);
    }
    sim__rule_break(RULE_not_a_block,
                    "%s was called for a pointer that is no block of this heap",
                    call);
}

/* ---- The end of the run ------------------------------------------------------- */

/** What was never freed. */
struct leaks {
    size_t count;
    size_t bytes;
    const struct block *first; /* The oldest. */
};

static void check_heap(const struct heap *heap, struct leaks *leaks)
{
    struct block *block = heap->first;

    for (; block != NULL; block = block->next) {
        check_behind(block);
        if (block->host != NULL) {
            continue; /* Other machines may crash, and their memory goes. */
        }
        leaks->count++;
        leaks->bytes += block->bytes;
        if (leaks->first == NULL || block->serial < leaks->first->serial) {
            leaks->first = block;
        }
    }
}

SIM_NORETURN static void stop_leaking(const struct leaks *leaks)
{
    bool one = leaks->count == 1;
    char letter[8];

    sim__call_stack_show("allocated", leaks->first->stack);
    sim__stop(SIM_LEAK,
              "the scenario left %zu block%s of memory, %zu bytes in all: "
              "%s %zu bytes is from %s in thread %s; free %s",
              leaks->count,
              one ? "" : "s",
              leaks->bytes,
              one ? "its block of" : "the oldest of",
              leaks->first->bytes,
              leaks->first->call,
              sim__thread_letter(leaks->first->thread, letter),
              one ? "it" : "each");
}

void sim__blocks_end(void)
{
    struct leaks leaks = {0};
    const struct heap *own;

    if (heaps.generation != sim__world.generation) {
        return; /* The program used no heap. */
    }
    while (heaps.quarantine_first != NULL) {
        release_oldest();
    }
    check_heap(&heaps.process, &leaks);
    check_heap(&heaps.local, &leaks);
    check_heap(&heaps.runtime, &leaks);
    for (own = heaps.list; own != NULL; own = own->next) {
        check_heap(own, &leaks);
    }
    if (leaks.count != 0 && !sim__world.options.leaks_allowed) {
        stop_leaking(&leaks);
    }
}
