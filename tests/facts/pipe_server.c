/**
 * @file pipe_server.c
 * @brief Facts about the server's end: disconnecting, listening, not waiting.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PIPE-17, PIPE-18, PIPE-20, PIPE-23, CANCEL-19.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

enum { KEY = 5, SMALL = 16 };

static BOOL refused(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

/** @brief Check that an end can neither be read nor written. */
static void check_useless(HANDLE end, DWORD error)
{
    OVERLAPPED overlapped = {0};
    char byte;

    CHECK(refused(ReadFile(end, &byte, 1, NULL, &overlapped), error));
    CHECK(refused(WriteFile(end, "x", 1, NULL, &overlapped), error));
}

void fact_pipe_17(void)
{
    const struct fact_pipe_kind kind = {.overlapped = TRUE};
    WCHAR name[MAX_PATH];
    struct fact_pipe pipe = fact_pipe_make(&kind, name);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char in[SMALL];

    /* Data for the client, and a read of the server's that pends. */
    fact_associate(pipe.server, port, KEY);
    fact_write(pipe.server, "old", 3);
    fact_read_later(pipe.server, in, 1, &overlapped);
    CHECK(DisconnectNamedPipe(pipe.server));
    packet = fact_packet_take(port);
    CHECK(!packet.success && packet.error == ERROR_PIPE_NOT_CONNECTED);
    CHECK(packet.overlapped == &overlapped && packet.bytes == 0);
    /* The client's handle is good for nothing any more, */
    check_useless(pipe.client, ERROR_PIPE_NOT_CONNECTED);
    CHECK(CloseHandle(pipe.client));
    /* the server's can listen again, and the next client finds no old data. */
    CHECK(
        refused(ConnectNamedPipe(pipe.server, &overlapped), ERROR_IO_PENDING));
    pipe.client = fact_pipe_client(name, FILE_FLAG_OVERLAPPED);
    CHECK(pipe.client != INVALID_HANDLE_VALUE);
    CHECK(fact_packet_take(port).success);
    overlapped = (OVERLAPPED){0};
    fact_read_later(pipe.client, in, 1, &overlapped);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

void fact_pipe_18(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE alone = fact_pipe_alone(TRUE);

    check_useless(alone, ERROR_PIPE_LISTENING);
    CHECK(CloseHandle(alone));
    CHECK(DisconnectNamedPipe(pipe.server));
    check_useless(pipe.server, ERROR_PIPE_NOT_CONNECTED);
    fact_pipe_close(&pipe);
}

void fact_pipe_20(void)
{
    const struct fact_pipe_kind kind = {.no_wait = TRUE, .bytes = SMALL};
    WCHAR name[MAX_PATH];
    struct fact_pipe pipe = fact_pipe_make(&kind, name);
    char out[2 * SMALL] = {0};
    char in;
    DWORD bytes;

    CHECK(refused(ConnectNamedPipe(pipe.server, NULL), ERROR_PIPE_CONNECTED));
    /* An empty pipe is not waited for. */
    CHECK(refused(ReadFile(pipe.server, &in, 1, &bytes, NULL), ERROR_NO_DATA));
    /* A write takes place or not. */
    bytes = 99;
    CHECK(WriteFile(pipe.server, out, sizeof out, &bytes, NULL) && bytes == 0);
    CHECK(WriteFile(pipe.server, out, SMALL, &bytes, NULL) && bytes == SMALL);
    bytes = 99;
    CHECK(WriteFile(pipe.server, out, 1, &bytes, NULL) && bytes == 0);
    /* Nor is a client. */
    CHECK(DisconnectNamedPipe(pipe.server));
    (void)ConnectNamedPipe(pipe.server, NULL);
    CHECK(refused(ConnectNamedPipe(pipe.server, NULL), ERROR_PIPE_LISTENING));
    fact_pipe_close(&pipe);
}

void fact_pipe_23(void)
{
    HANDLE server = fact_pipe_alone(TRUE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};

    CHECK(event != NULL);
    CHECK(refused(ConnectNamedPipe(server, &overlapped), ERROR_IO_PENDING));
    CHECK(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    CHECK(CloseHandle(server));
    CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(HasOverlappedIoCompleted(&overlapped));
    CHECK(CloseHandle(event));
}

void fact_cancel_19(void)
{
    const struct fact_pipe_kind kind = {.overlapped = TRUE};
    WCHAR name[MAX_PATH];
    struct fact_pipe pipe = fact_pipe_make(&kind, name);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;

    CHECK(CloseHandle(pipe.client));
    CHECK(DisconnectNamedPipe(pipe.server));
    fact_associate(pipe.server, port, KEY);
    CHECK(
        refused(ConnectNamedPipe(pipe.server, &overlapped), ERROR_IO_PENDING));
    CHECK(CancelIoEx(pipe.server, &overlapped));
    packet = fact_packet_take(port);
    CHECK(!packet.success && packet.error == ERROR_OPERATION_ABORTED);
    CHECK(packet.overlapped == &overlapped && packet.bytes == 0);
    /* The instance listens again, and a client comes. */
    CHECK(
        refused(ConnectNamedPipe(pipe.server, &overlapped), ERROR_IO_PENDING));
    pipe.client = fact_pipe_client(name, FILE_FLAG_OVERLAPPED);
    CHECK(pipe.client != INVALID_HANDLE_VALUE);
    CHECK(fact_packet_take(port).success);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}
