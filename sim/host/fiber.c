/**
 * @file fiber.c
 * @brief Stacks that can be left and entered again, where we own the switch.
 *
 * Simulated threads are fibers: one thread of the host runs them all, one at
 * a time, so the simulator alone decides who goes next.  A run can be
 * abandoned with fibers anywhere in the middle, and the next run uses their
 * stacks again.  Three kinds of tools watch stacks and have to be told about
 * all of this: AddressSanitizer, Valgrind and (in the assembly) debuggers.
 *
 * Windows has fibers of its own and is served by fiber_windows.c.
 *
 * Uses:     host.h, fiber.h, guard.h.
 * Used by:  whoever includes host.h.
 * Facts:    none.
 * Read next: fiber_x86_64.S.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fiber.h"

struct sim__fiber *sim__fiber_now;

/*
 * A cache finds a line by its address modulo 4096 (64 sets of 64 bytes), and
 * has room for about eight lines that agree in that.  So stacks that all
 * start on a page boundary would push each other out of the cache.  39 is odd,
 * so all 64 multiples of 64 are used, and about 64 divided by the golden
 * ratio, so the first few are far apart.
 */
size_t sim__fiber_next_colour_bytes(void)
{
    static unsigned count;

    return (size_t)(count++ * 39 % 64) * 64;
}

#if !defined(_WIN32)

#    include "guard.h"

#    if SIM_ASAN
#        include <sanitizer/asan_interface.h>
#        include <sanitizer/common_interface_defs.h>
#        include <sanitizer/lsan_interface.h>
#    endif

#    if SIM_VALGRIND
#        include <valgrind/memcheck.h>
#    endif

static void tools_created(struct sim__fiber *fiber);
static void tools_prepared(struct sim__fiber *fiber);
static void tools_destroyed(struct sim__fiber *fiber);

#    if !SIM_FIBER_INLINE
static void fiber_first(void);
static void switch_announce(struct sim__fiber *from, struct sim__fiber *to);
static void switch_arrived(struct sim__fiber *fiber);
#    endif

/* ---- What host.h promises ---------------------------------------------- */

void sim__fiber_adopt(struct sim__fiber *fiber)
{
    *fiber = (struct sim__fiber){0};
    sim__fiber_now = fiber;
}

/*
 * The mapping, low addresses first: guard, stack, what the colour takes off
 * the stack's start, room for a ucontext_t.
 */
bool sim__fiber_create(struct sim__fiber *fiber, size_t stack_bytes)
{
    size_t page_bytes = sim__host_page_bytes();
    size_t extra_bytes = page_bytes + SIM__FIBER_HEAD_BYTES;
    size_t usable_bytes;
    char *mapping;

    *fiber = (struct sim__fiber){0};
    if (stack_bytes > SIZE_MAX / 2) {
        return false;
    }
    usable_bytes = (stack_bytes + page_bytes - 1) / page_bytes * page_bytes;
    usable_bytes += extra_bytes;
    mapping = sim__host_reserve(SIM__FIBER_GUARD_BYTES + usable_bytes);
    if (!mapping) {
        return false;
    }
    fiber->platform = mapping;
    fiber->platform_bytes = SIM__FIBER_GUARD_BYTES + usable_bytes;
    fiber->stack_low = mapping + SIM__FIBER_GUARD_BYTES;
    if (!sim__host_commit(fiber->stack_low, usable_bytes)) {
        sim__host_release(mapping, fiber->platform_bytes);
        *fiber = (struct sim__fiber){0};
        return false;
    }
    fiber->colour_bytes = sim__fiber_next_colour_bytes();
    fiber->stack_bytes =
        usable_bytes - SIM__FIBER_HEAD_BYTES - fiber->colour_bytes;
    tools_created(fiber);
    return true;
}

void sim__fiber_prepare(struct sim__fiber *fiber, sim__fiber_entry *entry)
{
    SIM__HOST_CHECK(fiber->platform && fiber != sim__fiber_now);
    fiber->entry = entry;
    tools_prepared(fiber);
#    if SIM_FIBER_INLINE
    fiber->sp = sim__fiber_arm(fiber, entry);
#    else
    fiber->sp = sim__fiber_arm(fiber, fiber_first);
#    endif
}

