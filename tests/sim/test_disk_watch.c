/**
 * @file test_disk_watch.c
 * @brief Locks on bytes, changes in folders, and what the native calls say.
 *
 * Uses:     schedules.h, pipe_pair.h, checks.h.
 * Used by:  ctest.
 * Facts:    FILE-18, FILE-19.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "checks.h"
#include "pipe_pair.h"
#include "schedules.h"

#include <string.h>

enum { SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

static HANDLE open_file(DWORD disposition, DWORD flags)
{
    HANDLE file = CreateFileA("file",
                              GENERIC_READ | GENERIC_WRITE,
                              SHARE_ALL,
                              NULL,
                              disposition,
                              flags,
                              NULL);

    sim_assert(file != INVALID_HANDLE_VALUE);
    return file;
}

/* ---- Locks --------------------------------------------------------------- */

static BOOL lock(HANDLE file, DWORD flags, DWORD at, DWORD bytes)
{
    OVERLAPPED overlapped = {.Offset = at};

    return LockFileEx(file, flags, 0, bytes, 0, &overlapped);
}

static void lock_rules_scenario(void *arg)
{
    const DWORD shared = LOCKFILE_FAIL_IMMEDIATELY;
    const DWORD exclusive = shared | LOCKFILE_EXCLUSIVE_LOCK;
    HANDLE one = open_file(CREATE_NEW, 0);
    HANDLE two = open_file(OPEN_EXISTING, 0);
    char in[4];
    DWORD bytes;

    (void)arg;
    sim_assert(WriteFile(one, "abcdefgh", 8, &bytes, NULL));
    {
        /* Shared locks overlap; nobody writes there, the owner neither. */
        sim_assert(lock(one, shared, 0, 4) && lock(two, shared, 2, 4));
        sim_assert(
            check_failed(lock(two, exclusive, 0, 1), ERROR_LOCK_VIOLATION));
        sim_assert(SetFilePointer(one, 0, NULL, FILE_BEGIN) == 0);
        sim_assert(check_failed(WriteFile(one, "x", 1, &bytes, NULL),
                                ERROR_LOCK_VIOLATION));
        sim_assert(ReadFile(two, in, 4, &bytes, NULL) && bytes == 4);
        sim_assert(UnlockFile(one, 0, 0, 4, 0));
        sim_assert(check_failed(UnlockFile(one, 0, 0, 4, 0), ERROR_NOT_LOCKED));
        sim_assert(check_failed(UnlockFile(one, 2, 0, 4, 0), ERROR_NOT_LOCKED));
        sim_assert(UnlockFile(two, 2, 0, 4, 0));
    }
    {
        /* An exclusive one is in everybody's way, but the owner writes. */
        sim_assert(LockFile(one, 100, 0, 0xffffffff, 0xfffffff0));
        sim_assert(
            check_failed(lock(one, shared, 200, 1), ERROR_LOCK_VIOLATION));
        sim_assert(lock(two, exclusive, 0, 100));
        sim_assert(SetFilePointer(one, 150, NULL, FILE_BEGIN) == 150);
        sim_assert(WriteFile(one, "x", 1, &bytes, NULL));
        sim_assert(
            check_failed(lock(two, exclusive, 99, 2), ERROR_LOCK_VIOLATION));
        /* Of nothing there can be any number, */
        sim_assert(lock(two, exclusive, 150, 0) && lock(one, exclusive, 1, 0));
        /* beyond the last offset there are none. */
        sim_assert(check_failed(LockFile(two, 1, 0xffffffff, 0, 2),
                                ERROR_INVALID_LOCK_RANGE));
    }
    {
        /* Closing a file unlocks what it had. */
        check_close(one);
        sim_assert(lock(two, exclusive, 200, 1));
        sim_assert(
            check_failed(lock(NULL, exclusive, 200, 1), ERROR_INVALID_HANDLE));
    }
    check_close(two);
}

static DWORD WINAPI lock_blocking(void *file)
{
    return lock(file, LOCKFILE_EXCLUSIVE_LOCK, 0, 4) ? 0 : GetLastError();
}

