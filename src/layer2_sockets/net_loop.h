/**
 * @file net_loop.h
 * @brief Layer 2: the loop, posting, timers and strands.
 *
 * Uses:     op.h.
 * Used by:  net.h, every file of this layer.
 * Facts:    none.
 * Read next: net_stream.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include "op.h"

/** @addtogroup net
 * @{ */

struct net_loop;
struct net_strand;
struct net_op;

/** A place among what is due on a clock. */
struct net_due {
    uint64_t due_us;         /**< When. */
    struct net_due *child;   /**< The rest is for net_due.c: first below it, */
    struct net_due *sibling; /**< next beside it, */
    struct net_due *before;  /**< its parent or the one before it; NULL also
                              * when it is nowhere. */
    bool is_armed;           /**< It is among what is due. */
};

/** What all requests have in common. */
struct net_op {
    op_status status;          /**< Result: how it ended. */
    DWORD error;               /**< Result: Windows' own code, 0 if none. */
    size_t bytes;              /**< Result: bytes moved, in all its steps. */
    void *context;             /**< The caller's. */
    uint64_t deadline_us;      /**< The caller's: end it with OP_TIMEOUT when
                                * net_loop_now() is that far; 0: never. */
    struct net_loop *loop;     /**< For the layer alone, from here. */
    struct net_strand *strand; /**< Where its steps run, or NULL. */
    struct op *inner;          /**< The operation it is made of. */
    void (*step)(struct net_op *op);    /**< inner is back. */
    void (*handler)(struct net_op *op); /**< Calls the caller's handler. */
    void (*ask)(struct net_op *op);     /**< Asks for its end, in any thread,
                                         * inside the lock or not; NULL: by
                                         * cancelling inner. */
    struct net_due due;                 /**< For the deadline. */
    volatile LONG timed_out;            /**< The deadline has asked. */
    bool is_cancelled;                  /**< By net_cancel(). */
    bool is_started;                    /**< Its handler is still to come. */
    struct net_op *next;                /**< In the queue of who has it. */
};

/** What to open a loop with.  What is left zero is a sensible choice. */
struct net_loop_options {
    DWORD concurrency; /**< Threads that may run at once; 0: one for each
                        * processor. */
    ULONG batch_max;   /**< Operations that a thread takes at once, at most
                        * 64; 0: 64, or 16 while several threads run. */
    DWORD wait_ms_max; /**< No wait is longer; 0: 500; INFINITE: no limit.  Not
                        * needed to be woken but when Windows has no memory
                        * left for a wake-up, which is then late, not lost. */
    unsigned flags;    /**< NET_NO_CONNECT_EX. */
};

/** In net_loop_options.flags: connect as if Winsock had no ConnectEx. */
#define NET_NO_CONNECT_EX 1U

/** What is open on a loop, for net_loop_drain(). */
struct net_open {
    struct net_open *next;                 /**< In the loop's list. */
    struct net_open **before;              /**< What points here, or NULL. */
    void (*shut)(struct net_open *opened); /**< Close it. */
};

/** How many kinds of sockets a loop knows: two families, two types. */
#define NET_PROVIDERS 4

/** A loop.  The caller provides the memory. */
struct net_loop {
    struct op_port port;         /**< Where operations come back. */
    struct net_loop_options how; /**< As given. */
    volatile LONG work;          /**< Requests under way, and guards. */
    volatile LONG guards;        /**< net_loop_work_begin() less end. */
    volatile LONG threads;       /**< That run it. */
    volatile LONG stopped;       /**< net_loop_stop(), or no work. */
    volatile LONG draining;      /**< net_loop_drain(). */
    volatile LONG wake_queued;   /**< A wake-up is on its way. */
    volatile LONG late_any;      /**< There is something in late. */
    DWORD tls;                   /**< Of a thread: how it runs this loop. */
    SRWLOCK lock;                /**< Guards what follows. */
    struct net_due *due_first;   /**< What is due: a heap. */
    volatile LONG64 due_us;      /**< The first of them; INT64_MAX: none. */
    struct op *late_first;       /**< Operations that could not be posted, */
    struct op *late_last;        /**< in order. */
    struct net_open *opened;     /**< What is open. */
    uint64_t ticks_per_s;        /**< Of the clock. */
    struct op_provider providers[NET_PROVIDERS]; /**< Loaded when needed. */
    bool is_loaded[NET_PROVIDERS];               /**< Which are. */
};

