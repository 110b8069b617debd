/**
 * @file test_overlapped.c
 * @brief What happens to an OVERLAPPED, its event and its file.
 *
 * Uses:     schedules.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    OVL-02..OVL-04, OVL-06, OVL-08..OVL-26, OVL-31, OVL-33, OVL-34,
 *           FILE-07, FILE-12, FILE-13, THREAD-12.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"
#include "schedules.h"

/* ---- Starting ------------------------------------------------------------ */

static void refused_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE lonely = pair_listen(FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    HANDLE event = CreateEventW(NULL, TRUE, TRUE, NULL);
    OVERLAPPED overlapped = {.InternalHigh = 77, .hEvent = event};
    DWORD bytes = 99;
    char in[4];

    (void)arg;
    {
        /* OVL-08: an immediate failure has reset the event, OVL-04: and left
         * the block as the wrapper set it. */
        sim_assert(failed(ReadFile(lonely, in, 4, &bytes, &overlapped),
                          ERROR_PIPE_LISTENING));
        sim_assert(!is_signaled(event) && bytes == 0);
        sim_assert(overlapped.Internal == (ULONG_PTR)STATUS_PENDING);
        sim_assert(overlapped.InternalHigh == 77);
    }
    {
        /* But not when the handle is no handle. */
        sim_assert(SetEvent(event));
        sim_assert(failed(ReadFile((HANDLE)0x7ff4, in, 4, &bytes, &overlapped),
                          ERROR_INVALID_HANDLE));
        sim_assert(failed(ReadFile(event, in, 4, &bytes, &overlapped),
                          ERROR_INVALID_HANDLE));
        sim_assert(is_signaled(event));
    }
    {
        /* OVL-09, FILE-12: a bad buffer of a read leaves it, of a write not. */
        sim_assert(failed(ReadFile(pair.server, NULL, 4, &bytes, &overlapped),
                          ERROR_NOACCESS));
        sim_assert(is_signaled(event));
        sim_assert(failed(WriteFile(pair.server, NULL, 4, &bytes, &overlapped),
                          ERROR_INVALID_USER_BUFFER));
        sim_assert(!is_signaled(event));
    }
    {
        /* FILE-07: an overlapped handle needs an OVERLAPPED. */
        bytes = 99;
        sim_assert(failed(ReadFile(pair.server, in, 4, &bytes, NULL),
                          ERROR_INVALID_PARAMETER));
        sim_assert(bytes == 0);
        sim_assert(failed(WriteFile(pair.server, in, 4, &bytes, NULL),
                          ERROR_INVALID_PARAMETER));
    }
    pair_close(&pair);
    sim_assert(CloseHandle(lonely) && CloseHandle(event));
}

static void access_scenario(void *arg)
{
    HANDLE server = CreateNamedPipeW(PAIR_NAME,
                                     PIPE_ACCESS_INBOUND | FILE_FLAG_OVERLAPPED,
                                     PIPE_TYPE_BYTE,
                                     1,
                                     16,
                                     16,
                                     0,
                                     NULL);
    OVERLAPPED overlapped = {0};
    DWORD bytes;
    char in[4];

    (void)arg;
    sim_assert(server != INVALID_HANDLE_VALUE);
    /* The pipe has no way to the client. */
    sim_assert(
        CreateFileW(PAIR_NAME, GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL) ==
        INVALID_HANDLE_VALUE);
    sim_assert(GetLastError() == ERROR_ACCESS_DENIED);
    /* FILE-13: nor has the server's handle the right to write. */
    sim_assert(failed(WriteFile(server, in, 4, &bytes, &overlapped),
                      ERROR_ACCESS_DENIED));
    sim_assert(CloseHandle(server));
}

static void start_checks_its_arguments(void **state)
{
    (void)state;
    schedules_pass(refused_scenario);
    schedules_pass(access_scenario);
}

/* ---- Signals ------------------------------------------------------------- */

