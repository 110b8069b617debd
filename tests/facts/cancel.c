/**
 * @file cancel.c
 * @brief Facts about cancelling, as pipes show them.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    CANCEL-01, CANCEL-02, CANCEL-03, CANCEL-05, CANCEL-06, CANCEL-07.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

enum { KEY = 5 };

/** One read that pends. */
struct read {
    OVERLAPPED overlapped;
    char byte;
};

static void read_start(HANDLE file, struct read *read)
{
    fact_read_later(file, &read->byte, 1, &read->overlapped);
}

static BOOL is_pending(const struct read *read)
{
    return !HasOverlappedIoCompleted(&read->overlapped);
}

/** @brief Check that a read was cancelled. */
static void check_cancelled(HANDLE file, struct read *read)
{
    DWORD bytes;

    CHECK(!is_pending(read));
    CHECK(!GetOverlappedResult(file, &read->overlapped, &bytes, FALSE));
    CHECK(GetLastError() == ERROR_OPERATION_ABORTED && bytes == 0);
}

/** @brief Check that a read gets the next byte of the pipe. */
static void check_gets(const struct fact_pipe *pipe, struct read *read)
{
    DWORD bytes;

    CHECK(is_pending(read));
    fact_write(pipe->client, "a", 1);
    sim_settle();
    CHECK(GetOverlappedResult(pipe->server, &read->overlapped, &bytes, FALSE));
    CHECK(bytes == 1 && read->byte == 'a');
}

/** A thread that has reads pending, as long as it lives. */
struct other {
    HANDLE file;
    HANDLE event;
    HANDLE thread;
    struct read reads[2];
    size_t count;
};

