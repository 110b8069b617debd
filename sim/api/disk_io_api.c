/**
 * @file disk_io_api.c
 * @brief The Win32 operations that only files of the disk have.
 *
 * Scattered reads, locks on ranges of bytes, and waiting for a change in a
 * folder: all are requests like any read, and end like one.
 *
 * Uses:     api.h, ../disk/disk.h.
 * Used by:  programs.
 * Facts:    FILE-14, FILE-18, FILE-19.
 * Read next: folder_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../disk/disk.h"
#include "api.h"

/** A page of memory, which is what a segment is. */
enum { PAGE_BYTES = 4096, PAGES_MAX = 256 };

static uint64_t wide(DWORD low, DWORD high)
{
    return (uint64_t)high << 32 | low;
}

/* ---- Scattered reads, gathered writes ------------------------------------ */

/** @brief Whether a file is of the kind that scatters and gathers. */
static bool can_scatter(HANDLE handle, const struct request *request)
{
    struct object *file;
    const struct disk_file *opened;

    if (!NT_SUCCESS(
            sim__handle_find(handle, OBJECT_FILE, request->access, &file))) {
        return true; /* sim__io() says what is wrong. */
    }
    opened = sim__disk_file((struct file *)file);
    return opened != NULL && opened->unbuffered && opened->file->overlapped;
}

/** @brief The body of both calls. */
static BOOL scatter(struct request *request,
                    const FILE_SEGMENT_ELEMENT *segments,
                    DWORD bytes,
                    LPOVERLAPPED overlapped)
{
    struct io_piece pieces[PAGES_MAX];
    DWORD count = (bytes + PAGE_BYTES - 1) / PAGE_BYTES;

    sim__require(overlapped, request->call, "lpOverlapped");
    sim__require(segments, request->call, "aSegmentArray");
    /* FACT FILE-14 ReadFileScatter and WriteFileGather need an overlapped,
     * unbuffered handle and whole pages. */
    if (count > PAGES_MAX || !can_scatter(request->file, request)) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    for (DWORD at = 0; at < count; at++) {
        if ((uintptr_t)segments[at].Buffer % PAGE_BYTES != 0) {
            return sim__fail(ERROR_INVALID_PARAMETER);
        }
        pieces[at].at = segments[at].Buffer;
        pieces[at].length =
            at + 1 < count ? PAGE_BYTES : bytes - at * PAGE_BYTES;
    }
    request->pieces = pieces;
    request->piece_count = count;
    return sim__win32_io(request, overlapped, NULL);
}

/* Nothing is read through what is reserved, but the types are Windows'.
 * NOLINTBEGIN(readability-non-const-parameter) */
BOOL WINAPI ReadFileScatter(HANDLE file,
                            FILE_SEGMENT_ELEMENT *segments,
                            DWORD bytes,
                            LPDWORD reserved,
                            LPOVERLAPPED overlapped)
{
    struct request request = {
        .file = file,
        .access = FILE_READ_DATA,
        .kind = IRP_READ,
        .call = "ReadFileScatter",
    };

    (void)reserved;
    return scatter(&request, segments, bytes, overlapped);
}

BOOL WINAPI WriteFileGather(HANDLE file,
                            FILE_SEGMENT_ELEMENT *segments,
                            DWORD bytes,
                            LPDWORD reserved,
                            LPOVERLAPPED overlapped)
{
    struct request request = {
        .file = file,
        .access = FILE_WRITE_DATA,
        .kind = IRP_WRITE,
        .call = "WriteFileGather",
    };

    (void)reserved;
    return scatter(&request, segments, bytes, overlapped);
}

/* NOLINTEND(readability-non-const-parameter) */

/* ---- Locks --------------------------------------------------------------- */

/** @brief Whether a handle may lock: it needs the right to read or to
 *  write. */
static NTSTATUS may_lock(HANDLE handle)
{
    struct disk_file *opened;
    NTSTATUS status = sim__disk_handle(handle, FILE_READ_DATA, &opened);

    return status == STATUS_ACCESS_DENIED
               ? sim__disk_handle(handle, FILE_WRITE_DATA, &opened)
               : status;
}

static BOOL lock(struct request *request,
                 struct disk_lock_detail *detail,
                 LPOVERLAPPED overlapped)
{
    NTSTATUS status = may_lock(request->file);

    if (!NT_SUCCESS(status)) {
        return sim__result(status);
    }
    request->kind = IRP_LOCK;
    request->detail = detail;
    return sim__win32_io(request, overlapped, NULL);
}