static void signal_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE manual = CreateEventW(NULL, TRUE, TRUE, NULL);
    HANDLE automatic = CreateEventW(NULL, FALSE, FALSE, NULL);
    OVERLAPPED plain = {0};
    OVERLAPPED evented = {.hEvent = manual};
    OVERLAPPED write = {.hEvent = automatic};
    char in[4];

    (void)arg;
    /* OVL-15: a fresh file is signaled. */
    sim_assert(is_signaled(pair.server) && is_signaled(pair.client));
    {
        /* OVL-12: without an event the file is reset and signaled. */
        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &plain),
                          ERROR_IO_PENDING));
        sim_assert(!is_signaled(pair.server));
        sim_assert(WriteFile(pair.client, "a", 1, NULL, &write));
        sim_assert(is_signaled(pair.server));
    }
    {
        /* OVL-13: with one the file stays reset.  OVL-10: the event is set. */
        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &evented),
                          ERROR_IO_PENDING));
        sim_assert(!is_signaled(manual) && !is_signaled(pair.server));
        sim_assert(WriteFile(pair.client, "a", 1, NULL, &write));
        sim_assert(is_signaled(manual) && is_signaled(manual));
        sim_assert(!is_signaled(pair.server));
    }
    {
        /* OVL-10, OVL-16: also at once; a wait takes an automatic one. */
        sim_assert(is_signaled(automatic) && !is_signaled(automatic));
    }
    {
        /* An event that is closed meanwhile stays the operation's. */
        OVERLAPPED read = {.hEvent = CreateEventW(NULL, TRUE, FALSE, NULL)};
        HANDLE other;

        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &read),
                          ERROR_IO_PENDING));
        sim_assert(CloseHandle(read.hEvent));
        other = CreateEventW(NULL, TRUE, FALSE, NULL);
        sim_assert(WriteFile(pair.client, "a", 1, NULL, &write));
        sim_assert(read.InternalHigh == 1 && !is_signaled(other));
        sim_assert(CloseHandle(other));
    }
    pair_close(&pair);
    sim_assert(CloseHandle(manual) && CloseHandle(automatic));
}

static void signal_goes_to_the_event_or_to_the_file(void **state)
{
    (void)state;
    schedules_rules("-21"); /* It closes events early. */
    schedules_pass(signal_scenario);
    schedules_rules(NULL);
}

/* ---- Asking -------------------------------------------------------------- */

static void result_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_MESSAGE);
    OVERLAPPED made_up = {.Internal = (ULONG)STATUS_INVALID_HANDLE,
                          .InternalHigh = 0xabcd};
    OVERLAPPED read = {0};
    OVERLAPPED write = {0};
    DWORD bytes = 99;
    char in[4];

    (void)arg;
    {
        /* OVL-17, OVL-18: Internal is believed, the count given anyway. */
        sim_assert(failed(GetOverlappedResult(NULL, &made_up, &bytes, TRUE),
                          ERROR_INVALID_HANDLE));
        sim_assert(bytes == 0xabcd);
        made_up.Internal = STATUS_SUCCESS;
        sim_assert(GetOverlappedResult(NULL, &made_up, &bytes, TRUE));
    }
    {
        /* OVL-19: unfinished, and the count is left alone. */
        bytes = 99;
        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &read),
                          ERROR_IO_PENDING));
        sim_assert(
            failed(GetOverlappedResult(pair.server, &read, &bytes, FALSE),
                   ERROR_IO_INCOMPLETE));
        sim_assert(bytes == 99);
    }
    {
        /* OVL-21: a warning fails, with a valid count. */
        sim_assert(WriteFile(pair.client, "abcdef", 6, NULL, &write));
        sim_assert(failed(GetOverlappedResult(pair.server, &read, &bytes, TRUE),
                          ERROR_MORE_DATA));
        sim_assert(bytes == 4 && read.InternalHigh == 4);
    }
    {
        /* OVL-20: a signaled event is an answer, whatever Internal says. */
        made_up = (OVERLAPPED){.Internal = (ULONG_PTR)STATUS_PENDING,
                               .InternalHigh = 5,
                               .hEvent = CreateEventW(NULL, TRUE, TRUE, NULL)};
        sim_assert(GetOverlappedResult(pair.server, &made_up, &bytes, TRUE));
        sim_assert(bytes == 5 && CloseHandle(made_up.hEvent));
    }
    pair_close(&pair);
}

