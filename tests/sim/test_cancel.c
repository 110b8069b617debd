/**
 * @file test_cancel.c
 * @brief What ends operations before their time: asking, closing, exiting.
 *
 * Uses:     schedules.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    CANCEL-01..CANCEL-10, CANCEL-13, CANCEL-20, CANCEL-22, CANCEL-24,
 *           THREAD-01..THREAD-03, THREAD-06, THREAD-12, OVL-26.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"
#include "schedules.h"

static bool reads(HANDLE file, char *in, LPOVERLAPPED overlapped)
{
    return failed(ReadFile(file, in, 4, NULL, overlapped), ERROR_IO_PENDING);
}

static bool ended_with(const OVERLAPPED *overlapped, NTSTATUS status)
{
    return overlapped->Internal == (ULONG)status;
}

/* ---- Asking -------------------------------------------------------------- */

static struct pair shared;
static OVERLAPPED others;
static char others_in[4];

static DWORD WINAPI read_and_wait(void *event)
{
    sim_assert(reads(shared.server, others_in, &others));
    sim_assert(SetEvent(((HANDLE *)event)[0]));
    sim_assert(WaitForSingleObject(((HANDLE *)event)[1], INFINITE) ==
               WAIT_OBJECT_0);
    return 0;
}

static void cancel_io_scenario(void *arg)
{
    HANDLE events[2];
    HANDLE thread;
    OVERLAPPED mine = {0};
    char in[4];

    (void)arg;
    shared = pair_open(PIPE_TYPE_BYTE);
    others = (OVERLAPPED){0};
    events[0] = CreateEventW(NULL, TRUE, FALSE, NULL);
    events[1] = CreateEventW(NULL, TRUE, FALSE, NULL);
    thread = thread_start(read_and_wait, events);
    sim_assert(WaitForSingleObject(events[0], INFINITE) == WAIT_OBJECT_0);
    {
        /* CANCEL-01, THREAD-12: CancelIo is for the caller's own, and true
         * without any. */
        sim_assert(CancelIo(shared.server));
        sim_assert(!HasOverlappedIoCompleted(&others));
        sim_assert(reads(shared.server, in, &mine));
        sim_assert(CancelIo(shared.server));
        /* CANCEL-06: for a pipe it is over when the call returns. */
        sim_assert(ended_with(&mine, STATUS_CANCELLED));
        sim_assert(!HasOverlappedIoCompleted(&others));
    }
    {
        /* CANCEL-02: CancelIoEx reaches other threads' operations. */
        sim_assert(reads(shared.server, in, &mine));
        sim_assert(CancelIoEx(shared.server, &others));
        sim_assert(ended_with(&others, STATUS_CANCELLED));
        sim_assert(!HasOverlappedIoCompleted(&mine));
        sim_assert(CancelIoEx(shared.server, NULL));
        sim_assert(ended_with(&mine, STATUS_CANCELLED));
    }
    {
        /* CANCEL-03: nothing, or nothing any more. */
        sim_assert(failed(CancelIoEx(shared.server, &mine), ERROR_NOT_FOUND));
        sim_assert(failed(CancelIoEx(shared.server, NULL), ERROR_NOT_FOUND));
        sim_assert(failed(CancelIoEx(events[0], NULL), ERROR_INVALID_HANDLE));
    }
    sim_assert(SetEvent(events[1]));
    thread_end(thread);
    pair_close(&shared);
    sim_assert(CloseHandle(events[0]) && CloseHandle(events[1]));
}

