/**
 * @file test_regressions.c
 * @brief What was wrong once: threads, pipes, names and time.
 *
 * Each test is the smallest program that showed a mistake of the simulator's.
 * They have in common that something ends in the middle of something else.
 *
 * Uses:     schedules.h, checks.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"
#include "schedules.h"

#include <string.h>

#include "checks.h"

/* ---- Who ended the run --------------------------------------------------- */

static void scenario_leak_at_exit(void *arg)
{
    (void)arg;
    (void)check_event(TRUE, FALSE);
    ExitThread(0);
}

static DWORD WINAPI do_nothing(void *argument)
{
    (void)argument;
    return 0;
}

static void scenario_deadlock_at_exit(void *arg)
{
    HANDLE event = check_event(TRUE, FALSE);

    (void)arg;
    check_close(check_thread(do_nothing, NULL));
    (void)WaitForSingleObject(event, INFINITE);
}

/** @brief The last event must be the end of the run, by a thread. */
static void check_last_thread(sim_scenario_fn *scenario,
                              enum sim_verdict verdict,
                              uint32_t thread)
{
    const struct sim_options options = {.strategy = "dfs",
                                        .runs = 1,
                                        .record = true};
    struct sim_report report = sim_explore(&options, scenario, NULL);

    assert_int_equal(report.verdict, verdict);
    assert_int_equal(report.events[report.event_count - 1].kind,
                     SIM_EVENT_stop);
    assert_int_equal(report.events[report.event_count - 1].thread, thread);
}

/** The trace named a thread by memory that had been given back. */
static void test_thread_that_ended_is_named(void **state)
{
    (void)state;
    check_last_thread(scenario_leak_at_exit, SIM_LEAK, 1);
    check_last_thread(scenario_deadlock_at_exit, SIM_DEADLOCK, 2);
}

/* ---- Ends while settling ------------------------------------------------- */

static volatile LONG settled;

static DWORD WINAPI settle(void *argument)
{
    (void)argument;
    sim_settle();
    (void)InterlockedIncrement(&settled);
    return 0;
}

static void scenario_terminate_settling(void *arg)
{
    HANDLE thread;

    (void)arg;
    settled = 0;
    thread = check_thread(settle, NULL);
    SwitchToThread();
    (void)GetTickCount();
    sim_assert(TerminateThread(thread, 1));
    if (check_exit_code(thread) == 1) {
        sim_mark("terminated");
    }
    Sleep(1);
    sim_assert(check_exit_code(thread) != 1 || settled == 0);
    check_join(thread);
}

static void scenario_suspend_settling(void *arg)
{
    HANDLE thread;

    (void)arg;
    settled = 0;
    thread = check_thread(settle, NULL);
    SwitchToThread();
    (void)GetTickCount();
    if (SuspendThread(thread) == 0) {
        LONG before = settled;

        sim_mark("suspended");
        Sleep(1);
        sim_assert(settled == before);
        sim_assert(ResumeThread(thread) == 1);
    }
    check_join(thread);
    sim_assert(settled == 1);
}

static void test_settling_thread_is_stopped(void **state)
{
    static const char *const terminated[] = {"terminated", NULL};
    static const char *const suspended[] = {"suspended", NULL};

    (void)state;
    schedules_reach(scenario_terminate_settling, terminated);
    schedules_pass(scenario_terminate_settling);
    schedules_reach(scenario_suspend_settling, suspended);
    schedules_pass(scenario_suspend_settling);
}

/* ---- The bound on preemptions -------------------------------------------- */

static DWORD WINAPI spin(void *argument)
{
    volatile LONG *count = argument;

    for (int turn = 0; turn < 4; turn++) {
        (void)InterlockedIncrement(count);
    }
    return 0;
}

static void scenario_bounded(void *arg)
{
    volatile LONG count = 0;
    HANDLE timer = CreateWaitableTimerW(NULL, FALSE, NULL);
    const LARGE_INTEGER soon = {.QuadPart = -1};
    HANDLE threads[2];

    (void)arg;
    sim_assert(SetWaitableTimer(timer, &soon, 0, NULL, NULL, FALSE));
    for (int at = 0; at < 2; at++) {
        threads[at] = check_thread(spin, (void *)(uintptr_t)&count);
    }
    for (int at = 0; at < 2; at++) {
        check_join(threads[at]);
    }
    check_close(timer);
}

/** Time that passed used up the last preemption, and the next one made the
 * number left wrap around to four thousand millions. */
