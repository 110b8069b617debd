/**
 * @file test_sessions.c
 * @brief Layer 2: whole sessions, when calls fail and in several threads.
 *
 * Uses:     streams.h, cmocka.
 * Used by:  ctest.
 * Facts:    PORT-21, CANCEL-04.
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

/* ---- Calls that fail --------------------------------------------------------- */

enum { PATIENCE_US = 100000 };

/** A client that sends a word, and a server that sends it back. */
struct session {
    struct pair pair;
    struct net_accept accept;
    struct net_connect connect;
    struct net_read server_read;
    struct net_read client_read;
    struct net_write server_write;
    struct net_write client_write;
    WSABUF piece;
    char server_bytes[5];
    char client_bytes[5];
    bool is_whole;
};

static struct session session;
static unsigned flags;

/** @brief Close one end after the last word, or after a failure. */
static void close_end(struct net_stream *stream)
{
    if (!stream->is_closed) {
        net_stream_close(stream, NET_GRACEFUL);
    }
}

static void start_read(struct net_stream *stream,
                       struct net_read *read,
                       char *bytes,
                       void (*on_done)(struct net_read *read))
{
    init_read(read, &session.pair, NET_EXACTLY, bytes, 5);
    read->on_done = on_done;
    read->op.deadline_us = net_loop_now(&session.pair.loop) + PATIENCE_US;
    net_read_start(stream, read);
}

static void start_write(struct net_stream *stream,
                        struct net_write *write,
                        void (*on_done)(struct net_write *write))
{
    init_write(write, &session.pair, &session.piece, "hello");
    write->on_done = on_done;
    net_write_start(stream, write);
}

static void answered(struct net_read *read)
{
    session.is_whole = read->op.status == OP_OK;
    close_end(&session.pair.client);
}

static void asked(struct net_write *write)
{
    if (write->op.status != OP_OK) {
        close_end(&session.pair.client);
        return;
    }
    start_read(&session.pair.client,
               &session.client_read,
               session.client_bytes,
               answered);
}

static void connected(struct net_connect *connect)
{
    if (connect->op.status != OP_OK) {
        close_end(&session.pair.client);
        return;
    }
    start_write(&session.pair.client, &session.client_write, asked);
}

static void echoed(struct net_write *write)
{
    (void)write;
    close_end(&session.pair.server);
}

static void heard(struct net_read *read)
{
    if (read->op.status != OP_OK) {
        close_end(&session.pair.server);
        return;
    }
    start_write(&session.pair.server, &session.server_write, echoed);
}

static void accepted(struct net_accept *accept)
{
    net_acceptor_close(&session.pair.acceptor);
    if (accept->op.status == OP_OK) {
        start_read(&session.pair.server,
                   &session.server_read,
                   session.server_bytes,
                   heard);
    }
}

static void talk(struct net_loop *loop)
{
    struct net_address any;

    sim_assert(net_address_read(&any, "127.0.0.1:0") == OP_OK);
    if (net_acceptor_open(&session.pair.acceptor, loop, NULL, &any, 0) !=
        OP_OK) {
        return;
    }
    session.accept.on_done = accepted;
    session.accept.op.deadline_us = net_loop_now(loop) + PATIENCE_US;
    net_accept_start(&session.pair.acceptor,
                     &session.accept,
                     &session.pair.server,
                     NULL);
    if (net_acceptor_local(&session.pair.acceptor, &any) == OP_OK &&
        net_tcp_open(&session.pair.client, loop, NULL, AF_INET) == OP_OK) {
        session.connect.on_done = connected;
        session.connect.op.deadline_us = net_loop_now(loop) + PATIENCE_US;
        net_connect_start(&session.pair.client, &session.connect, &any);
    }
    (void)net_loop_run(loop);
}

static void whole_session(void *arg)
{
    struct net_loop *loop = &session.pair.loop;

    (void)arg;
    memset(&session, 0, sizeof session);
    watch_sockets();
    if (net_loop_open(loop, &(struct net_loop_options){.flags = flags}) !=
        OP_OK) {
        return;
    }
    talk(loop);
    sim_assert(loop->work == 0);
    if (session.is_whole) {
        sim_mark("a session went well");
    } else {
        sim_mark("a session failed");
    }
    (void)net_loop_drain(loop);
    net_loop_close(loop);
}

