/**
 * @file test_regressions_port.c
 * @brief What was wrong once: threads that end, and act, within a port's wait.
 *
 * Each test is the smallest program that showed a mistake of the simulator's.
 * They have in common that something ends in the middle of something else.
 *
 * Uses:     schedules.h, checks.h, pipe_pair.h.
 * Used by:  ctest.
 * Facts:    PORT-15, PORT-31, PORT-47, PORT-69, PORT-72, PORT-80, PORT-84.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipe_pair.h"
#include "schedules.h"

#include "checks.h"

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
    sim_assert(NtAllocateReserveObject(&place.reserve,
                                       NULL,
                                       MemoryReserveIoCompletion) ==
               STATUS_SUCCESS);
}

static NTSTATUS post_by_reserve(HANDLE port)
{
    return NtSetIoCompletionEx(port,
                               place.reserve,
                               NULL,
                               NULL,
                               STATUS_SUCCESS,
                               0);
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
    (void)GetQueuedCompletionStatus(place.port,
                                    &bytes,
                                    &key,
                                    &overlapped,
                                    INFINITE);
    return (DWORD)key;
}

static DWORD WINAPI take_alertably(void *argument)
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    (void)argument;
    (void)GetQueuedCompletionStatusEx(place.port,
                                      &entry,
                                      1,
                                      &count,
                                      INFINITE,
                                      TRUE);
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
    sim_assert(NtCreateWaitCompletionPacket(&packet,
                                            GENERIC_EVERYTHING,
                                            NULL) == STATUS_SUCCESS);
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

static void WINAPI nothing(ULONG_PTR argument)
{
    (void)argument;
}

static void WINAPI wait_within_same(ULONG_PTR argument)
{
    OVERLAPPED_ENTRY entry;
    ULONG count;

    sim_assert(QueueUserAPC(nothing, GetCurrentThread(), 0));
    sim_assert(
        !GetQueuedCompletionStatusEx(place.port, &entry, 1, &count, 0, TRUE));
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
}

static void test_posts_during_wait(void **state)
{
    (void)state;
    schedules_pass(scenario_post_before_wait);
    schedules_pass_exactly(scenario_fire_during_wait);
    schedules_pass(scenario_nested_wait);
}

/* ---- A closed port that is still waited for ------------------------------ */

static DWORD WINAPI wait_for_both(void *argument)
{
    return WaitForMultipleObjects(2, argument, TRUE, 1000);
}

/* FACT PORT-84 a direct wait ends when the port is closed: the port stays
 * signaled, whatever still comes into it and is taken back. */
static void scenario_closed_stays_signaled(void *arg)
{
    HANDLE trigger = check_event(TRUE, FALSE);
    HANDLE objects[2];
    HANDLE packet;
    HANDLE both;

    (void)arg;
    objects[0] = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 4);
    objects[1] = check_event(TRUE, FALSE);
    sim_assert(NtCreateWaitCompletionPacket(&packet,
                                            GENERIC_EVERYTHING,
                                            NULL) == STATUS_SUCCESS);
    sim_assert(NtAssociateWaitCompletionPacket(packet,
                                               objects[0],
                                               trigger,
                                               NULL,
                                               NULL,
                                               0,
                                               0,
                                               NULL) == STATUS_SUCCESS);
    both = check_thread(wait_for_both, objects);
    sim_settle();
    check_close(objects[0]);
    sim_assert(SetEvent(trigger));
    sim_assert(NtCancelWaitCompletionPacket(packet, TRUE) == STATUS_SUCCESS);
    sim_assert(SetEvent(objects[1]));
    sim_assert(WaitForSingleObject(both, INFINITE) == WAIT_OBJECT_0);
    sim_assert(check_exit_code(both) == WAIT_OBJECT_0);
    check_close(both);
    check_close(packet);
    check_close(trigger);
    check_close(objects[1]);
}

static void test_closed_port_stays_signaled(void **state)
{
    (void)state;
    schedules_pass_exactly(scenario_closed_stays_signaled);
}

/* ---- Rights -------------------------------------------------------------- */

/* FACT PORT-15 native creation: rights may be generic ones. */
static void scenario_generic_rights(void *arg)
{
    HANDLE port;

    (void)arg;
    sim_assert(NtCreateIoCompletion(&port, GENERIC_EVERYTHING, NULL, 1) ==
               STATUS_SUCCESS);
    sim_assert(PostQueuedCompletionStatus(port, 0, 0, NULL));
    sim_assert(WaitForSingleObject(port, 0) == WAIT_OBJECT_0);
    sim_assert(depth_of(port) == 1);
    check_close(port);
}

static void test_generic_rights(void **state)
{
    (void)state;
    schedules_pass(scenario_generic_rights);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_thread_ends_in_wait),
        cmocka_unit_test(test_packet_in_hand_is_removed),
        cmocka_unit_test(test_posts_during_wait),
        cmocka_unit_test(test_closed_port_stays_signaled),
        cmocka_unit_test(test_generic_rights),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