static void test_passing_time_is_a_preemption(void **state)
{
    const struct sim_options options = {.strategy = "dfs:1",
                                        .runs = 20000,
                                        .exact_clock = true,
                                        .calls_only = true};
    struct sim_report report = sim_explore(&options, scenario_bounded, NULL);

    (void)state;
    assert_true(report.passed);
    assert_true(report.complete);
}

/* ---- Nothing at all ------------------------------------------------------ */

static void scenario_empty_message(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_MESSAGE);
    OVERLAPPED overlapped = {0};
    HANDLE events[3];
    DWORD bytes = 1;
    char byte;

    (void)arg;
    sim_assert(WriteFile(pair.server, NULL, 0, &bytes, &overlapped));
    for (int at = 0; at < 3; at++) {
        events[at] = check_event(TRUE, TRUE);
    }
    sim_assert(ReadFile(pair.client, &byte, 1, &bytes, &overlapped));
    sim_assert(bytes == 0);
    for (int at = 0; at < 3; at++) {
        sim_assert(ResetEvent(events[at]));
        check_close(events[at]);
    }
    pair_close(&pair);
}

/** The copy of an empty message was no memory, and was given back. */
static void test_empty_message_has_its_own_memory(void **state)
{
    (void)state;
    schedules_pass(scenario_empty_message);
}

/* ---- The end of time ----------------------------------------------------- */

static void scenario_native_forever(void *arg)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    LARGE_INTEGER forever = {.QuadPart = INT64_MIN};
    PVOID key;
    PVOID context;
    IO_STATUS_BLOCK block;

    (void)arg;
    (void)NtRemoveIoCompletion(port, &key, &context, &block, &forever);
}

static void scenario_timer_forever(void *arg)
{
    HANDLE timer = CreateWaitableTimerW(NULL, FALSE, NULL);
    const LARGE_INTEGER forever = {.QuadPart = INT64_MIN};

    (void)arg;
    sim_assert(SetWaitableTimer(timer, &forever, INT32_MAX, NULL, NULL, FALSE));
    (void)WaitForSingleObject(timer, INFINITE);
}

static void scenario_long_times(void *arg)
{
    HANDLE timer = CreateWaitableTimerW(NULL, FALSE, NULL);
    const LARGE_INTEGER past = {.QuadPart = 1};

    (void)arg;
    sim_assert(SetWaitableTimer(timer, &past, INT32_MAX, NULL, NULL, FALSE));
    sim_assert(check_signaled(timer));
    sim_assert(WaitForSingleObject(timer, INFINITE - 1) == WAIT_OBJECT_0);
    sim_assert(CancelWaitableTimer(timer));
    (void)check_signaled(timer); /* If it was slow to be cancelled. */
    sim_assert(WaitForSingleObject(timer, INFINITE - 1) == WAIT_TIMEOUT);
    check_close(timer);
}

/** The smallest 64-bit number has no counterpart to be negated to; programs
 * that call the native functions use it to say "for ever". */
static void test_longest_times(void **state)
{
    (void)state;
    schedules_fail(scenario_native_forever, SIM_DEADLOCK, "for a packet");
    schedules_fail(scenario_timer_forever, SIM_DEADLOCK, "for timer 1");
    schedules_pass(scenario_long_times);
}

/* ---- Names --------------------------------------------------------------- */

static DWORD WINAPI wait_long(void *argument)
{
    return WaitForSingleObject(argument, 1000);
}

static void scenario_name_ends(void *arg)
{
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, L"name");
    HANDLE thread = check_thread(wait_long, event);
    HANDLE second;

    (void)arg;
    sim_settle();
    check_close(event);
    /* The waiting thread keeps the event, but not its name. */
    sim_assert(check_refused(OpenEventW(EVENT_ALL_ACCESS, FALSE, L"name"),
                             ERROR_FILE_NOT_FOUND));
    second = CreateEventW(NULL, TRUE, TRUE, L"name");
    sim_assert(GetLastError() == ERROR_SUCCESS);
    sim_assert(WaitForSingleObject(thread, 0) == WAIT_TIMEOUT);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(check_exit_code(thread) == WAIT_TIMEOUT);
    check_close(thread);
    check_close(second);
}

static void test_name_ends_with_last_handle(void **state)
{
    (void)state;
    schedules_rules("-20"); /* It closes what is waited for. */
    schedules_pass_exactly(scenario_name_ends);
    schedules_rules(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thread_that_ended_is_named),
        cmocka_unit_test(test_settling_thread_is_stopped),
        cmocka_unit_test(test_passing_time_is_a_preemption),
        cmocka_unit_test(test_empty_message_has_its_own_memory),
        cmocka_unit_test(test_longest_times),
        cmocka_unit_test(test_name_ends_with_last_handle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
