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

enum { PIPE_BUFFER_BYTES = 4096, PIPES_MAX = 64 };

/**
 * @brief Make a pipe of one instance and return its server end.
 *
 * It gets the first name that no pipe has now.  A number that counts up for
 * ever would do as well, if a run of the simulator were not to be the same
 * when it is repeated.
 */
static HANDLE make_server(WCHAR name_out[MAX_PATH],
                          const struct fact_pipe_kind *kind)
{
    HANDLE server = INVALID_HANDLE_VALUE;
    DWORD mode = (kind->message ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE
                                : PIPE_TYPE_BYTE | PIPE_READMODE_BYTE) |
                 (kind->no_wait ? PIPE_NOWAIT : PIPE_WAIT);
    DWORD bytes = kind->bytes != 0 ? kind->bytes : PIPE_BUFFER_BYTES;

    for (unsigned number = 1;
         number <= PIPES_MAX && server == INVALID_HANDLE_VALUE;
         number++) {
        (void)swprintf(name_out,
                       MAX_PATH,
                       L"\\\\.\\pipe\\dryport-fact-%u-%u",
                       (unsigned)GetCurrentProcessId(),
                       number);
        server = CreateNamedPipeW(
            name_out,
            PIPE_ACCESS_DUPLEX | (kind->overlapped ? FILE_FLAG_OVERLAPPED : 0),
            mode,
            1,
            bytes,
            bytes,
            0,
            NULL);
    }
    CHECK(server != INVALID_HANDLE_VALUE);
    return server;
}

HANDLE fact_pipe_alone(BOOL overlapped)
{
    WCHAR name[MAX_PATH];

    return make_server(
        name,
        &(const struct fact_pipe_kind){.overlapped = overlapped});
}

HANDLE fact_pipe_client(const WCHAR *name, DWORD flags)
{
    return CreateFileW(name,
                       GENERIC_READ | GENERIC_WRITE,
                       0,
                       NULL,
                       OPEN_EXISTING,
                       flags,
                       NULL);
}

struct fact_pipe fact_pipe_make(const struct fact_pipe_kind *kind,
                                WCHAR name_out[MAX_PATH])
{
    DWORD read_mode = PIPE_READMODE_MESSAGE;
    struct fact_pipe pipe;

    pipe.server = make_server(name_out, kind);
    pipe.client =
        fact_pipe_client(name_out, kind->overlapped ? FILE_FLAG_OVERLAPPED : 0);
    CHECK(pipe.client != INVALID_HANDLE_VALUE);
    if (kind->message) {
        CHECK(SetNamedPipeHandleState(pipe.client, &read_mode, NULL, NULL));
    }
    return pipe;
}

struct fact_pipe fact_pipe(BOOL message)
{
    const struct fact_pipe_kind kind = {
        .overlapped = TRUE,
        .message = message,
    };
    WCHAR name[MAX_PATH];

    return fact_pipe_make(&kind, name);
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
