/**
 * @file test_lock_misuse.c
 * @brief What a program may not do with a lock, and what the run says then.
 *
 * Uses:     schedules.h, the Win32 calls about locks.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <string.h>
#include <windows.h>

static CRITICAL_SECTION section;
static SRWLOCK srw;
static CONDITION_VARIABLE condition;
static INIT_ONCE once;

static void begin(void)
{
    memset(&section, 0, sizeof section);
    InitializeSRWLock(&srw);
    InitializeConditionVariable(&condition);
    InitOnceInitialize(&once);
}

/** @brief Run a function in another thread, to its end. */
static void elsewhere(LPTHREAD_START_ROUTINE start)
{
    HANDLE thread = CreateThread(NULL, 0, start, NULL, 0, NULL);

    sim_assert(thread != NULL);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}

/* ---- Critical sections ------------------------------------------------- */

static void enter_unborn(void *arg)
{
    (void)arg;
    begin();
    EnterCriticalSection(&section);
}

static void enter_deleted(void *arg)
{
    (void)arg;
    InitializeCriticalSection(&section);
    DeleteCriticalSection(&section);
    EnterCriticalSection(&section);
}

static void leave_free(void *arg)
{
    (void)arg;
    InitializeCriticalSection(&section);
    LeaveCriticalSection(&section);
}

static DWORD WINAPI leave_worker(void *argument)
{
    (void)argument;
    LeaveCriticalSection(&section);
    return 0;
}

static void leave_foreign(void *arg)
{
    (void)arg;
    InitializeCriticalSection(&section);
    EnterCriticalSection(&section);
    elsewhere(leave_worker);
}

static void delete_held(void *arg)
{
    (void)arg;
    InitializeCriticalSection(&section);
    EnterCriticalSection(&section);
    DeleteCriticalSection(&section);
}

static void enter_null(void *arg)
{
    (void)arg;
    EnterCriticalSection(NULL);
}

static void section_misuse_ends_the_run(void **state)
{
    (void)state;
    schedules_fail(enter_unborn, SIM_CONTRACT, "before InitializeCritical");
    schedules_fail(enter_deleted, SIM_CONTRACT, "after DeleteCritical");
    schedules_fail(leave_free, SIM_CONTRACT, "is not inside, nor is any");
    schedules_fail(leave_foreign, SIM_CONTRACT, "while another is");
    schedules_fail(delete_held, SIM_CONTRACT, "a thread is inside");
    schedules_fail(enter_null, SIM_CRASH, "NULL for lpCriticalSection");
}

/* ---- SRW locks --------------------------------------------------------- */

static void release_free(void *arg)
{
    (void)arg;
    begin();
    ReleaseSRWLockExclusive(&srw);
}

static void release_shared_free(void *arg)
{
    (void)arg;
    begin();
    ReleaseSRWLockShared(&srw);
}

static void release_wrong_mode(void *arg)
{
    (void)arg;
    begin();
    AcquireSRWLockShared(&srw);
    ReleaseSRWLockExclusive(&srw);
}

static void release_shared_wrong_mode(void *arg)
{
    (void)arg;
    begin();
    AcquireSRWLockExclusive(&srw);
    ReleaseSRWLockShared(&srw);
}

static DWORD WINAPI release_worker(void *argument)
{
    (void)argument;
    ReleaseSRWLockExclusive(&srw);
    return 0;
}

static void release_foreign(void *arg)
{
    (void)arg;
    begin();
    AcquireSRWLockExclusive(&srw);
    elsewhere(release_worker);
}

static void acquire_unborn(void *arg)
{
    SRWLOCK *lock = HeapAlloc(GetProcessHeap(), 0, sizeof *lock);

    (void)arg;
    AcquireSRWLockExclusive(lock);
}

static void acquire_freed(void *arg)
{
    SRWLOCK *lock = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *lock);

    (void)arg;
    sim_assert(HeapFree(GetProcessHeap(), 0, lock));
    AcquireSRWLockShared(lock);
}

