/**
 * @file virtual_api.c
 * @brief Win32 calls about virtual memory, as far as programs need them here.
 *
 * Memory is reserved in regions and committed in pages.  A reserved page has
 * memory behind it from the start, so touching one that is not committed is
 * not noticed; what is noticed is everything that the calls themselves refuse.
 *
 * Uses:     block.h, watch.h, api.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: error.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../watch/block.h"
#include "../watch/watch.h"
#include "api.h"

enum { PAGE_BYTES = 0x1000, GRANULARITY = 0x10000 };

/** A range of reserved addresses. */
struct region {
    struct region *next;
    char *start;
    size_t pages;
    struct block *record; /* Where this struct lies, */
    struct block *piece;  /* and where the pages do. */
    bool committed[];     /* One for each page. */
};

/** The regions of the world, newest first. */
static struct {
    uint64_t generation;
    struct region *first;
} regions;

static void regions_check(void)
{
    if (regions.generation != sim__world.generation) {
        regions.generation = sim__world.generation;
        regions.first = NULL;
    }
}

/** @brief The region that an address lies in, or NULL. */
static struct region *region_of(const void *address)
{
    struct region *region;

    regions_check();
    for (region = regions.first; region != NULL; region = region->next) {
        uintptr_t place = (uintptr_t)address - (uintptr_t)region->start;

        if (place < region->pages * PAGE_BYTES) {
            return region;
        }
    }
    return NULL;
}

/** @brief Reserve so many pages somewhere; NULL when there is no room. */
static struct region *region_reserve(size_t pages)
{
    size_t record_bytes = sizeof(struct region) + pages;
    struct block *record = sim__pages_take(record_bytes, "VirtualAlloc");
    struct block *piece =
        sim__pages_take(pages * PAGE_BYTES + GRANULARITY, "VirtualAlloc");
    struct region *region;
    uintptr_t first;
    uintptr_t start;

    regions_check();
    if (record == NULL || piece == NULL) {
        return NULL; /* Out of address space: what was taken does not help. */
    }
    region = memset(sim__piece_memory(record), 0, record_bytes);
    first = (uintptr_t)sim__piece_memory(piece);
    start = (first + GRANULARITY - 1) & ~(uintptr_t)(GRANULARITY - 1);
    region->start = (char *)sim__piece_memory(piece) + (start - first);
    region->pages = pages;
    region->record = record;
    region->piece = piece;
    region->next = regions.first;
    regions.first = region;
    return region;
}

static void region_release(struct region *region)
{
    struct region **link = &regions.first;

    while (*link != region) {
        link = &(*link)->next;
    }
    *link = region->next;
    sim__watch_free(region->start, region->pages * PAGE_BYTES, "VirtualFree");
    for (size_t page = 0; page < region->pages; page++) {
        if (region->committed[page]) {
            memset(region->start + page * PAGE_BYTES, FILL_FREED, PAGE_BYTES);
        }
    }
    sim__pages_give(region->piece, "VirtualFree");
    sim__pages_give(region->record, "VirtualFree");
}

/** The pages that a range of addresses touches. */
struct pages {
    struct region *region; /* NULL: they are not all in one region. */
    size_t first;
    size_t after;
};

static struct pages pages_of(const void *address, size_t bytes)
{
    struct region *region = region_of(address);
    size_t place;

    if (region == NULL) {
        return (struct pages){.region = NULL};
    }
    place = (size_t)((const char *)address - region->start);
    if (bytes > region->pages * PAGE_BYTES - place) {
        return (struct pages){.region = NULL};
    }
    return (struct pages){.region = region,
                          .first = place / PAGE_BYTES,
                          .after =
                              (place + bytes + PAGE_BYTES - 1) / PAGE_BYTES};
}

