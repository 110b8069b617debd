/**
 * @file test_pipes.c
 * @brief Named pipes: what flows between the ends, and how it stops.
 *
 * Uses:     schedules.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    PIPE-07, PIPE-08, PIPE-09, PIPE-10, PIPE-11, PIPE-12, PIPE-14,
 *           PIPE-15, PIPE-16, PIPE-17, PIPE-19, PIPE-20, CANCEL-17, CANCEL-20.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"
#include "schedules.h"

#include <string.h>

/** @brief Read at once; the bytes, or UINT32_MAX and the last error. */
static DWORD read_now(HANDLE file, void *in, DWORD room)
{
    OVERLAPPED overlapped = {0};
    DWORD bytes = 0;

    return ReadFile(file, in, room, &bytes, &overlapped) ? bytes : UINT32_MAX;
}

/** @brief Write at once. */
static bool write_now(HANDLE file, const char *text, DWORD bytes)
{
    OVERLAPPED overlapped = {0};
    DWORD written = 0;

    return WriteFile(file, text, bytes, &written, &overlapped) &&
           written == bytes;
}

static bool pends(BOOL result)
{
    return failed(result, ERROR_IO_PENDING);
}

static bool ended(const OVERLAPPED *overlapped, NTSTATUS status, DWORD bytes)
{
    return overlapped->Internal == (ULONG)status &&
           overlapped->InternalHigh == bytes;
}

/* ---- Bytes and messages -------------------------------------------------- */

static void bytes_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED empty = {0};
    OVERLAPPED read = {0};
    char in[32];

    (void)arg;
    {
        /* PIPE-07: what is there, up to the size, across writes. */
        sim_assert(write_now(pair.client, "abc", 3));
        sim_assert(write_now(pair.client, "def", 3));
        sim_assert(read_now(pair.server, in, 2) == 2);
        sim_assert(read_now(pair.server, in + 2, 30) == 4);
        sim_assert(memcmp(in, "abcdef", 6) == 0);
    }
    {
        /* PIPE-09: zero bytes wait for a write and take nothing of it. */
        sim_assert(pends(ReadFile(pair.server, in, 0, NULL, &empty)));
        sim_assert(pends(ReadFile(pair.server, in, 2, NULL, &read)));
        /* PIPE-10: a write of zero bytes is none. */
        sim_assert(write_now(pair.client, "", 0));
        sim_assert(!HasOverlappedIoCompleted(&empty));
        sim_assert(write_now(pair.client, "abc", 3));
        sim_assert(ended(&empty, STATUS_SUCCESS, 0));
        sim_assert(ended(&read, STATUS_SUCCESS, 2));
        sim_assert(read_now(pair.server, in, 0) == 0);
        sim_assert(read_now(pair.server, in, 4) == 1 && in[0] == 'c');
    }
    pair_close(&pair);
}

static void messages_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_MESSAGE);
    OVERLAPPED empty = {0};
    OVERLAPPED read = {0};
    DWORD byte_mode = PIPE_READMODE_BYTE;
    char in[32];

    (void)arg;
    {
        /* PIPE-07: exactly one message; PIPE-08: in pieces if need be. */
        sim_assert(write_now(pair.client, "abcdef", 6));
        sim_assert(write_now(pair.client, "gh", 2));
        sim_assert(pends(ReadFile(pair.server, in, 4, NULL, &read)));
        sim_assert(ended(&read, STATUS_BUFFER_OVERFLOW, 4));
        sim_assert(read_now(pair.server, in + 4, 20) == 2);
        sim_assert(read_now(pair.server, in + 6, 20) == 2);
        sim_assert(memcmp(in, "abcdefgh", 8) == 0);
    }
    {
        /* PIPE-09: zero bytes of a message are too few. */
        sim_assert(pends(ReadFile(pair.server, in, 0, NULL, &empty)));
        sim_assert(pends(ReadFile(pair.server, in, 4, NULL, &read)));
        sim_assert(write_now(pair.client, "ab", 2));
        sim_assert(ended(&empty, STATUS_BUFFER_OVERFLOW, 0));
        sim_assert(ended(&read, STATUS_SUCCESS, 2));
    }
    {
        /* PIPE-10: a message may be empty; it ends one read. */
        sim_assert(pends(ReadFile(pair.server, in, 4, NULL, &read)));
        sim_assert(pends(ReadFile(pair.server, in, 4, NULL, &empty)));
        sim_assert(write_now(pair.client, "", 0));
        sim_assert(ended(&read, STATUS_SUCCESS, 0));
        sim_assert(!HasOverlappedIoCompleted(&empty));
        sim_assert(CancelIo(pair.server) && write_now(pair.client, "", 0));
        sim_assert(read_now(pair.server, in, 4) == 0);
    }
    {
        /* Read as bytes the borders are gone. */
        sim_assert(
            SetNamedPipeHandleState(pair.server, &byte_mode, NULL, NULL));
        sim_assert(write_now(pair.client, "ab", 2));
        sim_assert(write_now(pair.client, "cd", 2));
        sim_assert(read_now(pair.server, in, 3) == 3);
        sim_assert(read_now(pair.server, in, 3) == 1);
    }
    pair_close(&pair);
}

