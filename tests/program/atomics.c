/**
 * @file atomics.c
 * @brief A program that counts with atomic operations of every size.
 *
 * Two threads do the same operations; what comes out does not depend on their
 * order.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <windows.h>

#include <process.h>
#include <stdatomic.h>
#include <stdio.h>

#define ROUNDS 3

/* One set of variables for each size. */
#define VARIABLES(type, name)        \
    static _Atomic(type) name##_sum; \
    static _Atomic(type) name##_or;  \
    static _Atomic(type) name##_and; \
    static _Atomic(type) name##_xor; \
    static _Atomic(type) name##_top;

VARIABLES(unsigned char, byte)
VARIABLES(unsigned short, half)
VARIABLES(unsigned, word)
VARIABLES(unsigned long long, wide)

static LONG volatile rounds;
static LONG64 volatile far_rounds;
static PVOID volatile pointer;

/* What one thread does, and a compare-exchange loop at its end. */
#define USE(type, name)                                           \
    do {                                                          \
        type seen = atomic_load(&name##_top);                     \
                                                                  \
        atomic_fetch_add(&name##_sum, 5);                         \
        atomic_fetch_sub(&name##_sum, 2);                         \
        atomic_fetch_or(&name##_or, 0x21);                        \
        atomic_fetch_and(&name##_and, 0x0f);                      \
        atomic_fetch_xor(&name##_xor, 0x33);                      \
        while (!atomic_compare_exchange_weak(&name##_top,         \
                                             &seen,               \
                                             (type)(seen + 7))) { \
        }                                                         \
    } while (0)

static unsigned __stdcall work(void *unused)
{
    (void)unused;
    for (int at = 0; at < ROUNDS; at++) {
        USE(unsigned char, byte);
        USE(unsigned short, half);
        USE(unsigned, word);
        USE(unsigned long long, wide);
        InterlockedIncrement(&rounds);
        InterlockedExchangeAdd(&rounds, 2);
        InterlockedDecrement(&rounds);
        InterlockedIncrement64(&far_rounds);
        InterlockedExchangeAdd64(&far_rounds, -3);
        InterlockedExchangePointer(&pointer, (PVOID)&rounds);
    }
    return 0;
}

#define CHECK(name)                                                      \
    (atomic_load(&name##_sum) == 6 * ROUNDS &&                           \
     atomic_load(&name##_or) == 0x21 && atomic_load(&name##_and) == 9 && \
     atomic_load(&name##_xor) == 0 && atomic_load(&name##_top) == 14 * ROUNDS)

int main(void)
{
    HANDLE threads[2];
    BOOL good;

    atomic_store(&byte_and, 0xf9);
    atomic_store(&half_and, 0xf9);
    atomic_store(&word_and, 0xf9);
    atomic_store(&wide_and, 0xf9);
    for (int at = 0; at < 2; at++) {
        threads[at] = (HANDLE)_beginthreadex(NULL, 0, work, NULL, 0, NULL);
    }
    WaitForMultipleObjects(2, threads, TRUE, INFINITE);
    CloseHandle(threads[0]);
    CloseHandle(threads[1]);
    good = CHECK(byte) && CHECK(half) && CHECK(word) && CHECK(wide) &&
           rounds == 4 * ROUNDS && far_rounds == -4 * ROUNDS &&
           pointer == (PVOID)&rounds;
    return good ? 0 : 1;
}
