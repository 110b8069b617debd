/**
 * @file fact_pipe.c
 * @brief A connected named pipe for fact tests.
 *
 * Uses:     fact.h.
 * Used by:  the fact tests that need an overlapped file.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>
#include <wchar.h>

enum { PIPE_BUFFER_BYTES = 4096 };

/** @brief A name that no pipe of this process has had before. */
static void make_name(WCHAR *name, size_t room)
{
    static volatile LONG last;

    (void)swprintf(name,
                   room,
                   L"\\\\.\\pipe\\dryport-fact-%u-%u",
                   (unsigned)GetCurrentProcessId(),
                   (unsigned)InterlockedIncrement(&last));
}

/** @brief Make a pipe of one instance and return its server end. */
static HANDLE make_server(const WCHAR *name, DWORD mode, BOOL overlapped)
{
    HANDLE server = CreateNamedPipeW(
        name,
        PIPE_ACCESS_DUPLEX | (overlapped ? FILE_FLAG_OVERLAPPED : 0),
        mode,
        1,
        PIPE_BUFFER_BYTES,
        PIPE_BUFFER_BYTES,
        0,
        NULL);

    CHECK(server != INVALID_HANDLE_VALUE);
    return server;
}

HANDLE fact_pipe_alone(BOOL overlapped)
{
    WCHAR name[64];

    make_name(name, sizeof name / sizeof name[0]);
    return make_server(name, PIPE_TYPE_BYTE, overlapped);
}

struct fact_pipe fact_pipe(BOOL message)
{
    WCHAR name[64];
    DWORD mode = message ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE
                         : PIPE_TYPE_BYTE | PIPE_READMODE_BYTE;
    DWORD read_mode = PIPE_READMODE_MESSAGE;
    struct fact_pipe pipe;

    make_name(name, sizeof name / sizeof name[0]);
    pipe.server = make_server(name, mode, TRUE);
    pipe.client = CreateFileW(name,
                              GENERIC_READ | GENERIC_WRITE,
                              0,
                              NULL,
                              OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED,
                              NULL);
    CHECK(pipe.client != INVALID_HANDLE_VALUE);
    if (message) {
        CHECK(SetNamedPipeHandleState(pipe.client, &read_mode, NULL, NULL));
    }
    return pipe;
}

void fact_pipe_close(struct fact_pipe *pipe)
{
    if (pipe->server != NULL) {
        CHECK(CloseHandle(pipe->server));
    }
    if (pipe->client != NULL) {
        CHECK(CloseHandle(pipe->client));
    }
    memset(pipe, 0, sizeof *pipe);
}

void fact_write(HANDLE end, const void *bytes, DWORD count)
{
    OVERLAPPED overlapped = {0};
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    DWORD written = 0;

    CHECK(event != NULL);
    /* The low bit keeps the packet away: PORT-23. */
    overlapped.hEvent = (HANDLE)((ULONG_PTR)event | 1);
    if (!WriteFile(end, bytes, count, NULL, &overlapped)) {
        CHECK(GetLastError() == ERROR_IO_PENDING);
        CHECK(WaitForSingleObject(event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    }
    CHECK(GetOverlappedResult(end, &overlapped, &written, FALSE));
    CHECK(written == count);
    CHECK(CloseHandle(event));
}
