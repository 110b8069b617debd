/**
 * @file bench_explore.c
 * @brief How many worlds, calls and packets a second.
 *
 * Exploring is only as good as the number of schedules a second.  Each figure
 * is one kind of program: worlds that are over at once, long runs of atomic
 * steps, packets through a port, many threads.
 *
 * Uses:     sim.h, bench.h.
 * Used by:  make bench.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <windows.h>

#include "bench.h"
#include "sim.h"

static volatile LONG counter;
static SRWLOCK lock;

/** @brief Explore a scenario and insist that it passes. */
static struct sim_report run(sim_scenario_fn *scenario,
                             void *arg,
                             const struct sim_options *options)
{
    struct sim_report report = sim_explore(options, scenario, arg);

    if (!report.passed) {
        sim_print_report(stderr, &report, &(struct sim_print){.last = 20});
        exit(1);
    }
    return report;
}

/** @brief Start threads that run @p body, and wait for all of them. */
static void fork_join(LPTHREAD_START_ROUTINE body, DWORD count, void *arg)
{
    static HANDLE threads[10000];

    for (DWORD index = 0; index < count; index++) {
        threads[index] = CreateThread(NULL, 0, body, arg, 0, NULL);
    }
    for (DWORD index = 0; index < count; index++) {
        WaitForSingleObject(threads[index], INFINITE);
        CloseHandle(threads[index]);
    }
}

/* ---- Worlds that are over at once ---------------------------------------- */

enum { TINY_RUNS = 200000 };

static DWORD WINAPI increment(void *arg)
{
    (void)arg;
    InterlockedIncrement(&counter);
    return 0;
}

/** Two threads: the scenario's own and one more. */
static void tiny_interlocked(void *arg)
{
    HANDLE other = CreateThread(NULL, 0, increment, NULL, 0, NULL);

    (void)arg;
    InterlockedIncrement(&counter);
    WaitForSingleObject(other, INFINITE);
    CloseHandle(other);
}

static DWORD WINAPI take_lock(void *arg)
{
    (void)arg;
    AcquireSRWLockExclusive(&lock);
    ReleaseSRWLockExclusive(&lock);
    return 0;
}

static void tiny_lock(void *arg)
{
    HANDLE other = CreateThread(NULL, 0, take_lock, NULL, 0, NULL);

    take_lock(arg);
    WaitForSingleObject(other, INFINITE);
    CloseHandle(other);
}

static double work_tiny_interlocked(void)
{
    return (double)run(tiny_interlocked,
                       NULL,
                       &(struct sim_options){.runs = TINY_RUNS})
        .runs;
}

static double work_tiny_lock(void)
{
    return (double)run(tiny_lock,
                       NULL,
                       &(struct sim_options){.runs = TINY_RUNS})
        .runs;
}

/* ---- Long runs of atomic steps ------------------------------------------- */

enum { EVENT_THREADS = 5, EVENT_STEPS = 2000, EVENT_RUNS = 100 };

static DWORD WINAPI step(void *arg)
{
    const int *steps = arg;

    for (int at = 0; at < *steps; at++) {
        InterlockedIncrement(&counter);
    }
    return 0;
}

static void events_5x2000(void *arg)
{
    int steps = EVENT_STEPS;

    (void)arg;
    fork_join(step, EVENT_THREADS, &steps);
}

static double events(bool calls_only, bool record)
{
    run(events_5x2000,
        NULL,
        &(struct sim_options){.runs = EVENT_RUNS,
                              .calls_only = calls_only,
                              .record = record});
    return (double)EVENT_RUNS * EVENT_THREADS * EVENT_STEPS;
}

static double work_events(void)
{
    return events(false, false);
}

static double work_events_calls_only(void)
{
    return events(true, false);
}

static double work_events_recorded(void)
{
    return events(false, true);
}

static void threads_100x100(void *arg)
{
    int steps = 100;

    (void)arg;
    fork_join(step, 100, &steps);
}

static double work_threads_100x100(void)
{
    enum { RUNS = 100 };

    run(threads_100x100, NULL, &(struct sim_options){.runs = RUNS});
    return RUNS * 100.0 * 100.0;
}

static void threads_10000(void *arg)
{
    int steps = 10;

    (void)arg;
    fork_join(step, 10000, &steps);
}

static double work_threads_10000(void)
{
    run(threads_10000, NULL, &(struct sim_options){.runs = 1});
    return 10000.0 * 10.0;
}

/* ---- Packets -------------------------------------------------------------- */

enum { PAIRS = 1000000, HANDOFFS = 200000 };

static void port_post_wait(void *arg)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    (void)arg;
    for (int pair = 0; pair < PAIRS; pair++) {
        PostQueuedCompletionStatus(port, 1, 2, NULL);
        GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    }
    CloseHandle(port);
}

static double work_port_post_wait(void)
{
    run(port_post_wait,
        NULL,
        &(struct sim_options){.runs = 1, .steps_max = 10 * PAIRS});
    return PAIRS;
}

static HANDLE there;
static HANDLE back;

static DWORD WINAPI answer(void *arg)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    (void)arg;
    for (int turn = 0; turn < HANDOFFS / 2; turn++) {
        GetQueuedCompletionStatus(there, &bytes, &key, &overlapped, INFINITE);
        PostQueuedCompletionStatus(back, 0, 0, NULL);
    }
    return 0;
}

