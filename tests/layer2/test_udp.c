/**
 * @file test_udp.c
 * @brief Layer 2: datagrams whole, cut, too long, unanswered.
 *
 * Uses:     net.h, passes.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-99, SOCK-105, SOCK-106, SOCK-109.
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

enum { BUFFER_BYTES = 8 };

static struct net_loop loop;
static struct net_udp sockets[2];
static struct net_address addresses[2];
static char buffers[3][BUFFER_BYTES];
static unsigned called;

static void count_datagram(struct net_datagram *datagram)
{
    sim_assert(datagram->buffer != NULL);
    called++;
}

static struct net_address any_port(void)
{
    struct net_address address;

    sim_assert(net_address_read(&address, "127.0.0.1:0") == OP_OK);
    return address;
}

static void open_two(void)
{
    struct net_address any = any_port();

    called = 0;
    sim_assert(net_loop_open(&loop, NULL) == OP_OK);
    for (size_t i = 0; i < 2; i++) {
        sim_assert(net_udp_open(&sockets[i], &loop, NULL, &any) == OP_OK);
        sim_assert(net_udp_local(&sockets[i], &addresses[i]) == OP_OK);
        sim_assert(net_address_port(&addresses[i]) != 0);
    }
}

static void close_two(void)
{
    net_udp_close(&sockets[0]);
    net_udp_close(&sockets[1]);
    (void)net_loop_drain(&loop);
    sim_assert(net_udp_idle(&sockets[0]) && net_udp_idle(&sockets[1]));
    net_loop_close(&loop);
}

static void run_all(void)
{
    (void)net_loop_run(&loop);
    net_loop_restart(&loop);
}

static void receive(struct net_udp *udp,
                    struct net_datagram *datagram,
                    size_t i)
{
    datagram->on_done = count_datagram;
    datagram->buffer = buffers[i];
    datagram->buffer_bytes = BUFFER_BYTES;
    net_udp_receive(udp, datagram);
}

/** @brief Send a text; to: NULL for the connected peer. */
static void send_text(struct net_udp *udp,
                      struct net_datagram *datagram,
                      const struct net_address *to,
                      const char *text)
{
    static const struct net_address nobody;

    datagram->on_done = count_datagram;
    datagram->buffer = (char *)(uintptr_t)text;
    datagram->buffer_bytes = strlen(text);
    datagram->address = to != NULL ? *to : nobody;
    net_udp_send(udp, datagram);
}

static bool same_port(const struct net_address *one,
                      const struct net_address *two)
{
    return net_address_port(one) == net_address_port(two);
}

/* ---- Whole and cut ------------------------------------------------------- */

static void whole(void *arg)
{
    struct net_datagram in = {0};
    struct net_datagram out = {0};

    (void)arg;
    open_two();
    receive(&sockets[0], &in, 0);
    send_text(&sockets[1], &out, &addresses[0], "hello");
    sim_assert(called == 0); /* Never inside the call. */
    run_all();
    sim_assert(called == 2 && out.op.status == OP_OK && out.op.bytes == 5);
    sim_assert(in.op.status == OP_OK && in.op.bytes == 5);
    sim_assert(memcmp(buffers[0], "hello", 5) == 0);
    sim_assert(same_port(&in.address, &addresses[1]));
    /* The answer goes to where it came from; an empty one is no end. */
    receive(&sockets[1], &out, 1);
    send_text(&sockets[0], &in, &in.address, "");
    run_all();
    sim_assert(out.op.status == OP_OK && out.op.bytes == 0);
    sim_assert(same_port(&out.address, &addresses[0]));
    close_two();
}

static void cut(void *arg)
{
    struct net_datagram in = {0};
    struct net_datagram out = {0};

    (void)arg;
    open_two();
    for (size_t i = 0; i < 2; i++) {
        bool is_waiting = i == 0;

        if (is_waiting) {
            receive(&sockets[0], &in, 0);
        }
        send_text(&sockets[1], &out, &addresses[0], "too long for it");
        if (!is_waiting) {
            run_all();
            receive(&sockets[0], &in, 0);
        }
        run_all();
        sim_assert(in.op.status == OP_TRUNCATED);
        sim_assert(in.op.bytes == BUFFER_BYTES);
        sim_assert(memcmp(buffers[0], "too long", BUFFER_BYTES) == 0);
    }
    close_two();
}

