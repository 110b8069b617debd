/**
 * @file tsan.c
 * @brief Atomic operations that a compiler made into instructions.
 *
 * With Microsoft's headers InterlockedIncrement is no function: the compiler
 * puts an instruction in its place, and nobody can come in between.  But
 * compilers can be asked to announce each access to memory to a tool that
 * looks for data races (-fsanitize=thread).  We are that tool: an atomic
 * operation that is announced becomes the Interlocked function that it was.
 *
 * Which one it was is not always known.  Adding 1 is taken for an increment,
 * and an exchange of 64 bits for one of pointers if all its values could be
 * addresses.  A wrong guess changes a word in the trace, never what is done.
 *
 * Instructions that are not announced stay unseen: MemoryBarrier,
 * YieldProcessor, the InterlockedBitTest functions.
 *
 * Uses:     windows.h, world.h.
 * Used by:  programs compiled with -fsanitize=thread.
 * Facts:    none.
 * Read next: takeover_windows.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>
#include <windows.h>

#include "../kernel/schedule.h"

/* ---- Plain accesses -------------------------------------------------------- */

/*
 * Reads and writes of plain variables could be choice points, too, and a run
 * would then find races on them.  For now they are not: they come by the
 * thousand, and a race on plain memory is seen after calls (see the option
 * `calls`).  This is the place for it.
 *
 * NOLINTBEGIN(bugprone-reserved-identifier, misc-unused-parameters): the
 * compiler chooses these names. */
#define PLAIN(name)           \
    void name(void *address); \
    void name(void *address)  \
    {                         \
        (void)address;        \
    }

#define PLAIN_RANGE(name)                      \
    void name(void *address, uintptr_t bytes); \
    void name(void *address, uintptr_t bytes)  \
    {                                          \
        (void)address;                         \
        (void)bytes;                           \
    }

// clang-format off
#define PLAIN_ALL(word)     \
    PLAIN(__tsan_##word##1) \
    PLAIN(__tsan_##word##2) \
    PLAIN(__tsan_##word##4) \
    PLAIN(__tsan_##word##8) \
    PLAIN(__tsan_##word##16)

PLAIN_ALL(read)
PLAIN_ALL(write)
PLAIN_ALL(unaligned_read)
PLAIN_ALL(unaligned_write)
PLAIN_ALL(volatile_read)
PLAIN_ALL(volatile_write)
PLAIN_ALL(unaligned_volatile_read)
PLAIN_ALL(unaligned_volatile_write)
PLAIN_RANGE(__tsan_read_range)
PLAIN_RANGE(__tsan_write_range)
// clang-format on

/* Which function is running is of no interest here. */
PLAIN(__tsan_func_entry)

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
}

void __tsan_init(void);
void __tsan_init(void)
{
}

/* C++ objects whose virtual functions change while they are made. */
void __tsan_vptr_read(void **address);
void __tsan_vptr_read(void **address)
{
    (void)address;
}

void __tsan_vptr_update(void **address, void *value);
void __tsan_vptr_update(void **address, void *value)
{
    (void)address;
    (void)value;
}

/* ---- Atomic operations ----------------------------------------------------- */

/*
 * Before the first run and after the last there is one thread, and no trace.
 * `order` is how loosely others may see the operation: here, never loosely.
 *
 * A type cannot stand in parentheses.
 * NOLINTBEGIN(bugprone-macro-parentheses) */
#define CHANGE(bits, type, word, in_world, after)                            \
    type __tsan_atomic##bits##_##word(type volatile *at, type v, int order); \
    type __tsan_atomic##bits##_##word(type volatile *at, type v, int order)  \
    {                                                                        \
        type before;                                                         \
                                                                             \
        (void)order;                                                         \
        if (sim__world_running()) {                                          \
            return (type)(in_world);                                         \
        }                                                                    \
        before = *at;                                                        \
        *at = (type)(after);                                                 \
        return before;                                                       \
    }

#define LOAD(bits, type, in_world)                                       \
    type __tsan_atomic##bits##_load(type const volatile *at, int order); \
    type __tsan_atomic##bits##_load(type const volatile *at, int order)  \
    {                                                                    \
        (void)order;                                                     \
        return sim__world_running() ? (type)(in_world) : *at;            \
    }

#define STORE(bits, type, in_world)                                         \
    void __tsan_atomic##bits##_store(type volatile *at, type v, int order); \
    void __tsan_atomic##bits##_store(type volatile *at, type v, int order)  \
    {                                                                       \
        (void)order;                                                        \
        if (sim__world_running()) {                                         \
            in_world;                                                       \
        } else {                                                            \
            *at = v;                                                        \
        }                                                                   \
    }

/* gcc calls the first and the second, clang the third. */
#define COMPARE(bits, type, in_world)                                  \
    type __tsan_atomic##bits##_compare_exchange_val(type volatile *at, \
                                                    type expected,     \
                                                    type v,            \
                                                    int order,         \
                                                    int order_else);   \
    type __tsan_atomic##bits##_compare_exchange_val(type volatile *at, \
                                                    type expected,     \
                                                    type v,            \
                                                    int order,         \
                                                    int order_else)    \
    {                                                                  \
        type before;                                                   \
                                                                       \
        (void)order;                                                   \
        (void)order_else;                                              \
        if (sim__world_running()) {                                    \
            return (type)(in_world);                                   \
        }                                                              \
        before = *at;                                                  \
        if (before == expected) {                                      \
            *at = v;                                                   \
        }                                                              \
        return before;                                                 \
    }                                                                  \
    COMPARE_AS(bits, type, strong)                                     \
    COMPARE_AS(bits, type, weak)

#define COMPARE_AS(bits, type, word)                                        \
    int __tsan_atomic##bits##_compare_exchange_##word(type volatile *at,    \
                                                      type *expected,       \
                                                      type v,               \
                                                      int order,            \
                                                      int order_else);      \
    int __tsan_atomic##bits##_compare_exchange_##word(type volatile *at,    \
                                                      type *expected,       \
                                                      type v,               \
                                                      int order,            \
                                                      int order_else)       \
    {                                                                       \
        type wanted = *expected;                                            \
                                                                            \
        *expected = __tsan_atomic##bits##_compare_exchange_val(at,          \
                                                               wanted,      \
                                                               v,           \
                                                               order,       \
                                                               order_else); \
        return *expected == wanted;                                         \
    }
