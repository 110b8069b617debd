/**
 * @file test_irp.c
 * @brief When an operation on a file queues a packet, and what it holds.
 *
 * Uses:     schedules.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    PORT-13, PORT-18, PORT-19, PORT-20, PORT-21, PORT-22, PORT-23,
 *           PORT-24, PORT-25, PORT-47, PORT-48, PORT-79, PORT-80, PORT-81.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"
#include "schedules.h"

/** What Internal says until it says anything else. */
static bool says_pending(const OVERLAPPED *overlapped)
{
    return !HasOverlappedIoCompleted(overlapped);
}

/* ---- The rule ------------------------------------------------------------ */

static void rule_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = pair_port(pair.server);
    HANDLE lonely = pair_listen(FILE_FLAG_OVERLAPPED, PIPE_TYPE_BYTE);
    OVERLAPPED first = {.InternalHigh = 77};
    OVERLAPPED second = {.InternalHigh = 77};
    char in[4];
    DWORD bytes = 99;

    (void)arg;
    {
        /* PORT-20: what succeeds at once queues a packet all the same. */
        sim_assert(WriteFile(pair.server, "abc", 3, &bytes, &first));
        sim_assert(bytes == 3 && first.InternalHigh == 3);
        sim_assert(first.Internal == (ULONG_PTR)STATUS_SUCCESS);
        sim_assert(packet_is(port, &first, ERROR_SUCCESS, 3));
    }
    {
        /* PORT-18, PORT-22: what pends queues one when it ends. */
        bytes = 99;
        sim_assert(failed(ReadFile(pair.server, in, sizeof in, &bytes, &second),
                          ERROR_IO_PENDING));
        sim_assert(bytes == 0 && second.InternalHigh == 77);
        sim_assert(says_pending(&second) && packet_none(port));
        sim_assert(WriteFile(pair.client, "xy", 2, &bytes, &first));
        sim_assert(packet_is(port, &second, ERROR_SUCCESS, 2));
        sim_assert(!says_pending(&second) && second.InternalHigh == 2);
        sim_assert(in[0] == 'x' && in[1] == 'y' && packet_none(port));
    }
    {
        /* PORT-19: an immediate error queues nothing and writes nothing. */
        sim_assert(CreateIoCompletionPort(lonely, port, 1, 0) == port);
        second.InternalHigh = 77;
        sim_assert(failed(ReadFile(lonely, in, sizeof in, &bytes, &second),
                          ERROR_PIPE_LISTENING));
        sim_assert(says_pending(&second) && second.InternalHigh == 77);
        sim_assert(packet_none(port));
    }
    pair_close(&pair);
    sim_assert(CloseHandle(lonely) && CloseHandle(port));
}

static void packet_follows_the_rule(void **state)
{
    (void)state;
    schedules_pass(rule_scenario);
}

/** A worker that takes one packet and remembers when. */
static volatile LONG handled;

static DWORD WINAPI take_one(void *port)
{
    DWORD bytes;
    ULONG_PTR key;
    LPOVERLAPPED overlapped;

    sim_assert(
        GetQueuedCompletionStatus(port, &bytes, &key, &overlapped, INFINITE));
    sim_assert(overlapped->Internal == (ULONG_PTR)STATUS_SUCCESS);
    handled = 1;
    return 0;
}

static void before_return_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = pair_port(pair.server);
    OVERLAPPED overlapped = {0};
    HANDLE worker;

    (void)arg;
    handled = 0;
    worker = thread_start(take_one, port);
    sim_assert(WriteFile(pair.server, "a", 1, NULL, &overlapped));
    if (handled) {
        sim_mark("handled before the call returned");
    } else {
        sim_mark("handled later");
    }
    thread_end(worker);
    pair_close(&pair);
    sim_assert(CloseHandle(port));
}

/** PORT-21. */
static void packet_may_come_before_the_call_returns(void **state)
{
    const char *const marks[] = {"handled before the call returned",
                                 "handled later",
                                 NULL};

    (void)state;
    schedules_pass(before_return_scenario);
    schedules_reach(before_return_scenario, marks);
}