static void cancel_matching_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = pair_port(pair.server);
    HANDLE duplicate = NULL;
    OVERLAPPED twice = {0};
    OVERLAPPED once = {0};
    char in[4];

    (void)arg;
    sim_assert(DuplicateHandle(GetCurrentProcess(),
                               pair.server,
                               GetCurrentProcess(),
                               &duplicate,
                               0,
                               FALSE,
                               DUPLICATE_SAME_ACCESS));
    {
        /* CANCEL-07: any handle of the file; CANCEL-09: no other file. */
        sim_assert(reads(pair.server, in, &once));
        sim_assert(failed(CancelIoEx(pair.client, &once), ERROR_NOT_FOUND));
        sim_assert(CancelIoEx(duplicate, &once));
        sim_assert(packet_is(port, &once, ERROR_OPERATION_ABORTED, 0));
        sim_assert(packet_none(port)); /* CANCEL-05: once. */
    }
    {
        /* CANCEL-08, OVL-26: two operations, one OVERLAPPED. */
        sim_assert(reads(pair.server, in, &twice));
        sim_assert(reads(pair.server, in, &once));
        sim_assert(reads(pair.server, in, &twice));
        sim_assert(CancelIoEx(pair.server, &twice));
        sim_assert(packet_is(port, &twice, ERROR_OPERATION_ABORTED, 0));
        sim_assert(packet_is(port, &twice, ERROR_OPERATION_ABORTED, 0));
        sim_assert(packet_none(port));
    }
    {
        /* CANCEL-10: finished, but the packet is still in the port. */
        sim_assert(WriteFile(pair.client, "a", 1, NULL, &twice));
        sim_assert(failed(CancelIoEx(pair.server, &once), ERROR_NOT_FOUND));
        sim_assert(packet_is(port, &once, ERROR_SUCCESS, 1));
    }
    {
        /* CANCEL-22: closing one of several handles changes nothing. */
        sim_assert(reads(pair.server, in, &once));
        sim_assert(CloseHandle(duplicate));
        sim_assert(packet_none(port));
    }
    pair_close(&pair);
    /* PIPE-14, CANCEL-24: its end still arrives, after the file is gone. */
    sim_assert(packet_is(port, &once, ERROR_BROKEN_PIPE, 0));
    sim_assert(CloseHandle(port));
}

static void cancel_asks_for_what_matches(void **state)
{
    (void)state;
    schedules_pass(cancel_io_scenario);
    schedules_rules("off"); /* Two share an OVERLAPPED. */
    schedules_pass(cancel_matching_scenario);
    schedules_rules(NULL);
}

static DWORD WINAPI write_to_shared(void *overlapped)
{
    sim_assert(WriteFile(shared.client, "a", 1, NULL, overlapped));
    return 0;
}

/** CANCEL-04: the other thread may be faster. */
static void cancel_race_scenario(void *arg)
{
    HANDLE port;
    HANDLE thread;
    OVERLAPPED write = {0};
    struct taken taken;
    BOOL cancelled;

    (void)arg;
    shared = pair_open(PIPE_TYPE_BYTE);
    port = pair_port(shared.server);
    others = (OVERLAPPED){0};
    sim_assert(reads(shared.server, others_in, &others));
    thread = thread_start(write_to_shared, &write);
    cancelled = CancelIoEx(shared.server, &others);
    taken = packet_take(port);
    sim_assert(taken.overlapped == &others && packet_none(port));
    sim_assert((cancelled != FALSE) ==
               (taken.error == ERROR_OPERATION_ABORTED));
    sim_mark(cancelled ? "cancelled" : "finished before");
    thread_end(thread);
    pair_close(&shared);
    sim_assert(CloseHandle(port));
}

static void cancel_may_come_too_late(void **state)
{
    const char *const marks[] = {"cancelled", "finished before", NULL};

    (void)state;
    schedules_pass(cancel_race_scenario);
    schedules_reach(cancel_race_scenario, marks);
}

/* ---- Once, whatever happens ---------------------------------------------- */

enum { STORM_OPERATIONS = 4 };

/** One thread's operations, each with memory of its own. */
struct storm {
    HANDLE file;
    LONG accepted;
    OVERLAPPED overlapped[STORM_OPERATIONS];
    char buffer[STORM_OPERATIONS][PAIR_QUOTA];
};

/** @brief Whether a call took an operation: then a packet will come. */
static bool accepted(BOOL result)
{
    return result || GetLastError() == ERROR_IO_PENDING;
}

static DWORD WINAPI storm_reads(void *argument)
{
    struct storm *storm = argument;

    for (unsigned at = 0; at < STORM_OPERATIONS; at++) {
        storm->accepted += accepted(ReadFile(storm->file,
                                             storm->buffer[at],
                                             5 * at,
                                             NULL,
                                             &storm->overlapped[at]));
    }
    return 0;
}

static DWORD WINAPI storm_writes(void *argument)
{
    struct storm *storm = argument;

    for (unsigned at = 0; at < STORM_OPERATIONS; at++) {
        storm->accepted += accepted(WriteFile(storm->file,
                                              storm->buffer[at],
                                              PAIR_QUOTA - 3 * at,
                                              NULL,
                                              &storm->overlapped[at]));
    }
    return 0;
}

