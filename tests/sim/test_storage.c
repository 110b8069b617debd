/**
 * @file test_storage.c
 * @brief Storage per thread (Tls) and per fiber (Fls).
 *
 * Uses:     schedules.h, checks.h, the Win32 calls of tls_api.c.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <windows.h>

#include "checks.h"

/* ---- Storage ----------------------------------------------------------- */

static DWORD slot;

/** As many different addresses as there are indexes, and a few to count. */
static char places[FLS_MAXIMUM_AVAILABLE];
static LONG counts[2] = {5, 10};
static LONG count_here = 100;

static DWORD WINAPI use_slot(void *argument)
{
    sim_assert(TlsGetValue(slot) == NULL);
    sim_assert(TlsSetValue(slot, argument));
    (void)SwitchToThread();
    sim_assert(TlsGetValue(slot) == argument);
    return 0;
}

static void tls_per_thread(void *arg)
{
    HANDLE threads[2];

    (void)arg;
    slot = TlsAlloc();
    sim_assert(slot != TLS_OUT_OF_INDEXES);
    sim_assert(TlsSetValue(slot, &slot));
    for (int at = 0; at < 2; at++) {
        threads[at] = check_thread(use_slot, &places[at]);
    }
    check_join(threads[0]);
    check_join(threads[1]);
    SetLastError(44);
    sim_assert(TlsGetValue(slot) == &slot);
    /* A success clears the last error: the exception that its page names. */
    sim_assert(GetLastError() == ERROR_SUCCESS);
    sim_assert(TlsFree(slot));
    sim_assert(check_failed(TlsFree(slot), ERROR_INVALID_PARAMETER));
    /* Who gets the index next finds it empty. */
    sim_assert(TlsAlloc() == slot && TlsGetValue(slot) == NULL);
    sim_assert(TlsFree(slot));
}

static void tls_limits(void *arg)
{
    enum { COUNT = 64 + 1024 };

    (void)arg;
    for (DWORD at = 0; at < COUNT; at++) {
        DWORD index = TlsAlloc();

        sim_assert(index != TLS_OUT_OF_INDEXES);
        sim_assert(TlsSetValue(index, &places[index]));
    }
    sim_assert(TlsAlloc() == TLS_OUT_OF_INDEXES);
    sim_assert(GetLastError() == ERROR_NO_MORE_ITEMS);
    for (DWORD index = 0; index < COUNT; index++) {
        sim_assert(TlsGetValue(index) == &places[index]);
    }
    sim_assert(check_failed(TlsSetValue(COUNT, NULL), ERROR_INVALID_PARAMETER));
    SetLastError(0);
    sim_assert(TlsGetValue(COUNT) == NULL);
    sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
    sim_assert(check_failed(TlsFree(COUNT), ERROR_INVALID_PARAMETER));
}

static void tls_is_per_thread_and_limited(void **state)
{
    struct sim_report report;

    (void)state;
    schedules_pass(tls_per_thread);
    report =
        sim_explore(&(const struct sim_options){.runs = 3}, tls_limits, NULL);
    assert_true(report.passed);
}

static LONG fls_sum;
static DWORD fls_thread;

static void CALLBACK fls_gone(void *value)
{
    fls_sum += *(const LONG *)value;
    fls_thread = GetCurrentThreadId();
}

static DWORD WINAPI use_fls(void *argument)
{
    sim_assert(FlsGetValue(slot) == NULL);
    sim_assert(FlsSetValue(slot, argument));
    sim_assert(FlsGetValue(slot) == argument);
    return 0;
}

static HANDLE gate;

static DWORD WINAPI return_at_once(void *argument)
{
    (void)argument;
    return 0;
}

static DWORD WINAPI use_fls_and_stay(void *argument)
{
    sim_assert(FlsSetValue(slot, argument));
    sim_assert(SetEvent(gate));
    Sleep(INFINITE);
    return 0;
}

static void fls_callbacks(void *arg)
{
    HANDLE thread;
    DWORD id;

    (void)arg;
    fls_sum = 0;
    fls_thread = 0;
    gate = CreateEventW(NULL, FALSE, FALSE, NULL);
    slot = FlsAlloc(fls_gone);
    sim_assert(slot != FLS_OUT_OF_INDEXES);
    {
        /* A thread that ends is its own last user. */
        thread = CreateThread(NULL, 0, use_fls, &counts[0], 0, &id);
        sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
        sim_assert(fls_sum == 5 && fls_thread == id);
        check_close(thread);
        /* Without a value there is nothing to call for. */
        check_join(check_thread(return_at_once, NULL));
        sim_assert(fls_sum == 5);
    }
    {
        /* Freeing calls once for each value, in the thread that frees. */
        thread = check_thread(use_fls_and_stay, &counts[1]);
        sim_assert(WaitForSingleObject(gate, INFINITE) == WAIT_OBJECT_0);
        sim_assert(FlsSetValue(slot, &count_here));
        sim_assert(FlsFree(slot));
        sim_assert(fls_sum == 115);
        sim_assert(fls_thread == GetCurrentThreadId());
    }
    {
        sim_assert(check_failed(FlsFree(slot), ERROR_INVALID_PARAMETER));
        sim_assert(
            check_failed(FlsSetValue(slot, NULL), ERROR_INVALID_PARAMETER));
        sim_assert(FlsGetValue(slot) == NULL);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
    }
    {
        /* A thread ended by force runs no callback. */
        slot = FlsAlloc(fls_gone);
        sim_assert(FlsGetValue(slot) == NULL);
        sim_assert(TerminateThread(thread, 0));
        sim_assert(fls_sum == 115);
        sim_assert(FlsFree(slot));
    }
    check_close(thread);
    check_close(gate);
}

static void fls_limits(void *arg)
{
    (void)arg;
    for (DWORD at = 0; at < FLS_MAXIMUM_AVAILABLE; at++) {
        DWORD index = FlsAlloc(NULL);

        sim_assert(index != FLS_OUT_OF_INDEXES);
        sim_assert(FlsSetValue(index, &places[index]));
    }
    sim_assert(FlsAlloc(NULL) == FLS_OUT_OF_INDEXES);
    for (DWORD index = 0; index < FLS_MAXIMUM_AVAILABLE; index++) {
        sim_assert(FlsGetValue(index) == &places[index]);
    }
}

static void fls_calls_back_when_a_thread_ends(void **state)
{
    struct sim_report report;

    (void)state;
    schedules_pass(fls_callbacks);
    report =
        sim_explore(&(const struct sim_options){.runs = 2}, fls_limits, NULL);
    assert_true(report.passed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tls_is_per_thread_and_limited),
        cmocka_unit_test(fls_calls_back_when_a_thread_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
