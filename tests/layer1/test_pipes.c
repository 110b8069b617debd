/**
 * @file test_pipes.c
 * @brief Layer 1 on pipes: three answers, one packet each, one result each.
 *
 * Uses:     op.h, pipes.h, cmocka.
 * Used by:  ctest.
 * Facts:    PORT-19, PORT-20, PORT-88, PIPE-02, PIPE-08, PIPE-09, PIPE-14,
 *           PIPE-15, PIPE-16.
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

/* ---- The three answers ------------------------------------------------------ */

/** @brief A write that has room is over at once: with or without a packet. */
static void succeed_at_once(unsigned flags, enum op_answer answer)
{
    struct pipe pipe;
    struct op_write write;

    open_pipe(&pipe, PIPE_TYPE_BYTE, flags);
    init_write(&write, "hello");
    sim_assert(run(&write.op, &pipe.client) == answer);
    sim_assert(write.op.status == OP_OK && write.op.bytes == 5);
    sim_assert(write.op.error == 0);
    close_pipe(&pipe);
}

static void at_once_skipped(void *arg)
{
    (void)arg;
    succeed_at_once(0, OP_DONE);
}

static void at_once_queued(void *arg)
{
    (void)arg;
    succeed_at_once(OP_NO_SKIP, OP_PENDING);
}

static void success_at_once_is_counted_once(void **state)
{
    (void)state;
    passes(at_once_skipped);
    passes(at_once_queued);
}

static void pend(unsigned flags)
{
    struct pipe pipe;
    struct op_read read;
    struct op_write write;
    char buffer[READ_BYTES];

    open_pipe(&pipe, PIPE_TYPE_BYTE, flags);
    init_read(&read, buffer);
    init_write(&write, "hello");
    sim_assert(op_submit(&read.op, &pipe.server) == OP_PENDING);
    sim_assert(read.op.owner == OP_KRN);
    take_nothing(&pipe.port);
    /* The write finishes the read; the skip mode has no say in that. */
    if (op_submit(&write.op, &pipe.client) == OP_PENDING) {
        take(&pipe.port, &read.op);
        take(&pipe.port, &write.op);
    } else {
        take(&pipe.port, &read.op);
    }
    sim_assert(read.op.status == OP_OK && read.op.bytes == 5);
    sim_assert(memcmp(buffer, "hello", 5) == 0);
    take_nothing(&pipe.port);
    close_pipe(&pipe);
}

static void pend_skipped(void *arg)
{
    (void)arg;
    pend(0);
}

static void pend_queued(void *arg)
{
    (void)arg;
    pend(OP_NO_SKIP);
}

static void pending_operation_has_one_packet(void **state)
{
    (void)state;
    passes(pend_skipped);
    passes(pend_queued);
}

static void refused(void *arg)
{
    struct op_port port;
    struct op_handle server;
    struct op_read read;
    char buffer[READ_BYTES];

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    sim_assert(op_handle_open(&server,
                              &port,
                              &(struct op_open){.file = make_server(
                                                    PIPE_TYPE_BYTE)}) == OP_OK);
    /* Nobody is at the other end. */
    init_read(&read, buffer);
    sim_assert(run(&read.op, &server) == OP_REFUSED);
    sim_assert(read.op.status == OP_NOT_CONNECTED);
    sim_assert(read.op.error == ERROR_PIPE_LISTENING);
    sim_assert(op_status_is_final(read.op.status));
    close_handle(&server);
    op_port_close(&port);
}

static void refused_operation_has_no_packet(void **state)
{
    (void)state;
    passes(refused);
}

/* ---- Ends ------------------------------------------------------------------- */

