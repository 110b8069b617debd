/**
 * @file cancel_sync.c
 * @brief Facts about freeing a thread that blocks in an operation.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    CANCEL-12, CANCEL-13.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

static BOOL refused(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

/** A thread that blocks in a read. */
struct blocked {
    HANDLE file;
    HANDLE thread;
    volatile LONG started;
};

static DWORD WINAPI read_blocking(void *arg)
{
    struct blocked *blocked = arg;
    DWORD bytes;
    char in;

    (void)InterlockedExchange(&blocked->started, 1);
    return ReadFile(blocked->file, &in, 1, &bytes, NULL) ? ERROR_SUCCESS
                                                         : GetLastError();
}

/** @brief Start such a thread; returns when it blocks. */
static void block(struct blocked *blocked, HANDLE file)
{
    *blocked = (struct blocked){.file = file};
    blocked->thread = fact_start(read_blocking, blocked);
    fact_settle(&blocked->started);
}

/** A thread that waits for an event, with a read of its own pending. */
struct idle {
    HANDLE file;
    HANDLE event;
    OVERLAPPED overlapped;
    volatile LONG started;
    char in;
};

static DWORD WINAPI read_and_wait(void *arg)
{
    struct idle *idle = arg;

    fact_read_later(idle->file, &idle->in, 1, &idle->overlapped);
    (void)InterlockedExchange(&idle->started, 1);
    CHECK(WaitForSingleObject(idle->event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    return 0;
}

/** @brief Check that a thread with an overlapped read is not reached. */
static void check_asynchronous(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    struct idle idle = {.file = pipe.server};
    HANDLE thread;

    idle.event = CreateEventW(NULL, TRUE, FALSE, NULL);
    CHECK(idle.event != NULL);
    thread = fact_start(read_and_wait, &idle);
    fact_settle(&idle.started);
    CHECK(refused(CancelSynchronousIo(thread), ERROR_NOT_FOUND));
    CHECK(!HasOverlappedIoCompleted(&idle.overlapped));
    CHECK(SetEvent(idle.event));
    (void)fact_join(thread);
    CHECK(CloseHandle(idle.event));
    fact_pipe_close(&pipe);
}

void fact_cancel_12(void)
{
    const struct fact_pipe_kind kind = {0};
    WCHAR name[MAX_PATH];
    struct fact_pipe pipe = fact_pipe_make(&kind, name);
    struct blocked blocked;

    block(&blocked, pipe.server);
    CHECK(CancelSynchronousIo(blocked.thread));
    CHECK(fact_join(blocked.thread) == ERROR_OPERATION_ABORTED);
    check_asynchronous();
    CHECK(refused(CancelSynchronousIo(NULL), ERROR_INVALID_HANDLE));
    fact_pipe_close(&pipe);
}

void fact_cancel_13(void)
{
    const struct fact_pipe_kind kind = {0};
    WCHAR name[MAX_PATH];
    struct fact_pipe pipe = fact_pipe_make(&kind, name);
    struct blocked blocked;

    block(&blocked, pipe.server);
    CHECK(CancelIoEx(pipe.server, NULL));
    CHECK(fact_join(blocked.thread) == ERROR_OPERATION_ABORTED);
    fact_pipe_close(&pipe);
}
