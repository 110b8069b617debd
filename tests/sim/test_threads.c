/**
 * @file test_threads.c
 * @brief Threads and their APCs, as a program sees them.
 *
 * Uses:     schedules.h, checks.h, the Win32 calls of thread_api.c.
 * Used by:  ctest.
 * Facts:    THREAD-06, THREAD-08, THREAD-11, THREAD-15.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <process.h>
#include <windows.h>

#include "checks.h"

/* ---- Beginning and ending ---------------------------------------------- */

static DWORD seen_id;

static DWORD WINAPI return_argument(void *argument)
{
    seen_id = GetCurrentThreadId();
    return *(const DWORD *)argument;
}

static DWORD WINAPI exit_in_the_middle(void *argument)
{
    (void)argument;
    ExitThread(8);
    return 9;
}

static unsigned __stdcall runtime_return(void *argument)
{
    (void)argument;
    return 10;
}

static unsigned __stdcall runtime_exit(void *argument)
{
    (void)argument;
    _endthreadex(11);
    return 12;
}

static HANDLE runtime_thread(unsigned(__stdcall *start)(void *), unsigned *id)
{
    /* The C runtime gives handles as numbers. */
    return (HANDLE)_beginthreadex(NULL, 65536, start, NULL, 0, id);
}

static void thread_life(void *arg)
{
    HANDLE thread;
    DWORD id = 0;
    DWORD seven = 7;
    unsigned runtime_id = 0;

    (void)arg;
    {
        thread = CreateThread(NULL, 0, return_argument, &seven, 0, &id);
        sim_assert(thread != NULL && id % 4 == 0);
        sim_assert(id != GetCurrentThreadId() && GetThreadId(thread) == id);
        sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
        sim_assert(seen_id == id && check_exit_code(thread) == 7);
        /* It stays signaled. */
        check_join(thread);
    }
    {
        thread = check_thread(exit_in_the_middle, NULL);
        sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
        sim_assert(check_exit_code(thread) == 8);
        check_close(thread);
    }
    {
        thread = runtime_thread(runtime_return, &runtime_id);
        sim_assert(thread != NULL && GetThreadId(thread) == runtime_id);
        sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
        sim_assert(check_exit_code(thread) == 10);
        check_close(thread);
        thread = runtime_thread(runtime_exit, NULL);
        sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
        sim_assert(check_exit_code(thread) == 11);
        check_close(thread);
    }
    {
        sim_assert(CreateThread(NULL, 0, return_argument, NULL, 1, NULL) ==
                   NULL);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
        sim_assert(check_exit_code(GetCurrentThread()) == STILL_ACTIVE);
        sim_assert(
            check_failed(GetExitCodeThread(NULL, &id), ERROR_INVALID_HANDLE));
        sim_assert(GetThreadId(NULL) == 0);
        sim_assert(GetLastError() == ERROR_INVALID_HANDLE);
    }
}

static void thread_runs_and_ends(void **state)
{
    (void)state;
    schedules_pass(thread_life);
}

static DWORD WINAPI sleep_for_ever(void *argument)
{
    (void)argument;
    Sleep(INFINITE);
    return 0;
}

static void thread_forced(void *arg)
{
    HANDLE thread = check_thread(sleep_for_ever, NULL);

    (void)arg;
    sim_assert(check_exit_code(thread) == STILL_ACTIVE);
    sim_assert(TerminateThread(thread, 21));
    sim_assert(WaitForSingleObject(thread, 0) == WAIT_OBJECT_0);
    sim_assert(check_exit_code(thread) == 21);
    check_close(thread);
}

static void thread_can_be_ended_by_force(void **state)
{
    (void)state;
    schedules_pass(thread_forced);
}

static void thread_left_running(void *arg)
{
    (void)arg;
    check_close(check_thread(sleep_for_ever, NULL));
}

static void process_end(void *arg)
{
    (void)arg;
    /* Threads still run and handles are open: the process takes them along,
     * and an exit code is no verdict. */
    (void)check_thread(sleep_for_ever, NULL);
    ExitProcess(3);
}

static void process_exit_takes_all_along(void **state)
{
    (void)state;
    schedules_fail(thread_left_running, SIM_UNFINISHED, "B");
    schedules_pass(process_end);
}

static void start_missing(void *arg)
{
    (void)arg;
    (void)CreateThread(NULL, 0, NULL, NULL, 0, NULL);
}

static void thread_without_a_function_is_a_crash(void **state)
{
    (void)state;
    schedules_fail(start_missing, SIM_CRASH, "CreateThread");
}

/* ---- Suspending -------------------------------------------------------- */

static LONG started;

static DWORD WINAPI note_start(void *argument)
{
    (void)argument;
    (void)InterlockedIncrement(&started);
    return 0;
}

