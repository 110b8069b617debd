/**
 * @file pipe_wait.c
 * @brief Facts about calls that block in a pipe, and about pipes without a
 *        name.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PIPE-19, PIPE-22, PIPE-24.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { WAIT_MS = 100, ROOM = 16 };

static BOOL refused(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

/** A thread that flushes. */
struct flusher {
    HANDLE file;
    volatile LONG started;
    volatile LONG over;
};

static DWORD WINAPI flush(void *arg)
{
    struct flusher *flusher = arg;

    (void)InterlockedExchange(&flusher->started, 1);
    CHECK(FlushFileBuffers(flusher->file));
    (void)InterlockedExchange(&flusher->over, 1);
    return 0;
}

/** @brief Read so many bytes that are there. */
static void read_now(HANDLE end, DWORD count)
{
    OVERLAPPED overlapped = {0};
    char in[ROOM];

    CHECK(
        fact_end(end, ReadFile(end, in, count, NULL, &overlapped), &overlapped)
            .bytes == count);
}

void fact_pipe_19(void)
{
    for (BOOL overlapped = FALSE; overlapped <= TRUE; overlapped++) {
        const struct fact_pipe_kind kind = {.overlapped = overlapped};
        WCHAR name[MAX_PATH];
        struct fact_pipe pipe = fact_pipe_make(&kind, name);
        struct flusher flusher = {.file = pipe.server};
        HANDLE thread;

        /* With nothing to read it returns, */
        CHECK(FlushFileBuffers(pipe.server));
        /* else it waits until all is read. */
        fact_write(pipe.server, "ab", 2);
        thread = fact_start(flush, &flusher);
        fact_settle(&flusher.started);
        CHECK(flusher.over == 0);
        read_now(pipe.client, 1);
        sim_settle();
        CHECK(flusher.over == 0);
        read_now(pipe.client, 1);
        (void)fact_join(thread);
        CHECK(flusher.over == 1);
        fact_pipe_close(&pipe);
    }
}

void fact_pipe_22(void)
{
    const struct fact_pipe_kind kind = {.overlapped = TRUE};
    OVERLAPPED overlapped = {0};
    WCHAR name[MAX_PATH];
    struct fact_pipe pipe = fact_pipe_make(&kind, name);

    /* The one instance has its client. */
    CHECK(refused(WaitNamedPipeW(name, WAIT_MS), ERROR_SEM_TIMEOUT));
    /* It listens again. */
    CHECK(DisconnectNamedPipe(pipe.server) && CloseHandle(pipe.client));
    CHECK(
        refused(ConnectNamedPipe(pipe.server, &overlapped), ERROR_IO_PENDING));
    CHECK(WaitNamedPipeW(name, WAIT_MS));
    /* That was true then, and somebody else can be faster. */
    pipe.client = fact_pipe_client(name, FILE_FLAG_OVERLAPPED);
    CHECK(pipe.client != INVALID_HANDLE_VALUE);
    CHECK(fact_pipe_client(name, 0) == INVALID_HANDLE_VALUE);
    CHECK(GetLastError() == ERROR_PIPE_BUSY);
    fact_pipe_close(&pipe);
    CHECK(refused(WaitNamedPipeW(name, WAIT_MS), ERROR_FILE_NOT_FOUND));
}

void fact_pipe_24(void)
{
    HANDLE port = fact_port(0);
    HANDLE read;
    HANDLE write;
    DWORD bytes;
    char in[ROOM];

    CHECK(CreatePipe(&read, &write, NULL, 0));
    /* No port hears of either end, */
    CHECK(CreateIoCompletionPort(read, port, 0, 0) == NULL);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(CreateIoCompletionPort(write, port, 0, 0) == NULL);
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER);
    /* and no OVERLAPPED is needed. */
    CHECK(WriteFile(write, "abc", 3, &bytes, NULL) && bytes == 3);
    CHECK(ReadFile(read, in, ROOM, &bytes, NULL) && bytes == 3);
    CHECK(memcmp(in, "abc", 3) == 0);
    CHECK(CloseHandle(read) && CloseHandle(write) && CloseHandle(port));
}
