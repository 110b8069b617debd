/**
 * @file checks.h
 * @brief What tests of the Win32 calls ask again and again.
 *
 * Uses:     sim.h, windows.h.
 * Used by:  the tests in this folder.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef CHECKS_H
#define CHECKS_H

#include <stdbool.h>

#include <windows.h>

/** @brief Close a handle, which must succeed. */
void check_close(HANDLE handle);

/** @brief Whether a call returned FALSE and left this error. */
bool check_failed(BOOL result, DWORD error);

/** @brief Whether a call returned no handle and left this error. */
bool check_refused(HANDLE handle, DWORD error);

/** @brief Whether a wait failed and left this error. */
bool check_wait_failed(DWORD result, DWORD error);

/** @brief Poll an object; a wait that succeeds takes what it takes. */
bool check_signaled(HANDLE handle);

/** @brief A new event without a name. */
HANDLE check_event(BOOL manual_reset, BOOL initial);

/** @brief A new thread that may run at once. */
HANDLE check_thread(LPTHREAD_START_ROUTINE start, void *argument);

/** @brief Wait for the end of a thread, and close its handle. */
void check_join(HANDLE thread);

/** @brief Exit code of a thread. */
DWORD check_exit_code(HANDLE thread);

#endif
