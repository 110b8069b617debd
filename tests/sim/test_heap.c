/**
 * @file test_heap.c
 * @brief Heaps and virtual memory, as a program sees them.
 *
 * Uses:     schedules.h, the Win32 calls of heap_api.c and virtual_api.c.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <string.h>
#include <windows.h>

#include "kernel/world.h"

enum { FRESH = 0xCD, FREED = 0xDD };
#define PAGE ((SIZE_T)4096)

/** @brief Whether all bytes have one value. */
static bool all_are(const void *memory, int value, size_t bytes)
{
    const unsigned char *at = memory;

    for (size_t count = 0; count < bytes; count++) {
        if (at[count] != value) {
            return false;
        }
    }
    return true;
}

/* ---- Blocks ------------------------------------------------------------ */

static void block_scenario(void *arg)
{
    static const SIZE_T sizes[] = {0, 1, 15, 16, 17, 1000, 1024, 5000, 300000};
    HANDLE heap = GetProcessHeap();

    (void)arg;
    sim_assert(heap != NULL && heap == GetProcessHeap());
    SetLastError(77);
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        void *block = HeapAlloc(heap, 0, sizes[at]);
        void *zero = HeapAlloc(heap, HEAP_ZERO_MEMORY, sizes[at]);

        sim_assert(block != NULL && zero != NULL && block != zero);
        sim_assert((uintptr_t)block % 16 == 0 && (uintptr_t)zero % 16 == 0);
        sim_assert(HeapSize(heap, 0, block) == sizes[at]);
        sim_assert(all_are(block, FRESH, sizes[at]));
        sim_assert(all_are(zero, 0, sizes[at]));
        memset(block, 1, sizes[at]);
        sim_assert(all_are(zero, 0, sizes[at]));
        sim_assert(HeapFree(heap, 0, block));
        sim_assert(HeapFree(heap, 0, zero));
    }
    sim_assert(HeapFree(heap, 0, NULL));
    sim_assert(HeapAlloc(heap, 0, (SIZE_T)-1) == NULL);
    sim_assert(HeapAlloc(heap, 0, (SIZE_T)1 << 60) == NULL);
    sim_assert(HeapAlloc(heap, 0, (SIZE_T)1 << 39) == NULL);
    sim_assert(GetLastError() == 77); /* As documented: left alone. */
}

/** Without rules nothing is put aside, and freed memory may be read. */
static void freed_scenario(void *arg)
{
    static const SIZE_T sizes[] = {1, 16, 1000, 5000, 300000};
    HANDLE heap = GetProcessHeap();
    HANDLE own = HeapCreate(0, 0, 0);
    char *one = HeapAlloc(own, 0, 100);
    char *two = HeapAlloc(own, 0, 4000);

    (void)arg;
    for (size_t at = 0; at < sizeof sizes / sizeof sizes[0]; at++) {
        void *block = HeapAlloc(heap, 0, sizes[at]);

        sim_assert(HeapFree(heap, 0, block));
        sim_assert(all_are(block, FREED, sizes[at]));
        sim_assert(HeapAlloc(heap, 0, sizes[at]) == block);
        sim_assert(all_are(block, FRESH, sizes[at]));
        sim_assert(HeapFree(heap, 0, block));
    }
    sim_assert(HeapDestroy(own));
    sim_assert(all_are(one, FREED, 100) && all_are(two, FREED, 4000));
}

static void realloc_scenario(void *arg)
{
    HANDLE heap = GetProcessHeap();
    unsigned char *block = HeapAlloc(heap, 0, 10);
    unsigned char *moved;

    (void)arg;
    memset(block, 7, 10);
    moved = HeapReAlloc(heap, HEAP_ZERO_MEMORY, block, 5000);
    sim_assert(moved != NULL && moved != block);
    sim_assert(all_are(moved, 7, 10) && all_are(moved + 10, 0, 4990));
    sim_assert(HeapReAlloc(heap, 0, moved, 4) == moved);
    sim_assert(HeapSize(heap, 0, moved) == 4 && all_are(moved, 7, 4));
    sim_assert(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, moved, 8) ==
               moved);
    sim_assert(all_are(moved, 7, 4) && all_are(moved + 4, FRESH, 4));
    sim_assert(HeapReAlloc(heap, HEAP_REALLOC_IN_PLACE_ONLY, moved, 1000000) ==
               NULL);
    sim_assert(HeapReAlloc(heap, 0, moved, (SIZE_T)-1) == NULL);
    sim_assert(HeapSize(heap, 0, moved) == 8 && all_are(moved, 7, 4));
    sim_assert(HeapFree(heap, 0, moved));
}

