/**
 * @file test_streams.c
 * @brief Layer 1 on connected sockets: bytes, ends and resets.
 *
 * Uses:     op.h, sockets.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-11, SOCK-12, SOCK-13, SOCK-16, SOCK-17, SOCK-18, SOCK-19,
 *           SOCK-20, SOCK-21, SOCK-36, SOCK-40, SOCK-47, SOCK-50, CANCEL-15.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sockets.h"

/** @brief Receive until so many bytes are there, whatever the pieces. */
static void receive_all(struct op_handle *handle, char *bytes, ULONG count)
{
    ULONG at = 0;

    /* BOUND: each turn brings at least one byte. */
    while (at < count) {
        struct op_recv recv;
        WSABUF buffer;

        init_recv(&recv, &buffer, bytes + at, count - at);
        sim_assert(run(&recv.op, handle) != OP_REFUSED);
        sim_assert(recv.op.status == OP_OK && recv.op.bytes > 0);
        at += recv.op.bytes;
    }
}

static void send_text(struct op_handle *handle, const char *text)
{
    struct op_send send;
    WSABUF buffer;

    init_send(&send, &buffer, text);
    sim_assert(run(&send.op, handle) != OP_REFUSED);
    sim_assert(send.op.status == OP_OK && send.op.bytes == strlen(text));
}

/* ---- Bytes ---------------------------------------------------------------------- */

static void echo(unsigned flags)
{
    struct pair pair;
    char bytes[11];

    open_pair(&pair, flags);
    for (int turn = 0; turn < 3; turn++) {
        send_text(&pair.client, "hello world");
        receive_all(&pair.server, bytes, sizeof bytes);
        sim_assert(memcmp(bytes, "hello world", sizeof bytes) == 0);
        send_text(&pair.server, "hello");
        receive_all(&pair.client, bytes, 5);
    }
    close_pair(&pair);
}

static void echo_skipped(void *arg)
{
    (void)arg;
    echo(0);
}

static void echo_queued(void *arg)
{
    (void)arg;
    echo(OP_NO_SKIP);
}

static void bytes_go_both_ways_in_both_modes(void **state)
{
    (void)state;
    passes(echo_skipped);
    passes(echo_queued);
}

static void pieces(void *arg)
{
    struct pair pair;
    struct op_send send;
    struct op_recv recv;
    char hel[] = "hel";
    char lo[] = "lo";
    char first[2];
    char rest[8];
    WSABUF out[2] = {{3, hel}, {2, lo}};
    WSABUF in[2] = {{2, first}, {8, rest}};

    (void)arg;
    open_pair(&pair, 0);
    init_send(&send, &out[0], hel);
    send.buffers.array = out;
    send.buffers.count = 2;
    sim_assert(run(&send.op, &pair.client) != OP_REFUSED);
    sim_assert(send.op.status == OP_OK && send.op.bytes == 5);
    OP_INIT(&recv, NULL, NULL);
    recv.buffers.array = in;
    recv.buffers.count = 2;
    recv.buffers.flags = MSG_WAITALL;
    in[1].len = 3;
    if (!sim_is_simulated()) {
        recv.buffers.flags = 0; /* Wine may finish with a part of it. */
    }
    sim_assert(run(&recv.op, &pair.server) != OP_REFUSED);
    sim_assert(recv.op.status == OP_OK && recv.op.bytes == 5);
    sim_assert(memcmp(first, "he", 2) == 0 && memcmp(rest, "llo", 3) == 0);
    close_pair(&pair);
}

static void buffers_are_used_in_order(void **state)
{
    (void)state;
    passes(pieces);
}

static void readable(void *arg)
{
    struct pair pair;
    struct op_readable wait;
    char bytes[5];

    (void)arg;
    open_pair(&pair, 0);
    OP_INIT(&wait, NULL, NULL);
    sim_assert(op_submit(&wait.op, &pair.server) == OP_PENDING);
    take_nothing(&pair.place.port);
    {
        struct op_send send;
        WSABUF buffer;
        enum op_answer answer;

        init_send(&send, &buffer, "hello");
        answer = op_submit(&send.op, &pair.client);
        sim_assert(answer != OP_REFUSED);
        /* The two packets may come in either order. */
        for (int packets = answer == OP_PENDING ? 2 : 1; packets > 0;
             packets--) {
            struct op *op;

            sim_assert(op_take(&pair.place.port, INFINITE, &op) == OP_TAKEN);
            sim_assert(op == &wait.op || op == &send.op);
        }
    }
    /* 0 bytes, and no end. */
    sim_assert(wait.op.status == OP_OK && wait.op.bytes == 0);
    receive_all(&pair.server, bytes, 5);
    sim_assert(memcmp(bytes, "hello", 5) == 0);
    close_pair(&pair);
}

