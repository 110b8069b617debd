/**
 * @file net_loop.c
 * @brief Layer 2: the loop.
 *
 * Threads run the loop until it is stopped, and it stops by itself when
 * nothing is under way.  Both must reach threads that wait at the port, and
 * no thread may wait for something that another one has taken.  This file is
 * where that is guaranteed.
 *
 * Uses:     net_private.h, op.h (port).
 * Used by:  programs, every file of this layer.
 * Facts:    PORT-29, PORT-39, PORT-55, TIME-01.
 * Read next: net_ready.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_private.h"

#include <string.h>

enum {
    BATCH_MAX = 64,        /* Of op_batch. */
    BATCH_MAX_SHARED = 16, /* So that other threads find something, too. */
    WAIT_MS_MAX = 500
};

/* ---- Opening and closing ------------------------------------------------- */

op_status net_loop_open(struct net_loop *loop,
                        const struct net_loop_options *options)
{
    WSADATA data;
    LARGE_INTEGER frequency;
    op_status status;
    int error;

    IOCP_ASSERT(loop != NULL);
    memset(loop, 0, sizeof *loop);
    if (options != NULL) {
        loop->how = *options;
    }
    IOCP_ASSERT(loop->how.batch_max <= BATCH_MAX);
    if (loop->how.wait_ms_max == 0) {
        loop->how.wait_ms_max = WAIT_MS_MAX;
    }
    loop->due_us = INT64_MAX;
    InitializeSRWLock(&loop->lock);
    (void)QueryPerformanceFrequency(&frequency); /* It never fails. */
    loop->ticks_per_s = (uint64_t)frequency.QuadPart;
    error = WSAStartup(MAKEWORD(2, 2), &data);
    if (error != 0) {
        return op_status_of_error((DWORD)error);
    }
    loop->tls = TlsAlloc();
    if (loop->tls == TLS_OUT_OF_INDEXES) {
        status = OP_NO_RESOURCES;
        goto fail_clean_up;
    }
    status = op_port_open(&loop->port, loop->how.concurrency);
    if (status != OP_OK) {
        goto fail_free_tls;
    }
    return OP_OK;

fail_free_tls:
    (void)TlsFree(loop->tls);
fail_clean_up:
    (void)WSACleanup();
    return status;
}

void net_loop_close(struct net_loop *loop)
{
    IOCP_ASSERT(loop != NULL && loop->threads == 0);
    IOCP_ASSERT(loop->work == loop->guards && loop->opened == NULL);
    op_port_close(&loop->port);
    (void)TlsFree(loop->tls);
    (void)WSACleanup();
}

uint64_t net_loop_now(const struct net_loop *loop)
{
    LARGE_INTEGER count;
    uint64_t ticks;

    IOCP_ASSERT(loop != NULL);
    (void)QueryPerformanceCounter(&count); /* It never fails. */
    ticks = (uint64_t)count.QuadPart;
    /* In two parts, because the product would not fit after some years. */
    return ticks / loop->ticks_per_s * 1000000U +
           ticks % loop->ticks_per_s * 1000000U / loop->ticks_per_s;
}

/* ---- Stopping ------------------------------------------------------------ */

//! [wake]
void net__wake(struct net_loop *loop)
{
    /* One wake-up at a time is enough: who takes it looks at everything. */
    if (InterlockedExchange(&loop->wake_queued, 1) == 0 &&
        op_port_wake(&loop->port) != OP_OK) {
        /* FACT PORT-29 posting can fail: how.wait_ms_max helps. */
        (void)InterlockedExchange(&loop->wake_queued, 0);
    }
}

void net__wake_earlier(struct net_loop *loop)
{
    /* A thread that is alone and inside looks at the clock before it waits. */
    if (loop->threads != 1 || net__run_here(loop) == NULL) {
        net__wake(loop);
    }
}

void net_loop_stop(struct net_loop *loop)
{
    IOCP_ASSERT(loop != NULL);
    (void)InterlockedExchange(&loop->stopped, 1);
    /* Always, also when it was set: who set it may not have come to this line
     * yet, and somebody who saw it set may wait for us. */
    net__wake(loop);
}
//! [wake]

bool net_loop_stopped(const struct net_loop *loop)
{
    IOCP_ASSERT(loop != NULL);
    return loop->stopped != 0;
}

void net_loop_restart(struct net_loop *loop)
{
    IOCP_ASSERT(loop != NULL && loop->threads == 0);
    (void)InterlockedExchange(&loop->stopped, 0);
}

void net__work_give(struct net_loop *loop, LONG count)
{
    LONG before = InterlockedExchangeAdd(&loop->work, -count);

    IOCP_ASSERT(before >= count);
    if (before == count) {
        net_loop_stop(loop);
    }
}

void net_loop_work_begin(struct net_loop *loop)
{
    IOCP_ASSERT(loop != NULL);
    (void)InterlockedIncrement(&loop->guards);
    (void)InterlockedIncrement(&loop->work);
}

void net_loop_work_end(struct net_loop *loop)
{
    LONG left;

    IOCP_ASSERT(loop != NULL);
    left = InterlockedDecrement(&loop->guards);
    IOCP_ASSERT(left >= 0);
    net__work_give(loop, 1);
}

