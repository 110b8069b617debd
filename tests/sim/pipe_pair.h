/**
 * @file pipe_pair.h
 * @brief Two ends of a pipe, and the packets that come of using them.
 *
 * Pipes are the device that tests of I/O use: both ends are in the test's
 * hand, so it decides what pends and when it ends.
 *
 * Uses:     sim.h, windows.h.
 * Used by:  the tests that do I/O.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TESTS_SIM_PIPE_PAIR_H
#define TESTS_SIM_PIPE_PAIR_H

#include "sim.h"

#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>

/** The name that all tests use, and the quota each way. */
#define PAIR_NAME L"\\\\.\\pipe\\pair"
enum { PAIR_QUOTA = 16, PAIR_KEY = 7 };

/** A pipe and its client. */
struct pair {
    HANDLE server;
    HANDLE client;
};

/** A packet as GetQueuedCompletionStatus gives it. */
struct taken {
    BOOL ok;
    DWORD error; /* When ok is FALSE. */
    DWORD bytes;
    ULONG_PTR key;
    LPOVERLAPPED overlapped;
};

/** @brief A server's end; @p open_mode besides PIPE_ACCESS_DUPLEX. */
HANDLE pair_listen(DWORD open_mode, DWORD pipe_mode);

/** @brief A client's end; @p flags such as FILE_FLAG_OVERLAPPED. */
HANDLE pair_connect(DWORD flags);

/** @brief Both ends, overlapped; PIPE_TYPE_BYTE or PIPE_TYPE_MESSAGE, and
 *  then both read messages. */
struct pair pair_open(DWORD type);

void pair_close(const struct pair *pair);

/** @brief A port that hears of @p file with PAIR_KEY. */
HANDLE pair_port(HANDLE file);

/** @brief The next packet; overlapped is NULL when there is none. */
struct taken packet_take(HANDLE port);

/** @brief Whether the next packet is of @p overlapped, ended with @p error
 *  (0: success), and says so many bytes. */
bool packet_is(HANDLE port,
               const OVERLAPPED *overlapped,
               DWORD error,
               DWORD bytes);

/** @brief Whether the port is empty. */
bool packet_none(HANDLE port);

/** @brief Whether a call's FALSE came with this last error. */
bool failed(BOOL result, DWORD error);

/** @brief Whether an event or file is signaled; takes nothing. */
bool is_signaled(HANDLE handle);

/** @brief A thread, and waiting for its end. */
HANDLE thread_start(LPTHREAD_START_ROUTINE start, void *argument);
void thread_end(HANDLE thread);

#endif
