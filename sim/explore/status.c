/**
 * @file status.c
 * @brief Names of the statuses that people meet in a trace.
 *
 * Uses:     print.h, ntstatus.h.
 * Used by:  text.c.
 * Facts:    none.
 * Read next: lanes.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/object.h"
#include "print.h"

static const struct {
    NTSTATUS status;
    const char *word;
} words[] = {
#define STATUS(name)         \
    {                        \
        STATUS_##name, #name \
    }
    {STATUS_SUCCESS, "ok"},
    STATUS(ABANDONED_WAIT_0),
    STATUS(USER_APC),
    STATUS(TIMEOUT),
    STATUS(PENDING),
    STATUS(OBJECT_NAME_EXISTS),
    STATUS(BUFFER_OVERFLOW),
    STATUS(NO_MORE_FILES),
    STATUS(UNSUCCESSFUL),
    STATUS(NOT_IMPLEMENTED),
    STATUS(ACCESS_VIOLATION),
    STATUS(INVALID_HANDLE),
    STATUS(INVALID_PARAMETER),
    STATUS(INVALID_DEVICE_REQUEST),
    STATUS(END_OF_FILE),
    STATUS(NO_MEMORY),
    STATUS(ACCESS_DENIED),
    STATUS(OBJECT_TYPE_MISMATCH),
    STATUS(OBJECT_NAME_NOT_FOUND),
    STATUS(OBJECT_NAME_COLLISION),
    STATUS(QUOTA_EXCEEDED),
    STATUS(MUTANT_NOT_OWNED),
    STATUS(SEMAPHORE_LIMIT_EXCEEDED),
    STATUS(THREAD_IS_TERMINATING),
    STATUS(INSUFFICIENT_RESOURCES),
    STATUS(INSTANCE_NOT_AVAILABLE),
    STATUS(PIPE_NOT_AVAILABLE),
    STATUS(INVALID_PIPE_STATE),
    STATUS(PIPE_BUSY),
    STATUS(PIPE_DISCONNECTED),
    STATUS(PIPE_CLOSING),
    STATUS(PIPE_CONNECTED),
    STATUS(PIPE_LISTENING),
    STATUS(INVALID_READ_MODE),
    STATUS(IO_TIMEOUT),
    STATUS(FILE_FORCED_CLOSED),
    STATUS(NOT_SUPPORTED),
    STATUS(PIPE_EMPTY),
    STATUS(INVALID_USER_BUFFER),
    STATUS(CANCELLED),
    STATUS(FILE_CLOSED),
    STATUS(PIPE_BROKEN),
    STATUS(CONNECTION_RESET),
    STATUS(NOT_FOUND),
#undef STATUS
};

const char *sim__status_word(int64_t status)
{
    for (size_t at = 0; at < sizeof words / sizeof words[0]; at++) {
        if (words[at].status == (NTSTATUS)status) {
            return words[at].word;
        }
    }
    return NULL;
}
