/**
 * @file test_allocations.c
 * @brief Layer 1: a million operations, and no memory is asked for.
 *
 * Uses:     allocations.h, op.h, pipes.h, sockets.h, cmocka.
 * Used by:  ctest.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "bench/allocations.h"
#include "pipes.h"
#include "sockets.h"

enum { MESSAGE_BYTES = 16 };

/** @brief Rounds of four operations.  Wine takes its time. */
static int round_count(void)
{
    return sim_is_simulated() ? 250000 : 500;
}

/** @brief Submit, and take if a packet is to come. */
static void do_one(struct op *op, struct op_handle *handle)
{
    struct op *taken = op;
    enum op_answer answer = op_submit(op, handle);

    sim_assert(answer != OP_REFUSED);
    if (answer == OP_PENDING) {
        sim_assert(op_take(handle->port, INFINITE, &taken) == OP_TAKEN);
    }
    sim_assert(taken == op && op->status == OP_OK);
}

/* ---- Pipes and posts --------------------------------------------------------- */

static void million_on_pipes(void *arg)
{
    struct pipe pipe;
    struct op_read read;
    struct op_write write;
    struct op_post post;
    struct op *taken;
    char bytes[MESSAGE_BYTES];
    long before;

    (void)arg;
    open_pipe(&pipe, PIPE_TYPE_BYTE, 0);
    init_read(&read, bytes);
    init_write(&write, "sixteen bytes...");
    OP_INIT(&post, NULL, NULL);
    before = allocations;
    for (int round = round_count(); round > 0; round--) {
        /* One of each: at once, pending, posted. */
        sim_assert(op_submit(&read.op, &pipe.server) == OP_PENDING);
        sim_assert(op_submit(&write.op, &pipe.client) == OP_DONE);
        sim_assert(op_take(&pipe.port, INFINITE, &taken) == OP_TAKEN);
        sim_assert(taken == &read.op && read.op.bytes == MESSAGE_BYTES);
        sim_assert(op_submit(&write.op, &pipe.server) == OP_DONE);
        do_one(&read.op, &pipe.client);
        sim_assert(op_post(&post.op, &pipe.port, 1) == OP_PENDING);
        sim_assert(op_take(&pipe.port, INFINITE, &taken) == OP_TAKEN);
        sim_assert(taken == &post.op);
    }
    sim_assert(allocations == before);
    close_pipe(&pipe);
}

static void pipes_and_posts_allocate_nothing(void **state)
{
    (void)state;
    passes_once(million_on_pipes);
}

/* ---- Sockets ------------------------------------------------------------------ */

static void million_on_sockets(void *arg)
{
    struct pair pair;
    struct op_recv recv;
    struct op_send send;
    WSABUF in;
    WSABUF out;
    char bytes[MESSAGE_BYTES];
    long before;

    (void)arg;
    open_pair(&pair, 0);
    init_recv(&recv, &in, bytes, MESSAGE_BYTES);
    init_send(&send, &out, "sixteen bytes...");
    before = allocations;
    for (int round = round_count(); round > 0; round--) {
        struct op_handle *to = round % 2 == 0 ? &pair.server : &pair.client;
        struct op_handle *from = round % 2 == 0 ? &pair.client : &pair.server;
        DWORD got = 0;

        do_one(&send.op, from);
        /* BOUND: each receive brings at least one byte. */
        while (got < MESSAGE_BYTES) {
            do_one(&recv.op, to);
            got += recv.op.bytes;
        }
    }
    sim_assert(allocations == before);
    close_pair(&pair);
}

static void sockets_allocate_nothing(void **state)
{
    (void)state;
    passes_once(million_on_sockets);
}

/* ---- The counter counts --------------------------------------------------------- */

static void allocations_are_counted(void **state)
{
    long before = allocations;
    void *volatile block = malloc(1);

    (void)state;
    free(block);
#ifdef DRYPORT_WRAPS
    assert_true(allocations > before);
#else
    assert_true(allocations == before);
    skip(); /* This linker cannot do it: nothing is counted. */
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocations_are_counted),
        cmocka_unit_test(pipes_and_posts_allocate_nothing),
        cmocka_unit_test(sockets_allocate_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
