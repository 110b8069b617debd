/**
 * @file test_objects.c
 * @brief Events, semaphores and mutexes, as a program sees them.
 *
 * Uses:     schedules.h, checks.h, the Win32 calls about these objects.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <windows.h>

#include "checks.h"

/* ---- Events ------------------------------------------------------------ */

static void event_kinds(void *arg)
{
    HANDLE manual = CreateEventA(NULL, TRUE, FALSE, NULL);
    HANDLE automatic =
        CreateEventExW(NULL, NULL, CREATE_EVENT_INITIAL_SET, EVENT_ALL_ACCESS);
    HANDLE weak;

    (void)arg;
    {
        /* A manual-reset event stays signaled, and setting twice is once. */
        sim_assert(!check_signaled(manual));
        sim_assert(SetEvent(manual) && SetEvent(manual));
        sim_assert(check_signaled(manual) && check_signaled(manual));
        sim_assert(ResetEvent(manual));
        sim_assert(!check_signaled(manual));
    }
    {
        /* An auto-reset event gives its signal to one wait. */
        sim_assert(check_signaled(automatic) && !check_signaled(automatic));
        sim_assert(SetEvent(automatic) && SetEvent(automatic));
        sim_assert(check_signaled(automatic) && !check_signaled(automatic));
    }
    {
        /* A pulse that nobody waits for leaves nothing behind. */
        sim_assert(SetEvent(manual) && PulseEvent(manual));
        sim_assert(!check_signaled(manual));
        sim_assert(PulseEvent(automatic) && !check_signaled(automatic));
    }
    {
        /* Changing an event takes the right to do so, and an event. */
        weak = CreateEventExA(NULL, NULL, 0, SYNCHRONIZE);
        sim_assert(!check_signaled(weak));
        sim_assert(check_failed(SetEvent(weak), ERROR_ACCESS_DENIED));
        sim_assert(check_failed(ResetEvent(weak), ERROR_ACCESS_DENIED));
        sim_assert(check_failed(PulseEvent(weak), ERROR_ACCESS_DENIED));
        sim_assert(
            check_failed(SetEvent(GetCurrentThread()), ERROR_INVALID_HANDLE));
        sim_assert(check_failed(SetEvent(NULL), ERROR_INVALID_HANDLE));
        sim_assert(check_refused(CreateEventExW(NULL, NULL, 4, 0),
                                 ERROR_INVALID_PARAMETER));
        check_close(weak);
    }
    check_close(manual);
    check_close(automatic);
}

static void events_keep_or_give_their_signal(void **state)
{
    (void)state;
    schedules_pass(event_kinds);
}

static LONG woken;

static DWORD WINAPI wait_and_count(void *argument)
{
    sim_assert(WaitForSingleObject((HANDLE)argument, INFINITE) ==
               WAIT_OBJECT_0);
    (void)InterlockedIncrement(&woken);
    return 0;
}

/** Two waiters: how many does one SetEvent or PulseEvent wake? */
static void wake_two(BOOL manual_reset, BOOL pulse)
{
    HANDLE event = CreateEventW(NULL, manual_reset, FALSE, NULL);
    HANDLE threads[2];

    woken = 0;
    for (int at = 0; at < 2; at++) {
        threads[at] = CreateThread(NULL, 0, wait_and_count, event, 0, NULL);
    }
    sim_settle();
    sim_assert(pulse ? PulseEvent(event) : SetEvent(event));
    sim_settle();
    if (pulse && woken == 0) {
        sim_mark("pulse missed");
    } else {
        sim_assert(woken == (manual_reset ? 2 : 1));
        sim_mark("woken");
    }
    sim_assert(check_signaled(event) == (manual_reset && !pulse));
    while (woken < 2) {
        sim_assert(SetEvent(event));
        sim_settle();
    }
    sim_assert(WaitForMultipleObjects(2, threads, TRUE, INFINITE) ==
               WAIT_OBJECT_0);
    check_close(threads[0]);
    check_close(threads[1]);
    check_close(event);
}

static void set_automatic(void *arg)
{
    (void)arg;
    wake_two(FALSE, FALSE);
}