/**
 * @brief Make a loop.
 *
 * @param loop     Written on success.
 * @param options  How, or NULL.
 * @return OP_OK, OP_NO_RESOURCES, or why there is no Winsock.
 * @owns{the caller, until net_loop_close()}
 */
op_status net_loop_open(struct net_loop *loop,
                        const struct net_loop_options *options);

/**
 * @brief Close a loop.
 * @param loop  Open, drained, run by no thread.
 * @threads{any, but nobody may use @p loop afterwards}
 */
void net_loop_close(struct net_loop *loop);

/**
 * @brief Call handlers until the loop is stopped or nothing is under way.
 *
 * @param loop  Open.
 * @return How many handlers were called by this thread.
 * @threads{any number at a time}
 */
size_t net_loop_run(struct net_loop *loop);

/** @brief As net_loop_run(), but one handler at most.
 *  @param loop  Open.
 *  @return 1, or 0 when the loop was stopped. */
size_t net_loop_run_one(struct net_loop *loop);

/** @brief As net_loop_run(), but no longer than so long.
 *  @param loop        Open.
 *  @param timeout_us  Microseconds.
 *  @return How many handlers were called by this thread. */
size_t net_loop_run_for(struct net_loop *loop, uint64_t timeout_us);

/** @brief As net_loop_run(), but without waiting.
 *  @param loop  Open.
 *  @return How many handlers were called by this thread. */
size_t net_loop_poll(struct net_loop *loop);

/** @brief As net_loop_poll(), but one handler at most.
 *  @param loop  Open.
 *  @return 1, or 0 when none was ready. */
size_t net_loop_poll_one(struct net_loop *loop);

/**
 * @brief Let all threads return from the loop after their present handlers.
 *
 * Nothing is lost: what is under way goes on in Windows, and handlers are
 * called by the next run after net_loop_restart().
 *
 * @param loop  Open.
 * @threads{any}
 */
void net_loop_stop(struct net_loop *loop);

/** @brief Whether the loop is stopped.
 *  @param loop  Open.
 *  @return true also when it ran out of work. */
bool net_loop_stopped(const struct net_loop *loop);

/** @brief Let a stopped loop be run again.
 *  @param loop  Open, run by no thread. */
void net_loop_restart(struct net_loop *loop);

/** @brief Keep net_loop_run() from returning although nothing is under way.
 *  @param loop  Open. */
void net_loop_work_begin(struct net_loop *loop);

/** @brief Take back one net_loop_work_begin().
 *  @param loop  Open. */
void net_loop_work_end(struct net_loop *loop);

/**
 * @brief End everything: close what is open, end timers, call all handlers.
 *
 * Handlers find OP_ABORTED in what had not finished, and requests that they
 * start are refused with it.
 *
 * @param loop  Open, run by no thread; stopped afterwards.
 * @return How many handlers were called.
 */
size_t net_loop_drain(struct net_loop *loop);

/** @brief The loop's clock.
 *  @param loop  Open.
 *  @return Microseconds; only differences mean something. */
uint64_t net_loop_now(const struct net_loop *loop);

/** @brief Whether this thread is inside a run of the loop.
 *  @param loop  Open.
 *  @return true in handlers of @p loop. */
bool net_loop_inside(const struct net_loop *loop);

/**
 * @brief Ask for the end of a request.
 *
 * Asking is all it does: the handler comes, with OP_ABORTED or with success.
 *
 * @param op  Started, its handler not called yet; or any other: nothing happens.
 * @threads{that of the object it was started on}
 */
void net_cancel(struct net_op *op);

/* ---- Posting ------------------------------------------------------------- */

