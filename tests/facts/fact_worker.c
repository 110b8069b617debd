/**
 * @file fact_worker.c
 * @brief Threads that wait at a port, and threads that keep a place in it.
 *
 * Uses:     fact.h.
 * Used by:  the fact tests of waiters and running threads.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** How long others are watched, in milliseconds and in turns. */
enum { WATCH_MS = 50, WATCH_TURNS = 32 };

void fact_post(HANDLE port, ULONG_PTR key)
{
    CHECK(PostQueuedCompletionStatus(port, 0, key, NULL));
}

void fact_settle(const volatile LONG *started)
{
    sim_settle();
    if (*started == 0) {
        fact_await(started, 1);
        sim_settle();
    }
}

void fact_await(const volatile LONG *number, LONG least)
{
    ULONGLONG end = GetTickCount64() + FACT_LIMIT_MS;

    while (*number < least) {
        CHECK(GetTickCount64() < end);
        (void)SwitchToThread();
    }
}

void fact_watch(void)
{
    ULONGLONG end = GetTickCount64() + WATCH_MS;

    /* The simulator has no use for the time: there all that others can do in
     * it they do in the turns. */
    for (int turn = 0;
         turn < WATCH_TURNS || (!sim_is_simulated() && GetTickCount64() < end);
         turn++) {
        (void)SwitchToThread();
    }
}

void fact_packet_stay(HANDLE port, LONG count)
{
    CHECK(fact_depth(port) == count);
    fact_watch();
    CHECK(fact_depth(port) == count);
}

void fact_poll(HANDLE port, ULONG_PTR key)
{
    OVERLAPPED *overlapped;
    ULONG_PTR got = 0;
    DWORD bytes;

    if (GetQueuedCompletionStatus(port, &bytes, &got, &overlapped, 0)) {
        CHECK(key != 0 && got == key);
    } else {
        CHECK(GetLastError() == WAIT_TIMEOUT);
        CHECK(key == 0);
    }
}

/** What a waiter is told; the memory is its starter's. */
struct start {
    HANDLE port;
    volatile LONG started;
};

static DWORD WINAPI take_one(void *arg)
{
    struct start *start = arg;
    HANDLE port = start->port;

    start->started = 1; /* Now the starter may return. */
    return (DWORD)fact_packet_take(port).key;
}

HANDLE fact_waiter(HANDLE port)
{
    struct start start = {.port = port};
    HANDLE thread = fact_start(take_one, &start);

    fact_settle(&start.started);
    return thread;
}

static DWORD WINAPI run_on(void *arg)
{
    struct fact_runner *runner = arg;

    runner->started = 1;
    (void)InterlockedExchange(&runner->key,
                              (LONG)fact_packet_take(runner->port).key);
    fact_await(&runner->end, 1);
    return 0;
}

void fact_runner_start(struct fact_runner *runner, HANDLE port)
{
    *runner = (struct fact_runner){.port = port};
    runner->thread = fact_start(run_on, runner);
    fact_settle(&runner->started);
}

void fact_runner_end(struct fact_runner *runner)
{
    (void)InterlockedExchange(&runner->end, 1);
    (void)fact_join(runner->thread);
}
