/**
 * @file test_datagrams.c
 * @brief Layer 1 on datagrams: whole, cut, empty, unanswered.
 *
 * Uses:     op.h, sockets.h, cmocka.
 * Used by:  ctest.
 * Facts:    SOCK-99, SOCK-100, SOCK-101, SOCK-102, SOCK-105, SOCK-111, PORT-93.
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

enum { BUFFER_BYTES = 8 };

/** Two datagram sockets of one port. */
struct two {
    struct place place;
    struct op_handle handles[2];
    struct sockaddr_in addresses[2];
    char bytes[BUFFER_BYTES];
    WSABUF buffer;
    struct op_recvfrom recvfrom;
};

static void open_two(struct two *two)
{
    static struct op_provider datagrams;

    open_place(&two->place);
    for (size_t i = 0; i < 2; i++) {
        SOCKET socket = datagram_socket(&two->addresses[i]);

        sim_assert(op_provider_load(&datagrams, socket) == OP_OK);
        sim_assert(datagrams.type == SOCK_DGRAM);
        sim_assert(op_handle_open(&two->handles[i],
                                  &two->place.port,
                                  &(struct op_open){.socket = socket,
                                                    .provider = &datagrams}) ==
                   OP_OK);
        /* Where a datagram may be cut, skip mode is not used. */
        sim_assert(two->handles[i].is_messages && !two->handles[i].skips);
    }
    two->buffer.buf = two->bytes;
    two->buffer.len = BUFFER_BYTES;
    OP_INIT(&two->recvfrom, NULL, NULL);
    two->recvfrom.buffers.array = &two->buffer;
    two->recvfrom.buffers.count = 1;
}

static void close_two(struct two *two)
{
    close_handle(&two->handles[0]);
    close_handle(&two->handles[1]);
    close_place(&two->place);
}

/** @brief Send from the second socket; take its packet and, if given, that of
 *  a receive that waits for it. */
static void send_to(struct two *two,
                    const struct sockaddr_in *to,
                    const char *text,
                    const struct op *waiting)
{
    struct op_sendto sendto;
    WSABUF buffer;
    int packets = waiting != NULL ? 2 : 1;

    buffer.buf = (char *)(uintptr_t)text;
    buffer.len = (ULONG)strlen(text);
    OP_INIT(&sendto, NULL, NULL);
    sendto.buffers.array = &buffer;
    sendto.buffers.count = 1;
    sendto.to = (const struct sockaddr *)to;
    sendto.to_bytes = (INT)sizeof *to;
    sim_assert(op_submit(&sendto.op, &two->handles[1]) == OP_PENDING);
    /* They may come in either order. */
    for (; packets > 0; packets--) {
        struct op *op;

        sim_assert(op_take(&two->place.port, INFINITE, &op) == OP_TAKEN);
        sim_assert(op == &sendto.op || op == waiting);
    }
    sim_assert(sendto.op.status == OP_OK && sendto.op.bytes == strlen(text));
}

/** @brief Send, then give the datagram time to be there. */
static void send_ahead(struct two *two, const char *text)
{
    struct op_readable readable;

    send_to(two, &two->addresses[0], text, NULL);
    OP_INIT(&readable, NULL, NULL);
    sim_assert(run(&readable.op, &two->handles[0]) == OP_PENDING);
    sim_assert(readable.op.status == OP_OK);
}

/* ---- Whole and cut --------------------------------------------------------------- */

static void whole(void *arg)
{
    struct two two;
    const struct sockaddr_in *from;

    (void)arg;
    open_two(&two);
    sim_assert(op_submit(&two.recvfrom.op, &two.handles[0]) == OP_PENDING);
    send_to(&two, &two.addresses[0], "hello", &two.recvfrom.op);
    sim_assert(two.recvfrom.op.status == OP_OK);
    sim_assert(two.recvfrom.op.bytes == 5);
    sim_assert(memcmp(two.bytes, "hello", 5) == 0);
    from = (const struct sockaddr_in *)&two.recvfrom.from;
    sim_assert(two.recvfrom.from_bytes == (INT)sizeof *from);
    sim_assert(from->sin_port == two.addresses[1].sin_port);
    /* An empty one is no end. */
    sim_assert(op_submit(&two.recvfrom.op, &two.handles[0]) == OP_PENDING);
    send_to(&two, &two.addresses[0], "", &two.recvfrom.op);
    sim_assert(two.recvfrom.op.status == OP_OK);
    sim_assert(two.recvfrom.op.bytes == 0);
    close_two(&two);
}

