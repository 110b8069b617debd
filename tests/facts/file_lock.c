/**
 * @file file_lock.c
 * @brief Facts about locks on bytes of a file.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    FILE-18.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

enum { KEY = 5 };

static BOOL refused(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

static BOOL lock(HANDLE file, DWORD flags, DWORD bytes, OVERLAPPED *overlapped)
{
    return LockFileEx(file, flags, 0, bytes, 0, overlapped);
}

/** @brief Read two bytes through one handle while another has a lock. */
static DWORD read_error(HANDLE file, DWORD offset)
{
    OVERLAPPED overlapped = {.Offset = offset};
    char in[2];

    return fact_end(file, ReadFile(file, in, 2, NULL, &overlapped), &overlapped)
        .error;
}

void fact_file_18(void)
{
    struct fact_file file =
        fact_file(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
    HANDLE other = fact_file_open(&file, GENERIC_READ, FILE_FLAG_OVERLAPPED);
    HANDLE waits = fact_file_open(&file,
                                  GENERIC_READ | GENERIC_WRITE,
                                  FILE_FLAG_OVERLAPPED);
    HANDLE port = fact_port(0);
    OVERLAPPED mine = {.Offset = 2};
    OVERLAPPED wanted = {.Offset = 4};
    struct fact_packet packet;

    fact_file_fill(&file, "abcdefgh", 8);
    CHECK(fact_end(file.handle,
                   lock(file.handle, LOCKFILE_EXCLUSIVE_LOCK, 4, &mine),
                   &mine)
              .error == ERROR_SUCCESS);
    /* Others cannot read there; the owner can, and others elsewhere. */
    CHECK(read_error(other, 4) == ERROR_LOCK_VIOLATION);
    CHECK(read_error(file.handle, 4) == ERROR_SUCCESS);
    CHECK(read_error(other, 0) == ERROR_SUCCESS);
    CHECK(read_error(other, 6) == ERROR_SUCCESS);
    /* Who does not want to wait is refused at once, and no packet comes. */
    fact_associate(waits, port, KEY);
    CHECK(refused(lock(waits, LOCKFILE_FAIL_IMMEDIATELY, 4, &wanted),
                  ERROR_LOCK_VIOLATION));
    CHECK(fact_packet_none(port));
    /* Who waits has a packet when the lock is his. */
    CHECK(refused(lock(waits, LOCKFILE_EXCLUSIVE_LOCK, 4, &wanted),
                  ERROR_IO_PENDING));
    CHECK(fact_packet_none(port));
    CHECK(UnlockFileEx(file.handle, 0, 4, 0, &mine));
    packet = fact_packet_take(port);
    CHECK(packet.success && packet.overlapped == &wanted);
    CHECK(read_error(other, 4) == ERROR_LOCK_VIOLATION);
    CHECK(CloseHandle(waits) && CloseHandle(other));
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}
