/**
 * @file port_take.c
 * @brief Facts about the outcomes of GetQueuedCompletionStatus.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-36, PORT-37, PORT-38, PORT-39, PORT-40, PORT-41, PORT-46.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

/** What is in variables that a call is to leave alone. */
#define SENTINEL 0xDEADBEEF

/** What a call left in its variables. */
struct outcome {
    BOOL success;
    DWORD error;
    DWORD bytes;
    ULONG_PTR key;
    OVERLAPPED *overlapped;
};

/** @brief Call with a sentinel in every variable. */
static struct outcome call(HANDLE port, DWORD milliseconds)
{
    struct outcome outcome = {
        .bytes = SENTINEL,
        .key = SENTINEL,
        .overlapped = (OVERLAPPED *)(ULONG_PTR)SENTINEL,
    };

    SetLastError(SENTINEL);
    outcome.success = GetQueuedCompletionStatus(port,
                                                &outcome.bytes,
                                                &outcome.key,
                                                &outcome.overlapped,
                                                milliseconds);
    outcome.error = GetLastError();
    return outcome;
}

/** A thread that makes such a call and waits in it. */
struct caller {
    HANDLE port;
    DWORD milliseconds;
    struct outcome outcome;
    HANDLE thread;
    volatile LONG started;
};

static DWORD WINAPI call_and_wait(void *arg)
{
    struct caller *caller = arg;

    caller->started = 1;
    caller->outcome = call(caller->port, caller->milliseconds);
    return 0;
}

static void caller_start(struct caller *caller, HANDLE port, DWORD milliseconds)
{
    caller->port = port;
    caller->milliseconds = milliseconds;
    caller->started = 0;
    caller->thread = fact_start(call_and_wait, caller);
    fact_settle(&caller->started);
}

static struct outcome caller_end(struct caller *caller)
{
    (void)fact_join(caller->thread);
    return caller->outcome;
}

/* ---- A packet ------------------------------------------------------------ */

static void check_success(const struct outcome *outcome,
                          DWORD bytes,
                          ULONG_PTR key,
                          const OVERLAPPED *overlapped)
{
    CHECK(outcome->success);
    CHECK(outcome->bytes == bytes && outcome->key == key);
    CHECK(outcome->overlapped == overlapped);
    CHECK(outcome->error == SENTINEL);
}