static void datagrams_come_whole_and_signed(void **state)
{
    (void)state;
    passes(whole);
}

static void cut(void *arg)
{
    struct two two;

    (void)arg;
    open_two(&two);
    /* While the receive waits. */
    sim_assert(op_submit(&two.recvfrom.op, &two.handles[0]) == OP_PENDING);
    send_to(&two, &two.addresses[0], "too long for it", &two.recvfrom.op);
    sim_assert(two.recvfrom.op.status == OP_TRUNCATED);
    sim_assert(two.recvfrom.op.bytes == BUFFER_BYTES);
    sim_assert(memcmp(two.bytes, "too long", BUFFER_BYTES) == 0);
    /* When it was there before: one packet as well, for all that the call
     * says. */
    send_ahead(&two, "too long again");
    sim_assert(run(&two.recvfrom.op, &two.handles[0]) == OP_PENDING);
    sim_assert(two.recvfrom.op.status == OP_TRUNCATED);
    sim_assert(two.recvfrom.op.bytes == BUFFER_BYTES);
    close_two(&two);
}

static void long_datagram_is_cut_and_counted_once(void **state)
{
    (void)state;
    passes(cut);
}

static void peek(void *arg)
{
    struct two two;

    (void)arg;
    open_two(&two);
    send_ahead(&two, "hello");
    sim_assert(run(&two.recvfrom.op, &two.handles[0]) == OP_PENDING);
    sim_assert(two.recvfrom.op.status == OP_OK);
    sim_assert(two.recvfrom.op.bytes == 5);
    close_two(&two);
}

static void readable_leaves_the_datagram(void **state)
{
    (void)state;
    passes(peek);
}

/* ---- Too long, and nobody there ----------------------------------------------------- */

static void send_too_long(void *arg)
{
    static char long_text[70000];
    struct two two;
    struct op_sendto sendto;
    WSABUF buffer = {sizeof long_text, long_text};

    (void)arg;
    open_two(&two);
    OP_INIT(&sendto, NULL, NULL);
    sendto.buffers.array = &buffer;
    sendto.buffers.count = 1;
    sendto.to = (const struct sockaddr *)&two.addresses[0];
    sendto.to_bytes = (INT)sizeof two.addresses[0];
    sim_assert(run(&sendto.op, &two.handles[1]) == OP_REFUSED);
    sim_assert(sendto.op.status == OP_TOO_LONG);
    sim_assert(sendto.op.error == WSAEMSGSIZE);
    close_two(&two);
}

static void datagram_too_long_to_send_is_refused(void **state)
{
    (void)state;
    if (!sim_is_simulated()) {
        skip(); /* Wine 8.0 queues a packet after the refusal. */
    }
    passes(send_too_long);
}

static void nobody_there(void *arg)
{
    struct two two;
    struct sockaddr_in nobody;
    SOCKET socket;

    (void)arg;
    open_two(&two);
    socket = datagram_socket(&nobody);
    sim_assert(closesocket(socket) == 0);
    /* A receive that waits is told; that is no end of the socket. */
    sim_assert(op_submit(&two.recvfrom.op, &two.handles[1]) == OP_PENDING);
    send_to(&two, &nobody, "hello", &two.recvfrom.op);
    sim_assert(two.recvfrom.op.error == ERROR_PORT_UNREACHABLE);
    sim_assert(two.recvfrom.op.status == OP_CONNECTION_REFUSED);
    sim_assert(!op_status_is_final(two.recvfrom.op.status));
    /* A later one is told by the call, in other words. */
    send_to(&two, &nobody, "hello", NULL);
    {
        struct op *op;

        sim_assert(op_take(&two.place.port, 1000, &op) == OP_NOTHING);
    }
    sim_assert(run(&two.recvfrom.op, &two.handles[1]) == OP_REFUSED);
    sim_assert(two.recvfrom.op.error == WSAECONNRESET);
    sim_assert(two.recvfrom.op.status == OP_CONNECTION_REFUSED);
    close_two(&two);
}

static void unreachable_port_refuses_and_resets_nothing(void **state)
{
    (void)state;
    if (!sim_is_simulated()) {
        skip(); /* The host below Wine does not tell unconnected sockets. */
    }
    passes(nobody_there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(datagrams_come_whole_and_signed),
        cmocka_unit_test(long_datagram_is_cut_and_counted_once),
        cmocka_unit_test(readable_leaves_the_datagram),
        cmocka_unit_test(datagram_too_long_to_send_is_refused),
        cmocka_unit_test(unreachable_port_refuses_and_resets_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
