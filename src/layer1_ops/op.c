/**
 * @file op.c
 * @brief Layer 1: the life of an operation.
 *
 * An operation is lent by a submit or a post and given back by its packet.
 * This file is the only place where that happens, so it is the only place
 * where the owner changes, and the only one that decides whether a packet
 * comes.
 *
 * Uses:     op_private.h, iocp.h (cancel, post, take).
 * Used by:  programs, layer 2.
 * Facts:    PORT-19, PORT-20, PORT-21, PORT-22, PORT-29, PORT-55, PORT-88,
 *           PORT-90, SOCK-18, SOCK-50, SOCK-100, SOCK-105, CANCEL-03,
 *           CANCEL-04, PIPE-15, PIPE-16, OVL-16.
 * Read next: op_socket.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "op_private.h"

#include <assert.h>
#include <string.h>

static_assert(offsetof(struct op, overlapped) == 0,
              "a packet's OVERLAPPED is the operation itself");
static_assert((int)OP_TAKEN == (int)IOCP_PACKET &&
                  (int)OP_NOTHING == (int)IOCP_TIMEOUT &&
                  (int)OP_APC == (int)IOCP_APC &&
                  (int)OP_CLOSED == (int)IOCP_CLOSED,
              "an outcome of layer 0 is one of layer 1");

/** Most entries of one batch. */
enum { BATCH_MAX = sizeof((struct op_batch *)0)->ops / sizeof(struct op *) };

//! [kinds]
static const struct op__kind kinds[OP_KIND_COUNT] = {
    [OP_RECV] = {.start = op__recv_start, .receives = true},
    [OP_SEND] = {.start = op__send_start, .sends = true},
    [OP_RECVFROM] = {.start = op__recvfrom_start, .receives = true},
    [OP_SENDTO] = {.start = op__sendto_start, .sends = true},
    [OP_ACCEPT] = {.start = op__accept_start, .finish = op__accept_finish},
    [OP_CONNECT] = {.start = op__connect_start, .finish = op__connect_finish},
    [OP_DISCONNECT] = {.start = op__disconnect_start},
    [OP_READABLE] = {.start = op__readable_start,
                     .finish = op__readable_finish,
                     .receives = true},
    [OP_READ] = {.start = op__read_start, .receives = true},
    [OP_WRITE] = {.start = op__write_start, .sends = true},
    [OP_CONNECT_PIPE] = {.start = op__connect_pipe_start,
                         .finish = op__connect_pipe_finish},
    /* OP_POST and OP_TIMER are posted, not submitted. */
};
//! [kinds]

/* ---- The owner ----------------------------------------------------------- */

/** Which owner may follow which. */
static const bool moves[OP_QUE + 1][OP_QUE + 1] = {
    [OP_APP] = {[OP_KRN] = true, [OP_QUE] = true},
    [OP_KRN] = {[OP_APP] = true},
    [OP_QUE] = {[OP_APP] = true},
};

/** @brief Change the owner: the only function that does. */
static void move(struct op *op, enum op_owner to)
{
    /* INVARIANT: an operation that is lent is not lent again, and comes back
     * once.  What was not initialised belongs to nobody. */
    IOCP_ASSERT((unsigned)op->owner <= OP_QUE && moves[op->owner][to]);
    op->owner = to;
}

void op_init(struct op *op,
             size_t bytes,
             enum op_kind kind,
             op_done_fn *on_done,
             void *context)
{
    IOCP_ASSERT(op != NULL && bytes >= sizeof *op);
    IOCP_ASSERT((unsigned)kind < OP_KIND_COUNT);
    memset(op, 0, bytes);
    op->owner = OP_APP;
    op->kind = kind;
    op->on_done = on_done;
    op->context = context;
}

/* ---- The result ---------------------------------------------------------- */

/**
 * @brief The status of a failure, by whose doing and on what it happened.
 *
 * Windows has one code for what the two ends of a connection do, and one for
 * what a stream and a datagram meet.
 */
