/**
 * @file test_allocations.c
 * @brief Layer 2: a million echoes, and no memory is asked for.
 *
 * Uses:     allocations.h, streams.h, cmocka.
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
#include "streams.h"

enum { MESSAGE_BYTES = 16 };

/** One end: what it reads, it writes. */
struct end {
    struct net_stream *stream;
    struct net_read read;
    struct net_write write;
    WSABUF piece;
    char bytes[MESSAGE_BYTES];
    unsigned rounds; /* Left. */
};

static void wrote(struct net_write *write)
{
    struct end *end = write->op.context;

    sim_assert(write->op.status == OP_OK);
    if (end->rounds > 0) {
        net_read_start(end->stream, &end->read);
    }
}

static void heard(struct net_read *read)
{
    struct end *end = read->op.context;

    sim_assert(read->op.status == OP_OK);
    sim_assert(read->op.bytes == MESSAGE_BYTES);
    end->rounds--;
    net_write_start(end->stream, &end->write);
}

static void init_end(struct end *end,
                     struct pair *pair,
                     struct net_stream *stream,
                     unsigned rounds)
{
    memset(end, 0, sizeof *end);
    end->stream = stream;
    end->rounds = rounds;
    init_read(&end->read, pair, NET_EXACTLY, end->bytes, MESSAGE_BYTES);
    end->read.op.context = end;
    end->read.on_done = heard;
    init_write(&end->write, pair, &end->piece, "");
    end->piece.buf = end->bytes;
    end->piece.len = MESSAGE_BYTES;
    end->write.op.context = end;
    end->write.on_done = wrote;
}

/** @brief So many round trips.  Wine takes its time. */
static unsigned round_count(void)
{
    return sim_is_simulated() ? 1000000 : 2000;
}

static void echo(void *arg)
{
    static struct end client;
    static struct end server;
    struct pair pair;
    long before;

    (void)arg;
    open_pair(&pair, 0);
    init_end(&client, &pair, &pair.client, round_count());
    init_end(&server, &pair, &pair.server, round_count());
    before = allocations;
    net_read_start(&pair.server, &server.read);
    net_write_start(&pair.client, &client.write);
    (void)net_loop_run(&pair.loop);
    sim_assert(client.rounds == 0 && server.rounds == 0);
    sim_assert(allocations == before);
    net_loop_restart(&pair.loop);
    close_pair(&pair);
}

static void echoes_ask_for_no_memory(void **state)
{
    (void)state;
    passes_once(echo);
}

/** @brief See that the count itself works. */
static void allocation_is_counted(void **state)
{
#ifdef DRYPORT_WRAPS
    long before = allocations;
    void *volatile block = malloc(1);

    free(block);
    assert_true(allocations > before);
#endif
    (void)state;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allocation_is_counted),
        cmocka_unit_test(echoes_ask_for_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
