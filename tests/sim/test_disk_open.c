/**
 * @file test_disk_open.c
 * @brief Opening files: dispositions, sharing, refusals; and deleting them.
 *
 * Uses:     schedules.h, checks.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "checks.h"
#include "schedules.h"

#include <string.h>

enum { SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

static const char name[] = "C:\\Temp\\file.txt";

static HANDLE try_open(const char *path,
                       DWORD access,
                       DWORD share,
                       DWORD disposition)
{
    return CreateFileA(path, access, share, NULL, disposition, 0, NULL);
}

static HANDLE open_file(DWORD access, DWORD share, DWORD disposition)
{
    HANDLE file = try_open(name, access, share, disposition);

    sim_assert(file != INVALID_HANDLE_VALUE);
    return file;
}

static bool refused(HANDLE file, DWORD error)
{
    return file == INVALID_HANDLE_VALUE && GetLastError() == error;
}

static void write_text(HANDLE file, const char *text)
{
    DWORD bytes;

    sim_assert(WriteFile(file, text, (DWORD)strlen(text), &bytes, NULL));
}

static void make(const char *text)
{
    HANDLE file = open_file(GENERIC_WRITE, 0, CREATE_ALWAYS);

    write_text(file, text);
    check_close(file);
}

static DWORD size_of(void)
{
    HANDLE file = open_file(GENERIC_READ, SHARE_ALL, OPEN_EXISTING);
    DWORD size = GetFileSize(file, NULL);

    check_close(file);
    return size;
}

/* ---- Dispositions -------------------------------------------------------- */

static void absent_scenario(void *arg)
{
    (void)arg;
    sim_assert(refused(try_open(name, GENERIC_READ, 0, OPEN_EXISTING),
                       ERROR_FILE_NOT_FOUND));
    sim_assert(refused(try_open(name, GENERIC_WRITE, 0, TRUNCATE_EXISTING),
                       ERROR_FILE_NOT_FOUND));
    for (DWORD disposition = CREATE_NEW; disposition <= OPEN_ALWAYS;
         disposition++) {
        if (disposition == OPEN_EXISTING) {
            continue;
        }
        SetLastError(4711);
        check_close(open_file(GENERIC_WRITE, 0, disposition));
        sim_assert(GetLastError() == (disposition == CREATE_NEW ? 4711u : 0u));
        sim_assert(DeleteFileA(name));
    }
}

static void present_scenario(void *arg)
{
    (void)arg;
    make("abc");
    sim_assert(refused(try_open(name, GENERIC_READ, 0, CREATE_NEW),
                       ERROR_FILE_EXISTS));
    check_close(open_file(GENERIC_READ, 0, OPEN_EXISTING));
    check_close(open_file(GENERIC_READ, 0, OPEN_ALWAYS));
    sim_assert(GetLastError() == ERROR_ALREADY_EXISTS && size_of() == 3);
    check_close(open_file(GENERIC_WRITE, 0, TRUNCATE_EXISTING));
    sim_assert(size_of() == 0);
    make("abc");
    check_close(open_file(GENERIC_READ, 0, CREATE_ALWAYS));
    sim_assert(GetLastError() == ERROR_ALREADY_EXISTS && size_of() == 0);
    /* Emptying takes the right to write, and Windows says so at once. */
    sim_assert(refused(try_open(name, GENERIC_READ, 0, TRUNCATE_EXISTING),
                       ERROR_INVALID_PARAMETER));
    sim_assert(
        refused(try_open(name, GENERIC_READ, 0, 0), ERROR_INVALID_PARAMETER));
    sim_assert(
        refused(try_open(name, GENERIC_READ, 0, 6), ERROR_INVALID_PARAMETER));
}

static void dispositions_do_what_they_say(void **state)
{
    (void)state;
    schedules_pass(absent_scenario);
    schedules_pass(present_scenario);
}

/* ---- Paths --------------------------------------------------------------- */

static bool leads(const char *path)
{
    HANDLE file = try_open(path, GENERIC_READ, SHARE_ALL, OPEN_EXISTING);

    if (file == INVALID_HANDLE_VALUE) {
        return false;
    }
    check_close(file);
    return true;
}