static op_status judge(const struct op *op, op_status status)
{
    const struct op_handle *handle = op->handle;

    /* FACT SOCK-50 closed locally: 995, 1236 and 64 all happen, and on a pipe
     * (FACT PIPE-16 closing one's own handle) 109. */
    if ((handle->closed || op->cancelled) &&
        (status == OP_RESET || status == OP_BAD_HANDLE ||
         op->error == ERROR_BROKEN_PIPE)) {
        return OP_ABORTED;
    }
    if (status == OP_RESET && handle->is_socket && handle->is_messages) {
        /* FACT SOCK-105 ICMP port unreachable: Winsock says reset, which a
         * socket without a connection cannot be. */
        return op->error == WSAENETRESET ? OP_UNREACHABLE
                                         : OP_CONNECTION_REFUSED;
    }
    if (kinds[op->kind].sends) {
        /* What ends a read breaks a write, and a datagram that is too long
         * is cut when it is received, not when it is sent. */
        return status == OP_EOF         ? OP_RESET
               : status == OP_TRUNCATED ? OP_TOO_LONG
                                        : status;
    }
    return status;
}

/** @brief Write the result of an operation that is the application's. */
static inline void finish(struct op *op,
                          op_status status,
                          DWORD error,
                          DWORD bytes)
{
    const struct op__kind *kind = &kinds[op->kind];

    op->error = error;
    op->bytes = bytes;
    if (error != 0) {
        op->status = judge(op, status);
    } else {
        /* FACT SOCK-18 graceful close: success with 0 bytes. */
        op->status = bytes == 0 && op->wants_bytes ? OP_EOF : OP_OK;
    }
    if (kind->finish != NULL) {
        kind->finish(op);
    }
}

/* ---- Submit -------------------------------------------------------------- */

//! [packet]
/** @brief Whether a packet comes although the call did not say pending. */
static bool packet_follows(const struct op__kind *kind, bool skips, DWORD error)
{
    switch (error) {
    case 0:
        /* FACT PORT-20 an immediate success does queue a packet, unless
         * FACT PORT-88 skip-on-success is set. */
        return !skips;
    case WSAEMSGSIZE:
    case ERROR_MORE_DATA:
        /* FACT SOCK-100 WSAEMSGSIZE is followed by a packet, for truncation is
         * a warning, and FACT PORT-90 skip does not skip warnings.  For a
         * send it is an error. */
        return kind->receives;
    default:
        /* FACT PORT-19 an immediate error queues nothing. */
        return false;
    }
}
//! [packet]

//! [submit]
enum op_answer op_submit(struct op *op, struct op_handle *handle)
{
    const struct op__kind *kind;
    bool skips;
    DWORD error;

    IOCP_ASSERT(op != NULL && handle != NULL);
    IOCP_ASSERT((unsigned)op->kind < OP_KIND_COUNT);
    kind = &kinds[op->kind];
    IOCP_ASSERT(kind->start != NULL);
    /* OWNER: app -> krn. */
    move(op, OP_KRN);
    op->handle = handle;
    op->cancelled = 0;
    op->wants_bytes = false;
    skips = handle->skips;
    error = handle->closed ? ERROR_OPERATION_ABORTED : kind->start(op, handle);
    if (error == ERROR_IO_PENDING || packet_follows(kind, skips, error)) {
        /* FACT PORT-21 the packet may be handled before the initiating call
         * returns: another thread may have taken it, freed the operation and
         * closed the handle.  Neither may be touched any more. */
        return OP_PENDING;
    }
    /* OWNER: krn -> app.  No packet comes. */
    move(op, OP_APP);
    if (error == 0) {
        /* FACT OVL-16 immediate success fills everything, before the call
         * returns. */
        finish(op, OP_OK, 0, (DWORD)op->overlapped.InternalHigh);
        return OP_DONE;
    }
    finish(op, op_status_of_error(error), error, 0);
    /* FACT PIPE-15 operations after the peer closed are refused; for who reads
     * that is the end, whichever way it is told. */
    return op->status == OP_OK || op->status == OP_EOF ? OP_DONE : OP_REFUSED;
}
//! [submit]

//! [cancel]
enum op_cancelled op_cancel(struct op *op)
{
    const struct op_handle *handle;
    HANDLE file;

    IOCP_ASSERT(op != NULL && op->owner != OP_NOBODY);
    handle = op->handle;
    /* Another thread may close the handle at any time: look at it once. */
    file = handle == NULL ? NULL : handle->file;
    if (file == NULL) {
        /* Posted, held, or on its way back because of the close. */
        return OP_CANCEL_NOTHING;
    }
    /* The owner stays: FACT CANCEL-04 cancellation is a request.  The mark is
     * set first, for the packet may be taken before the call returns. */
    op->cancelled = 1;
    /* FACT CANCEL-03 nothing to cancel is an error there, not here. */
    return iocp_cancel(file, &op->overlapped) == 0 ? OP_CANCEL_ASKED
                                                   : OP_CANCEL_NOTHING;
}
//! [cancel]

