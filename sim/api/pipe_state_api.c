/**
 * @file pipe_state_api.c
 * @brief The Win32 calls that ask what a pipe is and how an end reads it.
 *
 * Uses:     api.h, pipe.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: overlapped_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/pipe.h"
#include "api.h"

/** @brief The end behind a handle, while it belongs to an instance. */
static NTSTATUS find_end(HANDLE handle, const char *call, struct pipe_end **out)
{
    struct object *file;
    NTSTATUS status =
        sim__handle_find(handle, OBJECT_FILE, FILE_READ_ATTRIBUTES, &file);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    *out = sim__pipe_end((struct file *)file);
    if (*out == NULL) {
        return STATUS_INVALID_DEVICE_REQUEST;
    }
    if ((*out)->instance == NULL) {
        return STATUS_PIPE_DISCONNECTED;
    }
    trace(call, .text = call, .object = file);
    return STATUS_SUCCESS;
}

static void put(LPDWORD out, DWORD value)
{
    if (out != NULL) {
        *out = value;
    }
}

BOOL WINAPI GetNamedPipeInfo(HANDLE pipe,
                             LPDWORD flags,
                             LPDWORD out_bytes,
                             LPDWORD in_bytes,
                             LPDWORD instances_max)
{
    struct pipe_end *end;
    NTSTATUS status;

    sim__before();
    status = find_end(pipe, "GetNamedPipeInfo", &end);
    if (NT_SUCCESS(status)) {
        const struct pipe_instance *instance = end->instance;

        put(flags,
            (end->server ? PIPE_SERVER_END : PIPE_CLIENT_END) |
                (instance->pipe->messages ? PIPE_TYPE_MESSAGE
                                          : PIPE_TYPE_BYTE));
        put(out_bytes, instance->to_client.quota);
        put(in_bytes, instance->to_server.quota);
        put(instances_max, instance->pipe->instances_max);
    }
    sim__after();
    return sim__result(status);
}

/* Nothing is written through all of these, but the types are Windows'.
 * NOLINTBEGIN(readability-non-const-parameter) */
BOOL WINAPI GetNamedPipeHandleStateW(HANDLE pipe,
                                     LPDWORD state,
                                     LPDWORD instances,
                                     LPDWORD collect_bytes,
                                     LPDWORD collect_milliseconds,
                                     LPWSTR user,
                                     DWORD user_letters)
{
    struct pipe_end *end;
    NTSTATUS status;

    (void)user_letters;
    if (collect_bytes != NULL || collect_milliseconds != NULL) {
        /* Collecting is for clients on another machine. */
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    if (user != NULL) {
        /* Nobody here can be impersonated. */
        return sim__fail(ERROR_CANNOT_IMPERSONATE);
    }
    sim__before();
    status = find_end(pipe, "GetNamedPipeHandleState", &end);
    if (NT_SUCCESS(status)) {
        put(state,
            (end->by_message ? PIPE_READMODE_MESSAGE : PIPE_READMODE_BYTE) |
                (end->no_wait ? PIPE_NOWAIT : PIPE_WAIT));
        put(instances, end->instance->pipe->instance_count);
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI GetNamedPipeHandleStateA(HANDLE pipe,
                                     LPDWORD state,
                                     LPDWORD instances,
                                     LPDWORD collect_bytes,
                                     LPDWORD collect_milliseconds,
                                     LPSTR user,
                                     DWORD user_letters)
{
    if (user != NULL) {
        return sim__fail(ERROR_CANNOT_IMPERSONATE);
    }
    return GetNamedPipeHandleStateW(pipe,
                                    state,
                                    instances,
                                    collect_bytes,
                                    collect_milliseconds,
                                    NULL,
                                    user_letters);
}
/* NOLINTEND(readability-non-const-parameter) */

BOOL WINAPI WaitNamedPipeA(LPCSTR name, DWORD milliseconds)
{
    return WaitNamedPipeW(sim__wide(name), milliseconds);
}
