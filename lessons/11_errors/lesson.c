/**
 * @file lesson.c
 * @brief Lesson 11: errors.
 *
 * Windows has four vocabularies for what went wrong, and one failure can come
 * by two roads: as the answer of a call, or in a packet.  Layer 1 has one word
 * for each.  The program provokes some failures and prints both names.
 *
 * Uses:     op.h, lesson_socket.h.
 * Used by:  dry run lesson-11.
 * Facts:    SOCK-18, SOCK-19, SOCK-20, SOCK-21, SOCK-45, SOCK-47, CANCEL-05.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "op.h"

/** One end under test, with a port of its own. */
struct end {
    struct op_port port;
    struct op_handle handle;
    struct op_recv recv;
    WSABUF piece;
    char bytes[16];
};

static void open_end(struct end *end, SOCKET socket)
{
    const struct op_open how = {.socket = socket};

    sim_assert(op_port_open(&end->port, 1) == OP_OK);
    sim_assert(op_handle_open(&end->handle, &end->port, &how) == OP_OK);
    OP_INIT(&end->recv, NULL, end);
    end->piece = (WSABUF){sizeof end->bytes, end->bytes};
    end->recv.buffers = (struct op_buffers){.array = &end->piece, .count = 1};
}

static void close_end(struct end *end)
{
    if (end->handle.file != NULL) {
        sim_assert(op_handle_close(&end->handle) == OP_OK);
    }
    op_port_close(&end->port);
}

//! [tell]
/** @brief Say how a receive ended, and by which road we heard. */
static void tell(const struct end *end, const char *road)
{
    const struct op *op = &end->recv.op;

    sim_note("%s by %s: Windows says %u%s",
             op_status_name(op->status),
             road,
             (unsigned)op->error,
             op_status_is_final(op->status) ? ", the connection is over" : "");
}

/** @brief Receive, and wait for the end of it whichever way it comes. */
static void receive(struct end *end)
{
    struct op *op;

    switch (op_submit(&end->recv.op, &end->handle)) {
    case OP_REFUSED:
        tell(end, "the call");
        break;
    case OP_DONE:
    case OP_PENDING:
        sim_assert(op_take(&end->port, INFINITE, &op) == OP_TAKEN);
        tell(end, "the packet");
        break;
    }
}
//! [tell]

/** @brief Start a receive that pends, do something, and take the packet. */
static void receive_while(struct end *end,
                          void (*happen)(struct end *, SOCKET),
                          SOCKET there)
{
    struct op *op;

    sim_assert(op_submit(&end->recv.op, &end->handle) == OP_PENDING);
    happen(end, there);
    sim_assert(op_take(&end->port, INFINITE, &op) == OP_TAKEN);
    tell(end, "the packet");
}

//! [happenings]
static void peer_ends_stream(struct end *end, SOCKET there)
{
    (void)end;
    sim_assert(closesocket(there) == 0);
}

static void peer_resets(struct end *end, SOCKET there)
{
    const struct linger hard = {.l_onoff = 1, .l_linger = 0};

    (void)end;
    sim_assert(setsockopt(there,
                          SOL_SOCKET,
                          SO_LINGER,
                          (const char *)&hard,
                          sizeof hard) == 0);
    sim_assert(closesocket(there) == 0);
}

static void we_cancel(struct end *end, SOCKET there)
{
    (void)op_cancel(&end->recv.op);
    sim_assert(closesocket(there) == 0);
}

static void we_close(struct end *end, SOCKET there)
{
    sim_assert(op_handle_close(&end->handle) == OP_OK);
    sim_assert(closesocket(there) == 0);
}
//! [happenings]

/** @brief A receive on a new connection, to which something happens. */
static void provoke(const char *what, void (*happen)(struct end *, SOCKET))
{
    struct lesson_pair pair = lesson_pair();
    struct end end;

    sim_note("%s:", what);
    open_end(&end, pair.here);
    receive_while(&end, happen, pair.there);
    close_end(&end);
}

/** @brief A receive on a socket that was never connected. */
static void provoke_refusal(void)
{
    struct end end;

    sim_note("nobody is connected:");
    open_end(&end, lesson_tcp());
    receive(&end);
    close_end(&end);
}

/** @brief The same failure by both roads. */
static void provoke_twice(void)
{
    struct lesson_pair pair = lesson_pair();
    struct end end;

    sim_note("the peer resets, and we receive again:");
    open_end(&end, pair.here);
    receive_while(&end, peer_resets, pair.there);
    receive(&end);
    close_end(&end);
}

void lesson_11(void *arg)
{
    (void)arg;
    lesson_winsock_begin();
    provoke_refusal();
    provoke("the peer ends the stream", peer_ends_stream);
    provoke("we cancel", we_cancel);
    provoke("we close", we_close);
    provoke_twice();
    lesson_winsock_end();
}

/* expect: dry run lesson-11 --seed 1
 */