static DWORD WINAPI storm_ends(void *server)
{
    (void)CancelIoEx(server, NULL);
    sim_assert(DisconnectNamedPipe(server));
    return 0;
}

static void storm_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_MESSAGE);
    HANDLE port = pair_port(pair.server);
    struct storm reads_of = {.file = pair.server};
    struct storm writes_of = {.file = pair.client};
    HANDLE threads[3];
    LONG packets = 0;

    (void)arg;
    sim_assert(CreateIoCompletionPort(pair.client, port, PAIR_KEY, 0) == port);
    threads[0] = thread_start(storm_reads, &reads_of);
    threads[1] = thread_start(storm_writes, &writes_of);
    threads[2] = thread_start(storm_ends, pair.server);
    for (unsigned at = 0; at < 3; at++) {
        thread_end(threads[at]);
    }
    pair_close(&pair);
    /* CANCEL-05, CANCEL-24: as many packets as operations were taken. */
    while (packet_take(port).overlapped != NULL) {
        packets++;
    }
    sim_assert(packets == reads_of.accepted + writes_of.accepted);
    for (unsigned at = 0; at < STORM_OPERATIONS; at++) {
        sim_assert(reads_of.overlapped[at].InternalHigh <= 5 * at);
    }
    sim_assert(CloseHandle(port));
}

static void every_operation_ends_once(void **state)
{
    (void)state;
    schedules_pass(storm_scenario);
}

/* ---- Synchronous --------------------------------------------------------- */

static DWORD WINAPI read_blocking(void *file)
{
    DWORD bytes = 99;
    char in[4];
    BOOL ok = ReadFile(file, in, 4, &bytes, NULL);

    return ok ? bytes : GetLastError();
}

