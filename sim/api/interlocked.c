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

static inline void
check_aligned(const volatile void *variable, size_t bytes, const char *call)
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

/* One function: stop, read, write, stop.  `changed` is the new value and
 * `result` the answer, both from `before`, the old value. */
#define ATOMIC(type, shown, name, parameters, target, changed, result)         \
    type WINAPI name parameters                                                \
    {                                                                          \
        type before;                                                           \
        type after;                                                            \
                                                                               \
        check_aligned(target, sizeof before, #name);                           \
        sim__before();                                                         \
        before = *target;                                                      \
        after = changed;                                                       \
        *target = after;                                                       \
        trace_atomic(#name, shown(before), shown(after));                      \
        sim__after();                                                          \
        return result;                                                         \
    }

/* A load, and a store that gives no answer. */
#define ATOMIC_READ(type, shown, name)                                         \
    type WINAPI name(type const volatile *source)                              \
    {                                                                          \
        type value;                                                            \
                                                                               \
        check_aligned(source, sizeof value, #name);                            \
        sim__before();                                                         \
        value = *source;                                                       \
        trace_atomic(#name, shown(value), shown(value));                       \
        sim__after();                                                          \
        return value;                                                          \
    }

#define ATOMIC_WRITE(type, shown, name)                                        \
    void WINAPI name(type volatile *target, type value)                        \
    {                                                                          \
        check_aligned(target, sizeof value, #name);                            \
        sim__before();                                                         \
        trace_atomic(#name, shown(*target), shown(value));                     \
        *target = value;                                                       \
        sim__after();                                                          \
    }

/* The same functions for LONG and, with 64 behind the name, LONG64. */
#define ATOMICS(type, suffix, shown, sum)                                      \
    ATOMIC(type,                                                               \
           shown,                                                              \
           InterlockedIncrement##suffix,                                       \
           (type volatile *addend),                                            \
           addend,                                                             \
           sum(before, 1),                                                     \
           after)                                                              \
    ATOMIC(type,                                                               \
           shown,                                                              \
           InterlockedDecrement##suffix,                                       \
           (type volatile *addend),                                            \
           addend,                                                             \
           sum(before, -1),                                                    \
           after)                                                              \
    ATOMIC(type,                                                               \
           shown,                                                              \
           InterlockedExchange##suffix,                                        \
           (type volatile *target, type value),                                \
           target,                                                             \
           value,                                                              \
           before)                                                             \
    ATOMIC(type,                                                               \
           shown,                                                              \
           InterlockedExchangeAdd##suffix,                                     \
           (type volatile *addend, type value),                                \
           addend,                                                             \
           sum(before, value),                                                 \
           before)                                                             \
    ATOMIC(type,                                                               \
           shown,                                                              \
           InterlockedCompareExchange##suffix,                                 \
           (type volatile *target, type exchange, type comparand),             \
           target,                                                             \
           before == comparand ? exchange : before,                            \
           before)                                                             \
    ATOMIC(type,                                                               \
           shown,                                                              \
           InterlockedAnd##suffix,                                             \
           (type volatile *target, type value),                                \
           target,                                                             \
           before & value,                                                     \
           before)                                                             \
    ATOMIC(type,                                                               \
           shown,                                                              \
           InterlockedOr##suffix,                                              \
           (type volatile *target, type value),                                \
           target,                                                             \
           before | value,                                                     \
           before)                                                             \
    ATOMIC(type,                                                               \
           shown,                                                              \
           InterlockedXor##suffix,                                             \
           (type volatile *target, type value),                                \
           target,                                                             \
           before ^ value,                                                     \
           before)                                                             \
    ATOMIC_READ(type, shown, ReadAcquire##suffix)                              \
    ATOMIC_WRITE(type, shown, WriteRelease##suffix)

ATOMICS(LONG, , shown_long, sum_long)
ATOMICS(LONG64, 64, shown_long64, sum_long64)

ATOMIC(PVOID,
       shown_pointer,
       InterlockedExchangePointer,
       (PVOID volatile *target, PVOID value),
       target,
       value,
       before)
ATOMIC(PVOID,
       shown_pointer,
       InterlockedCompareExchangePointer,
       (PVOID volatile *target, PVOID exchange, PVOID comparand),
       target,
       before == comparand ? exchange : before,
       before)
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