static void blocks_are_filled_sized_and_moved(void **state)
{
    (void)state;
    schedules_pass(block_scenario);
    schedules_pass(realloc_scenario);
    schedules_rules("off");
    schedules_pass(freed_scenario);
    schedules_rules(NULL);
}

static void reuse_scenario(void *arg)
{
    HANDLE heap = GetProcessHeap();

    (void)arg;
    for (SIZE_T count = 0; count < 400; count++) {
        void *small = HeapAlloc(heap, 0, 40);
        void *large = HeapAlloc(heap, 0, ((SIZE_T)1 << 20) - count * 16);
        void *region = VirtualAlloc(NULL,
                                    (SIZE_T)1 << 20,
                                    MEM_RESERVE | MEM_COMMIT,
                                    PAGE_READWRITE);

        sim_assert(small != NULL && large != NULL && region != NULL);
        sim_assert(HeapFree(heap, 0, small));
        sim_assert(HeapFree(heap, 0, large));
        sim_assert(VirtualFree(region, 0, MEM_RELEASE));
    }
    sim_assert(sim__world.heap.used < (SIZE_T)4 << 20);
}

static void memory_is_used_again(void **state)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.runs = 3},
                    reuse_scenario,
                    NULL);

    (void)state;
    assert_true(report.passed);
}

/* ---- Heaps ------------------------------------------------------------- */

static void heap_scenario(void *arg)
{
    HANDLE heap = HeapCreate(0, 0, 0);
    HANDLE fixed = HeapCreate(0, 0x1000, 0x100000);
    char *one;
    char *two;

    (void)arg;
    sim_assert(heap != NULL && fixed != NULL && heap != fixed);
    sim_assert(heap != GetProcessHeap());
    one = HeapAlloc(heap, 0, 100);
    two = HeapAlloc(heap, 0, 4000);
    sim_assert(one != NULL && two != NULL);
    sim_assert(HeapDestroy(heap));
    sim_assert(!HeapDestroy(heap));
    sim_assert(GetLastError() == ERROR_INVALID_HANDLE);
    sim_assert(HeapAlloc(fixed, 0, 0x100000) == NULL);
    one = HeapAlloc(fixed, 0, 0x80000);
    sim_assert(one != NULL);
    sim_assert(HeapAlloc(fixed, 0, 0x80000) == NULL);
    /* What a block gives up another one can have. */
    sim_assert(HeapReAlloc(fixed, 0, one, 0x40000) == one);
    two = HeapAlloc(fixed, 0, 0x80000);
    sim_assert(two != NULL);
    sim_assert(HeapAlloc(fixed, 0, 0x80000) == NULL);
    sim_assert(HeapFree(fixed, 0, two));
    sim_assert(HeapAlloc(fixed, 0, 0x80000) != NULL);
    sim_assert(HeapDestroy(fixed));
    sim_assert(!HeapDestroy(GetProcessHeap()));
    sim_assert(HeapCreate(0, 2, 1) == NULL);
    sim_assert(!CloseHandle(GetProcessHeap()));
}

