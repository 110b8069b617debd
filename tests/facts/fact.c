/**
 * @file fact.c
 * @brief Threads, ports and native calls for fact tests.
 *
 * Uses:     fact.h.
 * Used by:  every file of tests/facts.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

static const char *cannot;

void fact_cannot(const char *missing)
{
    cannot = missing;
}

const char *fact_take_cannot(void)
{
    const char *missing = cannot;

    cannot = NULL;
    return missing;
}

HANDLE fact_start(LPTHREAD_START_ROUTINE body, void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, body, arg, 0, NULL);

    CHECK(thread != NULL);
    return thread;
}

DWORD fact_join(HANDLE thread)
{
    DWORD code;

    CHECK(WaitForSingleObject(thread, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(GetExitCodeThread(thread, &code));
    CHECK(CloseHandle(thread));
    return code;
}

HANDLE fact_port(DWORD concurrency)
{
    HANDLE port =
        CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, concurrency);

    CHECK(port != NULL);
    return port;
}

/** @brief Store the address of a native call; the pointer types differ, their
 *  size does not. */
static void look_up(HMODULE ntdll, const char *name, void *pointer)
{
    FARPROC found = GetProcAddress(ntdll, name);

    memcpy(pointer, &found, sizeof found);
}

struct fact_native fact_native(void)
{
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    struct fact_native native;

    CHECK(ntdll != NULL);
    look_up(ntdll, "NtCreateIoCompletion", &native.create_port);
    look_up(ntdll, "NtOpenIoCompletion", &native.open_port);
    look_up(ntdll, "NtSetIoCompletion", &native.set);
    look_up(ntdll, "NtSetIoCompletionEx", &native.set_ex);
    look_up(ntdll, "NtRemoveIoCompletion", &native.remove);
    look_up(ntdll, "NtRemoveIoCompletionEx", &native.remove_ex);
    look_up(ntdll, "NtQueryIoCompletion", &native.query);
    look_up(ntdll, "NtAllocateReserveObject", &native.allocate_reserve);
    look_up(ntdll, "NtCreateWaitCompletionPacket", &native.create_wait_packet);
    look_up(ntdll,
            "NtAssociateWaitCompletionPacket",
            &native.associate_wait_packet);
    look_up(ntdll, "NtCancelWaitCompletionPacket", &native.cancel_wait_packet);
    look_up(ntdll, "NtSetInformationFile", &native.set_file);
    look_up(ntdll, "NtQueryInformationFile", &native.query_file);
    look_up(ntdll, "NtReadFile", &native.read_file);
    look_up(ntdll, "NtWriteFile", &native.write_file);
    look_up(ntdll, "NtFsControlFile", &native.control);
    look_up(ntdll, "RtlNtStatusToDosError", &native.to_dos_error);
    return native;
}

LONG fact_depth(HANDLE port)
{
    struct fact_native native = fact_native();
    LONG depth = -1;

    CHECK(native.query != NULL);
    CHECK(native.query(port, 0, &depth, sizeof depth, NULL) == STATUS_SUCCESS);
    return depth;
}
