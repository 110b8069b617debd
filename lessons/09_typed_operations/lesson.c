/**
 * @file lesson.c
 * @brief Lesson 09: typed operations.
 *
 * Lesson 03 again, on layer 1.  The OVERLAPPED is part of the operation, the
 * operation knows what it is and what to do when it is done, and one loop
 * serves every kind there is, with no switch in it.
 *
 * Uses:     op.h, lesson_socket.h.
 * Used by:  dry run lesson-09.
 * Facts:    PORT-22, SOCK-14.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "op.h"

enum { RECEIVES = 2 };

//! [receive]
/** A receive of the program's: the operation first, then what it needs. */
struct receive {
    struct op_recv recv;
    const char *socket_name;
    int number;
    WSABUF piece;
    char bytes[8];
};

/** @brief What happens when a receive comes back. */
static void on_received(struct op *op)
{
    const struct receive *receive = op->context;

    sim_assert(op->status == OP_OK);
    sim_note("%s socket, receive %d: %.*s",
             receive->socket_name,
             receive->number,
             (int)op->bytes,
             receive->bytes);
}
//! [receive]

//! [start]
/** @brief Start the receives of one socket. */
static void start(struct receive *receives,
                  struct op_handle *handle,
                  const char *socket_name)
{
    for (int at = 0; at < RECEIVES; at++) {
        struct receive *receive = &receives[at];

        OP_INIT(&receive->recv, on_received, receive);
        receive->socket_name = socket_name;
        receive->number = at + 1;
        receive->piece = (WSABUF){5, receive->bytes};
        receive->recv.buffers =
            (struct op_buffers){.array = &receive->piece, .count = 1};
        sim_assert(op_submit(&receive->recv.op, handle) == OP_PENDING);
    }
}
//! [start]

//! [loop]
/** @brief Serve so many operations, whatever their kinds. */
static void serve(const struct op_port *port, unsigned count)
{
    for (; count > 0; count--) {
        struct op *op;

        sim_assert(op_take(port, INFINITE, &op) == OP_TAKEN);
        op->on_done(op);
    }
}
//! [loop]

static void on_called(struct op *op)
{
    sim_note("and a packet of our own, with the number %u",
             (unsigned)op->bytes);
}

static void open_socket(struct op_handle *handle,
                        const struct op_port *port,
                        SOCKET socket)
{
    sim_assert(op_handle_open(handle,
                              port,
                              &(struct op_open){.socket = socket}) == OP_OK);
}

void lesson_09(void *arg)
{
    struct receive first[RECEIVES];
    struct receive second[RECEIVES];
    struct op_post call;
    struct lesson_pair one;
    struct lesson_pair two;
    struct op_handle handles[2];
    struct op_port port;

    (void)arg;
    lesson_winsock_begin();
    one = lesson_pair();
    two = lesson_pair();
    sim_assert(op_port_open(&port, 1) == OP_OK);
    open_socket(&handles[0], &port, one.here);
    open_socket(&handles[1], &port, two.here);
    start(first, &handles[0], "first");
    start(second, &handles[1], "second");

    lesson_say(two.there, "alpha");
    serve(&port, 1);
    lesson_say(one.there, "bravo");
    serve(&port, 1);
    lesson_say(one.there, "gamma");
    serve(&port, 1);
    lesson_say(two.there, "delta");
    serve(&port, 1);
    OP_INIT(&call, on_called, NULL);
    sim_assert(op_post(&call.op, &port, 42) == OP_PENDING);
    serve(&port, 1);

    for (int at = 0; at < 2; at++) {
        sim_assert(op_handle_close(&handles[at]) == OP_OK);
    }
    sim_assert(closesocket(one.there) == 0);
    sim_assert(closesocket(two.there) == 0);
    op_port_close(&port);
    lesson_winsock_end();
}

/* expect: dry run lesson-09 --seed 1
 *   second socket, receive 1: alpha
 *   first socket, receive 1: bravo
 *   first socket, receive 2: gamma
 *   second socket, receive 2: delta
 *   and a packet of our own, with the number 42
 */
