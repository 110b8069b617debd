/**
 * @file wsa_io.c
 * @brief How Winsock's calls become requests.
 *
 * With an OVERLAPPED a call returns at once and its end is told later; without
 * one it waits here, alertably, as long as the socket's options say.  Only the
 * second kind looks at those options.
 *
 * Uses:     winsock.h.
 * Used by:  every call of Winsock that transfers or connects.
 * Facts:    PORT-23, OVL-03, OVL-05, OVL-33, SOCK-03, SOCK-04, SOCK-05,
 *           SOCK-06, SOCK-07, SOCK-08.
 * Read next: transfer.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "winsock.h"

/** @brief The native routine behind Winsock's. */
static void NTAPI call_routine(PVOID context,
                               PIO_STATUS_BLOCK block,
                               ULONG reserved)
{
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine;
    LPWSAOVERLAPPED overlapped = (LPWSAOVERLAPPED)(void *)block;

    (void)reserved;
    memcpy(&routine, &context, sizeof routine);
    /* FACT SOCK-08 completion routine on sockets: the error in WSA form. */
    routine((DWORD)sim__wsa_error(block->Status),
            (DWORD)block->Information,
            overlapped,
            overlapped->Offset);
}

/** @brief What an OVERLAPPED says about where to report to. */
static void lend(struct request *request, const struct wsa_report *report)
{
    LPWSAOVERLAPPED overlapped = report->overlapped;
    ULONG_PTR low_bit = (ULONG_PTR)overlapped->hEvent & 1;

    /* FACT OVL-03 Internal is set to STATUS_PENDING at the start. */
    overlapped->Internal = STATUS_PENDING;
    if (request->kind == IRP_READ) {
        overlapped->Offset = 0; /* Flags will stand there. */
    }
    request->block = (IO_STATUS_BLOCK *)(void *)overlapped;
    request->block_is_whole = true;
    if (report->routine != NULL) {
        /* FACT SOCK-08 the event in hEvent is ignored; FACT OVL-33 it is free
         * for the program's own use. */
        request->routine = call_routine;
        memcpy(&request->context, &report->routine, sizeof request->context);
        return;
    }
    /* FACT PORT-23 the low bit of hEvent suppresses the packet. */
    request->event = low_bit == 0 ? overlapped->hEvent
                                  : (char *)overlapped->hEvent - low_bit;
    request->context = low_bit != 0 ? NULL : overlapped;
}

/** @brief How a call without OVERLAPPED waits. */
static void wait_here(struct request *request,
                      const struct socket *socket,
                      const struct wsa_report *report)
{
    int64_t storage;

    /* FACT SOCK-05 NULL OVERLAPPED makes the call synchronous. */
    request->synchronous = true;
    request->no_wait = request->no_wait || socket->options.no_wait;
    if (socket->file->overlapped) {
        /* FACT SOCK-06 synchronous Winsock waits are alertable.  On a socket
         * without WSA_FLAG_OVERLAPPED the kernel waits, not Winsock, and
         * there time-outs have no effect either (SO_RCVTIMEO's page). */
        request->alertable = true;
        if (report->wait_ms != 0) {
            request->due =
                sim__time_due(sim__time_interval(report->wait_ms, &storage));
        }
    }
}

NTSTATUS sim__wsa_io(struct request *request,
                     SOCKET number,
                     const struct socket *socket,
                     const struct wsa_report *report)
{
    NTSTATUS status;

    request->file = (HANDLE)number;
    if (sim__wsa_overlapped(socket, report->overlapped)) {
        /* FACT SOCK-04 FIONBIO does not affect overlapped calls, and FACT
         * SOCK-07 SO_RCVTIMEO and SO_SNDTIMEO do not touch them. */
        lend(request, report);
    } else {
        wait_here(request, socket, report);
    }
    if (sim__fault(request->call, STATUS_INSUFFICIENT_RESOURCES)) {
        return STATUS_INSUFFICIENT_RESOURCES; /* WSAENOBUFS. */
    }
    /* FACT OVL-05 a call that fails at once leaves Internal at pending. */
    status = sim__io(request);
    if (SIM_UNLIKELY(request->event != NULL &&
                     (status == STATUS_INVALID_HANDLE ||
                      status == STATUS_OBJECT_TYPE_MISMATCH))) {
        /* The socket is one: this is about hEvent. */
        return STATUS_WINSOCK(WSA_INVALID_HANDLE);
    }
    return status;
}
