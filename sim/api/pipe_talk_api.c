/**
 * @file pipe_talk_api.c
 * @brief The Win32 calls that look into a pipe, ask through one, or make two
 *        ends at once.
 *
 * Uses:     api.h, pipe.h.
 * Used by:  programs.
 * Facts:    PIPE-13, PIPE-21, PIPE-24.
 * Read next: pipe_state_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../kernel/pipe.h"
#include "api.h"

/* ---- Looking and asking -------------------------------------------------- */

BOOL WINAPI PeekNamedPipe(HANDLE pipe,
                          LPVOID buffer,
                          DWORD bytes,
                          LPDWORD bytes_read,
                          LPDWORD bytes_available,
                          LPDWORD bytes_left)
{
    DWORD room = buffer == NULL ? 0 : bytes;
    DWORD length = (DWORD)sizeof(struct pipe_peek) + room;
    struct pipe_peek *answer = sim__take(length);
    /* FACT PIPE-13 PeekNamedPipe never pends, whatever the handle. */
    struct request request = {
        .file = pipe,
        .access = FILE_READ_DATA,
        .kind = IRP_PEEK,
        .call = "PeekNamedPipe",
        .buffer = answer,
        .length = length,
        .synchronous = true,
    };
    BOOL result = sim__win32_io(&request, NULL, NULL);

    if (result || GetLastError() == ERROR_MORE_DATA) {
        DWORD copied = (DWORD)(request.information - sizeof *answer);

        result = TRUE; /* What did not fit is still there to be read. */
        if (copied != 0 && buffer != NULL) {
            memcpy(buffer, answer + 1, copied);
        }
        if (bytes_read != NULL) {
            *bytes_read = copied;
        }
        if (bytes_available != NULL) {
            *bytes_available = answer->available;
        }
        if (bytes_left != NULL) {
            *bytes_left =
                answer->messages == 0 ? 0 : answer->message_bytes - copied;
        }
    }
    sim__give(answer, length);
    return result;
}

BOOL WINAPI TransactNamedPipe(HANDLE pipe,
                              LPVOID in,
                              DWORD in_bytes,
                              LPVOID out,
                              DWORD out_bytes,
                              LPDWORD bytes_read,
                              LPOVERLAPPED overlapped)
{
    const struct pipe_question question = {.text = in, .bytes = in_bytes};
    struct request request = {
        .file = pipe,
        .access = FILE_READ_DATA | FILE_WRITE_DATA,
        .kind = IRP_TRANSACT,
        .call = "TransactNamedPipe",
        .buffer = out,
        .length = out_bytes,
        .detail = &question,
        .synchronous = overlapped == NULL,
    };

    if (overlapped == NULL) {
        sim__require(bytes_read, request.call, "lpBytesRead");
    }
    if (in_bytes != 0) {
        sim__require(in, request.call, "lpInBuffer");
    }
    return sim__win32_io(&request, overlapped, bytes_read);
}

/** @brief Open a message pipe, waiting for an instance if need be. */
static HANDLE open_to_call(LPCWSTR name, DWORD milliseconds)
{
    DWORD mode = PIPE_READMODE_MESSAGE;
    HANDLE pipe;

    /* BOUND: each turn but the last waited for an instance, which another
     * client took. */
    do {
        pipe = CreateFileW(name,
                           GENERIC_READ | GENERIC_WRITE,
                           0,
                           NULL,
                           OPEN_EXISTING,
                           0,
                           NULL);
    } while (
        pipe == INVALID_HANDLE_VALUE && GetLastError() == ERROR_PIPE_BUSY &&
        milliseconds != NMPWAIT_NOWAIT && WaitNamedPipeW(name, milliseconds));
    if (pipe != INVALID_HANDLE_VALUE &&
        !SetNamedPipeHandleState(pipe, &mode, NULL, NULL)) {
        (void)CloseHandle(pipe);
        pipe = INVALID_HANDLE_VALUE;
        sim__set_error(ERROR_BAD_PIPE); /* It has no messages. */
    }
    return pipe;
}