static void suspend_counts(void *arg)
{
    HANDLE thread =
        CreateThread(NULL, 0, note_start, NULL, CREATE_SUSPENDED, NULL);

    (void)arg;
    started = 0;
    {
        sim_settle();
        sim_assert(started == 0);
        sim_assert(SuspendThread(thread) == 1);
        sim_assert(ResumeThread(thread) == 2);
        sim_settle();
        sim_assert(started == 0);
        sim_assert(ResumeThread(thread) == 1);
    }
    check_join(thread);
    sim_assert(started == 1);
    {
        /* There is a highest count. */
        thread = check_thread(sleep_for_ever, NULL);
        for (DWORD count = 0; count < MAXIMUM_SUSPEND_COUNT; count++) {
            sim_assert(SuspendThread(thread) == count);
        }
        sim_assert(SuspendThread(thread) == (DWORD)-1);
        sim_assert(GetLastError() == ERROR_SIGNAL_REFUSED);
        sim_assert(ResumeThread(thread) == MAXIMUM_SUSPEND_COUNT);
        sim_assert(TerminateThread(thread, 0));
        sim_assert(ResumeThread(thread) == 0);
        sim_assert(SuspendThread(thread) == (DWORD)-1);
        sim_assert(GetLastError() == ERROR_ACCESS_DENIED);
        check_close(thread);
    }
    sim_assert(ResumeThread(GetCurrentThread()) == 0);
    sim_assert(ResumeThread(NULL) == (DWORD)-1);
    sim_assert(GetLastError() == ERROR_INVALID_HANDLE);
}

static HANDLE gate;

static DWORD WINAPI suspend_oneself(void *argument)
{
    (void)argument;
    sim_assert(SetEvent(gate));
    sim_assert(SuspendThread(GetCurrentThread()) == 0);
    (void)InterlockedIncrement(&started);
    return 0;
}

static void suspend_self(void *arg)
{
    HANDLE thread;

    (void)arg;
    started = 0;
    gate = CreateEventW(NULL, FALSE, FALSE, NULL);
    thread = check_thread(suspend_oneself, NULL);
    sim_assert(WaitForSingleObject(gate, INFINITE) == WAIT_OBJECT_0);
    sim_settle();
    sim_assert(started == 0);
    sim_assert(ResumeThread(thread) == 1);
    check_join(thread);
    sim_assert(started == 1);
    check_close(gate);
}

static DWORD WINAPI wait_at_gate(void *argument)
{
    (void)argument;
    sim_assert(WaitForSingleObject(gate, INFINITE) == WAIT_OBJECT_0);
    (void)InterlockedIncrement(&started);
    return 0;
}

/** A suspended thread's wait can end; the thread runs when it is resumed. */
static void suspend_waiting(void *arg)
{
    HANDLE thread;

    (void)arg;
    started = 0;
    gate = CreateEventW(NULL, FALSE, FALSE, NULL);
    thread = check_thread(wait_at_gate, NULL);
    sim_settle();
    sim_assert(SuspendThread(thread) == 0);
    sim_assert(SetEvent(gate));
    sim_settle();
    sim_assert(started == 0);
    sim_assert(WaitForSingleObject(gate, 0) == WAIT_TIMEOUT);
    sim_assert(ResumeThread(thread) == 1);
    check_join(thread);
    sim_assert(started == 1);
    check_close(gate);
}

static void thread_is_suspended_by_count(void **state)
{
    (void)state;
    schedules_pass(suspend_counts);
    schedules_pass(suspend_self);
    schedules_pass(suspend_waiting);
}

/* ---- Who is who -------------------------------------------------------- */

static void identities(void *arg)
{
    DWORD id = GetCurrentThreadId();
    HANDLE thread;
    HANDLE same;

    (void)arg;
    {
        same = OpenThread(THREAD_ALL_ACCESS, FALSE, id);
        sim_assert(same != NULL && GetThreadId(same) == id);
        sim_assert(CompareObjectHandles(same, GetCurrentThread()));
        check_close(same);
        sim_assert(OpenThread(THREAD_ALL_ACCESS, FALSE, id + 1000) == NULL);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
        sim_assert(GetCurrentProcessId() % 4 == 0);
        sim_assert(GetCurrentProcessId() != id);
    }
    {
        /* What a handle may be used for depends on its rights. */
        thread = check_thread(sleep_for_ever, NULL);
        same = OpenThread(SYNCHRONIZE, FALSE, GetThreadId(thread));
        sim_assert(WaitForSingleObject(same, 0) == WAIT_TIMEOUT);
        sim_assert(check_failed(TerminateThread(same, 0), ERROR_ACCESS_DENIED));
        sim_assert(
            check_failed(GetExitCodeThread(same, &id), ERROR_ACCESS_DENIED));
        sim_assert(SuspendThread(same) == (DWORD)-1);
        sim_assert(check_failed((BOOL)QueueUserAPC(NULL, same, 0),
                                ERROR_ACCESS_DENIED));
        check_close(same);
        same = OpenThread(THREAD_QUERY_INFORMATION | THREAD_TERMINATE,
                          FALSE,
                          GetThreadId(thread));
        sim_assert(check_exit_code(same) == STILL_ACTIVE);
        sim_assert(WaitForSingleObject(same, 0) == WAIT_FAILED);
        sim_assert(TerminateThread(same, 0));
        check_close(same);
        check_close(thread);
    }
    {
        /* THREAD-15: last errors are per thread. */
        SetLastError(55);
        thread = check_thread(return_argument, &id);
        check_join(thread);
        sim_assert(GetLastError() == 55);
    }
}