static void local_scenario(void *arg)
{
    HLOCAL block = LocalAlloc(LMEM_FIXED, 10);
    HLOCAL zero = LocalAlloc(LPTR, 10);

    (void)arg;
    sim_assert(all_are(block, FRESH, 10) && all_are(zero, 0, 10));
    sim_assert(LocalFree(block) == NULL && LocalFree(zero) == NULL);
    sim_assert(LocalFree(NULL) == NULL);
    sim_assert(LocalAlloc(LMEM_MOVEABLE, 10) == NULL);
    sim_assert(GetLastError() == ERROR_NOT_SUPPORTED);
    sim_assert(LocalAlloc(LMEM_FIXED, (SIZE_T)-1) == NULL);
    sim_assert(GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
}

static void heaps_are_separate(void **state)
{
    (void)state;
    schedules_pass(heap_scenario);
    schedules_pass(local_scenario);
}

/* ---- Misuse ------------------------------------------------------------ */

static void free_twice(void *arg)
{
    void *block = HeapAlloc(GetProcessHeap(), 0, 40);

    (void)arg;
    sim_assert(HeapFree(GetProcessHeap(), 0, block));
    (void)HeapFree(GetProcessHeap(), 0, block);
}

static void free_large_twice(void *arg)
{
    void *block = HeapAlloc(GetProcessHeap(), 0, 40000);

    (void)arg;
    sim_assert(HeapFree(GetProcessHeap(), 0, block));
    (void)HeapFree(GetProcessHeap(), 0, block);
}

static void free_inside(void *arg)
{
    char *block = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 400);

    (void)arg;
    (void)HeapFree(GetProcessHeap(), 0, block + 160);
}

static void free_stack(void *arg)
{
    int variable = 0;

    (void)arg;
    (void)HeapFree(GetProcessHeap(), 0, &variable);
}

static void free_to_another(void *arg)
{
    HANDLE heap = HeapCreate(0, 0, 0);

    (void)arg;
    (void)HeapFree(GetProcessHeap(), 0, HeapAlloc(heap, 0, 40));
}

static void size_of_freed(void *arg)
{
    void *block = HeapAlloc(GetProcessHeap(), 0, 40);

    (void)arg;
    sim_assert(HeapFree(GetProcessHeap(), 0, block));
    (void)HeapSize(GetProcessHeap(), 0, block);
}

static void use_destroyed(void *arg)
{
    HANDLE heap = HeapCreate(0, 0, 0);

    (void)arg;
    sim_assert(HeapDestroy(heap));
    (void)HeapAlloc(heap, 0, 1);
}

static void local_free_of_heap(void *arg)
{
    (void)arg;
    (void)LocalFree(HeapAlloc(GetProcessHeap(), 0, 40));
}

static void raise_scenario(void *arg)
{
    (void)arg;
    (void)HeapAlloc(GetProcessHeap(),
                    HEAP_GENERATE_EXCEPTIONS,
                    (SIZE_T)1 << 60);
}

static void heap_misuse_ends_the_run(void **state)
{
    (void)state;
    schedules_fail(free_twice, SIM_CONTRACT, "already freed");
    schedules_fail(free_large_twice, SIM_CONTRACT, "already freed");
    schedules_fail(free_inside, SIM_CONTRACT, "no block of this heap");
    schedules_fail(free_stack, SIM_CONTRACT, "no block of this heap");
    schedules_fail(free_to_another, SIM_CONTRACT, "no block of this heap");
    schedules_fail(size_of_freed, SIM_CONTRACT, "already freed");
    schedules_fail(use_destroyed, SIM_CONTRACT, "is no heap");
    schedules_fail(local_free_of_heap, SIM_CONTRACT, "no block of this heap");
    schedules_fail(raise_scenario, SIM_CRASH, "STATUS_NO_MEMORY");
}

static void fault_scenario(void *arg)
{
    void *block = HeapAlloc(GetProcessHeap(), 0, 10);

    (void)arg;
    sim_mark(block == NULL ? "no memory" : "memory");
    if (VirtualAlloc(NULL, 1, MEM_RESERVE, PAGE_READWRITE) == NULL) {
        sim_assert(GetLastError() == ERROR_NOT_ENOUGH_MEMORY);
        sim_mark("no addresses");
    }
    if (block != NULL) {
        sim_assert(HeapFree(GetProcessHeap(), 0, block));
    }
}

static void allocation_can_fail(void **state)
{
    struct sim_report report =
        sim_explore(&(const struct sim_options){.faults = "any"},
                    fault_scenario,
                    NULL);

    (void)state;
    assert_true(report.passed);
    assert_true(sim_marked("no memory") > 0 && sim_marked("memory") > 0);
    assert_true(sim_marked("no addresses") > 0);
}

