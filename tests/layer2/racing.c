/**
 * @file racing.c
 * @brief A loop and threads for the tests that run every schedule.
 *
 * Uses:     racing.h.
 * Used by:  test_exhaustive.c, test_exhaustive_streams.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "racing.h"

struct net_loop loop;
LONG volatile called;

void open_loop(void)
{
    const struct net_loop_options options = {.wait_ms_max = INFINITE};

    called = 0;
    sim_assert(net_loop_open(&loop, &options) == OP_OK);
}

HANDLE begin(LPTHREAD_START_ROUTINE routine, void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, routine, arg, 0, NULL);

    sim_assert(thread != NULL);
    return thread;
}

void join(HANDLE thread)
{
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}

DWORD WINAPI run_loop(void *arg)
{
    (void)arg;
    (void)net_loop_run(&loop);
    return 0;
}
