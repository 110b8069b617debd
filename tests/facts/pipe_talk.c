/**
 * @file pipe_talk.c
 * @brief Facts about looking into a pipe and asking through one.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PIPE-13, PIPE-21, CANCEL-18.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { KEY = 5, ROOM = 64, HEAD_BYTES = 16 };

/* ---- Looking ------------------------------------------------------------- */

/** @brief Check the packet of the control code behind PeekNamedPipe. */
static void check_control(HANDLE end, HANDLE port, DWORD bytes)
{
    struct fact_native native = fact_native();
    IO_STATUS_BLOCK block;
    DWORD out[ROOM / sizeof(DWORD)];
    struct fact_completion packet;

    FACT_NEEDS(native.control);
    CHECK(native.control(end,
                         NULL,
                         NULL,
                         &block,
                         &block,
                         FACT_PIPE_PEEK,
                         NULL,
                         0,
                         out,
                         ROOM) == STATUS_PENDING);
    packet = fact_packet_remove(port);
    CHECK(packet.context == &block);
    CHECK(packet.block.Status == STATUS_SUCCESS);
    CHECK(packet.block.Information == HEAD_BYTES + bytes);
    CHECK(fact_packet_none(port));
}

void fact_pipe_13(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    DWORD available = 99;
    DWORD bytes = 99;
    char in[ROOM];

    /* PeekNamedPipe does not wait for data, though the handle is overlapped,
     * and no packet tells of it. */
    fact_associate(pipe.server, port, KEY);
    CHECK(PeekNamedPipe(pipe.server, in, ROOM, &bytes, &available, NULL));
    CHECK(bytes == 0 && available == 0);
    fact_write(pipe.client, "abc", 3);
    CHECK(PeekNamedPipe(pipe.server, in, ROOM, &bytes, &available, NULL));
    CHECK(bytes == 3 && available == 3 && memcmp(in, "abc", 3) == 0);
    CHECK(fact_packet_none(port));
    /* The control code pends and has its packet, in skip mode too. */
    check_control(pipe.server, port, 3);
    CHECK(SetFileCompletionNotificationModes(
        pipe.server,
        FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    check_control(pipe.server, port, 3);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/* ---- Asking -------------------------------------------------------------- */

static BOOL ask(HANDLE end, char *in, DWORD room, OVERLAPPED *overlapped)
{
    char question[] = "who?";

    return TransactNamedPipe(end, question, 4, in, room, NULL, overlapped);
}

static BOOL refused(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

/** @brief Check that an end finds the question. */
static void check_question(HANDLE end)
{
    OVERLAPPED overlapped = {0};
    char in[ROOM];
    struct fact_end read =
        fact_end(end, ReadFile(end, in, ROOM, NULL, &overlapped), &overlapped);

    CHECK(read.error == ERROR_SUCCESS && read.bytes == 4);
    CHECK(memcmp(in, "who?", 4) == 0);
}

void fact_pipe_21(void)
{
    struct fact_pipe pipe = fact_pipe(TRUE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    DWORD bytes_mode = PIPE_READMODE_BYTE;
    DWORD message_mode = PIPE_READMODE_MESSAGE;
    struct fact_packet packet;
    char in[ROOM];

    fact_associate(pipe.client, port, KEY);
    /* Who reads bytes cannot ask. */
    CHECK(SetNamedPipeHandleState(pipe.client, &bytes_mode, NULL, NULL));
    CHECK(refused(ask(pipe.client, in, ROOM, &overlapped), ERROR_BAD_PIPE));
    CHECK(SetNamedPipeHandleState(pipe.client, &message_mode, NULL, NULL));
    /* The call pends until the answer is there. */
    CHECK(refused(ask(pipe.client, in, ROOM, &overlapped), ERROR_IO_PENDING));
    check_question(pipe.server);
    CHECK(fact_packet_none(port));
    fact_write(pipe.server, "me", 2);
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.bytes == 2);
    CHECK(packet.overlapped == &overlapped && memcmp(in, "me", 2) == 0);
    /* An answer that does not fit: as much as fits, and more data. */
    CHECK(refused(ask(pipe.client, in, 2, &overlapped), ERROR_IO_PENDING));
    check_question(pipe.server);
    fact_write(pipe.server, "them", 4);
    packet = fact_packet_take(port);
    CHECK(!packet.success && packet.error == ERROR_MORE_DATA);
    CHECK(packet.bytes == 2);
    /* The rest is unread data, and so nobody can ask. */
    CHECK(refused(ask(pipe.client, in, ROOM, &overlapped), ERROR_PIPE_BUSY));
    CHECK(fact_packet_none(port));
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_cancel_18(void)
{
    struct fact_pipe pipe = fact_pipe(TRUE);
    OVERLAPPED overlapped = {0};
    DWORD bytes;
    char in[ROOM];

    CHECK(refused(ask(pipe.client, in, ROOM, &overlapped), ERROR_IO_PENDING));
    CHECK(CancelIoEx(pipe.client, &overlapped));
    CHECK(refused(GetOverlappedResult(pipe.client, &overlapped, &bytes, TRUE),
                  ERROR_OPERATION_ABORTED));
    /* The question has been asked all the same. */
    check_question(pipe.server);
    fact_pipe_close(&pipe);
}
