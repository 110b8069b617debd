/**
 * @file net_timer.c
 * @brief Layer 2: timers and deadlines.
 *
 * No thread waits for the clock: whoever waits at the port waits no longer
 * than until the first is due.  A timer is then ready like any operation that
 * is back.  A deadline only asks for the end of its request, which has one
 * winner, because its result is decided in one place: where it comes back.
 *
 * Uses:     net_private.h.
 * Used by:  net_loop.c.
 * Facts:    CANCEL-04.
 * Read next: net_strand.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_private.h"

#include <string.h>

enum {
    DUE_MAX = 64,       /* Looked at in one round of the loop. */
    ASK_AGAIN_US = 1000 /* See ask(). */
};

//! [ask]
/**
 * @brief Ask for the end of a request whose deadline has passed.
 *
 * The operation may be between two submits, or not submitted yet, and asking
 * is in vain then.  So the deadline stays armed and asks again, until the
 * request is back; disarming it is the first thing that happens then, and
 * needs the lock that we hold.
 */
static void ask(struct net_loop *loop, struct net_op *op, uint64_t now_us)
{
    op->timed_out = 1;
    if (op->ask != NULL) {
        op->ask(op);
    } else {
        (void)op_cancel(op->inner);
    }
    (void)net__due_add(loop, &op->due, now_us + ASK_AGAIN_US);
}
//! [ask]

/** @brief Let a timer come back now, inside the lock.
 *  @return Whether it was not on its way already. */
static bool end(struct net_timer *timer)
{
    net__due_remove(timer->op.loop, &timer->op.due);
    if (timer->is_queued) {
        return false;
    }
    timer->is_queued = true;
    /* OWNER: que -> app. */
    op_release(timer->op.inner, OP_ABORTED);
    return true;
}

void net__run_due(struct net__run *run)
{
    struct net_loop *loop = run->loop;
    uint64_t now_us;

    if (loop->due_us == INT64_MAX) {
        return; /* The clock costs time. */
    }
    now_us = net_loop_now(loop);
    if ((uint64_t)loop->due_us > now_us) {
        return;
    }
    AcquireSRWLockExclusive(&loop->lock);
    for (size_t i = 0; i < DUE_MAX; i++) {
        struct net_due *due = net__due_take(loop, now_us);
        struct net_op *op;

        if (due == NULL) {
            break;
        }
        op = NET__OF(due, struct net_op, due);
        if (op->inner->kind == OP_TIMER) {
            struct net_timer *timer = NET__OF(op, struct net_timer, op);

            if (end(timer)) {
                net__run_add(run, op->inner);
            }
        } else {
            ask(loop, op, now_us);
        }
    }
    ReleaseSRWLockExclusive(&loop->lock);
}

/* ---- Timers -------------------------------------------------------------- */

/** @brief Arm, inside the lock.  @return Whether it became the first. */
static bool arm(struct net_timer *timer, uint64_t due_us)
{
    if (!timer->op.due.is_armed && !timer->is_queued) {
        /* OWNER: app -> que. */
        op_hold(timer->op.inner);
    }
    return net__due_add(timer->op.loop, &timer->op.due, due_us);
}

/** @brief When a periodic timer is due again: late rounds are left out. */
static uint64_t next_due(const struct net_timer *timer, uint64_t now_us)
{
    uint64_t due_us = timer->inner.due + timer->period_us;

    if (due_us <= now_us) {
        due_us += (now_us - due_us) / timer->period_us * timer->period_us;
    }
    return due_us;
}