static void lock_waits_scenario(void *arg)
{
    HANDLE one = open_file(CREATE_NEW, 0);
    HANDLE two = open_file(OPEN_EXISTING, 0);
    HANDLE three = open_file(OPEN_EXISTING, FILE_FLAG_OVERLAPPED);
    OVERLAPPED waiting = {0};
    HANDLE thread;

    (void)arg;
    sim_assert(LockFile(one, 0, 0, 4, 0));
    thread = check_thread(lock_blocking, two);
    sim_settle();
    sim_assert(
        failed(LockFileEx(three, 0, 0, 2, 0, &waiting), ERROR_IO_PENDING));
    /* First come, first served; the second waits for the first. */
    sim_assert(UnlockFile(one, 0, 0, 4, 0));
    sim_assert(WaitForSingleObject(thread, INFINITE) == WAIT_OBJECT_0);
    sim_assert(check_exit_code(thread) == 0);
    sim_assert(!HasOverlappedIoCompleted(&waiting));
    sim_assert(CancelIoEx(three, &waiting));
    sim_assert(waiting.Internal == (ULONG)STATUS_CANCELLED);
    sim_assert(
        failed(LockFileEx(three, 0, 0, 2, 0, &waiting), ERROR_IO_PENDING));
    check_close(two);
    sim_assert(waiting.Internal == STATUS_SUCCESS);
    check_close(thread);
    check_close(one);
    check_close(three);
}

static void locks_keep_others_away(void **state)
{
    (void)state;
    schedules_pass(lock_rules_scenario);
    schedules_pass(lock_waits_scenario);
}

/* ---- Changes ------------------------------------------------------------- */

static HANDLE open_folder(const char *path, DWORD flags)
{
    HANDLE folder = CreateFileA(path,
                                FILE_LIST_DIRECTORY,
                                SHARE_ALL,
                                NULL,
                                OPEN_EXISTING,
                                FILE_FLAG_BACKUP_SEMANTICS | flags,
                                NULL);

    sim_assert(folder != INVALID_HANDLE_VALUE);
    return folder;
}

static DWORD buffer[256];

/** @brief Records of the buffer as text: "action name," for each. */
static const char *records(void)
{
    static char text[256];
    const char *at = (const char *)buffer;
    size_t used = 0;

    /* BOUND: the last record says that it is. */
    for (;;) {
        FILE_NOTIFY_INFORMATION record;
        WCHAR letter;

        memcpy(&record, at, sizeof record);
        text[used++] = (char)('0' + record.Action);
        for (DWORD done = 0; done < record.FileNameLength;
             done += sizeof letter) {
            memcpy(&letter,
                   at + offsetof(FILE_NOTIFY_INFORMATION, FileName) + done,
                   sizeof letter);
            text[used++] = (char)letter;
        }
        text[used++] = ',';
        text[used] = '\0';
        if (record.NextEntryOffset == 0) {
            return text;
        }
        at += record.NextEntryOffset;
    }
}

static BOOL watch(HANDLE folder, bool subtree, OVERLAPPED *overlapped)
{
    return ReadDirectoryChangesW(
        folder,
        buffer,
        sizeof buffer,
        subtree,
        FILE_NOTIFY_CHANGE_FILE_NAME | FILE_NOTIFY_CHANGE_DIR_NAME |
            FILE_NOTIFY_CHANGE_SIZE | FILE_NOTIFY_CHANGE_ATTRIBUTES,
        NULL,
        overlapped,
        NULL);
}

static void changes_scenario(void *arg)
{
    HANDLE folder = open_folder("C:\\Work", FILE_FLAG_OVERLAPPED);
    OVERLAPPED overlapped = {0};

    (void)arg;
    sim_assert(CreateDirectoryA("sub", NULL));
    SetLastError(4711);
    sim_assert(watch(folder, true, &overlapped) && GetLastError() == 4711);
    sim_assert(!HasOverlappedIoCompleted(&overlapped));
    check_close(open_file(CREATE_NEW, 0));
    sim_assert(overlapped.Internal == STATUS_SUCCESS);
    sim_assert(strcmp(records(), "1file,") == 0);
    {
        /* Between two questions changes are collected. */
        sim_assert(SetFileAttributesA("file", FILE_ATTRIBUTE_HIDDEN));
        sim_assert(MoveFileA("file", "sub\\name"));
        sim_assert(MoveFileA("sub\\name", "sub\\other"));
        sim_assert(watch(folder, true, &overlapped));
        sim_assert(overlapped.Internal == STATUS_SUCCESS);
        sim_assert(strcmp(records(),
                          "3file,2file,1sub\\name,4sub\\name,"
                          "5sub\\other,") == 0);
    }
    {
        /* Both names of a renamed file come together. */
        sim_assert(watch(folder, true, &overlapped));
        sim_assert(MoveFileA("sub\\other", "sub\\third"));
        sim_assert(strcmp(records(), "4sub\\other,5sub\\third,") == 0);
    }
    {
        /* Closing ends a question with a success of its own. */
        sim_assert(watch(folder, true, &overlapped));
        check_close(folder);
        sim_assert(overlapped.Internal == STATUS_NOTIFY_CLEANUP);
    }
}