void sim__fiber_destroy(struct sim__fiber *fiber)
{
    if (fiber->platform) {
        SIM__HOST_CHECK(fiber != sim__fiber_now);
        tools_destroyed(fiber);
        sim__host_release(fiber->platform, fiber->platform_bytes);
    }
    *fiber = (struct sim__fiber){0};
}

/* ---- The switch, where it is not inline -------------------------------- */

#    if !SIM_FIBER_INLINE

/* Whoever switches away; read on the stack that it switches to. */
static struct sim__fiber *switch_from;

void sim__fiber_switch(struct sim__fiber *from, struct sim__fiber *to)
{
    switch_announce(from, to);
    sim__fiber_now = to;
    sim__fiber_jump(&from->sp, to->sp);
    switch_arrived(from);
}

/* The first code on a fresh stack. */
static void fiber_first(void)
{
    switch_arrived(sim__fiber_now);
    sim__fiber_now->entry();
    sim__host_die("an entry never returns", __FILE__, __LINE__);
}

static void switch_announce(struct sim__fiber *from, struct sim__fiber *to)
{
    switch_from = from;
#        if SIM_ASAN
    __sanitizer_start_switch_fiber(&from->asan_fake_stack,
                                   to->stack_low,
                                   to->stack_bytes);
#        else
    (void)to;
#        endif
}

static void switch_arrived(struct sim__fiber *fiber)
{
#        if SIM_ASAN
    static const void *adopted_low;
    const void *from_low;
    size_t from_bytes;

    __sanitizer_finish_switch_fiber(fiber->asan_fake_stack,
                                    &from_low,
                                    &from_bytes);
    if (!switch_from->platform) {
        /* Nobody else knows where the stack of an adopted fiber lies, and
         * the way back to it must tell. */
        switch_from->stack_low = (char *)from_low;
        switch_from->stack_bytes = from_bytes;
        if (from_low != adopted_low) {
            /* What it points at is no leak if the process exits while
             * another stack is in use. */
            adopted_low = from_low;
            __lsan_register_root_region(from_low, from_bytes);
        }
    }
#        else
    (void)fiber;
#        endif
}

#    endif

/* ---- What the tools are told ------------------------------------------- */

#    if SIM_VALGRIND
/* Asked once: a question to Valgrind costs more than a whole prepare. */
static bool under_valgrind;
#    endif

static void tools_created(struct sim__fiber *fiber)
{
#    if SIM_VALGRIND
    char *end = fiber->stack_low + fiber->stack_bytes;

    under_valgrind = RUNNING_ON_VALGRIND != 0;
    fiber->valgrind_id = VALGRIND_STACK_REGISTER(fiber->stack_low, end - 1);
#    endif
    (void)fiber;
}

/* The frames of an abandoned run are still marked: forbidden gaps between
 * variables for AddressSanitizer, set values for Valgrind. */
static void tools_prepared(struct sim__fiber *fiber)
{
#    if SIM_VALGRIND
    if (SIM_UNLIKELY(under_valgrind)) {
        VALGRIND_MAKE_MEM_UNDEFINED(fiber->stack_low, fiber->stack_bytes);
    }
#    endif
#    if SIM_ASAN
    __asan_unpoison_memory_region(fiber->stack_low, fiber->stack_bytes);
    fiber->asan_fake_stack = NULL;
#    endif
    (void)fiber;
}

static void tools_destroyed(struct sim__fiber *fiber)
{
#    if SIM_VALGRIND
    VALGRIND_STACK_DEREGISTER(fiber->valgrind_id);
#    endif
#    if SIM_ASAN
    /* Somebody else gets these addresses next. */
    __asan_unpoison_memory_region(fiber->stack_low, fiber->stack_bytes);
#    endif
    (void)fiber;
}

#endif
