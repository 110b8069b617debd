/**
 * @file file_api.c
 * @brief The Win32 calls that open files, read and write them.
 *
 * ReadFile and WriteFile have one body: they lend an OVERLAPPED to the kernel
 * and turn a status into TRUE, FALSE with 997, or FALSE with an error.  What
 * is opened is a file of the disk or the client's end of a named pipe.
 *
 * Uses:     api.h, irp.h, pipe.h, ../disk/disk.h.
 * Used by:  layer 1, programs.
 * Facts:    PORT-23, OVL-03, OVL-08, OVL-31, OVL-33, OVL-34, FILE-05, FILE-07,
 *           FILE-13, FILE-16, PIPE-19.
 * Read next: disk_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../disk/disk.h"
#include "../kernel/irp.h"
#include "../kernel/pipe.h"
#include "api.h"

/* ---- Opening ------------------------------------------------------------- */

/** What CreateFile was given. */
struct given {
    const WCHAR *path;
    uint32_t rights;
    DWORD share;
    DWORD disposition;
    DWORD flags;
};

/** @brief Why CreateFile refuses before it looks for the file. */
static NTSTATUS check(const struct given *given, DWORD access)
{
    if (given->path == NULL) {
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    if (given->disposition < CREATE_NEW ||
        given->disposition > TRUNCATE_EXISTING ||
        (given->disposition == TRUNCATE_EXISTING &&
         !(access & GENERIC_WRITE))) {
        return STATUS_INVALID_PARAMETER;
    }
    return sim__fault("CreateFile", STATUS_INSUFFICIENT_RESOURCES)
               ? STATUS_INSUFFICIENT_RESOURCES
               : STATUS_SUCCESS;
}

static NTSTATUS open_path(const struct given *given,
                          struct file **out,
                          bool *existed)
{
    const struct disk_opening opening = {
        .path = given->path,
        .access = given->rights,
        .share = given->share,
        .disposition = given->disposition,
        .flags = given->flags,
    };
    const WCHAR *name = sim__pipe_name(given->path);

    if (name == NULL) {
        return sim__disk_open(&opening, out, existed);
    }
    *existed = false;
    if (given->disposition != OPEN_EXISTING &&
        given->disposition != OPEN_ALWAYS) {
        return STATUS_INVALID_PARAMETER; /* A client never makes a pipe. */
    }
    return sim__pipe_open(name,
                          given->rights,
                          (given->flags & FILE_FLAG_OVERLAPPED) != 0,
                          out);
}

/** @brief The last error that CreateFile leaves. */
static void set_open_error(NTSTATUS status, DWORD disposition, bool existed)
{
    if (status == STATUS_OBJECT_NAME_COLLISION) {
        sim__set_error(ERROR_FILE_EXISTS);
    } else if (!NT_SUCCESS(status)) {
        sim__set_error(RtlNtStatusToDosError(status));
    } else if (disposition == CREATE_ALWAYS || disposition == OPEN_ALWAYS) {
        /* CreateFile page: success, and the error says which it was. */
        sim__set_error(existed ? ERROR_ALREADY_EXISTS : ERROR_SUCCESS);
    }
}

HANDLE WINAPI CreateFileW(LPCWSTR path,
                          DWORD access,
                          DWORD share,
                          LPSECURITY_ATTRIBUTES attributes,
                          DWORD disposition,
                          DWORD flags,
                          HANDLE template_file)
{
    /* Every file can be asked about and waited for, whatever was asked for. */
    const struct given given = {
        .path = path,
        .rights = sim__rights(OBJECT_FILE, access) | SYNCHRONIZE |
                  FILE_READ_ATTRIBUTES |
                  ((flags & FILE_FLAG_DELETE_ON_CLOSE) ? DELETE : 0u),
        .share = share,
        .disposition = disposition,
        .flags = flags,
    };
    HANDLE handle = INVALID_HANDLE_VALUE;
    struct file *file = NULL;
    bool existed = false;
    NTSTATUS status;

    (void)template_file; /* It has no extended attributes to give. */
    sim__before();
    status = check(&given, access);
    if (NT_SUCCESS(status)) {
        status = open_path(&given, &file, &existed);
    }
    if (NT_SUCCESS(status)) {
        handle = sim__handle_open(&file->object, given.rights);
        if (attributes != NULL && attributes->bInheritHandle) {
            sim__handle_row(handle)->flags |= HANDLE_FLAG_INHERIT;
        }
    }
    sim__after();
    set_open_error(status, disposition, existed);
    return handle;
}

HANDLE WINAPI CreateFileA(LPCSTR path,
                          DWORD access,
                          DWORD share,
                          LPSECURITY_ATTRIBUTES attributes,
                          DWORD disposition,
                          DWORD flags,
                          HANDLE template_file)
{
    return CreateFileW(sim__wide(path),
                       access,
                       share,
                       attributes,
                       disposition,
                       flags,
                       template_file);
}

/* ---- Reading and writing ------------------------------------------------- */

/** @brief What an OVERLAPPED says about where to report to. */
static void lend(struct request *request, LPOVERLAPPED overlapped)
{
    ULONG_PTR low_bit = (ULONG_PTR)overlapped->hEvent & 1;

    /* FACT OVL-03 Internal is set to STATUS_PENDING at the start. */
    overlapped->Internal = STATUS_PENDING;
    request->block = (IO_STATUS_BLOCK *)(void *)overlapped;
    request->block_is_whole = true;
    request->offset =
        (int64_t)((uint64_t)overlapped->OffsetHigh << 32 | overlapped->Offset);
    request->event = low_bit == 0 ? overlapped->hEvent
                                  : (char *)overlapped->hEvent - low_bit;
    /* FACT PORT-23 the low bit of hEvent suppresses the packet. */
    request->context = low_bit != 0 ? NULL : overlapped;
}

/** @brief Carry a request out, unless the run's plan refuses it. */
static NTSTATUS io_or_fault(struct request *request)
{
    /* FACT FILE-16 too many outstanding requests: any of these.  Which one
     * follows from the number of the operation. */
    static const NTSTATUS refusals[] = {
        STATUS_INSUFFICIENT_RESOURCES,
        STATUS_INVALID_USER_BUFFER,
        STATUS_NO_MEMORY,
        STATUS_QUOTA_EXCEEDED,
    };
    NTSTATUS refusal = STATUS_INSUFFICIENT_RESOURCES;
    struct disk_file *opened;

    if (SIM_UNLIKELY(sim__world.options.faults) &&
        NT_SUCCESS(sim__disk_handle(request->file, 0, &opened))) {
        refusal = refusals[sim__world.op_last % 4];
    }
    return sim__fault(request->call, refusal) ? refusal : sim__io(request);
}

BOOL sim__win32_io(struct request *request,
                   LPOVERLAPPED overlapped,
                   LPDWORD bytes_out)
{
    NTSTATUS status;

    if (bytes_out != NULL) {
        /* FACT OVL-31 the byte-count parameter is zeroed at the start. */
        *bytes_out = 0;
    }
    if (overlapped != NULL) {
        lend(request, overlapped);
    }
    sim__before();
    status = io_or_fault(request);
    sim__after();
    if (status == STATUS_PENDING) {
        return sim__fail(ERROR_IO_PENDING);
    }
    if (status == STATUS_END_OF_FILE && overlapped == NULL) {
        return TRUE; /* FACT FILE-05 synchronous handles: no bytes. */
    }
    if (bytes_out != NULL && !NT_ERROR(status)) {
        /* As on Windows this store comes last, when another thread may have
         * handled the packet already: PORT-21. */
        *bytes_out = (DWORD)request->information;
    }
    return sim__result(status);
}

BOOL WINAPI ReadFile(HANDLE file,
                     LPVOID buffer,
                     DWORD bytes,
                     LPDWORD bytes_read,
                     LPOVERLAPPED overlapped)
{
    struct request request = {
        .frame = SIM_CALLER_FRAME(),
        .file = file,
        .access = FILE_READ_DATA,
        .kind = IRP_READ,
        .call = "ReadFile",
        .buffer = buffer,
        .length = bytes,
        .offset = DISK_AT_POINTER,
        .needs_place = overlapped == NULL,
    };

    if (overlapped == NULL) {
        sim__require(bytes_read, request.call, "lpNumberOfBytesRead");
    }
    return sim__win32_io(&request, overlapped, bytes_read);
}

/** @brief The kernel's buffers have no const; a write only reads its own. */
static void *unconst(const void *buffer)
{
    void *same;

    memcpy(&same, &buffer, sizeof same);
    return same;
}

BOOL WINAPI WriteFile(HANDLE file,
                      LPCVOID buffer,
                      DWORD bytes,
                      LPDWORD bytes_written,
                      LPOVERLAPPED overlapped)
{
    struct request request = {
        .frame = SIM_CALLER_FRAME(),
        .file = file,
        .access = FILE_WRITE_DATA,
        .kind = IRP_WRITE,
        .call = "WriteFile",
        .buffer = unconst(buffer),
        .length = bytes,
        .offset = DISK_AT_POINTER,
        .needs_place = overlapped == NULL,
    };

    if (overlapped == NULL) {
        sim__require(bytes_written, request.call, "lpNumberOfBytesWritten");
    }
    return sim__win32_io(&request, overlapped, bytes_written);
}

BOOL WINAPI FlushFileBuffers(HANDLE file)
{
    /* FACT PIPE-19 FlushFileBuffers blocks, also on an overlapped handle. */
    struct request request = {
        .frame = SIM_CALLER_FRAME(),
        .file = file,
        .access = FILE_WRITE_DATA,
        .kind = IRP_FLUSH,
        .call = "FlushFileBuffers",
        .synchronous = true,
    };

    return sim__win32_io(&request, NULL, NULL);
}

/* ---- With a routine ------------------------------------------------------ */

/** @brief The native routine behind every Win32 one. */
static void NTAPI call_routine(PVOID context,
                               PIO_STATUS_BLOCK block,
                               ULONG reserved)
{
    LPOVERLAPPED_COMPLETION_ROUTINE routine;

    (void)reserved;
    memcpy(&routine, &context, sizeof routine);
    routine(RtlNtStatusToDosError(block->Status),
            (DWORD)block->Information,
            (LPOVERLAPPED)(void *)block);
}

BOOL sim__win32_io_routine(struct request *request,
                           LPOVERLAPPED overlapped,
                           LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    NTSTATUS status;

    sim__require(overlapped, request->call, "lpOverlapped");
    if (routine == NULL) {
        sim__stop(SIM_CRASH,
                  "%s was called with NULL for lpCompletionRoutine, which "
                  "Windows calls: pass a function",
                  request->call);
    }
    /* FACT OVL-33 with a routine hEvent is free for the program's own use. */
    lend(request, overlapped);
    request->event = NULL;
    request->routine = call_routine;
    memcpy(&request->context, &routine, sizeof routine);
    sim__before();
    status = io_or_fault(request);
    sim__after();
    /* FACT OVL-34 the routine runs only if this returns nonzero; pending
     * counts as success here. */
    return sim__result(status);
}

BOOL WINAPI ReadFileEx(HANDLE file,
                       LPVOID buffer,
                       DWORD bytes,
                       LPOVERLAPPED overlapped,
                       LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct request request = {
        .frame = SIM_CALLER_FRAME(),
        .file = file,
        .access = FILE_READ_DATA,
        .kind = IRP_READ,
        .call = "ReadFileEx",
        .buffer = buffer,
        .length = bytes,
    };

    return sim__win32_io_routine(&request, overlapped, routine);
}

BOOL WINAPI WriteFileEx(HANDLE file,
                        LPCVOID buffer,
                        DWORD bytes,
                        LPOVERLAPPED overlapped,
                        LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct request request = {
        .frame = SIM_CALLER_FRAME(),
        .file = file,
        .access = FILE_WRITE_DATA,
        .kind = IRP_WRITE,
        .call = "WriteFileEx",
        .buffer = unconst(buffer),
        .length = bytes,
    };

    return sim__win32_io_routine(&request, overlapped, routine);
}
