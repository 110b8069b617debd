/**
 * @file test_regressions.c
 * @brief What was wrong once: rare paths through threads, ports and time.
 *
 * Each test is the smallest program that showed a mistake of the simulator's.
 * They have in common that something ends in the middle of something else.
 *
 * Uses:     schedules.h, checks.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    PORT-31, PORT-47, PORT-69, PORT-72, PORT-80, PORT-82.
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
    sim_settle();
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
        sim_settle();
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
    sim_assert(
        SetWaitableTimer(timer, &forever, INT32_MAX, NULL, NULL, FALSE));
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
    sim_assert(
        check_refused(OpenEventW(EVENT_ALL_ACCESS, FALSE, L"name"),
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
    schedules_pass_exactly(scenario_name_ends);
}

/* ---- Threads that end in a port's wait ----------------------------------- */

enum { GENERIC_EVERYTHING = 0x10000000 };

static struct {
    HANDLE port;
    HANDLE reserve;
    DWORD key;
} place;

static void place_open(void)
{
    place.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 4);
    place.key = 0;
    sim_assert(NtAllocateReserveObject(
                   &place.reserve, NULL, MemoryReserveIoCompletion) ==
               STATUS_SUCCESS);
}

static NTSTATUS post_by_reserve(HANDLE port)
{
    return NtSetIoCompletionEx(
        port, place.reserve, NULL, NULL, STATUS_SUCCESS, 0);
}

/** @brief Close the port, with a packet in it that holds the reserve; nothing
 *  else may hold the port. */
static void place_close(void)
{
    HANDLE second = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 4);

    sim_assert(post_by_reserve(place.port) == STATUS_SUCCESS);
    sim_assert(post_by_reserve(second) != STATUS_SUCCESS);
    check_close(place.port);
    /* FACT PORT-80 the port is gone, and what was in it. */
    sim_assert(post_by_reserve(second) == STATUS_SUCCESS);
    check_close(second);
    check_close(place.reserve);
}

static DWORD WINAPI take_one(void *argument)
{
    DWORD bytes;
    ULONG_PTR key = 0;
    LPOVERLAPPED overlapped;

    (void)argument;
    (void)GetQueuedCompletionStatus(
        place.port, &bytes, &key, &overlapped, INFINITE);
    return (DWORD)key;
}

static DWORD WINAPI take_alertably(void *argument)
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    (void)argument;
    (void)GetQueuedCompletionStatusEx(
        place.port, &entry, 1, &count, INFINITE, TRUE);
    return GetLastError();
}

static void scenario_terminate_waiter(void *arg)
{
    HANDLE thread;

    (void)arg;
    place_open();
    thread = check_thread(take_one, NULL);
    sim_settle();
    sim_assert(TerminateThread(thread, 1));
    check_join(thread);
    place_close();
}

static void scenario_terminate_holder(void *arg)
{
    HANDLE thread;

    (void)arg;
    place_open();
    thread = check_thread(take_one, NULL);
    sim_settle();
    sim_assert(SuspendThread(thread) == 0);
    sim_assert(post_by_reserve(place.port) == STATUS_SUCCESS);
    sim_assert(TerminateThread(thread, 1));
    check_join(thread);
    place_close();
}

static void WINAPI end_thread(ULONG_PTR argument)
{
    ExitThread((DWORD)argument);
}

static void scenario_exit_in_wait(void *arg)
{
    HANDLE thread;

    (void)arg;
    place_open();
    thread = check_thread(take_alertably, NULL);
    sim_settle();
    sim_assert(QueueUserAPC(end_thread, thread, 5));
    sim_settle();
    sim_assert(check_exit_code(thread) == 5);
    check_join(thread);
    place_close();
}

/** The thread's wait held the port, and its packet, for ever. */
static void test_thread_ends_in_wait(void **state)
{
    (void)state;
    schedules_pass(scenario_terminate_waiter);
    schedules_pass(scenario_terminate_holder);
    schedules_pass(scenario_exit_in_wait);
}

/* FACT PORT-47 a packet that was handed over is removed by the kernel, which
 * writes the status block, before its thread can be terminated. */
static void scenario_terminate_reader(void *arg)
{
    struct pair pair = pair_open(PIPE_TYPE_BYTE);
    OVERLAPPED overlapped = {0};
    HANDLE thread;
    char byte;

    (void)arg;
    place.port = pair_port(pair.client);
    thread = check_thread(take_one, NULL);
    sim_settle();
    sim_assert(!ReadFile(pair.client, &byte, 1, NULL, &overlapped));
    sim_assert(SuspendThread(thread) == 0);
    sim_assert(CancelIo(pair.client));
    sim_assert(TerminateThread(thread, 1));
    sim_assert(overlapped.Internal == (ULONG_PTR)(ULONG)STATUS_CANCELLED);
    check_join(thread);
    pair_close(&pair);
    check_close(place.port);
}

