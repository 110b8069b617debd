/**
 * @file test_disk_files.c
 * @brief Files of the disk: reading, writing, ends, positions, a full disk.
 *
 * Uses:     schedules.h, checks.h, sim_disk.h.
 * Used by:  ctest.
 * Facts:    FILE-01, FILE-02, FILE-03, FILE-05, FILE-06, FILE-09, FILE-17,
 *           CANCEL-14.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "checks.h"
#include "schedules.h"
#include "sim_disk.h"

#include <string.h>

enum { BLOCK = 5000, BLOCKS = 8 };

static HANDLE open_file(const char *path, DWORD disposition, DWORD flags)
{
    HANDLE file = CreateFileA(path,
                              GENERIC_READ | GENERIC_WRITE,
                              FILE_SHARE_READ,
                              NULL,
                              disposition,
                              flags,
                              NULL);

    sim_assert(file != INVALID_HANDLE_VALUE);
    return file;
}

static bool pends_or_done(BOOL result)
{
    return result || GetLastError() == ERROR_IO_PENDING;
}

static uint64_t size_of(HANDLE file)
{
    LARGE_INTEGER size;

    sim_assert(GetFileSizeEx(file, &size));
    return (uint64_t)size.QuadPart;
}

/* ---- Overlapped ---------------------------------------------------------- */

/** @brief Eight writes at once, each of a letter of its own. */
static void write_blocks(HANDLE file, HANDLE port)
{
    static char out[BLOCKS][BLOCK];
    OVERLAPPED overlapped[BLOCKS] = {{0}};

    for (int at = 0; at < BLOCKS; at++) {
        memset(out[at], 'a' + at, BLOCK);
        overlapped[at].Offset = (DWORD)at * BLOCK;
        sim_assert(pends_or_done(
            WriteFile(file, out[at], BLOCK, NULL, &overlapped[at])));
    }
    for (int at = 0; at < BLOCKS; at++) {
        OVERLAPPED *done;
        ULONG_PTR key;
        DWORD bytes;

        sim_assert(
            GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE));
        sim_assert(bytes == BLOCK && key == 7);
        if (at == 0 && done != &overlapped[0]) {
            sim_mark("overtaken");
        }
    }
}

/** @brief Eight reads at once; what they bring is what was written. */
static void read_blocks(HANDLE file, HANDLE port)
{
    static char in[BLOCKS][BLOCK];
    OVERLAPPED overlapped[BLOCKS] = {{0}};

    memset(in, 0, sizeof in);
    for (int at = 0; at < BLOCKS; at++) {
        BOOL result;

        overlapped[at].Offset = (DWORD)at * BLOCK;
        result = ReadFile(file, in[at], BLOCK, NULL, &overlapped[at]);
        sim_assert(pends_or_done(result));
        sim_mark(result ? "at once" : "pending");
    }
    for (int at = 0; at < BLOCKS; at++) {
        OVERLAPPED *done;
        ULONG_PTR key;
        DWORD bytes;
        const char *block;

        sim_assert(
            GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE));
        block = in[done - overlapped];
        sim_assert(bytes == BLOCK);
        sim_assert(block[0] == 'a' + (done - overlapped));
        sim_assert(block[BLOCK - 1] == block[0]);
    }
}

static void overlapped_scenario(void *arg)
{
    HANDLE file =
        open_file("C:\\Temp\\a.bin", CREATE_NEW, FILE_FLAG_OVERLAPPED);
    HANDLE port = CreateIoCompletionPort(file, NULL, 7, 0);

    (void)arg;
    write_blocks(file, port);
    sim_assert(size_of(file) == BLOCK * BLOCKS);
    read_blocks(file, port);
    check_close(file);
    check_close(port);
    sim_assert(DeleteFileA("C:\\Temp\\a.bin"));
    sim_assert(
        check_failed(DeleteFileA("C:\\Temp\\a.bin"), ERROR_FILE_NOT_FOUND));
}

static void overlapped_files_work(void **state)
{
    static const char *const marks[] = {"overtaken",
                                        "at once",
                                        "pending",
                                        NULL};

    (void)state;
    schedules_reach(overlapped_scenario, marks);
}

static DWORD routine_bytes;

