/**
 * @file test_win32_headers.c
 * @brief Tests of sim/win32: layouts, macros and renames.
 *
 * A program compiled against these headers may write a structure to a file or
 * hand it to code compiled elsewhere, so every size and offset has to be the
 * one on Microsoft's pages for 64 bits.
 *
 * Uses:     numbers.h, sim.h, sim/win32, cmocka.
 * Used by:  make check.
 * Facts:    none.
 * Read next: test_win32_values.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <winsock2.h>

#include <mswsock.h>
#include <ntstatus.h>
#include <process.h>
#include <windows.h>
#include <winternl.h>
#include <ws2tcpip.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "numbers.h"
#include "sim.h"

static void types_have_the_sizes_of_windows(void **state)
{
    static const struct number numbers[] = {
        SIZE(BYTE, 1),        SIZE(BOOLEAN, 1),
        SIZE(UCHAR, 1),       SIZE(WORD, 2),
        SIZE(USHORT, 2),      SIZE(BOOL, 4),
        SIZE(INT, 4),         SIZE(UINT, 4),
        SIZE(LONG, 4),        SIZE(ULONG, 4),
        SIZE(DWORD, 4),       SIZE(HRESULT, 4),
        SIZE(NTSTATUS, 4),    SIZE(LONGLONG, 8),
        SIZE(ULONGLONG, 8),   SIZE(LONG64, 8),
        SIZE(DWORD64, 8),     SIZE(INT_PTR, 8),
        SIZE(ULONG_PTR, 8),   SIZE(DWORD_PTR, 8),
        SIZE(SIZE_T, 8),      SIZE(HANDLE, 8),
        SIZE(HMODULE, 8),     SIZE(PVOID, 8),
        SIZE(FARPROC, 8),     SIZE(SOCKET, 8),
        SIZE(ACCESS_MASK, 4), SIZE(WCHAR, sizeof(L'x')),
    };
    (void)state;

    check_numbers(numbers, COUNT(numbers));
    assert_true((LONG)-1 < 0);
    assert_true((NTSTATUS)-1 < 0);
    assert_true((LONG_PTR)-1 < 0);
    assert_true((DWORD)-1 > 0);
    assert_true((ULONG_PTR)-1 > 0);
    assert_true((SOCKET)-1 > 0);
}

static void io_structures_have_the_layout_of_windows(void **state)
{
    static const struct number numbers[] = {
        SIZE(OVERLAPPED, 32),
        AT(OVERLAPPED, Internal, 0),
        AT(OVERLAPPED, InternalHigh, 8),
        AT(OVERLAPPED, Offset, 16),
        AT(OVERLAPPED, OffsetHigh, 20),
        AT(OVERLAPPED, Pointer, 16),
        AT(OVERLAPPED, hEvent, 24),
        WIDE(OVERLAPPED, Internal, 8),
        WIDE(OVERLAPPED, InternalHigh, 8),
        WIDE(OVERLAPPED, Offset, 4),
        SIZE(OVERLAPPED_ENTRY, 32),
        AT(OVERLAPPED_ENTRY, lpCompletionKey, 0),
        AT(OVERLAPPED_ENTRY, lpOverlapped, 8),
        AT(OVERLAPPED_ENTRY, Internal, 16),
        AT(OVERLAPPED_ENTRY, dwNumberOfBytesTransferred, 24),
        WIDE(OVERLAPPED_ENTRY, lpCompletionKey, 8),
        WIDE(OVERLAPPED_ENTRY, Internal, 8),
        WIDE(OVERLAPPED_ENTRY, dwNumberOfBytesTransferred, 4),
        SIZE(WSABUF, 16),
        AT(WSABUF, len, 0),
        AT(WSABUF, buf, 8),
        SIZE(IO_STATUS_BLOCK, 16),
        AT(IO_STATUS_BLOCK, Status, 0),
        AT(IO_STATUS_BLOCK, Pointer, 0),
        AT(IO_STATUS_BLOCK, Information, 8),
        WIDE(IO_STATUS_BLOCK, Status, 4),
        WIDE(IO_STATUS_BLOCK, Information, 8),
        SIZE(FILE_COMPLETION_INFORMATION, 16),
        AT(FILE_COMPLETION_INFORMATION, Key, 8),
        SIZE(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION, 4),
        SIZE(FILE_IO_COMPLETION_INFORMATION, 32),
        AT(FILE_IO_COMPLETION_INFORMATION, ApcContext, 8),
        AT(FILE_IO_COMPLETION_INFORMATION, IoStatusBlock, 16),
        SIZE(IO_COMPLETION_BASIC_INFORMATION, 4),
    };
    (void)state;

    check_numbers(numbers, COUNT(numbers));
    assert_true(sizeof(WSAOVERLAPPED) == sizeof(OVERLAPPED));
}

static void other_structures_have_the_layout_of_windows(void **state)
{
    static const struct number numbers[] = {
        SIZE(CRITICAL_SECTION, 40),
        AT(CRITICAL_SECTION, LockCount, 8),
        AT(CRITICAL_SECTION, RecursionCount, 12),
        AT(CRITICAL_SECTION, OwningThread, 16),
        AT(CRITICAL_SECTION, LockSemaphore, 24),
        AT(CRITICAL_SECTION, SpinCount, 32),
        SIZE(SRWLOCK, 8),
        SIZE(CONDITION_VARIABLE, 8),
        SIZE(INIT_ONCE, 8),
        SIZE(LARGE_INTEGER, 8),
        AT(LARGE_INTEGER, LowPart, 0),
        AT(LARGE_INTEGER, HighPart, 4),
        AT(LARGE_INTEGER, u.HighPart, 4),
        SIZE(ULARGE_INTEGER, 8),
        SIZE(FILETIME, 8),
        AT(FILETIME, dwHighDateTime, 4),
        SIZE(GUID, 16),
        SIZE(SECURITY_ATTRIBUTES, 24),
        AT(SECURITY_ATTRIBUTES, lpSecurityDescriptor, 8),
        AT(SECURITY_ATTRIBUTES, bInheritHandle, 16),
        SIZE(SYSTEM_INFO, 48),
        AT(SYSTEM_INFO, dwPageSize, 4),
        AT(SYSTEM_INFO, dwActiveProcessorMask, 24),
        AT(SYSTEM_INFO, dwNumberOfProcessors, 32),
        AT(SYSTEM_INFO, dwAllocationGranularity, 40),
        AT(SYSTEM_INFO, wProcessorRevision, 46),
        SIZE(REASON_CONTEXT, 32),
        AT(REASON_CONTEXT, Reason, 8),
        SIZE(UNICODE_STRING, 16),
        AT(UNICODE_STRING, Buffer, 8),
        SIZE(OBJECT_ATTRIBUTES, 48),
        AT(OBJECT_ATTRIBUTES, RootDirectory, 8),
        AT(OBJECT_ATTRIBUTES, ObjectName, 16),
        AT(OBJECT_ATTRIBUTES, Attributes, 24),
        AT(OBJECT_ATTRIBUTES, SecurityDescriptor, 32),
    };
    (void)state;

    check_numbers(numbers, COUNT(numbers));
}

/* A program's operation, found again from the address of its last field. */
struct holder {
    int before;
    OVERLAPPED overlapped;
};