static DWORD WINAPI write_one(void *client)
{
    OVERLAPPED write = {0};

    sim_assert(WriteFile(client, "a", 1, NULL, &write));
    return 0;
}

static void result_waits_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE thread = thread_start(write_one, pair.client);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED read = {.hEvent = arg != NULL ? event : NULL};
    DWORD bytes = 99;
    char in[4];

    (void)ReadFile(pair.server, in, 4, NULL, &read);
    sim_assert(GetOverlappedResult(pair.server, &read, &bytes, TRUE));
    sim_assert(bytes == 1 && in[0] == 'a');
    thread_end(thread);
    pair_close(&pair);
    sim_assert(CloseHandle(event));
}

static void result_waits_with_event_scenario(void *arg)
{
    (void)arg;
    result_waits_scenario("with");
}

static DWORD WINAPI cancel_all(void *file)
{
    sim_assert(CancelIoEx(file, NULL));
    return 0;
}

static void result_waits_for_failure_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED read = {0};
    HANDLE thread;
    DWORD bytes = 99;
    char in[4];

    (void)arg;
    sim_assert(
        failed(ReadFile(pair.server, in, 4, NULL, &read), ERROR_IO_PENDING));
    thread = thread_start(cancel_all, pair.server);
    sim_assert(failed(GetOverlappedResult(pair.server, &read, &bytes, TRUE),
                      ERROR_OPERATION_ABORTED));
    sim_assert(bytes == 0);
    thread_end(thread);
    pair_close(&pair);
}

/** OVL-22: asking leaves the packet where it is. */
static void result_and_packet_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = pair_port(pair.server);
    OVERLAPPED write = {0};
    DWORD bytes;

    (void)arg;
    sim_assert(WriteFile(pair.server, "ab", 2, NULL, &write));
    sim_assert(GetOverlappedResult(pair.server, &write, &bytes, FALSE));
    sim_assert(bytes == 2 && packet_is(port, &write, ERROR_SUCCESS, 2));
    pair_close(&pair);
    sim_assert(CloseHandle(port));
}

static void CALLBACK nothing(ULONG_PTR argument)
{
    ++*(int *)argument;
}

static void result_ex_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED read = {0};
    DWORD bytes;
    int calls = 0;
    char in[4];

    (void)arg;
    /* OVL-23: three ways not to know. */
    sim_assert(
        failed(ReadFile(pair.server, in, 4, NULL, &read), ERROR_IO_PENDING));
    sim_assert(QueueUserAPC(nothing, GetCurrentThread(), (ULONG_PTR)&calls));
    sim_assert(
        failed(GetOverlappedResultEx(pair.server, &read, &bytes, 0, TRUE),
               ERROR_IO_INCOMPLETE));
    sim_assert(calls == 0);
    sim_assert(
        failed(GetOverlappedResultEx(pair.server, &read, &bytes, 50, TRUE),
               WAIT_IO_COMPLETION));
    sim_assert(calls == 1);
    sim_assert(
        failed(GetOverlappedResultEx(pair.server, &read, &bytes, 50, TRUE),
               WAIT_TIMEOUT));
    sim_assert(CancelIo(pair.server));
    sim_assert(
        failed(GetOverlappedResultEx(pair.server, &read, &bytes, 50, FALSE),
               ERROR_OPERATION_ABORTED));
    pair_close(&pair);
}

