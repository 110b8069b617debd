/**
 * @file afd_api.c
 * @brief The native call that gives control codes to a socket: its poll.
 *
 * What Winsock asks of its driver goes through this call.  The poll is the one
 * request that programs are known to make themselves.
 *
 * Uses:     winsock.h, ../net/afd_poll.h.
 * Used by:  programs that look the call up in ntdll.
 * Facts:    SOCK-56, SOCK-57.
 * Read next: resolver.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../net/afd_poll.h"
#include "../net/buffer.h"
#include "winsock.h"

#include <winternl.h>

enum { IOCTL_AFD_POLL = 0x12024, ENTRIES_MAX = 1 << 16 };

/** @brief Find the sockets behind the entries' handles. */
static NTSTATUS find_sockets(const struct afd_poll_entry *entries,
                             ULONG count,
                             struct socket **sockets)
{
    for (ULONG at = 0; at < count; at++) {
        struct object *file;
        NTSTATUS status =
            sim__handle_find(entries[at].socket, OBJECT_FILE, 0, &file);

        if (!NT_SUCCESS(status)) {
            return status;
        }
        sockets[at] = sim__socket_of((const struct file *)(void *)file);
        if (sockets[at] == NULL) {
            return STATUS_INVALID_HANDLE;
        }
    }
    return STATUS_SUCCESS;
}

static NTSTATUS poll_sockets(struct request *request,
                             const struct afd_poll_head *head)
{
    struct socket **sockets = sim__buffer_take(head->count * sizeof *sockets);
    struct afd_poll_question question = {
        .head = head,
        .entries = (const struct afd_poll_entry *)(const void *)(head + 1),
        .sockets = sockets,
    };
    NTSTATUS status = find_sockets(question.entries, head->count, sockets);

    if (NT_SUCCESS(status)) {
        /* Used until the call ends only. */
        /* cppcheck-suppress autoVariables */
        request->detail = &question;
        status = sim__io(request);
    }
    sim__buffer_give(sockets, head->count * sizeof *sockets);
    return status;
}

/** @brief Whether both buffers have room for the sockets they speak of. */
static bool is_whole(const void *in, ULONG in_bytes, ULONG out_bytes)
{
    const struct afd_poll_head *head = in;
    size_t needed;

    if (in == NULL || in_bytes < sizeof *head || head->count == 0 ||
        head->count > ENTRIES_MAX) {
        return false;
    }
    needed = sizeof *head + head->count * sizeof(struct afd_poll_entry);
    return in_bytes >= needed && out_bytes >= needed;
}

NTSTATUS NTAPI NtDeviceIoControlFile(HANDLE file,
                                     HANDLE event,
                                     PIO_APC_ROUTINE routine,
                                     PVOID context,
                                     PIO_STATUS_BLOCK block,
                                     ULONG code,
                                     PVOID in,
                                     ULONG in_bytes,
                                     PVOID out,
                                     ULONG out_bytes)
{
    struct request request = {
        .file = file,
        .kind = IRP_POLL,
        .call = "IOCTL_AFD_POLL",
        .event = event,
        .routine = routine,
        .context = context,
        .block = block,
        .buffer = out,
        .length = out_bytes,
    };
    NTSTATUS status;

    if (block == NULL || (out == NULL && out_bytes != 0)) {
        return STATUS_ACCESS_VIOLATION;
    }
    if (code != IOCTL_AFD_POLL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (!is_whole(in, in_bytes, out_bytes)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (((const struct afd_poll_head *)in)->exclusive != 0) {
        return STATUS_NOT_SUPPORTED; /* Ends other polls, nobody says how. */
    }
    sim__before();
    status = sim__fault("NtDeviceIoControlFile", STATUS_INSUFFICIENT_RESOURCES)
                 ? STATUS_INSUFFICIENT_RESOURCES
                 : poll_sockets(&request, in);
    sim__after();
    return status;
}