static void macros_do_what_they_do_on_windows(void **state)
{
    struct holder holder = {0};
    OVERLAPPED *overlapped = &holder.overlapped;
    LARGE_INTEGER due = {.QuadPart = -1};
    (void)state;

    assert_ptr_equal(CONTAINING_RECORD(overlapped, struct holder, overlapped),
                     &holder);
    overlapped->Internal = (ULONG_PTR)STATUS_PENDING;
    assert_false(HasOverlappedIoCompleted(overlapped));
    overlapped->Internal = (ULONG_PTR)STATUS_CANCELLED;
    assert_true(HasOverlappedIoCompleted(overlapped));

    assert_int_equal(due.HighPart, -1);
    assert_true(due.LowPart == 0xFFFFFFFF);
    assert_int_equal(MAKEWORD(2, 1), 0x0102);
    assert_int_equal(LOWORD(0x12345678), 0x5678);
    assert_int_equal(HIWORD(0x12345678), 0x1234);
    assert_int_equal(max(3, 4), 4);
    assert_int_equal(min(3, 4), 3);
    assert_int_equal(HRESULT_FROM_WIN32(ERROR_ACCESS_DENIED), E_ACCESSDENIED);
    assert_int_equal(sizeof(TEXT("ab")), 3 * sizeof(TCHAR));
}