/* ---- Queues -------------------------------------------------------------- */

enum op_answer op_post(struct op *op, const struct op_port *port, DWORD value)
{
    struct iocp_packet packet = {0, NULL, value, 0};
    bool was_held;
    DWORD error;

    IOCP_ASSERT(op != NULL && port != NULL);
    was_held = op->is_held;
    if (was_held) {
        IOCP_ASSERT(op->owner == OP_QUE);
        op->is_held = false;
    } else {
        /* OWNER: app -> que. */
        move(op, OP_QUE);
    }
    op->handle = NULL;
    packet.overlapped = &op->overlapped;
    error = iocp_post(&port->iocp, &packet);
    if (error == 0) {
        /* Another thread may have taken it already. */
        return OP_PENDING;
    }
    /* FACT PORT-29 posting can fail: nothing was queued. */
    if (was_held) {
        op->is_held = true;
    } else {
        /* OWNER: que -> app. */
        move(op, OP_APP);
    }
    op->error = error;
    op->status = op_status_of_error(error);
    op->bytes = 0;
    return OP_REFUSED;
}

void op_hold(struct op *op)
{
    IOCP_ASSERT(op != NULL && !op->is_held);
    /* OWNER: app -> que. */
    move(op, OP_QUE);
    op->handle = NULL;
    op->is_held = true;
}

void op_release(struct op *op, op_status status)
{
    IOCP_ASSERT(op != NULL && op->is_held);
    IOCP_ASSERT((unsigned)status < OP_STATUS_COUNT);
    op->is_held = false;
    /* OWNER: que -> app. */
    move(op, OP_APP);
    op->status = status;
    op->error = 0;
    op->bytes = 0;
}

/* ---- Take ---------------------------------------------------------------- */

//! [take]
/** @brief The operation of a packet, with its result; NULL for a wake-up. */
static inline struct op *take_back(const struct iocp_packet *packet)
{
    /* FACT PORT-22 what a packet holds is the OVERLAPPED, and that is the
     * operation. */
    struct op *op = (struct op *)(void *)packet->overlapped;
    enum op_owner owner;

    if (op == NULL) {
        return NULL; /* op_port_wake(). */
    }
    owner = op->owner;
    IOCP_ASSERT(!op->is_held);
    /* OWNER: krn -> app, or que -> app for one that was posted. */
    move(op, OP_APP);
    if (owner == OP_KRN) {
        op_status status =
            packet->error == 0
                ? OP_OK
                : op_status_of_nt((LONG)op->overlapped.Internal, packet->error);

        finish(op, status, packet->error, packet->bytes);
    } else {
        op->status = OP_OK;
        op->error = 0;
        op->bytes = packet->bytes;
    }
    return op;
}
//! [take]

enum op_outcome op_take(const struct op_port *port,
                        DWORD timeout_ms,
                        struct op **op_out)
{
    struct iocp_packet packet;
    enum iocp_outcome outcome;

    IOCP_ASSERT(port != NULL && op_out != NULL);
    outcome = iocp_take(&port->iocp, timeout_ms, &packet);
    if (outcome == IOCP_PACKET) {
        *op_out = take_back(&packet);
    }
    return (enum op_outcome)outcome;
}

enum op_outcome op_take_many(const struct op_port *port, struct op_batch *batch)
{
    OVERLAPPED_ENTRY entries[BATCH_MAX];
    struct iocp_wait wait;
    enum iocp_outcome outcome;
    ULONG room = BATCH_MAX;

    IOCP_ASSERT(port != NULL && batch != NULL);
    if (batch->count_max > 0 && batch->count_max < room) {
        room = batch->count_max;
    }
    wait.timeout_ms = batch->timeout_ms;
    wait.alertable = batch->alertable;
    outcome = iocp_take_many(&port->iocp, &wait, entries, room, &batch->count);
    /* FACT PORT-55 a batch counts as one active thread, so what follows here
     * is short: each operation only learns its result. */
    for (ULONG i = 0; i < batch->count; i++) {
        struct iocp_packet packet = iocp_entry_read(&entries[i]);

        batch->ops[i] = take_back(&packet);
    }
    return (enum op_outcome)outcome;
}
