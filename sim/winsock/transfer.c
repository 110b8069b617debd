/**
 * @file transfer.c
 * @brief What sending and receiving calls share.
 *
 * Winsock looks at the list of buffers itself, and copies it: the list may be
 * gone when the request ends, the buffers may not.
 *
 * Uses:     transfer.h.
 * Used by:  send.c, receive.c.
 * Facts:    SOCK-09, OVL-29.
 * Read next: send.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "transfer.h"

/** No program has memory below this address. */
enum { LOWEST_ADDRESS = 65536 };

NTSTATUS sim__transfer_check(const struct transfer *transfer)
{
    if (transfer->bytes_out == NULL && transfer->overlapped == NULL) {
        /* FACT SOCK-09 argument errors. */
        return STATUS_WINSOCK(WSAEFAULT);
    }
    if (transfer->count == 0) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    if (transfer->buffers == NULL) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    for (DWORD at = 0; at < transfer->count; at++) {
        if (transfer->buffers[at].len != 0 &&
            (uintptr_t)transfer->buffers[at].buf < LOWEST_ADDRESS) {
            return STATUS_WINSOCK(WSAEFAULT);
        }
    }
    return STATUS_SUCCESS;
}

NTSTATUS sim__transfer_run(struct transfer *transfer,
                           const struct socket *socket,
                           enum irp_kind kind,
                           const void *detail,
                           uint32_t wait_ms)
{
    const struct wsa_report report = {
        .overlapped = transfer->overlapped,
        .routine = transfer->routine,
        .wait_ms = wait_ms,
    };
    struct request request = {
        .frame = transfer->frame,
        .kind = kind,
        .call = transfer->call,
        .detail = detail,
        /* FACT OVL-29 the array may be on the stack: the request copies it.
         * An io_piece is laid out as a WSABUF. */
        .pieces = (const struct io_piece *)(const void *)transfer->buffers,
        .piece_count = transfer->count,
    };
    NTSTATUS status = sim__wsa_io(&request, transfer->number, socket, &report);

    transfer->bytes = (DWORD)request.information;
    return status;
}
