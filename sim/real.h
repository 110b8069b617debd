/**
 * @file real.h
 * @brief What a program for real Windows may ask of real.c, beyond sim.h.
 *
 * Uses:     sim.h.
 * Used by:  real.c, dry-real.
 * Facts:    none.
 * Read next: real.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_REAL_H
#define SIM_REAL_H

#include "sim.h"

/** Told what assertion failed, on the thread where it did. */
typedef void sim_real_failed_fn(const char *sentence);

/**
 * @brief Choose how to speak.
 *
 * @param quiet      Print no notes.
 * @param on_failed  Called when an assertion fails, or NULL to print the
 *                   sentence.  The process ends when it returns.
 */
void sim_real_speak(bool quiet, sim_real_failed_fn *on_failed);

#endif
