/**
 * @file call_stack.h
 * @brief Who called whom when memory was lent, taken or freed.
 *
 * "It was freed" helps less than "it was freed by close_connection".  Walking
 * a stack is slow, so it is done only in the run that is repeated for the
 * report: the choices are the same, so the stacks are those of the run that
 * failed.  They hold addresses, and so they never reach a trace or a sentence.
 *
 * Uses:     world.h.
 * Used by:  rules about memory, explore.c.
 * Facts:    none.
 * Read next: call_stack.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_CALL_STACK_H
#define SIM_CALL_STACK_H

#include "../kernel/world.h"

enum { CALL_STACK_MAX = 24 };

/** The calls of one thread at one moment, innermost first. */
struct call_stack {
    uint32_t thread;
    uint32_t count;
    void *at[CALL_STACK_MAX]; /**< Return addresses. */
};

/** @brief The running thread's stack, or NULL in a run without a report. */
struct call_stack *sim__call_stack_take(void);

/** @brief Show a stack in the report; NULL shows nothing.
 *  @param title  Static text, such as "started". */
void sim__call_stack_show(const char *title, const struct call_stack *stack);

/** @brief Show the running thread's stack in the report. */
void sim__call_stack_show_own(const char *title);

/** @brief Forget what is to be shown; each run begins with it. */
void sim__call_stacks_begin(void);

/** @brief What is to be shown, one line each, or "".  To be called outside a
 *  run; valid until the next call. */
const char *sim__call_stacks_text(void);

#endif
