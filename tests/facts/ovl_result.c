/**
 * @file ovl_result.c
 * @brief Facts about GetOverlappedResult: what it looks at and what it says.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    OVL-17, OVL-18, OVL-19, OVL-20, OVL-21, OVL-22, OVL-23.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** A count that nobody has written to. */
enum { UNTOUCHED = 0x1234 };

static HANDLE make_event(BOOL signaled)
{
    HANDLE event = CreateEventW(NULL, TRUE, signaled, NULL);

    CHECK(event != NULL);
    return event;
}

/** @brief An OVERLAPPED that no operation ever used. */
static OVERLAPPED made_up(NTSTATUS status, ULONG_PTR count)
{
    return (OVERLAPPED){.Internal = (ULONG)status, .InternalHigh = count};
}

/** @brief Whether asking without waiting ends in an error and a count. */
static BOOL says(HANDLE file, OVERLAPPED *overlapped, DWORD error, DWORD count)
{
    DWORD bytes = UNTOUCHED;

    return !GetOverlappedResult(file, overlapped, &bytes, FALSE) &&
           GetLastError() == error && bytes == count;
}

/* ---- Without waiting ----------------------------------------------------- */

void fact_ovl_17(void)
{
    OVERLAPPED good = made_up(STATUS_SUCCESS, 5);
    OVERLAPPED bad = made_up(STATUS_ACCESS_DENIED, 0);
    HANDLE event = make_event(FALSE);
    DWORD bytes = UNTOUCHED;

    /* A block that says it is over is believed, also by the waiting form:
     * neither the handle nor the event, which nobody sets, matters. */
    CHECK(GetOverlappedResult(NULL, &good, &bytes, TRUE));
    CHECK(bytes == 5);
    good.hEvent = event;
    CHECK(GetOverlappedResult(event, &good, &bytes, TRUE));
    CHECK(GetOverlappedResult(INVALID_HANDLE_VALUE, &good, &bytes, FALSE));
    /* So is a failure, in Win32's words. */
    CHECK(says(NULL, &bad, ERROR_ACCESS_DENIED, 0));
    bad.Internal = (ULONG)STATUS_CANCELLED;
    CHECK(says(NULL, &bad, ERROR_OPERATION_ABORTED, 0));
    CHECK(CloseHandle(event));
}

void fact_ovl_18(void)
{
    OVERLAPPED overlapped = made_up(STATUS_INVALID_HANDLE, 0xabcd);

    /* The count comes with an error too. */
    CHECK(says(NULL, &overlapped, ERROR_INVALID_HANDLE, 0xabcd));
    overlapped.InternalHigh = 0;
    CHECK(says(NULL, &overlapped, ERROR_INVALID_HANDLE, 0));
}

void fact_ovl_19(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {0};
    DWORD bytes;
    char in[4];

    /* A read that pends: not finished, and the count is left alone. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(says(pipe.server, &overlapped, ERROR_IO_INCOMPLETE, UNTOUCHED));
    /* Again when the block holds a count of old. */
    overlapped.InternalHigh = 77;
    CHECK(says(pipe.server, &overlapped, ERROR_IO_INCOMPLETE, UNTOUCHED));
    /* Then it is finished. */
    fact_write(pipe.client, "ab", 2);
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, TRUE));
    CHECK(bytes == 2);
    fact_pipe_close(&pipe);
}

void fact_ovl_21(void)
{
    struct fact_pipe pipe = fact_pipe(TRUE);
    OVERLAPPED overlapped = {0};
    DWORD bytes = UNTOUCHED;
    char in[4] = "";

    /* A message too long for the read: FALSE and 234, with the count of what
     * is there. */
    fact_read_later(pipe.server, in, 2, &overlapped);
    fact_write(pipe.client, "abc", 3);
    CHECK(!GetOverlappedResult(pipe.server, &overlapped, &bytes, TRUE));
    CHECK(GetLastError() == ERROR_MORE_DATA);
    CHECK(bytes == 2 && in[0] == 'a' && in[1] == 'b');
    CHECK((NTSTATUS)overlapped.Internal == STATUS_BUFFER_OVERFLOW);
    /* The rest is no warning any more. */
    CHECK(ReadFile(pipe.server, in, sizeof in, NULL, &overlapped));
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, TRUE));
    CHECK(bytes == 1 && in[0] == 'c');
    fact_pipe_close(&pipe);
}

void fact_ovl_22(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {.hEvent = make_event(FALSE)};
    struct fact_packet packet;
    DWORD bytes;
    char in[4];

    fact_associate(pipe.server, port, 6);
    /* A read whose result is asked for, and asked for again, */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "abc", 3);
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, TRUE));
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, FALSE));
    CHECK(bytes == 3);
    /* has a packet in the port all the same. */
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.key == 6 && packet.bytes == 3);
    CHECK(packet.overlapped == &overlapped);
    /* So has one that was over within its call. */
    CHECK(WriteFile(pipe.server, "ab", 2, NULL, &overlapped));
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, TRUE));
    packet = fact_packet_take(port);
    CHECK(packet.bytes == 2 && packet.overlapped == &overlapped);
    CHECK(fact_packet_none(port));
    CHECK(CloseHandle(overlapped.hEvent));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/* ---- Waiting ------------------------------------------------------------- */

