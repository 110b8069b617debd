/**
 * @file test_disk_folders.c
 * @brief Folders: making, searching, moving, temporary names.
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

static void make_file(const char *path, const char *text)
{
    HANDLE file =
        CreateFileA(path, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
    DWORD bytes;

    sim_assert(file != INVALID_HANDLE_VALUE);
    sim_assert(WriteFile(file, text, (DWORD)strlen(text), &bytes, NULL));
    check_close(file);
}

static bool exists(const char *path)
{
    return GetFileAttributesA(path) != INVALID_FILE_ATTRIBUTES;
}

static HANDLE hold(const char *path, DWORD share)
{
    HANDLE file = CreateFileA(path,
                              GENERIC_READ,
                              share,
                              NULL,
                              OPEN_EXISTING,
                              FILE_FLAG_BACKUP_SEMANTICS,
                              NULL);

    sim_assert(file != INVALID_HANDLE_VALUE);
    return file;
}

/* ---- Making and removing ------------------------------------------------- */

static void folders_scenario(void *arg)
{
    (void)arg;
    sim_assert(CreateDirectoryA("one", NULL));
    sim_assert(CreateDirectoryA("one\\two\\", NULL));
    sim_assert(
        check_failed(CreateDirectoryA("ONE", NULL), ERROR_ALREADY_EXISTS));
    sim_assert(check_failed(CreateDirectoryA("three\\four", NULL),
                            ERROR_PATH_NOT_FOUND));
    sim_assert(GetFileAttributesA("one\\two") == FILE_ATTRIBUTE_DIRECTORY);
    make_file("one\\two\\file", "x");
    sim_assert(check_failed(RemoveDirectoryA("one"), ERROR_DIR_NOT_EMPTY));
    sim_assert(
        check_failed(RemoveDirectoryA("one\\two\\file"), ERROR_DIRECTORY));
    sim_assert(check_failed(RemoveDirectoryA("five"), ERROR_FILE_NOT_FOUND));
    sim_assert(DeleteFileA("one\\two\\file"));
    sim_assert(RemoveDirectoryA("one\\two") && RemoveDirectoryA("one"));
    sim_assert(!exists("one"));
    sim_assert(check_failed(RemoveDirectoryA("C:\\"), ERROR_ACCESS_DENIED));
    {
        /* A folder that is open goes with its handle, and takes no more. */
        HANDLE folder;

        sim_assert(CreateDirectoryA("six", NULL));
        folder = hold("six", FILE_SHARE_READ | FILE_SHARE_DELETE);
        sim_assert(RemoveDirectoryA("six"));
        sim_assert(CreateFileA("six\\file",
                               GENERIC_WRITE,
                               0,
                               NULL,
                               CREATE_NEW,
                               0,
                               NULL) == INVALID_HANDLE_VALUE);
        sim_assert(GetLastError() == ERROR_ACCESS_DENIED);
        check_close(folder);
        sim_assert(!exists("six"));
    }
}

static void folders_come_and_go(void **state)
{
    (void)state;
    schedules_pass(folders_scenario);
}

/* ---- Searching ----------------------------------------------------------- */

/** @brief All that a pattern finds, with commas behind. */
static const char *find(const char *pattern)
{
    static char list[256];
    WIN32_FIND_DATAA data;
    HANDLE search = FindFirstFileA(pattern, &data);

    list[0] = '\0';
    if (search == INVALID_HANDLE_VALUE) {
        return GetLastError() == ERROR_FILE_NOT_FOUND ? "none" : "refused";
    }
    do {
        (void)strcat(strcat(list, data.cFileName), ",");
    } while (FindNextFileA(search, &data));
    sim_assert(GetLastError() == ERROR_NO_MORE_FILES);
    sim_assert(FindClose(search));
    return list;
}

static void search_scenario(void *arg)
{
    WIN32_FIND_DATAA data;
    HANDLE search;

    (void)arg;
    make_file("b.txt", "12345");
    make_file("A.TXT", "");
    make_file("c.dat", "");
    sim_assert(CreateDirectoryA("dir", NULL));
    sim_assert(strcmp(find("*"), ".,..,A.TXT,b.txt,c.dat,dir,") == 0);
    sim_assert(strcmp(find("*.txt"), "A.TXT,b.txt,") == 0);
    sim_assert(strcmp(find("C:\\Work\\?.d*t"), "c.dat,") == 0);
    sim_assert(strcmp(find("dir\\*.*"), ".,..,") == 0);
    sim_assert(strcmp(find("C:\\*"), "Temp,Work,") == 0);
    sim_assert(strcmp(find("*.exe"), "none") == 0);
    sim_assert(strcmp(find("dir\\"), "none") == 0);
    sim_assert(strcmp(find("nodir\\*"), "refused") == 0);
    sim_assert(GetLastError() == ERROR_PATH_NOT_FOUND);
    {
        /* What it says of each, and files that go meanwhile. */
        search = FindFirstFileA("?.*", &data);
        sim_assert(strcmp(data.cFileName, ".") != 0);
        sim_assert(DeleteFileA("A.TXT") && FindNextFileA(search, &data));
        sim_assert(strcmp(data.cFileName, "b.txt") == 0);
        sim_assert(data.nFileSizeLow == 5);
        sim_assert(data.dwFileAttributes == FILE_ATTRIBUTE_ARCHIVE);
        sim_assert(FindClose(search));
        sim_assert(check_failed(FindClose(search), ERROR_INVALID_HANDLE));
        sim_assert(
            check_failed(FindNextFileA(NULL, &data), ERROR_INVALID_HANDLE));
    }
}

