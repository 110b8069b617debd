/**
 * @file pipe_pair.c
 * @brief Opening a pipe, and taking packets, in one line each.
 *
 * Uses:     pipe_pair.h.
 * Used by:  the tests that do I/O.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"

HANDLE pair_listen(DWORD open_mode, DWORD pipe_mode)
{
    HANDLE server = CreateNamedPipeW(PAIR_NAME,
                                     PIPE_ACCESS_DUPLEX | open_mode,
                                     pipe_mode,
                                     PIPE_UNLIMITED_INSTANCES,
                                     PAIR_QUOTA,
                                     PAIR_QUOTA,
                                     0,
                                     NULL);

    sim_assert(server != INVALID_HANDLE_VALUE);
    return server;
}

HANDLE pair_connect(DWORD flags)
{
    HANDLE client = CreateFileW(PAIR_NAME,
                                GENERIC_READ | GENERIC_WRITE,
                                0,
                                NULL,
                                OPEN_EXISTING,
                                flags,
                                NULL);

    sim_assert(client != INVALID_HANDLE_VALUE);
    return client;
}

struct pair pair_open(DWORD type)
{
    DWORD mode =
        type == PIPE_TYPE_MESSAGE ? PIPE_READMODE_MESSAGE : PIPE_READMODE_BYTE;
    struct pair pair;

    pair.server = pair_listen(FILE_FLAG_OVERLAPPED, type | mode);
    pair.client = pair_connect(FILE_FLAG_OVERLAPPED);
    sim_assert(SetNamedPipeHandleState(pair.client, &mode, NULL, NULL));
    return pair;
}

void pair_close(const struct pair *pair)
{
    sim_assert(CloseHandle(pair->client));
    sim_assert(CloseHandle(pair->server));
}

HANDLE pair_port(HANDLE file)
{
    HANDLE port = CreateIoCompletionPort(file, NULL, PAIR_KEY, 0);

    sim_assert(port != NULL);
    return port;
}

struct taken packet_take(HANDLE port)
{
    struct taken taken = {.overlapped = NULL};

    taken.ok = GetQueuedCompletionStatus(port,
                                         &taken.bytes,
                                         &taken.key,
                                         &taken.overlapped,
                                         0);
    taken.error = taken.ok ? ERROR_SUCCESS : GetLastError();
    return taken;
}

bool packet_is(HANDLE port,
               const OVERLAPPED *overlapped,
               DWORD error,
               DWORD bytes)
{
    struct taken taken = packet_take(port);

    return taken.overlapped == overlapped && taken.error == error &&
           taken.bytes == bytes && taken.key == PAIR_KEY;
}

bool packet_none(HANDLE port)
{
    struct taken taken = packet_take(port);

    return !taken.ok && taken.overlapped == NULL && taken.error == WAIT_TIMEOUT;
}

bool failed(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

bool is_signaled(HANDLE handle)
{
    return WaitForSingleObject(handle, 0) == WAIT_OBJECT_0;
}

HANDLE thread_start(LPTHREAD_START_ROUTINE start, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, start, argument, 0, NULL);

    sim_assert(thread != NULL);
    return thread;
}

void thread_end(HANDLE thread)
{
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}
