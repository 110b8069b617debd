/**
 * @file lesson.c
 * @brief Lesson 04: threads and the concurrency value.
 *
 * Three threads wait at a port that lets one of them run.  The first packet's
 * handler blocks, and while it does the port lets another thread run in its
 * place.  Who takes which packet can be said beforehand.
 *
 * Uses:     iocp.h, lesson.h.
 * Used by:  dry run lesson-04.
 * Facts:    PORT-33, PORT-56, PORT-59, PORT-62, PORT-63, PORT-70.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson.h"
#include "iocp.h"

/* ---- The program --------------------------------------------------------- */

enum { WAITERS = 3, PACKETS = 3, QUIT = 0 };

static struct iocp port;

//! [worker]
/** @brief Take packets until the one that says quit.
 *
 *  The key of a packet says for how many milliseconds its handler blocks. */
static DWORD WINAPI work(void *arg)
{
    struct iocp_packet packet;

    (void)arg;
    /* BOUND: each thread takes one quit packet, and as many are posted. */
    while (iocp_take(&port, INFINITE, &packet) == IOCP_PACKET &&
           packet.key != QUIT) {
        sim_note("handles packet %u", (unsigned)packet.bytes);
        Sleep((DWORD)packet.key);
        sim_note("has handled packet %u", (unsigned)packet.bytes);
    }
    return 0;
}
//! [worker]

/** @brief Post a packet whose handler blocks for @p block_ms. */
static void post(ULONG_PTR block_ms, DWORD number)
{
    struct iocp_packet packet = {block_ms, NULL, number, 0};

    sim_assert(iocp_post(&port, &packet) == 0);
}

/** @brief Start threads, and wait until they wait at the port. */
static void start(HANDLE *threads, DWORD count)
{
    for (DWORD index = 0; index < count; index++) {
        threads[index] = CreateThread(NULL, 0, work, NULL, 0, NULL);
        sim_assert(threads[index] != NULL);
        /* One after the other, so that we know who waits longest. */
        sim_settle();
    }
}

/** @brief Tell each thread to quit, and wait until all have. */
static void stop(HANDLE *threads, DWORD count)
{
    for (DWORD index = 0; index < count; index++) {
        post(QUIT, 0);
    }
    sim_assert(WaitForMultipleObjects(count, threads, TRUE, 60000) ==
               WAIT_OBJECT_0);
    for (DWORD index = 0; index < count; index++) {
        sim_assert(CloseHandle(threads[index]));
    }
}

//! [program]
void lesson_04(void *arg)
{
    HANDLE threads[WAITERS];

    (void)arg;
    sim_assert(iocp_open(&port, 1) == 0);
    start(threads, WAITERS);
    post(20, 1); /* Its handler blocks for 20 ms. */
    Sleep(1);
    post(5, 2); /* Taken at once: the first thread does not run now. */
    Sleep(1);
    post(5, 3);
    Sleep(50);
    stop(threads, WAITERS);
    iocp_close(&port);
}
//! [program]

/* ---- The exercise -------------------------------------------------------- */

struct plan {
    DWORD threads;
    DWORD concurrency;
};

/**
 * @brief Plan for two handlers that block for 20 ms each, and a third.
 *
 * The third packet must be handled within 5 ms of being posted, with no more
 * threads than that takes and no more of them running than there are
 * processors: one.
 */
static struct plan plan(void)
{
#if VARIANT == REFERENCE
    /* One runs at a time, and two more stand in for those that block. */
    return (struct plan){.threads = 3, .concurrency = 1};
#elif VARIANT == BUG_1 /* As many threads as may run: none to stand in. */
    return (struct plan){.threads = 1, .concurrency = 1};
#elif VARIANT == BUG_2 /* Many, to be safe. */
    return (struct plan){.threads = 64, .concurrency = 64};
#elif VARIANT == BUG_3 /* The concurrency value does not make threads. */
    return (struct plan){.threads = 2, .concurrency = 2};
#else
    /* How many may run at once, and how many more must stand in? */
    return (struct plan){.threads = 1, .concurrency = 1};
#endif
}

/* ---- The check ------------------------------------------------------------ */

enum { THREADS_MAX = 64 };

static volatile LONG third_delay_ms;
static ULONGLONG third_posted_ms;

/** @brief As work(), and measures how late packet 3 is handled. */
static DWORD WINAPI work_measured(void *arg)
{
    struct iocp_packet packet;

    (void)arg;
    /* BOUND: each thread takes one quit packet, and as many are posted. */
    while (iocp_take(&port, INFINITE, &packet) == IOCP_PACKET &&
           packet.key != QUIT) {
        if (packet.bytes == PACKETS) {
            InterlockedExchange(&third_delay_ms,
                                (LONG)(GetTickCount64() - third_posted_ms));
        }
        Sleep((DWORD)packet.key);
    }
    return 0;
}

void lesson_04_check(void *arg)
{
    struct plan answer = plan();
    HANDLE threads[THREADS_MAX];

    (void)arg;
    sim_assert(answer.threads >= 1 && answer.threads <= PACKETS);
    sim_assert(answer.concurrency == 1);
    third_delay_ms = INT32_MAX;
    sim_assert(iocp_open(&port, answer.concurrency) == 0);
    for (DWORD index = 0; index < answer.threads; index++) {
        threads[index] = CreateThread(NULL, 0, work_measured, NULL, 0, NULL);
        sim_assert(threads[index] != NULL);
    }
    sim_settle();
    third_posted_ms = GetTickCount64();
    post(20, 1);
    post(20, 2);
    post(1, PACKETS);
    Sleep(100);
    sim_assert(third_delay_ms <= 5);
    stop(threads, answer.threads);
    iocp_close(&port);
}

/* expect: dry run lesson-04 --seed 1
 *   D handles packet 1   (it blocked last, so it is released first)
 *   C handles packet 2   (D blocks in its handler and gives its place away)
 *   B handles packet 3
 */
