/**
 * @file test_atomics.c
 * @brief Interlocked functions: their arithmetic, and where threads switch.
 *
 * Uses:     schedules.h, the functions of interlocked.c.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <string.h>
#include <windows.h>

static volatile LONG counter;
static volatile LONG64 counter64;
static PVOID volatile pointer;

static void two_threads(LPTHREAD_START_ROUTINE start)
{
    HANDLE threads[2];

    for (int at = 0; at < 2; at++) {
        threads[at] = CreateThread(NULL, 0, start, NULL, 0, NULL);
        sim_assert(threads[at] != NULL);
    }
    for (int at = 0; at < 2; at++) {
        sim_assert(WaitForSingleObject(threads[at], INFINITE) == WAIT_OBJECT_0);
        sim_assert(CloseHandle(threads[at]));
    }
}

/* ---- Values ------------------------------------------------------------ */

static void long_scenario(void *arg)
{
    (void)arg;
    counter = MAXLONG;
    sim_assert(InterlockedIncrement(&counter) == -MAXLONG - 1);
    sim_assert(InterlockedDecrement(&counter) == MAXLONG);
    sim_assert(InterlockedExchange(&counter, 5) == MAXLONG && counter == 5);
    sim_assert(InterlockedExchangeAdd(&counter, -7) == 5 && counter == -2);
    sim_assert(InterlockedAdd(&counter, 3) == 1);
    sim_assert(InterlockedCompareExchange(&counter, 9, 2) == 1);
    sim_assert(counter == 1);
    sim_assert(InterlockedCompareExchange(&counter, 9, 1) == 1);
    sim_assert(counter == 9);
    sim_assert(InterlockedAnd(&counter, 12) == 9 && counter == 8);
    sim_assert(InterlockedOr(&counter, 3) == 8 && counter == 11);
    sim_assert(InterlockedXor(&counter, 2) == 11 && counter == 9);
    WriteRelease(&counter, -4);
    sim_assert(ReadAcquire(&counter) == -4);
}

static void long64_scenario(void *arg)
{
    const LONG64 most = INT64_MAX;

    (void)arg;
    counter64 = most;
    sim_assert(InterlockedIncrement64(&counter64) == -most - 1);
    sim_assert(InterlockedDecrement64(&counter64) == most);
    sim_assert(InterlockedExchange64(&counter64, 5) == most);
    sim_assert(InterlockedExchangeAdd64(&counter64, most) == 5);
    sim_assert(counter64 == -most - 1 + 4);
    sim_assert(InterlockedExchange64(&counter64, 1) != 1);
    sim_assert(InterlockedAdd64(&counter64, (LONG64)1 << 40) ==
               ((LONG64)1 << 40) + 1);
    sim_assert(InterlockedCompareExchange64(&counter64, 9, 1) != 1);
    sim_assert(InterlockedCompareExchange64(&counter64,
                                            9,
                                            ((LONG64)1 << 40) + 1) != 9);
    sim_assert(counter64 == 9);
    sim_assert(InterlockedAnd64(&counter64, 12) == 9 && counter64 == 8);
    sim_assert(InterlockedOr64(&counter64, 3) == 8 && counter64 == 11);
    sim_assert(InterlockedXor64(&counter64, 2) == 11 && counter64 == 9);
    WriteRelease64(&counter64, -((LONG64)1 << 50));
    sim_assert(ReadAcquire64(&counter64) == -((LONG64)1 << 50));
}

static void pointer_scenario(void *arg)
{
    int one;
    int two;

    (void)arg;
    pointer = NULL;
    sim_assert(InterlockedExchangePointer(&pointer, &one) == NULL);
    sim_assert(InterlockedCompareExchangePointer(&pointer, &two, NULL) == &one);
    sim_assert(pointer == &one);
    sim_assert(InterlockedCompareExchangePointer(&pointer, &two, &one) == &one);
    sim_assert(ReadPointerAcquire(&pointer) == &two);
    WritePointerRelease(&pointer, NULL);
    sim_assert(pointer == NULL);
}

static void values_are_those_of_windows(void **state)
{
    (void)state;
    schedules_pass(long_scenario);
    schedules_pass(long64_scenario);
    schedules_pass(pointer_scenario);
}

static void misaligned_scenario(void *arg)
{
    LONG64 storage[2] = {0};
    char *odd = (char *)storage + 4;

    (void)arg;
    (void)InterlockedIncrement((LONG *)(void *)odd); /* Aligned to four. */
    (void)InterlockedIncrement64((LONG64 *)(void *)odd);
}

static void misaligned_long_scenario(void *arg)
{
    LONG storage[2] = {0};

    (void)arg;
    (void)ReadAcquire((LONG *)(void *)((char *)storage + 2));
}