/** A question asked by a thread of its own, and the answer. */
struct question {
    HANDLE file;
    OVERLAPPED *overlapped;
    BOOL success;
    DWORD error;
    DWORD bytes;
};

static DWORD WINAPI ask(void *arg)
{
    struct question *question = arg;

    question->success = GetOverlappedResult(question->file,
                                            question->overlapped,
                                            &question->bytes,
                                            TRUE);
    question->error = GetLastError();
    return 0;
}

/** @brief Let a thread ask, and see that it waits. */
static HANDLE start_asking(struct question *question)
{
    HANDLE asker = fact_start(ask, question);

    sim_settle();
    CHECK(WaitForSingleObject(asker, 0) == WAIT_TIMEOUT);
    return asker;
}

/** @brief Let a thread ask until an event is set; it must get this count. */
static void check_asked(struct question *question, HANDLE event, DWORD bytes)
{
    HANDLE asker = start_asking(question);

    CHECK(SetEvent(event));
    (void)fact_join(asker);
    CHECK(question->success && question->bytes == bytes);
}

void fact_ovl_20(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE event = make_event(FALSE);
    HANDLE other = make_event(TRUE);
    OVERLAPPED overlapped = made_up(STATUS_PENDING, 9);
    struct question question = {.file = other, .overlapped = &overlapped};
    HANDLE asker;
    char in[4];

    /* With an event it is the event that ends the wait, although the other
     * handle is signaled.  It does not look whether the block still says
     * pending: it says TRUE with the count that is there. */
    overlapped.hEvent = event;
    check_asked(&question, event, 9);
    CHECK(overlapped.Internal == (ULONG_PTR)STATUS_PENDING);
    /* Without one it is the handle; anything that can be waited for. */
    CHECK(ResetEvent(other));
    overlapped.hEvent = NULL;
    check_asked(&question, other, 9);
    /* After the wait the block is read, so the answer is the operation's:
     * when it succeeds, */
    overlapped = (OVERLAPPED){.hEvent = event};
    question.file = pipe.server;
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    asker = start_asking(&question);
    fact_write(pipe.client, "abc", 3);
    (void)fact_join(asker);
    CHECK(question.success && question.bytes == 3);
    /* and when it is cancelled, here without an event. */
    overlapped.hEvent = NULL;
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    asker = start_asking(&question);
    CHECK(CancelIoEx(pipe.server, &overlapped));
    (void)fact_join(asker);
    CHECK(!question.success && question.bytes == 0);
    CHECK(question.error == ERROR_OPERATION_ABORTED);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event) && CloseHandle(other));
}

/** Runs of count_run; one thread only. */
static int runs;

static VOID CALLBACK count_run(ULONG_PTR arg)
{
    (void)arg;
    runs++;
}

/** @brief The last error of asking for so long. */
static DWORD asked_for(HANDLE file,
                       OVERLAPPED *overlapped,
                       DWORD ms,
                       BOOL alertable)
{
    DWORD bytes = UNTOUCHED;

    CHECK(!GetOverlappedResultEx(file, overlapped, &bytes, ms, alertable));
    CHECK(bytes == UNTOUCHED);
    return GetLastError();
}

void fact_ovl_23(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {0};
    ULONGLONG start;
    DWORD bytes;
    char in[4];

    runs = 0;
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(QueueUserAPC(count_run, GetCurrentThread(), 0));
    /* Without time: incomplete, and the APC stays where it is. */
    CHECK(asked_for(pipe.server, &overlapped, 0, TRUE) == ERROR_IO_INCOMPLETE);
    CHECK(asked_for(pipe.server, &overlapped, 0, FALSE) == ERROR_IO_INCOMPLETE);
    CHECK(runs == 0);
    /* Not alertable: the time passes, then 258. */
    start = GetTickCount64();
    CHECK(asked_for(pipe.server, &overlapped, 100, FALSE) == WAIT_TIMEOUT);
    CHECK(GetTickCount64() - start >= 50);
    CHECK(runs == 0);
    /* Alertable: the APC runs and ends the wait. */
    CHECK(asked_for(pipe.server, &overlapped, FACT_LIMIT_MS, TRUE) ==
          WAIT_IO_COMPLETION);
    CHECK(runs == 1);
    /* Alertable without an APC: the time passes. */
    CHECK(asked_for(pipe.server, &overlapped, 100, TRUE) == WAIT_TIMEOUT);
    /* The end of the read ends the wait with its result. */
    fact_write(pipe.client, "abc", 3);
    CHECK(GetOverlappedResultEx(pipe.server,
                                &overlapped,
                                &bytes,
                                FACT_LIMIT_MS,
                                FALSE));
    CHECK(bytes == 3 && runs == 1);
    fact_pipe_close(&pipe);
}
