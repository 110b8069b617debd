/**
 * @file mixer.c
 * @brief A random program that uses everything at once.
 *
 * A seed must always give the same run, whatever a program does.  This one
 * does as much as possible: its number of threads, and every step of each, is
 * a decision of the schedule, so each seed is another program.  It neither
 * hangs nor fails by itself: each wait ends by time, and no result matters.
 *
 * Uses:     mixer.h, scenario.h.
 * Used by:  table.c, dry selfcheck.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "mixer.h"

#include <string.h>

#include "scenario.h"

enum { THREADS_MIN = 2, STEPS_MIN = 2, STEPS_MORE = 6 };

struct mixer mixer;

static DWORD WINAPI mix(void *arg)
{
    uint32_t steps = STEPS_MIN + sim_choose(STEPS_MORE);

    (void)arg;
    TlsSetValue(mixer.tls, &mixer);
    for (uint32_t step = 0; step < steps; step++) {
        const struct mixer_step *next =
            &mixer_steps[sim_choose((uint32_t)mixer_step_count)];

        sim_note("%s", next->name);
        next->run();
    }
    return steps;
}

/** @brief Open one of everything. */
static void open_all(void)
{
    DWORD concurrency = 1 + sim_choose(2);

    memset(&mixer, 0, sizeof mixer);
    mixer.port =
        CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, concurrency);
    mixer.events[0] = CreateEventW(NULL, TRUE, FALSE, NULL);
    mixer.events[1] = CreateEventW(NULL, FALSE, TRUE, NULL);
    mixer.semaphore = CreateSemaphoreW(NULL, 1, 3, NULL);
    mixer.mutex = CreateMutexW(NULL, FALSE, NULL);
    mixer.timer = CreateWaitableTimerW(NULL, FALSE, NULL);
    mixer.tls = TlsAlloc();
    mixer_open_pipe();
    InitializeCriticalSection(&mixer.section);
    InitializeSRWLock(&mixer.srw);
    InitializeConditionVariable(&mixer.changed);
}

/** @brief Close a handle; with faults it may never have been opened. */
static void close_one(HANDLE handle)
{
    if (handle != NULL) {
        sim_assert(CloseHandle(handle));
    }
}

static void close_all(void)
{
    mixer_close_pipe();
    close_one(mixer.timer);
    close_one(mixer.mutex);
    close_one(mixer.semaphore);
    close_one(mixer.events[0]);
    close_one(mixer.events[1]);
    close_one(mixer.port);
    TlsFree(mixer.tls);
    DeleteCriticalSection(&mixer.section);
}

void scenario_mixer(void *arg)
{
    uint32_t threads =
        THREADS_MIN + sim_choose(MIXER_THREADS_MAX - THREADS_MIN + 1);

    open_all();
    for (uint32_t at = 0; at < threads; at++) {
        mixer.threads[at] = CreateThread(NULL, 0, mix, NULL, 0, NULL);
    }
    mix(arg);
    for (uint32_t at = 0; at < threads; at++) {
        if (mixer.threads[at] != NULL) {
            /* An APC may end the wait: wait again. */
            while (WaitForSingleObjectEx(mixer.threads[at], INFINITE, TRUE) ==
                   WAIT_IO_COMPLETION) {
                sim_note("an APC came in between");
            }
        }
    }
    for (uint32_t at = 0; at < threads; at++) {
        close_one(mixer.threads[at]);
    }
    close_all();
    sim_note("counter %d, APCs %d", (int)mixer.counter, (int)mixer.apcs);
}
