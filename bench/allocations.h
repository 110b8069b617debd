/**
 * @file allocations.h
 * @brief Counting the calls of malloc and its kin.
 *
 * For the claim that the layers allocate nothing on the path of an operation,
 * in tests and in benchmarks.
 *
 * Uses:     nothing of ours.
 * Used by:  bench_layer2.c, the tests `allocations` of layers 1 and 2.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef ALLOCATIONS_H
#define ALLOCATIONS_H

/** Calls so far, of the whole program; stays 0 where the linker cannot lead
 * them here (DRYPORT_WRAPS is not defined). */
extern volatile long allocations;

#endif