static void set_manual(void *arg)
{
    (void)arg;
    wake_two(TRUE, FALSE);
}

static void pulse_automatic(void *arg)
{
    (void)arg;
    wake_two(FALSE, TRUE);
}

static void pulse_manual(void *arg)
{
    (void)arg;
    wake_two(TRUE, TRUE);
}

static void events_wake_one_or_all(void **state)
{
    const char *const marks[] = {"woken", "pulse missed", NULL};

    (void)state;
    schedules_pass(set_automatic);
    schedules_pass(set_manual);
    schedules_pass(pulse_automatic);
    schedules_pass(pulse_manual);
    schedules_reach(pulse_manual, marks);
}

/* ---- Semaphores -------------------------------------------------------- */

static void semaphore_counts(void *arg)
{
    HANDLE semaphore = CreateSemaphoreA(NULL, 1, 3, NULL);
    LONG previous = -1;

    (void)arg;
    {
        sim_assert(ReleaseSemaphore(semaphore, 2, &previous));
        sim_assert(previous == 1);
        /* A release that would pass the maximum adds nothing. */
        sim_assert(check_failed(ReleaseSemaphore(semaphore, 1, &previous),
                                ERROR_TOO_MANY_POSTS));
        sim_assert(previous == 1);
        sim_assert(check_signaled(semaphore) && check_signaled(semaphore));
        sim_assert(check_failed(ReleaseSemaphore(semaphore, 3, NULL),
                                ERROR_TOO_MANY_POSTS));
        sim_assert(check_failed(ReleaseSemaphore(semaphore, 0x7fffffff, NULL),
                                ERROR_TOO_MANY_POSTS));
        sim_assert(check_signaled(semaphore) && !check_signaled(semaphore));
    }
    {
        sim_assert(check_failed(ReleaseSemaphore(semaphore, 0, NULL),
                                ERROR_INVALID_PARAMETER));
        sim_assert(check_failed(ReleaseSemaphore(semaphore, -1, NULL),
                                ERROR_INVALID_PARAMETER));
        sim_assert(check_failed(ReleaseSemaphore(NULL, 1, NULL),
                                ERROR_INVALID_HANDLE));
    }
    {
        /* 0 <= initial <= maximum, and maximum at least 1. */
        sim_assert(check_refused(CreateSemaphoreW(NULL, 0, 0, NULL),
                                 ERROR_INVALID_PARAMETER));
        sim_assert(check_refused(CreateSemaphoreW(NULL, -1, 1, NULL),
                                 ERROR_INVALID_PARAMETER));
        sim_assert(check_refused(CreateSemaphoreW(NULL, 2, 1, NULL),
                                 ERROR_INVALID_PARAMETER));
        sim_assert(check_refused(CreateSemaphoreExW(NULL, 0, 1, NULL, 1, 0),
                                 ERROR_INVALID_PARAMETER));
    }
    check_close(semaphore);
}

static void semaphore_checks_its_limits(void **state)
{
    (void)state;
    schedules_pass(semaphore_counts);
}

static LONG inside;

static DWORD WINAPI enter_and_leave(void *argument)
{
    sim_assert(WaitForSingleObject((HANDLE)argument, INFINITE) ==
               WAIT_OBJECT_0);
    sim_assert(InterlockedIncrement(&inside) <= 2);
    (void)InterlockedDecrement(&inside);
    sim_assert(ReleaseSemaphore((HANDLE)argument, 1, NULL));
    return 0;
}

static void semaphore_lets_two_in(void *arg)
{
    HANDLE semaphore = CreateSemaphoreW(NULL, 0, 2, NULL);
    HANDLE threads[3];

    (void)arg;
    inside = 0;
    for (int at = 0; at < 3; at++) {
        threads[at] =
            CreateThread(NULL, 0, enter_and_leave, semaphore, 0, NULL);
    }
    sim_settle();
    sim_assert(ReleaseSemaphore(semaphore, 2, NULL));
    sim_assert(WaitForMultipleObjects(3, threads, TRUE, INFINITE) ==
               WAIT_OBJECT_0);
    for (int at = 0; at < 3; at++) {
        check_close(threads[at]);
    }
    check_close(semaphore);
}

