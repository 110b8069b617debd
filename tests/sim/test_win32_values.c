/**
 * @file test_win32_values.c
 * @brief Tests of sim/win32: constants, errors and statuses.
 *
 * Programs compare, store and send these numbers, so they have to be the ones
 * on Microsoft's pages.
 *
 * Uses:     numbers.h, sim/win32, cmocka.
 * Used by:  make check.
 * Facts:    none.
 * Read next: nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <mswsock.h>
#include <ntstatus.h>
#include <windows.h>
#include <winternl.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "numbers.h"

static void constants_of_waits_and_objects_are_those_of_windows(void **state)
{
    static const struct number numbers[] = {
        IS(INFINITE, 0xFFFFFFFF),
        IS(WAIT_OBJECT_0, 0),
        IS(WAIT_ABANDONED, 0x80),
        IS(WAIT_ABANDONED_0, 0x80),
        IS(WAIT_IO_COMPLETION, 0xC0),
        IS(WAIT_TIMEOUT, 258),
        IS(WAIT_FAILED, 0xFFFFFFFF),
        IS(MAXIMUM_WAIT_OBJECTS, 64),
        IS(STILL_ACTIVE, 259),
        IS(TLS_OUT_OF_INDEXES, 0xFFFFFFFF),
        IS(FLS_OUT_OF_INDEXES, 0xFFFFFFFF),
        IS(CREATE_SUSPENDED, 4),
        IS(CREATE_EVENT_MANUAL_RESET, 1),
        IS(CREATE_EVENT_INITIAL_SET, 2),
        IS(CREATE_MUTEX_INITIAL_OWNER, 1),
        IS(CREATE_WAITABLE_TIMER_MANUAL_RESET, 1),
        IS(CREATE_WAITABLE_TIMER_HIGH_RESOLUTION, 2),
        IS(DUPLICATE_CLOSE_SOURCE, 1),
        IS(DUPLICATE_SAME_ACCESS, 2),
        IS(HANDLE_FLAG_INHERIT, 1),
        IS(HANDLE_FLAG_PROTECT_FROM_CLOSE, 2),
        IS(SYNCHRONIZE, 0x00100000),
        IS(STANDARD_RIGHTS_REQUIRED, 0x000F0000),
        IS(GENERIC_READ, 0x80000000),
        IS(GENERIC_WRITE, 0x40000000),
        IS(MAXIMUM_ALLOWED, 0x02000000),
        IS(EVENT_MODIFY_STATE, 2),
        IS(EVENT_ALL_ACCESS, 0x1F0003),
        IS(MUTEX_MODIFY_STATE, 1),
        IS(MUTEX_ALL_ACCESS, 0x1F0001),
        IS(SEMAPHORE_ALL_ACCESS, 0x1F0003),
        IS(TIMER_ALL_ACCESS, 0x1F0003),
        IS(IO_COMPLETION_QUERY_STATE, 1),
        IS(IO_COMPLETION_MODIFY_STATE, 2),
        IS(IO_COMPLETION_ALL_ACCESS, 0x1F0003),
        IS(THREAD_ALL_ACCESS, 0x1FFFFF),
        IS(OBJ_CASE_INSENSITIVE, 0x40),
        IS(OBJ_OPENIF, 0x80),
        IS(HEAP_ZERO_MEMORY, 8),
        IS(MEM_COMMIT, 0x1000),
        IS(MEM_RESERVE, 0x2000),
        IS(MEM_RELEASE, 0x8000),
        IS(PAGE_READWRITE, 4),
        IS(INIT_ONCE_CHECK_ONLY, 1),
        IS(INIT_ONCE_ASYNC, 2),
        IS(INIT_ONCE_INIT_FAILED, 4),
        IS(CONDITION_VARIABLE_LOCKMODE_SHARED, 1),
        IS(ALL_PROCESSOR_GROUPS, 0xFFFF),
    };
    (void)state;

    check_numbers(numbers, COUNT(numbers));
    assert_true((intptr_t)INVALID_HANDLE_VALUE == -1);
    assert_true(INVALID_SOCKET == UINTPTR_MAX);
}

static void constants_of_files_and_pipes_are_those_of_windows(void **state)
{
    static const struct number numbers[] = {
        IS(FILE_SKIP_COMPLETION_PORT_ON_SUCCESS, 1),
        IS(FILE_SKIP_SET_EVENT_ON_HANDLE, 2),
        IS(FILE_SKIP_SET_USER_EVENT_ON_FAST_IO, 4),
        IS(FILE_FLAG_OVERLAPPED, 0x40000000),
        IS(FILE_FLAG_NO_BUFFERING, 0x20000000),
        IS(FILE_FLAG_FIRST_PIPE_INSTANCE, 0x00080000),
        IS(CREATE_NEW, 1),
        IS(OPEN_EXISTING, 3),
        IS(FILE_SHARE_DELETE, 4),
        IS(FILE_ATTRIBUTE_NORMAL, 0x80),
        IS(FILE_GENERIC_READ, 0x120089),
        IS(FILE_GENERIC_WRITE, 0x120116),
        IS(FILE_ALL_ACCESS, 0x1F01FF),
        IS(PIPE_ACCESS_INBOUND, 1),
        IS(PIPE_ACCESS_OUTBOUND, 2),
        IS(PIPE_ACCESS_DUPLEX, 3),
        IS(PIPE_TYPE_MESSAGE, 4),
        IS(PIPE_READMODE_MESSAGE, 2),
        IS(PIPE_NOWAIT, 1),
        IS(PIPE_REJECT_REMOTE_CLIENTS, 8),
        IS(PIPE_UNLIMITED_INSTANCES, 255),
        IS(NMPWAIT_WAIT_FOREVER, 0xFFFFFFFF),
        IS(FileCompletionInformation, 30),
        IS(FileIoCompletionNotificationInformation, 41),
        IS(FileReplaceCompletionInformation, 61),
        IS(IoCompletionBasicInformation, 0),
        IS(MemoryReserveIoCompletion, 1),
        IS(WSA_FLAG_OVERLAPPED, 1),
        IS(SO_UPDATE_ACCEPT_CONTEXT, 0x700B),
        IS(SO_UPDATE_CONNECT_CONTEXT, 0x7010),
    };
    (void)state;

    check_numbers(numbers, COUNT(numbers));
}

static void errors_have_the_numbers_of_windows(void **state)
{
    static const struct number numbers[] = {
        IS(ERROR_SUCCESS, 0),
        IS(ERROR_INVALID_FUNCTION, 1),
        IS(ERROR_FILE_NOT_FOUND, 2),
        IS(ERROR_ACCESS_DENIED, 5),
        IS(ERROR_INVALID_HANDLE, 6),
        IS(ERROR_NOT_ENOUGH_MEMORY, 8),
        IS(ERROR_GEN_FAILURE, 31),
        IS(ERROR_HANDLE_EOF, 38),
        IS(ERROR_UNEXP_NET_ERR, 59),
        IS(ERROR_NETNAME_DELETED, 64),
        IS(ERROR_INVALID_PARAMETER, 87),
        IS(ERROR_BROKEN_PIPE, 109),
        IS(ERROR_SEM_TIMEOUT, 121),
        IS(ERROR_INSUFFICIENT_BUFFER, 122),
        IS(ERROR_INVALID_NAME, 123),
        IS(ERROR_PROC_NOT_FOUND, 127),
        IS(ERROR_WAIT_NO_CHILDREN, 128),
        IS(ERROR_ALREADY_EXISTS, 183),
        IS(ERROR_BAD_PIPE, 230),
        IS(ERROR_PIPE_BUSY, 231),
        IS(ERROR_NO_DATA, 232),
        IS(ERROR_PIPE_NOT_CONNECTED, 233),
        IS(ERROR_MORE_DATA, 234),
        IS(ERROR_NOT_OWNER, 288),
        IS(ERROR_TOO_MANY_POSTS, 298),
        IS(ERROR_PIPE_CONNECTED, 535),
        IS(ERROR_PIPE_LISTENING, 536),
        IS(ERROR_ABANDONED_WAIT_0, 735),
        IS(ERROR_OPERATION_ABORTED, 995),
        IS(ERROR_IO_INCOMPLETE, 996),
        IS(ERROR_IO_PENDING, 997),
        IS(ERROR_NOACCESS, 998),
        IS(ERROR_NOT_FOUND, 1168),
        IS(ERROR_CONNECTION_REFUSED, 1225),
        IS(ERROR_PORT_UNREACHABLE, 1234),
        IS(ERROR_CONNECTION_ABORTED, 1236),
        IS(ERROR_NO_SYSTEM_RESOURCES, 1450),
        IS(ERROR_TIMEOUT, 1460),
        IS(ERROR_INVALID_USER_BUFFER, 1784),
        IS(ERROR_NOT_ENOUGH_QUOTA, 1816),
    };
    (void)state;

    check_numbers(numbers, COUNT(numbers));
    /* cppcheck-suppress sizeofwithnumericparameter; the type is the point. */
    assert_int_equal(sizeof(ERROR_IO_PENDING), 4);
    /* cppcheck-suppress sizeofwithnumericparameter; the type is the point. */
    assert_int_equal(sizeof(GENERIC_READ), 4);
}

