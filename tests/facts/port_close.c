/**
 * @file port_close.c
 * @brief Facts about closing a port.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-76, PORT-77, PORT-78, PORT-79, PORT-80, PORT-81.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

/* ---- Threads that wait --------------------------------------------------- */

/** Threads that wait at a port by different calls. */
struct waiters {
    HANDLE port;
    volatile LONG started; /* Set by each. */
    volatile LONG returned;
};

static DWORD WINAPI abandon_one(void *arg)
{
    struct waiters *waiters = arg;
    OVERLAPPED *overlapped = (OVERLAPPED *)arg;
    ULONG_PTR key;
    DWORD bytes;

    waiters->started = 1;
    CHECK(!GetQueuedCompletionStatus(waiters->port,
                                     &bytes,
                                     &key,
                                     &overlapped,
                                     FACT_LIMIT_MS));
    CHECK(GetLastError() == ERROR_ABANDONED_WAIT_0);
    CHECK(overlapped == NULL);
    (void)InterlockedIncrement(&waiters->returned);
    return 0;
}

static DWORD WINAPI abandon_batch(void *arg)
{
    struct waiters *waiters = arg;
    OVERLAPPED_ENTRY entries[2];
    ULONG removed;

    waiters->started = 1;
    CHECK(!GetQueuedCompletionStatusEx(waiters->port,
                                       entries,
                                       2,
                                       &removed,
                                       FACT_LIMIT_MS,
                                       TRUE));
    CHECK(GetLastError() == ERROR_ABANDONED_WAIT_0);
    (void)InterlockedIncrement(&waiters->returned);
    return 0;
}

static DWORD WINAPI abandon_natively(void *arg)
{
    struct waiters *waiters = arg;
    LARGE_INTEGER limit = {.QuadPart = -50000000}; /* 5 s */
    IO_STATUS_BLOCK block;
    PVOID context;
    PVOID key;

    waiters->started = 1;
    CHECK(fact_native().remove(waiters->port,
                               &key,
                               &context,
                               &block,
                               sim_is_simulated() ? NULL : &limit) ==
          STATUS_ABANDONED_WAIT_0);
    (void)InterlockedIncrement(&waiters->returned);
    return 0;
}

/** @brief A second handle to the same port. */
static HANDLE duplicate(HANDLE port)
{
    HANDLE same;

    CHECK(DuplicateHandle(GetCurrentProcess(),
                          port,
                          GetCurrentProcess(),
                          &same,
                          0,
                          FALSE,
                          DUPLICATE_SAME_ACCESS));
    return same;
}

/** @brief Wait, or come too late for that. */
static DWORD WINAPI wait_or_miss(void *port)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    CHECK(!GetQueuedCompletionStatus(port,
                                     &bytes,
                                     &key,
                                     &overlapped,
                                     FACT_LIMIT_MS));
    if (GetLastError() == ERROR_ABANDONED_WAIT_0) {
        sim_mark("abandoned");
    } else {
        /* PORT-77: the handle was closed before the wait began. */
        CHECK(GetLastError() == ERROR_INVALID_HANDLE);
        sim_mark("too late");
    }
    return 0;
}

void fact_port_76(void)
{
    const LPTHREAD_START_ROUTINE bodies[] = {abandon_one,
                                             abandon_batch,
                                             abandon_natively,
                                             abandon_one};
    struct waiters waiters = {.port = fact_port(1)};
    HANDLE threads[4];
    HANDLE same = duplicate(waiters.port);

    for (size_t at = 0; at < 4; at++) {
        waiters.started = 0;
        threads[at] = fact_start(bodies[at], &waiters);
        fact_settle(&waiters.started);
    }
    /* One of two handles is closed: the threads wait on. */
    CHECK(CloseHandle(same));
    sim_settle();
    CHECK(waiters.returned == 0);
    /* The last one is closed: all waits end, however many may run. */
    CHECK(CloseHandle(waiters.port));
    for (size_t at = 0; at < 4; at++) {
        (void)fact_join(threads[at]);
    }
    CHECK(waiters.returned == 4);
    /* A thread that is about to wait is abandoned, or it comes too late. */
    waiters.port = fact_port(1);
    threads[0] = fact_start(wait_or_miss, waiters.port);
    CHECK(CloseHandle(waiters.port));
    (void)fact_join(threads[0]);
}

/** @brief A wait that begins when the handle is closed. */
static DWORD WINAPI wait_too_late(void *port)
{
    OVERLAPPED *overlapped = (OVERLAPPED *)&port;
    ULONG_PTR key;
    DWORD bytes;

    CHECK(!GetQueuedCompletionStatus(port,
                                     &bytes,
                                     &key,
                                     &overlapped,
                                     FACT_LIMIT_MS));
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(overlapped == NULL);
    return 0;
}

