/**
 * @file test_pipes.c
 * @brief Layer 2: named pipes, of bytes and of messages.
 *
 * Uses:     net.h, passes.h, cmocka.
 * Used by:  ctest.
 * Facts:    PIPE-03, PIPE-05, PIPE-08, PIPE-15.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "net.h"
#include "passes.h"

enum { BUFFER_BYTES = 16 };

static const char name[] = "\\\\.\\pipe\\dryport-layer2";

static struct net_loop loop;
static struct net_stream server;
static struct net_stream client;
static struct net_pipe_accept accept_op;
static struct net_read read_op;
static struct net_write write_op;
static char buffer[BUFFER_BYTES];
static WSABUF piece;
static unsigned called;

static void count_accept(struct net_pipe_accept *accept)
{
    sim_assert(accept == &accept_op);
    called++;
}

static void count_read(struct net_read *read)
{
    sim_assert(read == &read_op);
    called++;
}

static void count_write(struct net_write *write)
{
    sim_assert(write == &write_op);
    called++;
}

static void open_server(unsigned flags)
{
    called = 0;
    memset(&accept_op, 0, sizeof accept_op);
    memset(&read_op, 0, sizeof read_op);
    memset(&write_op, 0, sizeof write_op);
    accept_op.on_done = count_accept;
    read_op.on_done = count_read;
    write_op.on_done = count_write;
    sim_assert(net_loop_open(&loop, NULL) == OP_OK);
    sim_assert(net_pipe_open(&server, &loop, NULL, name, flags) == OP_OK);
}

static void close_loop(void)
{
    (void)net_loop_drain(&loop); /* Closes what is open. */
    sim_assert(net_stream_idle(&server));
    net_loop_close(&loop);
}

static void run_all(void)
{
    (void)net_loop_run(&loop);
    net_loop_restart(&loop);
}

static void open_both(unsigned flags)
{
    open_server(flags);
    net_pipe_accept_start(&server, &accept_op);
    sim_assert(called == 0); /* Never inside the call. */
    sim_assert(net_pipe_connect(&client, &loop, NULL, name, flags) == OP_OK);
    run_all();
    sim_assert(called == 1 && accept_op.op.status == OP_OK);
}

static void write_text(struct net_stream *stream, const char *text)
{
    piece.buf = (char *)(uintptr_t)text;
    piece.len = (ULONG)strlen(text);
    write_op.pieces = &piece;
    write_op.piece_count = 1;
    net_write_start(stream, &write_op);
}

static void start_read(struct net_stream *stream,
                       enum net_enough enough,
                       size_t bytes)
{
    read_op.buffer = buffer;
    read_op.buffer_bytes = bytes;
    read_op.filled_bytes = 0;
    read_op.enough = enough;
    net_read_start(stream, &read_op);
}

static bool is_read(op_status status, const char *text)
{
    return read_op.op.status == status && read_op.op.bytes == strlen(text) &&
           memcmp(buffer, text, strlen(text)) == 0;
}

/* ---- Bytes and messages ------------------------------------------------------- */

static void bytes(void *arg)
{
    (void)arg;
    open_both(0);
    start_read(&server, NET_EXACTLY, 8);
    write_text(&client, "four");
    sim_assert(net_loop_run_one(&loop) == 1);
    sim_assert(called == 2 && write_op.op.status == OP_OK);
    write_text(&client, "fourfive");
    run_all();
    sim_assert(is_read(OP_OK, "fourfour"));
    start_read(&server, NET_SOME, BUFFER_BYTES);
    run_all();
    sim_assert(is_read(OP_OK, "five"));
    /* The other way, and the end. */
    write_text(&server, "back");
    start_read(&client, NET_EXACTLY, 4);
    run_all();
    sim_assert(is_read(OP_OK, "back"));
    net_stream_close(&client, NET_GRACEFUL);
    start_read(&server, NET_SOME, BUFFER_BYTES);
    run_all();
    sim_assert(is_read(OP_EOF, ""));
    write_text(&server, "nobody");
    run_all();
    sim_assert(write_op.op.status == OP_RESET);
    close_loop();
}

static void messages(void *arg)
{
    (void)arg;
    open_both(OP_MESSAGES);
    write_text(&client, "one");
    run_all();
    write_text(&client, "three");
    run_all();
    start_read(&server, NET_SOME, BUFFER_BYTES);
    run_all();
    sim_assert(is_read(OP_OK, "one")); /* Not a byte of the next. */
    start_read(&server, NET_SOME, 2);
    run_all();
    sim_assert(is_read(OP_TRUNCATED, "th"));
    start_read(&server, NET_SOME, BUFFER_BYTES);
    run_all();
    sim_assert(is_read(OP_OK, "ree"));
    close_loop();
}

static void pipes_carry_bytes_and_messages(void **state)
{
    (void)state;
    passes(bytes);
    passes(messages);
}

/* ---- Coming and going ---------------------------------------------------------- */

