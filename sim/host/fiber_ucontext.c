/**
 * @file fiber_ucontext.c
 * @brief Leave one stack for another, by the C library.
 *
 * POSIX had calls for this until 2008, and most systems still have them.
 * They serve processors for which we have no assembly, and anybody who wants
 * to compare: they keep the signal mask too, by a system call, and take
 * twenty times as long.  -DSIM_FIBER_UCONTEXT selects them anywhere.
 *
 * Uses:     fiber.h, guard.h.
 * Used by:  fiber.c.
 * Facts:    none.
 * Read next: fiber_windows.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if !defined(_WIN32)
#    define _XOPEN_SOURCE    700 /* Apple hides the calls without it. */
#    define _DARWIN_C_SOURCE 1
#    define _DEFAULT_SOURCE  1

#    include "fiber.h"
#endif

#if !defined(_WIN32) && !SIM_FIBER_ASSEMBLY

#    include "guard.h"

#    include <assert.h>
#    include <ucontext.h>

/* The context of a fresh fiber lies above its stack; that of one that ran is
 * a local variable of the switch that left it. */
static_assert(sizeof(ucontext_t) <= SIM__FIBER_HEAD_BYTES, "room in the head");

void *sim__fiber_arm(const struct sim__fiber *fiber, sim__fiber_entry *entry)
{
    void *top = fiber->stack_low + fiber->stack_bytes;
    ucontext_t *context = top;

    SIM__HOST_CHECK(getcontext(context) == 0);
    context->uc_stack.ss_sp = fiber->stack_low;
    context->uc_stack.ss_size = fiber->stack_bytes;
    context->uc_link = NULL;
    makecontext(context, entry, 0);
    return context;
}

void sim__fiber_jump(void **save, void *load)
{
    ucontext_t here;

    /* It is read only while this frame exists. */
    /* cppcheck-suppress autoVariables */
    *save = &here;
    SIM__HOST_CHECK(swapcontext(&here, load) == 0);
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__fiber_ucontext_unused;
#endif