static void several(void *arg)
{
    struct net_datagram in[3] = {{.op = {0}}};
    struct net_datagram out[3] = {{.op = {0}}};

    (void)arg;
    open_two();
    for (size_t i = 0; i < 3; i++) {
        receive(&sockets[0], &in[i], i);
    }
    for (size_t i = 0; i < 3; i++) {
        send_text(&sockets[1], &out[i], &addresses[0], "hello");
    }
    run_all();
    sim_assert(called == 6);
    for (size_t i = 0; i < 3; i++) {
        sim_assert(in[i].op.status == OP_OK && in[i].op.bytes == 5);
        sim_assert(out[i].op.status == OP_OK);
    }
    close_two();
}

static void datagrams_come_whole_or_cut(void **state)
{
    (void)state;
    passes(whole);
    passes(cut);
    passes(several);
}

static void send_too_long(void *arg)
{
    static char long_text[70000];
    struct net_datagram out = {.on_done = count_datagram};

    (void)arg;
    open_two();
    out.buffer = long_text;
    out.buffer_bytes = sizeof long_text;
    out.address = addresses[0];
    net_udp_send(&sockets[1], &out);
    sim_assert(called == 0);
    run_all();
    sim_assert(called == 1 && out.op.status == OP_TOO_LONG);
    close_two();
}

static void datagram_too_long_is_not_sent(void **state)
{
    (void)state;
    if (!sim_is_simulated()) {
        skip(); /* Wine 8.0 queues a packet after the refusal. */
    }
    passes(send_too_long);
}

/* ---- Nobody there -------------------------------------------------------- */

static struct net_address nobodys(void)
{
    struct net_address any = any_port();
    struct net_address address;
    struct net_udp udp;

    sim_assert(net_udp_open(&udp, &loop, NULL, &any) == OP_OK);
    sim_assert(net_udp_local(&udp, &address) == OP_OK);
    net_udp_close(&udp);
    return address;
}

/** @brief Who has one peer hears that it is not there. */
static void connected_refused(void *arg)
{
    struct net_datagram in = {0};
    struct net_datagram out = {0};
    struct net_address nobody;

    (void)arg;
    open_two();
    nobody = nobodys();
    sim_assert(net_udp_connect(&sockets[0], &nobody) == OP_OK);
    receive(&sockets[0], &in, 0);
    send_text(&sockets[0], &out, NULL, "hello");
    run_all();
    sim_assert(called == 2 && out.op.status == OP_OK);
    sim_assert(in.op.status == OP_CONNECTION_REFUSED);
    sim_assert(!op_status_is_final(in.op.status));
    close_two();
}

/** @brief The end of one peer is no end of the socket. */
static void connected_again(void *arg)
{
    struct net_datagram in = {0};
    struct net_datagram out = {0};
    struct net_address nobody;

    (void)arg;
    open_two();
    nobody = nobodys();
    sim_assert(net_udp_connect(&sockets[0], &nobody) == OP_OK);
    receive(&sockets[0], &in, 0);
    send_text(&sockets[0], &out, NULL, "hello");
    run_all();
    sim_assert(net_udp_connect(&sockets[0], &addresses[1]) == OP_OK);
    sim_assert(net_udp_local(&sockets[0], &addresses[0]) == OP_OK);
    receive(&sockets[0], &in, 0);
    send_text(&sockets[1], &out, &addresses[0], "there");
    run_all();
    sim_assert(in.op.status == OP_OK && in.op.bytes == 5);
    close_two();
}

static void connected_peer_that_is_not_there_refuses(void **state)
{
    (void)state;
    passes(connected_refused);
    if (sim_is_simulated()) {
        passes(connected_again); /* Under Wine 8.0 a second peer is mute. */
    }
}

/** @brief Others' datagrams do not reach who is connected. */
static void connected_only(void *arg)
{
    struct net_datagram in = {0};
    struct net_datagram out = {0};
    struct net_datagram other = {0};
    struct net_udp third;
    struct net_address any = any_port();

    (void)arg;
    open_two();
    sim_assert(net_udp_open(&third, &loop, NULL, &any) == OP_OK);
    sim_assert(net_udp_connect(&sockets[0], &addresses[1]) == OP_OK);
    receive(&sockets[0], &in, 0);
    send_text(&third, &other, &addresses[0], "other");
    sim_settle();
    send_text(&sockets[1], &out, &addresses[0], "peers");
    run_all();
    sim_assert(called == 3 && in.op.status == OP_OK);
    sim_assert(memcmp(buffers[0], "peers", 5) == 0);
    /* And no address need be said. */
    receive(&sockets[1], &in, 0);
    send_text(&sockets[0], &out, NULL, "hello");
    run_all();
    sim_assert(in.op.status == OP_OK && out.op.status == OP_OK);
    net_udp_close(&third);
    close_two();
}

static void connected_socket_has_one_peer(void **state)
{
    (void)state;
    passes(connected_only);
}

