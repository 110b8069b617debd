/**
 * @file tls_api.c
 * @brief Storage per thread (Tls) and per fiber (Fls).
 *
 * Both are an array of pointers in each thread and one list of the indexes in
 * use.  Windows' fibers are not simulated, so each thread is its only fiber;
 * what Fls adds is the callback that runs when a thread ends.
 *
 * Uses:     api.h, thread.h.
 * Used by:  programs, thread.c.
 * Facts:    none.
 * Read next: critical_section.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "api.h"

enum {
    TLS_COUNT = TLS_MINIMUM_AVAILABLE + 1024, /* As the page of TlsAlloc. */
    FLS_COUNT = FLS_MAXIMUM_AVAILABLE,

    /* A thread's slots: the first ones, then pages of further ones, which are
     * made when something is stored there. */
    FIRST_SLOTS = 64,
    PAGE_SLOTS = 128,
    PAGES = (FLS_COUNT - FIRST_SLOTS + PAGE_SLOTS - 1) / PAGE_SLOTS,
    ROOT_BYTES = (FIRST_SLOTS + PAGES) * sizeof(void *),
    PAGE_BYTES = PAGE_SLOTS * sizeof(void *),

    WORD_BITS = 64,
    TLS_WORDS = (TLS_COUNT + WORD_BITS - 1) / WORD_BITS,
    FLS_WORDS = (FLS_COUNT + WORD_BITS - 1) / WORD_BITS
};

/** Which indexes of the present world are in use. */
static struct {
    uint64_t generation; /* The world that the rest belongs to. */
    uint64_t tls_used[TLS_WORDS];
    uint64_t fls_used[FLS_WORDS];
    PFLS_CALLBACK_FUNCTION callbacks[FLS_COUNT];
} slots;

/** @brief Forget what an earlier world used. */
static void slots_refresh(void)
{
    if (slots.generation != sim__world.generation) {
        slots.generation = sim__world.generation;
        memset(slots.tls_used, 0, sizeof slots.tls_used);
        memset(slots.fls_used, 0, sizeof slots.fls_used);
    }
}

/* ---- Indexes ----------------------------------------------------------- */

static bool is_used(const uint64_t *words, DWORD count, DWORD index)
{
    slots_refresh();
    return index < count &&
           (words[index / WORD_BITS] >> (index % WORD_BITS) & 1) != 0;
}

static void set_used(uint64_t *words, DWORD index, bool used)
{
    uint64_t bit = UINT64_C(1) << (index % WORD_BITS);

    words[index / WORD_BITS] &= ~bit;
    if (used) {
        words[index / WORD_BITS] |= bit;
    }
}

/** @brief Take the lowest free index; TLS_OUT_OF_INDEXES when there is none,
 *  which is FLS_OUT_OF_INDEXES, too. */
static DWORD index_take(uint64_t *words, DWORD count, const char *call)
{
    DWORD index = 0;

    slots_refresh();
    while (index < count && is_used(words, count, index)) {
        index++;
    }
    if (index == count) {
        sim__set_error(ERROR_NO_MORE_ITEMS);
        return TLS_OUT_OF_INDEXES;
    }
    set_used(words, index, true);
    trace(call, .text = call, .value = {(int64_t)index});
    return index;
}

/* ---- Slots ------------------------------------------------------------- */

/** @brief Address of a slot, or NULL when nothing was ever stored near it. */
static inline void **slot_find(void **root, DWORD index)
{
    void **page;

    if (root == NULL) {
        return NULL;
    }
    if (index < FIRST_SLOTS) {
        return &root[index];
    }
    index -= FIRST_SLOTS;
    page = root[FIRST_SLOTS + index / PAGE_SLOTS];
    return page == NULL ? NULL : &page[index % PAGE_SLOTS];
}

/** @brief Address of a slot; its memory is made when it is missing. */
static void **slot_make(void ***root, DWORD index)
{
    void **slot = slot_find(*root, index);

    if (slot != NULL) {
        return slot;
    }
    if (*root == NULL) {
        *root = memset(sim__take(ROOT_BYTES), 0, ROOT_BYTES);
    }
    if (index >= FIRST_SLOTS) {
        void **page = *root + FIRST_SLOTS + (index - FIRST_SLOTS) / PAGE_SLOTS;

        *page = memset(sim__take(PAGE_BYTES), 0, PAGE_BYTES);
    }
    return slot_find(*root, index);
}

/** @brief Give all slots of a thread back. */
static void slots_give(void ***root)
{
    if (*root == NULL) {
        return;
    }
    for (int page = 0; page < PAGES; page++) {
        if ((*root)[FIRST_SLOTS + page] != NULL) {
            sim__give((*root)[FIRST_SLOTS + page], PAGE_BYTES);
        }
    }
    sim__give(*root, ROOT_BYTES);
    *root = NULL;
}