static void end_of_pipe(void *arg)
{
    struct pipe pipe;
    struct op_read read;
    struct op_write write;
    char buffer[READ_BYTES];

    (void)arg;
    open_pipe(&pipe, PIPE_TYPE_BYTE, 0);
    init_read(&read, buffer);
    init_write(&write, "x");
    sim_assert(op_submit(&read.op, &pipe.server) == OP_PENDING);
    close_handle(&pipe.client);
    /* The peer closed: by packet, and for the next read at once. */
    take(&pipe.port, &read.op);
    sim_assert(read.op.status == OP_EOF);
    sim_assert(read.op.error == ERROR_BROKEN_PIPE);
    sim_assert(run(&read.op, &pipe.server) == OP_DONE);
    sim_assert(read.op.status == OP_EOF && read.op.bytes == 0);
    /* Who writes has lost the connection. */
    sim_assert(run(&write.op, &pipe.server) == OP_REFUSED);
    sim_assert(write.op.status == OP_RESET);
    close_handle(&pipe.server);
    op_port_close(&pipe.port);
}

static void end_is_told_by_packet_and_at_once(void **state)
{
    (void)state;
    passes(end_of_pipe);
}

static void end_under_write(void *arg)
{
    static char large[4 * PIPE_BYTES];
    struct pipe pipe;
    struct op_write write;

    (void)arg;
    open_pipe(&pipe, PIPE_TYPE_BYTE, 0);
    init_write(&write, "");
    write.buffer = large;
    write.buffer_bytes = sizeof large;
    sim_assert(op_submit(&write.op, &pipe.server) == OP_PENDING);
    close_handle(&pipe.client);
    take(&pipe.port, &write.op);
    /* What is the end for who reads has broken the connection of who writes. */
    sim_assert(write.op.status == OP_RESET);
    sim_assert(op_status_is_final(write.op.status));
    close_handle(&pipe.server);
    op_port_close(&pipe.port);
}

static void peer_that_closes_breaks_a_write(void **state)
{
    (void)state;
    passes(end_under_write);
}

static void close_under_read(void *arg)
{
    struct pipe pipe;
    struct op_read read;
    char buffer[READ_BYTES];

    (void)arg;
    open_pipe(&pipe, PIPE_TYPE_BYTE, 0);
    init_read(&read, buffer);
    sim_assert(op_submit(&read.op, &pipe.server) == OP_PENDING);
    close_handle(&pipe.server);
    take(&pipe.port, &read.op);
    /* The code is that of the peer's close, and it was ours. */
    sim_assert(read.op.error == ERROR_BROKEN_PIPE ||
               read.op.error == ERROR_OPERATION_ABORTED);
    sim_assert(read.op.status == OP_ABORTED);
    /* On a closed handle nothing starts, and nothing can be cancelled. */
    sim_assert(op_cancel(&read.op) == OP_CANCEL_NOTHING);
    sim_assert(op_submit(&read.op, &pipe.server) == OP_REFUSED);
    sim_assert(read.op.status == OP_ABORTED);
    close_handle(&pipe.client);
    op_port_close(&pipe.port);
}

static void our_own_close_aborts(void **state)
{
    (void)state;
    passes(close_under_read);
}

/* ---- Messages, readiness, clients ------------------------------------------- */

static void long_message(void *arg)
{
    struct pipe pipe;
    struct op_readable readable;
    struct op_read read;
    struct op_write write;
    char buffer[READ_BYTES];
    DWORD mode = PIPE_READMODE_MESSAGE;

    (void)arg;
    open_pipe(&pipe, PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE, OP_MESSAGES);
    sim_assert(SetNamedPipeHandleState(pipe.client.file, &mode, NULL, NULL));
    init_read(&read, buffer);
    init_write(&write, "twenty bytes of text");
    /* Cut while it waits. */
    sim_assert(op_submit(&read.op, &pipe.server) == OP_PENDING);
    sim_assert(op_submit(&write.op, &pipe.client) == OP_PENDING);
    take(&pipe.port, &read.op);
    take(&pipe.port, &write.op);
    sim_assert(read.op.status == OP_TRUNCATED && read.op.bytes == READ_BYTES);
    sim_assert(!op_status_is_final(read.op.status));
    sim_assert(run(&read.op, &pipe.server) == OP_PENDING);
    sim_assert(read.op.status == OP_OK && read.op.bytes == 4);
    /* Cut when it is there already: still exactly one packet.  Who waits for
     * it with no buffer at all is not told of the cut. */
    sim_assert(run(&write.op, &pipe.client) == OP_PENDING);
    OP_INIT(&readable, NULL, NULL);
    sim_assert(run(&readable.op, &pipe.server) == OP_PENDING);
    sim_assert(readable.op.status == OP_OK && readable.op.bytes == 0);
    sim_assert(run(&read.op, &pipe.server) == OP_PENDING);
    sim_assert(read.op.status == OP_TRUNCATED && read.op.bytes == READ_BYTES);
    sim_assert(run(&read.op, &pipe.server) == OP_PENDING);
    sim_assert(read.op.status == OP_OK && read.op.bytes == 4);
    close_pipe(&pipe);
}