void fact_port_77(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(1);
    HANDLE thread;

    /* A file keeps the port alive, and there is a packet in it. */
    fact_associate(pipe.server, port, 7);
    fact_post(port, 3);
    thread = CreateThread(NULL, 0, wait_too_late, port, CREATE_SUSPENDED, NULL);
    CHECK(thread != NULL);
    /* What counts is the handle: when it is closed no wait can begin, in this
     * thread or in another. */
    CHECK(CloseHandle(port));
    CHECK(ResumeThread(thread) == 1);
    (void)fact_join(thread);
    (void)wait_too_late(port);
    fact_pipe_close(&pipe);
}

void fact_port_78(void)
{
    struct waiters waiters = {.port = fact_port(1)};
    HANDLE thread = fact_start(abandon_one, &waiters);

    fact_settle(&waiters.started);
    /* Windows' table has an error for this status, */
    CHECK(fact_native().to_dos_error(STATUS_ABANDONED_WAIT_0) ==
          ERROR_WAIT_NO_CHILDREN);
    /* but a thread that is abandoned at a port sees another. */
    CHECK(CloseHandle(waiters.port));
    (void)fact_join(thread);
}

/* ---- Lifetime ------------------------------------------------------------ */

/** @brief Check that a port has nothing to do with another one's life. */
static void check_unharmed(HANDLE port)
{
    CHECK(fact_packet_none(port));
    fact_post(port, 3);
    fact_poll(port, 3);
}

void fact_port_79(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    HANDLE fresh;
    char in[4];

    /* The handle is closed while a file is associated.  The port lives on,
     * for the file. */
    fact_associate(pipe.server, port, 7);
    CHECK(CloseHandle(port));
    /* What the file still does goes there.  If the port's memory were free, a
     * new port might have it by now, and the file's packet in it. */
    fresh = fact_port(0);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "ab", 2);
    check_unharmed(fresh);
    fact_pipe_close(&pipe);
    check_unharmed(fresh);
    /* The file goes first.  The port lives on, for its handle, and has the
     * packet of what was pending. */
    pipe = fact_pipe(FALSE);
    fact_associate(pipe.server, fresh, 7);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_pipe_close(&pipe);
    CHECK(fact_packet_take(fresh).overlapped == &overlapped);
    check_unharmed(fresh);
    CHECK(CloseHandle(fresh));
}

/** Number of the native call. */
enum { RESERVE_FOR_PORT = 1 };

/** @brief Post with memory that is reserved for one packet, if there is such
 *  a call; returns the reserve, or NULL. */
static HANDLE post_reserved(HANDLE port)
{
    struct fact_native native = fact_native();
    HANDLE reserve = NULL;

    if (native.set_ex != NULL && native.allocate_reserve != NULL) {
        CHECK(native.allocate_reserve(&reserve, NULL, RESERVE_FOR_PORT) ==
              STATUS_SUCCESS);
        CHECK(native.set_ex(port, reserve, NULL, NULL, 0, 0) == STATUS_SUCCESS);
    }
    return reserve;
}

void fact_port_80(void)
{
    struct fact_native native = fact_native();
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    HANDLE reserve;
    OVERLAPPED posted;
    OVERLAPPED read = {0};
    OVERLAPPED before[2];
    char in[4];

    /* In a port are a posted packet, an operation's, and one in memory that
     * was reserved for it. */
    memset(&posted, 0xAB, sizeof posted);
    CHECK(PostQueuedCompletionStatus(port, 3, 5, &posted));
    fact_associate(pipe.server, port, 7);
    fact_read_later(pipe.server, in, sizeof in, &read);
    CHECK(CancelIoEx(pipe.server, &read));
    fact_packet_await(port, 2);
    reserve = post_reserved(port);
    before[0] = posted;
    before[1] = read;
    /* Handle and file are closed: the port dies.  Nobody is told of the
     * packets: the OVERLAPPED blocks stay as they were. */
    CHECK(CloseHandle(port));
    fact_pipe_close(&pipe);
    sim_settle();
    CHECK(memcmp(&posted, &before[0], sizeof posted) == 0);
    CHECK(memcmp(&read, &before[1], sizeof read) == 0);
    /* The packets are gone: a new port has none of them, and what was
     * reserved can be used again. */
    port = fact_port(0);
    check_unharmed(port);
    if (reserve != NULL) {
        CHECK(native.set_ex(port, reserve, NULL, NULL, 0, 0) == STATUS_SUCCESS);
        CHECK(fact_depth(port) == 1);
        CHECK(CloseHandle(reserve));
    }
    CHECK(CloseHandle(port));
}

void fact_port_81(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};
    DWORD bytes;
    char in[4] = "";

    /* A read is pending when its port is closed. */
    fact_associate(pipe.server, port, 7);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(CloseHandle(port));
    /* It is still pending, */
    sim_settle();
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    CHECK(!HasOverlappedIoCompleted(&overlapped));
    /* and what comes is written into its buffer. */
    fact_write(pipe.client, "ab", 2);
    CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, FALSE));
    CHECK(bytes == 2 && memcmp(in, "ab", 2) == 0);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event));
}
