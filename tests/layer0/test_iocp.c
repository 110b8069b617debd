/**
 * @file test_iocp.c
 * @brief Layer 0 on the simulator: each outcome, each refusal.
 *
 * Uses:     iocp.h, sim.h, cmocka.
 * Used by:  ctest.
 * Facts:    PORT-03, PORT-05, PORT-37, PORT-39, PORT-42, PORT-49, PORT-53,
 *           PORT-76, PORT-85, PORT-95.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "iocp.h"
#include "sim.h"

/** Room for a name and a read in every scenario. */
enum { PIPE_BYTES = 512, READ_BYTES = 16 };

/** @brief Explore a scenario and insist that every schedule passes. */
static void passes(sim_scenario_fn *scenario)
{
    struct sim_report report =
        sim_explore(&(struct sim_options){.runs = 500}, scenario, NULL);

    if (!report.passed) {
        sim_print_report(stderr, &report, &(struct sim_print){.last = 20});
    }
    assert_true(report.passed);
}

/** @brief Explore a scenario that must fail in a given way.
 *  @return what it says. */
static const char *fails(sim_scenario_fn *scenario, enum sim_verdict verdict)
{
    struct sim_report report =
        sim_explore(&(struct sim_options){.runs = 1}, scenario, NULL);

    assert_int_equal(report.verdict, verdict);
    return report.sentence;
}

/** Two ends of a named pipe, one of them with a port. */
struct ends {
    HANDLE server;
    HANDLE client;
};

static struct ends open_ends(void)
{
    static const WCHAR name[] = L"\\\\.\\pipe\\layer0";
    struct ends ends;

    ends.server = CreateNamedPipeW(name,
                                   PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                   PIPE_TYPE_BYTE,
                                   1,
                                   PIPE_BYTES,
                                   PIPE_BYTES,
                                   0,
                                   NULL);
    ends.client = CreateFileW(name,
                              GENERIC_READ | GENERIC_WRITE,
                              0,
                              NULL,
                              OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED,
                              NULL);
    sim_assert(ends.server != INVALID_HANDLE_VALUE);
    sim_assert(ends.client != INVALID_HANDLE_VALUE);
    return ends;
}

static void close_ends(const struct ends *ends)
{
    sim_assert(CloseHandle(ends->server));
    sim_assert(CloseHandle(ends->client));
}

/** @brief Start a read that pends. */
static void start_read(HANDLE file, OVERLAPPED *overlapped, char *buffer)
{
    memset(overlapped, 0, sizeof *overlapped);
    sim_assert(!ReadFile(file, buffer, READ_BYTES, NULL, overlapped));
    sim_assert(GetLastError() == ERROR_IO_PENDING);
}

/* ---- Packets --------------------------------------------------------------- */

static void posted_packets(void *arg)
{
    OVERLAPPED operation = {0};
    struct iocp_packet sent = {7, &operation, 5, 0};
    struct iocp_packet bare = {8, NULL, 0, 0};
    struct iocp_packet got = {0, NULL, 0, 0};
    struct iocp port;

    (void)arg;
    sim_assert(iocp_open(&port, 0) == 0);
    sim_assert(iocp_post(&port, &sent) == 0);
    sim_assert(iocp_post(&port, &bare) == 0);
    /* The first comes back as it was sent. */
    sim_assert(iocp_take(&port, 0, &got) == IOCP_PACKET);
    sim_assert(got.key == 7 && got.bytes == 5 && got.error == 0);
    sim_assert(got.overlapped == &operation);
    /* A packet without an operation is a packet. */
    sim_assert(iocp_take(&port, 0, &got) == IOCP_PACKET);
    sim_assert(got.key == 8 && got.overlapped == NULL);
    /* Then there is none, and the variable is left alone. */
    sim_assert(iocp_take(&port, 10, &got) == IOCP_TIMEOUT);
    sim_assert(got.key == 8);
    iocp_close(&port);
    sim_assert(port.handle == NULL);
}

static void take_gives_back_what_was_posted(void **state)
{
    (void)state;
    passes(posted_packets);
}

static void failed_operation(void *arg)
{
    struct ends ends = open_ends();
    struct iocp_packet packet;
    OVERLAPPED overlapped;
    char buffer[READ_BYTES];
    struct iocp port;

    (void)arg;
    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(iocp_attach(&port, ends.server, 3) == 0);
    /* A read that is cancelled fails, and its packet says so. */
    start_read(ends.server, &overlapped, buffer);
    sim_assert(iocp_cancel(ends.server, &overlapped) == 0);
    sim_assert(iocp_take(&port, INFINITE, &packet) == IOCP_PACKET);
    sim_assert(packet.overlapped == &overlapped && packet.key == 3);
    sim_assert(packet.error == ERROR_OPERATION_ABORTED);
    /* There is nothing left to stop. */
    sim_assert(iocp_cancel(ends.server, &overlapped) == ERROR_NOT_FOUND);
    close_ends(&ends);
    iocp_close(&port);
}

static void take_tells_a_failure_from_no_packet(void **state)
{
    (void)state;
    passes(failed_operation);
}