static void event_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = pair_port(pair.server);
    HANDLE event = CreateEventW(NULL, TRUE, TRUE, NULL);
    OVERLAPPED loud = {.hEvent = event};
    OVERLAPPED quiet = {.hEvent = (HANDLE)((ULONG_PTR)event | 1)};
    IO_STATUS_BLOCK block;
    DWORD bytes;
    char in[4];

    (void)arg;
    {
        /* PORT-25: event and packet; PORT-48: the block is there at once. */
        sim_assert(failed(ReadFile(pair.server, in, 4, &bytes, &loud),
                          ERROR_IO_PENDING));
        sim_assert(!is_signaled(event));
        sim_assert(WriteFile(pair.client, "xy", 2, &bytes, &quiet));
        sim_assert(is_signaled(event) && loud.InternalHigh == 2);
        sim_assert(packet_is(port, &loud, ERROR_SUCCESS, 2));
    }
    {
        /* PORT-23: with the low bit set only the event tells. */
        sim_assert(failed(ReadFile(pair.server, in, 4, &bytes, &quiet),
                          ERROR_IO_PENDING));
        sim_assert(WriteFile(pair.client, "xyz", 3, &bytes, &loud));
        sim_assert(is_signaled(event) && quiet.InternalHigh == 3);
        sim_assert(WriteFile(pair.server, "a", 1, &bytes, &quiet));
        sim_assert(packet_none(port));
    }
    {
        /* PORT-24: natively it is a context of NULL. */
        sim_assert(NtReadFile(pair.server,
                              NULL,
                              NULL,
                              NULL,
                              &block,
                              in,
                              4,
                              NULL,
                              NULL) == STATUS_PENDING);
        sim_assert(WriteFile(pair.client, "x", 1, &bytes, &loud));
        sim_assert(block.Status == STATUS_SUCCESS && block.Information == 1);
        sim_assert(packet_none(port));
    }
    pair_close(&pair);
    sim_assert(CloseHandle(event) && CloseHandle(port));
}

static void packet_and_event_are_independent(void **state)
{
    (void)state;
    schedules_pass(event_scenario);
}

/* ---- When the block is written ------------------------------------------- */

static void block_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = pair_port(pair.server);
    OVERLAPPED read = {.InternalHigh = 77};
    OVERLAPPED write = {0};
    char in[4];

    (void)arg;
    {
        /* PORT-47: a cancelled one shows at removal, not before. */
        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &read),
                          ERROR_IO_PENDING));
        sim_assert(CancelIoEx(pair.server, &read));
        sim_assert(says_pending(&read) && read.InternalHigh == 77);
        sim_assert(packet_is(port, &read, ERROR_OPERATION_ABORTED, 0));
        sim_assert(read.Internal == (ULONG)STATUS_CANCELLED);
        sim_assert(read.InternalHigh == 0);
    }
    {
        /* PORT-48: for others nobody promises when. */
        sim_assert(failed(ReadFile(pair.server, in, 4, NULL, &read),
                          ERROR_IO_PENDING));
        sim_assert(WriteFile(pair.client, "abc", 3, NULL, &write));
        sim_mark(says_pending(&read) ? "written late" : "written early");
        sim_assert(packet_is(port, &read, ERROR_SUCCESS, 3));
        sim_assert(!says_pending(&read) && read.InternalHigh == 3);
    }
    pair_close(&pair);
    sim_assert(CloseHandle(port));
}

static void status_block_is_written_at_removal(void **state)
{
    const char *const marks[] = {"written late", "written early", NULL};

    (void)state;
    schedules_pass(block_scenario);
    schedules_reach(block_scenario, marks);
}

/* ---- The port goes first ------------------------------------------------- */

static void port_closed_scenario(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    HANDLE port = pair_port(pair.server);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    OVERLAPPED read = {.hEvent = event};
    OVERLAPPED write = {0};
    char in[4];

    (void)arg;
    /* PORT-79, PORT-81: the operation goes on; PORT-80: its packet is lost. */
    sim_assert(
        failed(ReadFile(pair.server, in, 4, NULL, &read), ERROR_IO_PENDING));
    sim_assert(WriteFile(pair.server, "ab", 2, NULL, &write));
    sim_assert(CloseHandle(port));
    sim_assert(!is_signaled(event));
    sim_assert(WriteFile(pair.client, "ab", 2, NULL, &write));
    sim_assert(is_signaled(event) && read.InternalHigh == 2);
    /* The object is still there: a new port is another one. */
    port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 0);
    sim_assert(WriteFile(pair.server, "ab", 2, NULL, &write));
    sim_assert(packet_none(port));
    pair_close(&pair);
    sim_assert(CloseHandle(event) && CloseHandle(port));
}

static void port_closed_leaves_operations_alone(void **state)
{
    (void)state;
    schedules_rules("off"); /* Packets are lost with the port. */
    schedules_pass(port_closed_scenario);
    schedules_rules(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packet_follows_the_rule),
        cmocka_unit_test(packet_may_come_before_the_call_returns),
        cmocka_unit_test(packet_and_event_are_independent),
        cmocka_unit_test(status_block_is_written_at_removal),
        cmocka_unit_test(port_closed_leaves_operations_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
