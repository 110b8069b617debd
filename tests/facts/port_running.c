/**
 * @file port_running.c
 * @brief Facts about the threads that a port lets run.
 *
 * In most of these tests the test's own thread is one of the port's running
 * threads.  It keeps its place as long as it does not block, and whether a
 * packet was handed to a waiter can be told from the depth of the queue.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-59, PORT-61, PORT-63, PORT-64, PORT-65, PORT-66, PORT-70,
 *           PORT-71.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** @brief Make this thread the first one that runs at a port. */
static void run_here(HANDLE port)
{
    fact_post(port, 1);
    fact_poll(port, 1);
}

void fact_port_59(void)
{
    HANDLE port = fact_port(2);
    HANDLE waiters[6];
    struct fact_runner first;
    struct fact_runner second;

    /* Eight threads wait at a port that lets two run. */
    for (size_t at = 0; at < 6; at++) {
        waiters[at] = fact_waiter(port);
    }
    fact_runner_start(&second, port);
    fact_runner_start(&first, port);
    /* Of eight packets the first two release two of them.  The others are
     * queued: the threads that wait are idle, and yet none is released. */
    for (ULONG_PTR key = 1; key <= 8; key++) {
        fact_post(port, key);
    }
    fact_packet_stay(port, 6);
    fact_await(&first.key, 1);
    fact_await(&second.key, 2);
    /* When one has ended there is a place again, for one after the other. */
    fact_runner_end(&second);
    for (size_t at = 0; at < 6; at++) {
        CHECK(fact_join(waiters[at]) == 8 - at);
    }
    fact_runner_end(&first);
    CHECK(CloseHandle(port));
}

void fact_port_61(void)
{
    HANDLE port = fact_port(1);
    HANDLE waiter;

    run_here(port);
    waiter = fact_waiter(port);
    /* This thread runs, another waits, and packets are queued. */
    fact_post(port, 2);
    fact_post(port, 3);
    fact_packet_stay(port, 2);
    /* When the thread that runs asks again it does not count, so it is the
     * one that gets the next packet, not the one that waits. */
    fact_poll(port, 2);
    fact_packet_stay(port, 1);
    fact_poll(port, 3);
    /* With each packet it counts again. */
    fact_post(port, 4);
    fact_packet_stay(port, 1);
    CHECK(fact_join(waiter) == 4);
    CHECK(CloseHandle(port));
}

/* ---- More threads than the value ----------------------------------------- */

/** A thread that takes a packet, blocks, and then runs on. */
struct sleeper {
    HANDLE port;
    HANDLE event;
    volatile LONG started;
    volatile LONG back;
    volatile LONG end;
};