static void batch_of_both(void *arg)
{
    static const struct iocp_wait at_once = {0, FALSE};
    struct iocp_packet posted = {9, NULL, 1, 0};
    struct ends ends = open_ends();
    OVERLAPPED_ENTRY entries[4];
    OVERLAPPED overlapped;
    char buffer[READ_BYTES];
    struct iocp port;
    ULONG taken = 77;

    (void)arg;
    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(iocp_attach(&port, ends.server, 3) == 0);
    /* Nothing there: the count is 0, whatever Windows wrote. */
    sim_assert(iocp_take_many(&port, &at_once, entries, 4, &taken) ==
               IOCP_TIMEOUT);
    sim_assert(taken == 0);
    /* A success and a failure come in one batch, and each says which it is. */
    sim_assert(iocp_post(&port, &posted) == 0);
    start_read(ends.server, &overlapped, buffer);
    sim_assert(iocp_cancel(ends.server, NULL) == 0);
    sim_assert(iocp_take_many(&port, &at_once, entries, 4, &taken) ==
               IOCP_PACKET);
    sim_assert(taken == 2);
    sim_assert(iocp_entry_read(&entries[0]).key == 9);
    sim_assert(iocp_entry_read(&entries[0]).error == 0);
    sim_assert(iocp_entry_read(&entries[1]).overlapped == &overlapped);
    sim_assert(iocp_entry_read(&entries[1]).error == ERROR_OPERATION_ABORTED);
    close_ends(&ends);
    iocp_close(&port);
}

static void take_many_reads_each_entry(void **state)
{
    (void)state;
    passes(batch_of_both);
}

static void CALLBACK count_apc(ULONG_PTR counter)
{
    (*(int *)counter)++;
}

static void apc_ends_wait(void *arg)
{
    static const struct iocp_wait alertable = {INFINITE, TRUE};
    OVERLAPPED_ENTRY entry;
    struct iocp port;
    ULONG taken;
    int count = 0;

    (void)arg;
    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(QueueUserAPC(count_apc, GetCurrentThread(), (ULONG_PTR)&count));
    sim_assert(iocp_take_many(&port, &alertable, &entry, 1, &taken) ==
               IOCP_APC);
    sim_assert(count == 1 && taken == 0);
    iocp_close(&port);
}

static void take_many_says_that_an_apc_ran(void **state)
{
    (void)state;
    passes(apc_ends_wait);
}

/* ---- Closing ---------------------------------------------------------------- */

static struct iocp shared;

static DWORD WINAPI take_until_closed(void *arg)
{
    struct iocp_packet packet;

    (void)arg;
    return (DWORD)iocp_take(&shared, INFINITE, &packet);
}

static void close_while_waiting(void *arg)
{
    HANDLE thread;
    DWORD outcome;
    struct iocp mine;

    (void)arg;
    sim_assert(iocp_open(&shared, 1) == 0);
    mine = shared;
    thread = CreateThread(NULL, 0, take_until_closed, NULL, 0, NULL);
    iocp_close(&mine);
    /* Whether it waited already or not, the other learns it. */
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(thread, &outcome));
    sim_assert(outcome == IOCP_CLOSED);
    sim_assert(CloseHandle(thread));
}

static void close_is_told_to_waiters(void **state)
{
    (void)state;
    passes(close_while_waiting);
}

/* ---- Handles ----------------------------------------------------------------- */

static void attach_twice(void *arg)
{
    struct ends ends = open_ends();
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    struct iocp port;

    (void)arg;
    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(iocp_attach(&port, ends.server, 1) == 0);
    sim_assert(iocp_attach(&port, ends.server, 2) == ERROR_INVALID_PARAMETER);
    sim_assert(iocp_attach(&port, event, 1) == ERROR_INVALID_HANDLE);
    /* Detached, it can have a port again. */
    sim_assert(iocp_detach(ends.server) == 0);
    sim_assert(iocp_attach(&port, ends.server, 2) == 0);
    sim_assert(iocp_set_modes(ends.server, IOCP_SKIP_PACKET) == 0);
    sim_assert(iocp_set_modes(event, IOCP_SKIP_PACKET) == ERROR_INVALID_HANDLE);
    sim_assert(CloseHandle(event));
    close_ends(&ends);
    iocp_close(&port);
}

static void attach_refuses_what_windows_refuses(void **state)
{
    (void)state;
    passes(attach_twice);
}

static void skipped_packet(void *arg)
{
    struct ends ends = open_ends();
    struct iocp_packet packet;
    OVERLAPPED overlapped = {0};
    struct iocp port;

    (void)arg;
    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(iocp_attach(&port, ends.client, 1) == 0);
    sim_assert(iocp_set_modes(ends.client, IOCP_SKIP_PACKET) == 0);
    /* There is room in the pipe: the write succeeds at once. */
    sim_assert(WriteFile(ends.client, "x", 1, NULL, &overlapped));
    sim_assert(iocp_take(&port, 0, &packet) == IOCP_TIMEOUT);
    close_ends(&ends);
    iocp_close(&port);
}

static void skip_mode_saves_the_packet(void **state)
{
    (void)state;
    passes(skipped_packet);
}

/* ---- Misuse -------------------------------------------------------------------- */

static void take_from_closed(void *arg)
{
    struct iocp port = {NULL};
    struct iocp_packet packet;

    (void)arg;
    (void)iocp_take(&port, 0, &packet);
}

static void misuse_is_an_assertion(void **state)
{
    (void)state;
    assert_non_null(
        strstr(fails(take_from_closed, SIM_ASSERTION), "port->handle != NULL"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(take_gives_back_what_was_posted),
        cmocka_unit_test(take_tells_a_failure_from_no_packet),
        cmocka_unit_test(take_many_reads_each_entry),
        cmocka_unit_test(take_many_says_that_an_apc_ran),
        cmocka_unit_test(close_is_told_to_waiters),
        cmocka_unit_test(attach_refuses_what_windows_refuses),
        cmocka_unit_test(skip_mode_saves_the_packet),
        cmocka_unit_test(misuse_is_an_assertion),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
