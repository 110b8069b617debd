/**
 * @file critical_section.c
 * @brief Win32 calls about critical sections.
 *
 * A critical section is fast because the kernel is asked only when there is
 * contention.  A thread that leaves wakes one that waits, but does not hand
 * the section over: whoever comes first gets it, and the woken thread may
 * have to wait again ("Critical Section Objects": no order is promised).
 *
 * The members that debuggers and programs look at are kept as Windows keeps
 * them.  The record of the lock hangs on LockSemaphore.
 *
 * Uses:     lock.h, api.h.
 * Used by:  programs, condition_variable.c.
 * Facts:    PORT-62.
 * Read next: srw.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"
#include "lock.h"

/** DebugInfo of a section that is initialised, as on Windows and as in static
 * initialisers of old programs, and of one that was deleted. */
#define SECTION_LIVE    ((RTL_CRITICAL_SECTION_DEBUG *)(intptr_t)-1)
#define SECTION_DELETED ((RTL_CRITICAL_SECTION_DEBUG *)(intptr_t)-2)

/** LockCount: bit 0 is set while free; the bits above the second are the
 * complement of the number of waiting threads. */
enum { LOCK_COUNT_FREE = -1, LOCK_COUNT_HELD = -2, LOCK_COUNT_WAITER = 4 };

/** Spin counts have 24 bits, the flags are above; three of the eight bits
 * are reserved. */
enum { SPIN_COUNT_BITS = 0x00FFFFFF };
#define SECTION_FLAGS ((DWORD)0x1F000000)

/* ---- The record of a section ------------------------------------------- */

static SIM_NORETURN SIM_COLD void stop_not_live(const CRITICAL_SECTION *section,
                                                const char *call)
{
    if (section->DebugInfo == SECTION_DELETED) {
        sim__stop(SIM_CONTRACT,
                  "%s was called for a critical section after "
                  "DeleteCriticalSection: delete it when nobody needs it",
                  call);
    }
    sim__stop(SIM_CONTRACT,
              "%s was called for a critical section before "
              "InitializeCriticalSection: initialise it first, before any "
              "thread that uses it is created",
              call);
}

/** @brief Free and with nobody inside, for whoever looks at the members. */
static void show_free(CRITICAL_SECTION *section)
{
    section->LockCount = LOCK_COUNT_FREE;
    section->RecursionCount = 0;
    section->OwningThread = NULL;
}

struct lock *sim__section_find(CRITICAL_SECTION *section, const char *call)
{
    sim__require(section, call, "lpCriticalSection");
    if (SIM_UNLIKELY(section->DebugInfo != SECTION_LIVE)) {
        stop_not_live(section, call);
    }
    if (SIM_UNLIKELY(!sim__lock_begun(&section->LockSemaphore))) {
        /* Initialised in this run and not used yet, or left from an earlier
         * run, which may have ended with somebody inside. */
        show_free(section);
    }
    return sim__lock_find(&section->LockSemaphore, sizeof(struct lock));
}

static void section_initialize(CRITICAL_SECTION *section,
                               DWORD spins,
                               const char *call)
{
    sim__require(section, call, "lpCriticalSection");
    show_free(section);
    section->DebugInfo = SECTION_LIVE;
    section->LockSemaphore = NULL;
    section->SpinCount = spins & SPIN_COUNT_BITS;
}

/* ---- Entering and leaving ---------------------------------------------- */

/** @brief The section is ours, once more. */
static void section_hold(CRITICAL_SECTION *section,
                         struct lock *lock,
                         const char *call)
{
    if (lock->holds++ == 0) {
        lock->owner = sim__world.current->object.number;
        section->LockCount += LOCK_COUNT_HELD - LOCK_COUNT_FREE;
        section->OwningThread = (HANDLE)(uintptr_t)GetCurrentThreadId();
    }
    section->RecursionCount = (LONG)lock->holds;
    trace_lock(call, lock, call);
}

/** @brief Whether the current thread could be inside now. */
static inline bool can_enter(const struct lock *lock)
{
    return lock->holds == 0 || lock->owner == sim__world.current->object.number;
}