static void static_initialisers_are_all_zero(void **state)
{
    static const unsigned char zero[sizeof(PVOID)];
    SRWLOCK lock = SRWLOCK_INIT;
    CONDITION_VARIABLE condition = CONDITION_VARIABLE_INIT;
    INIT_ONCE once = INIT_ONCE_STATIC_INIT;
    (void)state;

    assert_memory_equal(&lock, zero, sizeof(zero));
    assert_memory_equal(&condition, zero, sizeof(zero));
    assert_memory_equal(&once, zero, sizeof(zero));
}

#define TEXT_OF(name)       #name
#define TEXT_OF_VALUE(name) TEXT_OF(name)

/* One row of api.def, with the name as a program's compiler sees it. */
struct api_row {
    const char *name;
    const char *seen_as;
    const char *module;
    const char *layer;
};

static const struct api_row rows[] = {
#define API(module, layer, type, name, parameters) \
    {#name, TEXT_OF(name), #module, #layer},
#include "api.def"
#undef API
};

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(text, words[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void every_row_is_renamed_and_stands_once(void **state)
{
    static const char *const modules[] = {"KERNEL32",
                                          "NTDLL",
                                          "WS2_32",
                                          "MSWSOCK",
                                          "MSVCRT",
                                          "SYNCH",
                                          "EXTENSION",
                                          "INTRINSIC"};
    static const char *const layers[] = {"LAYER_0",
                                         "LAYER_1",
                                         "LAYER_2",
                                         "LAYER_ANY",
                                         "LAYER_NONE"};
    (void)state;

    for (size_t i = 0; i < COUNT(rows); i++) {
        assert_true(is_one_of(rows[i].module, modules, COUNT(modules)));
        assert_true(is_one_of(rows[i].layer, layers, COUNT(layers)));
        if (strcmp(rows[i].module, "EXTENSION") == 0) {
            /* Programs have variables of these names. */
            assert_string_equal(rows[i].seen_as, rows[i].name);
        } else {
            assert_memory_equal(rows[i].seen_as, "sim_", 4);
            assert_string_equal(rows[i].seen_as + 4, rows[i].name);
        }
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(rows[i].name, rows[j].name);
        }
    }
}

static void names_without_a_or_w_follow_unicode(void **state)
{
    (void)state;
#ifdef UNICODE
    assert_string_equal(TEXT_OF_VALUE(CreateEvent), "sim_CreateEventW");
    assert_string_equal(TEXT_OF_VALUE(GetModuleHandle), "sim_GetModuleHandleW");
#else
    assert_string_equal(TEXT_OF_VALUE(CreateEvent), "sim_CreateEventA");
    assert_string_equal(TEXT_OF_VALUE(GetModuleHandle), "sim_GetModuleHandleA");
#endif
}

/* Runs as a program would. */
static void adding(void *arg)
{
    LONG value = 40;
    LONG64 wide = INT64_MAX;
    (void)arg;

    sim_assert(InterlockedAdd(&value, 2) == 42 && value == 42);
    sim_assert(InterlockedAddNoFence(&value, -43) == -1);
    value = INT32_MAX;
    sim_assert(InterlockedAdd(&value, 1) == INT32_MIN);
    sim_assert(InterlockedAdd64(&wide, 1) == INT64_MIN && wide == INT64_MIN);
}

static void interlocked_add_returns_the_sum_and_wraps(void **state)
{
    struct sim_report report;
    (void)state;

    report = sim_explore(&(struct sim_options){.runs = 1}, adding, NULL);
    assert_string_equal(report.sentence, "");
    assert_true(report.passed);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_have_the_sizes_of_windows),
        cmocka_unit_test(io_structures_have_the_layout_of_windows),
        cmocka_unit_test(other_structures_have_the_layout_of_windows),
        cmocka_unit_test(macros_do_what_they_do_on_windows),
        cmocka_unit_test(static_initialisers_are_all_zero),
        cmocka_unit_test(every_row_is_renamed_and_stands_once),
        cmocka_unit_test(names_without_a_or_w_follow_unicode),
        cmocka_unit_test(interlocked_add_returns_the_sum_and_wraps),
    };

    return cmocka_run_group_tests_name("win32_headers", tests, NULL, NULL);
}
