/**
 * @file pipe_api.c
 * @brief The Win32 calls that only named pipes have.
 *
 * ConnectNamedPipe is I/O like a read: it pends until a client comes.  The
 * others act at once or block.
 *
 * Uses:     api.h, pipe.h.
 * Used by:  layers 1 and 2, programs.
 * Facts:    PIPE-01, PIPE-04, PIPE-17, PIPE-20, PIPE-22.
 * Read next: pipe_talk_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/pipe.h"

#include <wchar.h>

#include "api.h"

/** The whole path may have so many characters (CreateNamedPipe page). */
enum { PATH_LENGTH_MAX = 256 };

const WCHAR *sim__pipe_name(const WCHAR *path)
{
    static const char word[] = "pipe\\";
    const WCHAR *at = path + 4;

    if (path[0] != L'\\' || path[1] != L'\\' ||
        (path[2] != L'.' && path[2] != L'?') || path[3] != L'\\') {
        return NULL;
    }
    for (const char *letter = word; *letter != '\0'; letter++, at++) {
        if (*at != (WCHAR)*letter &&
            (*letter == '\\' || *at != (WCHAR)(*letter - ('a' - 'A')))) {
            return NULL;
        }
    }
    return at;
}

/** @brief Whether CreateNamedPipe takes these numbers. */
static bool valid(DWORD open_mode, DWORD pipe_mode, DWORD instances_max)
{
    /* WRITE_OWNER is the same bit as FILE_FLAG_FIRST_PIPE_INSTANCE. */
    const DWORD open_bits = PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED |
                            FILE_FLAG_WRITE_THROUGH |
                            FILE_FLAG_FIRST_PIPE_INSTANCE | WRITE_DAC;
    const DWORD pipe_bits = PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE |
                            PIPE_NOWAIT | PIPE_REJECT_REMOTE_CLIENTS;

    return (open_mode & PIPE_ACCESS_DUPLEX) != 0 &&
           (open_mode & ~open_bits) == 0 && (pipe_mode & ~pipe_bits) == 0 &&
           (!(pipe_mode & PIPE_READMODE_MESSAGE) ||
            (pipe_mode & PIPE_TYPE_MESSAGE)) &&
           instances_max >= 1 && instances_max <= PIPE_UNLIMITED_INSTANCES;
}

/** @brief The rights of a server's handle. */
static uint32_t server_rights(DWORD open_mode)
{
    DWORD access = 0;

    if (open_mode & PIPE_ACCESS_INBOUND) {
        access |= GENERIC_READ;
    }
    if (open_mode & PIPE_ACCESS_OUTBOUND) {
        access |= GENERIC_WRITE;
    }
    return sim__rights(OBJECT_FILE, access) | SYNCHRONIZE;
}

/** @brief The error of a path that cannot name a pipe, or 0. */
static DWORD path_error(const WCHAR *path)
{
    const WCHAR *name;

    if (path == NULL) {
        return ERROR_PATH_NOT_FOUND;
    }
    name = sim__pipe_name(path);
    if (name == NULL || *name == 0 || wcslen(path) > PATH_LENGTH_MAX) {
        return ERROR_INVALID_NAME;
    }
    return ERROR_SUCCESS;
}

HANDLE WINAPI CreateNamedPipeW(LPCWSTR path,
                               DWORD open_mode,
                               DWORD pipe_mode,
                               DWORD instances_max,
                               DWORD out_bytes,
                               DWORD in_bytes,
                               DWORD milliseconds,
                               LPSECURITY_ATTRIBUTES attributes)
{
    /* The sizes are advice that Windows may round up (CreateNamedPipe page);
     * here they are taken as they are. */
    const struct pipe_options options = {
        .access = open_mode & PIPE_ACCESS_DUPLEX,
        .mode = pipe_mode,
        .instances_max = instances_max,
        .out_bytes = out_bytes,
        .in_bytes = in_bytes,
        .wait_ms = milliseconds,
        .first = (open_mode & FILE_FLAG_FIRST_PIPE_INSTANCE) != 0,
        .overlapped = (open_mode & FILE_FLAG_OVERLAPPED) != 0,
    };
    DWORD error = path_error(path);
    HANDLE handle = INVALID_HANDLE_VALUE;
    struct file *file = NULL;
    NTSTATUS status;

    sim__before();
    if (error == ERROR_SUCCESS && !valid(open_mode, pipe_mode, instances_max)) {
        error = ERROR_INVALID_PARAMETER;
    }
    if (error == ERROR_SUCCESS &&
        sim__fault("CreateNamedPipe", STATUS_INSUFFICIENT_RESOURCES)) {
        error = ERROR_NO_SYSTEM_RESOURCES;
    }
    if (error == ERROR_SUCCESS) {
        status = sim__pipe_create(sim__pipe_name(path), &options, &file);
        error = RtlNtStatusToDosError(status);
    }
    if (error == ERROR_SUCCESS) {
        handle = sim__handle_open(&file->object, server_rights(open_mode));
        if (attributes != NULL && attributes->bInheritHandle) {
            sim__handle_row(handle)->flags |= HANDLE_FLAG_INHERIT;
        }
    } else {
        sim__set_error(error);
    }
    sim__after();
    return handle;
}

