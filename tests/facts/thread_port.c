/**
 * @file thread_port.c
 * @brief Facts about threads as a port sees them.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    THREAD-13, THREAD-14, THREAD-15.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

enum { KEY = 5 };

void fact_thread_13(void)
{
    HANDLE port = fact_port(1);
    HANDLE waiter = fact_waiter(port);
    struct fact_runner runner;

    fact_runner_start(&runner, port);
    /* The port lets one thread run, and it does; another one waits. */
    fact_post(port, 1);
    fact_await(&runner.key, 1);
    fact_post(port, 2);
    fact_packet_stay(port, 1);
    /* The first one is suspended: it counts as blocked, and the other one
     * gets the packet. */
    CHECK(SuspendThread(runner.thread) == 0);
    CHECK(fact_join(waiter) == 2);
    /* Resumed it counts again, without asking. */
    waiter = fact_waiter(port);
    CHECK(ResumeThread(runner.thread) == 1);
    fact_post(port, 3);
    fact_packet_stay(port, 1);
    /* It is suspended once more, while it runs on. */
    CHECK(SuspendThread(runner.thread) == 0);
    CHECK(fact_join(waiter) == 3);
    CHECK(ResumeThread(runner.thread) == 1);
    fact_runner_end(&runner);
    CHECK(CloseHandle(port));
}

/* ---- Who issues, who takes ----------------------------------------------- */

/** A thread that issues a read and blocks. */
struct issuer {
    HANDLE file;
    HANDLE event;
    OVERLAPPED overlapped;
    char byte;
    volatile LONG woken;
};

static DWORD WINAPI issue_and_block(void *arg)
{
    struct issuer *issuer = arg;

    fact_read_later(issuer->file, &issuer->byte, 1, &issuer->overlapped);
    CHECK(WaitForSingleObject(issuer->event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    (void)InterlockedExchange(&issuer->woken, 1);
    return 0;
}

/** @brief A thread that takes the packet of another's read. */
static DWORD WINAPI take_here(void *port)
{
    struct fact_packet packet = fact_packet_take(port);

    CHECK(packet.success && packet.key == KEY && packet.bytes == 1);
    CHECK(HasOverlappedIoCompleted(packet.overlapped));
    return 0;
}

void fact_thread_14(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    struct issuer issuer = {.file = pipe.server};
    HANDLE thread;
    HANDLE taker;

    issuer.event = CreateEventW(NULL, TRUE, FALSE, NULL);
    CHECK(issuer.event != NULL);
    fact_associate(pipe.server, port, KEY);
    /* One thread issues a read and blocks.  Another one, which was there
     * before, gets the packet while the first one is still blocked. */
    taker = fact_start(take_here, port);
    sim_settle();
    thread = fact_start(issue_and_block, &issuer);
    sim_settle();
    fact_write(pipe.client, "a", 1);
    (void)fact_join(taker);
    CHECK(issuer.byte == 'a' && !issuer.woken);
    CHECK(SetEvent(issuer.event));
    (void)fact_join(thread);
    /* The thread that issued has ended, and one that begins later takes. */
    (void)fact_join(fact_start(issue_and_block, &issuer));
    fact_write(pipe.client, "b", 1);
    (void)fact_join(fact_start(take_here, port));
    CHECK(issuer.byte == 'b');
    CHECK(CloseHandle(issuer.event) && CloseHandle(port));
    fact_pipe_close(&pipe);
}

/* ---- Last errors --------------------------------------------------------- */

/** A thread that takes a packet of a failed read. */
struct failed {
    HANDLE port;
    volatile LONG taken;
    volatile LONG look;
};

static DWORD WINAPI take_failed(void *arg)
{
    struct failed *failed = arg;
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    SetLastError(ERROR_SUCCESS);
    CHECK(!GetQueuedCompletionStatus(failed->port,
                                     &bytes,
                                     &key,
                                     &overlapped,
                                     FACT_LIMIT_MS));
    (void)InterlockedExchange(&failed->taken, 1);
    fact_await(&failed->look, 1);
    /* Meanwhile another thread's last error was changed. */
    return GetLastError();
}

void fact_thread_15(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    struct failed failed = {.port = fact_port(0)};
    OVERLAPPED overlapped = {0};
    HANDLE thread;
    char byte;

    fact_associate(pipe.server, failed.port, KEY);
    fact_read_later(pipe.server, &byte, 1, &overlapped);
    thread = fact_start(take_failed, &failed);
    /* This thread cancels its read, another one takes the packet: the last
     * error is that one's alone. */
    CHECK(CancelIoEx(pipe.server, &overlapped));
    SetLastError(ERROR_SUCCESS);
    fact_await(&failed.taken, 1);
    CHECK(GetLastError() == ERROR_SUCCESS);
    SetLastError(ERROR_GEN_FAILURE);
    (void)InterlockedExchange(&failed.look, 1);
    CHECK(fact_join(thread) == ERROR_OPERATION_ABORTED);
    CHECK(GetLastError() == ERROR_GEN_FAILURE);
    CHECK(CloseHandle(failed.port));
    fact_pipe_close(&pipe);
}
