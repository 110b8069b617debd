/**
 * @file iocp.c
 * @brief Layer 0: telling the outcomes of a wait apart.
 *
 * Each function is one Windows call and the reading of its answer.  The
 * reading is the point: take_outcome() below is the only place in the project
 * that decides what FALSE means.
 *
 * Uses:     iocp.h, winternl.h (the one native call).
 * Used by:  lessons 02 and 04, layer 1.
 * Facts:    PORT-01, PORT-03, PORT-05, PORT-36..PORT-40, PORT-42, PORT-46,
 *           PORT-49..PORT-53, PORT-76, PORT-77, PORT-85, PORT-95.
 * Read next: op.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "iocp.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <winternl.h>

/* The flags are Windows' own, so that no table translates them. */
static_assert(IOCP_SKIP_PACKET == FILE_SKIP_COMPLETION_PORT_ON_SUCCESS,
              "iocp_set_modes passes its flags on");
static_assert(IOCP_SKIP_EVENT == FILE_SKIP_SET_EVENT_ON_HANDLE,
              "iocp_set_modes passes its flags on");

/** @brief 0 for a call that succeeded, else why it failed. */
static DWORD answer(BOOL succeeded)
{
    DWORD error;

    if (succeeded) {
        /* A success leaves the last error of an earlier call in place, so it
         * must not be read. */
        return 0;
    }
    error = GetLastError();
    IOCP_ASSERT(error != 0);
    return error;
}

DWORD iocp_open(struct iocp *port, DWORD concurrency)
{
    HANDLE handle;

    IOCP_ASSERT(port != NULL);
    handle = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, concurrency);
    /* FACT PORT-05 failure value is NULL: not INVALID_HANDLE_VALUE, which is
     * what most calls that return handles use. */
    if (handle == NULL) {
        return answer(FALSE);
    }
    IOCP_ASSERT(handle != INVALID_HANDLE_VALUE);
    port->handle = handle;
    return 0;
}

DWORD iocp_attach(const struct iocp *port, HANDLE file, ULONG_PTR key)
{
    HANDLE handle;

    IOCP_ASSERT(port != NULL && port->handle != NULL);
    /* INVALID_HANDLE_VALUE would ask for a new port instead. */
    IOCP_ASSERT(file != INVALID_HANDLE_VALUE);
    handle = CreateIoCompletionPort(file, port->handle, key, 0);
    if (handle == NULL) {
        return answer(FALSE);
    }
    /* FACT PORT-03 associating with an existing port returns the very handle
     * that was passed: there is nothing to close. */
    IOCP_ASSERT(handle == port->handle);
    return 0;
}

/** NtSetInformationFile is documented for drivers only, so it is looked up. */
typedef NTSTATUS(NTAPI *set_information_fn)(HANDLE file,
                                            IO_STATUS_BLOCK *block,
                                            PVOID information,
                                            ULONG information_bytes,
                                            FILE_INFORMATION_CLASS what);

/** What FileReplaceCompletionInformation takes. */
struct replace_information {
    HANDLE port; /* NULL: no port any more. */
    PVOID key;
};

DWORD iocp_detach(HANDLE file)
{
    enum { REPLACE_COMPLETION = 61 };
    struct replace_information nothing = {NULL, NULL};
    IO_STATUS_BLOCK block;
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    union {
        FARPROC found;
        set_information_fn call;
    } set;

    IOCP_ASSERT(file != NULL);
    IOCP_ASSERT(ntdll != NULL);
    set.found = GetProcAddress(ntdll, "NtSetInformationFile");
    if (set.found == NULL) {
        return ERROR_CALL_NOT_IMPLEMENTED;
    }
    /* FACT PORT-95 FileReplaceCompletionInformation: since Windows 8.1 the
     * association can be taken back. */
    return RtlNtStatusToDosError(
        set.call(file,
                 &block,
                 &nothing,
                 sizeof nothing,
                 (FILE_INFORMATION_CLASS)REPLACE_COMPLETION));
}

DWORD iocp_set_modes(HANDLE file, UINT modes)
{
    IOCP_ASSERT(file != NULL);
    IOCP_ASSERT((modes & ~(IOCP_SKIP_PACKET | IOCP_SKIP_EVENT)) == 0);
    /* FACT PORT-85 SetFileCompletionNotificationModes only adds bits. */
    return answer(SetFileCompletionNotificationModes(file, (UCHAR)modes));
}

DWORD iocp_post(const struct iocp *port, const struct iocp_packet *packet)
{
    IOCP_ASSERT(port != NULL && port->handle != NULL);
    IOCP_ASSERT(packet != NULL && packet->error == 0);
    return answer(PostQueuedCompletionStatus(port->handle,
                                             packet->bytes,
                                             packet->key,
                                             packet->overlapped));
}

/**
 * @brief What a wait that returned FALSE without an OVERLAPPED means.
 *
 * FACT PORT-38 no packet: the last error says why.
 */
