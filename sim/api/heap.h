/**
 * @file heap.h
 * @brief Raw memory of the simulated program.
 *
 * The heap and the virtual memory calls take their pieces from one place, the
 * arena that is forgotten with the world.
 *
 * Uses:     world.h.
 * Used by:  heap_api.c, virtual_api.c.
 * Facts:    none.
 * Read next: virtual_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_HEAP_H
#define SIM_HEAP_H

#include "../kernel/world.h"

/** What fresh and freed memory is filled with, so that a program that reads
 * either behaves in the same strange way in each run. */
enum { FILL_FRESH = 0xCD, FILL_FREED = 0xDD };

/**
 * @brief Take a piece; its contents are whatever was there.
 * @param bytes  In: bytes wanted.  Out: bytes that the piece has.
 * @return NULL when the address space of the world is used up.
 */
void *sim__heap_take(size_t *bytes);

/** @brief Take a piece back; @p bytes is what sim__heap_take said. */
void sim__heap_give(void *piece, size_t bytes);

#endif