static void paths_scenario(void *arg)
{
    (void)arg;
    make("abc");
    sim_assert(leads("c:/temp/FILE.TXT") && leads("\\Temp\\file.txt"));
    sim_assert(leads("..\\Temp\\.\\file.txt") && leads("C:..\\temp\\file.txt"));
    sim_assert(leads("\\\\?\\C:\\Temp\\file.txt"));
    sim_assert(leads("C:\\Temp\\file.txt. ") && !leads("C:\\Temp\\file.tx"));
    {
        /* What is missing: the name, or a folder on the way. */
        sim_assert(refused(try_open("nothing", GENERIC_READ, 0, OPEN_EXISTING),
                           ERROR_FILE_NOT_FOUND));
        sim_assert(
            refused(try_open("no\\thing", GENERIC_READ, 0, OPEN_EXISTING),
                    ERROR_PATH_NOT_FOUND));
        sim_assert(refused(
            try_open("C:\\Temp\\file.txt\\x", GENERIC_READ, 0, OPEN_EXISTING),
            ERROR_PATH_NOT_FOUND));
        sim_assert(refused(try_open("D:\\x", GENERIC_READ, 0, OPEN_EXISTING),
                           ERROR_PATH_NOT_FOUND));
        sim_assert(refused(try_open("", GENERIC_READ, 0, OPEN_EXISTING),
                           ERROR_PATH_NOT_FOUND));
    }
    {
        /* What cannot be a name. */
        sim_assert(refused(try_open("a?b", GENERIC_WRITE, 0, CREATE_NEW),
                           ERROR_INVALID_NAME));
        sim_assert(refused(try_open("a\\", GENERIC_WRITE, 0, CREATE_NEW),
                           ERROR_INVALID_NAME));
        sim_assert(refused(
            try_open("C:\\Temp\\file.txt\\", GENERIC_READ, 0, OPEN_EXISTING),
            ERROR_INVALID_NAME));
    }
    {
        /* A folder is opened by those who say that they know. */
        sim_assert(refused(try_open("C:\\Temp", GENERIC_READ, 0, OPEN_EXISTING),
                           ERROR_ACCESS_DENIED));
        sim_assert(refused(try_open("C:\\Temp", GENERIC_READ, 0, CREATE_NEW),
                           ERROR_FILE_EXISTS));
    }
}

static void paths_lead_where_windows_goes(void **state)
{
    (void)state;
    schedules_pass(paths_scenario);
}

/* ---- Sharing ------------------------------------------------------------- */

/** @brief Whether a second opening is refused while a first is open. */
static bool clash(DWORD access, DWORD share, DWORD access_2, DWORD share_2)
{
    HANDLE first = open_file(access, share, OPEN_EXISTING);
    HANDLE second = try_open(name, access_2, share_2, OPEN_EXISTING);
    bool refusal = second == INVALID_HANDLE_VALUE;

    sim_assert(!refusal || GetLastError() == ERROR_SHARING_VIOLATION);
    if (!refusal) {
        check_close(second);
    }
    check_close(first);
    return refusal;
}

static void sharing_scenario(void *arg)
{
    const DWORD read = GENERIC_READ;
    const DWORD write = GENERIC_WRITE;

    (void)arg;
    make("abc");
    /* Both must allow what the other does. */
    sim_assert(clash(read, 0, read, FILE_SHARE_READ));
    sim_assert(clash(read, FILE_SHARE_READ, read, 0));
    sim_assert(!clash(read, FILE_SHARE_READ, read, FILE_SHARE_READ));
    sim_assert(clash(read, FILE_SHARE_READ, write, FILE_SHARE_READ));
    sim_assert(!clash(read,
                      FILE_SHARE_READ | FILE_SHARE_WRITE,
                      write,
                      FILE_SHARE_READ));
    sim_assert(clash(write, FILE_SHARE_WRITE, write, FILE_SHARE_READ));
    sim_assert(clash(read, FILE_SHARE_READ, DELETE, SHARE_ALL));
    sim_assert(!clash(read, SHARE_ALL, DELETE, SHARE_ALL));
    /* Who only looks at attributes is in nobody's way. */
    sim_assert(!clash(read, 0, FILE_READ_ATTRIBUTES, 0));
    sim_assert(!clash(0, 0, read | write, 0));
    {
        /* Emptying is writing. */
        HANDLE first = open_file(read, FILE_SHARE_READ, OPEN_EXISTING);

        sim_assert(refused(try_open(name, read, SHARE_ALL, CREATE_ALWAYS),
                           ERROR_SHARING_VIOLATION));
        check_close(first);
    }
}