static void several(void *arg)
{
    struct net_stream others[2];
    struct net_stream second;

    (void)arg;
    open_both(0);
    /* The only end has its client. */
    sim_assert(net_pipe_connect(&others[0], &loop, NULL, name, 0) == OP_IN_USE);
    /* One more end, and one more client, who comes before it is awaited. */
    sim_assert(net_pipe_open(&second, &loop, NULL, name, 0) == OP_OK);
    sim_assert(net_pipe_connect(&others[0], &loop, NULL, name, 0) == OP_OK);
    sim_assert(net_pipe_connect(&others[1], &loop, NULL, name, 0) == OP_IN_USE);
    net_pipe_accept_start(&second, &accept_op);
    sim_assert(called == 1);
    run_all();
    sim_assert(called == 2 && accept_op.op.status == OP_OK);
    write_text(&others[0], "other");
    start_read(&second, NET_EXACTLY, 5);
    run_all();
    sim_assert(is_read(OP_OK, "other"));
    close_loop();
}

static void came_and_went(void *arg)
{
    (void)arg;
    open_server(0);
    sim_assert(net_pipe_connect(&client, &loop, NULL, name, 0) == OP_OK);
    write_text(&client, "bye");
    run_all();
    sim_assert(write_op.op.status == OP_OK);
    net_stream_close(&client, NET_GRACEFUL);
    net_pipe_accept_start(&server, &accept_op);
    run_all();
    sim_assert(accept_op.op.status == OP_OK);
    start_read(&server, NET_EXACTLY, 3);
    run_all();
    sim_assert(is_read(OP_OK, "bye"));
    start_read(&server, NET_SOME, 1);
    run_all();
    sim_assert(is_read(OP_EOF, ""));
    close_loop();
}

static void nobody(void *arg)
{
    static const char none[] = "\\\\.\\pipe\\dryport-none";

    (void)arg;
    open_server(0);
    sim_assert(net_pipe_connect(&client, &loop, NULL, none, 0) == OP_NOT_FOUND);
    sim_assert(net_pipe_connect(&client, &loop, NULL, "\xff", 0) == OP_INVALID);
    sim_assert(net_pipe_open(&client, &loop, NULL, "\xff", 0) == OP_INVALID);
    sim_assert(net_pipe_open(&client, &loop, NULL, "pipe", 0) != OP_OK);
    /* A pipe of bytes has no messages. */
    sim_assert(net_pipe_connect(&client, &loop, NULL, name, OP_MESSAGES) ==
               OP_INVALID);
    close_loop();
}

static void clients_come_and_go(void **state)
{
    (void)state;
    passes(several);
    passes(came_and_went);
}

static void who_cannot_connect_is_told(void **state)
{
    (void)state;
    passes(nobody);
}

/* ---- Ends ---------------------------------------------------------------------- */

static void cancel(struct net_post *post)
{
    (void)post;
    net_stream_cancel(&server);
}

static void close_server(struct net_post *post)
{
    (void)post;
    net_stream_close(&server, NET_GRACEFUL);
}

static void ends(void *arg)
{
    struct net_post post = {.on_done = cancel};

    (void)arg;
    open_server(0);
    accept_op.op.deadline_us = net_loop_now(&loop) + 2000;
    net_pipe_accept_start(&server, &accept_op);
    run_all();
    sim_assert(called == 1 && accept_op.op.status == OP_TIMEOUT);
    net_pipe_accept_start(&server, &accept_op);
    net_loop_post(&loop, &post);
    run_all();
    sim_assert(called == 2 && accept_op.op.status == OP_ABORTED);
    net_pipe_accept_start(&server, &accept_op);
    post.on_done = close_server;
    net_loop_post(&loop, &post);
    run_all();
    sim_assert(called == 3 && accept_op.op.status == OP_ABORTED);
    sim_assert(net_stream_idle(&server));
    sim_assert(net_pipe_open(&server, &loop, NULL, name, 0) == OP_OK);
    net_pipe_accept_start(&server, &accept_op);
    sim_assert(net_loop_drain(&loop) == 1);
    sim_assert(called == 4 && accept_op.op.status == OP_ABORTED);
    sim_assert(net_stream_idle(&server));
    net_loop_close(&loop);
}

static void accept_ends_by_time_cancel_and_close(void **state)
{
    (void)state;
    passes(ends);
}

/* ---- Want ---------------------------------------------------------------------- */

static void in_want(void *arg)
{
    (void)arg;
    called = 0;
    memset(&accept_op, 0, sizeof accept_op);
    accept_op.on_done = count_accept;
    if (net_loop_open(&loop, NULL) != OP_OK) {
        return;
    }
    if (net_pipe_open(&server, &loop, NULL, name, OP_MESSAGES) == OP_OK) {
        accept_op.op.deadline_us = net_loop_now(&loop) + 1000;
        net_pipe_accept_start(&server, &accept_op);
        (void)net_pipe_connect(&client, &loop, NULL, name, OP_MESSAGES);
        run_all();
        sim_assert(called == 1);
    }
    (void)net_loop_drain(&loop);
    net_loop_close(&loop);
}

static void want_is_told_once(void **state)
{
    (void)state;
    passes_each_fault(in_want, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pipes_carry_bytes_and_messages),
        cmocka_unit_test(clients_come_and_go),
        cmocka_unit_test(who_cannot_connect_is_told),
        cmocka_unit_test(accept_ends_by_time_cancel_and_close),
        cmocka_unit_test(want_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
