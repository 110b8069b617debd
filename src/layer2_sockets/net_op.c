/**
 * @file net_op.c
 * @brief Layer 2: the life of a request.
 *
 * Uses:     net_private.h.
 * Used by:  every file of this layer.
 * Facts:    CANCEL-04.
 * Read next: net_due.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_private.h"

void net__op_begin(struct net_op *op, const struct net__begin *how)
{
    /* INVARIANT: a request that is under way is not started again. */
    IOCP_ASSERT(!op->is_started && how->inner->owner == OP_APP);
    op->status = OP_OK;
    op->error = 0;
    op->bytes = 0;
    op->loop = how->loop;
    op->strand = how->strand;
    op->inner = how->inner;
    op->step = how->step;
    op->handler = how->handler;
    op->ask = how->ask;
    op->timed_out = 0;
    op->is_cancelled = false;
    op->is_started = true;
    net__work_add(op->loop);
    if (op->deadline_us != 0) {
        bool is_first;

        AcquireSRWLockExclusive(&op->loop->lock);
        is_first = net__due_add(op->loop, &op->due, op->deadline_us);
        ReleaseSRWLockExclusive(&op->loop->lock);
        if (is_first) {
            net__wake_earlier(op->loop);
        }
    }
}

//! [submit]
bool net__op_resubmit(struct net_op *op, struct op_handle *handle)
{
    if (op->loop->draining) {
        op->inner->status = OP_ABORTED;
        op->inner->error = ERROR_OPERATION_ABORTED;
        op->inner->bytes = 0;
        return true;
    }
    /* With OP_PENDING another thread may have finished the request already,
     * and it may be gone. */
    return op_submit(op->inner, handle) != OP_PENDING;
}

void net__op_submit(struct net_op *op, struct op_handle *handle)
{
    struct net_loop *loop = op->loop;
    struct op *inner = op->inner;

    if (net__op_resubmit(op, handle)) {
        net__ready(loop, inner);
    }
}
//! [submit]

void net__op_skip(struct net_op *op, op_status status)
{
    op->inner->status = op->loop->draining ? OP_ABORTED : status;
    op->inner->error = 0;
    op->inner->bytes = 0;
    net__ready(op->loop, op->inner);
}

void net__arrived(struct op *op)
{
    struct net_op *request = op->context;

    if (request->strand != NULL) {
        net__strand_run(request->strand, op);
    } else {
        request->step(request);
    }
}

bool net__op_is_asked(const struct net_op *op)
{
    return op->is_cancelled || op->timed_out || op->loop->draining;
}

//! [finish]
void net__op_finish(struct net_op *op, op_status status, size_t bytes)
{
    if (op->deadline_us != 0) {
        /* From here on the deadline cannot ask any more: it does so inside
         * the lock only, and only while it is armed. */
        AcquireSRWLockExclusive(&op->loop->lock);
        net__due_remove(op->loop, &op->due);
        ReleaseSRWLockExclusive(&op->loop->lock);
        op->deadline_us = 0;
    }
    /* FACT CANCEL-04 cancellation is a request: what succeeded all the same
     * has succeeded. */
    if (status == OP_ABORTED && op->timed_out && !op->is_cancelled) {
        status = OP_TIMEOUT;
    }
    op->status = status;
    op->error = op->inner->error;
    op->bytes = bytes;
    op->is_started = false;
    net__call(op, true);
}
//! [finish]

void net_cancel(struct net_op *op)
{
    IOCP_ASSERT(op != NULL);
    if (!op->is_started) {
        return;
    }
    op->is_cancelled = true;
    if (op->ask != NULL) {
        op->ask(op);
    } else {
        (void)op_cancel(op->inner);
    }
}

/* ---- Posts --------------------------------------------------------------- */

static void post_step(struct net_op *op)
{
    net__op_finish(op, op->inner->status, 0);
}

static void post_handler(struct net_op *op)
{
    struct net_post *post = NET__OF(op, struct net_post, op);

    post->on_done(post);
}

static void post_ask(struct net_op *op)
{
    (void)op; /* It is on its way already. */
}

/** @brief What posting to a loop and to a strand have in common. */
static void begin(struct net_loop *loop,
                  struct net_strand *strand,
                  struct net_post *post)
{
    IOCP_ASSERT(loop != NULL && post != NULL && post->on_done != NULL);
    if (post->inner.op.owner == OP_NOBODY) {
        OP_INIT(&post->inner, net__arrived, &post->op);
    }
    net__op_begin(&post->op,
                  &(struct net__begin){.loop = loop,
                                       .strand = strand,
                                       .inner = &post->inner.op,
                                       .step = post_step,
                                       .handler = post_handler,
                                       .ask = post_ask});
    post->inner.op.status = OP_OK;
    post->inner.op.error = 0;
}

void net_loop_post(struct net_loop *loop, struct net_post *post)
{
    begin(loop, NULL, post);
    if (loop->threads == 1 && net__run_here(loop) != NULL) {
        net__ready(loop, &post->inner.op); /* Nobody else would take it. */
    } else {
        net__post(loop, &post->inner.op);
    }
}

void net_strand_post(struct net_strand *strand, struct net_post *post)
{
    IOCP_ASSERT(strand != NULL);
    begin(strand->loop, strand, post);
    net__strand_ready(strand, &post->inner.op);
}

void net_strand_dispatch(struct net_strand *strand, struct net_post *post)
{
    IOCP_ASSERT(strand != NULL && post != NULL && post->on_done != NULL);
    if (net_strand_inside(strand)) {
        post->op.status = OP_OK;
        post->on_done(post);
    } else {
        net_strand_post(strand, post);
    }
}