static void files_are_shared_by_consent(void **state)
{
    (void)state;
    schedules_pass(sharing_scenario);
}

/* ---- Deleting ------------------------------------------------------------ */

static void delete_scenario(void *arg)
{
    HANDLE file;

    (void)arg;
    make("abc");
    {
        /* Who does not share deletion forbids it. */
        file = open_file(GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
        sim_assert(check_failed(DeleteFileA(name), ERROR_SHARING_VIOLATION));
        check_close(file);
    }
    {
        /* Who does keeps the file, and nobody else can open it. */
        char in[4];
        DWORD bytes;

        file = open_file(GENERIC_READ, SHARE_ALL, OPEN_EXISTING);
        sim_assert(DeleteFileA(name));
        sim_assert(
            refused(try_open(name, GENERIC_READ, SHARE_ALL, OPEN_EXISTING),
                    ERROR_ACCESS_DENIED));
        sim_assert(refused(try_open(name, GENERIC_READ, SHARE_ALL, CREATE_NEW),
                           ERROR_ACCESS_DENIED));
        sim_assert(ReadFile(file, in, 4, &bytes, NULL) && bytes == 3);
        check_close(file);
        sim_assert(!leads(name));
    }
    {
        /* With the last handle goes what was opened to go with it. */
        HANDLE second;

        file = CreateFileA(name,
                           GENERIC_WRITE,
                           SHARE_ALL,
                           NULL,
                           CREATE_NEW,
                           FILE_FLAG_DELETE_ON_CLOSE,
                           NULL);
        second = open_file(GENERIC_READ, SHARE_ALL, OPEN_EXISTING);
        check_close(file);
        sim_assert(!leads(name));
        check_close(second);
        check_close(open_file(GENERIC_WRITE, 0, CREATE_NEW));
    }
    sim_assert(check_failed(DeleteFileA("C:\\Temp"), ERROR_ACCESS_DENIED));
}

static void read_only_scenario(void *arg)
{
    (void)arg;
    make("abc");
    sim_assert(SetFileAttributesA(name, FILE_ATTRIBUTE_READONLY));
    sim_assert(GetFileAttributesA(name) == FILE_ATTRIBUTE_READONLY);
    sim_assert(refused(try_open(name, GENERIC_WRITE, 0, OPEN_EXISTING),
                       ERROR_ACCESS_DENIED));
    sim_assert(refused(try_open(name, GENERIC_READ, 0, CREATE_ALWAYS),
                       ERROR_ACCESS_DENIED));
    sim_assert(check_failed(DeleteFileA(name), ERROR_ACCESS_DENIED));
    sim_assert(leads(name));
    sim_assert(SetFileAttributesA(name, FILE_ATTRIBUTE_HIDDEN));
    sim_assert(refused(try_open(name, GENERIC_WRITE, 0, CREATE_ALWAYS),
                       ERROR_ACCESS_DENIED));
    sim_assert(SetFileAttributesA(name, FILE_ATTRIBUTE_NORMAL));
    sim_assert(GetFileAttributesA(name) == FILE_ATTRIBUTE_NORMAL);
    sim_assert(DeleteFileA(name));
    sim_assert(GetFileAttributesA(name) == INVALID_FILE_ATTRIBUTES);
}

static void deleting_waits_for_the_last_handle(void **state)
{
    (void)state;
    schedules_pass(delete_scenario);
    schedules_pass(read_only_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dispositions_do_what_they_say),
        cmocka_unit_test(paths_lead_where_windows_goes),
        cmocka_unit_test(files_are_shared_by_consent),
        cmocka_unit_test(deleting_waits_for_the_last_handle),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