static void quota_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED first = {0};
    OVERLAPPED second = {0};
    OVERLAPPED read = {0};
    char in[40];

    (void)arg;
    {
        /* PIPE-11: up to the quota at once; PIPE-12: then they pend until all
         * of it fits, and readers see it meanwhile. */
        sim_assert(write_now(pair.client, "0123456789abcdef", PAIR_QUOTA));
        sim_assert(pends(WriteFile(pair.client, "ghij", 4, NULL, &first)));
        sim_assert(pends(WriteFile(pair.client, "k", 1, NULL, &second)));
        sim_assert(read_now(pair.server, in, 3) == 3);
        sim_assert(!HasOverlappedIoCompleted(&first));
        sim_assert(read_now(pair.server, in, 1) == 1);
        sim_assert(ended(&first, STATUS_SUCCESS, 4));
        sim_assert(!HasOverlappedIoCompleted(&second));
        sim_assert(read_now(pair.server, in, 40) == 17);
        sim_assert(ended(&second, STATUS_SUCCESS, 1) && in[16] == 'k');
    }
    {
        /* PIPE-12: waiting readers take the data directly. */
        sim_assert(pends(ReadFile(pair.server, in, 3, NULL, &read)));
        sim_assert(write_now(pair.client, "abc0123456789abcdef", 19));
        sim_assert(ended(&read, STATUS_SUCCESS, 3));
        sim_assert(read_now(pair.server, in, 40) == PAIR_QUOTA);
    }
    {
        /* CANCEL-17: the unread remainder goes, and makes room. */
        sim_assert(pends(
            WriteFile(pair.client, "0123456789abcdefghij", 20, NULL, &first)));
        sim_assert(read_now(pair.server, in, 2) == 2);
        sim_assert(pends(WriteFile(pair.client, "xyz", 3, NULL, &second)));
        sim_assert(CancelIoEx(pair.client, &first));
        sim_assert(ended(&first, STATUS_CANCELLED, 0));
        sim_assert(ended(&second, STATUS_SUCCESS, 3));
        sim_assert(read_now(pair.server, in, 40) == 3 && in[0] == 'x');
    }
    pair_close(&pair);
}

static void no_wait_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED overlapped = {0};
    DWORD mode = PIPE_NOWAIT;
    DWORD bytes = 99;
    char in[40];

    (void)arg;
    /* PIPE-20: nothing ever waits. */
    sim_assert(SetNamedPipeHandleState(pair.client, &mode, NULL, NULL));
    sim_assert(
        failed(ReadFile(pair.client, in, 4, NULL, &overlapped), ERROR_NO_DATA));
    sim_assert(write_now(pair.client, "0123456789abcd", 14));
    sim_assert(WriteFile(pair.client, "xyz", 3, &bytes, &overlapped));
    sim_assert(bytes == 0 && read_now(pair.server, in, 40) == 14);
    pair_close(&pair);
}

