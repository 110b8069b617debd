/**
 * @file ovl_event.c
 * @brief Facts about the signals of an operation: its event's or its file's.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    OVL-08, OVL-10, OVL-11, OVL-12, OVL-13, OVL-14, OVL-15.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

static HANDLE make_event(BOOL manual_reset, BOOL signaled)
{
    HANDLE event = CreateEventW(NULL, manual_reset, signaled, NULL);

    CHECK(event != NULL);
    return event;
}

/** @brief Whether it is signaled now; takes an automatic signal away. */
static BOOL is_signaled(HANDLE handle)
{
    return WaitForSingleObject(handle, 0) == WAIT_OBJECT_0;
}

/** @brief Whether it becomes signaled. */
static BOOL gets_signaled(HANDLE handle)
{
    return WaitForSingleObject(handle, FACT_LIMIT_MS) == WAIT_OBJECT_0;
}

/* ---- The event ----------------------------------------------------------- */

void fact_ovl_08(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE lonely = fact_pipe_alone(TRUE);
    HANDLE event = make_event(TRUE, TRUE);
    OVERLAPPED overlapped = {.hEvent = event};
    char in[4];

    /* A read that pends has reset the event, */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(!is_signaled(event));
    CHECK(CancelIoEx(pipe.server, &overlapped));
    CHECK(gets_signaled(event));
    /* and so has one that fails within its call, without a client, */
    CHECK(!ReadFile(lonely, in, sizeof in, NULL, &overlapped));
    CHECK(GetLastError() == ERROR_PIPE_LISTENING);
    CHECK(!is_signaled(event));
    /* or a wait for a client that is there. */
    CHECK(SetEvent(event));
    CHECK(!ConnectNamedPipe(pipe.server, &overlapped));
    CHECK(GetLastError() == ERROR_PIPE_CONNECTED);
    CHECK(!is_signaled(event));
    /* But a handle that is none never gets so far. */
    CHECK(SetEvent(event));
    CHECK(!ReadFile(NULL, in, sizeof in, NULL, &overlapped));
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(is_signaled(event));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(lonely) && CloseHandle(event));
}

void fact_ovl_10(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE manual = make_event(TRUE, FALSE);
    HANDLE automatic = make_event(FALSE, FALSE);
    OVERLAPPED overlapped = {.hEvent = manual};
    DWORD bytes;
    char in[4];

    /* The end of a read that pends sets the event; nobody resets it: not a
     * wait, */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "a", 1);
    CHECK(gets_signaled(manual) && is_signaled(manual));
    /* and not the question about the result, even when it has to wait. */
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, TRUE));
    overlapped.Internal = (ULONG_PTR)STATUS_PENDING;
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, TRUE));
    CHECK(bytes == 1 && is_signaled(manual));
    /* One that fails sets it too. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(CancelIoEx(pipe.server, &overlapped));
    CHECK(gets_signaled(manual));
    /* A read that is over within its call has set it when it returns. */
    CHECK(ResetEvent(manual));
    fact_write(pipe.client, "a", 1);
    CHECK(ReadFile(pipe.server, in, sizeof in, NULL, &overlapped));
    CHECK(is_signaled(manual));
    /* The signal of an automatic event goes with the first wait. */
    overlapped.hEvent = automatic;
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "a", 1);
    CHECK(gets_signaled(automatic));
    CHECK(!is_signaled(automatic));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(manual) && CloseHandle(automatic));
}

/** @brief Ask for the result of an operation and wait for it. */
static DWORD WINAPI wait_for_result(void *arg)
{
    OVERLAPPED *overlapped = arg;
    DWORD bytes;

    CHECK(GetOverlappedResult(NULL, overlapped, &bytes, TRUE));
    return bytes;
}