static void test_packet_in_hand_is_removed(void **state)
{
    (void)state;
    schedules_pass(scenario_terminate_reader);
}

/* ---- Posts during a wait ------------------------------------------------- */

static void WINAPI post_one(ULONG_PTR argument)
{
    sim_assert(PostQueuedCompletionStatus(place.port, 0, argument, NULL));
}

static void WINAPI sleep_long(ULONG_PTR argument)
{
    Sleep((DWORD)argument);
}

/* FACT PORT-72 not associated: the APC runs before the wait begins, so what
 * it posts reaches who waits. */
static void scenario_post_before_wait(void *arg)
{
    HANDLE waiter;

    (void)arg;
    place.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 4);
    waiter = check_thread(take_one, NULL);
    sim_settle();
    sim_assert(QueueUserAPC(post_one, GetCurrentThread(), 3));
    sim_assert(take_alertably(NULL) == WAIT_IO_COMPLETION);
    check_join(waiter);
    check_close(place.port);
}

/* FACT PORT-69 is about who posts: not the clock, which fires while the
 * thread inside the wait happens to be the last that ran. */
static void scenario_fire_during_wait(void *arg)
{
    const LARGE_INTEGER soon = {.QuadPart = -1000000};
    HANDLE timer = CreateWaitableTimerW(NULL, TRUE, NULL);
    HANDLE packet;
    HANDLE waiter;
    HANDLE sleeper;

    (void)arg;
    place.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 4);
    sim_assert(NtCreateWaitCompletionPacket(
                   &packet, GENERIC_EVERYTHING, NULL) == STATUS_SUCCESS);
    waiter = check_thread(take_one, NULL);
    sim_settle();
    sleeper = check_thread(take_alertably, NULL);
    sim_settle();
    sim_assert(SetWaitableTimer(timer, &soon, 0, NULL, NULL, FALSE));
    sim_assert(NtAssociateWaitCompletionPacket(packet,
                                               place.port,
                                               timer,
                                               (PVOID)(ULONG_PTR)3,
                                               NULL,
                                               STATUS_SUCCESS,
                                               0,
                                               NULL) == STATUS_SUCCESS);
    sim_assert(QueueUserAPC(sleep_long, sleeper, 1000));
    sim_assert(WaitForSingleObject(waiter, 500) == WAIT_OBJECT_0);
    check_join(waiter);
    check_join(sleeper);
    check_close(timer);
    check_close(packet);
    check_close(place.port);
}

static HANDLE inner;

static void WINAPI wait_within(ULONG_PTR argument)
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    /* Another wait, with its own APC, ends before this one. */
    (void)SleepEx(0, TRUE);
    (void)GetQueuedCompletionStatusEx(inner, &entry, 1, &count, 0, TRUE);
    sim_assert(PostQueuedCompletionStatus(place.port, 0, argument, NULL));
}

static void WINAPI nothing(ULONG_PTR argument)
{
    (void)argument;
}

static void WINAPI wait_within_same(ULONG_PTR argument)
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    sim_assert(QueueUserAPC(nothing, GetCurrentThread(), 0));
    sim_assert(!GetQueuedCompletionStatusEx(
        place.port, &entry, 1, &count, 0, TRUE));
    sim_assert(GetLastError() == WAIT_IO_COMPLETION);
    sim_assert(PostQueuedCompletionStatus(place.port, 0, argument, NULL));
}

static LONG depth_of(HANDLE port)
{
    LONG depth = -1;

    sim_assert(NtQueryIoCompletion(port,
                                   IoCompletionBasicInformation,
                                   &depth,
                                   sizeof depth,
                                   NULL) == STATUS_SUCCESS);
    return depth;
}

/* A wait within the wait does not end the outer one. */
static void scenario_nested_wait(void *arg)
{
    HANDLE waiter;
    HANDLE alert;

    (void)arg;
    place.port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 4);
    waiter = check_thread(take_one, NULL);
    sim_settle();
    alert = check_thread(take_alertably, NULL);
    sim_settle();
    sim_assert(QueueUserAPC(wait_within_same, alert, 3));
    check_join(alert);
    check_join(waiter);
    sim_assert(depth_of(place.port) == 0);
    check_close(place.port);
    (void)wait_within;
}

static void test_posts_during_wait(void **state)
{
    (void)state;
    schedules_pass(scenario_post_before_wait);
    schedules_pass_exactly(scenario_fire_during_wait);
    schedules_pass(scenario_nested_wait);
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
        cmocka_unit_test(test_thread_ends_in_wait),
        cmocka_unit_test(test_packet_in_hand_is_removed),
        cmocka_unit_test(test_posts_during_wait),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