static void thread_is_known_by_id_and_handle(void **state)
{
    (void)state;
    schedules_pass(identities);
}

static void priorities(void *arg)
{
    HANDLE self = GetCurrentThread();

    (void)arg;
    sim_assert(GetThreadPriority(self) == THREAD_PRIORITY_NORMAL);
    sim_assert(SetThreadPriority(self, THREAD_PRIORITY_HIGHEST));
    sim_assert(GetThreadPriority(self) == THREAD_PRIORITY_HIGHEST);
    sim_assert(SetThreadPriority(self, THREAD_PRIORITY_IDLE));
    sim_assert(SetThreadPriority(self, THREAD_PRIORITY_TIME_CRITICAL));
    sim_assert(
        check_failed(SetThreadPriority(self, 3), ERROR_INVALID_PARAMETER));
    sim_assert(check_failed(SetThreadPriority(self, THREAD_MODE_BACKGROUND_END),
                            ERROR_THREAD_MODE_NOT_BACKGROUND));
    sim_assert(SetThreadPriority(self, THREAD_MODE_BACKGROUND_BEGIN));
    sim_assert(
        check_failed(SetThreadPriority(self, THREAD_MODE_BACKGROUND_BEGIN),
                     ERROR_THREAD_MODE_ALREADY_BACKGROUND));
    sim_assert(SetThreadPriority(self, THREAD_MODE_BACKGROUND_END));
    sim_assert(GetThreadPriority(NULL) == THREAD_PRIORITY_ERROR_RETURN);
    sim_assert(GetLastError() == ERROR_INVALID_HANDLE);
    sim_assert(SetThreadDescription(self, L"main") == S_OK);
    sim_assert(SetThreadDescription(NULL, L"main") != S_OK);
}

static void thread_has_a_priority_and_a_name(void **state)
{
    (void)state;
    schedules_pass(priorities);
}

/* ---- APCs -------------------------------------------------------------- */

static LONG apcs;

static void CALLBACK count_apc(ULONG_PTR parameter)
{
    apcs += (LONG)parameter;
}

static DWORD WINAPI apcs_so_far(void *argument)
{
    (void)argument;
    return (DWORD)apcs;
}

static void apc_edges(void *arg)
{
    HANDLE thread =
        CreateThread(NULL, 0, apcs_so_far, NULL, CREATE_SUSPENDED, NULL);

    (void)arg;
    apcs = 0;
    {
        /* FACT THREAD-11 APC before the thread starts: it runs first. */
        sim_assert(QueueUserAPC(count_apc, thread, 1));
        sim_assert(QueueUserAPC(count_apc, thread, 1));
        sim_assert(ResumeThread(thread) == 1);
        sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
        sim_assert(check_exit_code(thread) == 2);
    }
    {
        /* FACT THREAD-08 QueueUserAPC to a finished thread. */
        sim_assert(check_failed((BOOL)QueueUserAPC(count_apc, thread, 1),
                                ERROR_GEN_FAILURE));
        sim_assert(check_failed((BOOL)QueueUserAPC(count_apc, NULL, 1),
                                ERROR_INVALID_HANDLE));
        check_close(thread);
    }
    {
        /* FACT THREAD-06 APCs die with their thread: this one never waits
         * alertably. */
        thread = check_thread(sleep_for_ever, NULL);
        sim_settle();
        sim_assert(QueueUserAPC(count_apc, thread, 1));
        sim_settle();
        sim_assert(TerminateThread(thread, 0));
        sim_assert(apcs == 2);
        check_close(thread);
    }
}

static void apc_needs_a_living_thread(void **state)
{
    (void)state;
    schedules_pass(apc_edges);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thread_runs_and_ends),
        cmocka_unit_test(thread_can_be_ended_by_force),
        cmocka_unit_test(process_exit_takes_all_along),
        cmocka_unit_test(thread_without_a_function_is_a_crash),
        cmocka_unit_test(thread_is_suspended_by_count),
        cmocka_unit_test(thread_is_known_by_id_and_handle),
        cmocka_unit_test(thread_has_a_priority_and_a_name),
        cmocka_unit_test(apc_needs_a_living_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
