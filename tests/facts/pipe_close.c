/**
 * @file pipe_close.c
 * @brief Facts about what closing one end of a pipe does.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PIPE-14, PIPE-15, PIPE-16.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { KEY = 5, ROOM = 16 };

/** @brief Make a pipe and exchange its ends if the client is to be tested. */
static struct fact_pipe pipe_open(BOOL exchanged)
{
    struct fact_pipe pipe = fact_pipe(FALSE);

    return exchanged ? (struct fact_pipe){pipe.client, pipe.server} : pipe;
}

/** @brief Close one end. */
static void close_end(HANDLE *end)
{
    CHECK(CloseHandle(*end));
    *end = NULL;
}

/** @brief Check the packet of a read that was broken off. */
static void check_broken(HANDLE port, const OVERLAPPED *overlapped)
{
    struct fact_packet packet = fact_packet_take(port);

    CHECK(!packet.success && packet.error == ERROR_BROKEN_PIPE);
    CHECK(packet.overlapped == overlapped);
    CHECK(packet.key == KEY && packet.bytes == 0);
    CHECK(fact_packet_none(port));
}

/** What a completion routine was told. */
static struct {
    volatile LONG count;
    DWORD error;
    DWORD bytes;
} told;

static void WINAPI tell(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    (void)overlapped;
    told.count++;
    told.error = error;
    told.bytes = bytes;
}

void fact_pipe_14(void)
{
    for (BOOL exchanged = FALSE; exchanged <= TRUE; exchanged++) {
        struct fact_pipe pipe = pipe_open(exchanged);
        HANDLE port = fact_port(0);
        HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
        OVERLAPPED overlapped = {.hEvent = event};
        char byte;

        CHECK(event != NULL);
        /* A read pends, and the other end is closed: the read is broken off,
         * and event and packet tell. */
        fact_associate(pipe.server, port, KEY);
        fact_read_later(pipe.server, &byte, 1, &overlapped);
        CHECK(fact_packet_none(port));
        close_end(&pipe.client);
        CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
        check_broken(port, &overlapped);
        fact_pipe_close(&pipe);
        CHECK(CloseHandle(port) && CloseHandle(event));
        /* A routine is told the same. */
        pipe = pipe_open(exchanged);
        told.count = 0;
        CHECK(ReadFileEx(pipe.server, &byte, 1, &overlapped, tell));
        close_end(&pipe.client);
        CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
        CHECK(told.count == 1 && told.error == ERROR_BROKEN_PIPE);
        CHECK(told.bytes == 0);
        fact_pipe_close(&pipe);
    }
}

/** @brief Check that a call fails at once and touches nothing. */
static void check_refused(HANDLE end, BOOL write, ULONG bytes, NTSTATUS status)
{
    struct fact_native native = fact_native();
    IO_STATUS_BLOCK block = {.Status = 77, .Information = 88};
    char buffer[ROOM] = "x";

    if (write) {
        CHECK(native.write_file(end,
                                NULL,
                                NULL,
                                &block,
                                &block,
                                buffer,
                                bytes,
                                NULL,
                                NULL) == status);
    } else {
        CHECK(native.read_file(end,
                               NULL,
                               NULL,
                               &block,
                               &block,
                               buffer,
                               bytes,
                               NULL,
                               NULL) == status);
    }
    CHECK(block.Status == 77 && block.Information == 88);
}

/** @brief Read what was written before the other end was closed. */
static void check_rest(HANDLE end, HANDLE port, const char *text)
{
    OVERLAPPED overlapped = {0};
    struct fact_packet packet;
    char buffer[ROOM];

    CHECK(ReadFile(end, buffer, (DWORD)strlen(text), NULL, &overlapped));
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.bytes == strlen(text));
    CHECK(memcmp(buffer, text, packet.bytes) == 0);
}

void fact_pipe_15(void)
{
    for (BOOL exchanged = FALSE; exchanged <= TRUE; exchanged++) {
        struct fact_pipe pipe = pipe_open(exchanged);
        HANDLE port = fact_port(0);
        OVERLAPPED overlapped = {0};
        char byte;

        fact_associate(pipe.server, port, KEY);
        fact_write(pipe.client, "abcd", 4);
        close_end(&pipe.client);
        /* What was written before can still be read, but nothing can be
         * written any more. */
        check_rest(pipe.server, port, "abc");
        check_refused(pipe.server, TRUE, 1, STATUS_PIPE_CLOSING);
        check_rest(pipe.server, port, "d");
        /* After that reads fail at once, even those of nothing, and no packet
         * tells of it. */
        check_refused(pipe.server, FALSE, 1, STATUS_PIPE_BROKEN);
        check_refused(pipe.server, FALSE, 0, STATUS_PIPE_BROKEN);
        check_refused(pipe.server, TRUE, 1, STATUS_PIPE_CLOSING);
        CHECK(!ReadFile(pipe.server, &byte, 1, NULL, &overlapped));
        CHECK(GetLastError() == ERROR_BROKEN_PIPE);
        CHECK(!WriteFile(pipe.server, "x", 1, NULL, &overlapped));
        CHECK(GetLastError() == ERROR_NO_DATA);
        CHECK(fact_packet_none(port));
        fact_pipe_close(&pipe);
        CHECK(CloseHandle(port));
    }
}

void fact_pipe_16(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    HANDLE same;
    char byte;

    CHECK(DuplicateHandle(GetCurrentProcess(),
                          pipe.server,
                          GetCurrentProcess(),
                          &same,
                          0,
                          FALSE,
                          DUPLICATE_SAME_ACCESS));
    fact_associate(pipe.server, port, KEY);
    fact_read_later(pipe.server, &byte, 1, &overlapped);
    /* Closing one of the server's handles does nothing to its read, */
    CHECK(CloseHandle(same));
    CHECK(fact_packet_none(port));
    /* closing the last one breaks it off; it is not cancelled. */
    close_end(&pipe.server);
    check_broken(port, &overlapped);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}
