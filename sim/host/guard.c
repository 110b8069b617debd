/**
 * @file guard.c
 * @brief Crashes and ticks, as far as they are the same on every platform.
 *
 * Uses:     guard.h.
 * Used by:  guard_posix.c, guard_windows.c, sanitizer.c.
 * Facts:    none.
 * Read next: guard_posix.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "guard.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

void (*sim__host_death_note)(void);

static sim__host_crash_fn *guard_on_crash;
static sim__host_tick_fn *guard_on_tick;

static const char *crash_sentence(enum sim__crash crash);

void sim__guard_begin(sim__host_crash_fn *on_crash, sim__host_tick_fn *on_tick)
{
    SIM__HOST_CHECK(!guard_on_crash);
    SIM__HOST_CHECK(on_crash);
    guard_on_crash = on_crash;
    guard_on_tick = on_tick;
    sim__sanitizer_begin();
}

void sim__guard_end(void)
{
    sim__sanitizer_end();
    guard_on_crash = NULL;
    guard_on_tick = NULL;
}

bool sim__guard_active(void)
{
    return guard_on_crash != NULL;
}

void sim__guard_crash(enum sim__crash crash, const void *address)
{
    if (guard_on_crash) {
        guard_on_crash(crash_sentence(crash), address);
    }
}

void sim__guard_tick(void)
{
    /* A tick that was on its way when the guard ended is dropped. */
    if (guard_on_tick) {
        guard_on_tick();
    }
}

void sim__host_die(const char *expression, const char *file, int line)
{
    fprintf(stderr,
            "%s:%d: this must be true and is not: %s\n"
            "This is a mistake in the simulator or in how it was called.\n",
            file,
            line,
            expression);
    if (sim__host_death_note) {
        sim__host_death_note();
    }
    signal(SIGABRT, SIG_DFL);
    abort();
}

static const char *crash_sentence(enum sim__crash crash)
{
    switch (crash) {
    case SIM__CRASH_MEMORY:
        return "it read or wrote memory that is not there";
    case SIM__CRASH_INSTRUCTION:
        return "it executed an illegal instruction";
    case SIM__CRASH_DIVISION:
        return "it divided by zero";
    case SIM__CRASH_ABORT:
        return "it called abort()";
    case SIM__CRASH_STACK:
        return "stack overflow in a simulated thread";
    }
    return "it crashed";
}
