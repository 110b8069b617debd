/**
 * @file overlapped_result.c
 * @brief WSAGetOverlappedResult.
 *
 * The same question as GetOverlappedResult, with another alphabet of errors,
 * and with the flags of a receive.
 *
 * Uses:     winsock.h, wait.h.
 * Used by:  programs.
 * Facts:    OVL-18, OVL-35, OVL-36, OVL-37, SOCK-22, SOCK-123.
 * Read next: rare.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "winsock.h"

/** @brief FACT OVL-35 WSAGetOverlappedResult wants a socket that Winsock has
 *  made or adopted; a handle of DuplicateHandle's is none. */
static NTSTATUS find(SOCKET number)
{
    struct socket *socket;
    NTSTATUS status = sim__socket_find(number, &socket);

    if (NT_SUCCESS(status) &&
        !(sim__handle_row((HANDLE)number)->flags & HANDLE_OF_WINSOCK)) {
        status = STATUS_WINSOCK(WSAENOTSOCK);
    }
    return status;
}

/** @brief Wait for hEvent: not alertably, and not for the socket: OVL-35. */
static NTSTATUS wait_for_end(const OVERLAPPED *overlapped)
{
    struct object *event = NULL;
    const struct wait wait = {
        .objects = &event,
        .count = 1,
        .call = "WSAGetOverlappedResult",
    };
    NTSTATUS status =
        sim__handle_find(overlapped->hEvent, OBJECT_EVENT, SYNCHRONIZE, &event);

    if (!NT_SUCCESS(status)) {
        return STATUS_WINSOCK(WSA_INVALID_HANDLE);
    }
    (void)sim__wait(&wait);
    return STATUS_SUCCESS;
}

static NTSTATUS ask(const OVERLAPPED *overlapped,
                    DWORD *bytes_out,
                    bool wait,
                    DWORD *flags_out)
{
    NTSTATUS status = STATUS_SUCCESS;

    if ((NTSTATUS)overlapped->Internal == STATUS_PENDING && wait) {
        status = wait_for_end(overlapped);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    status = (NTSTATUS)overlapped->Internal;
    if (status == STATUS_PENDING) {
        /* FACT OVL-36 on a pending operation: WSA_IO_INCOMPLETE. */
        return STATUS_WINSOCK(WSA_IO_INCOMPLETE);
    }
    /* FACT OVL-18 the count is returned even on failure.
     * FACT SOCK-22 here the final flags are. */
    *bytes_out = (DWORD)overlapped->InternalHigh;
    *flags_out = overlapped->Offset;
    /* FACT OVL-37 two error alphabets for one status: SOCK-123. */
    return status;
}

BOOL WSAAPI WSAGetOverlappedResult(SOCKET number,
                                   LPWSAOVERLAPPED overlapped,
                                   LPDWORD bytes_out,
                                   BOOL wait,
                                   LPDWORD flags_out)
{
    NTSTATUS status;

    sim__before();
    status = find(number);
    if (NT_SUCCESS(status) && overlapped == NULL) {
        status = STATUS_WINSOCK(WSA_INVALID_PARAMETER);
    }
    if (NT_SUCCESS(status) && (bytes_out == NULL || flags_out == NULL)) {
        status = STATUS_WINSOCK(WSAEFAULT);
    }
    if (NT_SUCCESS(status)) {
        status = ask(overlapped, bytes_out, wait != FALSE, flags_out);
    }
    trace(call,
          .text = "WSAGetOverlappedResult",
          .value = {sim__wsa_error(status)});
    sim__after();
    return sim__wsa_bool(status);
}
