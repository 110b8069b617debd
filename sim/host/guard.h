/**
 * @file guard.h
 * @brief What the crash handlers of all platforms share.
 *
 * A crash of the simulated program must read the same everywhere, so the
 * platforms only say which kind it was.
 *
 * Uses:     host.h.
 * Used by:  the other files of sim/host.
 * Facts:    none.
 * Read next: guard.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_GUARD_H
#define SIM_GUARD_H

#include "host.h"

/** Kinds of crashes. */
enum sim__crash {
    SIM__CRASH_MEMORY,
    SIM__CRASH_INSTRUCTION,
    SIM__CRASH_DIVISION,
    SIM__CRASH_ABORT,
    SIM__CRASH_STACK
};

/** Remember the callbacks; no guard may be active. */
void sim__guard_begin(sim__host_crash_fn *on_crash, sim__host_tick_fn *on_tick);
/** Forget them. */
void sim__guard_end(void);
/** Whether a guard is active. */
bool sim__guard_active(void);

/** Call the crash callback.  Returns only if the callback does. */
void sim__guard_crash(enum sim__crash crash, const void *address);
/** Call the tick callback. */
void sim__guard_tick(void);

/** Tell the sanitizers, if there are any, that runs begin or are over. */
void sim__sanitizer_begin(void);
void sim__sanitizer_end(void);

/** End the process: the simulator itself is wrong. */
SIM_NORETURN void sim__host_die(const char *expression,
                                const char *file,
                                int line);

/** Always on, unlike assert. */
#define SIM__HOST_CHECK(expression) \
    ((expression) ? (void)0 : sim__host_die(#expression, __FILE__, __LINE__))

#endif