static void port_handoff(void *arg)
{
    HANDLE other;
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    (void)arg;
    there = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    back = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    other = CreateThread(NULL, 0, answer, NULL, 0, NULL);
    for (int turn = 0; turn < HANDOFFS / 2; turn++) {
        PostQueuedCompletionStatus(there, 0, 0, NULL);
        GetQueuedCompletionStatus(back, &bytes, &key, &overlapped, INFINITE);
    }
    WaitForSingleObject(other, INFINITE);
    CloseHandle(other);
    CloseHandle(there);
    CloseHandle(back);
}

static double work_port_handoff(void)
{
    run(port_handoff,
        NULL,
        &(struct sim_options){.runs = 1, .steps_max = 100 * HANDOFFS});
    return HANDOFFS;
}

/* ---- A bounded buffer: 3 producers, 3 consumers, 27 items ----------------- */

enum {
    BUFFER_SIDES = 3,
    BUFFER_ITEMS = 9,
    BUFFER_ROOM = 5,
    BUFFER_RUNS = 5000
};

static struct {
    SRWLOCK lock;
    CONDITION_VARIABLE changed;
    int filled;
} buffer;

static DWORD WINAPI produce(void *arg)
{
    (void)arg;
    for (int item = 0; item < BUFFER_ITEMS; item++) {
        AcquireSRWLockExclusive(&buffer.lock);
        while (buffer.filled == BUFFER_ROOM) {
            SleepConditionVariableSRW(&buffer.changed,
                                      &buffer.lock,
                                      INFINITE,
                                      0);
        }
        buffer.filled++;
        WakeAllConditionVariable(&buffer.changed);
        ReleaseSRWLockExclusive(&buffer.lock);
    }
    return 0;
}

static DWORD WINAPI consume(void *arg)
{
    (void)arg;
    for (int item = 0; item < BUFFER_ITEMS; item++) {
        AcquireSRWLockExclusive(&buffer.lock);
        while (buffer.filled == 0) {
            SleepConditionVariableSRW(&buffer.changed,
                                      &buffer.lock,
                                      INFINITE,
                                      0);
        }
        buffer.filled--;
        WakeAllConditionVariable(&buffer.changed);
        ReleaseSRWLockExclusive(&buffer.lock);
    }
    return 0;
}

static DWORD WINAPI send_items(void *port)
{
    for (int item = 0; item < BUFFER_ITEMS; item++) {
        PostQueuedCompletionStatus(port, 0, 0, NULL);
    }
    return 0;
}

static DWORD WINAPI take_items(void *port)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    for (int item = 0; item < BUFFER_ITEMS; item++) {
        GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE);
    }
    return 0;
}

/** @brief Run both sides to their end. */
static void both_sides(LPTHREAD_START_ROUTINE in,
                       LPTHREAD_START_ROUTINE out,
                       void *arg)
{
    HANDLE threads[2 * BUFFER_SIDES];

    for (int side = 0; side < BUFFER_SIDES; side++) {
        threads[2 * side] = CreateThread(NULL, 0, in, arg, 0, NULL);
        threads[2 * side + 1] = CreateThread(NULL, 0, out, arg, 0, NULL);
    }
    WaitForMultipleObjects(2 * BUFFER_SIDES, threads, TRUE, INFINITE);
    for (int side = 0; side < 2 * BUFFER_SIDES; side++) {
        CloseHandle(threads[side]);
    }
}

static void buffer_condition(void *arg)
{
    memset(&buffer, 0, sizeof buffer);
    both_sides(produce, consume, arg);
}

static void buffer_port(void *arg)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 6);

    (void)arg;
    both_sides(send_items, take_items, port);
    CloseHandle(port);
}

static double work_buffer_condition(void)
{
    return (double)run(buffer_condition,
                       NULL,
                       &(struct sim_options){.runs = BUFFER_RUNS})
        .runs;
}

static double work_buffer_port(void)
{
    return (double)run(buffer_port,
                       NULL,
                       &(struct sim_options){.runs = BUFFER_RUNS})
        .runs;
}

/** One benchmark. */
static const struct {
    const char *name;
    const char *unit;
    bench_work_fn *work;
} table[] = {
    {"tiny_lock", "worlds/s", work_tiny_lock},
    {"tiny_interlocked", "worlds/s", work_tiny_interlocked},
    {"events_5x2000", "events/s", work_events},
    {"events_5x2000_calls_only", "events/s", work_events_calls_only},
    {"events_5x2000_recorded", "events/s", work_events_recorded},
    {"port_post_wait", "pairs/s", work_port_post_wait},
    {"port_handoff", "handoffs/s", work_port_handoff},
    {"buffer_condition", "worlds/s", work_buffer_condition},
    {"buffer_port", "worlds/s", work_buffer_port},
    {"threads_100x100", "events/s", work_threads_100x100},
    {"threads_10000", "events/s", work_threads_10000},
};

int main(int argc, char **argv)
{
    /* A name as argument runs that benchmark alone, for a profiler. */
    for (size_t at = 0; at < sizeof table / sizeof table[0]; at++) {
        if (argc < 2 || strcmp(argv[1], table[at].name) == 0) {
            bench_rate(table[at].name, table[at].unit, table[at].work);
        }
    }
    return 0;
}
