/**
 * @file sanitizer.c
 * @brief What the compilers' sanitizers ask of programs that switch stacks.
 *
 * Uses:     guard.h.
 * Used by:  guard.c; the sanitizers themselves, at the start of the process.
 * Facts:    none.
 * Read next: arena.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "guard.h"

#if SIM_ASAN

#    include <sanitizer/asan_interface.h>
#    include <sanitizer/common_interface_defs.h>
#    include <sanitizer/lsan_interface.h>

#    include <string.h>

static void sanitizer_died(void);

/*
 * The sanitizer would keep frames of functions that have returned elsewhere
 * than on the stack, to find late uses of them; frames of abandoned runs
 * would pile up there for ever (detect_stack_use_after_return).  It handles
 * crashes itself, but gives way to handlers that are installed later: ours,
 * while there is a guard.
 */
const char *__asan_default_options(void)
{
    return "detect_stack_use_after_return=0";
}

/* What a run has allocated when it is abandoned is lost, and is no mistake:
 * the simulator has a verdict of its own for leaks. */
void sim__sanitizer_begin(void)
{
    __sanitizer_set_death_callback(sanitizer_died);
    __lsan_disable();
}

void sim__sanitizer_end(void)
{
    __lsan_enable();
    __sanitizer_set_death_callback(NULL);
}

static void sanitizer_died(void)
{
    if (sim__guard_active() && sim__host_death_note) {
        sim__host_death_note();
    }
    /* If the process is to die by abort(), let it: a run cannot go on after
     * a report, which holds locks. */
    sim__host_unguard();
}

bool sim__host_is_poisoned(const void *start, size_t bytes)
{
    char *first;

    memcpy(&first, &start, sizeof first); /* Only looked at. */
    return __asan_region_is_poisoned(first, bytes) != NULL;
}

void sim__host_forbid(const void *start, size_t bytes)
{
    __asan_poison_memory_region(start, bytes);
}

void sim__host_allow(const void *start, size_t bytes)
{
    __asan_unpoison_memory_region(start, bytes);
}

#else

void sim__sanitizer_begin(void)
{
}

void sim__sanitizer_end(void)
{
}

#endif

/*
 * The sanitizer for undefined behaviour has no way to be asked for a note
 * when gcc loads it beside the other one, or when it is alone.  Ended by
 * abort(), it makes a verdict like any other.
 */
#if !defined(_WIN32) && !(defined(__clang__) && SIM_ASAN)
/* The sanitizer chose the name.
 * NOLINTNEXTLINE(bugprone-reserved-identifier) */
const char *__ubsan_default_options(void);

/* NOLINTNEXTLINE(bugprone-reserved-identifier) */
const char *__ubsan_default_options(void)
{
    return "abort_on_error=1";
}
#endif
