/**
 * @file test_races.c
 * @brief Layer 1: cancel against data, a packet against the submit's return.
 *
 * Uses:     op.h, pipes.h, cmocka.
 * Used by:  ctest.
 * Facts:    PORT-21, CANCEL-02, CANCEL-04, CANCEL-10.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "pipes.h"

/* ---- Cancel ------------------------------------------------------------------ */

static void cancel_all(void *arg)
{
    struct pipe pipe;
    struct op_read reads[2];
    struct op_batch batch = {.timeout_ms = INFINITE};
    char buffers[2][READ_BYTES];

    (void)arg;
    open_pipe(&pipe, PIPE_TYPE_BYTE, 0);
    for (size_t i = 0; i < 2; i++) {
        init_read(&reads[i], buffers[i]);
        sim_assert(op_submit(&reads[i].op, &pipe.server) == OP_PENDING);
    }
    sim_assert(op_handle_cancel(&pipe.server) == OP_CANCEL_ASKED);
    sim_assert(op_take_many(&pipe.port, &batch) == OP_TAKEN);
    sim_assert(batch.count == 2);
    sim_assert(reads[0].op.status == OP_ABORTED);
    sim_assert(reads[1].op.status == OP_ABORTED);
    if (sim_is_simulated()) { /* Wine says that it asked. */
        sim_assert(op_handle_cancel(&pipe.server) == OP_CANCEL_NOTHING);
    }
    close_pipe(&pipe);
}

static void handle_cancel_asks_for_all(void **state)
{
    (void)state;
    passes(cancel_all);
}

/** What two threads of the next test share. */
static struct {
    struct pipe pipe;
    struct op_read read;
    char buffer[READ_BYTES];
    enum op_cancelled cancelled;
} race;

static DWORD WINAPI cancel_it(void *arg)
{
    (void)arg;
    race.cancelled = op_cancel(&race.read.op);
    return 0;
}

static void cancel_against_data(void *arg)
{
    struct op_write write;
    HANDLE thread;

    (void)arg;
    open_pipe(&race.pipe, PIPE_TYPE_BYTE, 0);
    init_read(&race.read, race.buffer);
    init_write(&write, "hello");
    sim_assert(op_submit(&race.read.op, &race.pipe.server) == OP_PENDING);
    thread = CreateThread(NULL, 0, cancel_it, NULL, 0, NULL);
    sim_assert(thread != NULL);
    sim_assert(op_submit(&write.op, &race.pipe.client) == OP_DONE);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
    /* Whatever was first, there is one packet and one result. */
    take(&race.pipe.port, &race.read.op);
    take_nothing(&race.pipe.port);
    if (race.cancelled == OP_CANCEL_NOTHING) {
        sim_mark("data first");
        sim_assert(race.read.op.status == OP_OK && race.read.op.bytes == 5);
    } else {
        sim_mark("cancel first");
        sim_assert(race.read.op.status == OP_ABORTED);
        sim_assert(race.read.op.bytes == 0);
    }
    close_pipe(&race.pipe);
}

static void packet_decides_between_cancel_and_data(void **state)
{
    (void)state;
    passes_all(cancel_against_data, "dfs", 10);
    if (sim_is_simulated()) {
        assert_true(sim_marked("data first") > 0);
        assert_true(sim_marked("cancel first") > 0);
    }
}

static void cancel_against_close(void *arg)
{
    HANDLE thread;

    (void)arg;
    open_pipe(&race.pipe, PIPE_TYPE_BYTE, 0);
    init_read(&race.read, race.buffer);
    sim_assert(op_submit(&race.read.op, &race.pipe.server) == OP_PENDING);
    thread = CreateThread(NULL, 0, cancel_it, NULL, 0, NULL);
    sim_assert(thread != NULL);
    close_handle(&race.pipe.server);
    take(&race.pipe.port, &race.read.op);
    sim_assert(race.read.op.status == OP_ABORTED);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
    take_nothing(&race.pipe.port);
    close_handle(&race.pipe.client);
    op_port_close(&race.pipe.port);
}

static void cancel_and_close_abort_once(void **state)
{
    (void)state;
    passes_all(cancel_against_close, "dfs", 10);
}

/* ---- Before submit returns ---------------------------------------------------- */

static DWORD WINAPI take_and_forget(void *arg)
{
    struct op *op = NULL;

    (void)arg;
    sim_assert(op_take(&race.pipe.port, INFINITE, &op) == OP_TAKEN);
    sim_assert(op == &race.read.op);
    /* From here the memory is somebody else's, like the handle. */
    close_handle(&race.pipe.server);
    memset(&race.read, 0x5A, sizeof race.read);
    memset(&race.pipe.server, 0x5A, sizeof race.pipe.server);
    return 0;
}

static DWORD WINAPI close_client(void *arg)
{
    (void)arg;
    close_handle(&race.pipe.client);
    return 0;
}

static bool is_forgotten(const void *memory, size_t bytes)
{
    const unsigned char *byte = memory;

    for (size_t i = 0; i < bytes; i++) {
        if (byte[i] != 0x5A) {
            return false;
        }
    }
    return true;
}

static void packet_before_return(void *arg)
{
    HANDLE threads[2];

    (void)arg;
    open_pipe(&race.pipe, PIPE_TYPE_BYTE, 0);
    init_read(&race.read, race.buffer);
    threads[0] = CreateThread(NULL, 0, close_client, NULL, 0, NULL);
    threads[1] = CreateThread(NULL, 0, take_and_forget, NULL, 0, NULL);
    sim_assert(threads[0] != NULL && threads[1] != NULL);
    if (op_submit(&race.read.op, &race.pipe.server) == OP_PENDING) {
        if (is_forgotten(&race.read, sizeof race.read)) {
            sim_mark("gone before submit returned");
        }
    } else {
        /* The client was gone: nobody else will take it. */
        sim_assert(race.read.op.status == OP_EOF);
        sim_assert(op_post(&race.read.op, &race.pipe.port, 0) == OP_PENDING);
    }
    sim_assert(WaitForMultipleObjects(2, threads, TRUE, INFINITE) ==
               WAIT_OBJECT_0);
    sim_assert(is_forgotten(&race.read, sizeof race.read));
    sim_assert(is_forgotten(&race.pipe.server, sizeof race.pipe.server));
    sim_assert(CloseHandle(threads[0]) && CloseHandle(threads[1]));
    op_port_close(&race.pipe.port);
}

static void submit_touches_nothing_after_pending(void **state)
{
    (void)state;
    passes_all(packet_before_return, "dfs:2", 100);
    if (sim_is_simulated()) {
        assert_true(sim_marked("gone before submit returned") > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(handle_cancel_asks_for_all),
        cmocka_unit_test(packet_decides_between_cancel_and_data),
        cmocka_unit_test(cancel_and_close_abort_once),
        cmocka_unit_test(submit_touches_nothing_after_pending),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