static DWORD WINAPI read_and_wait(void *arg)
{
    struct other *other = arg;

    for (size_t at = 0; at < other->count; at++) {
        read_start(other->file, &other->reads[at]);
    }
    CHECK(WaitForSingleObject(other->event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    return 0;
}

/** @brief Start such a thread; returns when its reads pend. */
static void other_start(struct other *other, HANDLE file, size_t count)
{
    *other = (struct other){
        .file = file,
        .count = count,
        .event = CreateEventW(NULL, TRUE, FALSE, NULL),
    };
    CHECK(other->event != NULL);
    other->thread = fact_start(read_and_wait, other);
    sim_settle();
}

static void other_end(const struct other *other)
{
    CHECK(SetEvent(other->event));
    (void)fact_join(other->thread);
    CHECK(CloseHandle(other->event));
}

/* ---- What is cancelled --------------------------------------------------- */

void fact_cancel_01(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    struct fact_pipe second = fact_pipe(FALSE);
    struct read own[2] = {0};
    struct read elsewhere = {0};
    struct other other;

    /* Another thread and this one have reads pending on one file, and this
     * one has another on another. */
    other_start(&other, pipe.server, 1);
    read_start(pipe.server, &own[0]);
    read_start(pipe.server, &own[1]);
    read_start(second.server, &elsewhere);
    /* CancelIo cancels this thread's reads on this file, and no other. */
    CHECK(CancelIo(pipe.server));
    sim_settle();
    check_cancelled(pipe.server, &own[0]);
    check_cancelled(pipe.server, &own[1]);
    CHECK(is_pending(&elsewhere));
    check_gets(&pipe, &other.reads[0]);
    check_gets(&second, &elsewhere);
    /* It returns TRUE also when there is nothing to cancel. */
    CHECK(CancelIo(pipe.server));
    other_end(&other);
    fact_pipe_close(&second);
    fact_pipe_close(&pipe);
}

void fact_cancel_02(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    struct fact_pipe second = fact_pipe(FALSE);
    struct read own = {0};
    struct read elsewhere = {0};
    struct other other;

    read_start(second.server, &elsewhere);
    other_start(&other, pipe.server, 2);
    read_start(pipe.server, &own);
    /* With an OVERLAPPED the operation is cancelled that uses it, though
     * another thread started it, and no other. */
    CHECK(CancelIoEx(pipe.server, &other.reads[0].overlapped));
    sim_settle();
    check_cancelled(pipe.server, &other.reads[0]);
    CHECK(is_pending(&other.reads[1]) && is_pending(&own));
    /* Without one all of this file are, whoever started them. */
    CHECK(CancelIoEx(pipe.server, NULL));
    sim_settle();
    check_cancelled(pipe.server, &other.reads[1]);
    check_cancelled(pipe.server, &own);
    check_gets(&second, &elsewhere);
    other_end(&other);
    fact_pipe_close(&second);
    fact_pipe_close(&pipe);
}

/** @brief CancelIoEx that finds nothing. */
static void check_not_found(HANDLE file, OVERLAPPED *overlapped)
{
    SetLastError(ERROR_SUCCESS);
    CHECK(!CancelIoEx(file, overlapped));
    CHECK(GetLastError() == ERROR_NOT_FOUND);
}

void fact_cancel_03(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    struct read read = {0};

    /* Nothing is pending, */
    check_not_found(pipe.server, &read.overlapped);
    /* or only what uses another OVERLAPPED, */
    read_start(pipe.server, &read);
    check_not_found(pipe.server, &(OVERLAPPED){0});
    /* or what was cancelled before. */
    CHECK(CancelIoEx(pipe.server, &read.overlapped));
    check_not_found(pipe.server, &read.overlapped);
    /* It is the same when all are meant. */
    check_not_found(pipe.server, NULL);
    fact_pipe_close(&pipe);
}

void fact_cancel_07(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE self = GetCurrentProcess();
    struct read read = {0};
    HANDLE same;

    CHECK(DuplicateHandle(self,
                          pipe.server,
                          self,
                          &same,
                          0,
                          FALSE,
                          DUPLICATE_SAME_ACCESS));
    /* The read was started through one handle and is cancelled through the
     * other: by CancelIoEx, of one or of all, and by CancelIo. */
    read_start(pipe.server, &read);
    CHECK(CancelIoEx(same, &read.overlapped));
    sim_settle();
    check_cancelled(pipe.server, &read);
    read_start(pipe.server, &read);
    CHECK(CancelIoEx(same, NULL));
    sim_settle();
    check_cancelled(pipe.server, &read);
    read_start(same, &read);
    CHECK(CancelIo(pipe.server));
    sim_settle();
    check_cancelled(pipe.server, &read);
    CHECK(CloseHandle(same));
    fact_pipe_close(&pipe);
}

/* ---- Who is told --------------------------------------------------------- */

/** What a completion routine was told. */
static struct {
    volatile LONG count;
    DWORD error;
    DWORD bytes;
    OVERLAPPED *overlapped;
} told;

static void WINAPI tell(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    told.count++;
    told.error = error;
    told.bytes = bytes;
    told.overlapped = overlapped;
}

void fact_cancel_05(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    HANDLE event = CreateEventW(NULL, TRUE, TRUE, NULL);
    struct read read = {0};
    struct fact_packet packet;

    CHECK(event != NULL);
    /* A routine runs once, in this thread's next alertable wait. */
    told.count = 0;
    CHECK(ReadFileEx(pipe.server, &read.byte, 1, &read.overlapped, tell));
    CHECK(CancelIoEx(pipe.server, &read.overlapped));
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(told.count == 1 && told.error == ERROR_OPERATION_ABORTED);
    CHECK(told.bytes == 0 && told.overlapped == &read.overlapped);
    /* An event is set. */
    read.overlapped.hEvent = event;
    read_start(pipe.server, &read);
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    CHECK(CancelIoEx(pipe.server, &read.overlapped));
    CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    check_cancelled(pipe.server, &read);
    /* A packet is queued, one. */
    fact_associate(pipe.server, port, KEY);
    read.overlapped.hEvent = NULL;
    read_start(pipe.server, &read);
    CHECK(fact_packet_none(port));
    CHECK(CancelIoEx(pipe.server, &read.overlapped));
    packet = fact_packet_take(port);
    CHECK(!packet.success && packet.error == ERROR_OPERATION_ABORTED);
    CHECK(packet.overlapped == &read.overlapped);
    CHECK(packet.key == KEY && packet.bytes == 0);
    CHECK(fact_packet_none(port));
    CHECK(CloseHandle(event) && CloseHandle(port));
    fact_pipe_close(&pipe);
}

/** @brief Cancel in one of the two ways. */
static void cancel(HANDLE file, BOOL ex)
{
    CHECK(ex ? CancelIoEx(file, NULL) : CancelIo(file));
}

void fact_cancel_06(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    struct read read = {0};

    CHECK(event != NULL);
    for (BOOL ex = FALSE; ex <= TRUE; ex++) {
        /* When the call returns the read of a pipe is over: the status block
         * says so, and the event is set. */
        read.overlapped.hEvent = event;
        read_start(pipe.server, &read);
        cancel(pipe.server, ex);
        CHECK((NTSTATUS)read.overlapped.Internal == STATUS_CANCELLED);
        CHECK(WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    }
    fact_associate(pipe.server, port, KEY);
    read.overlapped.hEvent = NULL;
    for (BOOL ex = FALSE; ex <= TRUE; ex++) {
        /* With a port its packet is there. */
        read_start(pipe.server, &read);
        cancel(pipe.server, ex);
        CHECK(fact_depth(port) == 1);
        CHECK(fact_packet_take(port).error == ERROR_OPERATION_ABORTED);
    }
    CHECK(CloseHandle(event) && CloseHandle(port));
    fact_pipe_close(&pipe);
}