/** @brief Commit pages: those that are new read as zero. */
static void pages_commit(const struct pages *pages)
{
    for (size_t page = pages->first; page < pages->after; page++) {
        bool *committed = &pages->region->committed[page];

        if (!*committed) {
            memset(pages->region->start + page * PAGE_BYTES, 0, PAGE_BYTES);
            *committed = true;
        }
    }
}

static void pages_decommit(const struct pages *pages)
{
    sim__watch_free(pages->region->start + pages->first * PAGE_BYTES,
                    (pages->after - pages->first) * PAGE_BYTES,
                    "VirtualFree");
    for (size_t page = pages->first; page < pages->after; page++) {
        memset(pages->region->start + page * PAGE_BYTES,
               FILL_FREED,
               PAGE_BYTES);
        pages->region->committed[page] = false;
    }
}

/** @brief Whether a page can be protected like this. */
static bool is_protection(DWORD protection)
{
    DWORD basic = protection & ~(DWORD)PAGE_GUARD;

    return basic == PAGE_NOACCESS || basic == PAGE_READONLY ||
           basic == PAGE_READWRITE || basic == PAGE_EXECUTE ||
           basic == PAGE_EXECUTE_READ || basic == PAGE_EXECUTE_READWRITE;
}

static void *virtual_fail(DWORD error)
{
    sim__set_error(error);
    return NULL;
}

/** @brief Reserve, and commit if @p type says so. */
static void *reserve(const void *address, size_t bytes, DWORD type)
{
    struct region *region;

    if (address != NULL) {
        /* Nobody can know an address that is free here. */
        return virtual_fail(ERROR_INVALID_ADDRESS);
    }
    if (sim__fault("VirtualAlloc", STATUS_NO_MEMORY)) {
        return virtual_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    region = region_reserve(bytes / PAGE_BYTES + (bytes % PAGE_BYTES != 0));
    if (region == NULL) {
        return virtual_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    if (type & MEM_COMMIT) {
        pages_commit(&(struct pages){.region = region, .after = region->pages});
    }
    return region->start;
}

static void *commit(void *address, size_t bytes)
{
    struct pages pages = pages_of(address, bytes);

    if (pages.region == NULL) {
        return virtual_fail(ERROR_INVALID_ADDRESS);
    }
    if (sim__fault("VirtualAlloc", STATUS_COMMITMENT_LIMIT)) {
        return virtual_fail(ERROR_COMMITMENT_LIMIT);
    }
    pages_commit(&pages);
    return pages.region->start + pages.first * PAGE_BYTES;
}

void *WINAPI VirtualAlloc(void *address,
                          SIZE_T bytes,
                          DWORD type,
                          DWORD protection)
{
    DWORD action = type & (MEM_RESERVE | MEM_COMMIT);

    if (bytes == 0 || action == 0 || !is_protection(protection)) {
        return virtual_fail(ERROR_INVALID_PARAMETER);
    }
    if (bytes > sim__world.heap.reserved) {
        return virtual_fail(ERROR_NOT_ENOUGH_MEMORY);
    }
    if ((action & MEM_RESERVE) || address == NULL) {
        return reserve(address, bytes, type);
    }
    return commit(address, bytes);
}

BOOL WINAPI VirtualFree(void *address, SIZE_T bytes, DWORD type)
{
    struct region *region = region_of(address);
    struct pages pages;

    if (type == MEM_RELEASE) {
        if (bytes != 0) {
            return sim__fail(ERROR_INVALID_PARAMETER);
        }
        if (region == NULL || region->start != address) {
            return sim__fail(ERROR_INVALID_ADDRESS);
        }
        region_release(region);
        return TRUE;
    }
    if (type != MEM_DECOMMIT) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    if (bytes == 0 && region != NULL && region->start == address) {
        bytes = region->pages * PAGE_BYTES;
    }
    pages = pages_of(address, bytes);
    if (pages.region == NULL || bytes == 0) {
        return sim__fail(ERROR_INVALID_ADDRESS);
    }
    pages_decommit(&pages);
    return TRUE;
}
