/**
 * @file interlockedapi.h
 * @brief The simulated Windows: the many spellings of atomic operations.
 *
 * Each atomic operation exists with full, acquire, release or no ordering.
 * In the simulator one thread runs at a time, so all four are one function;
 * programs keep the spelling that says what they mean.
 *
 * Uses:     declare.h, where windows.h includes both.
 * Used by:  windows.h.
 * Facts:    none.
 * Read next: windef.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef _INTERLOCKAPI_H_
#define _INTERLOCKAPI_H_

/* Adding is exchanging and adding once more; unsigned, because the sum may
 * wrap. */
static inline LONG InterlockedAdd(LONG volatile *addend, LONG value)
{
    return (LONG)((ULONG)InterlockedExchangeAdd(addend, value) + (ULONG)value);
}

static inline LONG64 InterlockedAdd64(LONG64 volatile *addend, LONG64 value)
{
    return (LONG64)((ULONG64)InterlockedExchangeAdd64(addend, value) +
                    (ULONG64)value);
}

#define InterlockedIncrementAcquire         InterlockedIncrement
#define InterlockedIncrementRelease         InterlockedIncrement
#define InterlockedIncrementNoFence         InterlockedIncrement
#define InterlockedDecrementAcquire         InterlockedDecrement
#define InterlockedDecrementRelease         InterlockedDecrement
#define InterlockedDecrementNoFence         InterlockedDecrement
#define InterlockedAddAcquire               InterlockedAdd
#define InterlockedAddRelease               InterlockedAdd
#define InterlockedAddNoFence               InterlockedAdd
#define InterlockedExchangeAcquire          InterlockedExchange
#define InterlockedExchangeNoFence          InterlockedExchange
#define InterlockedExchangeAddAcquire       InterlockedExchangeAdd
#define InterlockedExchangeAddRelease       InterlockedExchangeAdd
#define InterlockedExchangeAddNoFence       InterlockedExchangeAdd
#define InterlockedCompareExchangeAcquire   InterlockedCompareExchange
#define InterlockedCompareExchangeRelease   InterlockedCompareExchange
#define InterlockedCompareExchangeNoFence   InterlockedCompareExchange
#define InterlockedAndAcquire               InterlockedAnd
#define InterlockedAndRelease               InterlockedAnd
#define InterlockedAndNoFence               InterlockedAnd
#define InterlockedOrAcquire                InterlockedOr
#define InterlockedOrRelease                InterlockedOr
#define InterlockedOrNoFence                InterlockedOr
#define InterlockedXorAcquire               InterlockedXor
#define InterlockedXorRelease               InterlockedXor
#define InterlockedXorNoFence               InterlockedXor
#define InterlockedIncrementAcquire64       InterlockedIncrement64
#define InterlockedIncrementRelease64       InterlockedIncrement64
#define InterlockedIncrementNoFence64       InterlockedIncrement64
#define InterlockedDecrementAcquire64       InterlockedDecrement64
#define InterlockedDecrementRelease64       InterlockedDecrement64
#define InterlockedDecrementNoFence64       InterlockedDecrement64
#define InterlockedAddAcquire64             InterlockedAdd64
#define InterlockedAddRelease64             InterlockedAdd64
#define InterlockedAddNoFence64             InterlockedAdd64
#define InterlockedExchangeAcquire64        InterlockedExchange64
#define InterlockedExchangeNoFence64        InterlockedExchange64
#define InterlockedExchangeAddAcquire64     InterlockedExchangeAdd64
#define InterlockedExchangeAddRelease64     InterlockedExchangeAdd64
#define InterlockedExchangeAddNoFence64     InterlockedExchangeAdd64
#define InterlockedCompareExchangeAcquire64 InterlockedCompareExchange64
#define InterlockedCompareExchangeRelease64 InterlockedCompareExchange64
#define InterlockedCompareExchangeNoFence64 InterlockedCompareExchange64
#define InterlockedAndAcquire64             InterlockedAnd64
#define InterlockedAndRelease64             InterlockedAnd64
#define InterlockedAndNoFence64             InterlockedAnd64
#define InterlockedOrAcquire64              InterlockedOr64
#define InterlockedOrRelease64              InterlockedOr64
#define InterlockedOrNoFence64              InterlockedOr64
#define InterlockedXorAcquire64             InterlockedXor64
#define InterlockedXorRelease64             InterlockedXor64
#define InterlockedXorNoFence64             InterlockedXor64
#define InterlockedExchangePointerAcquire   InterlockedExchangePointer
#define InterlockedExchangePointerNoFence   InterlockedExchangePointer
#define InterlockedCompareExchangePointerAcquire \
    InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerRelease \
    InterlockedCompareExchangePointer
#define InterlockedCompareExchangePointerNoFence \
    InterlockedCompareExchangePointer
#define ReadNoFence         ReadAcquire
#define ReadRaw             ReadAcquire
#define ReadNoFence64       ReadAcquire64
#define ReadRaw64           ReadAcquire64
#define ReadPointerNoFence  ReadPointerAcquire
#define ReadPointerRaw      ReadPointerAcquire
#define WriteNoFence        WriteRelease
#define WriteRaw            WriteRelease
#define WriteNoFence64      WriteRelease64
#define WriteRaw64          WriteRelease64
#define WritePointerNoFence WritePointerRelease
#define WritePointerRaw     WritePointerRelease

#endif