static void receive_into_nothing(void *arg)
{
    struct pair pair;
    struct op_recv recv;
    WSABUF buffer;
    char bytes[5];

    (void)arg;
    open_pair(&pair, 0);
    send_text(&pair.client, "hello");
    /* A receive without room is no end either, though 0 bytes came. */
    init_recv(&recv, &buffer, bytes, 0);
    sim_assert(run(&recv.op, &pair.server) != OP_REFUSED);
    sim_assert(recv.op.status == OP_OK && recv.op.bytes == 0);
    receive_all(&pair.server, bytes, 5);
    close_pair(&pair);
}

static void receive_without_room_is_no_end(void **state)
{
    (void)state;
    passes(receive_into_nothing);
}

static void readable_is_no_end_and_takes_nothing(void **state)
{
    (void)state;
    passes(readable);
}

/* ---- Ends ----------------------------------------------------------------------- */

static void end_of_stream(void *arg)
{
    struct pair pair;
    struct op_recv recv;
    WSABUF buffer;
    char bytes[8];

    (void)arg;
    open_pair(&pair, 0);
    init_recv(&recv, &buffer, bytes, sizeof bytes);
    sim_assert(op_submit(&recv.op, &pair.server) == OP_PENDING);
    sim_assert(shutdown((SOCKET)pair.client.file, SD_SEND) == 0);
    take(&pair.place.port, &recv.op);
    sim_assert(recv.op.status == OP_EOF && recv.op.bytes == 0);
    sim_assert(op_status_is_final(recv.op.status));
    /* Once there, it stays. */
    sim_assert(run(&recv.op, &pair.server) == OP_DONE);
    sim_assert(recv.op.status == OP_EOF);
    /* The other direction goes on. */
    send_text(&pair.server, "bye");
    receive_all(&pair.client, bytes, 3);
    close_pair(&pair);
}

static void end_of_stream_is_a_status(void **state)
{
    (void)state;
    passes(end_of_stream);
}

static void shut_down(void *arg)
{
    struct pair pair;
    struct op_send send;
    WSABUF buffer;

    (void)arg;
    open_pair(&pair, 0);
    sim_assert(shutdown((SOCKET)pair.client.file, SD_SEND) == 0);
    init_send(&send, &buffer, "too late");
    sim_assert(run(&send.op, &pair.client) == OP_REFUSED);
    sim_assert(send.op.status == OP_SHUT_DOWN);
    close_pair(&pair);
}

static void send_after_shutdown_is_refused(void **state)
{
    (void)state;
    passes(shut_down);
}

static void unconnected(void *arg)
{
    struct place place;
    struct op_handle handle;
    struct op_recv recv;
    WSABUF buffer;
    char bytes[8];

    (void)arg;
    open_place(&place);
    open_socket(&handle, &place, stream_socket(), 0);
    init_recv(&recv, &buffer, bytes, sizeof bytes);
    sim_assert(run(&recv.op, &handle) == OP_REFUSED);
    sim_assert(recv.op.status == OP_NOT_CONNECTED);
    sim_assert(recv.op.error == WSAENOTCONN);
    close_handle(&handle);
    close_place(&place);
}

static void receive_without_connection_is_refused(void **state)
{
    (void)state;
    passes(unconnected);
}

/* ---- Who did it ------------------------------------------------------------------ */

static void peer_resets(void *arg)
{
    struct pair pair;
    struct op_recv recv;
    WSABUF buffer;
    char bytes[8];

    (void)arg;
    open_pair(&pair, 0);
    init_recv(&recv, &buffer, bytes, sizeof bytes);
    sim_assert(op_submit(&recv.op, &pair.server) == OP_PENDING);
    close_hard(&pair.client);
    take(&pair.place.port, &recv.op);
    sim_assert(recv.op.error == ERROR_NETNAME_DELETED);
    sim_assert(recv.op.status == OP_RESET);
    /* By the other road it is the same, in Winsock's words. */
    if (sim_is_simulated()) { /* Wine reports the end of the stream. */
        sim_assert(run(&recv.op, &pair.server) == OP_REFUSED);
        sim_assert(recv.op.error == WSAECONNRESET);
        sim_assert(recv.op.status == OP_RESET);
    }
    close_pair(&pair);
}