void sim__section_enter(CRITICAL_SECTION *section,
                        struct lock *lock,
                        const char *call)
{
    /* BOUND: each turn blocks until somebody leaves. */
    while (SIM_UNLIKELY(!can_enter(lock))) {
        trace_lock(wait, lock, call);
        section->LockCount -= LOCK_COUNT_WAITER;
        /* FACT PORT-62 a contended critical section is a kernel wait, so the
         * thread gives its place at a port away. */
        (void)sim__park(lock, PARK_ALONE, call, UINT64_MAX);
        section->LockCount += LOCK_COUNT_WAITER;
    }
    section_hold(section, lock, call);
}

void sim__section_leave(CRITICAL_SECTION *section, struct lock *lock)
{
    lock->holds--;
    section->RecursionCount = (LONG)lock->holds;
    if (lock->holds != 0) {
        return;
    }
    lock->owner = 0;
    section->LockCount -= LOCK_COUNT_HELD - LOCK_COUNT_FREE;
    section->OwningThread = NULL;
    if (lock->parked != 0) {
        sim__unblock(sim__park_pick(lock, lock->parked), STATUS_SUCCESS);
    }
}

/* ---- The calls --------------------------------------------------------- */

void WINAPI InitializeCriticalSection(CRITICAL_SECTION *section)
{
    section_initialize(section, 0, "InitializeCriticalSection");
}

BOOL WINAPI InitializeCriticalSectionAndSpinCount(CRITICAL_SECTION *section,
                                                  DWORD spin_count)
{
    section_initialize(section,
                       spin_count,
                       "InitializeCriticalSectionAndSpinCount");
    return TRUE;
}

BOOL WINAPI InitializeCriticalSectionEx(CRITICAL_SECTION *section,
                                        DWORD spin_count,
                                        DWORD flags)
{
    if (flags & ~SECTION_FLAGS) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    section_initialize(section, spin_count, "InitializeCriticalSectionEx");
    return TRUE;
}

DWORD WINAPI SetCriticalSectionSpinCount(CRITICAL_SECTION *section,
                                         DWORD spin_count)
{
    DWORD before;

    sim__before();
    (void)sim__section_find(section, "SetCriticalSectionSpinCount");
    before = (DWORD)section->SpinCount;
    section->SpinCount = spin_count & SPIN_COUNT_BITS;
    sim__after();
    return before;
}

void WINAPI EnterCriticalSection(CRITICAL_SECTION *section)
{
    static const char name[] = "EnterCriticalSection";

    sim__before();
    sim__section_enter(section, sim__section_find(section, name), name);
    sim__after();
}

BOOL WINAPI TryEnterCriticalSection(CRITICAL_SECTION *section)
{
    static const char name[] = "TryEnterCriticalSection";
    struct lock *lock;
    BOOL entered = FALSE;

    sim__before();
    lock = sim__section_find(section, name);
    if (can_enter(lock)) {
        section_hold(section, lock, name);
        entered = TRUE;
    } else {
        trace_lock(timeout, lock, name);
    }
    sim__after();
    return entered;
}

void WINAPI LeaveCriticalSection(CRITICAL_SECTION *section)
{
    static const char name[] = "LeaveCriticalSection";
    struct lock *lock;

    sim__before();
    lock = sim__section_find(section, name);
    if (SIM_UNLIKELY(lock->holds == 0 || !can_enter(lock))) {
        sim__stop(SIM_CONTRACT,
                  "LeaveCriticalSection was called by a thread that %s: each "
                  "Leave answers one Enter of the same thread",
                  lock->holds == 0 ? "is not inside, nor is any other"
                                   : "is not inside, while another is");
    }
    trace_lock(call, lock, name);
    sim__section_leave(section, lock);
    sim__after();
}

void WINAPI DeleteCriticalSection(CRITICAL_SECTION *section)
{
    static const char name[] = "DeleteCriticalSection";
    const struct lock *lock;

    sim__before();
    lock = sim__section_find(section, name);
    if (lock->holds != 0 || lock->parked != 0) {
        sim__stop(SIM_CONTRACT,
                  "DeleteCriticalSection was called while a thread %s: the "
                  "section must be free and nobody may need it any more",
                  lock->holds != 0 ? "is inside" : "waits for it");
    }
    trace_lock(close, lock, name);
    section->DebugInfo = SECTION_DELETED;
    section->LockSemaphore = NULL;
    sim__after();
}