static DWORD WINAPI block_and_run_on(void *arg)
{
    struct sleeper *sleeper = arg;

    sleeper->started = 1;
    CHECK(fact_packet_take(sleeper->port).key == 1);
    CHECK(WaitForSingleObject(sleeper->event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    (void)InterlockedExchange(&sleeper->back, 1);
    fact_await(&sleeper->end, 1);
    return 0;
}

void fact_port_63(void)
{
    struct sleeper sleeper = {.port = fact_port(1)};
    HANDLE port = sleeper.port;
    HANDLE waiter = fact_waiter(port);
    struct fact_runner runner;
    HANDLE thread;

    sleeper.event = CreateEventW(NULL, TRUE, FALSE, NULL);
    CHECK(sleeper.event != NULL);
    fact_runner_start(&runner, port);
    thread = fact_start(block_and_run_on, &sleeper);
    fact_settle(&sleeper.started);
    /* The port lets one thread run.  It blocks, so another one may. */
    fact_post(port, 1);
    fact_post(port, 2);
    fact_await(&runner.key, 2);
    fact_post(port, 3);
    fact_packet_stay(port, 1);
    /* When the first can go on it does, without asking: now two run. */
    CHECK(SetEvent(sleeper.event));
    fact_await(&sleeper.back, 1);
    fact_packet_stay(port, 1);
    /* One ends.  One is left, which is not less than one: nobody is
     * released. */
    fact_runner_end(&runner);
    fact_packet_stay(port, 1);
    /* That happens when the other one has ended as well. */
    (void)InterlockedExchange(&sleeper.end, 1);
    (void)fact_join(thread);
    CHECK(fact_join(waiter) == 3);
    CHECK(CloseHandle(sleeper.event) && CloseHandle(port));
}

void fact_port_64(void)
{
    HANDLE port = fact_port(2);
    HANDLE clock = fact_port(1);
    HANDLE waiter = fact_waiter(port);
    struct fact_runner first;
    struct fact_runner second;
    struct fact_packet packet;

    fact_runner_start(&second, port);
    fact_runner_start(&first, port);
    /* Two threads run and do not block: there is no place for a third, */
    fact_post(port, 1);
    fact_post(port, 2);
    fact_post(port, 3);
    fact_packet_stay(port, 1);
    fact_await(&first.key, 1);
    fact_await(&second.key, 2);
    /* however long it takes. */
    for (int round = 0; round < 5; round++) {
        CHECK(!GetQueuedCompletionStatus(clock,
                                         &packet.bytes,
                                         &packet.key,
                                         &packet.overlapped,
                                         40));
        CHECK(fact_depth(port) == 1);
    }
    fact_runner_end(&first);
    CHECK(fact_join(waiter) == 3);
    fact_runner_end(&second);
    CHECK(CloseHandle(port) && CloseHandle(clock));
}

/* ---- Time-outs ----------------------------------------------------------- */

/** A thread that polls once. */
struct poller {
    HANDLE port;
    ULONG_PTR key; /* That it is to get; 0: nothing. */
    volatile LONG done;
};

static DWORD WINAPI poll_once(void *arg)
{
    struct poller *poller = arg;

    fact_poll(poller->port, poller->key);
    (void)InterlockedExchange(&poller->done, 1);
    return 0;
}

/** @brief Let another thread poll, and wait for it without blocking. */
static void poll_there(HANDLE port, ULONG_PTR key)
{
    struct poller poller = {.port = port, .key = key};
    HANDLE thread = fact_start(poll_once, &poller);

    fact_await(&poller.done, 1);
    (void)fact_join(thread);
}

void fact_port_65(void)
{
    HANDLE narrow = fact_port(1);
    HANDLE wide = fact_port(2);

    /* One thread runs where one may, and a packet is queued. */
    run_here(narrow);
    fact_post(narrow, 2);
    /* Another one polls: a time-out, although the packet is there. */
    poll_there(narrow, 0);
    CHECK(fact_depth(narrow) == 1);
    /* The thread that runs gets it. */
    fact_poll(narrow, 2);
    /* Where two may run the same poll takes the packet. */
    run_here(wide);
    fact_post(wide, 2);
    poll_there(wide, 2);
    CHECK(CloseHandle(narrow) && CloseHandle(wide));
}

/** A way to end a wait without a packet; returns a thread that must be joined
 *  later, because joining it blocks, or NULL. */
typedef HANDLE ending_fn(HANDLE port);

static HANDLE time_out_polling(HANDLE port)
{
    fact_poll(port, 0);
    return NULL;
}

static HANDLE time_out_waiting(HANDLE port)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    CHECK(!GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, 20));
    CHECK(GetLastError() == WAIT_TIMEOUT);
    return NULL;
}

static void WINAPI do_nothing(ULONG_PTR argument)
{
    (void)argument;
}

/** @brief Queue an APC to a thread when it waits. */
static DWORD WINAPI interrupt(void *thread)
{
    sim_settle();
    CHECK(QueueUserAPC(do_nothing, thread, 0));
    CHECK(CloseHandle(thread));
    return 0;
}

static HANDLE be_interrupted(HANDLE port)
{
    HANDLE self = OpenThread(THREAD_SET_CONTEXT, FALSE, GetCurrentThreadId());
    HANDLE thread = fact_start(interrupt, self);
    OVERLAPPED_ENTRY entry;
    ULONG removed;

    CHECK(!GetQueuedCompletionStatusEx(port,
                                       &entry,
                                       1,
                                       &removed,
                                       FACT_LIMIT_MS,
                                       TRUE));
    CHECK(GetLastError() == WAIT_IO_COMPLETION);
    return thread;
}