static void narrow_watch_scenario(void *arg)
{
    HANDLE folder;
    HANDLE port;
    OVERLAPPED overlapped = {0};

    (void)arg;
    sim_assert(CreateDirectoryA("sub", NULL));
    sim_assert(CreateDirectoryA("sub\\deep", NULL));
    folder = open_folder("sub", FILE_FLAG_OVERLAPPED);
    port = pair_port(folder);
    {
        /* Not what happens deeper, or elsewhere. */
        sim_assert(watch(folder, false, &overlapped));
        sim_assert(CreateDirectoryA("sub\\deep\\er", NULL));
        check_close(open_file(CREATE_NEW, 0));
        sim_assert(packet_none(port));
        sim_assert(CancelIoEx(folder, &overlapped));
        sim_assert(packet_take(port).error == ERROR_OPERATION_ABORTED);
    }
    {
        /* Deleting the folder itself. */
        sim_assert(RemoveDirectoryA("sub\\deep\\er"));
        sim_assert(RemoveDirectoryA("sub\\deep"));
        sim_assert(watch(folder, false, &overlapped));
        sim_assert(packet_take(port).ok);
        sim_assert(watch(folder, false, &overlapped));
        sim_assert(RemoveDirectoryA("sub"));
        sim_assert(packet_take(port).error == ERROR_ACCESS_DENIED);
    }
    {
        /* What cannot be asked. */
        sim_assert(failed(ReadDirectoryChangesW(folder,
                                                buffer,
                                                4,
                                                FALSE,
                                                0,
                                                NULL,
                                                &overlapped,
                                                NULL),
                          ERROR_INVALID_PARAMETER));
        sim_assert(failed(ReadDirectoryChangesW(folder,
                                                (char *)buffer + 1,
                                                4,
                                                FALSE,
                                                1,
                                                NULL,
                                                &overlapped,
                                                NULL),
                          ERROR_NOACCESS));
    }
    check_close(folder);
    check_close(port);
}

static void changes_are_told(void **state)
{
    (void)state;
    schedules_pass(changes_scenario);
    schedules_pass(narrow_watch_scenario);
}

/* ---- Native calls -------------------------------------------------------- */

static void native_scenario(void *arg)
{
    HANDLE file = open_file(CREATE_NEW, 0);
    IO_STATUS_BLOCK block;
    LARGE_INTEGER number = {.QuadPart = 5};
    struct {
        LARGE_INTEGER allocated;
        LARGE_INTEGER size;
        ULONG links;
        BOOLEAN delete_pending;
        BOOLEAN folder;
    } standard;

    (void)arg;
    sim_assert(NtSetInformationFile(file,
                                    &block,
                                    &number,
                                    sizeof number,
                                    FileEndOfFileInformation) ==
               STATUS_SUCCESS);
    sim_assert(NtQueryInformationFile(file,
                                      &block,
                                      &standard,
                                      sizeof standard,
                                      FileStandardInformation) ==
               STATUS_SUCCESS);
    sim_assert(standard.size.QuadPart == 5 && standard.links == 1);
    sim_assert(standard.allocated.QuadPart == 4096 && !standard.folder);
    sim_assert(NtSetInformationFile(file,
                                    &block,
                                    &number,
                                    sizeof number,
                                    FilePositionInformation) == STATUS_SUCCESS);
    sim_assert(SetFilePointer(file, 0, NULL, FILE_CURRENT) == 5);
    number.QuadPart = -1;
    sim_assert(NtSetInformationFile(file,
                                    &block,
                                    &number,
                                    sizeof number,
                                    FileEndOfFileInformation) ==
               STATUS_INVALID_PARAMETER);
    sim_assert(NtSetInformationFile(file,
                                    &block,
                                    &number,
                                    sizeof number,
                                    FileDispositionInformation) ==
               STATUS_ACCESS_DENIED);
    sim_assert(NtQueryInformationFile(file,
                                      &block,
                                      &number,
                                      sizeof number,
                                      FileEndOfFileInformation) ==
               STATUS_INVALID_INFO_CLASS);
    check_close(file);
}

static void native_calls_know_disk_files(void **state)
{
    (void)state;
    schedules_pass(native_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(locks_keep_others_away),
        cmocka_unit_test(changes_are_told),
        cmocka_unit_test(native_calls_know_disk_files),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
