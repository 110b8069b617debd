/**
 * @file frame.c
 * @brief Rules about memory on stacks.
 *
 * A function that returns leaves its variables behind, and the next call uses
 * their place.  Where the frames of a thread end is noted at each call that it
 * makes; a lent address below that belongs to a function that has returned.
 * Where exactly frames end depends on the compiler, so under one compiler a
 * broken program may be stopped later than under another.  A program that
 * keeps the rule is never stopped.
 *
 * Uses:     operation.h, thread.h.
 * Used by:  operation.c, schedule.c, thread.c.
 * Facts:    OVL-27, THREAD-01.
 * Read next: freed.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operation.h"

/** @brief Whether a request's own thread blocks until it ends: then its part
 *  of the stack is safe, and the simulator's own variables are lent, too. */
static bool is_safe(const struct lent *lent, const struct thread *thread)
{
    const struct irp *irp = lent->op->irp;

    return irp->waiting != NULL && irp->thread == thread;
}

static enum rule rule_of(const struct lent *lent)
{
    if (lent->use == LENT_BLOCK) {
        return RULE_overlapped_gone;
    }
    return lent->use == LENT_RESULT ? RULE_result_gone : RULE_buffer_gone;
}

SIM_NORETURN static void stop(const struct lent *lent, const char *format)
{
    char words[WORDS_BYTES];

    sim__show_both(lent->op, "noticed");
    sim__rule_break(rule_of(lent),
                    format,
                    lent->name,
                    sim__watched_words(lent->op, words));
}

void sim__frame_check(const struct lent *lent)
{
    struct stack_place place = sim__stack_at((const void *)lent->start);

    if (!place.is_stack || !sim__rule_on(rule_of(lent))) {
        return;
    }
    if (place.thread == NULL) {
        stop(lent, "%s of %s lies on the stack of a thread that has ended");
    } else if (lent->start < (uintptr_t)place.thread->frame &&
               !is_safe(lent, place.thread)) {
        stop(lent,
             "%s of %s lies on the stack, in a function that has returned");
    }
}

void sim__frame_lent(const struct lent *lent)
{
    struct thread *thread = sim__stack_at((const void *)lent->start).thread;

    sim__frame_check(lent);
    if (thread != NULL && !is_safe(lent, thread) &&
        (thread->lent_low == 0 || lent->start < thread->lent_low)) {
        thread->lent_low = lent->start;
    }
}

/** @brief Check everything lent on one stack below an address. */
static void check_below(const struct thread *thread, uintptr_t end)
{
    uintptr_t low = (uintptr_t)thread->fiber->stack_low;
    const struct lent_query query = {
        .start = low,
        .bytes = end - low,
        .uses = LENT_ANY,
    };
    struct lent *lent = sim__lent_find(&query);

    if (lent != NULL) {
        sim__frame_check(lent);
    }
}

void sim__watch_frames(struct thread *thread)
{
    uintptr_t frame = (uintptr_t)thread->frame;
    const struct sim__fiber *fiber = thread->fiber;

    if (thread->lent_low >= frame) {
        return; /* All of it belongs to functions that run. */
    }
    check_below(thread, frame);
    /* Whatever lay so low was given back: look where the lowest is now. */
    thread->lent_low =
        sim__lent_lowest((uintptr_t)fiber->stack_low, fiber->stack_bytes);
    if (thread->lent_low != 0 && thread->lent_low < frame) {
        thread->lent_low = frame; /* What may stay below was looked at. */
    }
}

void sim__watch_stack_end(const struct thread *thread)
{
    const struct lent_query query = {
        .start = (uintptr_t)thread->fiber->stack_low,
        .bytes = thread->fiber->stack_bytes,
        .uses = LENT_ANY,
    };
    const struct lent *lent = sim__lent_find(&query);

    /* FACT OVL-27 also after thread exit the kernel writes, and FACT THREAD-01
     * where it cancels instead, the end of the operation is written too. */
    if (lent != NULL && !is_safe(lent, thread) && sim__rule_on(rule_of(lent))) {
        stop(lent,
             "%s of %s lies on the stack of a thread that ends before the "
             "operation does");
    }
}