void fact_port_66(void)
{
    ending_fn *const endings[] = {time_out_polling,
                                  time_out_waiting,
                                  be_interrupted};

    for (size_t at = 0; at < sizeof endings / sizeof endings[0]; at++) {
        HANDLE port = fact_port(1);
        HANDLE waiter = fact_waiter(port);
        HANDLE helper = endings[at](port);

        /* A wait of this thread has ended, and it has got no packet.  Still it
         * counts as if it had: there is no place for the other one. */
        fact_post(port, 3);
        fact_packet_stay(port, 1);
        /* Then it blocks elsewhere, and there is. */
        CHECK(fact_join(waiter) == 3);
        if (helper != NULL) {
            (void)fact_join(helper);
        }
        CHECK(CloseHandle(port));
    }
}

/* ---- How many threads, and how many may run ------------------------------ */

/** Most threads of a test. */
enum { CROWD_MAX = 512 };

/** Threads that take one packet each. */
struct crowd {
    HANDLE port;
    LONG size;
    volatile LONG taken;
    HANDLE all_taken;
    HANDLE threads[CROWD_MAX];
};

static void crowd_start(struct crowd *crowd,
                        LPTHREAD_START_ROUTINE body,
                        LONG size)
{
    CHECK(size >= 1 && size <= CROWD_MAX);
    crowd->size = size;
    crowd->taken = 0;
    for (LONG at = 0; at < size; at++) {
        crowd->threads[at] = fact_start(body, crowd);
    }
    for (LONG at = 0; at < size; at++) {
        fact_post(crowd->port, (ULONG_PTR)at);
    }
}

static void crowd_end(struct crowd *crowd)
{
    for (LONG at = 0; at < crowd->size; at++) {
        (void)fact_join(crowd->threads[at]);
    }
    CHECK(crowd->taken == crowd->size);
    CHECK(CloseHandle(crowd->port));
}

static LONG processors(void)
{
    SYSTEM_INFO system;

    GetSystemInfo(&system);
    return (LONG)system.dwNumberOfProcessors;
}

/** @brief Take a packet and block until every thread has one. */
static DWORD WINAPI take_and_block(void *arg)
{
    struct crowd *crowd = arg;

    (void)fact_packet_take(crowd->port);
    if (InterlockedIncrement(&crowd->taken) == crowd->size) {
        CHECK(SetEvent(crowd->all_taken));
    }
    CHECK(WaitForSingleObject(crowd->all_taken, FACT_LIMIT_MS) ==
          WAIT_OBJECT_0);
    return 0;
}

/** @brief Serve as many packets as there are threads, all of which block. */
static void check_pool(LONG size, LONG concurrency)
{
    struct crowd crowd = {.port = fact_port((DWORD)concurrency)};

    crowd.all_taken = CreateEventW(NULL, TRUE, FALSE, NULL);
    CHECK(crowd.all_taken != NULL);
    crowd_start(&crowd, take_and_block, size);
    crowd_end(&crowd);
    CHECK(CloseHandle(crowd.all_taken));
}

void fact_port_70(void)
{
    LONG count = processors();

    /* What is advised: as many may run as there are processors, and there are
     * twice as many threads.  When the first half blocks, the second runs. */
    check_pool(2 * count, count);
    /* It is no more than advice: others work as well. */
    check_pool(1, count);
    check_pool(2 * count + 1, 1);
    check_pool(count, 2 * count);
}

/** @brief Take a packet and run until every thread has one. */
static DWORD WINAPI take_and_run(void *arg)
{
    struct crowd *crowd = arg;

    (void)fact_packet_take(crowd->port);
    (void)InterlockedIncrement(&crowd->taken);
    fact_await(&crowd->taken, crowd->size);
    return 0;
}

void fact_port_71(void)
{
    struct crowd crowd = {.port = fact_port(~(DWORD)0)};

    /* The largest value is no limit: more threads than there are processors
     * get a packet while all of them run. */
    crowd_start(&crowd, take_and_run, processors() + 4);
    crowd_end(&crowd);
}
