/**
 * @file test_errors.c
 * @brief The last error, and statuses in Win32's words.
 *
 * Uses:     schedules.h, numbers.h, the calls of error.c.
 * Used by:  ctest.
 * Facts:    THREAD-15.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>

#include "numbers.h"

/* ---- The table --------------------------------------------------------- */

#define BECOMES(status, error)                                        \
    {                                                                 \
#        status, (DWORD)RtlNtStatusToDosError(STATUS_##status), error \
    }

static void statuses_of_io_become_errors(void **state)
{
    const struct number numbers[] = {
        BECOMES(CANCELLED, 995),
        BECOMES(CONNECTION_RESET, 64),
        BECOMES(CONNECTION_DISCONNECTED, 64),
        BECOMES(LOCAL_DISCONNECT, 64),
        BECOMES(REMOTE_DISCONNECT, 64),
        BECOMES(CONNECTION_ABORTED, 1236),
        BECOMES(CONNECTION_REFUSED, 1225),
        BECOMES(GRACEFUL_DISCONNECT, 1226),
        BECOMES(CONNECTION_ACTIVE, 1230),
        BECOMES(NETWORK_UNREACHABLE, 1231),
        BECOMES(HOST_UNREACHABLE, 1232),
        BECOMES(PROTOCOL_UNREACHABLE, 1233),
        BECOMES(PORT_UNREACHABLE, 1234),
        BECOMES(REQUEST_ABORTED, 1235),
        BECOMES(IO_TIMEOUT, 121),
        BECOMES(INVALID_CONNECTION, 59),
        BECOMES(INVALID_ADDRESS, 59),
        BECOMES(LINK_TIMEOUT, 59),
        BECOMES(BUFFER_OVERFLOW, 234),
        BECOMES(BUFFER_TOO_SMALL, 122),
        BECOMES(END_OF_FILE, 38),
        BECOMES(PIPE_BROKEN, 109),
        BECOMES(PIPE_CLOSING, 232),
        BECOMES(PIPE_EMPTY, 232),
        BECOMES(PIPE_DISCONNECTED, 233),
        BECOMES(PIPE_CONNECTED, 535),
        BECOMES(PIPE_LISTENING, 536),
        BECOMES(INVALID_PIPE_STATE, 230),
        BECOMES(PIPE_NOT_AVAILABLE, 231),
        BECOMES(PIPE_BUSY, 231),
        BECOMES(ACCESS_VIOLATION, 998),
        BECOMES(INVALID_USER_BUFFER, 1784),
        BECOMES(INSUFFICIENT_RESOURCES, 1450),
        BECOMES(WORKING_SET_QUOTA, 1453),
        BECOMES(QUOTA_EXCEEDED, 1816),
        BECOMES(NOT_FOUND, 1168),
        BECOMES(INVALID_HANDLE, 6),
        BECOMES(OBJECT_TYPE_MISMATCH, 6),
        BECOMES(INVALID_PARAMETER, 87),
        BECOMES(DEVICE_NOT_READY, 21),
        BECOMES(PENDING, 997),
    };

    (void)state;
    check_numbers(numbers, COUNT(numbers));
}

static void other_statuses_become_errors(void **state)
{
    const struct number numbers[] = {
        BECOMES(SUCCESS, 0),
        BECOMES(ABANDONED_WAIT_0, 128),
        BECOMES(TIMEOUT, 1460),
        BECOMES(UNSUCCESSFUL, 31),
        BECOMES(NOT_IMPLEMENTED, 1),
        BECOMES(INVALID_INFO_CLASS, 87),
        BECOMES(INFO_LENGTH_MISMATCH, 24),
        BECOMES(INVALID_DEVICE_REQUEST, 1),
        BECOMES(NO_MEMORY, 8),
        BECOMES(ACCESS_DENIED, 5),
        BECOMES(OBJECT_NAME_INVALID, 123),
        BECOMES(OBJECT_NAME_NOT_FOUND, 2),
        BECOMES(OBJECT_NAME_COLLISION, 183),
        BECOMES(OBJECT_PATH_NOT_FOUND, 3),
        BECOMES(SHARING_VIOLATION, 32),
        BECOMES(MUTANT_NOT_OWNED, 288),
        BECOMES(SEMAPHORE_LIMIT_EXCEEDED, 298),
        BECOMES(SUSPEND_COUNT_EXCEEDED, 156),
        BECOMES(FILE_FORCED_CLOSED, 38),
        BECOMES(NOT_SUPPORTED, 50),
        BECOMES(PORT_DISCONNECTED, 6),
        BECOMES(HANDLE_NOT_CLOSABLE, 6),
        BECOMES(NOT_SAME_OBJECT, 1656),
        BECOMES(INVALID_PARAMETER_1, 87),
        BECOMES(INVALID_PARAMETER_12, 87),
        BECOMES(ADDRESS_ALREADY_EXISTS, 52),
        BECOMES(HOST_DOWN, 1256),
    };

    (void)state;
    check_numbers(numbers, COUNT(numbers));
}

static void unknown_statuses_become_317(void **state)
{
    (void)state;
    assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0xC0FFEE00), 317);
    assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0x00000001), 317);
    assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0xFFFFFFFF), 317);
    assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0x7FFFFFFF), 317);
    /* A Win32 code in a status's clothes. */
    assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0xC0070057), 87);
    assert_int_equal(RtlNtStatusToDosError((NTSTATUS)0x800703E5), 997);
}

/* ---- The last error ---------------------------------------------------- */

static DWORD WINAPI other_worker(void *argument)
{
    (void)argument;
    sim_assert(GetLastError() == 0);
    SetLastError(1);
    MemoryBarrier();
    sim_assert(GetLastError() == 1);
    sim_assert(!CloseHandle((HANDLE)(uintptr_t)0x7ff4));
    MemoryBarrier();
    sim_assert(GetLastError() == ERROR_INVALID_HANDLE);
    return 0;
}

static void threads_scenario(void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, other_worker, NULL, 0, NULL);

    (void)arg;
    SetLastError(2);
    MemoryBarrier();
    sim_assert(GetLastError() == 2);
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(GetLastError() == 2);
    sim_assert(CloseHandle(thread));
}

static void last_error_belongs_to_its_thread(void **state)
{
    (void)state;
    schedules_pass(threads_scenario);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_of_io_become_errors),
        cmocka_unit_test(other_statuses_become_errors),
        cmocka_unit_test(unknown_statuses_become_317),
        cmocka_unit_test(last_error_belongs_to_its_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