static void each_call_may_fail(void **state)
{
    (void)state;
    for (flags = 0; flags <= NET_NO_CONNECT_EX; flags++) {
        passes(whole_session);
#ifndef DRYPORT_REAL
        assert_true(sim_marked("a session went well") > 0);
#endif
        passes_each_fault(whole_session, 10);
        passes_faults(whole_session);
#ifndef DRYPORT_REAL
        assert_true(sim_marked("a session failed") > 0);
#endif
    }
}

/* ---- Several threads --------------------------------------------------------- */

enum { WRITES = 4 };

struct crowd {
    struct pair pair;
    struct net_strand strand;
    struct net_post post;
    struct net_read read;
    struct net_write writes[WRITES];
    WSABUF pieces[WRITES];
    char bytes[64];
    unsigned done;
    uint64_t due_us;
};

static DWORD WINAPI run_too(void *arg)
{
    (void)net_loop_run(arg);
    return 0;
}

static void crowd_wrote(struct net_write *write)
{
    struct crowd *crowd = write->op.context;

    sim_assert(net_strand_inside(&crowd->strand));
    sim_assert(write->op.status == OP_OK || write->op.status == OP_TIMEOUT ||
               write->op.status == OP_ABORTED);
    crowd->done++;
    if (crowd->done == WRITES) {
        net_stream_close(&crowd->pair.client, NET_GRACEFUL);
    }
}

static void crowd_read(struct net_read *read)
{
    struct crowd *crowd = read->op.context;

    sim_assert(net_strand_inside(&crowd->strand));
    if (read->op.status == OP_OK) {
        read->filled_bytes = read->op.bytes;
        net_read_start(&crowd->pair.server, read);
    }
}

static void crowd_begin(struct net_post *post)
{
    struct crowd *crowd = post->op.context;

    for (size_t i = 0; i < WRITES; i++) {
        static const char *const texts[WRITES] = {"a", "bb", "ccc", "dddd"};

        init_write(&crowd->writes[i],
                   &crowd->pair,
                   &crowd->pieces[i],
                   texts[i]);
        crowd->writes[i].op.context = crowd;
        crowd->writes[i].on_done = crowd_wrote;
        crowd->writes[i].op.deadline_us = i == 0 ? 0 : crowd->due_us;
        net_write_start(&crowd->pair.client, &crowd->writes[i]);
    }
    net_cancel(&crowd->writes[sim_choose(WRITES)].op);
}

/** @brief What was sent arrives, in order, and what was not does not. */
static void crowd_check(const struct crowd *crowd)
{
    size_t at = 0;

    sim_assert(crowd->read.op.status == OP_EOF ||
               crowd->read.op.status == OP_RESET);
    for (size_t i = 0; i < WRITES; i++) {
        const struct net_write *write = &crowd->writes[i];

        if (write->op.status == OP_OK) {
            sim_assert(memcmp(crowd->bytes + at,
                              write->pieces->buf,
                              write->total_bytes) == 0);
            at += write->total_bytes;
        } else {
            sim_mark(write->op.status == OP_TIMEOUT ? "a write was too late"
                                                    : "a write was cancelled");
        }
    }
    sim_assert(crowd->read.op.bytes == at);
}

static void several_threads(void *arg)
{
    static struct crowd crowd;
    HANDLE thread;

    (void)arg;
    memset(&crowd, 0, sizeof crowd);
    open_strand_pair(&crowd.pair, &crowd.strand);
    crowd.due_us = net_loop_now(&crowd.pair.loop) + 1 + sim_choose(4) * 100;
    init_read(&crowd.read,
              &crowd.pair,
              NET_SOME,
              crowd.bytes,
              sizeof crowd.bytes);
    crowd.read.op.context = &crowd;
    crowd.read.on_done = crowd_read;
    net_read_start(&crowd.pair.server, &crowd.read);
    crowd.post.op.context = &crowd;
    crowd.post.on_done = crowd_begin;
    net_strand_post(&crowd.strand, &crowd.post);
    thread = CreateThread(NULL, 0, run_too, &crowd.pair.loop, 0, NULL);
    sim_assert(thread != NULL);
    (void)net_loop_run(&crowd.pair.loop);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
    sim_assert(crowd.done == WRITES && crowd.pair.loop.work == 0);
    crowd_check(&crowd);
    net_loop_restart(&crowd.pair.loop);
    close_pair(&crowd.pair);
}

static void strand_keeps_a_stream_whole_among_threads(void **state)
{
    (void)state;
    passes(several_threads);
#ifndef DRYPORT_REAL
    assert_true(sim_marked("a write was too late") > 0);
    assert_true(sim_marked("a write was cancelled") > 0);
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_call_may_fail),
        cmocka_unit_test(strand_keeps_a_stream_whole_among_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