static void reset_by_the_peer_is_a_reset(void **state)
{
    (void)state;
    passes(peer_resets);
}

static void we_close(void *arg)
{
    struct pair pair;
    struct op_recv recv;
    WSABUF buffer;
    char bytes[8];

    (void)arg;
    open_pair(&pair, 0);
    init_recv(&recv, &buffer, bytes, sizeof bytes);
    sim_assert(op_submit(&recv.op, &pair.server) == OP_PENDING);
    close_handle(&pair.server);
    take(&pair.place.port, &recv.op);
    /* Windows has three codes for it, Wine a fourth. */
    sim_assert(recv.op.error != 0);
    sim_assert(recv.op.status == OP_ABORTED && recv.op.bytes == 0);
    close_pair(&pair);
}

static void our_own_close_aborts(void **state)
{
    (void)state;
    passes(we_close);
}

/** The same packet judged after we have closed the handle. */
static void reset_then_close(void *arg)
{
    struct pair pair;
    struct op_recv recv;
    WSABUF buffer;
    char bytes[8];

    (void)arg;
    open_pair(&pair, 0);
    init_recv(&recv, &buffer, bytes, sizeof bytes);
    sim_assert(op_submit(&recv.op, &pair.server) == OP_PENDING);
    close_hard(&pair.client);
    close_handle(&pair.server);
    take(&pair.place.port, &recv.op);
    sim_assert(recv.op.status == OP_ABORTED);
    close_pair(&pair);
}

static void after_our_close_nothing_is_the_peers_doing(void **state)
{
    (void)state;
    passes(reset_then_close);
}

static void reset_then_cancel(void *arg)
{
    struct pair pair;
    struct op_recv recv;
    WSABUF buffer;
    char bytes[8];

    (void)arg;
    open_pair(&pair, 0);
    init_recv(&recv, &buffer, bytes, sizeof bytes);
    sim_assert(op_submit(&recv.op, &pair.server) == OP_PENDING);
    close_hard(&pair.client);
    (void)op_cancel(&recv.op);
    take(&pair.place.port, &recv.op);
    sim_assert(recv.op.status == OP_ABORTED);
    close_pair(&pair);
}

static void whoever_cancels_is_not_told_of_a_reset(void **state)
{
    (void)state;
    passes(reset_then_cancel);
}

static void cancelled(void *arg)
{
    struct pair pair;
    struct op_recv recv;
    WSABUF buffer;
    char bytes[8];

    (void)arg;
    open_pair(&pair, 0);
    init_recv(&recv, &buffer, bytes, sizeof bytes);
    sim_assert(op_submit(&recv.op, &pair.server) == OP_PENDING);
    sim_assert(op_cancel(&recv.op) == OP_CANCEL_ASKED);
    take(&pair.place.port, &recv.op);
    sim_assert(recv.op.status == OP_ABORTED);
    sim_assert(!op_status_is_final(recv.op.status));
    /* The connection lives. */
    send_text(&pair.client, "hello");
    receive_all(&pair.server, bytes, 5);
    close_pair(&pair);
}

static void cancel_leaves_the_connection(void **state)
{
    (void)state;
    passes(cancelled);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_go_both_ways_in_both_modes),
        cmocka_unit_test(buffers_are_used_in_order),
        cmocka_unit_test(receive_without_room_is_no_end),
        cmocka_unit_test(readable_is_no_end_and_takes_nothing),
        cmocka_unit_test(end_of_stream_is_a_status),
        cmocka_unit_test(send_after_shutdown_is_refused),
        cmocka_unit_test(receive_without_connection_is_refused),
        cmocka_unit_test(reset_by_the_peer_is_a_reset),
        cmocka_unit_test(our_own_close_aborts),
        cmocka_unit_test(after_our_close_nothing_is_the_peers_doing),
        cmocka_unit_test(whoever_cancels_is_not_told_of_a_reset),
        cmocka_unit_test(cancel_leaves_the_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