static void WINAPI note_bytes(DWORD error, DWORD bytes, LPOVERLAPPED overlapped)
{
    sim_assert(error == 0 && overlapped->Offset == 3);
    routine_bytes = bytes;
}

static void routine_scenario(void *arg)
{
    HANDLE file = open_file("a.txt", CREATE_NEW, FILE_FLAG_OVERLAPPED);
    OVERLAPPED overlapped = {.Offset = 3};
    char in[8];

    (void)arg;
    routine_bytes = 0;
    sim_assert(WriteFileEx(file, "abcd", 4, &overlapped, note_bytes));
    sim_assert(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    sim_assert(routine_bytes == 4 && size_of(file) == 7);
    sim_assert(ReadFileEx(file, in, 2, &overlapped, note_bytes));
    sim_assert(SleepEx(INFINITE, TRUE) == WAIT_IO_COMPLETION);
    sim_assert(routine_bytes == 2 && memcmp(in, "ab", 2) == 0);
    check_close(file);
}

static void routines_are_called(void **state)
{
    (void)state;
    schedules_pass(routine_scenario);
}

/* ---- One after another --------------------------------------------------- */

static LONGLONG seek(HANDLE file, LONGLONG distance, DWORD method)
{
    LARGE_INTEGER wanted = {.QuadPart = distance};
    LARGE_INTEGER found;

    return SetFilePointerEx(file, wanted, &found, method) ? found.QuadPart : -1;
}

static void positions_scenario(void *arg)
{
    HANDLE file = open_file("a.txt", CREATE_NEW, 0);
    char in[8];
    LONG high = 0;
    DWORD bytes;

    (void)arg;
    sim_assert(WriteFile(file, "abcdefgh", 8, &bytes, NULL) && bytes == 8);
    sim_assert(seek(file, 0, FILE_CURRENT) == 8);
    sim_assert(ReadFile(file, in, 8, &bytes, NULL) && bytes == 0);
    sim_assert(seek(file, -3, FILE_END) == 5);
    sim_assert(ReadFile(file, in, 8, &bytes, NULL) && bytes == 3);
    sim_assert(memcmp(in, "fgh", 3) == 0);
    {
        /* Positions that cannot be. */
        sim_assert(seek(file, -1, FILE_BEGIN) == -1);
        sim_assert(GetLastError() == ERROR_NEGATIVE_SEEK);
        sim_assert(seek(file, 0, 3) == -1);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
        sim_assert(SetFilePointer(file, 0, NULL, FILE_CURRENT) == 8);
        sim_assert(SetFilePointer(file, -8, NULL, FILE_CURRENT) == 0);
        sim_assert(SetFilePointer(file, -1, NULL, FILE_CURRENT) ==
                   INVALID_SET_FILE_POINTER);
        high = 1;
        sim_assert(SetFilePointer(file, 2, &high, FILE_BEGIN) == 2);
        sim_assert(seek(file, 0, FILE_CURRENT) == ((LONGLONG)1 << 32) + 2);
        sim_assert(SetFilePointer(file, 0, NULL, FILE_CURRENT) ==
                   INVALID_SET_FILE_POINTER);
        sim_assert(GetLastError() == ERROR_INVALID_PARAMETER);
    }
    {
        /* Shorter and longer: what was cut off is gone. */
        sim_assert(seek(file, 2, FILE_BEGIN) == 2 && SetEndOfFile(file));
        sim_assert(size_of(file) == 2);
        sim_assert(seek(file, 6, FILE_BEGIN) == 6 && SetEndOfFile(file));
        sim_assert(seek(file, 0, FILE_BEGIN) == 0);
        sim_assert(ReadFile(file, in, 8, &bytes, NULL) && bytes == 6);
        sim_assert(memcmp(in, "ab\0\0\0\0", 6) == 0);
    }
    sim_assert(GetFileType(file) == FILE_TYPE_DISK);
    check_close(file);
    sim_assert(check_failed(SetEndOfFile(file), ERROR_INVALID_HANDLE));
}

static void far_scenario(void *arg)
{
    HANDLE file = open_file("far.bin", CREATE_NEW, FILE_FLAG_OVERLAPPED);
    HANDLE event = check_event(TRUE, FALSE);
    OVERLAPPED far_away = {.OffsetHigh = 1, .Offset = 5, .hEvent = event};
    OVERLAPPED nowhere = {.OffsetHigh = 0x7fffffff, .hEvent = event};
    BY_HANDLE_FILE_INFORMATION information;
    DWORD bytes;
    char in = '?';

    (void)arg;
    sim_assert(pends_or_done(WriteFile(file, "x", 1, NULL, &far_away)));
    sim_assert(GetOverlappedResult(file, &far_away, &bytes, TRUE));
    sim_assert(size_of(file) == ((uint64_t)1 << 32) + 6);
    sim_assert(pends_or_done(ReadFile(file, &in, 1, NULL, &far_away)));
    sim_assert(GetOverlappedResult(file, &far_away, &bytes, TRUE) && in == 'x');
    far_away.OffsetHigh = 0;
    sim_assert(pends_or_done(ReadFile(file, &in, 1, NULL, &far_away)));
    sim_assert(GetOverlappedResult(file, &far_away, &bytes, TRUE) && in == 0);
    sim_assert(GetFileInformationByHandle(file, &information));
    sim_assert(information.nFileSizeHigh == 1 && information.nFileSizeLow == 6);
    /* No disk is so large. */
    if (pends_or_done(WriteFile(file, "x", 1, NULL, &nowhere))) {
        sim_assert(!GetOverlappedResult(file, &nowhere, &bytes, TRUE));
    }
    sim_assert(GetLastError() == ERROR_DISK_FULL);
    check_close(file);
    check_close(event);
}

static void positions_and_sizes(void **state)
{
    (void)state;
    schedules_rules("-17,-18,-19"); /* It uses handles that are closed. */
    schedules_pass(positions_scenario);
    schedules_rules(NULL);
    schedules_pass(far_scenario);
}

/* ---- A full disk --------------------------------------------------------- */

static void full_scenario(void *arg)
{
    HANDLE file = open_file("a.bin", CREATE_NEW, 0);
    HANDLE other = open_file("b.bin", CREATE_NEW, 0);
    static char out[8192];
    ULARGE_INTEGER available;
    DWORD bytes = 99;

    (void)arg;
    sim_disk_set_capacity(12288);
    sim_assert(WriteFile(file, out, 8192, &bytes, NULL) && bytes == 8192);
    sim_assert(WriteFile(other, out, 1, &bytes, NULL) && bytes == 1);
    sim_assert(GetDiskFreeSpaceExA(NULL, &available, NULL, NULL));
    sim_assert(available.QuadPart == 0);
    /* Within the last cluster there is room, */
    sim_assert(WriteFile(other, out, 4095, &bytes, NULL) && bytes == 4095);
    /* beyond it there is none, and nothing is written. */
    bytes = 99;
    sim_assert(
        check_failed(WriteFile(other, out, 1, &bytes, NULL), ERROR_DISK_FULL));
    sim_assert(bytes == 0 && size_of(other) == 4096);
    sim_assert(seek(file, 8193, FILE_BEGIN) == 8193);
    sim_assert(check_failed(SetEndOfFile(file), ERROR_DISK_FULL));
    /* What is deleted makes room. */
    check_close(file);
    sim_assert(DeleteFileA("a.bin"));
    sim_assert(WriteFile(other, out, 8192, &bytes, NULL) && bytes == 8192);
    check_close(other);
    sim_assert(
        check_failed(CopyFileA("b.bin", "c.bin", TRUE), ERROR_DISK_FULL));
    sim_assert(GetFileAttributesA("c.bin") == INVALID_FILE_ATTRIBUTES);
}

static void a_disk_can_be_full(void **state)
{
    (void)state;
    schedules_pass(full_scenario);
}

/* ---- Cancelling and leaving ---------------------------------------------- */

static char left_in[8];
static OVERLAPPED left;

static DWORD WINAPI read_and_leave(void *file)
{
    sim_assert(pends_or_done(ReadFile(file, left_in, 4, NULL, &left)));
    return 0;
}

static DWORD WINAPI read_blocking(void *file)
{
    char in[8];
    DWORD bytes;

    return ReadFile(file, in, 4, &bytes, NULL) ? 0 : GetLastError();
}

/** @brief The operations of a thread that ends are over before it is. */
static void exit_scenario(void *arg)
{
    HANDLE file = open_file("a.txt", CREATE_NEW, FILE_FLAG_OVERLAPPED);
    OVERLAPPED write = {0};
    DWORD bytes;

    (void)arg;
    left = (OVERLAPPED){0};
    sim_assert(pends_or_done(WriteFile(file, "abcd", 4, NULL, &write)));
    sim_assert(GetOverlappedResult(file, &write, &bytes, TRUE));
    check_join(check_thread(read_and_leave, file));
    sim_assert(HasOverlappedIoCompleted(&left));
    if (GetOverlappedResult(file, &left, &bytes, FALSE)) {
        sim_assert(bytes == 4 && memcmp(left_in, "abcd", 4) == 0);
        sim_mark("finished");
    } else {
        sim_assert(GetLastError() == ERROR_OPERATION_ABORTED);
        sim_mark("cancelled");
    }
    check_close(file);
}

static void kill_scenario(void *arg)
{
    HANDLE file = open_file("a.txt", CREATE_NEW, 0);
    HANDLE thread;
    DWORD bytes;

    (void)arg;
    sim_assert(WriteFile(file, "abcdefgh", 8, &bytes, NULL));
    sim_assert(seek(file, 0, FILE_BEGIN) == 0);
    thread = check_thread(read_blocking, file);
    sim_assert(TerminateThread(thread, 5));
    check_join(thread);
    /* The file's turn has been passed on. */
    sim_assert(read_blocking(file) == 0);
    check_close(file);
}

static void cancel_blocked_scenario(void *arg)
{
    HANDLE file = open_file("a.txt", CREATE_NEW, 0);
    HANDLE thread;
    DWORD bytes;
    DWORD code;

    (void)arg;
    sim_assert(WriteFile(file, "abcd", 4, &bytes, NULL));
    sim_assert(seek(file, 0, FILE_BEGIN) == 0);
    thread = check_thread(read_blocking, file);
    if (CancelSynchronousIo(thread)) {
        sim_mark("asked");
    } else {
        sim_assert(GetLastError() == ERROR_NOT_FOUND);
    }
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    code = check_exit_code(thread);
    sim_assert(code == 0 || code == ERROR_OPERATION_ABORTED);
    sim_mark(code == 0 ? "finished" : "cancelled");
    check_close(thread);
    check_close(file);
}

static void what_is_left_behind(void **state)
{
    static const char *const ends[] = {"finished", "cancelled", NULL};
    static const char *const asks[] = {"asked", "finished", "cancelled", NULL};

    (void)state;
    schedules_reach(exit_scenario, ends);
    schedules_pass(kill_scenario);
    schedules_reach(cancel_blocked_scenario, asks);
}

/** @brief The last handle is closed with a read on its way. */
static void close_scenario(void *arg)
{
    HANDLE file = open_file("a.txt", CREATE_NEW, FILE_FLAG_OVERLAPPED);
    HANDLE port = CreateIoCompletionPort(file, NULL, 7, 0);
    OVERLAPPED write = {0};
    OVERLAPPED *done;
    ULONG_PTR key;
    DWORD bytes;

    (void)arg;
    sim_assert(pends_or_done(WriteFile(file, "abcd", 4, NULL, &write)));
    check_close(file);
    sim_assert(DeleteFileA("a.txt"));
    if (!GetQueuedCompletionStatus(port, &bytes, &key, &done, INFINITE)) {
        sim_assert(GetLastError() == ERROR_OPERATION_ABORTED);
        sim_mark("cancelled");
    } else {
        sim_mark("finished");
    }
    sim_assert(done == &write && key == 7);
    check_close(port);
}

static void closing_leaves_a_packet(void **state)
{
    static const char *const ends[] = {"finished", "cancelled", NULL};

    (void)state;
    schedules_reach(close_scenario, ends);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(overlapped_files_work),
        cmocka_unit_test(routines_are_called),
        cmocka_unit_test(positions_and_sizes),
        cmocka_unit_test(a_disk_can_be_full),
        cmocka_unit_test(what_is_left_behind),
        cmocka_unit_test(closing_leaves_a_packet),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
