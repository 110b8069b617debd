/**
 * @file srw.c
 * @brief Win32 calls about slim reader/writer locks.
 *
 * One word, no owner, no recursion.  Windows promises no order at all
 * ("Slim Reader/Writer (SRW) Locks": neither fair nor first in first out), so
 * a released lock goes to whoever comes first, woken or not.
 *
 * Uses:     lock.h, api.h.
 * Used by:  programs, condition_variable.c.
 * Facts:    PORT-62.
 * Read next: lock.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"
#include "lock.h"

struct lock *sim__srw_find(SRWLOCK *srw, const char *call)
{
    sim__require(srw, call, "SRWLock");
    return sim__lock_find(&srw->Ptr, sizeof(struct lock));
}

/* ---- Alone ------------------------------------------------------------- */

static void hold_alone(struct lock *lock, const char *call)
{
    lock->holds = 1;
    lock->shared = false;
    lock->owner = sim__world.current->object.number;
    trace_lock(call, lock, call);
}

void sim__srw_acquire_alone(struct lock *lock, const char *call)
{
    /* A thread that holds the lock already waits for itself, as on Windows.
     * BOUND: each turn blocks until the lock is free. */
    while (SIM_UNLIKELY(lock->holds != 0)) {
        trace_lock(wait, lock, call);
        /* FACT PORT-62 blocking elsewhere releases another waiter. */
        (void)sim__park(lock, PARK_ALONE, call, UINT64_MAX);
    }
    hold_alone(lock, call);
}

/* ---- Shared ------------------------------------------------------------ */

static void hold_shared(struct lock *lock, const char *call)
{
    /* With one reader we can say who it is. */
    lock->owner = lock->holds == 0 ? sim__world.current->object.number : 0;
    lock->holds++;
    lock->shared = true;
    trace_lock(call, lock, call);
}

/** @brief Whether a thread that comes now may read at once. */
static bool can_share(const struct lock *lock)
{
    if (lock->holds == 0) {
        return true;
    }
    if (!lock->shared) {
        return false;
    }
    /* Readers hold the lock and others wait for it: a new reader waits behind
     * them, or overtakes.  Windows promises neither, so a thread that reads
     * twice at a time can meet itself behind a writer. */
    return lock->parked == 0 || sim__choose(CHOOSE_OTHER, 2) != 0;
}

/** @brief Wait until readers may come in. */
static void wait_shared(struct lock *lock, const char *call)
{
    /* BOUND: each turn blocks until the lock is free. */
    do {
        trace_lock(wait, lock, call);
        (void)sim__park(lock, PARK_SHARED, call, UINT64_MAX);
    } while (lock->holds != 0 && !lock->shared);
}

void sim__srw_acquire_shared(struct lock *lock, const char *call)
{
    if (SIM_UNLIKELY(!can_share(lock))) {
        wait_shared(lock, call);
    }
    hold_shared(lock, call);
}

/* ---- Releasing --------------------------------------------------------- */

/** @brief The lock became free: wake one writer, or all readers. */
static void wake(const struct lock *lock)
{
    struct thread *thread = sim__park_pick(lock, lock->parked);

    if (thread->wait_mode == PARK_SHARED) {
        sim__park_wake_mode(lock, PARK_SHARED);
    } else {
        sim__unblock(thread, STATUS_SUCCESS);
    }
}

/** @brief End the run when the caller does not hold the lock that way. */
static void check_held(const struct lock *lock, bool shared, const char *call)
{
    if (SIM_UNLIKELY(lock->holds == 0 || lock->shared != shared)) {
        sim__stop(SIM_CONTRACT,
                  "%s was called for an SRW lock that %s: release a lock once, "
                  "in the mode in which it was acquired",
                  call,
                  lock->holds == 0 ? "nobody holds"
                  : shared         ? "is held exclusively"
                                   : "is held in shared mode");
    }
    if (SIM_UNLIKELY(lock->owner != 0 &&
                     lock->owner != sim__world.current->object.number)) {
        sim__stop(SIM_CONTRACT,
                  "%s was called by a thread that does not hold the SRW lock, "
                  "while another does: the thread that acquires releases",
                  call);
    }
}

void sim__srw_release_alone(struct lock *lock, const char *call)
{
    check_held(lock, false, call);
    lock->holds = 0;
    lock->owner = 0;
    if (lock->parked != 0) {
        wake(lock);
    }
}

void sim__srw_release_shared(struct lock *lock, const char *call)
{
    check_held(lock, true, call);
    lock->holds--;
    lock->owner = 0; /* If one reader is left, we cannot say which. */
    if (lock->holds == 0 && lock->parked != 0) {
        wake(lock);
    }
}

/* ---- The calls --------------------------------------------------------- */

void WINAPI InitializeSRWLock(SRWLOCK *srw)
{
    sim__require(srw, "InitializeSRWLock", "SRWLock");
    srw->Ptr = NULL;
}

void WINAPI AcquireSRWLockExclusive(SRWLOCK *srw)
{
    static const char name[] = "AcquireSRWLockExclusive";

    sim__before();
    sim__srw_acquire_alone(sim__srw_find(srw, name), name);
    sim__after();
}

void WINAPI AcquireSRWLockShared(SRWLOCK *srw)
{
    static const char name[] = "AcquireSRWLockShared";

    sim__before();
    sim__srw_acquire_shared(sim__srw_find(srw, name), name);
    sim__after();
}

void WINAPI ReleaseSRWLockExclusive(SRWLOCK *srw)
{
    static const char name[] = "ReleaseSRWLockExclusive";
    struct lock *lock;

    sim__before();
    lock = sim__srw_find(srw, name);
    trace_lock(call, lock, name);
    sim__srw_release_alone(lock, name);
    sim__after();
}

void WINAPI ReleaseSRWLockShared(SRWLOCK *srw)
{
    static const char name[] = "ReleaseSRWLockShared";
    struct lock *lock;

    sim__before();
    lock = sim__srw_find(srw, name);
    trace_lock(call, lock, name);
    sim__srw_release_shared(lock, name);
    sim__after();
}

BOOLEAN WINAPI TryAcquireSRWLockExclusive(SRWLOCK *srw)
{
    static const char name[] = "TryAcquireSRWLockExclusive";
    struct lock *lock;
    BOOLEAN acquired = FALSE;

    sim__before();
    lock = sim__srw_find(srw, name);
    if (lock->holds == 0) {
        hold_alone(lock, name);
        acquired = TRUE;
    } else {
        trace_lock(timeout, lock, name);
    }
    sim__after();
    return acquired;
}

BOOLEAN WINAPI TryAcquireSRWLockShared(SRWLOCK *srw)
{
    static const char name[] = "TryAcquireSRWLockShared";
    struct lock *lock;
    BOOLEAN acquired = FALSE;

    sim__before();
    lock = sim__srw_find(srw, name);
    if (can_share(lock)) {
        hold_shared(lock, name);
        acquired = TRUE;
    } else {
        trace_lock(timeout, lock, name);
    }
    sim__after();
    return acquired;
}