static void winsock_errors_have_the_numbers_of_windows(void **state)
{
    static const struct number numbers[] = {
        IS(WSA_IO_PENDING, 997),
        IS(WSA_OPERATION_ABORTED, 995),
        IS(WSAEINTR, 10004),
        IS(WSAEFAULT, 10014),
        IS(WSAEINVAL, 10022),
        IS(WSAEWOULDBLOCK, 10035),
        IS(WSAENOTSOCK, 10038),
        IS(WSAEMSGSIZE, 10040),
        IS(WSAECONNABORTED, 10053),
        IS(WSAECONNRESET, 10054),
        IS(WSAENOBUFS, 10055),
        IS(WSAECONNREFUSED, 10061),
        IS(WSANOTINITIALISED, 10093),
        IS(WSAEDISCON, 10101),
    };
    (void)state;

    check_numbers(numbers, COUNT(numbers));
}

static void statuses_have_the_numbers_of_windows(void **state)
{
    static const struct number numbers[] = {
        IS(STATUS_SUCCESS, 0),
        IS(STATUS_ABANDONED_WAIT_0, 0x80),
        IS(STATUS_USER_APC, 0xC0),
        IS(STATUS_TIMEOUT, 0x102),
        IS(STATUS_PENDING, 0x103),
        IS(STATUS_NOTIFY_ENUM_DIR, 0x10C),
        IS(STATUS_OBJECT_NAME_EXISTS, 0x40000000),
        IS(STATUS_BUFFER_OVERFLOW, 0x80000005),
        IS(STATUS_INFO_LENGTH_MISMATCH, 0xC0000004),
        IS(STATUS_ACCESS_VIOLATION, 0xC0000005),
        IS(STATUS_INVALID_HANDLE, 0xC0000008),
        IS(STATUS_INVALID_PARAMETER, 0xC000000D),
        IS(STATUS_END_OF_FILE, 0xC0000011),
        IS(STATUS_ACCESS_DENIED, 0xC0000022),
        IS(STATUS_BUFFER_TOO_SMALL, 0xC0000023),
        IS(STATUS_OBJECT_TYPE_MISMATCH, 0xC0000024),
        IS(STATUS_MUTANT_NOT_OWNED, 0xC0000046),
        IS(STATUS_SEMAPHORE_LIMIT_EXCEEDED, 0xC0000047),
        IS(STATUS_INSUFFICIENT_RESOURCES, 0xC000009A),
        IS(STATUS_ILLEGAL_FUNCTION, 0xC00000AF),
        IS(STATUS_PIPE_DISCONNECTED, 0xC00000B0),
        IS(STATUS_PIPE_CLOSING, 0xC00000B1),
        IS(STATUS_IO_TIMEOUT, 0xC00000B5),
        IS(STATUS_CANCELLED, 0xC0000120),
        IS(STATUS_LOCAL_DISCONNECT, 0xC000013B),
        IS(STATUS_REMOTE_DISCONNECT, 0xC000013C),
        IS(STATUS_PIPE_BROKEN, 0xC000014B),
        IS(STATUS_CONNECTION_RESET, 0xC000020D),
        IS(STATUS_NOT_FOUND, 0xC0000225),
        IS(STATUS_CONNECTION_REFUSED, 0xC0000236),
        IS(STATUS_PORT_UNREACHABLE, 0xC000023F),
        IS(STATUS_CONNECTION_ABORTED, 0xC0000241),
    };
    (void)state;

    check_numbers(numbers, COUNT(numbers));
    assert_true(NT_SUCCESS(STATUS_PENDING));
    assert_true(NT_INFORMATION(STATUS_OBJECT_NAME_EXISTS));
    assert_true(NT_WARNING(STATUS_BUFFER_OVERFLOW));
    assert_false(NT_SUCCESS(STATUS_BUFFER_OVERFLOW));
    assert_true(NT_ERROR(STATUS_CANCELLED));
    assert_false(NT_ERROR(STATUS_BUFFER_OVERFLOW));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(constants_of_waits_and_objects_are_those_of_windows),
        cmocka_unit_test(constants_of_files_and_pipes_are_those_of_windows),
        cmocka_unit_test(errors_have_the_numbers_of_windows),
        cmocka_unit_test(winsock_errors_have_the_numbers_of_windows),
        cmocka_unit_test(statuses_have_the_numbers_of_windows),
    };

    return cmocka_run_group_tests_name("win32_values", tests, NULL, NULL);
}