static void synchronous_scenario(void *arg)
{
    HANDLE server = pair_listen(0, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE);
    HANDLE client = pair_connect(0);
    DWORD bytes = 99;
    char in[4];

    (void)arg;
    /* PIPE-08: without FILE_FLAG_OVERLAPPED the warning is the answer. */
    sim_assert(WriteFile(client, "abcdef", 6, &bytes, NULL) && bytes == 6);
    sim_assert(failed(ReadFile(server, in, 4, &bytes, NULL), ERROR_MORE_DATA));
    sim_assert(bytes == 4 && in[3] == 'd');
    sim_assert(ReadFile(server, in, 4, &bytes, NULL) && bytes == 2);
    sim_assert(CloseHandle(client));
    bytes = 99;
    sim_assert(
        failed(ReadFile(server, in, 4, &bytes, NULL), ERROR_BROKEN_PIPE));
    sim_assert(bytes == 0);
    sim_assert(CloseHandle(server));
}

static void data_flows_within_the_quota(void **state)
{
    (void)state;
    schedules_pass(synchronous_scenario);
    schedules_pass(bytes_scenario);
    schedules_pass(messages_scenario);
    schedules_pass(quota_scenario);
    schedules_pass(no_wait_scenario);
}

/* ---- The other end goes -------------------------------------------------- */

static void closed_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = pair_port(pair.server);
    OVERLAPPED read = {0};
    OVERLAPPED write = {0};
    char in[4];

    (void)arg;
    {
        /* PIPE-15: the data first, then broken; writes say closing. */
        sim_assert(write_now(pair.client, "abc", 3));
        sim_assert(CloseHandle(pair.client));
        sim_assert(failed(WriteFile(pair.server, "a", 1, NULL, &write),
                          ERROR_NO_DATA));
        sim_assert(ReadFile(pair.server, in, 4, NULL, &read));
        sim_assert(packet_is(port, &read, ERROR_SUCCESS, 3));
        sim_assert(failed(ReadFile(pair.server, in, 0, NULL, &read),
                          ERROR_BROKEN_PIPE));
        sim_assert(packet_none(port));
        sim_assert(read.Internal == (ULONG_PTR)STATUS_PENDING);
    }
    {
        /* PIPE-14: a pending read ends as broken. */
        sim_assert(DisconnectNamedPipe(pair.server));
        sim_assert(pends(ConnectNamedPipe(pair.server, &write)));
        pair.client = pair_connect(FILE_FLAG_OVERLAPPED);
        sim_assert(packet_is(port, &write, ERROR_SUCCESS, 0));
        sim_assert(pends(ReadFile(pair.server, in, 4, NULL, &read)));
        sim_assert(CloseHandle(pair.client));
        sim_assert(packet_is(port, &read, ERROR_BROKEN_PIPE, 0));
    }
    {
        /* PIPE-16: so does one of the handle that is closed. */
        sim_assert(DisconnectNamedPipe(pair.server));
        sim_assert(pends(ConnectNamedPipe(pair.server, &write)));
        pair.client = pair_connect(FILE_FLAG_OVERLAPPED);
        sim_assert(packet_is(port, &write, ERROR_SUCCESS, 0));
        sim_assert(pends(ReadFile(pair.server, in, 4, NULL, &read)));
        sim_assert(CloseHandle(pair.server));
        sim_assert(packet_is(port, &read, ERROR_BROKEN_PIPE, 0));
        sim_assert(failed(ReadFile(pair.client, in, 4, NULL, &read),
                          ERROR_BROKEN_PIPE));
    }
    sim_assert(CloseHandle(pair.client) && CloseHandle(port));
}