static void long_message_is_cut_and_counted_once(void **state)
{
    (void)state;
    passes(long_message);
}

static void wait_for_data(void *arg)
{
    struct pipe pipe;
    struct op_readable readable;
    struct op_read read;
    struct op_write write;
    char buffer[READ_BYTES];

    (void)arg;
    open_pipe(&pipe, PIPE_TYPE_BYTE, 0);
    OP_INIT(&readable, NULL, NULL);
    init_read(&read, buffer);
    init_write(&write, "hello");
    sim_assert(op_submit(&readable.op, &pipe.server) == OP_PENDING);
    take_nothing(&pipe.port);
    sim_assert(op_submit(&write.op, &pipe.client) == OP_DONE);
    take(&pipe.port, &readable.op);
    /* There is something, and it is still there. */
    sim_assert(readable.op.status == OP_OK && readable.op.bytes == 0);
    (void)run(&read.op, &pipe.server);
    sim_assert(read.op.status == OP_OK && read.op.bytes == 5);
    close_pipe(&pipe);
}

static void readable_takes_nothing(void **state)
{
    (void)state;
    passes(wait_for_data);
}

static void clients(void *arg)
{
    struct op_port port;
    struct op_handle server;
    struct op_connect_pipe connect;
    HANDLE client;

    (void)arg;
    sim_assert(op_port_open(&port, 1) == OP_OK);
    sim_assert(op_handle_open(&server,
                              &port,
                              &(struct op_open){.file = make_server(
                                                    PIPE_TYPE_BYTE)}) == OP_OK);
    OP_INIT(&connect, NULL, NULL);
    /* The server was first. */
    sim_assert(op_submit(&connect.op, &server) == OP_PENDING);
    client = make_client();
    take(&port, &connect.op);
    sim_assert(connect.op.status == OP_OK);
    sim_assert(CloseHandle(client));
    sim_assert(DisconnectNamedPipe(server.file));
    /* Nobody comes, and we give up. */
    sim_assert(op_submit(&connect.op, &server) == OP_PENDING);
    sim_assert(op_cancel(&connect.op) == OP_CANCEL_ASKED);
    take(&port, &connect.op);
    sim_assert(connect.op.status == OP_ABORTED);
    close_handle(&server);
    /* The client was first: what Windows calls an error is none. */
    sim_assert(op_handle_open(&server,
                              &port,
                              &(struct op_open){.file = make_server(
                                                    PIPE_TYPE_BYTE)}) == OP_OK);
    client = make_client();
    sim_assert(run(&connect.op, &server) == OP_DONE);
    sim_assert(connect.op.status == OP_OK);
    sim_assert(run(&connect.op, &server) == OP_DONE);
    sim_assert(CloseHandle(client));
    close_handle(&server);
    op_port_close(&port);
}

static void connect_pipe_knows_who_was_first(void **state)
{
    (void)state;
    passes(clients);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(success_at_once_is_counted_once),
        cmocka_unit_test(pending_operation_has_one_packet),
        cmocka_unit_test(refused_operation_has_no_packet),
        cmocka_unit_test(end_is_told_by_packet_and_at_once),
        cmocka_unit_test(peer_that_closes_breaks_a_write),
        cmocka_unit_test(our_own_close_aborts),
        cmocka_unit_test(long_message_is_cut_and_counted_once),
        cmocka_unit_test(readable_takes_nothing),
        cmocka_unit_test(connect_pipe_knows_who_was_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