/* ---- Tls --------------------------------------------------------------- */

DWORD WINAPI TlsAlloc(void)
{
    DWORD index;

    sim__before();
    index = index_take(slots.tls_used, TLS_COUNT, "TlsAlloc");
    sim__after();
    return index;
}

BOOL WINAPI TlsFree(DWORD index)
{
    struct thread *thread;

    sim__before();
    if (!is_used(slots.tls_used, TLS_COUNT, index)) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    trace(call, .text = "TlsFree", .value = {(int64_t)index});
    set_used(slots.tls_used, index, false);
    /* Who takes the index next finds NULL in every thread. */
    for (thread = sim__world.thread_first; thread != NULL;
         thread = thread->all_next) {
        void **slot = slot_find(thread->tls, index);

        if (slot != NULL) {
            *slot = NULL;
        }
    }
    sim__after();
    return TRUE;
}

void *WINAPI TlsGetValue(DWORD index)
{
    struct thread *self = sim__world.current;
    void **slot;

    /* Whether the index is in use is not checked: "minimal parameter
     * validation", says the page. */
    if (SIM_UNLIKELY(index >= TLS_COUNT)) {
        self->last_error = ERROR_INVALID_PARAMETER;
        return NULL;
    }
    slot = slot_find(self->tls, index);
    /* A success clears the last error, because NULL is a value, too. */
    self->last_error = ERROR_SUCCESS;
    return slot == NULL ? NULL : *slot;
}

BOOL WINAPI TlsSetValue(DWORD index, void *value)
{
    if (SIM_UNLIKELY(index >= TLS_COUNT)) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    *slot_make(&sim__world.current->tls, index) = value;
    return TRUE;
}

/* ---- Fls --------------------------------------------------------------- */

DWORD WINAPI FlsAlloc(PFLS_CALLBACK_FUNCTION callback)
{
    DWORD index;

    sim__before();
    index = index_take(slots.fls_used, FLS_COUNT, "FlsAlloc");
    if (index != FLS_OUT_OF_INDEXES) {
        slots.callbacks[index] = callback;
    }
    sim__after();
    return index;
}

/** @brief Empty a thread's slot; a value that was there goes to the callback,
 *  which runs in the current thread. */
static void fls_clear(struct thread *thread, DWORD index)
{
    void **slot = slot_find(thread->fls, index);
    void *value = slot == NULL ? NULL : *slot;

    if (value == NULL) {
        return;
    }
    *slot = NULL;
    if (slots.callbacks[index] != NULL) {
        trace(call, .text = "FLS callback", .value = {(int64_t)index});
        slots.callbacks[index](value);
    }
}

/** @brief The same for all slots of one word of indexes. */
static void fls_clear_word(struct thread *thread, DWORD word)
{
    for (DWORD bit = 0; bit < WORD_BITS && slots.fls_used[word] != 0; bit++) {
        if (slots.fls_used[word] >> bit & 1) {
            fls_clear(thread, word * WORD_BITS + bit);
        }
    }
}

BOOL WINAPI FlsFree(DWORD index)
{
    struct thread *thread;
    struct thread *next;

    sim__before();
    if (!is_used(slots.fls_used, FLS_COUNT, index)) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    trace(call, .text = "FlsFree", .value = {(int64_t)index});
    for (thread = sim__world.thread_first; thread != NULL; thread = next) {
        /* A callback may wait, and threads may be gone after it. */
        sim__object_keep(&thread->object);
        fls_clear(thread, index);
        next = thread->all_next;
        sim__object_drop(&thread->object);
    }
    set_used(slots.fls_used, index, false);
    sim__after();
    return TRUE;
}

void *WINAPI FlsGetValue(DWORD index)
{
    void **slot;

    if (!is_used(slots.fls_used, FLS_COUNT, index)) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    slot = slot_find(sim__world.current->fls, index);
    sim__set_error(ERROR_SUCCESS);
    return slot == NULL ? NULL : *slot;
}

BOOL WINAPI FlsSetValue(DWORD index, void *value)
{
    if (!is_used(slots.fls_used, FLS_COUNT, index)) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    *slot_make(&sim__world.current->fls, index) = value;
    return TRUE;
}

void sim__tls_thread_exit(struct thread *thread)
{
    if (thread->fls != NULL) {
        for (DWORD word = 0; word < FLS_WORDS; word++) {
            fls_clear_word(thread, word);
        }
    }
    slots_give(&thread->fls);
    slots_give(&thread->tls);
}