static void result_is_read_from_the_block(void **state)
{
    (void)state;
    schedules_pass(result_scenario);
    schedules_pass(result_waits_scenario);
    schedules_pass(result_waits_with_event_scenario);
    schedules_pass(result_waits_for_failure_scenario);
    schedules_pass(result_and_packet_scenario);
    schedules_pass(result_ex_scenario);
}

/* ---- Routines ------------------------------------------------------------ */

static struct {
    int calls;
    DWORD error;
    DWORD bytes;
    LPOVERLAPPED overlapped;
} routine_saw;

static void WINAPI routine(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    routine_saw.calls++;
    routine_saw.error = error;
    routine_saw.bytes = bytes;
    routine_saw.overlapped = overlapped;
}

static bool routine_ran(int calls, DWORD error, DWORD bytes)
{
    sim_assert(SleepEx(0, TRUE) == (calls != 0 ? WAIT_IO_COMPLETION : 0));
    return routine_saw.calls == calls &&
           (calls == 0 ||
            (routine_saw.error == error && routine_saw.bytes == bytes));
}

static void routine_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE lonely = pair_listen(FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    OVERLAPPED read = {.hEvent = (HANDLE)0x1235}; /* OVL-33: it is ours. */
    OVERLAPPED write = {0};
    char in[4];

    (void)arg;
    {
        /* OVL-34: an immediate failure never calls it, */
        routine_saw.calls = 0;
        sim_assert(failed(ReadFileEx(lonely, in, 4, &read, routine),
                          ERROR_PIPE_LISTENING));
        sim_assert(routine_ran(0, 0, 0));
    }
    {
        /* an immediate success does, but not before an alertable wait, */
        sim_assert(WriteFileEx(pair.client, "abc", 3, &write, routine));
        sim_assert(WaitForSingleObject(pair.client, 0) == WAIT_OBJECT_0);
        sim_assert(routine_saw.calls == 0);
        sim_assert(routine_ran(1, ERROR_SUCCESS, 3));
        sim_assert(routine_saw.overlapped == &write);
    }
    {
        /* and pending ones do when they end; OVL-14: with the file's signal. */
        sim_assert(ReadFile(pair.server, in, 3, NULL, &write));
        routine_saw.calls = 0;
        sim_assert(ReadFileEx(pair.server, in, 4, &read, routine));
        sim_assert(!is_signaled(pair.server) && SleepEx(0, TRUE) == 0);
        sim_assert(CancelIoEx(pair.server, &read) && is_signaled(pair.server));
        sim_assert(routine_ran(1, ERROR_OPERATION_ABORTED, 0));
        sim_assert(read.hEvent == (HANDLE)0x1235);
    }
    pair_close(&pair);
    sim_assert(CloseHandle(lonely));
}

static void routine_runs_in_an_alertable_wait(void **state)
{
    (void)state;
    schedules_pass(routine_scenario);
}

static void misuse_read_ex(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED read = {0};
    char in[4];

    (void)arg;
    (void)ReadFileEx(pair.server, in, 4, &read, NULL);
}

static void misuse_no_count(void *arg)
{
    HANDLE server = pair_listen(0, PIPE_TYPE_BYTE);
    char in[4];

    (void)arg;
    (void)ReadFile(server, in, 4, NULL, NULL);
}

static void misuse_stops_the_run(void **state)
{
    (void)state;
    schedules_fail(misuse_read_ex, SIM_CRASH, "lpCompletionRoutine");
    schedules_fail(misuse_no_count, SIM_CRASH, "lpNumberOfBytesRead");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(start_checks_its_arguments),
        cmocka_unit_test(signal_goes_to_the_event_or_to_the_file),
        cmocka_unit_test(result_is_read_from_the_block),
        cmocka_unit_test(routine_runs_in_an_alertable_wait),
        cmocka_unit_test(misuse_stops_the_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