/* NOLINTEND(bugprone-macro-parentheses) */

/* ---- 32 bits --------------------------------------------------------------- */

static LONG sum_32(LONG one, LONG two)
{
    return (LONG)((ULONG)one + (ULONG)two);
}

static LONG add_32(LONG volatile *at, LONG value)
{
    return value == 1 ? sum_32(InterlockedIncrement(at), -1)
                      : InterlockedExchangeAdd(at, value);
}

static LONG subtract_32(LONG volatile *at, LONG value)
{
    return value == 1 ? sum_32(InterlockedDecrement(at), 1)
                      : InterlockedExchangeAdd(at, sum_32(~value, 1));
}

// clang-format off
LOAD(32, LONG, ReadAcquire(at))
STORE(32, LONG, WriteRelease(at, v))
CHANGE(32, LONG, exchange, InterlockedExchange(at, v), v)
CHANGE(32, LONG, fetch_add, add_32(at, v), sum_32(before, v))
CHANGE(32, LONG, fetch_sub, subtract_32(at, v), sum_32(before, sum_32(~v, 1)))
CHANGE(32, LONG, fetch_and, InterlockedAnd(at, v), before & v)
CHANGE(32, LONG, fetch_or, InterlockedOr(at, v), before | v)
CHANGE(32, LONG, fetch_xor, InterlockedXor(at, v), before ^ v)
COMPARE(32, LONG, InterlockedCompareExchange(at, v, expected))
// clang-format on

/* ---- 64 bits --------------------------------------------------------------- */

static LONG64 sum_64(LONG64 one, LONG64 two)
{
    return (LONG64)((ULONG64)one + (ULONG64)two);
}

static LONG64 add_64(LONG64 volatile *at, LONG64 value)
{
    return value == 1 ? sum_64(InterlockedIncrement64(at), -1)
                      : InterlockedExchangeAdd64(at, value);
}

static LONG64 subtract_64(LONG64 volatile *at, LONG64 value)
{
    return value == 1 ? sum_64(InterlockedDecrement64(at), 1)
                      : InterlockedExchangeAdd64(at, sum_64(~value, 1));
}

/** @brief Whether a value could be a pointer of the program's. */
static bool is_address(LONG64 value)
{
    return value == 0 || (value >= 65536 && value < INT64_C(0x800000000000));
}

static PVOID pointer_of(LONG64 value)
{
    return (PVOID)(intptr_t)value;
}

static LONG64 exchange_64(LONG64 volatile *at, LONG64 value)
{
    if (!is_address(value)) {
        return InterlockedExchange64(at, value);
    }
    return (LONG64)(intptr_t)InterlockedExchangePointer((PVOID volatile *)at,
                                                        pointer_of(value));
}

