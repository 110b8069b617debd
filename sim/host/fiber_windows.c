/**
 * @file fiber_windows.c
 * @brief Fibers where the host is Windows: its own.
 *
 * Windows keeps the limits of the running stack in a place of its own, grows
 * stacks behind guard pages and unwinds them; switching stacks under its feet
 * would break all three.  So we use its fibers.  They cannot be started a
 * second time, and runs are abandoned anywhere.  The way out: a fiber's base
 * frame is a loop around a setjmp.  Who is resumed to be restarted throws
 * away, on its own stack, whatever lies above that frame and takes the next
 * entry.
 *
 * Uses:     host.h, fiber.h, guard.h, heart_windows.h.
 * Used by:  whoever includes host.h.
 * Facts:    none.
 * Read next: backtrace_posix.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)
#    include "real_windows.h" /* First: it chooses the version of windows.h. */

#    include "fiber.h"
#    include "guard.h"
#    include "heart_windows.h"

#    include <malloc.h>
#    include <setjmp.h>

#    if defined(__GNUC__) && !defined(__clang__)
/* gcc 12 takes GetCurrentFiber's address relative to gs for a null pointer. */
#        pragma GCC diagnostic ignored "-Warray-bounds"
#    endif

/* Stack kept back by Windows to tell us about a stack overflow. */
#    define OVERFLOW_BYTES 32768
/* Our own frames at the base, and the colour. */
#    define BASE_BYTES     8192

/* The Windows fiber of the adopted stack. */
static void *adopted_platform;

static void *fiber_make(struct sim__fiber *fiber);
static void fiber_renew(struct sim__fiber *fiber);
static void WINAPI fiber_main(void *argument);
SIM_NORETURN static void fiber_loop(struct sim__fiber *fiber);

void sim__fiber_adopt(struct sim__fiber *fiber)
{
    *fiber = (struct sim__fiber){0};
    /* A thread that its owner made a fiber already stays that fiber. */
    adopted_platform =
        IsThreadAFiber() ? GetCurrentFiber() : ConvertThreadToFiberEx(NULL, 0);
    SIM__HOST_CHECK(adopted_platform);
    sim__fiber_now = fiber;
}

bool sim__fiber_create(struct sim__fiber *fiber, size_t stack_bytes)
{
    *fiber = (struct sim__fiber){0};
    if (stack_bytes > SIZE_MAX / 2) {
        return false;
    }
    fiber->stack_bytes = stack_bytes;
    fiber->colour_bytes = sim__fiber_next_colour_bytes();
    fiber->platform = fiber_make(fiber);
    return fiber->platform != NULL;
}

void sim__fiber_prepare(struct sim__fiber *fiber, sim__fiber_entry *entry)
{
    SIM__HOST_CHECK(fiber->platform && fiber != sim__fiber_now);
    fiber->entry = entry;
    if (SIM_UNLIKELY(fiber->worn_out)) {
        fiber_renew(fiber);
    }
    /* One that never ran is at its base anyway. */
    fiber->rewind = fiber->sp != NULL;
}

void sim__fiber_switch(struct sim__fiber *from, struct sim__fiber *to)
{
    (void)from;
    if (SIM_UNLIKELY(sim__heart_is_due)) {
        sim__heart_tick();
    }
    sim__fiber_now = to;
    SwitchToFiber(to->platform ? to->platform : adopted_platform);
    /* Windows knows better than from who continues here: a callback may have
     * abandoned this fiber in the name of another. */
    if (GetCurrentFiber() != adopted_platform) {
        const struct sim__fiber *self = GetFiberData();

        if (SIM_UNLIKELY(self->rewind)) {
            longjmp(*(jmp_buf *)self->sp, 1);
        }
    }
}

void sim__fiber_destroy(struct sim__fiber *fiber)
{
    if (fiber->platform) {
        SIM__HOST_CHECK(fiber != sim__fiber_now);
        DeleteFiber(fiber->platform);
    }
    *fiber = (struct sim__fiber){0};
}

char *sim__fiber_overflowed(void)
{
    struct sim__fiber *self;

    if (!IsThreadAFiber() || GetCurrentFiber() == adopted_platform) {
        return NULL;
    }
    self = GetFiberData();
    self->worn_out = true;
    return self->sp;
}

/* Windows adds the guard page.  Without the flag for floating point it leaves
 * rounding modes alone, as our assembly does. */
static void *fiber_make(struct sim__fiber *fiber)
{
    size_t bytes = fiber->stack_bytes + OVERFLOW_BYTES + BASE_BYTES;

    return CreateFiberEx(0, bytes, 0, fiber_main, fiber);
}

/*
 * Windows reports the overflow of a stack once; for the next there is no
 * guard page.  _resetstkoflw would put one back, but not where it was: after
 * it every new page of the stack costs a fault (and Wine 8.0 loses its way in
 * some of them).  A new fiber has everything in place.  When there is no
 * memory for one, the old one does, except that a second overflow is fatal.
 */
static void fiber_renew(struct sim__fiber *fiber)
{
    void *fresh = fiber_make(fiber);

    fiber->worn_out = false;
    if (fresh) {
        DeleteFiber(fiber->platform);
        fiber->platform = fresh;
        fiber->sp = NULL;
    }
}

static void WINAPI fiber_main(void *argument)
{
    struct sim__fiber *fiber = argument;
    ULONG overflow_bytes = OVERFLOW_BYTES;
    volatile char *colour = _alloca(fiber->colour_bytes + 1);

    colour[0] = 0;
    SetThreadStackGuarantee(&overflow_bytes);
    fiber_loop(fiber);
}

/* A loop without a loop statement: longjmp comes back to the setjmp. */
SIM_NOINLINE static void fiber_loop(struct sim__fiber *fiber)
{
    jmp_buf base;

    /* What Windows keeps below that is for its own use. */
    fiber->stack_low = (char *)((const NT_TIB *)NtCurrentTeb())->StackBase -
                       fiber->stack_bytes;
    /* This frame stays for as long as the Windows fiber. */
    /* cppcheck-suppress autoVariables */
    fiber->sp = &base;
    (void)setjmp(base);
    /* With a frame in the buffer, longjmp unwinds frame by frame and calls
     * handlers on the way.  There is nothing to unwind: this run is over. */
    ((_JUMP_BUFFER *)(void *)&base)->Frame = 0;
    fiber->rewind = false;
    fiber->entry();
    sim__host_die("an entry never returns", __FILE__, __LINE__);
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__fiber_windows_unused;
#endif