static void searches_find_what_fits(void **state)
{
    (void)state;
    schedules_rules("-17,-18,-19"); /* It uses handles that are closed. */
    schedules_pass(search_scenario);
    schedules_rules(NULL);
}

/* ---- Moving and copying -------------------------------------------------- */

static void move_scenario(void *arg)
{
    HANDLE file;

    (void)arg;
    make_file("a", "old");
    make_file("b", "new");
    sim_assert(CreateDirectoryA("dir", NULL));
    sim_assert(check_failed(MoveFileA("a", "b"), ERROR_ALREADY_EXISTS));
    sim_assert(check_failed(MoveFileA("x", "y"), ERROR_FILE_NOT_FOUND));
    sim_assert(check_failed(MoveFileA("a", "x\\y"), ERROR_PATH_NOT_FOUND));
    sim_assert(MoveFileA("a", "dir\\c") && !exists("a") && exists("dir\\C"));
    sim_assert(MoveFileExA("dir\\c", "b", MOVEFILE_REPLACE_EXISTING));
    sim_assert(!exists("dir\\c") && exists("b"));
    sim_assert(MoveFileA("b", "B"));
    sim_assert(check_failed(MoveFileExA("b", "dir", MOVEFILE_REPLACE_EXISTING),
                            ERROR_ACCESS_DENIED));
    sim_assert(check_failed(MoveFileExA("b", "c", MOVEFILE_DELAY_UNTIL_REBOOT),
                            ERROR_ACCESS_DENIED));
    sim_assert(
        check_failed(MoveFileExA("b", "c", 0x100), ERROR_INVALID_PARAMETER));
    {
        /* Open files are in the way, and so are those within a folder. */
        file = hold("b", FILE_SHARE_READ);
        sim_assert(check_failed(MoveFileA("b", "c"), ERROR_SHARING_VIOLATION));
        check_close(file);
        file = hold("b", FILE_SHARE_READ | FILE_SHARE_DELETE);
        sim_assert(MoveFileA("b", "dir\\b"));
        sim_assert(
            check_failed(MoveFileA("dir", "other"), ERROR_ACCESS_DENIED));
        check_close(file);
        sim_assert(check_failed(MoveFileA("dir", "dir\\in\\itself"),
                                ERROR_PATH_NOT_FOUND));
        sim_assert(
            check_failed(MoveFileA("dir", "dir\\self"), ERROR_ACCESS_DENIED));
        sim_assert(MoveFileA("dir", "other") && exists("other\\b"));
    }
}

static void copy_scenario(void *arg)
{
    WIN32_FILE_ATTRIBUTE_DATA data;
    HANDLE file;

    (void)arg;
    make_file("a", "some text");
    sim_assert(CopyFileA("a", "b", TRUE) && CopyFileA("a", "b", FALSE));
    sim_assert(check_failed(CopyFileA("a", "b", TRUE), ERROR_FILE_EXISTS));
    sim_assert(check_failed(CopyFileA("x", "b", TRUE), ERROR_FILE_NOT_FOUND));
    sim_assert(GetFileAttributesExA("b", GetFileExInfoStandard, &data));
    sim_assert(data.nFileSizeLow == 9 && data.nFileSizeHigh == 0);
    sim_assert(
        check_failed(GetFileAttributesExA("b", GetFileExMaxInfoLevel, &data),
                     ERROR_INVALID_PARAMETER));
    file = hold("b", FILE_SHARE_READ);
    sim_assert(
        check_failed(CopyFileA("a", "b", FALSE), ERROR_SHARING_VIOLATION));
    check_close(file);
}

static void files_can_be_moved_and_copied(void **state)
{
    (void)state;
    schedules_pass(move_scenario);
    schedules_pass(copy_scenario);
}

/* ---- Temporary files ----------------------------------------------------- */

static void temporary_scenario(void *arg)
{
    char path[MAX_PATH];
    char name[MAX_PATH];
    char second[MAX_PATH];
    UINT number;

    (void)arg;
    sim_assert(GetTempPathA(MAX_PATH, path) == 8);
    sim_assert(strcmp(path, "C:\\Temp\\") == 0);
    sim_assert(GetTempPathA(8, path) == 9);
    number = GetTempFileNameA(path, "prefix", 0, name);
    sim_assert(number != 0 && exists(name));
    sim_assert(strncmp(name, "C:\\Temp\\pre", 11) == 0);
    sim_assert(strcmp(name + strlen(name) - 4, ".tmp") == 0);
    sim_assert(GetTempFileNameA(path, "pre", 0, second) > number);
    sim_assert(strcmp(name, second) != 0);
    sim_assert(GetTempFileNameA("C:\\Temp", "x", 0x12ab, name) == 0x12ab);
    sim_assert(strcmp(name, "C:\\Temp\\x12AB.tmp") == 0 && !exists(name));
    sim_assert(GetTempFileNameA("nowhere", "x", 0, name) == 0);
    sim_assert(GetLastError() == ERROR_DIRECTORY);
}

static void temporary_names_are_free(void **state)
{
    (void)state;
    schedules_pass(temporary_scenario);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_come_and_go),
        cmocka_unit_test(searches_find_what_fits),
        cmocka_unit_test(files_can_be_moved_and_copied),
        cmocka_unit_test(temporary_names_are_free),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
