/**
 * @file file_refused.c
 * @brief Facts about operations on files that are refused at once.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    FILE-12, FILE-13, FILE-15, FILE-16, OVL-09.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { KEY = 5, SECTOR = 4096, TRIES = 8 };

/** @brief An address where no program has memory. */
static char *nowhere(void)
{
    static volatile ULONG_PTR address = 16;

    return (char *)address; /* NOLINT(performance-no-int-to-ptr) */
}

/** @brief Whether a call was refused with an error. */
static BOOL refused(BOOL result, DWORD error)
{
    return !result && GetLastError() == error;
}

static BOOL is_signaled(HANDLE event)
{
    return WaitForSingleObject(event, 0) == WAIT_OBJECT_0;
}

void fact_file_12(void)
{
    struct fact_file file =
        fact_file(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
    OVERLAPPED overlapped = {0};

    fact_file_fill(&file, "abc", 3);
    CHECK(refused(ReadFile(file.handle, nowhere(), 1, NULL, &overlapped),
                  ERROR_NOACCESS));
    CHECK(refused(WriteFile(file.handle, nowhere(), 1, NULL, &overlapped),
                  ERROR_INVALID_USER_BUFFER));
    /* A bad handle is reported before a bad buffer. */
    CHECK(refused(ReadFile(NULL, nowhere(), 1, NULL, &overlapped),
                  ERROR_INVALID_HANDLE));
    CHECK(refused(WriteFile(NULL, nowhere(), 1, NULL, &overlapped),
                  ERROR_INVALID_HANDLE));
    fact_file_check(&file, "abc", 3);
    fact_file_close(&file);
}

void fact_ovl_09(void)
{
    struct fact_file file =
        fact_file(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
    HANDLE event = CreateEventW(NULL, TRUE, TRUE, NULL);
    OVERLAPPED overlapped = {.hEvent = event};

    CHECK(event != NULL);
    CHECK(refused(ReadFile(file.handle, nowhere(), 1, NULL, &overlapped),
                  ERROR_NOACCESS));
    CHECK(is_signaled(event));
    CHECK(refused(WriteFile(file.handle, nowhere(), 1, NULL, &overlapped),
                  ERROR_INVALID_USER_BUFFER));
    CHECK(!is_signaled(event));
    fact_file_close(&file);
    CHECK(CloseHandle(event));
}

void fact_file_13(void)
{
    struct fact_file file =
        fact_file(GENERIC_READ | GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
    HANDLE reads = fact_file_open(&file, GENERIC_READ, FILE_FLAG_OVERLAPPED);
    HANDLE writes = fact_file_open(&file, GENERIC_WRITE, FILE_FLAG_OVERLAPPED);
    HANDLE port = fact_port(0);
    OVERLAPPED overlapped = {0};
    char in;

    fact_file_fill(&file, "abc", 3);
    fact_associate(reads, port, KEY);
    fact_associate(writes, port, KEY);
    CHECK(refused(WriteFile(reads, "x", 1, NULL, &overlapped),
                  ERROR_ACCESS_DENIED));
    CHECK(refused(ReadFile(writes, &in, 1, NULL, &overlapped),
                  ERROR_ACCESS_DENIED));
    CHECK(refused(ReadFile(NULL, &in, 1, NULL, &overlapped),
                  ERROR_INVALID_HANDLE));
    CHECK(refused(WriteFile(NULL, "x", 1, NULL, &overlapped),
                  ERROR_INVALID_HANDLE));
    CHECK(fact_packet_none(port));
    fact_file_check(&file, "abc", 3);
    CHECK(CloseHandle(reads) && CloseHandle(writes));
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}

/** @brief Check that a read that is not of whole sectors is refused. */
static void check_unaligned(HANDLE file,
                            char *at,
                            DWORD bytes,
                            OVERLAPPED *overlapped)
{
    CHECK(refused(ReadFile(file, at, bytes, NULL, overlapped),
                  ERROR_INVALID_PARAMETER));
    CHECK(refused(WriteFile(file, at, bytes, NULL, overlapped),
                  ERROR_INVALID_PARAMETER));
}

void fact_file_15(void)
{
    struct fact_file file =
        fact_file(GENERIC_READ | GENERIC_WRITE,
                  FILE_FLAG_OVERLAPPED | FILE_FLAG_NO_BUFFERING);
    HANDLE port = fact_port(0);
    char *pages = VirtualAlloc(NULL,
                               (SIZE_T)2 * SECTOR,
                               MEM_RESERVE | MEM_COMMIT,
                               PAGE_READWRITE);
    OVERLAPPED overlapped = {0};
    OVERLAPPED within = {.Offset = 1};

    CHECK(pages != NULL);
    memset(pages, 'a', SECTOR);
    fact_associate(file.handle, port, KEY);
    CHECK(fact_accepted(
        WriteFile(file.handle, pages, SECTOR, NULL, &overlapped)));
    CHECK(fact_packet_take(port).bytes == SECTOR);
    /* A read of whole sectors pends. */
    CHECK(refused(
        ReadFile(file.handle, pages + SECTOR, SECTOR, NULL, &overlapped),
        ERROR_IO_PENDING));
    CHECK(fact_packet_take(port).bytes == SECTOR);
    CHECK(pages[SECTOR] == 'a');
    /* Length, address and offset are looked at. */
    check_unaligned(file.handle, pages, 1, &overlapped);
    check_unaligned(file.handle, pages + 1, SECTOR, &overlapped);
    check_unaligned(file.handle, pages, SECTOR, &within);
    CHECK(fact_packet_none(port));
    CHECK(VirtualFree(pages, 0, MEM_RELEASE));
    fact_file_close(&file);
    CHECK(CloseHandle(port));
}

/** @brief Say which of the errors of FILE-16 a call failed with. */
static void mark_refusal(DWORD error)
{
    switch (error) {
    case ERROR_INVALID_USER_BUFFER:
        sim_mark("1784");
        break;
    case ERROR_NOT_ENOUGH_MEMORY:
        sim_mark("8");
        break;
    case ERROR_NOT_ENOUGH_QUOTA:
        sim_mark("1816");
        break;
    default:
        CHECK(error == ERROR_NO_SYSTEM_RESOURCES || error == ERROR_DISK_FULL);
        break;
    }
}

void fact_file_16(void)
{
    OVERLAPPED overlapped[TRIES] = {{0}};
    LONG accepted = 0;
    HANDLE port;
    HANDLE file;

    if (!sim_is_simulated()) {
        fact_cannot("a way to have too much outstanding");
        return;
    }
    file = CreateFileW(L"C:\\Temp\\many",
                       GENERIC_WRITE,
                       0,
                       NULL,
                       CREATE_NEW,
                       FILE_FLAG_OVERLAPPED | FILE_FLAG_DELETE_ON_CLOSE,
                       NULL);
    if (file == INVALID_HANDLE_VALUE) {
        return; /* That failed for the same reason. */
    }
    port = CreateIoCompletionPort(file, NULL, KEY, 0);
    for (int at = 0; at < TRIES && port != NULL; at++) {
        if (fact_accepted(WriteFile(file, "x", 1, NULL, &overlapped[at]))) {
            accepted++;
        } else {
            mark_refusal(GetLastError());
        }
    }
    /* As many packets as were accepted, and no more. */
    for (LONG at = 0; at < accepted; at++) {
        (void)fact_packet_take(port);
    }
    CHECK(port == NULL || fact_packet_none(port));
    CHECK(CloseHandle(file));
    CHECK(port == NULL || CloseHandle(port));
}
