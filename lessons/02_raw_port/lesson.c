/**
 * @file lesson.c
 * @brief Lesson 02: a raw port.
 *
 * The smallest program that has a completion port: it sends two packets to
 * itself and takes three times.  The third take brings nothing, and telling
 * that apart from a packet is the lesson.
 *
 * Uses:     iocp.h, lesson.h.
 * Used by:  dry run lesson-02.
 * Facts:    PORT-27, PORT-33, PORT-36, PORT-37, PORT-38, PORT-39, PORT-42,
 *           PORT-76, PORT-77.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson.h"
#include "iocp.h"

#include <winternl.h>

/* ---- The program --------------------------------------------------------- */

//! [program]
/** @brief Say what a take brought. */
static void tell(enum iocp_outcome outcome, const struct iocp_packet *packet)
{
    switch (outcome) {
    case IOCP_PACKET:
        sim_note("a packet: key %u, %u bytes, %s",
                 (unsigned)packet->key,
                 (unsigned)packet->bytes,
                 packet->overlapped == NULL ? "no operation" : "an operation");
        break;
    case IOCP_TIMEOUT:
        sim_note("no packet: nothing came in time");
        break;
    case IOCP_APC:
    case IOCP_CLOSED:
        sim_note("cannot happen here: we neither wait alertably nor close");
        break;
    }
}

void lesson_02(void *arg)
{
    OVERLAPPED operation = {0};
    struct iocp_packet first = {42, &operation, 7, 0};
    struct iocp_packet second = {43, NULL, 0, 0};
    struct iocp port;

    (void)arg;
    sim_assert(iocp_open(&port, 1) == 0);
    sim_assert(iocp_post(&port, &first) == 0);
    sim_assert(iocp_post(&port, &second) == 0);
    for (int take = 0; take < 3; take++) {
        struct iocp_packet packet;
        enum iocp_outcome outcome = iocp_take(&port, 10, &packet);

        tell(outcome, &packet);
    }
    iocp_close(&port);
}
//! [program]

/* ---- The exercise -------------------------------------------------------- */

/** What one call of GetQueuedCompletionStatus left behind. */
struct answer {
    BOOL returned;
    OVERLAPPED *overlapped;
    DWORD error; /* GetLastError(), read right after the call. */
};

enum outcome {
    PACKET_OF_SUCCESS,
    PACKET_OF_FAILURE,
    NO_PACKET_YET,  /* The time was over. */
    NO_PORT_ANYMORE /* Somebody closed it. */
};

/** @brief What the answer means. */
static enum outcome outcome(const struct answer *answer)
{
#if VARIANT == REFERENCE
    if (answer->returned) {
        return PACKET_OF_SUCCESS;
    }
    if (answer->overlapped != NULL) {
        return PACKET_OF_FAILURE;
    }
    return answer->error == WAIT_TIMEOUT ? NO_PACKET_YET : NO_PORT_ANYMORE;
#elif VARIANT == BUG_1 /* Every FALSE means "nothing": loses failures. */
    if (answer->returned) {
        return PACKET_OF_SUCCESS;
    }
    return answer->error == WAIT_TIMEOUT ? NO_PACKET_YET : NO_PORT_ANYMORE;
#elif VARIANT == BUG_2 /* NULL means "the end": loses posted packets. */
    if (answer->overlapped == NULL) {
        return answer->error == WAIT_TIMEOUT ? NO_PACKET_YET : NO_PORT_ANYMORE;
    }
    return answer->returned ? PACKET_OF_SUCCESS : PACKET_OF_FAILURE;
#elif VARIANT == BUG_3 /* A closed port is taken for a slow one. */
    if (answer->returned) {
        return PACKET_OF_SUCCESS;
    }
    return answer->overlapped != NULL ? PACKET_OF_FAILURE : NO_PACKET_YET;
#else
    /* Look at returned, overlapped and error, in which order? */
    (void)answer;
    return NO_PACKET_YET;
#endif
}

/* ---- The check: six cases, each provoked on a real port ------------------- */

static HANDLE port_handle;

/** @brief Call Windows and keep all three parts of its answer. */
static struct answer ask(DWORD timeout_ms)
{
    struct answer answer;
    ULONG_PTR key;
    DWORD bytes;

    SetLastError(WAIT_TIMEOUT); /* A stale value must not matter. */
    answer.returned = GetQueuedCompletionStatus(port_handle,
                                                &bytes,
                                                &key,
                                                &answer.overlapped,
                                                timeout_ms);
    answer.error = GetLastError();
    return answer;
}

/** @brief Take in a second thread, which meets the closing of the port. */
static DWORD WINAPI take_until_closed(void *arg)
{
    struct answer answer = ask(INFINITE);

    (void)arg;
    return (DWORD)outcome(&answer);
}

/** @brief Close the port under a thread that waits.
 *  @return what that thread made of it. */
static enum outcome close_under_waiter(void)
{
    HANDLE waiter = CreateThread(NULL, 0, take_until_closed, NULL, 0, NULL);
    DWORD seen;

    sim_assert(waiter != NULL);
    sim_settle();
    sim_assert(CloseHandle(port_handle));
    sim_assert(WaitForSingleObject(waiter, 5000) == WAIT_OBJECT_0);
    sim_assert(GetExitCodeThread(waiter, &seen));
    sim_assert(CloseHandle(waiter));
    return (enum outcome)seen;
}

typedef NTSTATUS(NTAPI *post_status_fn)(HANDLE port,
                                        PVOID key,
                                        PVOID context,
                                        NTSTATUS status,
                                        ULONG_PTR bytes);

/** @brief Queue the packet of an operation that failed. */
static void post_failure(OVERLAPPED *operation)
{
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    union {
        FARPROC found;
        post_status_fn call;
    } post;

    post.found = GetProcAddress(ntdll, "NtSetIoCompletion");
    sim_assert(post.found != NULL);
    /* 0xC000020D is STATUS_CONNECTION_RESET. */
    sim_assert(
        post.call(port_handle, NULL, operation, (NTSTATUS)0xC000020DL, 0) == 0);
}

void lesson_02_check(void *arg)
{
    OVERLAPPED operation = {0};
    struct answer answer;

    (void)arg;
    port_handle = CreateIoCompletionPort(INVALID_HANDLE_VALUE, NULL, 0, 1);
    sim_assert(PostQueuedCompletionStatus(port_handle, 0, 0, &operation));
    sim_assert(PostQueuedCompletionStatus(port_handle, 0, 0, NULL));
    post_failure(&operation);
    answer = ask(0);
    sim_assert(outcome(&answer) == PACKET_OF_SUCCESS);
    answer = ask(0);
    sim_assert(outcome(&answer) == PACKET_OF_SUCCESS);
    answer = ask(0);
    sim_assert(outcome(&answer) == PACKET_OF_FAILURE);
    answer = ask(0);
    sim_assert(outcome(&answer) == NO_PACKET_YET);
    sim_assert(close_under_waiter() == NO_PORT_ANYMORE);
    answer = ask(0);
    sim_assert(outcome(&answer) == NO_PORT_ANYMORE);
}

/* expect: dry run lesson-02 --seed 1
 *   a packet: key 42, 7 bytes, an operation
 *   a packet: key 43, 0 bytes, no operation
 *   no packet: nothing came in time
 */