static LONG64 compare_64(LONG64 volatile *at, LONG64 value, LONG64 expected)
{
    if (!is_address(value) || !is_address(expected)) {
        return InterlockedCompareExchange64(at, value, expected);
    }
    return (LONG64)(intptr_t)InterlockedCompareExchangePointer(
        (PVOID volatile *)at,
        pointer_of(value),
        pointer_of(expected));
}

// clang-format off
LOAD(64, LONG64, ReadAcquire64(at))
STORE(64, LONG64, WriteRelease64(at, v))
CHANGE(64, LONG64, exchange, exchange_64(at, v), v)
CHANGE(64, LONG64, fetch_add, add_64(at, v), sum_64(before, v))
CHANGE(64, LONG64, fetch_sub, subtract_64(at, v), sum_64(before, sum_64(~v, 1)))
CHANGE(64, LONG64, fetch_and, InterlockedAnd64(at, v), before & v)
CHANGE(64, LONG64, fetch_or, InterlockedOr64(at, v), before | v)
CHANGE(64, LONG64, fetch_xor, InterlockedXor64(at, v), before ^ v)
COMPARE(64, LONG64, compare_64(at, v, expected))
// clang-format on

/* ---- 8 and 16 bits --------------------------------------------------------- */

enum change { EXCHANGE, ADD, SUBTRACT, AND, OR, XOR, COMPARE_EXCHANGE };

/** @brief What an operation makes of a value; the upper bits are cut off. */
static uint32_t changed(enum change change, uint32_t before, uint32_t v)
{
    switch (change) {
    case ADD:
        return before + v;
    case SUBTRACT:
        return before - v;
    case AND:
        return before & v;
    case OR:
        return before | v;
    case XOR:
        return before ^ v;
    case EXCHANGE:
    case COMPARE_EXCHANGE:
        break;
    }
    return v;
}

static uint32_t small_read(const volatile void *at, size_t bytes)
{
    return bytes == 1 ? *(const volatile uint8_t *)at
                      : *(const volatile uint16_t *)at;
}

static void small_write(volatile void *at, size_t bytes, uint32_t value)
{
    if (bytes == 1) {
        *(volatile uint8_t *)at = (uint8_t)value;
    } else {
        *(volatile uint16_t *)at = (uint16_t)value;
    }
}

/** @brief Stop, read, write, stop: no function of the table has these sizes. */
static uint32_t small_change(volatile void *at,
                             size_t bytes,
                             enum change change,
                             uint32_t v,
                             uint32_t expected)
{
    uint32_t before;

    sim__before();
    before = small_read(at, bytes);
    if (change != COMPARE_EXCHANGE || before == expected) {
        small_write(at, bytes, changed(change, before, v));
    }
    trace_atomic(bytes == 1 ? "atomic operation on 8 bits"
                            : "atomic operation on 16 bits",
                 before,
                 small_read(at, bytes));
    sim__after();
    return before;
}

static uint32_t small_load(const volatile void *at, size_t bytes)
{
    uint32_t value;

    sim__before();
    value = small_read(at, bytes);
    trace_atomic(bytes == 1 ? "atomic load of 8 bits"
                            : "atomic load of 16 bits",
                 value,
                 value);
    sim__after();
    return value;
}

// clang-format off
#define SMALL(bits, type, word, change)                         \
    CHANGE(bits, type, word,                                    \
           small_change(at, sizeof *at, change, v, 0),          \
           changed(change, before, v))

#define SMALL_ALL(bits, type)                                             \
    LOAD(bits, type, small_load(at, sizeof *at))                          \
    STORE(bits, type, small_change(at, sizeof *at, EXCHANGE, v, 0))       \
    SMALL(bits, type, exchange, EXCHANGE)                                 \
    SMALL(bits, type, fetch_add, ADD)                                     \
    SMALL(bits, type, fetch_sub, SUBTRACT)                                \
    SMALL(bits, type, fetch_and, AND)                                     \
    SMALL(bits, type, fetch_or, OR)                                       \
    SMALL(bits, type, fetch_xor, XOR)                                     \
    COMPARE(bits, type,                                                   \
            small_change(at, sizeof *at, COMPARE_EXCHANGE, v, expected))

SMALL_ALL(8, UCHAR)
SMALL_ALL(16, USHORT)
// clang-format on

/* ---- Fences ---------------------------------------------------------------- */

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_thread_fence(int order)
{
    (void)order;
    if (sim__world_running()) {
        MemoryBarrier();
    }
}

void __tsan_atomic_signal_fence(int order);
void __tsan_atomic_signal_fence(int order)
{
    (void)order;
}
/* NOLINTEND(bugprone-reserved-identifier, misc-unused-parameters) */
