/**
 * @file heart_windows.h
 * @brief The heartbeat where the host is Windows.
 *
 * Uses:     real_windows.h.
 * Used by:  fiber_windows.c, guard_windows.c.
 * Facts:    none.
 * Read next: heart_windows.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_HEART_WINDOWS_H
#define SIM_HEART_WINDOWS_H

#if defined(_WIN32)
#    include "real_windows.h"

#    include <stdint.h>

/** Start beating for the calling thread. */
void sim__heart_begin(void);
/** Stop.  No beat is under way when this returns. */
void sim__heart_end(void);

/** Not zero when a second has passed; each fiber switch looks at it. */
extern volatile LONG sim__heart_is_due;
/** Call the tick callback, unless the beat was delivered otherwise. */
void sim__heart_tick(void);

/** Make a stopped thread continue in @p target, on the stack below @p sp. */
void sim__heart_aim(CONTEXT *context, void (*target)(void), uintptr_t sp);
/** Where a stopped thread's stack ends. */
uintptr_t sim__heart_sp(const CONTEXT *context);

#endif
#endif
