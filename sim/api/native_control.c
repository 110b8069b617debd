/**
 * @file native_control.c
 * @brief The native call that gives control codes to a pipe.
 *
 * ConnectNamedPipe, PeekNamedPipe and their like are one native call with a
 * number each.  Here their true nature shows: they are requests, which pend
 * and queue packets as reads do.
 *
 * Uses:     api.h, irp.h, pipe.h.
 * Used by:  programs that look the call up in ntdll.
 * Facts:    PIPE-13.
 * Read next: native_disk.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/irp.h"
#include "../kernel/pipe.h"
#include "api.h"

/** What a control code asks for. */
struct control {
    ULONG code;
    enum irp_kind kind;
    uint32_t access;
    const char *call;
};

static const struct control controls[] = {
    {FSCTL_PIPE_DISCONNECT, IRP_DISCONNECT, 0, "FSCTL_PIPE_DISCONNECT"},
    {FSCTL_PIPE_LISTEN, IRP_LISTEN, 0, "FSCTL_PIPE_LISTEN"},
    {FSCTL_PIPE_PEEK, IRP_PEEK, FILE_READ_DATA, "FSCTL_PIPE_PEEK"},
    {FSCTL_PIPE_TRANSCEIVE,
     IRP_TRANSACT,
     FILE_READ_DATA | FILE_WRITE_DATA,
     "FSCTL_PIPE_TRANSCEIVE"},
};

static const struct control *find_control(ULONG code)
{
    for (size_t at = 0; at < sizeof controls / sizeof *controls; at++) {
        if (controls[at].code == code) {
            return &controls[at];
        }
    }
    return NULL;
}

NTSTATUS NTAPI NtFsControlFile(HANDLE file,
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
    const struct control *control = find_control(code);
    const struct pipe_question question = {.text = in, .bytes = in_bytes};
    struct request request = {
        .file = file,
        .event = event,
        .routine = routine,
        .context = context,
        .block = block,
        .buffer = out,
        .length = out_bytes,
        .detail = &question,
    };
    NTSTATUS status;

    if (block == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    if (control == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if (control->kind == IRP_TRANSACT && in == NULL && in_bytes != 0) {
        return STATUS_ACCESS_VIOLATION;
    }
    request.access = control->access;
    request.kind = control->kind;
    request.call = control->call;
    sim__before();
    status = sim__fault("NtFsControlFile", STATUS_INSUFFICIENT_RESOURCES)
                 ? STATUS_INSUFFICIENT_RESOURCES
                 : sim__io(&request);
    sim__after();
    return status;
}
