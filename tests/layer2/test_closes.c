/**
 * @file test_closes.c
 * @brief Layer 2: how streams end, and who has the socket then.
 *
 * Uses:     streams.h, cmocka.
 * Used by:  ctest.
 * Facts:    PORT-95, SOCK-44, SOCK-45, SOCK-46.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "streams.h"

/* ---- Closing ----------------------------------------------------------------- */

static void graceful(void *arg)
{
    struct pair pair;

    (void)arg;
    open_pair(&pair, 0);
    send_text(&pair, &pair.client, "goodbye");
    net_stream_close(&pair.client, NET_GRACEFUL);
    sim_assert(net_stream_idle(&pair.client));
    sim_assert(read_end(&pair, &pair.server, OP_EOF) == strlen("goodbye"));
    close_pair(&pair);
}

static void graceful_close_delivers_what_was_sent(void **state)
{
    (void)state;
    passes(graceful);
}

static void abortive(void *arg)
{
    struct pair pair;

    (void)arg;
    open_pair(&pair, 0);
    send_text(&pair, &pair.client, "nobody will read this");
    net_stream_close(&pair.client, NET_ABORTIVE);
    sim_assert(net_stream_idle(&pair.client));
    (void)read_end(&pair, &pair.server, OP_RESET);
    close_pair(&pair);
}

static void abortive_close_is_a_reset(void **state)
{
    (void)state;
    passes(abortive);
}

static void lingering(void *arg)
{
    static char much[200000];
    struct pair pair;
    struct net_write write;
    struct linger linger = {1, 1}; /* Wine does wait. */
    u_long is_not_blocking = 1;
    WSABUF piece;

    (void)arg;
    open_pair(&pair, 0);
    /* The close would fail: it may not wait, and must. */
    sim_assert(setsockopt(net_stream_socket(&pair.client),
                          SOL_SOCKET,
                          SO_LINGER,
                          (const char *)&linger,
                          (int)sizeof linger) == 0);
    sim_assert(ioctlsocket(net_stream_socket(&pair.client),
                           (LONG)FIONBIO,
                           &is_not_blocking) == 0);
    init_write(&write, &pair, &piece, "");
    piece.buf = much;
    piece.len = sizeof much;
    net_write_start(&pair.client, &write);
    (void)net_loop_run_for(&pair.loop, 1000);
    net_stream_close(&pair.client, NET_GRACEFUL);
    net_loop_restart(&pair.loop);
    run(&pair.loop);
    sim_assert(net_stream_idle(&pair.client));
    if (write.op.status == OP_OK) {
        sim_assert(read_end(&pair, &pair.server, OP_EOF) == sizeof much);
    }
    close_pair(&pair);
}

static void lingering_socket_is_closed_all_the_same(void **state)
{
    (void)state;
    passes(lingering);
}

static void close_in_handler(struct net_read *read)
{
    struct pair *pair = read->op.context;

    sim_assert(read->op.status == OP_OK);
    net_stream_close(&pair->server, NET_GRACEFUL);
    /* This is the last of its handlers: the memory is free for use. */
    sim_assert(net_stream_idle(&pair->server));
    memset(&pair->server, 0xDD, sizeof pair->server);
    see_read(read);
}

static void last_handler(void *arg)
{
    struct pair pair;
    struct net_read read;
    char bytes[5];

    (void)arg;
    open_pair(&pair, 0);
    init_read(&read, &pair, NET_SOME, bytes, sizeof bytes);
    read.on_done = close_in_handler;
    net_read_start(&pair.server, &read);
    send_text(&pair, &pair.client, "a");
    sim_assert(pair.seen.count == 2);
    net_stream_close(&pair.client, NET_GRACEFUL);
    sim_assert(net_tcp_open(&pair.server, &pair.loop, NULL, AF_INET) == OP_OK);
    close_pair(&pair);
}

static void stream_is_idle_in_its_last_handler(void **state)
{
    (void)state;
    passes(last_handler);
}

static void everything(void *arg)
{
    struct pair pair;
    struct net_read read;
    struct net_write write;
    char bytes[5];
    WSABUF piece;

    (void)arg;
    open_pair(&pair, 0);
    init_read(&read, &pair, NET_SOME, bytes, sizeof bytes);
    net_read_start(&pair.server, &read);
    init_write(&write, &pair, &piece, "abc");
    net_write_start(&pair.server, &write);
    net_stream_cancel(&pair.server);
    run(&pair.loop);
    sim_assert(pair.seen.count == 2 && read.op.status == OP_ABORTED);
    sim_assert(write.op.status == OP_OK || write.op.status == OP_ABORTED);
    sim_assert(pair.server.request_count == 0);
    sim_assert(!net_stream_idle(&pair.server));
    close_pair(&pair);
}

static void cancel_asks_all_that_is_under_way(void **state)
{
    (void)state;
    passes(everything);
}

/* ---- Giving away ------------------------------------------------------------- */

static void move(void *arg)
{
    struct pair pair;
    struct net_loop other;
    struct net_stream moved;
    struct net_read read;
    SOCKET socket = INVALID_SOCKET;
    op_status status;
    char bytes[5];

    (void)arg;
    open_pair(&pair, 0);
    sim_assert(net_loop_open(&other, NULL) == OP_OK);
    status = net_stream_release(&pair.server, &socket);
    if (status != OP_OK) {
        sim_assert(status == OP_UNSUPPORTED && !sim_is_simulated());
        net_loop_close(&other);
        close_pair(&pair);
        return;
    }
    sim_assert(net_stream_idle(&pair.server));
    sim_assert(net_stream_adopt(&moved,
                                &other,
                                NULL,
                                &(struct op_open){.socket = socket}) == OP_OK);
    send_text(&pair, &pair.client, "hello");
    init_read(&read, &pair, NET_EXACTLY, bytes, sizeof bytes);
    net_read_start(&moved, &read);
    run(&other);
    sim_assert(read.op.status == OP_OK && memcmp(bytes, "hello", 5) == 0);
    (void)net_loop_drain(&other);
    sim_assert(net_stream_idle(&moved));
    net_loop_close(&other);
    close_pair(&pair);
}

static void socket_moves_to_another_loop(void **state)
{
    (void)state;
    passes(move);
}

static void options(void *arg)
{
    struct pair pair;
    BOOL value = FALSE;
    int bytes = (int)sizeof value;

    (void)arg;
    open_pair(&pair, 0);
    sim_assert(net_stream_set_no_delay(&pair.client, true) == OP_OK);
    sim_assert(getsockopt(net_stream_socket(&pair.client),
                          IPPROTO_TCP,
                          TCP_NODELAY,
                          (char *)&value,
                          &bytes) == 0);
    sim_assert(value);
    sim_assert(net_stream_set_no_delay(&pair.client, false) == OP_OK);
    close_pair(&pair);
}

static void options_reach_the_socket(void **state)
{
    (void)state;
    passes_once(options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(graceful_close_delivers_what_was_sent),
        cmocka_unit_test(abortive_close_is_a_reset),
        cmocka_unit_test(lingering_socket_is_closed_all_the_same),
        cmocka_unit_test(stream_is_idle_in_its_last_handler),
        cmocka_unit_test(cancel_asks_all_that_is_under_way),
        cmocka_unit_test(socket_moves_to_another_loop),
        cmocka_unit_test(options_reach_the_socket),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