BOOL WINAPI LockFileEx(HANDLE file,
                       DWORD flags,
                       DWORD reserved,
                       DWORD bytes_low,
                       DWORD bytes_high,
                       LPOVERLAPPED overlapped)
{
    struct disk_lock_detail detail = {
        .bytes = wide(bytes_low, bytes_high),
        .exclusive = (flags & LOCKFILE_EXCLUSIVE_LOCK) != 0,
        .at_once = (flags & LOCKFILE_FAIL_IMMEDIATELY) != 0,
    };
    struct request request = {.file = file, .call = "LockFileEx"};

    sim__require(overlapped, request.call, "lpOverlapped");
    if (reserved != 0) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    return lock(&request, &detail, overlapped);
}

BOOL WINAPI LockFile(HANDLE file,
                     DWORD offset_low,
                     DWORD offset_high,
                     DWORD bytes_low,
                     DWORD bytes_high)
{
    struct disk_lock_detail detail = {
        .bytes = wide(bytes_low, bytes_high),
        .exclusive = true,
        .at_once = true,
    };
    struct request request = {
        .file = file,
        .call = "LockFile",
        .offset = (int64_t)wide(offset_low, offset_high),
        .synchronous = true,
    };

    return lock(&request, &detail, NULL);
}

static BOOL unlock(HANDLE handle, const char *call, uint64_t at, uint64_t bytes)
{
    struct disk_file *opened;
    NTSTATUS status;

    sim__before();
    status = sim__disk_handle(handle, 0, &opened);
    if (NT_SUCCESS(status)) {
        trace(call,
              .text = call,
              .object = &opened->file->object,
              .value = {(int64_t)at});
        status = sim__disk_unlock(opened, at, bytes);
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI UnlockFileEx(HANDLE file,
                         DWORD reserved,
                         DWORD bytes_low,
                         DWORD bytes_high,
                         LPOVERLAPPED overlapped)
{
    sim__require(overlapped, "UnlockFileEx", "lpOverlapped");
    if (reserved != 0) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    return unlock(file,
                  "UnlockFileEx",
                  wide(overlapped->Offset, overlapped->OffsetHigh),
                  wide(bytes_low, bytes_high));
}

BOOL WINAPI UnlockFile(HANDLE file,
                       DWORD offset_low,
                       DWORD offset_high,
                       DWORD bytes_low,
                       DWORD bytes_high)
{
    return unlock(file,
                  "UnlockFile",
                  wide(offset_low, offset_high),
                  wide(bytes_low, bytes_high));
}

/* ---- Changes in folders -------------------------------------------------- */

/** @brief Begin to wait for a change; TRUE also when it is still to come. */
static BOOL watch(struct request *request,
                  LPDWORD bytes_out,
                  LPOVERLAPPED overlapped,
                  LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    DWORD error = GetLastError();

    if (overlapped == NULL) {
        sim__require(bytes_out, request->call, "lpBytesReturned");
        request->needs_place = true;
        return sim__win32_io(request, NULL, bytes_out);
    }
    if (routine != NULL) {
        return sim__win32_io_routine(request, overlapped, routine);
    }
    if (!sim__win32_io(request, overlapped, NULL)) {
        if (GetLastError() != ERROR_IO_PENDING) {
            return FALSE;
        }
        /* FACT FILE-19 ReadDirectoryChangesW: that it pends is success. */
        sim__set_error(error);
    }
    return TRUE;
}

BOOL WINAPI ReadDirectoryChangesW(HANDLE folder,
                                  LPVOID buffer,
                                  DWORD bytes,
                                  BOOL subtree,
                                  DWORD filter,
                                  LPDWORD bytes_out,
                                  LPOVERLAPPED overlapped,
                                  LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const DWORD filters =
        FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME |
        FILE_NOTIFY_CHANGE_ATTRIBUTES | FILE_NOTIFY_CHANGE_SIZE |
        FILE_NOTIFY_CHANGE_LAST_WRITE | FILE_NOTIFY_CHANGE_LAST_ACCESS |
        FILE_NOTIFY_CHANGE_CREATION | FILE_NOTIFY_CHANGE_SECURITY;
    const struct disk_notify_detail detail = {
        .filter = filter,
        .subtree = subtree != FALSE,
    };
    struct request request = {
        .file = folder,
        .access = FILE_LIST_DIRECTORY,
        .kind = IRP_NOTIFY,
        .call = "ReadDirectoryChangesW",
        .buffer = buffer,
        .length = bytes,
        .detail = &detail,
    };

    if (filter == 0 || (filter & ~filters) != 0) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    if ((uintptr_t)buffer % sizeof(DWORD) != 0 ||
        (buffer == NULL && bytes != 0)) {
        return sim__fail(ERROR_NOACCESS); /* ReadDirectoryChangesW page. */
    }
    return watch(&request, bytes_out, overlapped, routine);
}
