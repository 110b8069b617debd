/**
 * @file net_wait.c
 * @brief Layer 2: waiting for an event, a thread, a process.
 *
 * A port hears of files only, so Windows' thread pool waits, and a callback in
 * one of its threads tells the loop.  It may run before the call that asks for
 * it has returned, and while somebody asks for the end: the request comes back
 * when that call has returned, with whichever of the others was first.
 *
 * Uses:     net_private.h, net_file.h.
 * Used by:  programs.
 * Facts:    PORT-14.
 * Read next: net_server_private.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_file.h"
#include "net_private.h"

/** @brief One of two has come: the call that begins it has returned, or there
 *         is a result.  The second lets the request come back. */
static void come(struct net_wait *wait)
{
    if (InterlockedDecrement(&wait->parties) == 0) {
        /* OWNER: que -> app. */
        op_release(&wait->inner.op, wait->result);
        net__ready(wait->op.loop, &wait->inner.op);
    }
}

//! [winner]
/** @brief Say how it ends, unless somebody has said so before. */
static void decide(struct net_wait *wait, op_status result)
{
    if (InterlockedExchange(&wait->is_decided, 1) == 0) {
        wait->result = result;
        come(wait);
    }
}

static void CALLBACK signalled(PVOID context, BOOLEAN timed_out)
{
    (void)timed_out; /* It has no time of its own: the loop has deadlines. */
    decide(context, OP_OK);
}

static void wait_ask(struct net_op *op)
{
    decide(NET__OF(op, struct net_wait, op), OP_ABORTED);
}

static void wait_step(struct net_op *op)
{
    struct net_wait *wait = NET__OF(op, struct net_wait, op);

    net__open_remove(op->loop, &wait->opened);
    if (wait->registered != NULL) {
        /* Whoever was second still looks at the request.  A callback that has
     * begun ends soon, and none begins after this: so wait for it here,
     * with no lock held.  A wait is unregistered also when it is over. */
        (void)UnregisterWaitEx(wait->registered, INVALID_HANDLE_VALUE);
        wait->registered = NULL;
    }
    if (wait->error != 0) {
        op->inner->error = wait->error;
    }
    net__op_finish(op, op->inner->status, 0);
}
//! [winner]

static void wait_handler(struct net_op *op)
{
    struct net_wait *wait = NET__OF(op, struct net_wait, op);

    wait->on_done(wait);
}

static void wait_shut(struct net_open *opened)
{
    struct net_wait *wait = NET__OF(opened, struct net_wait, opened);

    net__open_remove(wait->op.loop, opened);
    net_cancel(&wait->op);
}

/** @brief Let the pool wait. */
static void begin(struct net_wait *wait, HANDLE object)
{
    /* FACT PORT-14 what can be associated with a port are files: so somebody
     * else has to wait.
     * OWNER: app -> que. */
    op_hold(&wait->inner.op);
    net__open_add(wait->op.loop, &wait->opened, wait_shut);
    if (RegisterWaitForSingleObject(&wait->registered,
                                    object,
                                    signalled,
                                    wait,
                                    INFINITE,
                                    WT_EXECUTEONLYONCE)) {
        come(wait);
        return;
    }
    wait->error = GetLastError();
    wait->registered = NULL;
    decide(wait, op_status_of_error(wait->error));
    come(wait);
}

void net_wait_start(struct net_loop *loop,
                    struct net_strand *strand,
                    struct net_wait *wait,
                    HANDLE object)
{
    IOCP_ASSERT(loop != NULL && wait != NULL && wait->on_done != NULL);
    IOCP_ASSERT(!wait->op.is_started);
    OP_INIT(&wait->inner, net__arrived, &wait->op);
    wait->registered = NULL;
    wait->parties = 2;
    wait->is_decided = 0;
    wait->error = 0;
    net__op_begin(&wait->op,
                  &(struct net__begin){.loop = loop,
                                       .strand = strand,
                                       .inner = &wait->inner.op,
                                       .step = wait_step,
                                       .handler = wait_handler,
                                       .ask = wait_ask});
    if (loop->draining) {
        net__op_skip(&wait->op, OP_ABORTED);
    } else {
        begin(wait, object);
    }
}
