/**
 * @file net_ready.c
 * @brief Layer 2: what a thread has to do before it looks at the port.
 *
 * An operation that is back at once needs no trip through the port: it waits
 * here, in the thread that started it, until the present handler has returned.
 * So handlers do not call one another, and most of them cost no system call.
 * What only others can do, or what Windows had no memory to post, lies in the
 * loop, behind its lock.
 *
 * Uses:     net_private.h.
 * Used by:  net_loop.c, every file of this layer.
 * Facts:    PORT-29.
 * Read next: net_op.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_private.h"

/** So many are called before the thread looks at the port again, where others
 * wait, too. */
enum { READY_MAX = 64 };

struct net__run *net__run_here(const struct net_loop *loop)
{
    return TlsGetValue(loop->tls);
}

bool net_loop_inside(const struct net_loop *loop)
{
    IOCP_ASSERT(loop != NULL);
    return net__run_here(loop) != NULL;
}

void net__run_begin(struct net__run *run, struct net_loop *loop)
{
    run->loop = loop;
    run->outer = net__run_here(loop);
    if (run->outer != NULL) {
        /* A handler runs the loop: what it waits for may be ready already. */
        run->ready_first = run->outer->ready_first;
        run->ready_last = run->outer->ready_last;
        run->outer->ready_first = NULL;
    }
    IOCP_ASSERT(TlsSetValue(loop->tls, run));
    (void)InterlockedIncrement(&loop->threads);
}

/* ---- Ready here ---------------------------------------------------------- */

void net__run_add(struct net__run *run, struct op *op)
{
    op->next = NULL;
    if (run->ready_first == NULL) {
        run->ready_first = op;
    } else {
        run->ready_last->next = op;
    }
    run->ready_last = op;
}

void net__run_op(struct net__run *run, struct op *op, size_t call_max)
{
    if (run->loop->stopped || run->call_count >= call_max) {
        net__run_add(run, op);
    } else {
        run->is_jumping = false;
        op->on_done(op);
    }
}

void net__run_ready(struct net__run *run, size_t call_max)
{
    /* BOUND: READY_MAX; what handlers add comes after that of others. */
    for (size_t i = 0; i < READY_MAX && run->ready_first != NULL; i++) {
        struct op *op = run->ready_first;

        if (run->loop->stopped || run->call_count >= call_max) {
            return;
        }
        run->ready_first = op->next;
        run->is_jumping = op == run->jumper;
        run->jumper = NULL;
        op->on_done(op);
    }
}

/* ---- Late ---------------------------------------------------------------- */

/** @brief Leave operations, linked by next, to whichever thread comes first. */
static void leave(struct net_loop *loop, struct op *first, struct op *last)
{
    AcquireSRWLockExclusive(&loop->lock);
    if (loop->late_first == NULL) {
        loop->late_first = first;
    } else {
        loop->late_last->next = first;
    }
    loop->late_last = last;
    (void)InterlockedExchange(&loop->late_any, 1);
    ReleaseSRWLockExclusive(&loop->lock);
}

void net__run_late(struct net__run *run)
{
    struct net_loop *loop = run->loop;
    struct op *first;

    if (!loop->late_any) {
        return;
    }
    AcquireSRWLockExclusive(&loop->lock);
    first = loop->late_first;
    loop->late_first = NULL;
    (void)InterlockedExchange(&loop->late_any, 0);
    ReleaseSRWLockExclusive(&loop->lock);
    /* BOUND: the list ends. */
    while (first != NULL) {
        struct op *op = first;

        first = op->next;
        net__run_add(run, op);
    }
}

bool net__run_end(struct net__run *run)
{
    struct net_loop *loop = run->loop;
    bool was_last;

    if (run->ready_first != NULL) {
        leave(loop, run->ready_first, run->ready_last);
    }
    if (run->released > 0) {
        net__work_give(loop, run->released);
    }
    IOCP_ASSERT(TlsSetValue(loop->tls, run->outer));
    was_last = InterlockedDecrement(&loop->threads) == 0;
    /* A wake-up that we took may have been for somebody else, as is the stop,
     * and as is what we leave. */
    return !was_last &&
           (run->has_woken || loop->stopped || run->ready_first != NULL);
}

void net__ready(struct net_loop *loop, struct op *op)
{
    struct net__run *run = net__run_here(loop);

    if (run != NULL) {
        net__run_add(run, op);
    } else {
        /* Not by the port, which would put a new result in the place of the
         * one that is there. */
        op->next = NULL;
        leave(loop, op, op);
        net__wake(loop);
    }
}

void net__ready_next(struct net_loop *loop, struct op *op)
{
    struct net__run *run = net__run_here(loop);

    if (run == NULL || run->ready_first == NULL || run->jumper != NULL ||
        run->is_jumping) {
        net__ready(loop, op);
        return;
    }
    op->next = run->ready_first;
    run->ready_first = op;
    run->jumper = op;
}

void net__post(struct net_loop *loop, struct op *op)
{
    if (op_post(op, &loop->port, 0) == OP_REFUSED) {
        /* FACT PORT-29 posting can fail: nothing was queued. */
        op->status = OP_OK;
        op->error = 0;
        op->next = NULL;
        leave(loop, op, op);
        net__wake(loop);
    }
}

/* ---- Work ---------------------------------------------------------------- */

//! [work]
void net__work_add(struct net_loop *loop)
{
    struct net__run *run = net__run_here(loop);

    if (run != NULL && run->has_spare) {
        /* The request whose handler runs is over, and this one takes its
         * place: the count need not move. */
        run->has_spare = false;
    } else {
        (void)InterlockedIncrement(&loop->work);
    }
}

void net__call(struct net_op *op, bool last)
{
    struct net__run *run = net__run_here(op->loop);

    IOCP_ASSERT(run != NULL);
    run->call_count++;
    /* The unit is given back after the handler, never before: between the two
     * the count would be zero although the handler is about to start more. */
    run->has_spare = last;
    op->handler(op);
    /* The request may be gone. */
    if (run->has_spare) {
        run->has_spare = false;
        run->released++;
    }
}
//! [work]

void net_loop_dispatch(struct net_loop *loop, struct net_post *post)
{
    IOCP_ASSERT(loop != NULL && post != NULL && post->on_done != NULL);
    if (net__run_here(loop) == NULL) {
        net_loop_post(loop, post);
    } else {
        post->op.status = OP_OK;
        post->on_done(post);
    }
}