static void disconnect_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED server_read = {0};
    OVERLAPPED client_read = {0};
    OVERLAPPED listen = {0};
    HANDLE next;
    char in[16];

    (void)arg;
    {
        /* PIPE-17: data is lost, operations of both ends end. */
        sim_assert(pends(ReadFile(pair.server, in, 4, NULL, &server_read)));
        sim_assert(write_now(pair.server, "ab", 2));
        sim_assert(DisconnectNamedPipe(pair.server));
        sim_assert(ended(&server_read, STATUS_PIPE_DISCONNECTED, 0));
        sim_assert(failed(ReadFile(pair.client, in, 4, NULL, &client_read),
                          ERROR_PIPE_NOT_CONNECTED));
        sim_assert(!write_now(pair.client, "a", 1));
        sim_assert(GetLastError() == ERROR_PIPE_NOT_CONNECTED);
    }
    {
        /* It can listen again; the old client has no part in that. */
        sim_assert(pends(ConnectNamedPipe(pair.server, &listen)));
        next = pair_connect(FILE_FLAG_OVERLAPPED);
        sim_assert(ended(&listen, STATUS_SUCCESS, 0));
        sim_assert(CloseHandle(pair.client));
        sim_assert(write_now(pair.server, "0123456789abcdef", PAIR_QUOTA));
        sim_assert(write_now(next, "xy", 2));
        sim_assert(read_now(pair.server, in, 4) == 2 && in[0] == 'x');
        sim_assert(read_now(next, in, 16) == PAIR_QUOTA);
        sim_assert(pends(ReadFile(next, in, 4, NULL, &client_read)));
        sim_assert(DisconnectNamedPipe(pair.server));
        sim_assert(ended(&client_read, STATUS_PIPE_DISCONNECTED, 0));
    }
    {
        /* While listening it takes the request with it. */
        sim_assert(pends(ConnectNamedPipe(pair.server, &listen)));
        sim_assert(DisconnectNamedPipe(pair.server));
        sim_assert(ended(&listen, STATUS_PIPE_DISCONNECTED, 0));
    }
    sim_assert(CloseHandle(next) && CloseHandle(pair.server));
}

static void writers_lose_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED write = {0};
    char in[40];

    (void)arg;
    {
        /* A pending write has nobody left to read it. */
        sim_assert(write_now(pair.client, "0123456789abcdef", PAIR_QUOTA));
        sim_assert(pends(WriteFile(pair.client, "gh", 2, NULL, &write)));
        sim_assert(CloseHandle(pair.server));
        sim_assert(ended(&write, STATUS_PIPE_BROKEN, 0));
        sim_assert(CloseHandle(pair.client));
    }
    {
        /* Or nobody left to have written it: what fitted stays. */
        pair = pair_open(PIPE_TYPE_BYTE);
        sim_assert(write_now(pair.client, "0123456789abcdef", PAIR_QUOTA));
        sim_assert(pends(WriteFile(pair.client, "gh", 2, NULL, &write)));
        sim_assert(CloseHandle(pair.client));
        sim_assert(ended(&write, STATUS_CANCELLED, 0));
        sim_assert(read_now(pair.server, in, 40) == PAIR_QUOTA);
        sim_assert(CloseHandle(pair.server));
    }
}

static DWORD WINAPI flush(void *file)
{
    return FlushFileBuffers(file) ? ERROR_SUCCESS : GetLastError();
}

static void flush_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE thread;
    DWORD code;
    char in[4];

    (void)arg;
    {
        /* PIPE-19: it blocks until everything is read, and has no part in
         * the file's signal. */
        sim_assert(is_signaled(pair.server));
        sim_assert(write_now(pair.server, "abc", 3));
        thread = thread_start(flush, pair.server);
        sim_settle();
        sim_assert(is_signaled(pair.server));
        sim_assert(read_now(pair.client, in, 2) == 2);
        sim_settle();
        sim_assert(WaitForSingleObject(thread, 0) == WAIT_TIMEOUT);
        sim_assert(read_now(pair.client, in, 2) == 1);
        thread_end(thread);
    }
    {
        /* Or until nobody can read it any more. */
        sim_assert(write_now(pair.server, "abc", 3));
        thread = thread_start(flush, pair.server);
        sim_settle();
        sim_assert(CloseHandle(pair.client));
        sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
        sim_assert(GetExitCodeThread(thread, &code));
        sim_assert(code == ERROR_BROKEN_PIPE);
        thread_end(thread);
    }
    sim_assert(CloseHandle(pair.server));
}

static void end_of_one_end_reaches_the_other(void **state)
{
    (void)state;
    schedules_pass(closed_scenario);
    schedules_pass(disconnect_scenario);
    schedules_pass(writers_lose_scenario);
    schedules_pass(flush_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_flows_within_the_quota),
        cmocka_unit_test(end_of_one_end_reaches_the_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
