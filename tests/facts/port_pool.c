/**
 * @file port_pool.c
 * @brief Facts about the thread pool's own port.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-16, PORT-101, PORT-102.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** What the callbacks have been told. */
static struct {
    volatile LONG count;
    DWORD error;
    ULONG_PTR bytes;
    const void *overlapped;
    HANDLE event;
} told;

static void told_begin(void)
{
    told.count = 0;
    told.event = CreateEventW(NULL, FALSE, FALSE, NULL);
    CHECK(told.event != NULL);
}

static void tell(DWORD error, ULONG_PTR bytes, const void *overlapped)
{
    told.error = error;
    told.bytes = bytes;
    told.overlapped = overlapped;
    (void)InterlockedIncrement(&told.count);
    CHECK(SetEvent(told.event));
}

/** @brief Check the next callback. */
static void check_told(DWORD error, ULONG_PTR bytes, const void *overlapped)
{
    CHECK(WaitForSingleObject(told.event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(told.error == error && told.bytes == bytes);
    CHECK(told.overlapped == overlapped);
}

static BOOL refused(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

/* ---- The old way --------------------------------------------------------- */

static void WINAPI bound_ended(DWORD error,
                               DWORD bytes,
                               LPOVERLAPPED overlapped)
{
    tell(error, bytes, overlapped);
}

void fact_port_16(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {0};
    char in;

    told_begin();
    CHECK(!BindIoCompletionCallback(NULL, bound_ended, 0));
    CHECK(GetLastError() == ERROR_INVALID_HANDLE ||
          GetLastError() == ERROR_INVALID_PARAMETER);
    CHECK(BindIoCompletionCallback(pipe.server, bound_ended, 0));
    /* A success, and a failure in Win32's words. */
    fact_read_later(pipe.server, &in, 1, &overlapped);
    fact_write(pipe.client, "a", 1);
    check_told(ERROR_SUCCESS, 1, &overlapped);
    fact_read_later(pipe.server, &in, 1, &overlapped);
    CHECK(CloseHandle(pipe.client));
    pipe.client = NULL;
    check_told(ERROR_BROKEN_PIPE, 0, &overlapped);
    fact_pipe_close(&pipe);
    sim_settle(); /* The callback may still be in SetEvent. */
    CHECK(CloseHandle(told.event));
}

/* ---- The new way --------------------------------------------------------- */

static void WINAPI io_ended(PTP_CALLBACK_INSTANCE instance,
                            PVOID context,
                            PVOID overlapped,
                            ULONG error,
                            ULONG_PTR bytes,
                            PTP_IO io)
{
    (void)instance;
    (void)io;
    CHECK(context == &told);
    tell(error, bytes, overlapped);
}

/** @brief Check a read of three bytes that are there. */
static void read_at_once(HANDLE file, OVERLAPPED *overlapped)
{
    char in[4];

    CHECK(ReadFile(file, in, 4, NULL, overlapped));
}

void fact_port_101(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    PTP_IO io = CreateThreadpoolIo(pipe.server, io_ended, &told, NULL);
    OVERLAPPED overlapped = {0};
    char in[4];

    told_begin();
    CHECK(io != NULL);
    /* Each operation is announced; one that pends has a callback. */
    StartThreadpoolIo(io);
    fact_read_later(pipe.server, in, 4, &overlapped);
    fact_write(pipe.client, "abc", 3);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CHECK(told.count == 1);
    check_told(ERROR_SUCCESS, 3, &overlapped);
    /* One that succeeds at once in skip mode has none, and is taken back. */
    CHECK(SetFileCompletionNotificationModes(
        pipe.server,
        FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    fact_write(pipe.client, "abc", 3);
    StartThreadpoolIo(io);
    read_at_once(pipe.server, &overlapped);
    CancelThreadpoolIo(io);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CHECK(told.count == 1);
    /* So has one that fails at once. */
    CHECK(CloseHandle(pipe.client));
    pipe.client = NULL;
    StartThreadpoolIo(io);
    CHECK(refused(ReadFile(pipe.server, in, 4, NULL, &overlapped),
                  ERROR_BROKEN_PIPE));
    CancelThreadpoolIo(io);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CHECK(told.count == 1);
    fact_pipe_close(&pipe);
    CloseThreadpoolIo(io);
    CHECK(CloseHandle(told.event));
}

void fact_port_102(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    PTP_IO io = CreateThreadpoolIo(pipe.server, io_ended, &told, NULL);
    OVERLAPPED overlapped = {0};
    char in[4];

    told_begin();
    CHECK(io != NULL);
    /* A success within the call has its callback. */
    fact_write(pipe.client, "abc", 3);
    StartThreadpoolIo(io);
    read_at_once(pipe.server, &overlapped);
    WaitForThreadpoolIoCallbacks(io, FALSE);
    CHECK(told.count == 1);
    check_told(ERROR_SUCCESS, 3, &overlapped);
    /* Giving callbacks up leaves the operation pending. */
    StartThreadpoolIo(io);
    fact_read_later(pipe.server, in, 4, &overlapped);
    WaitForThreadpoolIoCallbacks(io, TRUE);
    CHECK(told.count == 1 && !HasOverlappedIoCompleted(&overlapped));
    CHECK(CancelIoEx(pipe.server, &overlapped));
    sim_settle();
    /* If a callback comes of it after all, it says so. */
    if (told.count == 2) {
        check_told(ERROR_OPERATION_ABORTED, 0, &overlapped);
    }
    sim_mark(told.count == 2 ? "callback runs" : "callback is given up");
    fact_pipe_close(&pipe);
    CloseThreadpoolIo(io);
    CHECK(CloseHandle(told.event));
}
