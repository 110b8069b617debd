/**
 * @file sim_disk.h
 * @brief What a scenario can say about the simulated disk.
 *
 * Uses:     nothing of ours.
 * Used by:  scenarios and tests that want a small disk.
 * Facts:    none.
 * Read next: compiler.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_DISK_PUBLIC_H
#define SIM_DISK_PUBLIC_H

#include <stdint.h>

/**
 * @defgroup sim_disk The simulated disk
 *
 * Each world has one disk, C:, with the folders C:\\Work, which is the current
 * one, and C:\\Temp.  Programs use it by Windows' own functions, and it is
 * forgotten at the end of a run.
 *
 * To make a write fail as if the disk were full, a plan of faults may name
 * `disk_full`.
 *
 * Not here: copying real files into a world.
 * @{
 */

/**
 * @brief Set how many bytes the disk of this world can hold.
 *
 * Files take whole clusters of 4,096 bytes.  Writes that find no room fail
 * with ERROR_DISK_FULL.
 *
 * @param bytes  Size of the disk; 64 GB in a new world.
 *
 * @pre  Called from inside a scenario.
 * @post What is on the disk already stays there.
 * @owns{nothing}
 * @threads{any simulated thread}
 */
void sim_disk_set_capacity(uint64_t bytes);

/** @} */

#endif