static void semaphore_admits_as_many_as_it_counts(void **state)
{
    (void)state;
    schedules_pass(semaphore_lets_two_in);
}

/* ---- Mutexes ----------------------------------------------------------- */

static DWORD WINAPI try_to_release(void *argument)
{
    sim_assert(!check_signaled((HANDLE)argument));
    sim_assert(check_failed(ReleaseMutex((HANDLE)argument), ERROR_NOT_OWNER));
    return 0;
}

static void mutex_belongs(void *arg)
{
    HANDLE mutex = CreateMutexW(NULL, TRUE, NULL);
    HANDLE thread;

    (void)arg;
    /* Its owner takes it again and again, and releases as often. */
    sim_assert(check_signaled(mutex) && check_signaled(mutex));
    sim_assert(ReleaseMutex(mutex) && ReleaseMutex(mutex));
    thread = CreateThread(NULL, 0, try_to_release, mutex, 0, NULL);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(ReleaseMutex(mutex));
    sim_assert(check_failed(ReleaseMutex(mutex), ERROR_NOT_OWNER));
    sim_assert(check_failed(ReleaseMutex(thread), ERROR_INVALID_HANDLE));
    sim_assert(check_refused(CreateMutexExW(NULL, NULL, 2, 0),
                             ERROR_INVALID_PARAMETER));
    check_close(thread);
    check_close(mutex);
}

static LONG guarded;

static DWORD WINAPI add_one(void *argument)
{
    sim_assert(WaitForSingleObject((HANDLE)argument, INFINITE) ==
               WAIT_OBJECT_0);
    {
        LONG value = guarded;

        (void)SwitchToThread();
        guarded = value + 1;
    }
    sim_assert(ReleaseMutex((HANDLE)argument));
    return 0;
}

static void mutex_excludes(void *arg)
{
    HANDLE mutex = CreateMutexA(NULL, FALSE, NULL);
    HANDLE threads[2];

    (void)arg;
    guarded = 0;
    for (int at = 0; at < 2; at++) {
        threads[at] = CreateThread(NULL, 0, add_one, mutex, 0, NULL);
    }
    sim_assert(WaitForMultipleObjects(2, threads, TRUE, INFINITE) ==
               WAIT_OBJECT_0);
    sim_assert(guarded == 2);
    check_close(threads[0]);
    check_close(threads[1]);
    check_close(mutex);
}

static void mutex_has_one_owner(void **state)
{
    (void)state;
    schedules_pass(mutex_belongs);
    schedules_pass(mutex_excludes);
}

static DWORD WINAPI take_and_stay(void *argument)
{
    sim_assert(WaitForSingleObject((HANDLE)argument, INFINITE) ==
               WAIT_OBJECT_0);
    Sleep(INFINITE);
    return 0;
}

/** A thread that is ended by force abandons what it holds. */
static void mutex_abandoned(void *arg)
{
    HANDLE mutex = CreateMutexW(NULL, FALSE, NULL);
    HANDLE thread = CreateThread(NULL, 0, take_and_stay, mutex, 0, NULL);

    (void)arg;
    sim_settle();
    sim_assert(!check_signaled(mutex));
    sim_assert(TerminateThread(thread, 1));
    sim_assert(WaitForSingleObject(mutex, INFINITE) == WAIT_ABANDONED);
    sim_assert(ReleaseMutex(mutex));
    check_close(thread);
    check_close(mutex);
}

static void mutex_is_abandoned_by_force(void **state)
{
    (void)state;
    schedules_pass(mutex_abandoned);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_keep_or_give_their_signal),
        cmocka_unit_test(events_wake_one_or_all),
        cmocka_unit_test(semaphore_checks_its_limits),
        cmocka_unit_test(semaphore_admits_as_many_as_it_counts),
        cmocka_unit_test(mutex_has_one_owner),
        cmocka_unit_test(mutex_is_abandoned_by_force),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
