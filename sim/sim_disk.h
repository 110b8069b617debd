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

#endif