/** A call of a function by the loop. */
struct net_post {
    struct net_op op;                       /**< First. */
    struct op_post inner;                   /**< For the layer. */
    void (*on_done)(struct net_post *post); /**< Set by the caller. */
};

/**
 * @brief Let the loop call a handler, soon, in one of its threads.
 *
 * @param loop  Open.
 * @param post  With on_done set; not under way.
 * @owns{the loop, until the handler is called}
 * @threads{any}
 */
void net_loop_post(struct net_loop *loop, struct net_post *post);

/** @brief As net_loop_post(); inside the loop call the handler right now.
 *  @param loop  Open.
 *  @param post  With on_done set; not under way. */
void net_loop_dispatch(struct net_loop *loop, struct net_post *post);

/* ---- Timers -------------------------------------------------------------- */

/** A timer. */
struct net_timer {
    struct net_op op;      /**< First. */
    struct op_timer inner; /**< For the layer. */
    uint64_t period_us;    /**< For the layer: again after so long. */
    bool is_queued;        /**< For the layer: inner is on its way. */
    void (*on_done)(struct net_timer *timer); /**< Set by the caller. */
};

/**
 * @brief Prepare a timer, once.
 * @param timer    Memory that nobody else uses.
 * @param loop     Open.
 * @param strand   Where its handler runs, or NULL.
 * @param on_done  Called when it is due: op.status is OP_OK; or once, when it
 *                 was cancelled: OP_ABORTED.
 */
void net_timer_init(struct net_timer *timer,
                    struct net_loop *loop,
                    struct net_strand *strand,
                    void (*on_done)(struct net_timer *timer));

/**
 * @brief Arm a timer; one that is armed is moved.
 *
 * Moving one whose time has passed, but whose handler was not called yet,
 * moves it too: the handler is called once, at the new time.
 *
 * @param timer      Prepared.
 * @param due_us     When, by net_loop_now().
 * @param period_us  And then again after each so long; 0: once.
 * @owns{the loop, until the last call of its handler}
 * @threads{one at a time for a timer; with several threads in the loop: in its
 *          strand}
 */
void net_timer_start(struct net_timer *timer,
                     uint64_t due_us,
                     uint64_t period_us);

/**
 * @brief End a timer: its handler is called once more, with OP_ABORTED.
 * @param timer  Prepared.
 * @return Whether it was armed; if not, nothing happens.
 * @threads{as net_timer_start()}
 */
bool net_timer_cancel(struct net_timer *timer);

/* ---- Strands ------------------------------------------------------------- */

/** A queue of handlers that never run at once. */
struct net_strand {
    struct net_loop *loop;  /**< Whose threads run it. */
    void *volatile arrived; /**< Newest first; or idle; or nothing. */
    struct op *ready;       /**< Oldest first, for who runs it. */
    volatile DWORD thread;  /**< Who runs it, or 0. */
    bool *ended;            /**< Told by net_strand_end(). */
};

/** @brief Prepare a strand.
 *  @param strand  Memory that nobody else uses.
 *  @param loop    Open. */
void net_strand_init(struct net_strand *strand, struct net_loop *loop);

/**
 * @brief Let a handler run in a strand, after those that are there.
 * @param strand  Prepared.
 * @param post    With on_done set; not under way.
 * @owns{the strand, until the handler is called}
 * @threads{any}
 */
void net_strand_post(struct net_strand *strand, struct net_post *post);

/** @brief As net_strand_post(); inside the strand call it right now.
 *  @param strand  Prepared.
 *  @param post    With on_done set; not under way. */
void net_strand_dispatch(struct net_strand *strand, struct net_post *post);

/** @brief Whether this thread runs a handler of the strand.
 *  @param strand  Prepared.
 *  @return Whether it does. */
bool net_strand_inside(const struct net_strand *strand);

/** @brief In its last handler: the strand's memory may be freed from here on.
 *  @param strand  This thread runs it, and nothing else is to run in it. */
void net_strand_end(struct net_strand *strand);

/** @} */

#endif
