/**
 * @file buffer.h
 * @brief Memory for bytes on their way.
 *
 * A world's memory keeps small pieces that are given back for later use, and
 * forgets large ones.  Datagrams and segments are often large and live for a
 * moment, so a long run would eat all memory; these are kept.
 *
 * Uses:     nothing of ours.
 * Used by:  UDP and TCP.
 * Facts:    none.
 * Read next: buffer.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_BUFFER_H
#define SIM_BUFFER_H

#include <stddef.h>

/** @brief Memory of the world, not cleared; never NULL. */
void *sim__buffer_take(size_t bytes);

/** @brief Give it back; @p bytes as when it was taken. */
void sim__buffer_give(void *buffer, size_t bytes);

#endif
