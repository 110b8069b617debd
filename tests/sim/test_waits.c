/**
 * @file test_waits.c
 * @brief Waiting for one object, for several, and signaling while at it.
 *
 * Uses:     schedules.h, checks.h, the Win32 calls of wait_api.c.
 * Used by:  ctest.
 * Facts:    LIMIT-07.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <windows.h>
#include <winternl.h>

#include "checks.h"

/* ---- One object -------------------------------------------------------- */

static void wait_single_scenario(void *arg)
{
    HANDLE event = check_event(TRUE, FALSE);
    HANDLE weak;
    HANDLE reserve;

    (void)arg;
    {
        /* A time-out is a result, not a failure: the last error stays. */
        SetLastError(77);
        sim_assert(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
        sim_assert(WaitForSingleObject(event, 20) == WAIT_TIMEOUT);
        sim_assert(GetLastError() == 77);
        sim_assert(SetEvent(event));
        sim_assert(WaitForSingleObject(event, INFINITE) == WAIT_OBJECT_0);
        sim_assert(WaitForSingleObjectEx(event, 0, TRUE) == WAIT_OBJECT_0);
        sim_assert(GetLastError() == 77);
    }
    {
        /* What is no handle, or not one to wait for, is refused. */
        sim_assert(check_wait_failed(WaitForSingleObject(NULL, 0),
                                     ERROR_INVALID_HANDLE));
        sim_assert(check_wait_failed(WaitForSingleObject((HANDLE)0x7ff4, 0),
                                     ERROR_INVALID_HANDLE));
        weak = NULL;
        sim_assert(DuplicateHandle(GetCurrentProcess(),
                                   event,
                                   GetCurrentProcess(),
                                   &weak,
                                   EVENT_MODIFY_STATE,
                                   FALSE,
                                   0));
        sim_assert(SetEvent(weak));
        sim_assert(check_wait_failed(WaitForSingleObject(weak, 0),
                                     ERROR_ACCESS_DENIED));
        sim_assert(NtAllocateReserveObject(&reserve,
                                           NULL,
                                           MemoryReserveIoCompletion) == 0);
        sim_assert(WaitForSingleObject(reserve, 0) == WAIT_FAILED);
        check_close(reserve);
        check_close(weak);
    }
    {
        /* The process runs as long as it runs. */
        sim_assert(WaitForSingleObject(GetCurrentProcess(), 5) == WAIT_TIMEOUT);
        sim_assert(WaitForSingleObject(GetCurrentThread(), 5) == WAIT_TIMEOUT);
    }
    check_close(event);
}

static void wait_single_checks_its_handle(void **state)
{
    (void)state;
    schedules_pass(wait_single_scenario);
}

static DWORD WINAPI close_later(void *argument)
{
    sim_assert(SetEvent((HANDLE)argument));
    check_close((HANDLE)argument);
    return 0;
}

/** A handle closed during a wait: the wait goes on, for the object. */
static void wait_closed_scenario(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    HANDLE thread = check_thread(close_later, event);
    DWORD result = WaitForSingleObject(event, INFINITE);

    (void)arg;
    sim_assert(result == WAIT_OBJECT_0 ||
               check_wait_failed(result, ERROR_INVALID_HANDLE));
    sim_mark(result == WAIT_OBJECT_0 ? "wait in time" : "wait too late");
    check_join(thread);
}

static void wait_survives_closing_of_its_handle(void **state)
{
    (void)state;
    schedules_rules("-17,-20"); /* As it says. */
    schedules_pass(wait_closed_scenario);
    schedules_reach(
        wait_closed_scenario,
        (const char *const[]){"wait in time", "wait too late", NULL});
    schedules_rules(NULL);
}

/* ---- Several objects --------------------------------------------------- */

static void wait_multiple_arguments(void *arg)
{
    HANDLE handles[MAXIMUM_WAIT_OBJECTS + 1];
    DWORD at;

    (void)arg;
    for (at = 0; at <= MAXIMUM_WAIT_OBJECTS; at++) {
        handles[at] = check_event(FALSE, FALSE);
    }
    {
        /* Between one and 64 objects. */
        sim_assert(
            check_wait_failed(WaitForMultipleObjects(0, handles, FALSE, 0),
                              ERROR_INVALID_PARAMETER));
        sim_assert(
            check_wait_failed(WaitForMultipleObjects(65, handles, FALSE, 0),
                              ERROR_INVALID_PARAMETER));
        sim_assert(
            check_wait_failed(WaitForMultipleObjectsEx(65, handles, 1, 0, 1),
                              ERROR_INVALID_PARAMETER));
        sim_assert(WaitForMultipleObjects(64, handles, FALSE, 0) ==
                   WAIT_TIMEOUT);
        sim_assert(SetEvent(handles[63]));
        sim_assert(WaitForMultipleObjects(64, handles, FALSE, 0) ==
                   WAIT_OBJECT_0 + 63);
    }
    {
        /* One bad handle spoils the whole wait, and nothing is taken. */
        HANDLE two[2] = {handles[0], NULL};

        sim_assert(SetEvent(handles[0]));
        sim_assert(check_wait_failed(WaitForMultipleObjects(2, two, FALSE, 0),
                                     ERROR_INVALID_HANDLE));
        sim_assert(WaitForSingleObject(handles[0], 0) == WAIT_OBJECT_0);
    }
    {
        /* An object may stand there twice unless all are waited for, and it
         * is the object that counts, not the handle. */
        HANDLE two[2] = {handles[0], NULL};

        sim_assert(DuplicateHandle(GetCurrentProcess(),
                                   handles[0],
                                   GetCurrentProcess(),
                                   &two[1],
                                   0,
                                   FALSE,
                                   DUPLICATE_SAME_ACCESS));
        sim_assert(check_wait_failed(WaitForMultipleObjects(2, two, TRUE, 0),
                                     ERROR_INVALID_PARAMETER));
        sim_assert(WaitForMultipleObjects(2, two, FALSE, 0) == WAIT_TIMEOUT);
        sim_assert(SetEvent(two[1]));
        sim_assert(WaitForMultipleObjects(2, two, FALSE, 0) == WAIT_OBJECT_0);
        sim_assert(WaitForMultipleObjects(2, two, FALSE, 0) == WAIT_TIMEOUT);
        check_close(two[1]);
    }
    for (at = 0; at <= MAXIMUM_WAIT_OBJECTS; at++) {
        check_close(handles[at]);
    }
}

static void wait_multiple_checks_its_arguments(void **state)
{
    (void)state;
    schedules_pass(wait_multiple_arguments);
}

static void wait_any_scenario(void *arg)
{
    HANDLE handles[3] = {
        check_event(FALSE, FALSE),
        check_event(FALSE, TRUE),
        check_event(FALSE, TRUE),
    };

    (void)arg;
    /* The lowest index wins, and only that object is taken. */
    sim_assert(WaitForMultipleObjects(3, handles, FALSE, 0) ==
               WAIT_OBJECT_0 + 1);
    sim_assert(WaitForMultipleObjects(3, handles, FALSE, INFINITE) ==
               WAIT_OBJECT_0 + 2);
    sim_assert(WaitForMultipleObjects(3, handles, FALSE, 0) == WAIT_TIMEOUT);
    for (int at = 0; at < 3; at++) {
        check_close(handles[at]);
    }
}

static void wait_any_takes_one(void **state)
{
    (void)state;
    schedules_pass(wait_any_scenario);
}

static DWORD WINAPI set_both(void *argument)
{
    const HANDLE *handles = argument;

    sim_assert(SetEvent(handles[0]));
    /* While only one is set the waiter for both must not have taken it. */
    sim_assert(WaitForSingleObject(handles[0], 0) == WAIT_OBJECT_0);
    sim_assert(SetEvent(handles[0]));
    sim_assert(SetEvent(handles[1]));
    return 0;
}

static void wait_all_scenario(void *arg)
{
    HANDLE handles[2] = {check_event(FALSE, FALSE), check_event(FALSE, FALSE)};
    HANDLE thread = check_thread(set_both, handles);

    (void)arg;
    sim_assert(WaitForMultipleObjects(2, handles, TRUE, INFINITE) ==
               WAIT_OBJECT_0);
    sim_assert(WaitForSingleObject(handles[0], 0) == WAIT_TIMEOUT);
    sim_assert(WaitForSingleObject(handles[1], 0) == WAIT_TIMEOUT);
    check_join(thread);
    check_close(handles[0]);
    check_close(handles[1]);
}

static void wait_all_takes_all_or_nothing(void **state)
{
    (void)state;
    schedules_pass(wait_all_scenario);
}

static DWORD WINAPI take_and_end(void *argument)
{
    sim_assert(WaitForSingleObject((HANDLE)argument, INFINITE) ==
               WAIT_OBJECT_0);
    return 0;
}

static void wait_abandoned_scenario(void *arg)
{
    HANDLE handles[2] = {check_event(TRUE, FALSE), NULL};
    HANDLE thread;

    (void)arg;
    handles[1] = CreateMutexW(NULL, FALSE, NULL);
    thread = check_thread(take_and_end, handles[1]);
    check_join(thread);
    /* Which one was abandoned is told by the index. */
    sim_assert(WaitForMultipleObjects(2, handles, FALSE, INFINITE) ==
               WAIT_ABANDONED_0 + 1);
    sim_assert(ReleaseMutex(handles[1]));
    /* It is told once. */
    sim_assert(WaitForSingleObject(handles[1], 0) == WAIT_OBJECT_0);
    sim_assert(ReleaseMutex(handles[1]));
    check_close(handles[0]);
    check_close(handles[1]);
}

static void wait_tells_of_an_abandoned_mutex(void **state)
{
    (void)state;
    schedules_pass(wait_abandoned_scenario);
}

/* ---- SignalObjectAndWait ----------------------------------------------- */

static void signal_and_wait_arguments(void *arg)
{
    HANDLE event = check_event(FALSE, FALSE);
    HANDLE other = check_event(TRUE, TRUE);
    HANDLE semaphore = CreateSemaphoreW(NULL, 0, 1, NULL);
    HANDLE mutex = CreateMutexW(NULL, FALSE, NULL);
    HANDLE timer = CreateWaitableTimerW(NULL, FALSE, NULL);

    (void)arg;
    {
        /* Each of the three types that can be signaled. */
        sim_assert(SignalObjectAndWait(event, other, 0, FALSE) ==
                   WAIT_OBJECT_0);
        sim_assert(WaitForSingleObject(event, 0) == WAIT_OBJECT_0);
        sim_assert(SignalObjectAndWait(semaphore, other, 0, FALSE) ==
                   WAIT_OBJECT_0);
        sim_assert(WaitForSingleObject(mutex, 0) == WAIT_OBJECT_0);
        sim_assert(SignalObjectAndWait(mutex, event, 0, FALSE) == WAIT_TIMEOUT);
        sim_assert(!ReleaseMutex(mutex));
    }
    {
        /* What cannot be signaled fails, and there is no wait. */
        sim_assert(
            check_wait_failed(SignalObjectAndWait(semaphore, other, 0, FALSE),
                              ERROR_TOO_MANY_POSTS));
        sim_assert(
            check_wait_failed(SignalObjectAndWait(mutex, other, 0, FALSE),
                              ERROR_NOT_OWNER));
        sim_assert(
            check_wait_failed(SignalObjectAndWait(timer, other, 0, FALSE),
                              ERROR_INVALID_HANDLE));
        sim_assert(check_wait_failed(SignalObjectAndWait(NULL, other, 0, FALSE),
                                     ERROR_INVALID_HANDLE));
    }
    {
        /* The object to wait for is looked at first: nothing is signaled. */
        sim_assert(check_wait_failed(SignalObjectAndWait(event, NULL, 0, FALSE),
                                     ERROR_INVALID_HANDLE));
        sim_assert(WaitForSingleObject(event, 0) == WAIT_TIMEOUT);
    }
    check_close(event);
    check_close(other);
    check_close(semaphore);
    check_close(mutex);
    check_close(timer);
}

static void signal_and_wait_checks_both_objects(void **state)
{
    (void)state;
    schedules_pass(signal_and_wait_arguments);
}

static HANDLE gate;
static HANDLE turn;

static DWORD WINAPI set_when_signaled(void *argument)
{
    (void)argument;
    sim_assert(WaitForSingleObject(gate, INFINITE) == WAIT_OBJECT_0);
    sim_assert(SetEvent(turn));
    return 0;
}

/** The two halves of the call are not one step: others can act between them,
 * so that even a wait of no time finds what they did. */
static void signal_and_wait_scenario(void *arg)
{
    HANDLE thread;
    DWORD result;

    (void)arg;
    gate = check_event(FALSE, FALSE);
    turn = check_event(TRUE, FALSE);
    thread = check_thread(set_when_signaled, NULL);
    result = SignalObjectAndWait(gate, turn, 0, FALSE);
    sim_assert(result == WAIT_OBJECT_0 || result == WAIT_TIMEOUT);
    sim_mark(result == WAIT_OBJECT_0 ? "acted between" : "nobody acted");
    check_join(thread);
    check_close(gate);
    check_close(turn);
}

static DWORD WINAPI set_and_close(void *argument)
{
    (void)argument;
    sim_assert(WaitForSingleObject(gate, INFINITE) == WAIT_OBJECT_0);
    sim_assert(SetEvent(turn));
    check_close(turn);
    return 0;
}

/** The object waited for is held from the start, whatever becomes of its
 * handle. */
static void signal_and_wait_closed(void *arg)
{
    HANDLE thread;

    (void)arg;
    gate = check_event(FALSE, FALSE);
    turn = check_event(TRUE, FALSE);
    thread = check_thread(set_and_close, NULL);
    sim_assert(SignalObjectAndWait(gate, turn, INFINITE, FALSE) ==
               WAIT_OBJECT_0);
    check_join(thread);
    check_close(gate);
}

static void signal_and_wait_is_not_one_step(void **state)
{
    (void)state;
    schedules_reach(
        signal_and_wait_scenario,
        (const char *const[]){"acted between", "nobody acted", NULL});
    schedules_pass(signal_and_wait_closed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wait_single_checks_its_handle),
        cmocka_unit_test(wait_survives_closing_of_its_handle),
        cmocka_unit_test(wait_multiple_checks_its_arguments),
        cmocka_unit_test(wait_any_takes_one),
        cmocka_unit_test(wait_all_takes_all_or_nothing),
        cmocka_unit_test(wait_tells_of_an_abandoned_mutex),
        cmocka_unit_test(signal_and_wait_checks_both_objects),
        cmocka_unit_test(signal_and_wait_is_not_one_step),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
