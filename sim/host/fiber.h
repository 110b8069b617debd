/**
 * @file fiber.h
 * @brief The part of a fiber that depends on the processor.
 *
 * A fiber needs two things that C cannot say: leave one stack for another,
 * and lay out a fresh stack so that the first switch to it calls a function.
 * The assembly files and fiber_ucontext.c each provide both; fiber.c is what
 * is left.
 *
 * Uses:     host.h.
 * Used by:  fiber.c, fiber_ucontext.c, fiber_windows.c, guard_windows.c.
 * Facts:    none.
 * Read next: fiber.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_FIBER_H
#define SIM_FIBER_H

#include "host.h"

/* How far from the end of its memory the next stack to be made starts. */
size_t sim__fiber_next_colour_bytes(void);

#if !defined(_WIN32)

/* Bytes of the guard below each stack.  More than one page, because a function
 * with a large array may step over a page without touching it. */
#    define SIM__FIBER_GUARD_BYTES ((size_t)65536)

#    if !SIM_FIBER_INLINE
/* Store in *save where the running stack continues, and continue at load. */
void sim__fiber_jump(void **save, void *load);
#    endif

#    if SIM_FIBER_ASSEMBLY

/* Where a fresh fiber wakes up: calls the entry that it finds in a register,
 * and ends the backtrace of debuggers. */
void sim__fiber_start(void);

/* Exactly what sim__fiber_jump pops.  Registers without a name here may hold
 * anything when an entry starts. */
struct sim__fiber_frame {
#        if defined(__x86_64__)
    uint64_t r15_to_r12[4];
    sim__fiber_entry *rbx;
    uint64_t rbp;
    void (*return_address)(void);
    uint64_t top[2]; /* Not popped; keeps the stack aligned to 16. */
#        else
    sim__fiber_entry *x19;
    uint64_t x20_to_x28[9];
    uint64_t x29;
    void (*x30)(void);
    uint64_t d8_to_d15[8];
#        endif
};

/* No room at the end of a stack is needed. */
#        define SIM__FIBER_HEAD_BYTES ((size_t)0)

/* Returns what to pass to sim__fiber_jump. */
static inline void *sim__fiber_arm(const struct sim__fiber *fiber,
                                   sim__fiber_entry *entry)
{
    void *top = fiber->stack_low + fiber->stack_bytes; /* 64 divides it. */
    struct sim__fiber_frame *frame = (struct sim__fiber_frame *)top - 1;

#        if defined(__x86_64__)
    frame->rbx = entry;
    frame->rbp = 0; /* Ends the chain of frame pointers. */
    frame->return_address = sim__fiber_start;
#        else
    frame->x19 = entry;
    frame->x29 = 0;
    frame->x30 = sim__fiber_start;
#        endif
    return frame;
}

#    else

/* A ucontext_t fits on every system we know of; fiber_ucontext.c asserts it. */
#        define SIM__FIBER_HEAD_BYTES ((size_t)8192)

void *sim__fiber_arm(const struct sim__fiber *fiber, sim__fiber_entry *entry);

#    endif

#else

/* The running fiber's stack has overflowed.  Returns where its base frame
 * lies, below which there is room again; NULL for an adopted fiber. */
char *sim__fiber_overflowed(void);

#endif
#endif