/** @brief Who has many peers does not suffer from one that is gone. */
static void unconnected_lives(void *arg)
{
    struct net_datagram in = {0};
    struct net_datagram out = {0};
    struct net_address nobody;

    (void)arg;
    open_two();
    nobody = nobodys();
    receive(&sockets[0], &in, 0);
    send_text(&sockets[0], &out, &nobody, "hello");
    (void)net_loop_run_for(&loop, 100000);
    sim_assert(called == 1 && out.op.status == OP_OK);
    send_text(&sockets[1], &out, &addresses[0], "there");
    run_all();
    sim_assert(called == 3 && in.op.status == OP_OK);
    sim_assert(memcmp(buffers[0], "there", 5) == 0);
    close_two();
}

static void unreachable_port_does_not_end_a_receive(void **state)
{
    (void)state;
    passes(unconnected_lives);
}

/* ---- Ends ---------------------------------------------------------------- */

static void cancel(struct net_post *post)
{
    net_cancel(post->op.context);
}

static void close_first(struct net_post *post)
{
    (void)post;
    net_udp_close(&sockets[0]);
}

static void ends(void *arg)
{
    struct net_datagram in = {0};
    struct net_post post = {.on_done = cancel};
    struct net_address any = any_port();

    (void)arg;
    open_two();
    in.op.deadline_us = net_loop_now(&loop) + 2000;
    receive(&sockets[0], &in, 0);
    run_all();
    sim_assert(called == 1 && in.op.status == OP_TIMEOUT);
    receive(&sockets[0], &in, 0);
    post.op.context = &in.op;
    net_loop_post(&loop, &post);
    run_all();
    sim_assert(called == 2 && in.op.status == OP_ABORTED);
    receive(&sockets[0], &in, 0);
    post.on_done = close_first;
    net_loop_post(&loop, &post);
    run_all();
    sim_assert(called == 3 && in.op.status == OP_ABORTED);
    sim_assert(net_udp_idle(&sockets[0]));
    /* On what is closed nothing begins. */
    receive(&sockets[0], &in, 0);
    sim_assert(!net_udp_idle(&sockets[0]));
    run_all();
    sim_assert(called == 4 && in.op.status == OP_ABORTED);
    sim_assert(net_udp_open(&sockets[0], &loop, NULL, &any) == OP_OK);
    /* The end of the loop closes what is open. */
    receive(&sockets[0], &in, 0);
    sim_assert(net_loop_drain(&loop) == 1 && in.op.status == OP_ABORTED);
    sim_assert(net_udp_idle(&sockets[0]) && net_udp_idle(&sockets[1]));
    net_loop_close(&loop);
}

static void receive_ends_by_time_cancel_and_close(void **state)
{
    (void)state;
    passes(ends);
}

static void taken(void *arg)
{
    struct net_udp udp;

    (void)arg;
    open_two();
    sim_assert(net_udp_open(&udp, &loop, NULL, &addresses[0]) == OP_IN_USE);
    addresses[0].any.ss_family = 77;
    sim_assert(net_udp_open(&udp, &loop, NULL, &addresses[0]) != OP_OK);
    close_two();
}

static void address_that_is_taken_is_refused(void **state)
{
    (void)state;
    passes(taken);
}

/* ---- Want ---------------------------------------------------------------- */

static void in_want(void *arg)
{
    struct net_datagram in = {.on_done = count_datagram};
    struct net_datagram out = {0};
    struct net_address any = any_port();
    struct net_udp udp;

    (void)arg;
    called = 0;
    if (net_loop_open(&loop, NULL) != OP_OK) {
        return;
    }
    if (net_udp_open(&udp, &loop, NULL, &any) == OP_OK) {
        in.op.deadline_us = net_loop_now(&loop) + 100000;
        receive(&udp, &in, 0);
        if (net_udp_local(&udp, &any) == OP_OK) {
            send_text(&udp, &out, &any, "hello");
            run_all();
            sim_assert(called == 2);
        }
    }
    (void)net_loop_drain(&loop);
    net_loop_close(&loop);
}

static void want_is_told_once(void **state)
{
    (void)state;
    passes_each_fault(in_want, 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_come_whole_or_cut),
        cmocka_unit_test(datagram_too_long_is_not_sent),
        cmocka_unit_test(connected_peer_that_is_not_there_refuses),
        cmocka_unit_test(connected_socket_has_one_peer),
        cmocka_unit_test(unreachable_port_does_not_end_a_receive),
        cmocka_unit_test(receive_ends_by_time_cancel_and_close),
        cmocka_unit_test(address_that_is_taken_is_refused),
        cmocka_unit_test(want_is_told_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