static void srw_misuse_ends_the_run(void **state)
{
    (void)state;
    schedules_fail(release_free, SIM_CONTRACT, "nobody holds");
    schedules_fail(release_shared_free, SIM_CONTRACT, "nobody holds");
    schedules_fail(release_wrong_mode, SIM_CONTRACT, "shared mode");
    schedules_fail(release_shared_wrong_mode, SIM_CONTRACT, "held exclusively");
    schedules_fail(release_foreign, SIM_CONTRACT, "does not hold");
    schedules_fail(acquire_unborn, SIM_CONTRACT, "nobody initialised");
    schedules_fail(acquire_freed, SIM_CONTRACT, "already taken back");
}

/* ---- Condition variables and run-once ---------------------------------- */

static void sleep_outside(void *arg)
{
    (void)arg;
    begin();
    InitializeCriticalSection(&section);
    (void)SleepConditionVariableCS(&condition, &section, 0);
}

static void sleep_twice_inside(void *arg)
{
    (void)arg;
    begin();
    InitializeCriticalSection(&section);
    EnterCriticalSection(&section);
    EnterCriticalSection(&section);
    (void)SleepConditionVariableCS(&condition, &section, 0);
}

static void sleep_without_srw(void *arg)
{
    (void)arg;
    begin();
    (void)SleepConditionVariableSRW(&condition, &srw, 0, 0);
}

static BOOL CALLBACK make_odd(INIT_ONCE *word, void *parameter, void **context)
{
    (void)word;
    (void)parameter;
    *context = (void *)(uintptr_t)0x1001;
    return TRUE;
}

static void once_gives_odd(void *arg)
{
    (void)arg;
    begin();
    (void)InitOnceExecuteOnce(&once, make_odd, NULL, NULL);
}

static BOOL CALLBACK make_again(INIT_ONCE *word,
                                void *parameter,
                                void **context)
{
    (void)context;
    return InitOnceExecuteOnce(word, make_again, parameter, NULL);
}

static void once_within_itself(void *arg)
{
    (void)arg;
    begin();
    (void)InitOnceExecuteOnce(&once, make_again, NULL, NULL);
}

static void sleeping_misuse_ends_the_run(void **state)
{
    (void)state;
    schedules_fail(sleep_outside, SIM_CONTRACT, "exactly once");
    schedules_fail(sleep_twice_inside, SIM_CONTRACT, "exactly once");
    schedules_fail(sleep_without_srw, SIM_CONTRACT, "nobody holds");
    schedules_fail(once_gives_odd, SIM_CONTRACT, "two low bits");
    schedules_fail(once_within_itself,
                   SIM_DEADLOCK,
                   "A waits in InitOnceExecuteOnce for a lock held by A");
}

/* ---- From run to run --------------------------------------------------- */

static void leave_all_held(void *arg)
{
    bool released = false;

    (void)arg;
    EnterCriticalSection(&section);
    AcquireSRWLockExclusive(&srw);
    sim_assert(section.RecursionCount == 1);
    sim_assert(released);
}

static void find_all_free(void *arg)
{
    (void)arg;
    sim_assert(TryEnterCriticalSection(&section));
    sim_assert(section.RecursionCount == 1 && section.LockCount == -2);
    LeaveCriticalSection(&section);
    sim_assert(section.LockCount == -1 && section.OwningThread == NULL);
    sim_assert(TryAcquireSRWLockExclusive(&srw));
    ReleaseSRWLockExclusive(&srw);
}

static void static_locks_are_free_in_each_run(void **state)
{
    (void)state;
    /* As a program does that initialises its statics before main(). */
    InitializeCriticalSection(&section);
    InitializeSRWLock(&srw);
    for (int round = 0; round < 3; round++) {
        schedules_fail(leave_all_held, SIM_ASSERTION, "released");
    }
    schedules_pass(find_all_free);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(section_misuse_ends_the_run),
        cmocka_unit_test(srw_misuse_ends_the_run),
        cmocka_unit_test(sleeping_misuse_ends_the_run),
        cmocka_unit_test(static_locks_are_free_in_each_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
