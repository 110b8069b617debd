/**
 * @file mixer_io.c
 * @brief Reading and writing in a random program.
 *
 * A pipe whose two ends lead to the port.  Reads often find nothing and stay
 * with the kernel; what is still there at the end is cancelled by closing.
 *
 * Uses:     mixer.h.
 * Used by:  mixer.c, mixer_steps.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "mixer.h"

#include <string.h>

enum {
    OPERATIONS_MAX = 64,
    PIPE_BYTES = 64,
    MESSAGE_BYTES = 8,
    END_KEY = 1000
};

/** One operation; its memory is never used twice in a run. */
struct operation {
    OVERLAPPED overlapped;
    HANDLE end;
    char bytes[MESSAGE_BYTES];
};

static struct operation operations[OPERATIONS_MAX];
static volatile LONG operation_count;

/** @brief An end leads to the port, as far as there are both. */
static void associate(int end)
{
    if (mixer.pipe[end] != INVALID_HANDLE_VALUE && mixer.port != NULL) {
        (void)CreateIoCompletionPort(mixer.pipe[end],
                                     mixer.port,
                                     END_KEY + (ULONG_PTR)end,
                                     0);
    }
}

void mixer_open_pipe(void)
{
    memset(operations, 0, sizeof operations);
    operation_count = 0;
    mixer.pipe[0] = CreateNamedPipeW(L"\\\\.\\pipe\\dryport-mixer",
                                     PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                     PIPE_TYPE_BYTE,
                                     1,
                                     PIPE_BYTES,
                                     PIPE_BYTES,
                                     0,
                                     NULL);
    mixer.pipe[1] = CreateFileW(L"\\\\.\\pipe\\dryport-mixer",
                                GENERIC_READ | GENERIC_WRITE,
                                0,
                                NULL,
                                OPEN_EXISTING,
                                FILE_FLAG_OVERLAPPED,
                                NULL);
    associate(0);
    associate(1);
}

/** @brief Take what nobody has taken: every operation has a packet. */
static void drain_port(void)
{
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped = NULL;

    /* BOUND: each turn takes a packet, and nothing is started any more. */
    while (
        GetQueuedCompletionStatus(mixer.port, &bytes, &key, &overlapped, 0) ||
        overlapped != NULL) {
        sim_note("left over, key %u", (unsigned)key);
    }
}

void mixer_close_pipe(void)
{
    for (int end = 0; end < 2; end++) {
        if (mixer.pipe[end] != INVALID_HANDLE_VALUE) {
            sim_assert(CloseHandle(mixer.pipe[end]));
        }
    }
    if (mixer.port != NULL) {
        drain_port();
    }
}

/** @brief An operation that was never used, on some end; NULL when there are
 *  none left or there is no such end. */
static struct operation *some_operation(void)
{
    HANDLE end = mixer.pipe[sim_choose(2)];
    LONG number = InterlockedIncrement(&operation_count);
    struct operation *operation;

    if (number > OPERATIONS_MAX || end == INVALID_HANDLE_VALUE) {
        return NULL;
    }
    operation = &operations[number - 1];
    operation->end = end;
    return operation;
}

/** @brief Say how a read or write began. */
static void tell(const char *what, BOOL done)
{
    DWORD error = done ? ERROR_SUCCESS : GetLastError();

    sim_note("%s: %s %u", what, done ? "done" : "error", (unsigned)error);
}

void mixer_read(void)
{
    struct operation *operation = some_operation();

    if (operation != NULL) {
        tell("read",
             ReadFile(operation->end,
                      operation->bytes,
                      MESSAGE_BYTES,
                      NULL,
                      &operation->overlapped));
    }
}

void mixer_write(void)
{
    struct operation *operation = some_operation();
    DWORD bytes = 1 + sim_choose(MESSAGE_BYTES);

    if (operation != NULL) {
        tell("write",
             WriteFile(operation->end,
                       operation->bytes,
                       bytes,
                       NULL,
                       &operation->overlapped));
    }
}

void mixer_cancel(void)
{
    HANDLE end = mixer.pipe[sim_choose(2)];

    if (end != INVALID_HANDLE_VALUE) {
        tell("cancel", CancelIoEx(end, NULL));
    }
}
