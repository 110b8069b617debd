/**
 * @file net_strand.c
 * @brief Layer 2: strands.
 *
 * Handlers of one strand never run at once, without a lock: who comes while
 * somebody runs the strand leaves his operation and goes on with other work.
 * One word says all there is to know: idle, being run, or being run with a
 * list of what has arrived meanwhile.
 *
 * Uses:     net_private.h.
 * Used by:  net_op.c.
 * Facts:    none.
 * Read next: net_open.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_private.h"

#include <string.h>

/** So many are run before the rest of the loop has its turn. */
enum { TURNS_MAX = 64 };

void net_strand_init(struct net_strand *strand, struct net_loop *loop)
{
    IOCP_ASSERT(strand != NULL && loop != NULL);
    memset(strand, 0, sizeof *strand);
    strand->loop = loop;
}

bool net_strand_inside(const struct net_strand *strand)
{
    IOCP_ASSERT(strand != NULL);
    return strand->thread == GetCurrentThreadId();
}

/* ---- The word: NULL is idle; the strand itself, run by somebody with nothing
 * new; anything else, the newest operation that has arrived. */

//! [enter]
/** @brief Come to a strand.
 *  @return true: it was idle, and is ours to run; false: op is left to who
 *          runs it, and may be gone. */
static bool enter(struct net_strand *strand, struct op *op)
{
    void *seen = strand->arrived;

    /* BOUND: each round but the last, somebody else has come or gone. */
    for (;;) {
        void *wanted = strand;
        void *found;

        if (seen != NULL) {
            op->next = seen == strand ? NULL : seen;
            wanted = op;
        }
        found =
            InterlockedCompareExchangePointer(&strand->arrived, wanted, seen);
        if (found == seen) {
            return seen == NULL;
        }
        seen = found;
    }
}
//! [enter]

//! [next]
/** @brief Who is next.
 *  @return NULL: nobody, and the strand is idle and no longer ours. */
static struct op *next(struct net_strand *strand)
{
    struct op *op = strand->ready;

    if (op == NULL) {
        struct op *arrived;

        /* Idle only if nobody has come: both in one step, for whoever comes
         * between a look and the change would stay there for ever. */
        if (InterlockedCompareExchangePointer(&strand->arrived, NULL, strand) ==
            strand) {
            return NULL;
        }
        arrived = InterlockedExchangePointer(&strand->arrived, strand);
        /* Oldest first.  BOUND: the list ends. */
        while (arrived != NULL) {
            struct op *before = arrived->next;

            arrived->next = op;
            op = arrived;
            arrived = before;
        }
    }
    /* INVARIANT: what is neither idle nor without news has news. */
    IOCP_ASSERT(op != NULL);
    strand->ready = op->next;
    return op;
}
//! [next]

static void own_arrived(struct op *op);

/** @brief Run a strand that is ours, beginning with op. */
static void run(struct net_strand *strand, struct op *op)
{
    bool ended = false;

    /* Only a handler looks there, and all of them run below. */
    // cppcheck-suppress autoVariables
    strand->ended = &ended;
    for (size_t turn = 0; turn < TURNS_MAX; turn++) {
        struct net_op *request = op->context;

        strand->thread = GetCurrentThreadId();
        request->step(request);
        if (ended) {
            return; /* Its memory is gone, perhaps. */
        }
        strand->thread = 0;
        op = next(strand);
        if (op == NULL) {
            return;
        }
    }
    op->on_done = own_arrived;
    net__ready(strand->loop, op);
}

/** @brief A strand that is ours, and did not run, has its turn. */
static void own_arrived(struct op *op)
{
    struct net_op *request = op->context;

    op->on_done = net__arrived;
    run(request->strand, op);
}

void net__strand_run(struct net_strand *strand, struct op *op)
{
    if (enter(strand, op)) {
        run(strand, op);
    }
}

void net__strand_ready(struct net_strand *strand, struct op *op)
{
    if (enter(strand, op)) {
        op->on_done = own_arrived;
        if (net__run_here(strand->loop) != NULL) {
            net__ready(strand->loop, op);
        } else {
            net__post(strand->loop, op);
        }
    }
}

void net_strand_end(struct net_strand *strand)
{
    IOCP_ASSERT(strand != NULL && net_strand_inside(strand));
    IOCP_ASSERT(strand->ready == NULL && strand->arrived == strand);
    *strand->ended = true;
}
