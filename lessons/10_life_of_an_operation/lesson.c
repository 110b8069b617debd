/**
 * @file lesson.c
 * @brief Lesson 10: the life of an operation.
 *
 * An operation is the application's, then the kernel's, then in a queue, then
 * the application's again.  Closing its socket does not shorten that: the
 * receive in flight comes back through the port like any other, and only then
 * may its memory be used for something else.
 *
 * Uses:     op.h, lesson_socket.h.
 * Used by:  dry run lesson-10.
 * Facts:    PORT-21, CANCEL-20, CANCEL-24, SOCK-47, SOCK-54.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "op.h"

/** A connection's end with a receive that is always under way. */
struct end {
    struct op_handle handle;
    struct op_recv recv;
    WSABUF piece;
    char bytes[16];
    bool closing;
};

static const char *owner_name(const struct end *end)
{
    static const char *const names[] = {"nobody",
                                        "the application",
                                        "the kernel",
                                        "a queue"};

    return names[end->recv.op.owner];
}

//! [open]
/** @brief Begin: the receive is ours, and then it is not. */
static void begin(struct end *end, const struct op_port *port, SOCKET socket)
{
    const struct op_open how = {.socket = socket};

    *end = (struct end){.closing = false};
    sim_assert(op_handle_open(&end->handle, port, &how) == OP_OK);
    OP_INIT(&end->recv, NULL, end);
    end->piece = (WSABUF){sizeof end->bytes, end->bytes};
    end->recv.buffers = (struct op_buffers){.array = &end->piece, .count = 1};
    sim_note("initialised: it is %s's", owner_name(end));
    sim_assert(op_submit(&end->recv.op, &end->handle) == OP_PENDING);
}
//! [open]

//! [close]
/** @brief Close the socket, and return when the receive is ours again. */
static void finish(struct end *end, const struct op_port *port)
{
    struct op *op;

    sim_assert(op_handle_close(&end->handle) == OP_OK);
    sim_note("closed, and the receive is still %s's", owner_name(end));
    sim_assert(op_take(port, INFINITE, &op) == OP_TAKEN);
    sim_assert(op == &end->recv.op);
    sim_note("taken: %s, and it is %s's again",
             op_status_name(op->status),
             owner_name(end));
}
//! [close]

void lesson_10(void *arg)
{
    struct lesson_pair pair;
    struct op_port port;
    struct end end;

    (void)arg;
    lesson_winsock_begin();
    pair = lesson_pair();
    sim_assert(op_port_open(&port, 1) == OP_OK);
    begin(&end, &port, pair.here);
    finish(&end, &port);
    /* Here, and not before, `end` may go out of scope. */
    sim_assert(closesocket(pair.there) == 0);
    op_port_close(&port);
    lesson_winsock_end();
}

/* expect: dry run lesson-10 --seed 1
 *   initialised: it is the application's
 *   closed, and the receive is still the kernel's
 *   taken: ABORTED, and it is the application's again
 */
