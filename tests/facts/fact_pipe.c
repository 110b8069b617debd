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

enum { PIPE_BUFFER_BYTES = 4096, PIPES_MAX = 64, NAME_MAX_CHARS = 64 };

/**
 * @brief Make a pipe of one instance and return its server end.
 *
 * It gets the first name that no pipe has now.  A number that counts up for
 * ever would do as well, if a run of the simulator were not to be the same
 * when it is repeated.
 */
static HANDLE make_server(WCHAR *name_out, DWORD mode, BOOL overlapped)
{
    HANDLE server = INVALID_HANDLE_VALUE;

    for (unsigned number = 1;
         number <= PIPES_MAX && server == INVALID_HANDLE_VALUE;
         number++) {
        (void)swprintf(name_out,
                       NAME_MAX_CHARS,
                       L"\\\\.\\pipe\\dryport-fact-%u-%u",
                       (unsigned)GetCurrentProcessId(),
                       number);
        server = CreateNamedPipeW(name_out,
                                  PIPE_ACCESS_DUPLEX |
                                      (overlapped ? FILE_FLAG_OVERLAPPED : 0),
                                  mode,
                                  1,
                                  PIPE_BUFFER_BYTES,
                                  PIPE_BUFFER_BYTES,
                                  0,
                                  NULL);
    }
    CHECK(server != INVALID_HANDLE_VALUE);
    return server;
}

HANDLE fact_pipe_alone(BOOL overlapped)
{
    WCHAR name[NAME_MAX_CHARS];

    return make_server(name, PIPE_TYPE_BYTE, overlapped);
}

struct fact_pipe fact_pipe(BOOL message)
{
    WCHAR name[NAME_MAX_CHARS];
    DWORD mode = message ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE
                         : PIPE_TYPE_BYTE | PIPE_READMODE_BYTE;
    DWORD read_mode = PIPE_READMODE_MESSAGE;
    struct fact_pipe pipe;

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
