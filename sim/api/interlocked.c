/**
 * @file interlocked.c
 * @brief Interlocked functions and their relatives.
 *
 * All simulated threads share one real thread, so an atomic operation is an
 * ordinary one between two choice points.  Those points are all there is to
 * it: they are where another thread can come in between.
 *
 * Memory is sequentially consistent here.  On x86-64 that is what Interlocked
 * functions give; weaker orders of plain accesses are not simulated.
 *
 * Uses:     schedule.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: clock.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"

/** What the trace says for values that may be addresses. */
enum { VALUE_HIDDEN = 65536 };

static SIM_NORETURN SIM_COLD void stop_misaligned(const char *call)
{
    sim__stop(SIM_CONTRACT,
              "%s was called for a variable that is not aligned to its own "
              "size: the operation would not be atomic, so do not pack the "
              "structure it is in",
              call);
}

static inline void check_aligned(const volatile void *variable,
                                 size_t bytes,
                                 const char *call)
{
    if (SIM_UNLIKELY(((uintptr_t)variable & (bytes - 1)) != 0)) {
        stop_misaligned(call);
    }
}

/** @brief A value as the trace shows it: 64 bits can hold an address, which
 *  differs from run to run and is never below 65,536. */
static inline int64_t shown_long64(LONG64 value)
{
    return value < VALUE_HIDDEN && value >= -VALUE_HIDDEN ? value
                                                          : VALUE_HIDDEN;
}

static inline int64_t shown_long(LONG value)
{
    return value;
}

/** @brief Of a pointer, whether there is one. */
static inline int64_t shown_pointer(const void *value)
{
    return value != NULL;
}

/* Sums wrap around, as on Windows; only unsigned ones may in C. */
static inline LONG sum_long(LONG one, LONG two)
{
    return (LONG)((ULONG)one + (ULONG)two);
}

static inline LONG64 sum_long64(LONG64 one, LONG64 two)
{
    return (LONG64)((ULONG64)one + (ULONG64)two);
}

/* A type cannot stand in parentheses.
 * NOLINTBEGIN(bugprone-macro-parentheses) */

/* Stop, read, write, stop.  `changed` is the new value, made of `before`. */
#define ATOMIC_BODY(type, shown, name, target, changed) \
    type before;                                        \
    type after;                                         \
                                                        \
    check_aligned(target, sizeof before, name);         \
    sim__before();                                      \
    before = *(target);                                 \
    after = (changed);                                  \
    *(target) = after;                                  \
    trace_atomic(name, shown(before), shown(after));    \
    sim__after();

/* Count by one: the answer is the new value. */
#define ATOMIC_COUNT(type, shown, name, changed)         \
    type WINAPI name(type volatile *addend)              \
    {                                                    \
        ATOMIC_BODY(type, shown, #name, addend, changed) \
        return after;                                    \
    }

/* Combine with a value: the answer is the old one. */
#define ATOMIC_VALUE(type, shown, name, changed)         \
    type WINAPI name(type volatile *target, type value)  \
    {                                                    \
        ATOMIC_BODY(type, shown, #name, target, changed) \
        return before;                                   \
    }

/* Add a value: the answer is the old one. */
#define ATOMIC_ADD(type, shown, name, increment, sum)                     \
    type WINAPI name(type volatile *addend, type value)                   \
    {                                                                     \
        ATOMIC_BODY(type,                                                 \
                    shown,                                                \
                    sim__whole_program &&value == 1 ? #increment : #name, \
                    addend,                                               \
                    sum(before, value))                                   \
        return before;                                                    \
    }

/* Exchange if the old value is the comparand. */
#define ATOMIC_COMPARE(type, shown, name)                                  \
    type WINAPI name(type volatile *target, type exchange, type comparand) \
    {                                                                      \
        ATOMIC_BODY(type,                                                  \
                    shown,                                                 \
                    #name,                                                 \
                    target,                                                \
                    before == comparand ? exchange : before)               \
        return before;                                                     \
    }

/* A load, and a store that gives no answer. */
#define ATOMIC_READ(type, shown, name)                   \
    type WINAPI name(type const volatile *source)        \
    {                                                    \
        type value;                                      \
                                                         \
        check_aligned(source, sizeof value, #name);      \
        sim__before();                                   \
        value = *source;                                 \
        trace_atomic(#name, shown(value), shown(value)); \
        sim__after();                                    \
        return value;                                    \
    }

#define ATOMIC_WRITE(type, shown, name)                    \
    void WINAPI name(type volatile *target, type value)    \
    {                                                      \
        check_aligned(target, sizeof value, #name);        \
        sim__before();                                     \
        trace_atomic(#name, shown(*target), shown(value)); \
        *target = value;                                   \
        sim__after();                                      \
    }

/* NOLINTEND(bugprone-macro-parentheses) */

ATOMIC_COUNT(LONG, shown_long, InterlockedIncrement, sum_long(before, 1))
ATOMIC_COUNT(LONG, shown_long, InterlockedDecrement, sum_long(before, -1))
ATOMIC_VALUE(LONG, shown_long, InterlockedExchange, value)
ATOMIC_ADD(LONG,
           shown_long,
           InterlockedExchangeAdd,
           InterlockedIncrement,
           sum_long)
ATOMIC_VALUE(LONG, shown_long, InterlockedAnd, (before & value))
ATOMIC_VALUE(LONG, shown_long, InterlockedOr, (before | value))
ATOMIC_VALUE(LONG, shown_long, InterlockedXor, (before ^ value))
ATOMIC_COMPARE(LONG, shown_long, InterlockedCompareExchange)
ATOMIC_READ(LONG, shown_long, ReadAcquire)
ATOMIC_WRITE(LONG, shown_long, WriteRelease)

ATOMIC_COUNT(LONG64,
             shown_long64,
             InterlockedIncrement64,
             sum_long64(before, 1))
ATOMIC_COUNT(LONG64,
             shown_long64,
             InterlockedDecrement64,
             sum_long64(before, -1))
ATOMIC_VALUE(LONG64, shown_long64, InterlockedExchange64, value)
ATOMIC_ADD(LONG64,
           shown_long64,
           InterlockedExchangeAdd64,
           InterlockedIncrement64,
           sum_long64)
ATOMIC_VALUE(LONG64, shown_long64, InterlockedAnd64, (before & value))
ATOMIC_VALUE(LONG64, shown_long64, InterlockedOr64, (before | value))
ATOMIC_VALUE(LONG64, shown_long64, InterlockedXor64, (before ^ value))
ATOMIC_COMPARE(LONG64, shown_long64, InterlockedCompareExchange64)
ATOMIC_READ(LONG64, shown_long64, ReadAcquire64)
ATOMIC_WRITE(LONG64, shown_long64, WriteRelease64)

ATOMIC_VALUE(PVOID, shown_pointer, InterlockedExchangePointer, value)
ATOMIC_COMPARE(PVOID, shown_pointer, InterlockedCompareExchangePointer)
ATOMIC_READ(PVOID, shown_pointer, ReadPointerAcquire)
ATOMIC_WRITE(PVOID, shown_pointer, WritePointerRelease)

void WINAPI MemoryBarrier(void)
{
    /* Accesses already happen in program order; others may come in here. */
    sim__before();
}

void WINAPI YieldProcessor(void)
{
    /* A thread that spins waits for another one: let it run. */
    if (SIM_UNLIKELY(sim__world.steps_left-- == 0)) {
        sim__steps_over();
    }
    sim__yield();
}
