/**
 * @file net_private.h
 * @brief Layer 2: what its files share.
 *
 * Every request lives the same life.  It is made of one operation of layer 1
 * that is submitted once or several times; each time it comes back, through
 * the port or at once, the loop calls the request's step, in the request's
 * strand; and the step submits again or finishes.  So a handler never runs
 * inside the call that started its request, and a step is written once for
 * all the ways in which an operation comes back.
 *
 * Uses:     net_loop.h.
 * Used by:  every file of this layer.
 * Facts:    none.
 * Read next: net_loop.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_PRIVATE_H
#define NET_PRIVATE_H

#include "net_loop.h"

/** The struct that a member lies in. */
#define NET__OF(pointer, type, member) \
    ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

/* ---- The life of a request (net_op.c) ------------------------------------- */

/** What a request is begun with. */
struct net__begin {
    struct net_loop *loop;
    struct net_strand *strand;
    struct op *inner;                   /**< Its operation, OP_INIT() done with
                                         * net__arrived and the request. */
    void (*step)(struct net_op *op);    /**< Called when inner is back. */
    void (*handler)(struct net_op *op); /**< Calls the caller's. */
    void (*ask)(struct net_op *op);     /**< See net_op.ask; or NULL. */
};

/**
 * @brief Begin a request: it counts as work, and its deadline is armed.
 *
 * Keeps what the caller has set: context and deadline_us.
 */
void net__op_begin(struct net_op *op, const struct net__begin *how);

/** @brief Submit the request's operation.  Its step follows in any case,
 *         later.  The request must not be touched afterwards. */
void net__op_submit(struct net_op *op, struct op_handle *handle);

/** @brief Submit in a step.
 *  @return true when it is back already, and the step may look at it at once;
 *          false when the step follows later: return. */
bool net__op_resubmit(struct net_op *op, struct op_handle *handle);

/** @brief Let the step follow without the kernel's help, with a result. */
void net__op_skip(struct net_op *op, op_status status);

/** @brief End a request, in its step: calls the handler.  OP_ABORTED becomes
 *         OP_TIMEOUT where the deadline asked; op->error is inner's.  The
 *         request may be gone afterwards. */
void net__op_finish(struct net_op *op, op_status status, size_t bytes);

/** @brief Whether the request was asked to end. */
bool net__op_is_asked(const struct net_op *op);

/** @brief The on_done of every inner operation; its context: the net_op. */
void net__arrived(struct op *op);

/* ---- How a thread runs a loop (net_ready.c) -------------------------------- */

/** A thread in net_loop_run().  It lies on that thread's stack. */
struct net__run {
    struct net_loop *loop;
    struct net__run *outer; /* The same thread's, further out. */
    struct op *ready_first; /* Operations that are back already, */
    struct op *ready_last;  /* in order. */
    struct op *jumper;      /* The first of these, if it jumped the queue. */
    bool is_jumping;        /* Its turn is now: nobody jumps twice in a row. */
    size_t call_count;      /* Handlers called. */
    LONG released;          /* Units of work to give back. */
    bool has_spare;         /* The handler's unit is there to be taken over. */
    bool has_woken;         /* It took a wake-up. */
};

/** @brief Enter a loop. */
void net__run_begin(struct net__run *run, struct net_loop *loop);

/** @brief Leave it.  What is ready is left to others.
 *  @return Whether others must be woken. */
bool net__run_end(struct net__run *run);

/** @brief Call op->on_done, or keep op for later, when enough handlers were
 *         called or the loop was stopped. */
void net__run_op(struct net__run *run, struct op *op, size_t call_max);

/** @brief Call what is ready, but not for ever. */
void net__run_ready(struct net__run *run, size_t call_max);

/** @brief Take over what others could not post. */
void net__run_late(struct net__run *run);

/** @brief What is due: deadlines ask, timers become ready (net_timer.c). */
void net__run_due(struct net__run *run);

/** @brief The present thread's run of a loop, or NULL. */
struct net__run *net__run_here(const struct net_loop *loop);

/** @brief Add to what is ready. */
void net__run_add(struct net__run *run, struct op *op);

/** @brief Let the loop call op->on_done, soon, without touching its result.
 *         op is the application's. */
void net__ready(struct net_loop *loop, struct op *op);

/** @brief As net__ready(), but before all others.  For a read: its answer goes
 *         out earlier, and when this thread waits again more has arrived.  One
 *         that found its data costs Windows less than one that pends. */
void net__ready_next(struct net_loop *loop, struct op *op);

/** @brief The same by the port, for any thread of the loop; op's result is
 *         lost. */
void net__post(struct net_loop *loop, struct op *op);

/** @brief One unit of work more. */
void net__work_add(struct net_loop *loop);

/** @brief Give back units of work; without any the loop stops. */
void net__work_give(struct net_loop *loop, LONG count);

/** @brief Call a request's handler.
 *  @param last  It ends its unit of work, which the first request that the
 *               handler starts takes over. */
void net__call(struct net_op *op, bool last);

/* ---- Loop (net_loop.c) ---------------------------------------------------- */

/** @brief Let a thread that waits look around again. */
void net__wake(struct net_loop *loop);

/** @brief The same because something is due earlier than all before. */
void net__wake_earlier(struct net_loop *loop);

/* ---- What is open (net_open.c) --------------------------------------------- */

/** @brief Enter what is open into the loop's list. */
void net__open_add(struct net_loop *loop,
                   struct net_open *opened,
                   void (*shut)(struct net_open *opened));

/** @brief Take it out again; nothing if it is not there. */
void net__open_remove(struct net_loop *loop, struct net_open *opened);

/** @brief What the provider of a kind of socket can do, loaded once.
 *  @param socket        Any of that family and type.
 *  @param provider_out  Written on success; the loop's. */
op_status net__provider(struct net_loop *loop,
                        SOCKET socket,
                        int family,
                        int type,
                        const struct op_provider **provider_out);

/* ---- What is due (net_due.c); under the loop's lock ------------------------ */

/** @brief Arm, or move.  @return true when it became the first. */
bool net__due_add(struct net_loop *loop, struct net_due *due, uint64_t due_us);

/** @brief Disarm; nothing if it is not armed. */
void net__due_remove(struct net_loop *loop, struct net_due *due);

/** @brief Take out the first if its time has come.  @return It, or NULL. */
struct net_due *net__due_take(struct net_loop *loop, uint64_t now_us);

/* ---- Timers (net_timer.c) -------------------------------------------------- */

/** @brief End all timers, for net_loop_drain(). */
void net__timers_end(struct net_loop *loop);

/* ---- Strands (net_strand.c) ------------------------------------------------ */

/** @brief Call the step of op's request in a strand: now, if nobody runs it,
 *         or when its turn comes.  For loop threads, outside of handlers. */
void net__strand_run(struct net_strand *strand, struct op *op);

/** @brief The same for any thread, later. */
void net__strand_ready(struct net_strand *strand, struct op *op);

/* ---- Text (net_wide.c) ------------------------------------------------------ */

/**
 * @brief Write a text in UTF-8 as Windows' own names are written.
 * @param wide_out  Room for @p wide_max units, the end included.
 * @return false: it is not UTF-8, or too long.
 */
bool net__wide(const char *text, WCHAR *wide_out, size_t wide_max);

#endif
