/**
 * @file ovl_routine.c
 * @brief Facts about operations that end in a routine.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    OVL-33, OVL-34.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <stddef.h>

/** What the routine heard; only the test's own thread runs it. */
static struct {
    int runs;
    DWORD thread;
    DWORD error;
    DWORD bytes;
    OVERLAPPED *overlapped;
} heard;

static VOID CALLBACK hear(DWORD error, DWORD bytes, OVERLAPPED *overlapped)
{
    heard.runs++;
    heard.thread = GetCurrentThreadId();
    heard.error = error;
    heard.bytes = bytes;
    heard.overlapped = overlapped;
}

/** @brief Wait alertably until the routine has run, once. */
static void await_routine(const OVERLAPPED *overlapped, DWORD error)
{
    heard.runs = 0;
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(heard.runs == 1);
    CHECK(heard.thread == GetCurrentThreadId());
    CHECK(heard.overlapped == overlapped && heard.error == error);
}

/** @brief See that no routine is about to run. */
static void check_silence(void)
{
    heard.runs = 0;
    sim_settle();
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(heard.runs == 0);
}

void fact_ovl_33(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    WSAOVERLAPPED winsock = {.hEvent = event};
    LPWSAOVERLAPPED same = &winsock;
    OVERLAPPED *overlapped = &winsock; /* No cast: it is the same type. */
    char in[4];

    CHECK(event != NULL && same == overlapped);
    CHECK(sizeof winsock == sizeof(OVERLAPPED));
    CHECK(offsetof(WSAOVERLAPPED, hEvent) == offsetof(OVERLAPPED, hEvent));
    /* With a routine hEvent is the program's own: an event there is neither
     * reset nor set, */
    CHECK(SetEvent(event));
    CHECK(ReadFileEx(pipe.server, in, sizeof in, overlapped, hear));
    CHECK(WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    CHECK(ResetEvent(event));
    fact_write(pipe.client, "a", 1);
    await_routine(overlapped, ERROR_SUCCESS);
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    /* and what is no handle at all is as good, and left alone. */
    overlapped->hEvent = (HANDLE)(ULONG_PTR)0x12345;
    CHECK(ReadFileEx(pipe.server, in, sizeof in, overlapped, hear));
    fact_write(pipe.client, "a", 1);
    await_routine(overlapped, ERROR_SUCCESS);
    CHECK(winsock.hEvent == (HANDLE)(ULONG_PTR)0x12345);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event));
}

/** @brief Another thread brings the end about, and waits alertably. */
static DWORD WINAPI write_and_wait(void *client)
{
    fact_write(client, "ab", 2);
    return SleepEx(50, TRUE);
}

/** @brief An operation that is over within its call. */
static void check_at_once(const struct fact_pipe *pipe)
{
    OVERLAPPED overlapped = {0};

    heard.runs = 0;
    CHECK(WriteFileEx(pipe->client, "abc", 3, &overlapped, hear));
    CHECK(HasOverlappedIoCompleted(&overlapped));
    /* A wait that is not alertable does not run the routine, */
    CHECK(WaitForSingleObject(pipe->client, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(SleepEx(1, FALSE) == 0);
    CHECK(heard.runs == 0);
    /* one that is runs it, with success and the count. */
    await_routine(&overlapped, ERROR_SUCCESS);
    CHECK(heard.bytes == 3);
}

/** @brief An operation that pends, and ends while others wait. */
static void check_later(const struct fact_pipe *pipe)
{
    OVERLAPPED overlapped = {0};
    HANDLE other;
    char in[4];

    CHECK(ReadFileEx(pipe->server, in, sizeof in, &overlapped, hear));
    CHECK(!HasOverlappedIoCompleted(&overlapped));
    check_silence();
    /* The routine is for the thread that asked; another waits in vain. */
    other = fact_start(write_and_wait, pipe->client);
    CHECK(fact_join(other) == 0);
    CHECK(heard.runs == 0);
    await_routine(&overlapped, ERROR_SUCCESS);
    CHECK(heard.bytes == 2);
    /* It hears of a cancelled operation too. */
    CHECK(ReadFileEx(pipe->server, in, sizeof in, &overlapped, hear));
    CHECK(CancelIoEx(pipe->server, &overlapped));
    await_routine(&overlapped, ERROR_OPERATION_ABORTED);
    CHECK(heard.bytes == 0);
}

void fact_ovl_34(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE lonely = fact_pipe_alone(TRUE);
    OVERLAPPED overlapped = {0};
    char in[4];

    /* A call that fails says FALSE, and no routine ever runs. */
    CHECK(!ReadFileEx(lonely, in, sizeof in, &overlapped, hear));
    CHECK(GetLastError() == ERROR_PIPE_LISTENING);
    CHECK(!WriteFileEx(lonely, "a", 1, &overlapped, hear));
    CHECK(GetLastError() == ERROR_PIPE_LISTENING);
    check_silence();
    /* One that says TRUE has its routine run, whenever the end was. */
    check_at_once(&pipe);
    CHECK(ReadFileEx(pipe.server, in, 3, &overlapped, hear));
    await_routine(&overlapped, ERROR_SUCCESS);
    check_later(&pipe);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(lonely));
}
