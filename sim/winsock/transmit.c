/**
 * @file transmit.c
 * @brief TransmitFile: a file goes out without passing through the program.
 *
 * What is sent is put together when the call is made: head, file and tail in
 * one block.  From there on it is a send like any other, after which the
 * socket may be disconnected and made fit for reuse.
 *
 * Uses:     winsock.h, device.h, ../disk/disk.h.
 * Used by:  layer 1, programs, sim/net.
 * Facts:    SOCK-39, SOCK-98.
 * Read next: overlapped_result.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../disk/disk.h"
#include "device.h"
#include "winsock.h"

/** What a request needs until all is sent. */
struct transmit {
    char *block;
    ULONG bytes;
    DWORD flags;
};

/** The TransmitFile page: 2,147,483,646 bytes in one call. */
enum { TRANSMIT_BYTES_MAX = 0x7FFFFFFE };

/* ---- The device's part --------------------------------------------------- */

/** @brief How many bytes of the file are meant. */
static NTSTATUS measure(const struct socket_transmit *detail,
                        uint64_t at,
                        ULONG *out)
{
    const struct disk_file *opened;
    uint64_t rest;

    *out = 0;
    if (detail->source == NULL) {
        return STATUS_SUCCESS;
    }
    opened = sim__disk_file(detail->source);
    if (opened == NULL || sim__disk_is_folder(opened->node)) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    rest = at < opened->node->size ? opened->node->size - at : 0;
    if (detail->bytes > rest) {
        return STATUS_END_OF_FILE;
    }
    if (detail->bytes == 0 &&
        rest + detail->head_bytes + detail->tail_bytes > TRANSMIT_BYTES_MAX) {
        return STATUS_INVALID_PARAMETER;
    }
    *out = detail->bytes != 0 ? detail->bytes : (ULONG)rest;
    return STATUS_SUCCESS;
}

/** @brief Put head, file and tail together. */
static void gather(const struct socket_transmit *detail,
                   uint64_t at,
                   ULONG file_bytes,
                   char *block)
{
    if (detail->head_bytes != 0) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
        memcpy(block, detail->head, detail->head_bytes);
    }
    if (file_bytes != 0) {
        /* The disk knows requests only. */
        struct irp to = {.buffer = block + detail->head_bytes,
                         .length = file_bytes};

        sim__disk_read(sim__disk_file(detail->source)->node,
                       at,
                       &to,
                       file_bytes);
    }
    if (detail->tail_bytes != 0) {
        /* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker) */
        memcpy(block + detail->head_bytes + file_bytes,
               detail->tail,
               detail->tail_bytes);
    }
}

static void forget(struct irp *irp)
{
    struct transmit *transmit = irp->transmit;

    irp->transmit = NULL;
    irp->buffer = NULL;
    if (transmit->bytes != 0) {
        sim__give(transmit->block, transmit->bytes);
    }
    sim__give(transmit, sizeof *transmit);
}

/** @brief All is sent; what remains is the farewell.
 *  @return STATUS_PENDING when the request goes on. */
static NTSTATUS after_sending(struct irp *irp)
{
    DWORD flags = ((const struct transmit *)irp->transmit)->flags;
    struct socket *socket = sim__socket_of(irp->file);

    irp->information = ((const struct transmit *)irp->transmit)->bytes;
    forget(irp);
    if (flags & TF_REUSE_SOCKET) {
        /* FACT SOCK-98 TF_REUSE_SOCKET. */
        return sim__tcp_disconnect(irp, true);
    }
    return flags & TF_DISCONNECT ? sim__socket_shutdown(socket, SD_SEND)
                                 : STATUS_SUCCESS;
}

void sim__transmit_sent(struct irp *irp, NTSTATUS status)
{
    if (NT_SUCCESS(status)) {
        status = after_sending(irp);
    } else {
        forget(irp);
        irp->information = 0;
    }
    if (status != STATUS_PENDING) {
        sim__irp_complete(irp, status, irp->information);
    }
}

/** @brief Send the block of a request, and the rest when that is done. */
static NTSTATUS send_block(struct irp *irp)
{
    NTSTATUS status = irp->length == 0 ? STATUS_SUCCESS : sim__tcp_send(irp);

    if (status == STATUS_PENDING) {
        return status; /* sim__transmit_sent() goes on, or has done so. */
    }
    if (!NT_SUCCESS(status)) {
        forget(irp);
        return status;
    }
    if (irp->waiting == NULL && sim__choose(CHOOSE_PENDING, 2) == 0) {
        /* FACT SOCK-39 overlapped TransmitFile usually pends. */
        sim__irp_pend(irp);
        sim__transmit_sent(irp, status);
        return STATUS_PENDING;
    }
    return after_sending(irp);
}

