/**
 * @file test_conditions.c
 * @brief Sleeping until something is so: condition variables, addresses.
 *
 * Uses:     failures.h, checks.h, the Win32 calls of condition_variable.c and
 *           wait_on_address.c.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "failures.h"

#include <string.h>
#include <windows.h>

#include "checks.h"

enum { ITEMS = 3 };

static CRITICAL_SECTION section;
static SRWLOCK srw;
static CONDITION_VARIABLE condition;
static volatile LONG word;

static struct {
    int items;
    int taken;
    int woken;
} shared;

static void begin(void)
{
    memset(&shared, 0, sizeof shared);
    word = 0;
    InitializeCriticalSection(&section);
    InitializeSRWLock(&srw);
    InitializeConditionVariable(&condition);
}

/* ---- No wake-up is lost ------------------------------------------------ */

static DWORD WINAPI section_consumer(void *argument)
{
    (void)argument;
    for (int count = 0; count < ITEMS; count++) {
        EnterCriticalSection(&section);
        while (shared.items == 0) {
            sim_assert(
                SleepConditionVariableCS(&condition, &section, INFINITE));
            sim_assert(section.RecursionCount == 1);
            if (shared.items == 0) {
                sim_mark("woken for nothing");
            }
        }
        shared.items--;
        shared.taken++;
        LeaveCriticalSection(&section);
    }
    return 0;
}

static void section_scenario(void *arg)
{
    HANDLE consumers[2];

    (void)arg;
    begin();
    consumers[0] = check_thread(section_consumer, NULL);
    consumers[1] = check_thread(section_consumer, NULL);
    for (int count = 0; count < 2 * ITEMS; count++) {
        EnterCriticalSection(&section);
        shared.items++;
        LeaveCriticalSection(&section);
        WakeConditionVariable(&condition);
    }
    check_join(consumers[0]);
    check_join(consumers[1]);
    sim_assert(shared.taken == 2 * ITEMS && shared.items == 0);
}

static DWORD WINAPI shared_consumer(void *argument)
{
    (void)argument;
    AcquireSRWLockShared(&srw);
    while (shared.items == 0) {
        sim_assert(
            SleepConditionVariableSRW(&condition,
                                      &srw,
                                      INFINITE,
                                      CONDITION_VARIABLE_LOCKMODE_SHARED));
    }
    ReleaseSRWLockShared(&srw);
    return 0;
}

static DWORD WINAPI alone_consumer(void *argument)
{
    (void)argument;
    AcquireSRWLockExclusive(&srw);
    while (shared.items == 0) {
        sim_assert(SleepConditionVariableSRW(&condition, &srw, INFINITE, 0));
    }
    ReleaseSRWLockExclusive(&srw);
    return 0;
}

static void srw_scenario(void *arg)
{
    HANDLE consumers[3];

    (void)arg;
    begin();
    for (int at = 0; at < 3; at++) {
        consumers[at] =
            check_thread(at < 2 ? shared_consumer : alone_consumer, NULL);
    }
    AcquireSRWLockExclusive(&srw);
    shared.items = 1;
    WakeAllConditionVariable(&condition);
    ReleaseSRWLockExclusive(&srw);
    for (int at = 0; at < 3; at++) {
        check_join(consumers[at]);
    }
}

static void condition_loses_no_wake_up(void **state)
{
    static const char *const marks[] = {"woken for nothing", NULL};

    (void)state;
    schedules_pass(section_scenario);
    schedules_reach(section_scenario, marks);
    schedules_pass(srw_scenario);
}

/* ---- What programs get wrong ------------------------------------------- */

/** @brief Sleeps once, although a sleep may end without reason. */
static DWORD WINAPI hasty_consumer(void *argument)
{
    (void)argument;
    EnterCriticalSection(&section);
    if (shared.items == 0) {
        sim_assert(SleepConditionVariableCS(&condition, &section, INFINITE));
    }
    sim_assert(shared.items > 0);
    shared.items--;
    LeaveCriticalSection(&section);
    return 0;
}