/* ---- Virtual memory ---------------------------------------------------- */

static void virtual_scenario(void *arg)
{
    char *start;
    char *page;

    (void)arg;
    start = VirtualAlloc(NULL,
                         3 * PAGE + 1,
                         MEM_RESERVE | MEM_COMMIT,
                         PAGE_READWRITE);
    sim_assert(start != NULL && (uintptr_t)start % 0x10000 == 0);
    sim_assert(all_are(start, 0, 4 * PAGE));
    memset(start, 1, 4 * PAGE);
    /* What is committed keeps its contents; what was given back does not. */
    sim_assert(VirtualAlloc(start, PAGE, MEM_COMMIT, PAGE_READWRITE) == start);
    sim_assert(all_are(start, 1, PAGE));
    page = start + PAGE;
    sim_assert(VirtualFree(page, PAGE, MEM_DECOMMIT));
    sim_assert(all_are(page, FREED, PAGE) && all_are(page + PAGE, 1, PAGE));
    sim_assert(VirtualAlloc(page + 5, 1, MEM_COMMIT, PAGE_READWRITE) == page);
    sim_assert(all_are(page, 0, PAGE));
    sim_assert(VirtualFree(start, 0, MEM_RELEASE));
    sim_assert(!VirtualFree(start, 0, MEM_RELEASE));
    sim_assert(GetLastError() == ERROR_INVALID_ADDRESS);
    /* The same addresses again read as zero. */
    sim_assert(VirtualAlloc(NULL, 4 * PAGE, MEM_COMMIT, PAGE_READWRITE) ==
               start);
    sim_assert(all_are(start, 0, 4 * PAGE));
}

static bool refused(const void *result, DWORD error)
{
    return result == NULL && GetLastError() == error;
}

static void virtual_errors_scenario(void *arg)
{
    char *start = VirtualAlloc(NULL, PAGE, MEM_RESERVE, PAGE_READWRITE);

    (void)arg;
    sim_assert(start != NULL);
    sim_assert(refused(VirtualAlloc(NULL, 0, MEM_COMMIT, PAGE_READWRITE),
                       ERROR_INVALID_PARAMETER));
    sim_assert(refused(VirtualAlloc(NULL, PAGE, 0, PAGE_READWRITE),
                       ERROR_INVALID_PARAMETER));
    sim_assert(refused(VirtualAlloc(NULL, PAGE, MEM_COMMIT, 0),
                       ERROR_INVALID_PARAMETER));
    sim_assert(
        refused(VirtualAlloc(start, PAGE + 1, MEM_COMMIT, PAGE_READWRITE),
                ERROR_INVALID_ADDRESS));
    sim_assert(refused(VirtualAlloc(start, PAGE, MEM_RESERVE, PAGE_READWRITE),
                       ERROR_INVALID_ADDRESS));
    sim_assert(refused(
        VirtualAlloc(NULL, (SIZE_T)1 << 50, MEM_RESERVE, PAGE_READWRITE),
        ERROR_NOT_ENOUGH_MEMORY));
    sim_assert(!VirtualFree(start, PAGE, MEM_RELEASE));
    sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
    sim_assert(!VirtualFree(start + PAGE - 1, 0, MEM_RELEASE));
    sim_assert(GetLastError() == ERROR_INVALID_ADDRESS);
    sim_assert(!VirtualFree(start, PAGE + 1, MEM_DECOMMIT));
    sim_assert(!VirtualFree(start, 0, 0));
    sim_assert(VirtualFree(start, 0, MEM_DECOMMIT));
    sim_assert(VirtualFree(start, 0, MEM_RELEASE));
}

static void virtual_memory_comes_in_pages(void **state)
{
    (void)state;
    schedules_pass(virtual_scenario);
    schedules_pass(virtual_errors_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_filled_sized_and_moved),
        cmocka_unit_test(memory_is_used_again),
        cmocka_unit_test(heaps_are_separate),
        cmocka_unit_test(heap_misuse_ends_the_run),
        cmocka_unit_test(allocation_can_fail),
        cmocka_unit_test(virtual_memory_comes_in_pages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
