/**
 * @file mixer.h
 * @brief What the threads of a random program share.
 *
 * Uses:     windows.h, sim.h.
 * Used by:  mixer.c, mixer_steps.c, mixer_io.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef MIXER_H
#define MIXER_H

#include <windows.h>

#include "sim.h"

enum { MIXER_THREADS_MAX = 4, MIXER_EVENTS = 2 };

/** Everything that a random program has. */
struct mixer {
    HANDLE port;
    HANDLE events[MIXER_EVENTS]; /* One manual, one automatic. */
    HANDLE semaphore;
    HANDLE mutex;
    HANDLE timer;
    HANDLE pipe[2]; /* Both ends, or INVALID_HANDLE_VALUE. */
    HANDLE threads[MIXER_THREADS_MAX];
    DWORD tls;
    CRITICAL_SECTION section;
    SRWLOCK srw;
    CONDITION_VARIABLE changed;
    volatile LONG counter;
    volatile LONG apcs;
};

extern struct mixer mixer;

/** Does one thing; never waits for ever. */
struct mixer_step {
    const char *name;
    void (*run)(void);
};

/** @brief Open and close the pipe's two ends. @{ */
void mixer_open_pipe(void);
void mixer_close_pipe(void);
/** @} */

/** @brief Steps that do I/O. @{ */
void mixer_read(void);
void mixer_write(void);
void mixer_cancel(void);
/** @} */

extern const struct mixer_step mixer_steps[];
extern const size_t mixer_step_count;

#endif