static void hasty_scenario(void *arg)
{
    HANDLE consumer;

    (void)arg;
    begin();
    consumer = check_thread(hasty_consumer, NULL);
    EnterCriticalSection(&section);
    shared.items++;
    LeaveCriticalSection(&section);
    WakeConditionVariable(&condition);
    check_join(consumer);
}

/** @brief Wakes without the lock and without a condition: may be too early. */
static void early_scenario(void *arg)
{
    HANDLE consumer;

    (void)arg;
    begin();
    consumer = check_thread(hasty_consumer, NULL);
    WakeConditionVariable(&condition);
    check_join(consumer);
}

static void condition_needs_a_loop_and_a_condition(void **state)
{
    (void)state;
    failures_find(hasty_scenario, SIM_ASSERTION, "shared.items > 0");
    failures_find(early_scenario,
                  SIM_DEADLOCK,
                  "waits in SleepConditionVariableCS");
}

/* ---- Waking one, waking all, giving up --------------------------------- */

static DWORD WINAPI sleeper(void *mark)
{
    EnterCriticalSection(&section);
    while (shared.items == 0) {
        sim_assert(SleepConditionVariableCS(&condition, &section, INFINITE));
    }
    shared.items--;
    if (shared.taken++ == 0) {
        sim_mark(mark);
    }
    LeaveCriticalSection(&section);
    return 0;
}

static void one_scenario(void *arg)
{
    HANDLE threads[2];

    (void)arg;
    begin();
    threads[0] = check_thread(sleeper, "older");
    sim_settle();
    threads[1] = check_thread(sleeper, "newer");
    sim_settle();
    EnterCriticalSection(&section);
    shared.items = 2;
    LeaveCriticalSection(&section);
    WakeConditionVariable(&condition);
    sim_settle();
    sim_assert(shared.taken == 1);
    WakeConditionVariable(&condition);
    check_join(threads[0]);
    check_join(threads[1]);
    sim_assert(shared.taken == 2);
}

static void condition_wakes_one_of_those_who_sleep(void **state)
{
    static const char *const marks[] = {"older", "newer", NULL};

    (void)state;
    schedules_reach(one_scenario, marks);
}

static void give_up_scenario(void *arg)
{
    ULONGLONG before = GetTickCount64();

    (void)arg;
    begin();
    EnterCriticalSection(&section);
    sim_assert(!SleepConditionVariableCS(&condition, &section, 0));
    sim_assert(GetLastError() == ERROR_TIMEOUT);
    /* Nobody wakes, so what is no spurious wake-up is a time-out. */
    while (SleepConditionVariableCS(&condition, &section, 500)) {
        sim_mark("spurious");
    }
    sim_assert(GetLastError() == ERROR_TIMEOUT);
    sim_assert(GetTickCount64() - before >= 500 - 16);
    sim_assert(section.RecursionCount == 1);
    LeaveCriticalSection(&section);
    SetLastError(0);
    sim_assert(!SleepConditionVariableSRW(&condition, &srw, 0, 2));
    sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
    AcquireSRWLockShared(&srw);
    sim_assert(!SleepConditionVariableSRW(&condition,
                                          &srw,
                                          0,
                                          CONDITION_VARIABLE_LOCKMODE_SHARED));
    sim_assert(!TryAcquireSRWLockExclusive(&srw));
    ReleaseSRWLockShared(&srw);
    sim_assert(TryAcquireSRWLockExclusive(&srw));
}

static void condition_sleep_can_give_up(void **state)
{
    static const char *const marks[] = {"spurious", NULL};

    (void)state;
    schedules_pass(give_up_scenario);
    schedules_reach(give_up_scenario, marks);
}

/* ---- The search ends --------------------------------------------------- */

static void small_scenario(void *arg)
{
    HANDLE thread;

    (void)arg;
    begin();
    thread = check_thread(alone_consumer, NULL);
    AcquireSRWLockExclusive(&srw);
    shared.items = 1;
    ReleaseSRWLockExclusive(&srw);
    WakeConditionVariable(&condition);
    check_join(thread);
}

