/**
 * @file crash.c
 * @brief A handler that trusts a pointer it was posted.
 *
 * Uses:     scenario.h.
 * Used by:  table.c.
 * Facts:    PORT-27.
 *
 * SPDX-License-Identifier: MIT
 */
#include <windows.h>

#include "scenario.h"

/** @brief Ends the operation that a packet speaks of. */
static SIM_UNSANITIZED void finish(OVERLAPPED *volatile operation)
{
    operation->Internal = 0;
}

void scenario_crash(void *arg)
{
    HANDLE port = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    OVERLAPPED *operation;
    ULONG_PTR key;
    DWORD bytes;

    (void)arg;
    /* FACT PORT-27 posts anything: also a packet without an operation. */
    sim_assert(PostQueuedCompletionStatus(port, 0, 1, NULL));
    sim_assert(
        GetQueuedCompletionStatus(port, &bytes, &key, &operation, INFINITE));
    /* The mistake: NULL is a valid answer. */
    finish(operation);
    sim_assert(CloseHandle(port));
}