BOOL WINAPI CallNamedPipeW(LPCWSTR name,
                           LPVOID in,
                           DWORD in_bytes,
                           LPVOID out,
                           DWORD out_bytes,
                           LPDWORD bytes_read,
                           DWORD milliseconds)
{
    HANDLE pipe = open_to_call(name, milliseconds);
    BOOL result;
    DWORD error;

    if (pipe == INVALID_HANDLE_VALUE) {
        return FALSE;
    }
    result =
        TransactNamedPipe(pipe, in, in_bytes, out, out_bytes, bytes_read, NULL);
    error = GetLastError();
    (void)CloseHandle(pipe);
    return result ? TRUE : sim__fail(error);
}

BOOL WINAPI CallNamedPipeA(LPCSTR name,
                           LPVOID in,
                           DWORD in_bytes,
                           LPVOID out,
                           DWORD out_bytes,
                           LPDWORD bytes_read,
                           DWORD milliseconds)
{
    return CallNamedPipeW(sim__wide(name),
                          in,
                          in_bytes,
                          out,
                          out_bytes,
                          bytes_read,
                          milliseconds);
}

/* ---- Anonymous pipes ----------------------------------------------------- */

/** Of the two ends' handles. */
enum { ANONYMOUS_BYTES = 4096, NAME_LETTERS = 24 };

/** @brief A name that no other pipe of the world has. */
static void make_name(WCHAR out[NAME_LETTERS])
{
    static const char head[] = "Win32Pipes.";
    uint32_t number = sim__world.numbers[OBJECT_PIPE];
    size_t used = 0;

    for (; head[used] != '\0'; used++) {
        out[used] = (WCHAR)head[used];
    }
    for (unsigned shift = 32; shift != 0; shift -= 4) {
        out[used++] = (WCHAR)L"0123456789abcdef"[number >> (shift - 4) & 15];
    }
    out[used] = 0;
}

static HANDLE open_end(struct file *file,
                       uint32_t access,
                       const SECURITY_ATTRIBUTES *attributes)
{
    HANDLE handle =
        sim__handle_open(&file->object,
                         sim__rights(OBJECT_FILE, access) | SYNCHRONIZE |
                             FILE_READ_ATTRIBUTES | FILE_WRITE_ATTRIBUTES);

    if (attributes != NULL && attributes->bInheritHandle) {
        sim__handle_row(handle)->flags |= HANDLE_FLAG_INHERIT;
    }
    return handle;
}

BOOL WINAPI CreatePipe(PHANDLE read,
                       PHANDLE write,
                       LPSECURITY_ATTRIBUTES attributes,
                       DWORD bytes)
{
    const DWORD quota = bytes != 0 ? bytes : ANONYMOUS_BYTES;
    /* FACT PIPE-24 anonymous pipes: neither end is overlapped. */
    const struct pipe_options options = {
        .access = PIPE_ACCESS_INBOUND,
        .instances_max = 1,
        .in_bytes = quota,
        .out_bytes = quota,
        .first = true,
    };
    WCHAR name[NAME_LETTERS];
    struct file *server = NULL;
    struct file *client = NULL;
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    sim__require(read, "CreatePipe", "hReadPipe");
    sim__require(write, "CreatePipe", "hWritePipe");
    sim__before();
    if (!sim__fault("CreatePipe", STATUS_INSUFFICIENT_RESOURCES)) {
        make_name(name);
        status = sim__pipe_create(name, &options, &server);
    }
    if (NT_SUCCESS(status)) {
        *read = open_end(server, GENERIC_READ, attributes);
        status = sim__pipe_open(name, FILE_GENERIC_WRITE, false, &client);
        sim__assert(NT_SUCCESS(status)); /* The name is new. */
        *write = open_end(client, GENERIC_WRITE, attributes);
    }
    sim__after();
    return sim__result(status);
}
