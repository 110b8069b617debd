/**
 * @file file_scatter.c
 * @brief Facts about reads into, and writes from, pages here and there.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    FILE-14.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { KEY = 5, PAGE = 4096, PAGES = 2 };

/** @brief Pages of memory, in the other order than segments name them. */
static char *pages_make(FILE_SEGMENT_ELEMENT segments[PAGES + 1])
{
    char *pages = VirtualAlloc(NULL,
                               (SIZE_T)PAGES * PAGE,
                               MEM_RESERVE | MEM_COMMIT,
                               PAGE_READWRITE);

    CHECK(pages != NULL);
    memset(segments, 0, (PAGES + 1) * sizeof *segments);
    segments[0].Buffer = PtrToPtr64((pages + PAGE));
    segments[1].Buffer = PtrToPtr64(pages);
    return pages;
}

static BOOL refused(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

/** @brief Check that a handle of another kind is refused. */
static void check_refused(const struct fact_file *file,
                          DWORD flags,
                          FILE_SEGMENT_ELEMENT *segments)
{
    HANDLE handle = fact_file_open(file, GENERIC_READ | GENERIC_WRITE, flags);
    OVERLAPPED overlapped = {0};

    CHECK(refused(ReadFileScatter(handle, segments, PAGE, NULL, &overlapped),
                  ERROR_INVALID_PARAMETER));
    CHECK(refused(WriteFileGather(handle, segments, PAGE, NULL, &overlapped),
                  ERROR_INVALID_PARAMETER));
    CHECK(CloseHandle(handle));
}

/** @brief Read both pages back in the other order: skip mode is on, and there
 *  is a packet all the same. */
static void check_scatter(const struct fact_file *file,
                          HANDLE port,
                          FILE_SEGMENT_ELEMENT *segments,
                          const char *pages)
{
    OVERLAPPED overlapped = {0};
    PVOID64 first = segments[0].Buffer;
    struct fact_packet packet;

    segments[0] = segments[1];
    segments[1].Buffer = first;
    CHECK(refused(ReadFileScatter(file->handle,
                                  segments,
                                  PAGES * PAGE,
                                  NULL,
                                  &overlapped),
                  ERROR_IO_PENDING));
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.overlapped == &overlapped);
    CHECK(packet.bytes == PAGES * PAGE && packet.key == KEY);
    /* Page 1 was written first; now page 0 is read first. */
    CHECK(pages[0] == 'b' && pages[PAGE - 1] == 'b');
    CHECK(pages[PAGE] == 'a' && pages[2 * PAGE - 1] == 'a');
    CHECK(fact_packet_none(port));
    /* At the end of the file: pending, and then the packet tells. */
    overlapped.Offset = PAGES * PAGE;
    CHECK(refused(
        ReadFileScatter(file->handle, segments, PAGE, NULL, &overlapped),
        ERROR_IO_PENDING));
    packet = fact_packet_take(port);
    CHECK(!packet.success && packet.error == ERROR_HANDLE_EOF);
    CHECK(packet.bytes == 0 && fact_packet_none(port));
}

void fact_file_14(void)
{
    struct fact_file file =
        fact_file(GENERIC_READ | GENERIC_WRITE,
                  FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING);
    HANDLE port = fact_port(0);
    FILE_SEGMENT_ELEMENT segments[PAGES + 1];
    char *pages = pages_make(segments);
    OVERLAPPED overlapped = {0};
    BOOL result;

    memset(pages, 'a', PAGE);
    memset(pages + PAGE, 'b', PAGE);
    /* Both halves of "overlapped, unbuffered" are needed. */
    check_refused(&file, 0, segments);
    check_refused(&file, FILE_FLAG_OVERLAPPED, segments);
    check_refused(&file, FILE_FLAG_NO_BUFFERING, segments);
    fact_associate(file.handle, port, KEY);
    result =
        WriteFileGather(file.handle, segments, PAGES * PAGE, NULL, &overlapped);
    CHECK(fact_accepted(result));
    CHECK(fact_packet_take(port).bytes == PAGES * PAGE);
    memset(pages, 0, (size_t)PAGES * PAGE);
    CHECK(SetFileCompletionNotificationModes(
        file.handle,
        FILE_SKIP_COMPLETION_PORT_ON_SUCCESS));
    check_scatter(&file, port, segments, pages);
    CHECK(VirtualFree(pages, 0, MEM_RELEASE));
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}