//! [step]
/** @brief The timer comes back: it is over, or goes on, or was moved. */
static void timer_step(struct net_op *op)
{
    struct net_timer *timer = NET__OF(op, struct net_timer, op);
    struct net_loop *loop = op->loop;
    bool is_moved;
    bool is_first = false;

    AcquireSRWLockExclusive(&loop->lock);
    timer->is_queued = false;
    is_moved = op->due.is_armed;
    if (is_moved) {
        /* OWNER: app -> que. */
        op_hold(op->inner);
    } else if (timer->period_us != 0 && !op->is_cancelled && !loop->draining) {
        timer->inner.due = next_due(timer, net_loop_now(loop));
        is_first = arm(timer, timer->inner.due);
    }
    ReleaseSRWLockExclusive(&loop->lock);
    if (is_first) {
        net__wake_earlier(loop);
    }
    if (is_moved) {
        return;
    }
    op->error = 0;
    op->status = op->is_cancelled || loop->draining ? OP_ABORTED : OP_OK;
    if (op->status == OP_ABORTED || timer->period_us == 0) {
        op->is_started = false;
        net__call(op, true);
    } else {
        net__call(op, false);
    }
}
//! [step]

static void timer_handler(struct net_op *op)
{
    struct net_timer *timer = NET__OF(op, struct net_timer, op);

    timer->on_done(timer);
}

static void timer_ask(struct net_op *op)
{
    struct net_loop *loop = op->loop;
    bool is_back;

    AcquireSRWLockExclusive(&loop->lock);
    is_back = end(NET__OF(op, struct net_timer, op));
    ReleaseSRWLockExclusive(&loop->lock);
    if (is_back) {
        net__ready(loop, op->inner);
    }
}

void net_timer_init(struct net_timer *timer,
                    struct net_loop *loop,
                    struct net_strand *strand,
                    void (*on_done)(struct net_timer *timer))
{
    IOCP_ASSERT(timer != NULL && loop != NULL && on_done != NULL);
    memset(timer, 0, sizeof *timer);
    timer->on_done = on_done;
    timer->op.loop = loop;
    timer->op.strand = strand;
    timer->op.inner = &timer->inner.op;
    OP_INIT(&timer->inner, net__arrived, &timer->op);
}

void net_timer_start(struct net_timer *timer,
                     uint64_t due_us,
                     uint64_t period_us)
{
    struct net_loop *loop;
    bool is_first;

    IOCP_ASSERT(timer != NULL && timer->on_done != NULL);
    loop = timer->op.loop;
    if (!timer->op.is_started) {
        net__op_begin(&timer->op,
                      &(struct net__begin){.loop = loop,
                                           .strand = timer->op.strand,
                                           .inner = &timer->inner.op,
                                           .step = timer_step,
                                           .handler = timer_handler,
                                           .ask = timer_ask});
    }
    timer->op.is_cancelled = false;
    AcquireSRWLockExclusive(&loop->lock);
    timer->period_us = period_us;
    timer->inner.due = due_us;
    is_first = arm(timer, loop->draining ? 0 : due_us);
    ReleaseSRWLockExclusive(&loop->lock);
    if (is_first) {
        net__wake_earlier(loop);
    }
}

bool net_timer_cancel(struct net_timer *timer)
{
    IOCP_ASSERT(timer != NULL && timer->on_done != NULL);
    if (!timer->op.is_started || timer->op.is_cancelled) {
        return false;
    }
    net_cancel(&timer->op);
    return true;
}

void net__timers_end(struct net_loop *loop)
{
    struct op *first = NULL;

    AcquireSRWLockExclusive(&loop->lock);
    /* BOUND: each round takes one out. */
    while (loop->due_first != NULL) {
        struct net_op *op = NET__OF(loop->due_first, struct net_op, due);

        if (op->inner->kind != OP_TIMER) {
            net__due_remove(loop, &op->due); /* Its handle is closed. */
        } else if (end(NET__OF(op, struct net_timer, op))) {
            op->inner->next = first;
            first = op->inner;
        }
    }
    ReleaseSRWLockExclusive(&loop->lock);
    /* BOUND: the list ends. */
    while (first != NULL) {
        struct op *op = first;

        first = op->next;
        net__ready(loop, op);
    }
}