void fact_port_36(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED posted = {0};
    OVERLAPPED read = {0};
    struct caller caller;
    struct outcome outcome;
    char in[4];

    /* A posted packet says TRUE and fills all three variables.  The last
     * error stays what it was. */
    CHECK(PostQueuedCompletionStatus(port, 3, 5, &posted));
    outcome = call(port, 0);
    check_success(&outcome, 3, 5, &posted);
    /* So does the packet of an operation. */
    fact_associate(pipe.server, port, 7);
    fact_read_later(pipe.server, in, sizeof in, &read);
    fact_write(pipe.client, "ab", 2);
    outcome = call(port, FACT_LIMIT_MS);
    check_success(&outcome, 2, 7, &read);
    /* A thread that had to wait for it sees no difference. */
    caller_start(&caller, port, FACT_LIMIT_MS);
    CHECK(PostQueuedCompletionStatus(port, 8, 9, &posted));
    outcome = caller_end(&caller);
    check_success(&outcome, 8, 9, &posted);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

static void check_failure(const struct outcome *outcome,
                          DWORD error,
                          DWORD bytes,
                          const OVERLAPPED *overlapped)
{
    CHECK(!outcome->success && outcome->error == error);
    CHECK(outcome->bytes == bytes && outcome->key == 7);
    CHECK(outcome->overlapped == overlapped);
}

void fact_port_37(void)
{
    struct fact_native native = fact_native();
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    struct caller caller;
    struct outcome outcome;
    char in[4];

    /* A read fails when the other end is closed.  Its packet says FALSE, and
     * fills all three variables as ever. */
    fact_associate(pipe.server, port, 7);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    CHECK(CloseHandle(pipe.client));
    pipe.client = NULL;
    outcome = call(port, FACT_LIMIT_MS);
    check_failure(&outcome, ERROR_BROKEN_PIPE, 0, &overlapped);
    /* The error is the status in Windows' own table.  A connection that was
     * reset is 64 there; Winsock's code for it is 10054. */
    CHECK(native.set(port,
                     (PVOID)(ULONG_PTR)7,
                     &overlapped,
                     STATUS_CONNECTION_RESET,
                     6) == STATUS_SUCCESS);
    outcome = call(port, 0);
    check_failure(&outcome, ERROR_NETNAME_DELETED, 6, &overlapped);
    CHECK(native.to_dos_error(STATUS_CONNECTION_RESET) ==
          ERROR_NETNAME_DELETED);
    /* A thread that had to wait for it sees no difference. */
    caller_start(&caller, port, FACT_LIMIT_MS);
    CHECK(native.set(port,
                     (PVOID)(ULONG_PTR)7,
                     &overlapped,
                     STATUS_CANCELLED,
                     8) == STATUS_SUCCESS);
    outcome = caller_end(&caller);
    check_failure(&outcome, ERROR_OPERATION_ABORTED, 8, &overlapped);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/* ---- No packet ----------------------------------------------------------- */

static void check_nothing(const struct outcome *outcome, DWORD error)
{
    CHECK(!outcome->success && outcome->error == error);
    CHECK(outcome->overlapped == NULL);
    CHECK(outcome->bytes == SENTINEL && outcome->key == SENTINEL);
}

void fact_port_38(void)
{
    HANDLE port = fact_port(0);
    HANDLE event = CreateEventW(NULL, TRUE, FALSE, NULL);
    struct outcome outcome;

    /* When there is no packet the pointer becomes NULL and nothing else is
     * written: in a poll, */
    outcome = call(port, 0);
    check_nothing(&outcome, WAIT_TIMEOUT);
    /* after a wait, */
    outcome = call(port, 20);
    check_nothing(&outcome, WAIT_TIMEOUT);
    /* and without a port to wait at. */
    outcome = call(event, 0);
    check_nothing(&outcome, ERROR_INVALID_HANDLE);
    /* A packet that comes later was not touched by any of this. */
    fact_post(port, 3);
    CHECK(fact_packet_take(port).key == 3);
    CHECK(CloseHandle(event) && CloseHandle(port));
}

void fact_port_39(void)
{
    HANDLE port = fact_port(0);
    struct caller caller;
    struct outcome outcome;

    /* A packet may be all zero.  It is a packet: TRUE says so. */
    fact_post(port, 0);
    outcome = call(port, 0);
    check_success(&outcome, 0, 0, NULL);
    /* It was one packet, and it has left. */
    outcome = call(port, 0);
    check_nothing(&outcome, WAIT_TIMEOUT);
    /* It is one for a thread that waits, too. */
    caller_start(&caller, port, FACT_LIMIT_MS);
    fact_post(port, 0);
    outcome = caller_end(&caller);
    check_success(&outcome, 0, 0, NULL);
    CHECK(CloseHandle(port));
}

void fact_port_40(void)
{
    struct fact_native native = fact_native();
    HANDLE port = fact_port(0);
    struct outcome outcome;

    /* A native post can have an error for its status, and no OVERLAPPED. */
    CHECK(native.set(port, NULL, NULL, STATUS_CANCELLED, 0) == STATUS_SUCCESS);
    CHECK(native.set(port, NULL, NULL, STATUS_IO_TIMEOUT, 0) == STATUS_SUCCESS);
    /* It looks as if there had been no packet: FALSE and NULL.  Only the
     * error is another one than that of a time-out. */
    outcome = call(port, 0);
    CHECK(!outcome.success && outcome.overlapped == NULL);
    CHECK(outcome.error == ERROR_OPERATION_ABORTED);
    /* A packet was taken nevertheless. */
    CHECK(fact_depth(port) == 1);
    outcome = call(port, 0);
    CHECK(!outcome.success && outcome.overlapped == NULL);
    CHECK(outcome.error == ERROR_SEM_TIMEOUT);
    CHECK(fact_depth(port) == 0);
    /* The Win32 post cannot do that: its packets are successes. */
    CHECK(PostQueuedCompletionStatus(port, ~(DWORD)0, ~(ULONG_PTR)0, NULL));
    CHECK(call(port, 0).success);
    CHECK(CloseHandle(port));
}

/* ---- Between success and failure ----------------------------------------- */

void fact_port_41(void)
{
    struct fact_native native = fact_native();
    struct fact_pipe pipe = fact_pipe(TRUE);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    struct outcome outcome;
    char in[4] = "";

    /* A message is too long for the buffer that waits for it. */
    fact_associate(pipe.server, port, 7);
    fact_read_later(pipe.server, in, sizeof in, &overlapped);
    fact_write(pipe.client, "abcdef", 6);
    /* That is a warning, and a warning says FALSE. */
    outcome = call(port, FACT_LIMIT_MS);
    check_failure(&outcome, ERROR_MORE_DATA, sizeof in, &overlapped);
    /* The buffer is full all the same, and what is in it is right. */
    CHECK(memcmp(in, "abcd", sizeof in) == 0);
    /* It is the status that says so, wherever it comes from. */
    CHECK(native.set(port,
                     (PVOID)(ULONG_PTR)7,
                     &overlapped,
                     STATUS_BUFFER_OVERFLOW,
                     5) == STATUS_SUCCESS);
    outcome = call(port, 0);
    check_failure(&outcome, ERROR_MORE_DATA, 5, &overlapped);
    fact_pipe_close(&pipe);
    CHECK(CloseHandle(port));
}

/* ---- No port ------------------------------------------------------------- */

static void check_refused(HANDLE port)
{
    struct outcome outcome = call(port, FACT_LIMIT_MS);

    CHECK(!outcome.success && outcome.error == ERROR_INVALID_HANDLE);
    CHECK(outcome.overlapped == NULL);
    SetLastError(SENTINEL);
    CHECK(!PostQueuedCompletionStatus(port, 0, 0, NULL));
    CHECK(GetLastError() == ERROR_INVALID_HANDLE);
}

void fact_port_46(void)
{
    struct fact_native native = fact_native();
    HANDLE event = CreateEventW(NULL, TRUE, TRUE, NULL);
    HANDLE port = fact_port(0);

    /* A handle to something else is refused, */
    check_refused(event);
    CHECK(native.set(event, NULL, NULL, STATUS_SUCCESS, 0) ==
          STATUS_OBJECT_TYPE_MISMATCH);
    CHECK(CloseHandle(event));
    /* and a handle that was closed. */
    CHECK(CloseHandle(port));
    check_refused(port);
    CHECK(native.set(port, NULL, NULL, STATUS_SUCCESS, 0) ==
          STATUS_INVALID_HANDLE);
    /* For Win32 both statuses are one error. */
    CHECK(native.to_dos_error(STATUS_OBJECT_TYPE_MISMATCH) ==
          ERROR_INVALID_HANDLE);
    CHECK(native.to_dos_error(STATUS_INVALID_HANDLE) == ERROR_INVALID_HANDLE);
}
