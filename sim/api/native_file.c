/**
 * @file native_file.c
 * @brief The native calls of files, and the notification modes.
 *
 * Here event, routine and context are parameters of their own, which is what
 * OVERLAPPED packs into one structure.  Information about a file is set and
 * asked by class numbers; the ones here are those that ports and pipes need.
 *
 * Uses:     api.h, irp.h, pipe.h, ../disk/disk.h.
 * Used by:  layer 0, programs that look the calls up in ntdll.
 * Facts:    PORT-06, PORT-11, PORT-24, PORT-85, PORT-86, PORT-95, PIPE-03,
 *           PIPE-15.
 * Read next: native_disk.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../disk/disk.h"
#include "../kernel/irp.h"
#include "../kernel/pipe.h"
#include "api.h"
#include "native_disk.h"

/* ---- Reading and writing ------------------------------------------------- */

static NTSTATUS native_io(struct request *request)
{
    NTSTATUS status;

    if (request->block == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    sim__before();
    status = sim__fault(request->call, STATUS_INSUFFICIENT_RESOURCES)
                 ? STATUS_INSUFFICIENT_RESOURCES
                 : sim__io(request);
    sim__after();
    return status;
}

/* Nothing is read or written through the keys, but the types are Windows'.
 * NOLINTBEGIN(readability-non-const-parameter) */
NTSTATUS NTAPI NtReadFile(HANDLE file,
                          HANDLE event,
                          PIO_APC_ROUTINE routine,
                          PVOID context,
                          PIO_STATUS_BLOCK block,
                          PVOID buffer,
                          ULONG bytes,
                          PLARGE_INTEGER offset,
                          PULONG key)
{
    struct request request = {
        .frame = SIM_CALLER_FRAME(),
        .file = file,
        .access = FILE_READ_DATA,
        .kind = IRP_READ,
        .call = "NtReadFile",
        .event = event,
        .routine = routine,
        .context = context,
        .block = block,
        .buffer = buffer,
        .length = bytes,
        .offset = offset == NULL ? DISK_AT_POINTER : offset->QuadPart,
    };

    (void)key; /* Of locks that belong to parts of a process. */
    return native_io(&request);
}

NTSTATUS NTAPI NtWriteFile(HANDLE file,
                           HANDLE event,
                           PIO_APC_ROUTINE routine,
                           PVOID context,
                           PIO_STATUS_BLOCK block,
                           PVOID buffer,
                           ULONG bytes,
                           PLARGE_INTEGER offset,
                           PULONG key)
{
    struct request request = {
        .frame = SIM_CALLER_FRAME(),
        .file = file,
        .access = FILE_WRITE_DATA,
        .kind = IRP_WRITE,
        .call = "NtWriteFile",
        .event = event,
        .routine = routine,
        .context = context,
        .block = block,
        .buffer = buffer,
        .length = bytes,
        .offset = offset == NULL ? DISK_AT_POINTER : offset->QuadPart,
    };

    (void)key;
    return native_io(&request);
}
/* NOLINTEND(readability-non-const-parameter) */

/* ---- Information --------------------------------------------------------- */

/** Class 16; its one bit here says that a file is not overlapped. */
struct mode_information {
    ULONG mode;
};
enum { MODE_SYNCHRONOUS_NONALERT = 0x20 };

/** Class 23. */
struct pipe_information {
    ULONG read_mode;       /* 0 bytes, 1 messages. */
    ULONG completion_mode; /* 0 waits, 1 does not. */
};

/** Class 24. */
struct pipe_local_information {
    ULONG type;          /* 0 bytes, 1 messages. */
    ULONG configuration; /* 0 to the server, 1 to the client, 2 both. */
    ULONG instances_max;
    ULONG instances;
    ULONG inbound_quota;
    ULONG read_available;
    ULONG outbound_quota;
    ULONG write_available;
    ULONG state; /* An enum pipe_state. */
    ULONG end;   /* 0 client, 1 server. */
};

/** A call about a file's information. */
struct information {
    struct file *file;
    void *data;
    ULONG bytes;
    FILE_INFORMATION_CLASS kind;
};

/** @brief Class 30 and class 61: the port. */
static NTSTATUS set_port(const struct information *information)
{
    const FILE_COMPLETION_INFORMATION *wanted = information->data;
    ULONG_PTR key = (ULONG_PTR)wanted->Key;
    bool replaces = information->kind == FileReplaceCompletionInformation;
    struct object *port = NULL;

    if (wanted->Port != NULL || !replaces) {
        NTSTATUS status = sim__handle_find(wanted->Port,
                                           OBJECT_PORT,
                                           IO_COMPLETION_MODIFY_STATE,
                                           &port);

        if (!NT_SUCCESS(status)) {
            return status;
        }
    }
    return replaces
               ? sim__file_replace(information->file, (struct port *)port, key)
               : sim__file_associate(information->file,
                                     (struct port *)port,
                                     key);
}

static NTSTATUS set_pipe(const struct information *information)
{
    const struct pipe_information *wanted = information->data;
    struct pipe_end *end = sim__pipe_end(information->file);

    if (end == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    return sim__pipe_set_mode(
        end,
        (wanted->read_mode != 0 ? PIPE_READMODE_MESSAGE : PIPE_READMODE_BYTE) |
            (wanted->completion_mode != 0 ? PIPE_NOWAIT : PIPE_WAIT));
}

static ULONG read_modes(const struct information *information)
{
    return ((const FILE_IO_COMPLETION_NOTIFICATION_INFORMATION *)
                information->data)
        ->Flags;
}

/** @brief Bytes that a class needs; 0 when it is not known here. */
static ULONG class_bytes(FILE_INFORMATION_CLASS kind)
{
    switch ((int)kind) {
    case FileModeInformation:
        return sizeof(struct mode_information);
    case FilePipeInformation:
        return sizeof(struct pipe_information);
    case FilePipeLocalInformation:
        return sizeof(struct pipe_local_information);
    case FileCompletionInformation:
    case FileReplaceCompletionInformation:
        return sizeof(FILE_COMPLETION_INFORMATION);
    case FileIoCompletionNotificationInformation:
        return sizeof(FILE_IO_COMPLETION_NOTIFICATION_INFORMATION);
    default:
        return sim__native_disk_bytes(kind);
    }
}

/** @brief Why a call about information fails before it looks at the file. */
static NTSTATUS check_class(const struct information *information)
{
    ULONG bytes = class_bytes(information->kind);

    if (bytes == 0) {
        return STATUS_INVALID_INFO_CLASS;
    }
    if (information->bytes < bytes) {
        /* FACT PORT-86 a short buffer. */
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    return information->data == NULL ? STATUS_ACCESS_VIOLATION : STATUS_SUCCESS;
}

static NTSTATUS set_information(const struct information *information)
{
    switch ((int)information->kind) {
    case FilePipeInformation:
        return set_pipe(information);
    case FileCompletionInformation:
    case FileReplaceCompletionInformation:
        return set_port(information);
    case FileIoCompletionNotificationInformation:
        return sim__file_set_modes(information->file, read_modes(information));
    case FileModeInformation:
    case FilePipeLocalInformation:
        return STATUS_INVALID_INFO_CLASS; /* Can only be asked. */
    default:
        return sim__native_disk_set(information->file,
                                    information->kind,
                                    information->data);
    }
}

NTSTATUS NTAPI NtSetInformationFile(HANDLE handle,
                                    PIO_STATUS_BLOCK block,
                                    PVOID data,
                                    ULONG bytes,
                                    FILE_INFORMATION_CLASS kind)
{
    struct information information = {.data = data,
                                      .bytes = bytes,
                                      .kind = kind};
    struct object *file;
    NTSTATUS status;

    if (block == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    sim__before();
    status = check_class(&information);
    if (NT_SUCCESS(status)) {
        status = sim__handle_find(handle, OBJECT_FILE, 0, &file);
    }
    if (NT_SUCCESS(status)) {
        information.file = (struct file *)file;
        status = set_information(&information);
    }
    if (NT_SUCCESS(status)) {
        /* FACT PORT-06: the block is left untouched by a failure. */
        block->Status = STATUS_SUCCESS;
        block->Information = 0;
        trace(call,
              .text = "NtSetInformationFile",
              .object = file,
              .value = {(int64_t)kind});
    }
    sim__after();
    return status;
}

static NTSTATUS query_pipe(const struct information *information)
{
    const struct pipe_end *end = sim__pipe_end(information->file);
    struct pipe_information *answer = information->data;

    if (end == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    answer->read_mode = end->by_message;
    answer->completion_mode = end->no_wait;
    return STATUS_SUCCESS;
}

static NTSTATUS query_pipe_local(const struct information *information)
{
    const struct pipe_end *end = sim__pipe_end(information->file);
    struct pipe_local_information *answer = information->data;
    const struct pipe *pipe;

    if (end == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    if (end->instance == NULL) {
        return STATUS_PIPE_DISCONNECTED;
    }
    pipe = end->instance->pipe;
    *answer = (struct pipe_local_information){
        .type = pipe->messages,
        .configuration = pipe->access - PIPE_ACCESS_INBOUND,
        .instances_max = pipe->instances_max,
        .instances = pipe->instance_count,
        .inbound_quota = end->instance->to_server.quota,
        .read_available = sim__pipe_available(end->in),
        .outbound_quota = end->instance->to_client.quota,
        .write_available = end->out->quota - end->out->used,
        .state = sim__pipe_state(end),
        .end = end->server,
    };
    return STATUS_SUCCESS;
}

static NTSTATUS query_information(const struct information *information)
{
    const struct file *file = information->file;

    switch ((int)information->kind) {
    case FileModeInformation:
        ((struct mode_information *)information->data)->mode =
            file->overlapped ? 0 : MODE_SYNCHRONOUS_NONALERT;
        return STATUS_SUCCESS;
    case FilePipeInformation:
        return query_pipe(information);
    case FilePipeLocalInformation:
        return query_pipe_local(information);
    case FileIoCompletionNotificationInformation:
        ((FILE_IO_COMPLETION_NOTIFICATION_INFORMATION *)information->data)
            ->Flags = file->modes;
        return STATUS_SUCCESS;
    case FileCompletionInformation:
    case FileReplaceCompletionInformation:
        return STATUS_INVALID_INFO_CLASS; /* Can only be set. */
    default:
        return sim__native_disk_query(file,
                                      information->kind,
                                      information->data);
    }
}

NTSTATUS NTAPI NtQueryInformationFile(HANDLE handle,
                                      PIO_STATUS_BLOCK block,
                                      PVOID data,
                                      ULONG bytes,
                                      FILE_INFORMATION_CLASS kind)
{
    struct information information = {.data = data,
                                      .bytes = bytes,
                                      .kind = kind};
    struct object *file;
    NTSTATUS status;

    if (block == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    sim__before();
    status = check_class(&information);
    if (NT_SUCCESS(status)) {
        status = sim__handle_find(handle, OBJECT_FILE, 0, &file);
    }
    if (NT_SUCCESS(status)) {
        information.file = (struct file *)file;
        status = query_information(&information);
    }
    if (NT_SUCCESS(status)) {
        block->Status = STATUS_SUCCESS;
        block->Information = class_bytes(kind);
    }
    sim__after();
    return status;
}

BOOL WINAPI SetFileCompletionNotificationModes(HANDLE handle, UCHAR flags)
{
    struct object *file;
    NTSTATUS status;

    sim__before();
    status = sim__handle_find(handle, OBJECT_FILE, 0, &file);
    if (NT_SUCCESS(status)) {
        status = sim__file_set_modes((struct file *)file, flags);
    }
    if (NT_SUCCESS(status)) {
        trace(call,
              .text = "SetFileCompletionNotificationModes",
              .object = file,
              .value = {flags});
    }
    sim__after();
    return sim__result(status);
}