static void cancel_blocking_scenario(void *arg)
{
    HANDLE server = pair_listen(0, PIPE_TYPE_BYTE);
    HANDLE client = pair_connect(0);
    HANDLE first = thread_start(read_blocking, server);
    HANDLE second = thread_start(read_blocking, server);
    DWORD codes[2];
    DWORD bytes;

    (void)arg;
    sim_settle();
    /* CANCEL-13: CancelIoEx ends the read that blocks; the one behind it
     * begins then. */
    sim_assert(CancelIoEx(server, NULL));
    sim_settle();
    sim_assert(WriteFile(client, "abc", 3, &bytes, NULL) && bytes == 3);
    sim_assert(WaitForSingleObject(first, INFINITE) == WAIT_OBJECT_0);
    sim_assert(WaitForSingleObject(second, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(first, &codes[0]));
    sim_assert(GetExitCodeThread(second, &codes[1]));
    sim_assert(codes[0] + codes[1] == ERROR_OPERATION_ABORTED + 3);
    thread_end(first);
    thread_end(second);
    sim_assert(CloseHandle(client) && CloseHandle(server));
}

static void blocking_terminated_scenario(void *arg)
{
    HANDLE server = pair_listen(0, PIPE_TYPE_BYTE);
    HANDLE client = pair_connect(0);
    HANDLE threads[3];
    DWORD bytes;
    DWORD code;

    (void)arg;
    /* One reads, one waits behind it, one is left when both are gone. */
    for (unsigned at = 0; at < 3; at++) {
        threads[at] = thread_start(read_blocking, server);
    }
    sim_settle();
    sim_assert(TerminateThread(threads[1], 5));
    sim_assert(TerminateThread(threads[0], 5));
    sim_settle();
    sim_assert(WriteFile(client, "abc", 3, &bytes, NULL) && bytes == 3);
    sim_assert(WaitForSingleObject(threads[2], INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(threads[2], &code) && code == 3);
    for (unsigned at = 0; at < 3; at++) {
        thread_end(threads[at]);
    }
    sim_assert(CloseHandle(client) && CloseHandle(server));
}

static void blocking_closed_scenario(void *arg)
{
    HANDLE server = pair_listen(0, PIPE_TYPE_BYTE);
    HANDLE client = pair_connect(0);
    HANDLE first = thread_start(read_blocking, server);
    HANDLE second = thread_start(read_blocking, server);
    DWORD codes[2];

    (void)arg;
    sim_settle();
    /* The read ends as broken; the one behind it never begins. */
    sim_assert(CloseHandle(server));
    sim_assert(WaitForSingleObject(first, INFINITE) == WAIT_OBJECT_0);
    sim_assert(WaitForSingleObject(second, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(first, &codes[0]));
    sim_assert(GetExitCodeThread(second, &codes[1]));
    sim_assert(codes[0] + codes[1] == ERROR_BROKEN_PIPE + ERROR_INVALID_HANDLE);
    thread_end(first);
    thread_end(second);
    sim_assert(CloseHandle(client));
}

static void blocking_reads_take_turns(void **state)
{
    (void)state;
    schedules_pass(blocking_closed_scenario);
    schedules_pass(cancel_blocking_scenario);
    schedules_pass(blocking_terminated_scenario);
}

/* ---- The end of a thread ------------------------------------------------- */

/** What a thread leaves pending. */
struct legacy {
    HANDLE file;
    OVERLAPPED read;
    char in[4];
};

static DWORD WINAPI read_and_end(void *argument)
{
    struct legacy *legacy = argument;

    sim_assert(reads(legacy->file, legacy->in, &legacy->read));
    return 0;
}

static void exit_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    struct legacy plain = {.file = pair.server};
    struct legacy survivor = {.file = pair.server};
    struct legacy evented = {.file = pair.server, .read.hEvent = event};
    struct legacy quiet = {
        .file = pair.server,
        .read.hEvent = (HANDLE)((ULONG_PTR)event | 1),
    };
    OVERLAPPED write = {0};
    HANDLE port;

    (void)arg;
    {
        /* THREAD-01: without a port it is cancelled. */
        thread_end(thread_start(read_and_end, &plain));
        sim_assert(ended_with(&plain.read, STATUS_CANCELLED));
    }
    port = pair_port(pair.server);
    {
        /* THREAD-03: nor does an event save it; the packet comes. */
        thread_end(thread_start(read_and_end, &evented));
        sim_assert(is_signaled(event));
        sim_assert(ended_with(&evented.read, STATUS_CANCELLED));
        sim_assert(packet_is(port, &evented.read, ERROR_OPERATION_ABORTED, 0));
        /* With the low bit there is none. */
        thread_end(thread_start(read_and_end, &quiet));
        sim_assert(ended_with(&quiet.read, STATUS_CANCELLED));
        sim_assert(packet_none(port));
    }
    {
        /* THREAD-02: with a port and no event it lives on. */
        thread_end(thread_start(read_and_end, &survivor));
        sim_assert(packet_none(port));
        sim_assert(CancelIo(pair.server)); /* It is nobody's now. */
        sim_assert(packet_none(port));
        sim_assert(WriteFile(pair.client, "ab", 2, NULL, &write));
        sim_assert(packet_is(port, &survivor.read, ERROR_SUCCESS, 2));
    }
    pair_close(&pair);
    sim_assert(CloseHandle(event) && CloseHandle(port));
}

static void WINAPI never(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    (void)error;
    (void)bytes;
    (void)overlapped;
    sim_assert_failed("the routine never runs", __FILE__, __LINE__);
}

static DWORD WINAPI read_ex_and_end(void *argument)
{
    struct legacy *legacy = argument;

    sim_assert(ReadFileEx(legacy->file, legacy->in, 4, &legacy->read, never));
    if (legacy->read.Offset != 0) {
        (void)SleepEx(INFINITE, TRUE);
        sim_assert_failed("the thread never goes on", __FILE__, __LINE__);
    }
    return 0;
}

static void exit_with_routine_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    struct legacy plain = {.file = pair.server};
    struct legacy waiting = {.file = pair.server, .read.Offset = 1};
    HANDLE thread;

    (void)arg;
    /* THREAD-06: the operation ends, its routine never runs. */
    thread_end(thread_start(read_ex_and_end, &plain));
    sim_assert(ended_with(&plain.read, STATUS_CANCELLED));
    thread = thread_start(read_ex_and_end, &waiting);
    sim_settle();
    sim_assert(TerminateThread(thread, 5));
    sim_assert(ended_with(&waiting.read, STATUS_CANCELLED));
    sim_settle();
    thread_end(thread);
    pair_close(&pair);
}

static void exit_of_a_thread_ends_its_operations(void **state)
{
    (void)state;
    schedules_pass(exit_scenario);
    schedules_pass(exit_with_routine_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancel_asks_for_what_matches),
        cmocka_unit_test(cancel_may_come_too_late),
        cmocka_unit_test(every_operation_ends_once),
        cmocka_unit_test(blocking_reads_take_turns),
        cmocka_unit_test(exit_of_a_thread_ends_its_operations),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
