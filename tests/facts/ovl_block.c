/**
 * @file ovl_block.c
 * @brief Facts about the first members of an OVERLAPPED: what they are, and
 *        when the kernel writes to them.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    OVL-01, OVL-02, OVL-03, OVL-04, OVL-06, OVL-16, OVL-24.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <stddef.h>

/** What a member says before anybody has written to it. */
enum { UNTOUCHED = 0x1234 };

/** @brief The status of an operation, as its OVERLAPPED has it. */
static NTSTATUS status_of(const OVERLAPPED *overlapped)
{
    return (NTSTATUS)overlapped->Internal;
}

/** @brief The same memory under its native name. */
static IO_STATUS_BLOCK *block_of(OVERLAPPED *overlapped)
{
    return (IO_STATUS_BLOCK *)(void *)overlapped;
}

/** @brief Wait for a file that was reset when its operation started. */
static void await(HANDLE file)
{
    CHECK(WaitForSingleObject(file, FACT_LIMIT_MS) == WAIT_OBJECT_0);
}

/* ---- What the members are ------------------------------------------------ */

void fact_ovl_01(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {.Offset = 7, .OffsetHigh = 9};
    char in[4];

    /* The order of the members. */
    CHECK(offsetof(OVERLAPPED, Internal) == 0);
    CHECK(offsetof(OVERLAPPED, InternalHigh) == sizeof(ULONG_PTR));
    CHECK(offsetof(OVERLAPPED, Offset) == 2 * sizeof(ULONG_PTR));
    CHECK(offsetof(OVERLAPPED, OffsetHigh) ==
          offsetof(OVERLAPPED, Offset) + sizeof(DWORD));
    CHECK(offsetof(OVERLAPPED, hEvent) == sizeof overlapped - sizeof(HANDLE));
    /* Internal becomes the status, InternalHigh the count.  A pipe has no
     * positions, so it does not care about the offset. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "abc", 3);
    await(pipe.server);
    CHECK(status_of(&overlapped) == STATUS_SUCCESS);
    CHECK(overlapped.InternalHigh == 3);
    CHECK(overlapped.Offset == 7 && overlapped.OffsetHigh == 9);
    /* The status is an NTSTATUS, not a Win32 error. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(CancelIoEx(pipe.server, &overlapped));
    await(pipe.server);
    CHECK(status_of(&overlapped) == STATUS_CANCELLED);
    CHECK(overlapped.InternalHigh == 0);
    fact_pipe_close(&pipe);
}

void fact_ovl_02(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    struct fact_native native = fact_native();
    OVERLAPPED overlapped = {.Internal = UNTOUCHED, .InternalHigh = UNTOUCHED};
    DWORD bytes = 0;
    char in[4];

    CHECK(native.read_file != NULL);
    CHECK(sizeof(IO_STATUS_BLOCK) == offsetof(OVERLAPPED, Offset));
    CHECK(offsetof(IO_STATUS_BLOCK, Information) ==
          offsetof(OVERLAPPED, InternalHigh));
    /* A native read may have the members as its status block, */
    overlapped.Internal = (ULONG_PTR)STATUS_PENDING;
    CHECK(native.read_file(pipe.server,
                           NULL,
                           NULL,
                           NULL,
                           block_of(&overlapped),
                           in,
                           sizeof in,
                           NULL,
                           NULL) == STATUS_PENDING);
    /* which changes by itself when the read ends, */
    CHECK(overlapped.InternalHigh == UNTOUCHED);
    fact_write(pipe.client, "abc", 3);
    await(pipe.server);
    CHECK(overlapped.InternalHigh == 3);
    CHECK(GetOverlappedResult(pipe.server, &overlapped, &bytes, FALSE));
    CHECK(bytes == 3);
    /* and a Win32 read leaves a status block. */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "ab", 2);
    await(pipe.server);
    CHECK(block_of(&overlapped)->Status == STATUS_SUCCESS);
    CHECK(block_of(&overlapped)->Information == 2);
    fact_pipe_close(&pipe);
}

/* ---- At the start -------------------------------------------------------- */

void fact_ovl_03(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {.Internal = UNTOUCHED};
    DWORD bytes;
    char in[4];

    /* Whatever Internal said, a read that pends makes it say pending, */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(status_of(&overlapped) == STATUS_PENDING);
    CHECK(overlapped.Internal == 0x103);
    /* which is what others look at. */
    CHECK(!HasOverlappedIoCompleted(&overlapped));
    CHECK(!GetOverlappedResult(pipe.server, &overlapped, &bytes, FALSE));
    CHECK(GetLastError() == ERROR_IO_INCOMPLETE);
    CHECK(CancelIoEx(pipe.server, &overlapped));
    await(pipe.server);
    /* It does so before the kernel knows of the call: even a handle that is
     * none gets that far. */
    overlapped.Internal = UNTOUCHED;
    CHECK(!ReadFile(NULL, in, sizeof in, NULL, &overlapped));
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
    CHECK(status_of(&overlapped) == STATUS_PENDING);
    /* A write and a wait for a client do the same. */
    overlapped.Internal = UNTOUCHED;
    CHECK(!WriteFile(NULL, in, 1, NULL, &overlapped));
    CHECK(status_of(&overlapped) == STATUS_PENDING);
    overlapped.Internal = UNTOUCHED;
    CHECK(!ConnectNamedPipe(NULL, &overlapped));
    CHECK(status_of(&overlapped) == STATUS_PENDING);
    fact_pipe_close(&pipe);
}

