/**
 * @file checks.c
 * @brief What tests of the Win32 calls ask again and again.
 *
 * Uses:     checks.h.
 * Used by:  the tests in this folder.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "checks.h"

#include "sim.h"

void check_close(HANDLE handle)
{
    sim_assert(CloseHandle(handle));
}

bool check_failed(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

bool check_refused(HANDLE handle, DWORD error)
{
    return handle == NULL && GetLastError() == error;
}

bool check_wait_failed(DWORD result, DWORD error)
{
    return result == WAIT_FAILED && GetLastError() == error;
}

bool check_signaled(HANDLE handle)
{
    DWORD result = WaitForSingleObject(handle, 0);

    sim_assert(result == WAIT_OBJECT_0 || result == WAIT_TIMEOUT);
    return result == WAIT_OBJECT_0;
}

HANDLE check_event(BOOL manual_reset, BOOL initial)
{
    HANDLE event = CreateEventW(NULL, manual_reset, initial, NULL);

    sim_assert(event != NULL);
    return event;
}

HANDLE check_thread(LPTHREAD_START_ROUTINE start, void *argument)
{
    HANDLE thread = CreateThread(NULL, 0, start, argument, 0, NULL);

    sim_assert(thread != NULL);
    return thread;
}

void check_join(HANDLE thread)
{
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    check_close(thread);
}

DWORD check_exit_code(HANDLE thread)
{
    DWORD code = 12345;

    sim_assert(GetExitCodeThread(thread, &code));
    return code;
}
