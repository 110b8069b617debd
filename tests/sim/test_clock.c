/**
 * @file test_clock.c
 * @brief Clocks: how fine they are, and that reading them gets somewhere.
 *
 * Uses:     schedules.h, the Win32 calls of clock.c.
 * Used by:  ctest.
 * Facts:    TIME-02.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <windows.h>

#include "kernel/schedule.h"

/** @brief Units of 100 ns, by the finest clock. */
static LONGLONG precise_now(void)
{
    LARGE_INTEGER count;

    sim_assert(QueryPerformanceCounter(&count));
    return count.QuadPart;
}

static ULONGLONG file_time(void (*clock)(FILETIME *))
{
    FILETIME time;

    clock(&time);
    return (ULONGLONG)time.dwHighDateTime << 32 | time.dwLowDateTime;
}

/* ---- Fineness ---------------------------------------------------------- */

static void ticks_scenario(void *arg)
{
    ULONGLONG last = GetTickCount64();
    int steps = 0;

    (void)arg;
    for (int count = 0; count < 100; count++) {
        ULONGLONG now;
        ULONGLONG ticks;

        Sleep(5);
        now = GetTickCount64();
        /* FACT TIME-02 GetTickCount resolution: a whole number of steps of
         * 15.625 ms, cut to milliseconds. */
        ticks = (now * 8 + 124) / 125;
        sim_assert(ticks * 125 / 8 == now);
        steps += now != last;
        last = now;
    }
    sim_assert(steps >= 30);
    sim_assert(GetTickCount() == (DWORD)GetTickCount64());
}

static void exact_scenario(void *arg)
{
    ULONGLONG before = GetTickCount64();

    (void)arg;
    Sleep(5);
    sim_assert(GetTickCount64() - before == 5);
    Sleep(1);
    sim_assert(GetTickCount64() - before == 6);
}

static void tick_count_moves_in_steps(void **state)
{
    struct sim_report report = sim_explore(
        &(const struct sim_options){.prompt_threads = true, .runs = 50},
        ticks_scenario,
        NULL);

    (void)state;
    assert_true(report.passed);
    schedules_pass_exactly(exact_scenario);
}

static void fine_scenario(void *arg)
{
    LARGE_INTEGER frequency;
    LONGLONG before;
    LONGLONG after;

    (void)arg;
    sim_assert(QueryPerformanceFrequency(&frequency));
    sim_assert(frequency.QuadPart == 10000000);
    before = precise_now();
    after = precise_now();
    /* Time goes on while one reads, a little. */
    sim_assert(after == before + 1);
    sim_assert(file_time(GetSystemTimePreciseAsFileTime) ==
               (ULONGLONG)SIM_TIME_ZERO + (ULONGLONG)before + 2);
    sim_assert(file_time(GetSystemTimeAsFileTime) == (ULONGLONG)SIM_TIME_ZERO);
}

/** @brief With prompt threads the first reads take no time at all. */
static void still_scenario(void *arg)
{
    LONGLONG before = precise_now();

    (void)arg;
    for (int count = 0; count < 15; count++) {
        sim_assert(precise_now() == before);
    }
    sim_assert(precise_now() > before);
}

static void fine_clocks_are_fine(void **state)
{
    (void)state;
    schedules_pass(fine_scenario);
    schedules_pass_exactly(still_scenario);
}

/* ---- Waiting by looking ------------------------------------------------ */

static volatile LONG done;

static DWORD WINAPI late_worker(void *argument)
{
    (void)argument;
    Sleep(300);
    WriteRelease(&done, 1);
    return 0;
}

/** @brief Look at each clock in turn until a second has gone by, while
 *  another thread waits for less than that. */
static void spin_scenario(void *arg)
{
    HANDLE thread;
    LONGLONG start;
    ULONGLONG file_start;
    ULONGLONG tick_start;

    (void)arg;
    WriteRelease(&done, 0);
    thread = CreateThread(NULL, 0, late_worker, NULL, 0, NULL);
    start = precise_now();
    while (precise_now() - start < 10000000) {
        /* The clock moves because it is read. */
    }
    if (ReadAcquire(&done) == 0) {
        /* The worker is slow to come to its Sleep or back from it. */
        sim_mark("slow");
    } else {
        sim_mark("done meanwhile");
    }
    tick_start = GetTickCount64();
    while (GetTickCount64() - tick_start < 500) {
    }
    file_start = file_time(GetSystemTimeAsFileTime);
    while (file_time(GetSystemTimeAsFileTime) - file_start < 5000000) {
    }
    sim_assert(precise_now() - start >= 20000000 - 2 * 156250);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(thread));
}

/** @brief What is due in the time that reading takes happens meanwhile. */
static void due_scenario(void *arg)
{
    LARGE_INTEGER due = {.QuadPart = -3000000};
    HANDLE timer = CreateWaitableTimerW(NULL, TRUE, NULL);
    LONGLONG start;

    (void)arg;
    sim_assert(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
    start = precise_now();
    while (precise_now() - start < 5000000) {
    }
    sim_assert(WaitForSingleObject(timer, 0) == WAIT_OBJECT_0);
    sim_assert(CloseHandle(timer));
}

static void reading_a_clock_lets_time_pass(void **state)
{
    static const char *const marks[] = {"done meanwhile", NULL};

    (void)state;
    schedules_pass(due_scenario);
    schedules_pass_exactly(due_scenario);
    schedules_reach(spin_scenario, marks);
    schedules_pass_exactly(spin_scenario);
}

static void reads_scenario(void *arg)
{
    static LONGLONG times[64];

    (void)arg;
    for (int count = 0; count < 64; count++) {
        times[count] = precise_now();
    }
    for (int count = 1; count < 16; count++) {
        sim_assert(times[count] - times[count - 1] == 1);
    }
    for (int count = 17; count < 29; count++) {
        sim_assert(times[count] - times[count - 1] ==
                   2 * (times[count - 1] - times[count - 2]));
    }
    for (int count = 32; count < 64; count++) {
        sim_assert(times[count] - times[count - 1] == 10000);
    }
    Sleep(1);
    times[0] = precise_now();
    sim_assert(precise_now() - times[0] == 1);
}

static void reads_in_a_row_take_longer(void **state)
{
    (void)state;
    schedules_pass(reads_scenario);
}

static void null_scenario(void *arg)
{
    (void)arg;
    (void)QueryPerformanceCounter(NULL);
}

static void clock_needs_a_place_to_write_to(void **state)
{
    (void)state;
    schedules_fail(null_scenario, SIM_CRASH, "lpPerformanceCount");
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(tick_count_moves_in_steps),
        cmocka_unit_test(fine_clocks_are_fine),
        cmocka_unit_test(reading_a_clock_lets_time_pass),
        cmocka_unit_test(reads_in_a_row_take_longer),
        cmocka_unit_test(clock_needs_a_place_to_write_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