/* ---- Running ------------------------------------------------------------- */

/** @brief The milliseconds to wait: until something is due, or until_us. */
static DWORD wait_ms(const struct net_loop *loop, uint64_t until_us)
{
    uint64_t end_us = (uint64_t)loop->due_us;
    uint64_t now_us;
    uint64_t ms;

    if (until_us < end_us) {
        end_us = until_us;
    }
    if (end_us >= INT64_MAX) {
        return loop->how.wait_ms_max;
    }
    now_us = net_loop_now(loop);
    if (end_us <= now_us) {
        return 0;
    }
    /* FACT TIME-01 waits may end early: who comes too soon looks again and
     * waits for the rest. */
    ms = (end_us - now_us + 999) / 1000;
    return ms < loop->how.wait_ms_max ? (DWORD)ms : loop->how.wait_ms_max;
}

/** @brief How many operations to take at once. */
static ULONG batch_max(const struct net_loop *loop,
                       const struct net__run *run,
                       size_t call_max)
{
    size_t left = call_max - run->call_count;
    ULONG max = loop->how.batch_max;

    if (max == 0) {
        /* FACT PORT-55 a batch counts as one active thread, so what is in it
         * waits for this thread while others may have nothing to do. */
        max = loop->threads > 1 ? BATCH_MAX_SHARED : BATCH_MAX;
    }
    return left < max ? (ULONG)left : max;
}

/**
 * @brief Wait at the port and call what comes back.
 * @return Whether something came.
 */
static bool take(struct net_loop *loop,
                 struct net__run *run,
                 size_t call_max,
                 DWORD timeout_ms)
{
    struct op_batch batch;
    enum op_outcome outcome;

    batch.timeout_ms = timeout_ms;
    batch.alertable = false;
    batch.count_max = batch_max(loop, run, call_max);
    outcome = op_take_many(&loop->port, &batch);
    IOCP_ASSERT(outcome == OP_TAKEN || outcome == OP_NOTHING);
    for (ULONG i = 0; i < batch.count; i++) {
        struct op *op = batch.ops[i];

        if (op == NULL) {
            /* FACT PORT-39 a packet may carry a NULL OVERLAPPED: a wake-up.
             * From here on the next one is posted; so look at everything
             * after this line, and pass it on when leaving. */
            (void)InterlockedExchange(&loop->wake_queued, 0);
            run->has_woken = true;
        } else {
            net__run_op(run, op, call_max);
        }
    }
    return outcome == OP_TAKEN;
}

//! [turn]
/**
 * @brief One round: what is ready here, what is due, what the port has.
 * @param until_us  Wait until then at most.
 * @return Whether that was the last round.
 */
static bool turn(struct net_loop *loop,
                 struct net__run *run,
                 size_t call_max,
                 uint64_t until_us)
{
    DWORD timeout_ms;
    bool found;

    net__run_late(run);
    net__run_due(run);
    net__run_ready(run, call_max);
    if (run->released > 0) {
        LONG released = run->released;

        run->released = 0;
        net__work_give(loop, released);
    }
    if (loop->stopped || run->call_count >= call_max) {
        return true;
    }
    timeout_ms = run->ready_first != NULL ? 0 : wait_ms(loop, until_us);
    found = take(loop, run, call_max, timeout_ms) || run->ready_first != NULL;
    if (until_us == 0) {
        return !found; /* Polling: until nothing is ready. */
    }
    return until_us != UINT64_MAX && net_loop_now(loop) >= until_us;
}
//! [turn]

/** @brief Run the loop until it is stopped, the time is over, or so many
 *         handlers were called. */
static size_t run_loop(struct net_loop *loop,
                       size_t call_max,
                       uint64_t until_us)
{
    struct net__run run = {0};

    IOCP_ASSERT(loop != NULL);
    if (InterlockedCompareExchange(&loop->work, 0, 0) == 0) {
        /* Who took it to zero may not have stopped the loop yet, and may be
         * too late for those who wait: so stop it, not only return. */
        net_loop_stop(loop);
    }
    if (loop->stopped) {
        return 0;
    }
    net__run_begin(&run, loop);
    /* BOUND: until the loop is stopped or the time is over. */
    while (!turn(loop, &run, call_max, until_us)) {
    }
    if (net__run_end(&run)) {
        net__wake(loop);
    }
    return run.call_count;
}

size_t net_loop_run(struct net_loop *loop)
{
    return run_loop(loop, SIZE_MAX, UINT64_MAX);
}

size_t net_loop_run_one(struct net_loop *loop)
{
    return run_loop(loop, 1, UINT64_MAX);
}

size_t net_loop_run_for(struct net_loop *loop, uint64_t timeout_us)
{
    return run_loop(loop, SIZE_MAX, net_loop_now(loop) + timeout_us);
}

size_t net_loop_poll(struct net_loop *loop)
{
    return run_loop(loop, SIZE_MAX, 0);
}

size_t net_loop_poll_one(struct net_loop *loop)
{
    return run_loop(loop, 1, 0);
}
