/**
 * @file net_open.c
 * @brief Layer 2: what is open on a loop, and how it all ends.
 *
 * Uses:     net_private.h, op.h (providers).
 * Used by:  every file of this layer that opens something.
 * Facts:    CANCEL-24.
 * Read next: net_address.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_private.h"

void net__open_add(struct net_loop *loop,
                   struct net_open *opened,
                   void (*shut)(struct net_open *opened))
{
    opened->shut = shut;
    AcquireSRWLockExclusive(&loop->lock);
    opened->next = loop->opened;
    opened->before = &loop->opened;
    if (opened->next != NULL) {
        opened->next->before = &opened->next;
    }
    loop->opened = opened;
    ReleaseSRWLockExclusive(&loop->lock);
}

void net__open_remove(struct net_loop *loop, struct net_open *opened)
{
    AcquireSRWLockExclusive(&loop->lock);
    if (opened->before != NULL) {
        *opened->before = opened->next;
        if (opened->next != NULL) {
            opened->next->before = opened->before;
        }
        opened->next = NULL;
        opened->before = NULL;
    }
    ReleaseSRWLockExclusive(&loop->lock);
}

//! [drain]
size_t net_loop_drain(struct net_loop *loop)
{
    size_t called = 0;

    IOCP_ASSERT(loop != NULL && loop->threads == 0);
    (void)InterlockedExchange(&loop->draining, 1);
    (void)InterlockedExchange(&loop->stopped, 0);
    /* FACT CANCEL-24 process exit runs no completions: so everything that was
     * started is awaited.  BOUND: what is open and under way, for nothing can
     * be started any more that is not refused. */
    for (;;) {
        while (loop->opened != NULL) {
            loop->opened->shut(loop->opened);
        }
        net__timers_end(loop);
        if (loop->work == loop->guards) {
            break;
        }
        called += net_loop_run_one(loop);
        (void)InterlockedExchange(&loop->stopped, 0);
    }
    (void)InterlockedExchange(&loop->stopped, 1);
    (void)InterlockedExchange(&loop->draining, 0);
    return called;
}
//! [drain]

op_status net__provider(struct net_loop *loop,
                        SOCKET socket,
                        int family,
                        int type,
                        const struct op_provider **provider_out)
{
    size_t at = (family == AF_INET6 ? 2U : 0U) + (type == SOCK_DGRAM ? 1U : 0U);
    op_status status = OP_OK;

    AcquireSRWLockExclusive(&loop->lock);
    if (!loop->is_loaded[at]) {
        status = op_provider_load(&loop->providers[at], socket);
        loop->is_loaded[at] = status == OP_OK;
        if ((loop->how.flags & NET_NO_CONNECT_EX) != 0) {
            loop->providers[at].connect_ex = NULL;
        }
    }
    ReleaseSRWLockExclusive(&loop->lock);
    *provider_out = &loop->providers[at];
    return status;
}
