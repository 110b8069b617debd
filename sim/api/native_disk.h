/**
 * @file native_disk.h
 * @brief Information classes of disk files, for native_file.c.
 *
 * Uses:     ../kernel/file.h.
 * Used by:  native_file.c, native_disk.c.
 * Facts:    none.
 * Read next: native_control.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_NATIVE_DISK_H
#define SIM_NATIVE_DISK_H

#include "../kernel/file.h"

/** @brief Bytes that a class needs; 0 when it is none of a disk file's. */
ULONG sim__native_disk_bytes(FILE_INFORMATION_CLASS kind);

/** @brief Answer a question; the size has been checked. */
NTSTATUS sim__native_disk_query(const struct file *file,
                                FILE_INFORMATION_CLASS kind,
                                void *out);

/** @brief Change something; the size has been checked. */
NTSTATUS sim__native_disk_set(const struct file *file,
                              FILE_INFORMATION_CLASS kind,
                              const void *in);

#endif