void fact_ovl_04(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    OVERLAPPED overlapped = {0};
    char in[4];

    /* Waiting for a client that is there fails within the call, and nobody
     * writes to the block again: it says pending for ever. */
    CHECK(!ConnectNamedPipe(pipe.server, &overlapped));
    CHECK(GetLastError() == ERROR_PIPE_CONNECTED);
    sim_settle();
    CHECK(status_of(&overlapped) == STATUS_PENDING);
    CHECK(!HasOverlappedIoCompleted(&overlapped));
    /* So it is with a read after the client was thrown out, and the count
     * keeps what it had. */
    CHECK(DisconnectNamedPipe(pipe.server));
    overlapped.Internal = UNTOUCHED;
    overlapped.InternalHigh = UNTOUCHED;
    CHECK(!ReadFile(pipe.server, in, sizeof in, NULL, &overlapped));
    CHECK(GetLastError() == ERROR_PIPE_NOT_CONNECTED);
    sim_settle();
    CHECK(status_of(&overlapped) == STATUS_PENDING);
    CHECK(overlapped.InternalHigh == UNTOUCHED);
    CHECK(!HasOverlappedIoCompleted(&overlapped));
    fact_pipe_close(&pipe);
}

/** More than a pipe of these tests keeps for its reader. */
enum { MANY_BYTES = 16384 };

void fact_ovl_06(void)
{
    static char many[MANY_BYTES];
    static char all[MANY_BYTES];
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED read = {.InternalHigh = UNTOUCHED};
    OVERLAPPED write = {.InternalHigh = UNTOUCHED, .hEvent = event};
    OVERLAPPED other = {0};
    DWORD bytes;
    char in[4];

    CHECK(event != NULL);
    /* The start of a read leaves the count alone, and so does that of a
     * write which pends because it is too long to be kept. */
    fact_read_later(pipe.server, in, sizeof in, &read);
    CHECK(!WriteFile(pipe.server, many, sizeof many, NULL, &write));
    CHECK(GetLastError() == ERROR_IO_PENDING);
    sim_settle();
    CHECK(read.InternalHigh == UNTOUCHED && write.InternalHigh == UNTOUCHED);
    /* Their ends do not. */
    fact_write(pipe.client, "abc", 3);
    await(pipe.server);
    CHECK(read.InternalHigh == 3);
    CHECK(ReadFile(pipe.client, all, sizeof all, NULL, &other));
    CHECK(GetOverlappedResult(pipe.server, &write, &bytes, TRUE));
    CHECK(write.InternalHigh == MANY_BYTES);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event));
}

/* ---- At the end ---------------------------------------------------------- */

void fact_ovl_16(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};
    struct fact_packet packet;
    DWORD bytes = 0;
    char in[4] = "";

    CHECK(event != NULL);
    fact_associate(pipe.server, port, 5);
    fact_write(pipe.client, "abc", 3);
    overlapped.InternalHigh = UNTOUCHED;
    /* A read that is over at once has done everything when it returns: the
     * data, the block, the count, */
    CHECK(ReadFile(pipe.server, in, sizeof in, &bytes, &overlapped));
    CHECK(in[0] == 'a' && in[2] == 'c');
    CHECK(status_of(&overlapped) == STATUS_SUCCESS);
    CHECK(overlapped.InternalHigh == 3);
    CHECK(bytes == 3);
    /* the event, and the packet. */
    CHECK(WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
    CHECK(fact_depth(port) == 1);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.overlapped == &overlapped);
    CHECK(packet.key == 5 && packet.bytes == 3);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(event) && CloseHandle(port));
}

void fact_ovl_24(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    char in[4];

    fact_associate(pipe.server, port, 1);
    /* It looks at one number, so it calls an operation over that was never
     * started, */
    CHECK(HasOverlappedIoCompleted(&overlapped));
    /* and one that pends not over, */
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(!HasOverlappedIoCompleted(&overlapped));
    /* unless somebody writes to the number, which ends no operation. */
    overlapped.Internal = 0;
    CHECK(HasOverlappedIoCompleted(&overlapped));
    overlapped.Internal = (ULONG_PTR)STATUS_PENDING;
    CHECK(fact_packet_none(port));
    /* A failed operation is over too. */
    CHECK(CancelIoEx(pipe.server, &overlapped));
    CHECK(fact_packet_take(port).error == ERROR_OPERATION_ABORTED);
    CHECK(HasOverlappedIoCompleted(&overlapped));
    /* It takes nothing away: the packet of one that is over still comes. */
    CHECK(WriteFile(pipe.server, "a", 1, NULL, &overlapped));
    CHECK(HasOverlappedIoCompleted(&overlapped));
    CHECK(fact_depth(port) == 1);
    CHECK(fact_packet_take(port).overlapped == &overlapped);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}
