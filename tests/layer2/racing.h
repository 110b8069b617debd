/**
 * @file racing.h
 * @brief A loop and threads for the tests that run every schedule.
 *
 * Uses:     net.h, sim.h.
 * Used by:  test_exhaustive.c, test_exhaustive_streams.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef RACING_H
#define RACING_H

#include "net.h"
#include "sim.h"

/** Its waits have no limit, so that a wake-up that is lost is a deadlock. */
extern struct net_loop loop;

/** Calls, counted by handlers. */
extern LONG volatile called;

/** @brief Open the loop, with nothing called. */
void open_loop(void);

/** @brief Begin a thread. */
HANDLE begin(LPTHREAD_START_ROUTINE routine, void *arg);

/** @brief Wait for its end. */
void join(HANDLE thread);

/** @brief A thread that runs the loop. */
DWORD WINAPI run_loop(void *arg);

#endif
