/**
 * @file test_pipe_connect.c
 * @brief Named pipes: names, instances, and who connects to whom.
 *
 * Uses:     schedules.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    PIPE-01, PIPE-02, PIPE-03, PIPE-04, PIPE-05, PIPE-06, PIPE-18,
 *           PIPE-20, PIPE-22, PIPE-23, CANCEL-19.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"
#include "schedules.h"

static bool pends(BOOL result)
{
    return failed(result, ERROR_IO_PENDING);
}

/** @brief Opening fails with this error. */
static bool no_client(DWORD error)
{
    return CreateFileW(PAIR_NAME,
                       GENERIC_READ | GENERIC_WRITE,
                       0,
                       NULL,
                       OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED,
                       NULL) == INVALID_HANDLE_VALUE &&
           GetLastError() == error;
}

/* ---- Connecting ---------------------------------------------------------- */

static void connect_scenario(void *arg)
{
    HANDLE server = pair_listen(FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    HANDLE port = pair_port(server);
    HANDLE event = CreateEventW(NULL, TRUE, TRUE, NULL);
    OVERLAPPED listen = {0};
    OVERLAPPED again = {.hEvent = event};
    HANDLE client;
    char in[4];

    (void)arg;
    {
        /* PIPE-01: it pends until a client comes. */
        sim_assert(pends(ConnectNamedPipe(server, &listen)));
        sim_assert(packet_none(port));
        client = pair_connect(FILE_FLAG_OVERLAPPED);
        sim_assert(packet_is(port, &listen, ERROR_SUCCESS, 0));
    }
    {
        /* PIPE-02: one that is there already; no packet, no event. */
        sim_assert(
            failed(ConnectNamedPipe(server, &again), ERROR_PIPE_CONNECTED));
        sim_assert(!is_signaled(event) && packet_none(port));
        sim_assert(again.Internal == (ULONG_PTR)STATUS_PENDING);
        /* PIPE-04: only a server listens. */
        sim_assert(
            failed(ConnectNamedPipe(client, &again), ERROR_INVALID_FUNCTION));
        sim_assert(failed(DisconnectNamedPipe(client), ERROR_INVALID_FUNCTION));
        /* PIPE-05: there is no instance for a second client. */
        sim_assert(no_client(ERROR_PIPE_BUSY));
    }
    {
        /* PIPE-03: it came and went. */
        sim_assert(CloseHandle(client));
        sim_assert(failed(ConnectNamedPipe(server, &again), ERROR_NO_DATA));
        sim_assert(no_client(ERROR_PIPE_BUSY));
    }
    {
        /* PIPE-05, PIPE-18: disconnected, it must listen first. */
        sim_assert(DisconnectNamedPipe(server));
        sim_assert(!ReadFile(server, in, 4, NULL, &again));
        sim_assert(GetLastError() == ERROR_PIPE_NOT_CONNECTED);
        sim_assert(
            failed(DisconnectNamedPipe(server), ERROR_PIPE_NOT_CONNECTED));
        sim_assert(no_client(ERROR_PIPE_BUSY));
    }
    {
        /* CANCEL-19: a cancelled listen leaves it listening. */
        sim_assert(pends(ConnectNamedPipe(server, &listen)));
        sim_assert(CancelIoEx(server, &listen));
        sim_assert(packet_is(port, &listen, ERROR_OPERATION_ABORTED, 0));
        sim_assert(!WriteFile(server, "a", 1, NULL, &again));
        sim_assert(GetLastError() == ERROR_PIPE_LISTENING);
        sim_assert(CloseHandle(pair_connect(0)));
    }
    sim_assert(CloseHandle(server) && no_client(ERROR_FILE_NOT_FOUND));
    sim_assert(CloseHandle(port) && CloseHandle(event));
}

static void instances_scenario(void *arg)
{
    HANDLE servers[3];
    HANDLE client;
    DWORD bytes;

    (void)arg;
    for (unsigned at = 0; at < 3; at++) {
        servers[at] = pair_listen(0, PIPE_TYPE_BYTE);
    }
    {
        /* PIPE-06: the instance that has been free longest. */
        client = pair_connect(0);
        sim_assert(WriteFile(servers[0], "a", 1, &bytes, NULL));
        sim_assert(failed(WriteFile(servers[1], "a", 1, &bytes, NULL),
                          ERROR_PIPE_LISTENING));
        sim_assert(CloseHandle(client) && DisconnectNamedPipe(servers[0]));
    }
    {
        /* An instance that is closed leaves the line. */
        DWORD no_wait = PIPE_NOWAIT;

        sim_assert(SetNamedPipeHandleState(servers[0], &no_wait, NULL, NULL));
        sim_assert(ConnectNamedPipe(servers[0], NULL)); /* PIPE-20 */
        sim_assert(
            failed(ConnectNamedPipe(servers[0], NULL), ERROR_PIPE_LISTENING));
        sim_assert(CloseHandle(servers[1]));
        client = pair_connect(0);
        sim_assert(WriteFile(servers[2], "a", 1, &bytes, NULL));
        sim_assert(CloseHandle(client));
        client = pair_connect(0);
        sim_assert(WriteFile(servers[0], "a", 1, &bytes, NULL));
        sim_assert(
            failed(ConnectNamedPipe(servers[0], NULL), ERROR_PIPE_CONNECTED));
        sim_assert(CloseHandle(client));
    }
    sim_assert(CloseHandle(servers[0]) && CloseHandle(servers[2]));
}

static DWORD WINAPI listen_blocking(void *server)
{
    return ConnectNamedPipe(server, NULL) ? ERROR_SUCCESS : GetLastError();
}

static void blocking_listen_scenario(void *arg)
{
    HANDLE server = pair_listen(FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    HANDLE thread = thread_start(listen_blocking, server);
    HANDLE client;
    DWORD code;

    (void)arg;
    /* Without OVERLAPPED it blocks, even on an overlapped handle. */
    sim_settle();
    sim_assert(GetExitCodeThread(thread, &code) && code == STILL_ACTIVE);
    client = pair_connect(0);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(thread, &code) && code == ERROR_SUCCESS);
    thread_end(thread);
    sim_assert(CloseHandle(client) && CloseHandle(server));
}

static void closed_listening_scenario(void *arg)
{
    HANDLE server = pair_listen(FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED listen = {.hEvent = event};

    (void)arg;
    /* PIPE-23. */
    sim_assert(pends(ConnectNamedPipe(server, &listen)));
    sim_assert(CloseHandle(server) && is_signaled(event));
    sim_assert(listen.Internal != (ULONG_PTR)STATUS_PENDING);
    sim_assert(CloseHandle(event));
}

#define NAMED L"\\\\.\\pipe\\name"

static HANDLE make_pipe(LPCWSTR name,
                        DWORD open_mode,
                        DWORD pipe_mode,
                        DWORD most)
{
    return CreateNamedPipeW(name, open_mode, pipe_mode, most, 8, 8, 0, NULL);
}

static bool no_pipe(LPCWSTR name,
                    DWORD open_mode,
                    DWORD pipe_mode,
                    DWORD most,
                    DWORD error)
{
    return make_pipe(name, open_mode, pipe_mode, most) ==
               INVALID_HANDLE_VALUE &&
           GetLastError() == error;
}

static HANDLE open_path(LPCSTR path)
{
    return CreateFileA(path,
                       GENERIC_READ | GENERIC_WRITE,
                       0,
                       NULL,
                       OPEN_EXISTING,
                       0,
                       NULL);
}

static bool no_path(LPCSTR path, DWORD error)
{
    return open_path(path) == INVALID_HANDLE_VALUE && GetLastError() == error;
}

static void names_scenario(void *arg)
{
    HANDLE first = make_pipe(L"\\\\.\\PIPE\\Name", PIPE_ACCESS_DUPLEX, 0, 2);
    HANDLE second = make_pipe(NAMED, PIPE_ACCESS_DUPLEX, 0, 2);
    HANDLE client = open_path("\\\\.\\pipe\\nAME");
    DWORD message = PIPE_READMODE_MESSAGE;

    (void)arg;
    sim_assert(first != INVALID_HANDLE_VALUE);
    sim_assert(second != INVALID_HANDLE_VALUE);
    sim_assert(client != INVALID_HANDLE_VALUE);
    /* The first instance decides for the others. */
    sim_assert(no_pipe(NAMED, 3, 0, 2, ERROR_PIPE_BUSY));
    sim_assert(no_pipe(NAMED, 1, 0, 2, ERROR_ACCESS_DENIED));
    sim_assert(no_pipe(NAMED, 3, 4, 2, ERROR_ACCESS_DENIED));
    sim_assert(no_pipe(NAMED,
                       3 | FILE_FLAG_FIRST_PIPE_INSTANCE,
                       0,
                       2,
                       ERROR_ACCESS_DENIED));
    sim_assert(failed(SetNamedPipeHandleState(client, &message, NULL, NULL),
                      ERROR_INVALID_PARAMETER));
    /* The name stays while any end is open. */
    sim_assert(CloseHandle(first) && CloseHandle(second));
    sim_assert(no_path("\\\\.\\pipe\\name", ERROR_PIPE_BUSY));
    sim_assert(CloseHandle(client));
    sim_assert(no_path("\\\\.\\pipe\\name", ERROR_FILE_NOT_FOUND));
}

static void bad_names_scenario(void *arg)
{
    (void)arg;
    sim_assert(no_pipe(NAMED, 0, 0, 1, ERROR_INVALID_PARAMETER));
    sim_assert(no_pipe(NAMED, 3, 2, 1, ERROR_INVALID_PARAMETER));
    sim_assert(no_pipe(NAMED, 3, 0, 0, ERROR_INVALID_PARAMETER));
    sim_assert(no_pipe(NAMED, 3, 0, 256, ERROR_INVALID_PARAMETER));
    sim_assert(no_pipe(L"\\\\.\\pipe\\", 3, 0, 1, ERROR_INVALID_NAME));
    sim_assert(no_pipe(L"name", 3, 0, 1, ERROR_INVALID_NAME));
    sim_assert(no_pipe(NULL, 3, 0, 1, ERROR_PATH_NOT_FOUND));
    sim_assert(no_path("file", ERROR_FILE_NOT_FOUND));
    sim_assert(no_path("c:\\file", ERROR_FILE_NOT_FOUND));
    sim_assert(no_path("c:\\none\\file", ERROR_PATH_NOT_FOUND));
    sim_assert(no_path("", ERROR_PATH_NOT_FOUND));
}

static void client_gets_a_free_instance(void **state)
{
    (void)state;
    schedules_pass(connect_scenario);
    schedules_pass(instances_scenario);
    schedules_pass(blocking_listen_scenario);
    schedules_pass(closed_listening_scenario);
    schedules_pass(names_scenario);
    schedules_pass(bad_names_scenario);
}

static DWORD WINAPI wait_for_pipe(void *milliseconds)
{
    return WaitNamedPipeW(PAIR_NAME, (DWORD)(ULONG_PTR)milliseconds)
               ? ERROR_SUCCESS
               : GetLastError();
}

static void wait_scenario(void *arg)
{
    HANDLE server;
    HANDLE client;
    HANDLE thread;
    DWORD code;

    (void)arg;
    /* PIPE-22: no pipe, a free one, a time-out, one that becomes free. */
    sim_assert(wait_for_pipe((void *)10) == ERROR_FILE_NOT_FOUND);
    server = pair_listen(0, PIPE_TYPE_BYTE);
    sim_assert(wait_for_pipe(NULL) == ERROR_SUCCESS);
    client = pair_connect(0);
    sim_assert(wait_for_pipe((void *)10) == ERROR_SEM_TIMEOUT);
    thread = thread_start(wait_for_pipe, (void *)(ULONG_PTR)UINT32_MAX);
    sim_assert(CloseHandle(client) && DisconnectNamedPipe(server));
    sim_settle();
    sim_assert(WaitForSingleObject(thread, 0) == WAIT_TIMEOUT);
    client = pair_listen(0, PIPE_TYPE_BYTE);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(thread, &code) && code == ERROR_SUCCESS);
    thread_end(thread);
    /* One that is closed meanwhile. */
    sim_assert(CloseHandle(client));
    thread = thread_start(wait_for_pipe, (void *)(ULONG_PTR)UINT32_MAX);
    sim_settle();
    sim_assert(CloseHandle(server));
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(thread, &code));
    sim_assert(code == ERROR_FILE_NOT_FOUND);
    thread_end(thread);
}

static void wait_ends_when_an_instance_is_free(void **state)
{
    (void)state;
    schedules_pass(wait_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(client_gets_a_free_instance),
        cmocka_unit_test(wait_ends_when_an_instance_is_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