NTSTATUS sim__transmit_start(struct irp *irp)
{
    const struct socket_transmit *detail = irp->detail;
    uint64_t at = (uint64_t)detail->offset;
    struct transmit *transmit;
    ULONG file_bytes;
    NTSTATUS status;

    if (sim__socket_of(irp->file)->state != SOCKET_CONNECTED) {
        /* FACT SOCK-39 unconnected sockets fail at once. */
        return STATUS_INVALID_CONNECTION;
    }
    status = measure(detail, at, &file_bytes);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    transmit = sim__take(sizeof *transmit);
    transmit->flags = detail->flags;
    transmit->bytes = detail->head_bytes + file_bytes + detail->tail_bytes;
    transmit->block = transmit->bytes != 0 ? sim__take(transmit->bytes) : NULL;
    gather(detail, at, file_bytes, transmit->block);
    irp->transmit = transmit;
    irp->buffer = transmit->block;
    irp->length = transmit->bytes;
    return send_block(irp);
}

/* ---- The program's part -------------------------------------------------- */

/** @brief What Winsock checks before it asks the device. */
static NTSTATUS check(SOCKET number,
                      HANDLE file,
                      struct socket_transmit *detail,
                      struct socket **socket_out)
{
    struct object *source = NULL;
    NTSTATUS status = sim__socket_find(number, socket_out);

    if (NT_SUCCESS(status) && (*socket_out)->protocol != NET_TCP) {
        status = STATUS_INVALID_CONNECTION; /* Streams only. */
    }
    if (NT_SUCCESS(status) && file != NULL) {
        status = sim__handle_find(file, OBJECT_FILE, FILE_READ_DATA, &source);
        if (!NT_SUCCESS(status)) {
            status = STATUS_WINSOCK(RtlNtStatusToDosError(status));
        }
        detail->source = (struct file *)source;
    }
    if (NT_SUCCESS(status) &&
        (((detail->flags & TF_REUSE_SOCKET) &&
          !(detail->flags & TF_DISCONNECT)) ||
         (uint64_t)detail->bytes + detail->head_bytes + detail->tail_bytes >
             TRANSMIT_BYTES_MAX)) {
        /* FACT SOCK-39 TF_REUSE_SOCKET without TF_DISCONNECT. */
        status = STATUS_WINSOCK(WSAEINVAL);
    }
    if (NT_SUCCESS(status) &&
        ((detail->head == NULL && detail->head_bytes != 0) ||
         (detail->tail == NULL && detail->tail_bytes != 0))) {
        status = STATUS_WINSOCK(WSAEFAULT);
    }
    return status;
}

/** @brief Where in the file it begins: FACT SOCK-39 from the OVERLAPPED, else
 *  where the file stands. */
static void set_offset(struct socket_transmit *detail,
                       const OVERLAPPED *overlapped)
{
    if (overlapped != NULL) {
        detail->offset = (int64_t)((uint64_t)overlapped->OffsetHigh << 32 |
                                   overlapped->Offset);
    } else if (detail->source != NULL &&
               sim__disk_file(detail->source) != NULL) {
        detail->offset = sim__disk_file(detail->source)->position;
    }
}

/* The buffers are only read, but the types are Windows'.
 * NOLINTNEXTLINE(readability-non-const-parameter) */
BOOL PASCAL TransmitFile(SOCKET number,
                         HANDLE file,
                         DWORD bytes,
                         DWORD bytes_per_send,
                         LPOVERLAPPED overlapped,
                         LPTRANSMIT_FILE_BUFFERS buffers,
                         DWORD flags)
{
    const struct wsa_report report = {.overlapped = overlapped};
    struct socket_transmit detail = {.bytes = bytes, .flags = flags};
    struct request request = {
        .kind = IRP_TRANSMIT,
        .call = "TransmitFile",
        .detail = &detail,
    };
    struct socket *socket;
    NTSTATUS status;

    (void)bytes_per_send; /* How the file is read is the system's affair. */
    if (buffers != NULL) {
        detail.head = buffers->Head;
        detail.head_bytes = buffers->HeadLength;
        detail.tail = buffers->Tail;
        detail.tail_bytes = buffers->TailLength;
    }
    sim__before();
    status = check(number, file, &detail, &socket);
    if (NT_SUCCESS(status)) {
        set_offset(&detail, overlapped);
        status = sim__wsa_io(&request, number, socket, &report);
    }
    sim__after();
    return sim__wsa_bool(status);
}