static void search_with_spurious_wake_ups_ends(void **state)
{
    struct sim_report report = sim_explore(
        &(const struct sim_options){.strategy = "dfs", .calls_only = true},
        small_scenario,
        NULL);

    (void)state;
    assert_true(report.passed);
    assert_true(report.complete);
    assert_true(report.runs > 10);
}

/* ---- Addresses --------------------------------------------------------- */

static DWORD WINAPI address_consumer(void *argument)
{
    LONG unwanted = 0;

    (void)argument;
    while (ReadAcquire(&word) == 0) {
        sim_assert(WaitOnAddress(&word, &unwanted, sizeof word, INFINITE));
    }
    shared.woken++;
    return 0;
}

static void address_scenario(void *arg)
{
    HANDLE threads[2];

    (void)arg;
    begin();
    threads[0] = check_thread(address_consumer, NULL);
    threads[1] = check_thread(address_consumer, NULL);
    InterlockedExchange(&word, 1);
    WakeByAddressSingle((void *)(uintptr_t)&word);
    WakeByAddressSingle((void *)(uintptr_t)&word);
    check_join(threads[0]);
    check_join(threads[1]);
    sim_assert(shared.woken == 2);
}

static void address_all_scenario(void *arg)
{
    HANDLE threads[2];

    (void)arg;
    begin();
    threads[0] = check_thread(address_consumer, NULL);
    threads[1] = check_thread(address_consumer, NULL);
    sim_settle();
    InterlockedExchange(&word, 1);
    WakeByAddressSingle((void *)(uintptr_t)&shared); /* Another address. */
    sim_settle();
    sim_assert(shared.woken == 0);
    WakeByAddressSingle((void *)(uintptr_t)&word);
    sim_settle();
    sim_assert(shared.woken == 1);
    WakeByAddressAll((void *)(uintptr_t)&word);
    check_join(threads[0]);
    check_join(threads[1]);
}

static void address_values_scenario(void *arg)
{
    static const SIZE_T sizes[] = {1, 2, 4, 8};
    volatile LONG64 value = 0x0102030405060708;
    LONG64 same = 0x0102030405060708;
    LONG64 high = 0x7F02030405060708;

    (void)arg;
    begin();
    for (int at = 0; at < 4; at++) {
        sim_assert(!WaitOnAddress(&value, &same, sizes[at], 0));
        sim_assert(GetLastError() == ERROR_TIMEOUT);
        SetLastError(5);
        /* They differ in the last of eight bytes only. */
        sim_assert(WaitOnAddress(&value, &high, sizes[at], 0) ==
                   (sizes[at] == 8));
    }
    while (WaitOnAddress(&value, &same, 8, 100)) {
        sim_mark("spurious");
    }
    sim_assert(GetLastError() == ERROR_TIMEOUT);
    sim_assert(!WaitOnAddress(&value, &high, 3, 0));
    sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
    sim_assert(!WaitOnAddress(&value, &high, 0, INFINITE));
}

/** @brief A change alone wakes nobody. */
static void address_change_scenario(void *arg)
{
    HANDLE thread;

    (void)arg;
    begin();
    thread = check_thread(address_consumer, NULL);
    InterlockedExchange(&word, 1);
    check_join(thread);
}

static void address_wait_ends_by_a_wake_up(void **state)
{
    static const char *const marks[] = {"spurious", NULL};

    (void)state;
    schedules_pass(address_scenario);
    schedules_pass(address_all_scenario);
    schedules_pass(address_values_scenario);
    schedules_reach(address_values_scenario, marks);
    failures_find(address_change_scenario,
                  SIM_DEADLOCK,
                  "waits in WaitOnAddress");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(condition_loses_no_wake_up),
        cmocka_unit_test(condition_needs_a_loop_and_a_condition),
        cmocka_unit_test(condition_wakes_one_of_those_who_sleep),
        cmocka_unit_test(condition_sleep_can_give_up),
        cmocka_unit_test(search_with_spurious_wake_ups_ends),
        cmocka_unit_test(address_wait_ends_by_a_wake_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