/** @brief Wait for an event and then ask; whether that ends in time. */
static BOOL asking_ends(HANDLE event, DWORD milliseconds)
{
    OVERLAPPED overlapped = {.Internal = (ULONG_PTR)STATUS_PENDING,
                             .InternalHigh = 4,
                             .hEvent = event};
    HANDLE asker;
    BOOL ends;

    CHECK(SetEvent(event));
    CHECK(WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    asker = fact_start(wait_for_result, &overlapped);
    ends = WaitForSingleObject(asker, milliseconds) == WAIT_OBJECT_0;
    /* Only a second signal, which no operation gives, helps an asker who
     * found none. */
    CHECK(SetEvent(event));
    CHECK(fact_join(asker) == 4);
    return ends;
}

void fact_ovl_11(void)
{
    HANDLE manual = make_event(TRUE, FALSE);
    HANDLE automatic = make_event(FALSE, FALSE);

    /* The program has seen the signal and asks for a result that still looks
     * pending.  With a manual event the signal is there for the question, */
    CHECK(asking_ends(manual, FACT_LIMIT_MS));
    /* with an automatic one it is gone, and the question waits for ever. */
    CHECK(!asking_ends(automatic, 200));
    CHECK(CloseHandle(manual) && CloseHandle(automatic));
}

/* ---- The file ------------------------------------------------------------ */

void fact_ovl_12(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED reads[2] = {{0}, {0}};
    char in[4];

    /* Without an event the file is reset at the start and signaled at the
     * end. */
    fact_read_later(pipe.server, in, 1, &reads[0]);
    CHECK(!is_signaled(pipe.server));
    fact_write(pipe.client, "a", 1);
    CHECK(gets_signaled(pipe.server));
    /* Two reads share the one signal: the end of either gives it, and it
     * does not say whose. */
    fact_read_later(pipe.server, in, 1, &reads[0]);
    fact_read_later(pipe.server, in, 1, &reads[1]);
    CHECK(!is_signaled(pipe.server));
    CHECK(CancelIoEx(pipe.server, &reads[1]));
    CHECK(gets_signaled(pipe.server));
    CHECK(!HasOverlappedIoCompleted(&reads[0]));
    CHECK(HasOverlappedIoCompleted(&reads[1]));
    /* A start takes it away from an end that nobody has looked at yet. */
    fact_read_later(pipe.server, in, 1, &reads[1]);
    CHECK(!is_signaled(pipe.server));
    fact_write(pipe.client, "ab", 2);
    CHECK(gets_signaled(pipe.server));
    /* An operation that is over within its call signals as well. */
    CHECK(WriteFile(pipe.server, "a", 1, NULL, &reads[0]));
    CHECK(is_signaled(pipe.server));
    fact_pipe_close(&pipe);
}

void fact_ovl_13(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE event = make_event(TRUE, FALSE);
    OVERLAPPED overlapped = {.hEvent = event};
    char in[4];

    CHECK(is_signaled(pipe.server) && is_signaled(pipe.client));
    /* With an event the file is reset at the start all the same, */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(!is_signaled(pipe.server));
    /* but the end signals the event only. */
    fact_write(pipe.client, "a", 1);
    CHECK(gets_signaled(event));
    CHECK(!is_signaled(pipe.server));
    /* It is the same with a write that is over within its call. */
    CHECK(WriteFile(pipe.server, "a", 1, NULL, &overlapped));
    CHECK(is_signaled(event) && !is_signaled(pipe.server));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event));
}

/** Runs of count_run; one thread only. */
static int runs;

static VOID CALLBACK count_run(DWORD error, DWORD bytes, OVERLAPPED *overlapped)
{
    (void)overlapped;
    CHECK(error == ERROR_SUCCESS && bytes == 1);
    runs++;
}

void fact_ovl_14(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {0};
    char in[4];

    runs = 0;
    /* A read with a routine resets the file, and its end signals it: that a
     * wait sees which is not alertable, so no routine runs in it. */
    CHECK(ReadFileEx(pipe.server, in, sizeof in, &overlapped, count_run));
    CHECK(!is_signaled(pipe.server));
    fact_write(pipe.client, "a", 1);
    CHECK(gets_signaled(pipe.server));
    CHECK(runs == 0);
    /* The routine waits for its thread, and running it takes no signal. */
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(runs == 1);
    CHECK(is_signaled(pipe.server));
    fact_pipe_close(&pipe);
}

void fact_ovl_15(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE lonely = fact_pipe_alone(TRUE);
    HANDLE blocking = fact_pipe_alone(FALSE);

    /* Before its first operation a file is signaled, connected or not, */
    CHECK(is_signaled(pipe.server) && is_signaled(pipe.client));
    CHECK(is_signaled(lonely) && is_signaled(blocking));
    /* and looking does not change that. */
    CHECK(is_signaled(pipe.server) && is_signaled(lonely));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(lonely) && CloseHandle(blocking));
}