static void misaligned_variable_ends_the_run(void **state)
{
    (void)state;
    schedules_fail(misaligned_scenario, SIM_CONTRACT, "InterlockedIncrement64");
    schedules_fail(misaligned_long_scenario, SIM_CONTRACT, "ReadAcquire");
}

/* ---- Between two threads ----------------------------------------------- */

static DWORD WINAPI increment_worker(void *argument)
{
    (void)argument;
    (void)InterlockedIncrement(&counter);
    (void)InterlockedIncrement(&counter);
    return 0;
}

static void increment_scenario(void *arg)
{
    (void)arg;
    counter = 0;
    two_threads(increment_worker);
    sim_assert(counter == 4);
}

/** @brief Reads and writes in two steps: another thread fits in between. */
static DWORD WINAPI torn_worker(void *argument)
{
    LONG value = ReadAcquire(&counter);

    (void)argument;
    WriteRelease(&counter, value + 1);
    return 0;
}

static void torn_scenario(void *arg)
{
    (void)arg;
    counter = 0;
    two_threads(torn_worker);
    sim_assert(counter == 1 || counter == 2);
    sim_mark(counter == 1 ? "lost an increment" : "lost none");
}

/** @brief Publishes first and writes later: seen only when a thread can be
 *  interrupted after the call that publishes. */
static DWORD WINAPI publisher(void *argument)
{
    (void)argument;
    if (InterlockedExchange(&counter, 1) == 0) {
        counter64 = 1;
    } else if (counter64 == 0) {
        sim_mark("published too early");
    }
    return 0;
}

static void publish_scenario(void *arg)
{
    (void)arg;
    counter = 0;
    counter64 = 0;
    two_threads(publisher);
}

static void atomic_is_one_step_and_two_are_not(void **state)
{
    static const char *const torn[] = {"lost an increment", "lost none", NULL};
    static const char *const early[] = {"published too early", NULL};

    (void)state;
    schedules_pass(increment_scenario);
    schedules_reach(torn_scenario, torn);
    schedules_reach(publish_scenario, early);
}

static DWORD WINAPI spinner(void *argument)
{
    (void)argument;
    while (ReadAcquire(&counter) == 0) {
        YieldProcessor();
    }
    return 0;
}

static void spin_scenario(void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, spinner, NULL, 0, NULL);

    (void)arg;
    WriteRelease(&counter, 0);
    Sleep(50);
    WriteRelease(&counter, 1);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}

static void yield_lets_others_and_time_go_on(void **state)
{
    (void)state;
    schedules_pass(spin_scenario);
    schedules_pass_exactly(spin_scenario);
}

static void endless_scenario(void *arg)
{
    (void)arg;
    for (;;) {
        YieldProcessor();
    }
}

static void endless_spinning_is_a_livelock(void **state)
{
    (void)state;
    schedules_fail(endless_scenario, SIM_LIVELOCK, "without coming to an end");
}

/* ---- The trace --------------------------------------------------------- */

/** What the trace said of atomic operations. */
static struct {
    int count;
    int64_t before[8];
    int64_t after[8];
    const char *text[8];
} seen;

static void observe(void *context, const struct sim_event *event)
{
    (void)context;
    if (event->kind == SIM_EVENT_atomic && seen.count < 8) {
        seen.before[seen.count] = event->value[0];
        seen.after[seen.count] = event->value[1];
        seen.text[seen.count++] = event->text;
    }
}

static void traced_scenario(void *arg)
{
    (void)arg;
    counter = 70000;
    counter64 = 0;
    pointer = NULL;
    (void)InterlockedIncrement(&counter);
    (void)InterlockedExchange64(&counter64, (LONG64)(uintptr_t)&counter);
    (void)InterlockedExchange64(&counter64, -3);
    (void)InterlockedExchangePointer(&pointer, &seen);
    WritePointerRelease(&pointer, NULL);
}

static void trace_shows_values_and_no_addresses(void **state)
{
    static const int64_t before[] = {70000, 0, 65536, 0, 1};
    static const int64_t after[] = {70001, 65536, -3, 1, 0};
    struct sim_report report =
        sim_explore(&(const struct sim_options){.runs = 1, .observe = observe},
                    traced_scenario,
                    NULL);

    (void)state;
    assert_true(report.passed);
    assert_int_equal(seen.count, 5);
    assert_memory_equal(seen.before, before, sizeof before);
    assert_memory_equal(seen.after, after, sizeof after);
    assert_string_equal(seen.text[0], "InterlockedIncrement");
    assert_string_equal(seen.text[4], "WritePointerRelease");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_those_of_windows),
        cmocka_unit_test(misaligned_variable_ends_the_run),
        cmocka_unit_test(atomic_is_one_step_and_two_are_not),
        cmocka_unit_test(yield_lets_others_and_time_go_on),
        cmocka_unit_test(endless_spinning_is_a_livelock),
        cmocka_unit_test(trace_shows_values_and_no_addresses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