static enum iocp_outcome take_outcome(DWORD error)
{
    switch (error) {
    case WAIT_TIMEOUT: /* FACT PORT-42 timeout. */
        return IOCP_TIMEOUT;
    case WAIT_IO_COMPLETION: /* FACT PORT-53 alertable wait ended by an APC. */
        return IOCP_APC;
    case ERROR_ABANDONED_WAIT_0: /* FACT PORT-76 closed while we waited. */
    case ERROR_INVALID_HANDLE:   /* FACT PORT-77 closed before we waited. */
        return IOCP_CLOSED;
    default:
        /* FACT PORT-40 a failed packet with a NULL OVERLAPPED looks like no
         * packet, but brings an error that no wait has. */
        return IOCP_PACKET;
    }
}

//! [take]
enum iocp_outcome iocp_take(const struct iocp *port,
                            DWORD timeout_ms,
                            struct iocp_packet *packet_out)
{
    struct iocp_packet packet = {0, NULL, 0, 0};
    BOOL succeeded;

    IOCP_ASSERT(port != NULL && port->handle != NULL);
    IOCP_ASSERT(packet_out != NULL);
    succeeded = GetQueuedCompletionStatus(port->handle,
                                          &packet.bytes,
                                          &packet.key,
                                          &packet.overlapped,
                                          timeout_ms);
    if (!succeeded) {
        packet.error = GetLastError();
        /* FACT PORT-37 packet of a failed operation: FALSE, and an
         * OVERLAPPED.  This is the case that the common loop loses. */
        if (packet.overlapped == NULL &&
            take_outcome(packet.error) != IOCP_PACKET) {
            return take_outcome(packet.error);
        }
    }
    /* FACT PORT-39 TRUE with a NULL OVERLAPPED is a real packet. */
    /* OWNER: que -> app. */
    *packet_out = packet;
    return IOCP_PACKET;
}
//! [take]

enum iocp_outcome iocp_take_many(const struct iocp *port,
                                 const struct iocp_wait *wait,
                                 OVERLAPPED_ENTRY *entries,
                                 ULONG entry_count,
                                 ULONG *taken_out)
{
    ULONG taken = 0;
    enum iocp_outcome outcome;

    IOCP_ASSERT(port != NULL && port->handle != NULL && wait != NULL);
    IOCP_ASSERT(entries != NULL && entry_count > 0 && taken_out != NULL);
    *taken_out = 0;
    if (GetQueuedCompletionStatusEx(port->handle,
                                    entries,
                                    entry_count,
                                    &taken,
                                    wait->timeout_ms,
                                    wait->alertable)) {
        /* FACT PORT-49 returns at least one, does not wait to fill. */
        IOCP_ASSERT(taken > 0 && taken <= entry_count);
        /* OWNER: que -> app. */
        *taken_out = taken;
        return IOCP_PACKET;
    }
    /* FACT PORT-52 the count on failure is not reliable: it stays 0 here.
     * FACT PORT-50 FALSE never stands for a failed operation. */
    outcome = take_outcome(GetLastError());
    IOCP_ASSERT(outcome != IOCP_PACKET);
    return outcome;
}

struct iocp_packet iocp_entry_read(const OVERLAPPED_ENTRY *entry)
{
    struct iocp_packet packet;
    NTSTATUS status;

    IOCP_ASSERT(entry != NULL);
    /* FACT PORT-51 the Internal member of an entry is the NTSTATUS, in its
     * low 32 bits. */
    status = (NTSTATUS)(ULONG)entry->Internal;
    packet.key = entry->lpCompletionKey;
    packet.overlapped = entry->lpOverlapped;
    packet.bytes = entry->dwNumberOfBytesTransferred;
    packet.error = status >= 0 ? 0 : RtlNtStatusToDosError(status);
    IOCP_ASSERT(status >= 0 || packet.error != 0);
    return packet;
}

DWORD iocp_cancel(HANDLE file, OVERLAPPED *overlapped)
{
    IOCP_ASSERT(file != NULL && file != INVALID_HANDLE_VALUE);
    /* The owner stays the kernel: a packet comes in any case. */
    return answer(CancelIoEx(file, overlapped));
}

void iocp_close(struct iocp *port)
{
    BOOL closed;

    IOCP_ASSERT(port != NULL && port->handle != NULL);
    closed = CloseHandle(port->handle);
    IOCP_ASSERT(closed);
    port->handle = NULL;
}

void iocp_assert_failed(const char *condition, const char *file, int line)
{
    char sentence[256];

    (void)snprintf(sentence,
                   sizeof sentence,
                   "%s:%d: a layer was misused: `%s` does not hold\n",
                   file,
                   line,
                   condition);
    /* A debugger shows the one, a terminal the other. */
    OutputDebugStringA(sentence);
    (void)fputs(sentence, stderr);
    (void)fflush(stderr);
    RaiseFailFastException(NULL, NULL, 0);
    abort(); /* It did not return, but its declaration does not say so. */
}