HANDLE WINAPI CreateNamedPipeA(LPCSTR path,
                               DWORD open_mode,
                               DWORD pipe_mode,
                               DWORD instances_max,
                               DWORD out_bytes,
                               DWORD in_bytes,
                               DWORD milliseconds,
                               LPSECURITY_ATTRIBUTES attributes)
{
    return CreateNamedPipeW(sim__wide(path),
                            open_mode,
                            pipe_mode,
                            instances_max,
                            out_bytes,
                            in_bytes,
                            milliseconds,
                            attributes);
}

BOOL WINAPI ConnectNamedPipe(HANDLE pipe, LPOVERLAPPED overlapped)
{
    /* Without OVERLAPPED it blocks, even on an overlapped handle. */
    struct request request = {
        .frame = SIM_CALLER_FRAME(),
        .file = pipe,
        .kind = IRP_LISTEN,
        .call = "ConnectNamedPipe",
        .synchronous = overlapped == NULL,
    };

    return sim__win32_io(&request, overlapped, NULL);
}

BOOL WINAPI DisconnectNamedPipe(HANDLE pipe)
{
    /* A request too: on a handle that is not overlapped it waits behind the
     * read that blocks there. */
    struct request request = {
        .frame = SIM_CALLER_FRAME(),
        .file = pipe,
        .kind = IRP_DISCONNECT,
        .call = "DisconnectNamedPipe",
        .synchronous = true,
    };

    return sim__win32_io(&request, NULL, NULL);
}

/** @brief Find the end of a pipe and give it a mode. */
static NTSTATUS set_mode(HANDLE pipe, ULONG mode)
{
    struct object *file;
    struct pipe_end *end;
    NTSTATUS status =
        sim__handle_find(pipe, OBJECT_FILE, FILE_WRITE_ATTRIBUTES, &file);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    end = sim__pipe_end((struct file *)file);
    if (end == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    trace(call,
          .text = "SetNamedPipeHandleState",
          .object = file,
          .value = {(int64_t)mode});
    return sim__pipe_set_mode(end, mode);
}

/* Nothing is written through these, but the types are Windows'.
 * NOLINTBEGIN(readability-non-const-parameter) */
BOOL WINAPI SetNamedPipeHandleState(HANDLE pipe,
                                    LPDWORD mode,
                                    LPDWORD collect_bytes,
                                    LPDWORD collect_milliseconds)
{
    NTSTATUS status = STATUS_SUCCESS;

    sim__before();
    if (collect_bytes != NULL || collect_milliseconds != NULL ||
        (mode != NULL &&
         (*mode & ~(DWORD)(PIPE_READMODE_MESSAGE | PIPE_NOWAIT)) != 0)) {
        /* Collecting is for clients on another machine. */
        status = STATUS_INVALID_PARAMETER;
    } else if (mode != NULL) {
        status = set_mode(pipe, *mode);
    }
    sim__after();
    return sim__result(status);
}
/* NOLINTEND(readability-non-const-parameter) */

BOOL WINAPI WaitNamedPipeW(LPCWSTR path, DWORD milliseconds)
{
    NTSTATUS status;

    if (path_error(path) != ERROR_SUCCESS) {
        return sim__fail(path_error(path));
    }
    sim__before();
    status = sim__pipe_wait(sim__pipe_name(path), milliseconds);
    sim__after();
    /* FACT PIPE-22 WaitNamedPipe: 121 after the time-out, 2 without a pipe. */
    return sim__result(status);
}
