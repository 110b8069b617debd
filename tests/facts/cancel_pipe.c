/**
 * @file cancel_pipe.c
 * @brief Facts about what cancelling and closing reach, and what they leave.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    CANCEL-08, CANCEL-09, CANCEL-10, CANCEL-11, CANCEL-17, CANCEL-20,
 *           CANCEL-22, CANCEL-24, THREAD-12.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

enum { KEY = 5, ROOM = 16, QUOTA = 8 };

static BOOL refused(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

/** @brief Check the next packet: an operation that was cancelled. */
static void check_cancelled(HANDLE port, const OVERLAPPED *overlapped)
{
    struct fact_packet packet = fact_packet_take(port);

    CHECK(!packet.success && packet.error == ERROR_OPERATION_ABORTED);
    CHECK(packet.overlapped == overlapped && packet.bytes == 0);
}

void fact_cancel_08(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED shared = {0};
    OVERLAPPED own = {0};
    char in[3];

    fact_associate(pipe.server, port, KEY);
    fact_read_later(pipe.server, &in[0], 1, &shared);
    fact_read_later(pipe.server, &in[1], 1, &own);
    fact_read_later(pipe.server, &in[2], 1, &shared);
    CHECK(CancelIoEx(pipe.server, &shared));
    check_cancelled(port, &shared);
    check_cancelled(port, &shared);
    CHECK(fact_packet_none(port));
    fact_write(pipe.client, "a", 1);
    CHECK(fact_packet_take(port).overlapped == &own && in[1] == 'a');
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_cancel_09(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {0};
    struct fact_end end;
    char in;

    fact_read_later(pipe.server, &in, 1, &overlapped);
    /* The other end is another file. */
    CHECK(refused(CancelIoEx(pipe.client, &overlapped), ERROR_NOT_FOUND));
    CHECK(CancelIo(pipe.client));
    CHECK(!HasOverlappedIoCompleted(&overlapped));
    fact_write(pipe.client, "a", 1);
    SetLastError(ERROR_IO_PENDING);
    end = fact_end(pipe.server, FALSE, &overlapped);
    CHECK(end.error == ERROR_SUCCESS && in == 'a');
    fact_pipe_close(&pipe);
}

void fact_cancel_10(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char in;

    fact_associate(pipe.server, port, KEY);
    fact_read_later(pipe.server, &in, 1, &overlapped);
    fact_write(pipe.client, "a", 1);
    fact_packet_await(port, 1);
    /* The read is over; only its packet has not been removed. */
    CHECK(refused(CancelIoEx(pipe.server, &overlapped), ERROR_NOT_FOUND));
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.bytes == 1 && in == 'a');
    CHECK(packet.overlapped == &overlapped && fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/** A thread that starts one read. */
struct late {
    HANDLE file;
    OVERLAPPED overlapped;
    char in;
};

static DWORD WINAPI read_late(void *arg)
{
    struct late *late = arg;

    fact_read_later(late->file, &late->in, 1, &late->overlapped);
    return 0;
}

void fact_cancel_11(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED early = {0};
    struct late late = {.file = pipe.server};
    struct fact_packet packet;
    HANDLE thread;
    char in;

    fact_associate(pipe.server, port, KEY);
    fact_read_later(pipe.server, &in, 1, &early);
    thread = fact_start(read_late, &late);
    CHECK(CancelIoEx(pipe.server, NULL));
    (void)fact_join(thread);
    /* The read that was there is cancelled; the other one, if it was. */
    check_cancelled(port, &early);
    sim_mark(fact_depth(port) == 1 ? "included" : "not included");
    if (fact_depth(port) == 0) {
        fact_write(pipe.client, "a", 1);
    }
    packet = fact_packet_take(port);
    CHECK(packet.overlapped == &late.overlapped);
    CHECK(packet.success || packet.error == ERROR_OPERATION_ABORTED);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_cancel_17(void)
{
    const struct fact_pipe_kind kind = {.overlapped = TRUE, .bytes = QUOTA};
    WCHAR name[MAX_PATH];
    struct fact_pipe pipe = fact_pipe_make(&kind, name);
    OVERLAPPED write = {0};
    OVERLAPPED read = {0};
    struct fact_end end;
    DWORD bytes;
    char in[2 * QUOTA];

    /* One byte of a write that does not fit is read. */
    CHECK(
        refused(WriteFile(pipe.client, "abcdefghijkl", QUOTA + 4, NULL, &write),
                ERROR_IO_PENDING));
    end =
        fact_end(pipe.server, ReadFile(pipe.server, in, 1, NULL, &read), &read);
    CHECK(end.bytes == 1 && in[0] == 'a');
    CHECK(!HasOverlappedIoCompleted(&write));
    CHECK(CancelIoEx(pipe.client, &write));
    CHECK(refused(GetOverlappedResult(pipe.client, &write, &bytes, TRUE),
                  ERROR_OPERATION_ABORTED));
    /* The rest is not in the pipe any more. */
    fact_write(pipe.client, "x", 1);
    end = fact_end(pipe.server,
                   ReadFile(pipe.server, in, sizeof in, NULL, &read),
                   &read);
    CHECK(end.bytes == 1 && in[0] == 'x');
    fact_pipe_close(&pipe);
}

/* ---- Closing ------------------------------------------------------------- */

void fact_cancel_20(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE server = fact_pipe_alone(TRUE);
    HANDLE port = fact_port(0);
    OVERLAPPED reads = {0};
    OVERLAPPED listens = {0};
    struct fact_packet packet;
    char in;

    fact_associate(pipe.server, port, KEY);
    fact_associate(server, port, KEY);
    fact_read_later(pipe.server, &in, 1, &reads);
    CHECK(refused(ConnectNamedPipe(server, &listens), ERROR_IO_PENDING));
    CHECK(fact_packet_none(port));
    /* The device ends what is pending, each in its way; the packet comes. */
    CHECK(CloseHandle(pipe.server));
    pipe.server = NULL;
    packet = fact_packet_take(port);
    CHECK(packet.overlapped == &reads && packet.key == KEY);
    CHECK(!packet.success && packet.error == ERROR_BROKEN_PIPE);
    /* With which status a listener ends is for Windows to say: cancelled, in
     * general. */
    CHECK(CloseHandle(server));
    packet = fact_packet_take(port);
    CHECK(packet.overlapped == &listens && packet.key == KEY);
    CHECK(!packet.success && packet.bytes == 0);
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_cancel_22(void)
{
    for (BOOL with_port = FALSE; with_port <= TRUE; with_port++) {
        struct fact_pipe pipe = fact_pipe(FALSE);
        HANDLE port = fact_port(0);
        HANDLE self = GetCurrentProcess();
        OVERLAPPED overlapped = {0};
        HANDLE same;
        char in = '?';

        CHECK(DuplicateHandle(self,
                              pipe.server,
                              self,
                              &same,
                              0,
                              FALSE,
                              DUPLICATE_SAME_ACCESS));
        if (with_port) {
            fact_associate(pipe.server, port, KEY);
        }
        fact_read_later(pipe.server, &in, 1, &overlapped);
        /* The handle that the read was started with is closed. */
        CHECK(CloseHandle(pipe.server));
        pipe.server = same;
        CHECK(fact_packet_none(port));
        CHECK(!HasOverlappedIoCompleted(&overlapped));
        fact_write(pipe.client, "a", 1);
        if (with_port) {
            CHECK(fact_packet_take(port).success);
        }
        sim_settle();
        CHECK(HasOverlappedIoCompleted(&overlapped) && in == 'a');
        fact_pipe_close(&pipe);
        CHECK(CloseHandle(port));
    }
}

void fact_cancel_24(void)
{
    enum { READS = 3 };
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped[READS] = {{0}};
    BOOL ended[READS] = {0};
    char in[READS];

    fact_associate(pipe.server, port, KEY);
    for (int at = 0; at < READS; at++) {
        fact_read_later(pipe.server, &in[at], 1, &overlapped[at]);
    }
    fact_write(pipe.client, "a", 1);
    /* Cancel, and close; then as many packets as operations, of each one. */
    CHECK(CancelIoEx(pipe.server, NULL));
    CHECK(CloseHandle(pipe.server));
    pipe.server = NULL;
    for (int count = 0; count < READS; count++) {
        struct fact_packet packet = fact_packet_take(port);
        size_t at = (size_t)(packet.overlapped - overlapped);

        CHECK(at < READS && !ended[at]);
        ended[at] = TRUE;
    }
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_thread_12(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    struct late late = {.file = pipe.server};

    /* A worker has started a read; another thread closes down. */
    fact_associate(pipe.server, port, KEY);
    (void)fact_join(fact_start(read_late, &late));
    CHECK(CancelIo(pipe.server));
    CHECK(fact_packet_none(port));
    CHECK(CancelIoEx(pipe.server, NULL));
    check_cancelled(port, &late.overlapped);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}
