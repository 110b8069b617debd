/**
 * @file file_result.c
 * @brief Facts about what reads of disk files return, and when.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    FILE-01, FILE-02, FILE-03, FILE-04, FILE-05, FILE-06.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { KEY = 5, ROOM = 16 };

static const char text[] = "abcdefgh";
enum { TEXT_BYTES = 8 };

/** @brief An overlapped file that holds the text, with a port. */
static struct fact_file open_with_port(HANDLE port)
{
    struct fact_file file =
        fact_file(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);

    fact_file_fill(&file, text, TEXT_BYTES);
    fact_associate(file.handle, port, KEY);
    return file;
}

/** @brief Check the packet of a read that brought so many bytes from the
 *  beginning of the text. */
static void check_packet(HANDLE port,
                         const OVERLAPPED *overlapped,
                         const char *in,
                         DWORD bytes)
{
    struct fact_packet packet = fact_packet_take(port);

    CHECK(packet.success && packet.bytes == bytes);
    CHECK(packet.key == KEY && packet.overlapped == overlapped);
    CHECK(memcmp(in, text, bytes) == 0);
    CHECK(fact_packet_none(port));
}

void fact_file_01(void)
{
    HANDLE port = fact_port(0);
    struct fact_file file = open_with_port(port);
    OVERLAPPED overlapped = {0};
    char in[ROOM];
    BOOL result;

    /* A read of bytes that are surely in the cache pends; the packet may be
     * there when the call returns. */
    result = ReadFile(file.handle, in, TEXT_BYTES, NULL, &overlapped);
    CHECK(fact_accepted(result));
    if (!result) {
        sim_mark(fact_depth(port) == 1 ? "pending and over" : "pending");
    }
    check_packet(port, &overlapped, in, TEXT_BYTES);
    /* So does a write. */
    overlapped = (OVERLAPPED){.Offset = TEXT_BYTES};
    result = WriteFile(file.handle, text, 2, NULL, &overlapped);
    CHECK(fact_accepted(result));
    if (!result) {
        sim_mark("write pending");
    }
    CHECK(fact_packet_take(port).bytes == 2);
    CHECK(fact_packet_none(port));
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}

void fact_file_02(void)
{
    struct fact_file file =
        fact_file(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};
    char in[ROOM];
    BOOL result;
    struct fact_end end;

    CHECK(event != NULL);
    /* A write that extends the file may succeed within the call; a program
     * that handles both answers sees the same in the end. */
    result = WriteFile(file.handle, text, TEXT_BYTES, NULL, &overlapped);
    sim_mark(result ? "write at once" : "write pends");
    end = fact_end(file.handle, result, &overlapped);
    CHECK(end.error == ERROR_SUCCESS && end.bytes == TEXT_BYTES);
    result = ReadFile(file.handle, in, TEXT_BYTES, NULL, &overlapped);
    sim_mark(result ? "read at once" : "read pends");
    end = fact_end(file.handle, result, &overlapped);
    CHECK(end.error == ERROR_SUCCESS && end.bytes == TEXT_BYTES);
    CHECK(memcmp(in, text, TEXT_BYTES) == 0);
    fact_file_close(&file);
    CHECK(CloseHandle(event));
}

void fact_file_03(void)
{
    HANDLE port = fact_port(0);
    struct fact_file file = open_with_port(port);
    char in[ROOM];

    /* A read at the end, and one behind it: both pend, and their packets tell
     * of the end. */
    for (DWORD offset = TEXT_BYTES; offset <= TEXT_BYTES + 1; offset++) {
        OVERLAPPED overlapped = {.Offset = offset};
        struct fact_packet packet;

        CHECK(!ReadFile(file.handle, in, 1, NULL, &overlapped));
        CHECK(GetLastError() == ERROR_IO_PENDING);
        packet = fact_packet_take(port);
        CHECK(!packet.success && packet.error == ERROR_HANDLE_EOF);
        CHECK(packet.bytes == 0 && packet.overlapped == &overlapped);
        CHECK((NTSTATUS)overlapped.Internal == STATUS_END_OF_FILE);
        CHECK(fact_packet_none(port));
    }
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}

void fact_file_04(void)
{
    HANDLE port = fact_port(0);
    struct fact_file file = open_with_port(port);
    OVERLAPPED overlapped = {0};
    char in[ROOM];
    HANDLE blocking;
    DWORD bytes;

    /* A read that begins before the end and would go beyond it. */
    CHECK(fact_accepted(ReadFile(file.handle, in, ROOM, NULL, &overlapped)));
    check_packet(port, &overlapped, in, TEXT_BYTES);
    overlapped = (OVERLAPPED){.Offset = TEXT_BYTES - 1};
    CHECK(fact_accepted(ReadFile(file.handle, in, ROOM, NULL, &overlapped)));
    CHECK(fact_packet_take(port).bytes == 1 && in[0] == 'h');
    /* The same without OVERLAPPED. */
    blocking = fact_file_open(&file, GENERIC_READ, 0);
    CHECK(ReadFile(blocking, in, ROOM, &bytes, NULL) && bytes == TEXT_BYTES);
    CHECK(CloseHandle(blocking));
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}

void fact_file_05(void)
{
    struct fact_file file = fact_file(GENERIC_READ | GENERIC_WRITE, 0);
    OVERLAPPED overlapped = {.InternalHigh = 77};
    DWORD bytes = 99;
    char in[ROOM];

    /* Without OVERLAPPED the end is a success with no bytes, and says nothing
     * in the last error. */
    SetLastError(4711);
    CHECK(ReadFile(file.handle, in, ROOM, &bytes, NULL) && bytes == 0);
    CHECK(GetLastError() == 4711);
    /* With one it is an error. */
    bytes = 99;
    CHECK(!ReadFile(file.handle, in, ROOM, &bytes, &overlapped));
    CHECK(GetLastError() == ERROR_HANDLE_EOF && bytes == 0);
    CHECK((NTSTATUS)overlapped.Internal == STATUS_PENDING ||
          (NTSTATUS)overlapped.Internal == STATUS_END_OF_FILE);
    sim_mark((NTSTATUS)overlapped.Internal == STATUS_PENDING ? "block left"
                                                             : "block written");
    fact_file_close(&file);
}

void fact_file_06(void)
{
    HANDLE port = fact_port(0);
    struct fact_file file = open_with_port(port);
    HANDLE blocking = fact_file_open(&file, GENERIC_READ, 0);

    /* Reads of nothing: at the end, and behind it. */
    for (DWORD offset = TEXT_BYTES; offset <= TEXT_BYTES + 1; offset++) {
        OVERLAPPED overlapped = {.Offset = offset};
        DWORD bytes = 99;
        char in;

        CHECK(fact_accepted(ReadFile(file.handle, &in, 0, NULL, &overlapped)));
        check_packet(port, &overlapped, &in, 0);
        overlapped = (OVERLAPPED){.Offset = offset};
        CHECK(ReadFile(blocking, &in, 0, &bytes, &overlapped) && bytes == 0);
    }
    CHECK(CloseHandle(blocking));
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}
