/**
 * @file lock.h
 * @brief Entering and leaving locks inside other calls.
 *
 * A condition variable gives its lock back while it sleeps, in one step with
 * falling asleep, and takes it again before it returns.  Here is what it needs
 * of the two kinds of locks: the work of their calls without the choice points
 * around it.
 *
 * Uses:     park.h.
 * Used by:  critical_section.c, srw.c, condition_variable.c.
 * Facts:    none.
 * Read next: condition_variable.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_LOCK_H
#define SIM_LOCK_H

#include "../kernel/park.h"

/**
 * @brief The record of a critical section.
 *
 * Ends the run when the section is recognisably not initialised.
 *
 * @param section  As the program gave it.
 * @param call     Name of the Win32 call.
 */
struct lock *sim__section_find(CRITICAL_SECTION *section, const char *call);

/** @brief Enter, blocking as long as another thread is inside. */
void sim__section_enter(CRITICAL_SECTION *section,
                        struct lock *lock,
                        const char *call);

/** @brief Leave one level of a section that the caller is inside of. */
void sim__section_leave(CRITICAL_SECTION *section, struct lock *lock);

/** @brief The record of an SRW lock. */
struct lock *sim__srw_find(SRWLOCK *srw, const char *call);

/** @brief Acquire, blocking as long as it takes. */
void sim__srw_acquire_alone(struct lock *lock, const char *call);
void sim__srw_acquire_shared(struct lock *lock, const char *call);

/** @brief Release; ends the run when the lock is not held in that mode. */
void sim__srw_release_alone(struct lock *lock, const char *call);
void sim__srw_release_shared(struct lock *lock, const char *call);

#endif
