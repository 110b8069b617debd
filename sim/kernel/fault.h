/**
 * @file fault.h
 * @brief Calls that fail although the program did nothing wrong.
 *
 * Every call that Windows can refuse for want of something has a fault point:
 * a place where the run's plan decides whether it is refused now.  A plan is a
 * few words: which calls, how often, or which one by count.
 *
 * Uses:     world.h.
 * Used by:  the Win32 calls, world.c, explore.c.
 * Facts:    PORT-29.
 * Read next: fault.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include "world.h"

/** @brief A fault point of a run that has a plan: whether the call fails. */
SIM_NOINLINE bool sim__fault_strikes(const char *call, NTSTATUS status);

/**
 * @brief A fault point.
 * @param call    Name of the Win32 function, static text.
 * @param status  What it fails with; for the trace.
 * @return Whether it fails; false always in a run without faults.
 */
static inline bool sim__fault(const char *call, NTSTATUS status)
{
    return SIM_UNLIKELY(sim__world.options.faults) &&
           sim__fault_strikes(call, status);
}

/**
 * @brief Read a plan; the text must live as long as it is used.
 *
 *     any             every call, one time in 16
 *     any/100         every call, one time in 100
 *     WSASend         that call, one time in 16
 *     WSASend#3       its third call in the run
 *     WSASend#3+      its third call and all after it
 *     #7 and #7+      the seventh fault point of the run, whatever it is
 *
 * Several are separated by commas.
 *
 * @return NULL, or a sentence saying what is wrong.
 */
const char *sim__faults_read(const char *text);

/** @brief Aim at one fault point of the run: as "#N" or "#N+" would. */
void sim__faults_aim(uint64_t number, bool for_good);

/** @brief Begin counting; called by sim__world_begin. */
void sim__faults_begin(void);

/** @brief Fault points passed in this run, and those that struck. */
uint64_t sim__faults_passed(void);
uint64_t sim__faults_struck(void);

#endif
