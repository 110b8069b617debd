/**
 * @file ovl_memory.c
 * @brief Facts about when the kernel writes to a program's memory.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    OVL-27, OVL-31.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

enum { KEY = 5, SHORT_MS = 20 };

/** A read, and the memory that it was given. */
struct read {
    HANDLE file;
    OVERLAPPED overlapped;
    char in;
};

static DWORD WINAPI start_read(void *arg)
{
    struct read *read = arg;

    fact_read_later(read->file, &read->in, 1, &read->overlapped);
    return 0;
}

/** @brief Check that block and buffer are as they were. */
static void check_untouched(const struct read *read)
{
    CHECK((NTSTATUS)read->overlapped.Internal == STATUS_PENDING);
    CHECK(read->overlapped.InternalHigh == 77 && read->in == '?');
}

static void check_written(const struct read *read, char byte)
{
    CHECK((NTSTATUS)read->overlapped.Internal == STATUS_SUCCESS);
    CHECK(read->overlapped.InternalHigh == 1 && read->in == byte);
}

void fact_ovl_27(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    struct read read = {.file = pipe.server, .in = '?'};
    DWORD bytes;

    /* A wait that timed out changes nothing: the read ends later. */
    read.overlapped.InternalHigh = 77;
    (void)start_read(&read);
    CHECK(!GetOverlappedResultEx(pipe.server,
                                 &read.overlapped,
                                 &bytes,
                                 SHORT_MS,
                                 FALSE));
    CHECK(GetLastError() == WAIT_TIMEOUT);
    check_untouched(&read);
    fact_write(pipe.client, "a", 1);
    sim_settle();
    check_written(&read, 'a');
    /* So does the end of the thread, on a file with a port. */
    fact_associate(pipe.server, port, KEY);
    read = (struct read){.file = pipe.server, .in = '?'};
    read.overlapped.InternalHigh = 77;
    (void)fact_join(fact_start(start_read, &read));
    check_untouched(&read);
    fact_write(pipe.client, "b", 1);
    CHECK(fact_packet_take(port).success);
    check_written(&read, 'b');
    /* And cancelling: the block is written when the read has ended. */
    (void)start_read(&read);
    CHECK(CancelIoEx(pipe.server, &read.overlapped));
    CHECK(!fact_packet_take(port).success);
    CHECK((NTSTATUS)read.overlapped.Internal == STATUS_CANCELLED);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_ovl_31(void)
{
    const struct fact_pipe_kind kind = {.overlapped = TRUE, .bytes = 1};
    WCHAR name[MAX_PATH];
    struct fact_pipe pipe = fact_pipe_make(&kind, name);
    OVERLAPPED read = {0};
    OVERLAPPED write = {0};
    DWORD bytes = 99;
    char in;

    /* Both calls pend, and leave 0. */
    CHECK(!ReadFile(pipe.server, &in, 1, &bytes, &read));
    CHECK(GetLastError() == ERROR_IO_PENDING && bytes == 0);
    bytes = 99;
    CHECK(!WriteFile(pipe.server, "abcd", 4, &bytes, &write));
    CHECK(GetLastError() == ERROR_IO_PENDING && bytes == 0);
    /* The end of the read does not change that. */
    bytes = 99;
    fact_write(pipe.client, "x", 1);
    sim_settle();
    CHECK(bytes == 99 && in == 'x');
    fact_pipe_close(&pipe);
}
