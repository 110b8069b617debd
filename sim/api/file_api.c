/**
 * @file file_api.c
 * @brief The Win32 calls that open files, read and write them.
 *
 * ReadFile and WriteFile have one body: they lend an OVERLAPPED to the kernel
 * and turn a status into TRUE, FALSE with 997, or FALSE with an error.  So far
 * the only files are the ends of named pipes.
 *
 * Uses:     api.h, irp.h, pipe.h.
 * Used by:  layer 1, programs.
 * Facts:    PORT-23, OVL-03, OVL-08, OVL-31, OVL-33, OVL-34, FILE-07, FILE-13,
 *           PIPE-19.
 * Read next: pipe_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../kernel/irp.h"
#include "../kernel/pipe.h"
#include "api.h"

/* ---- Opening ------------------------------------------------------------- */

/** @brief Why a path that is no pipe's cannot be opened: a name in the current
 *  folder or in a root is missed itself, any other misses its folder. */
static NTSTATUS not_found(const WCHAR *path)
{
    const WCHAR *at = path;

    if (path[0] != 0 && path[1] == L':') {
        at += path[2] == L'\\' || path[2] == L'/' ? 3 : 2;
    }
    if (*at == 0) {
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    for (; *at != 0; at++) {
        if (*at == L'\\' || *at == L'/') {
            return STATUS_OBJECT_PATH_NOT_FOUND;
        }
    }
    return STATUS_OBJECT_NAME_NOT_FOUND;
}

static NTSTATUS open_path(const WCHAR *path,
                          uint32_t access,
                          DWORD flags,
                          struct file **out)
{
    const WCHAR *name = sim__pipe_name(path);

    if (name == NULL) {
        return not_found(path);
    }
    return sim__pipe_open(name,
                          access,
                          (flags & FILE_FLAG_OVERLAPPED) != 0,
                          out);
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
    uint32_t rights =
        sim__rights(OBJECT_FILE, access) | SYNCHRONIZE | FILE_READ_ATTRIBUTES;
    HANDLE handle = INVALID_HANDLE_VALUE;
    struct file *file = NULL;
    NTSTATUS status;

    (void)share;         /* Each client has an instance of its own. */
    (void)template_file; /* Used for new disk files only. */
    sim__before();
    if (path == NULL) {
        status = STATUS_OBJECT_PATH_NOT_FOUND;
    } else if (disposition != OPEN_EXISTING && disposition != OPEN_ALWAYS &&
               sim__pipe_name(path) != NULL) {
        status = STATUS_INVALID_PARAMETER; /* A client never makes a pipe. */
    } else if (sim__fault("CreateFile", STATUS_INSUFFICIENT_RESOURCES)) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    } else {
        status = open_path(path, rights, flags, &file);
    }
    if (NT_SUCCESS(status)) {
        handle = sim__handle_open(&file->object, rights);
        if (attributes != NULL && attributes->bInheritHandle) {
            sim__handle_row(handle)->flags |= HANDLE_FLAG_INHERIT;
        }
    }
    sim__after();
    return sim__result(status) ? handle : INVALID_HANDLE_VALUE;
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
    request->event = low_bit == 0 ? overlapped->hEvent
                                  : (char *)overlapped->hEvent - low_bit;
    /* FACT PORT-23 the low bit of hEvent suppresses the packet. */
    request->context = low_bit != 0 ? NULL : overlapped;
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
    status = sim__fault(request->call, STATUS_INSUFFICIENT_RESOURCES)
                 ? STATUS_INSUFFICIENT_RESOURCES
                 : sim__io(request);
    sim__after();
    if (status == STATUS_PENDING) {
        return sim__fail(ERROR_IO_PENDING);
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
        .file = file,
        .access = FILE_READ_DATA,
        .kind = IRP_READ,
        .call = "ReadFile",
        .buffer = buffer,
        .length = bytes,
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
        .file = file,
        .access = FILE_WRITE_DATA,
        .kind = IRP_WRITE,
        .call = "WriteFile",
        .buffer = unconst(buffer),
        .length = bytes,
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

/** @brief The body of ReadFileEx and WriteFileEx. */
static BOOL io_with_routine(struct request *request,
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
    overlapped->Internal = STATUS_PENDING;
    request->block = (IO_STATUS_BLOCK *)(void *)overlapped;
    request->routine = call_routine;
    memcpy(&request->context, &routine, sizeof routine);
    sim__before();
    status = sim__fault(request->call, STATUS_INSUFFICIENT_RESOURCES)
                 ? STATUS_INSUFFICIENT_RESOURCES
                 : sim__io(request);
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
        .file = file,
        .access = FILE_READ_DATA,
        .kind = IRP_READ,
        .call = "ReadFileEx",
        .buffer = buffer,
        .length = bytes,
    };

    return io_with_routine(&request, overlapped, routine);
}

BOOL WINAPI WriteFileEx(HANDLE file,
                        LPCVOID buffer,
                        DWORD bytes,
                        LPOVERLAPPED overlapped,
                        LPOVERLAPPED_COMPLETION_ROUTINE routine)
{
    struct request request = {
        .file = file,
        .access = FILE_WRITE_DATA,
        .kind = IRP_WRITE,
        .call = "WriteFileEx",
        .buffer = unconst(buffer),
        .length = bytes,
    };

    return io_with_routine(&request, overlapped, routine);
}
