/**
 * @file condition_variable.c
 * @brief Win32 calls about condition variables.
 *
 * To sleep on a condition variable is to give a lock back and fall asleep in
 * one step, so that no wake-up falls in between.  A wake-up is not remembered:
 * it reaches who sleeps now, or nobody.  And a sleep may end without any
 * ("Condition Variables": spurious wake-ups), so a program looks again.
 *
 * Uses:     lock.h, api.h.
 * Used by:  programs.
 * Facts:    PORT-62, TIME-03.
 * Read next: init_once.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"
#include "lock.h"

static struct lock *condition_find(CONDITION_VARIABLE *condition,
                                   const char *call)
{
    sim__require(condition, call, "ConditionVariable");
    return sim__lock_find(&condition->Ptr, sizeof(struct lock));
}

/* ---- Sleeping ---------------------------------------------------------- */

/** @brief Sleep, after the lock was given back.
 *  @return STATUS_SUCCESS or STATUS_TIMEOUT. */
static NTSTATUS condition_sleep(struct lock *condition,
                                DWORD milliseconds,
                                const char *call)
{
    int64_t storage;
    const int64_t *interval = sim__time_interval(milliseconds, &storage);

    if (milliseconds == 0) {
        /* Others can have the lock before we take it again. */
        sim__before();
        return STATUS_TIMEOUT;
    }
    trace_lock(wait, condition, call);
    if (sim__park_spurious()) {
        sim__before();
        return STATUS_SUCCESS;
    }
    /* FACT PORT-62 blocking elsewhere releases another waiter of a port. */
    return sim__park(condition, PARK_CONDITION, call, sim__time_due(interval));
}

/** @brief Say how a sleep ended, and turn it into the call's answer. */
static BOOL condition_result(NTSTATUS status,
                             const struct lock *condition,
                             const char *call)
{
    if (status == STATUS_TIMEOUT) {
        trace_lock(timeout, condition, call);
        return sim__fail(ERROR_TIMEOUT);
    }
    trace_lock(call, condition, call);
    return TRUE;
}

BOOL WINAPI SleepConditionVariableCS(CONDITION_VARIABLE *condition,
                                     CRITICAL_SECTION *section,
                                     DWORD milliseconds)
{
    static const char name[] = "SleepConditionVariableCS";
    struct lock *lock;
    struct lock *sleepers;
    NTSTATUS status;
    BOOL result;

    sim__before();
    lock = sim__section_find(section, name);
    sleepers = condition_find(condition, name);
    if (SIM_UNLIKELY(lock->holds != 1 ||
                     lock->owner != sim__world.current->object.number)) {
        sim__stop(SIM_CONTRACT,
                  "SleepConditionVariableCS was called by a thread that is "
                  "not inside the critical section exactly once: enter it, "
                  "look at the condition, and sleep without leaving");
    }
    sim__section_leave(section, lock);
    status = condition_sleep(sleepers, milliseconds, name);
    sim__section_enter(section, lock, name);
    result = condition_result(status, sleepers, name);
    sim__after();
    return result;
}

BOOL WINAPI SleepConditionVariableSRW(CONDITION_VARIABLE *condition,
                                      SRWLOCK *srw,
                                      DWORD milliseconds,
                                      ULONG flags)
{
    static const char name[] = "SleepConditionVariableSRW";
    bool shared = flags & CONDITION_VARIABLE_LOCKMODE_SHARED;
    struct lock *lock;
    struct lock *sleepers;
    NTSTATUS status;
    BOOL result;

    if (flags & ~(ULONG)CONDITION_VARIABLE_LOCKMODE_SHARED) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    sim__before();
    lock = sim__srw_find(srw, name);
    sleepers = condition_find(condition, name);
    if (shared) {
        sim__srw_release_shared(lock, name);
        status = condition_sleep(sleepers, milliseconds, name);
        sim__srw_acquire_shared(lock, name);
    } else {
        sim__srw_release_alone(lock, name);
        status = condition_sleep(sleepers, milliseconds, name);
        sim__srw_acquire_alone(lock, name);
    }
    result = condition_result(status, sleepers, name);
    sim__after();
    return result;
}

/* ---- Waking ------------------------------------------------------------ */

void WINAPI InitializeConditionVariable(CONDITION_VARIABLE *condition)
{
    sim__require(condition, "InitializeConditionVariable", "ConditionVariable");
    condition->Ptr = NULL;
}

void WINAPI WakeConditionVariable(CONDITION_VARIABLE *condition)
{
    static const char name[] = "WakeConditionVariable";
    struct lock *sleepers;

    sim__before();
    sleepers = condition_find(condition, name);
    trace_lock(call, sleepers, name);
    if (sleepers->parked != 0) {
        sim__unblock(sim__park_pick(sleepers, sleepers->parked),
                     STATUS_SUCCESS);
    }
    sim__after();
}

void WINAPI WakeAllConditionVariable(CONDITION_VARIABLE *condition)
{
    static const char name[] = "WakeAllConditionVariable";
    struct lock *sleepers;

    sim__before();
    sleepers = condition_find(condition, name);
    trace_lock(call, sleepers, name);
    if (sleepers->parked != 0) {
        sim__park_wake_all(sleepers);
    }
    sim__after();
}
