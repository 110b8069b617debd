/**
 * @file fact_file.c
 * @brief A file of the disk for fact tests.
 *
 * Uses:     fact.h.
 * Used by:  the fact tests of disk files.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>
#include <wchar.h>

enum {
    FILES_MAX = 64,
    CHECK_MAX = 4096,
    SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE
};

struct fact_file fact_file(DWORD access, DWORD flags)
{
    struct fact_file file = {.handle = INVALID_HANDLE_VALUE};
    WCHAR folder[MAX_PATH];

    CHECK(GetTempPathW(MAX_PATH, folder) < MAX_PATH - 40);
    for (unsigned number = 1;
         number <= FILES_MAX && file.handle == INVALID_HANDLE_VALUE;
         number++) {
        (void)swprintf(file.path,
                       MAX_PATH,
                       L"%lsdryport-fact-%u-%u",
                       folder,
                       (unsigned)GetCurrentProcessId(),
                       number);
        file.handle = CreateFileW(file.path,
                                  access,
                                  SHARE_ALL,
                                  NULL,
                                  CREATE_NEW,
                                  flags | FILE_FLAG_DELETE_ON_CLOSE,
                                  NULL);
    }
    CHECK(file.handle != INVALID_HANDLE_VALUE);
    return file;
}

HANDLE fact_file_open(const struct fact_file *file, DWORD access, DWORD flags)
{
    HANDLE handle = CreateFileW(file->path,
                                access,
                                SHARE_ALL,
                                NULL,
                                OPEN_EXISTING,
                                flags,
                                NULL);

    CHECK(handle != INVALID_HANDLE_VALUE);
    return handle;
}

void fact_file_fill(const struct fact_file *file,
                    const void *bytes,
                    DWORD count)
{
    HANDLE handle = fact_file_open(file, GENERIC_WRITE, 0);
    DWORD written;

    CHECK(SetEndOfFile(handle));
    CHECK(WriteFile(handle, bytes, count, &written, NULL) && written == count);
    CHECK(CloseHandle(handle));
}

void fact_file_check(const struct fact_file *file,
                     const void *bytes,
                     DWORD count)
{
    static char in[CHECK_MAX];
    HANDLE handle = fact_file_open(file, GENERIC_READ, 0);
    DWORD got;

    CHECK(count < CHECK_MAX);
    CHECK(ReadFile(handle, in, CHECK_MAX, &got, NULL) && got == count);
    CHECK(memcmp(in, bytes, count) == 0);
    CHECK(CloseHandle(handle));
}

void fact_file_close(struct fact_file *file)
{
    CHECK(CloseHandle(file->handle));
    file->handle = NULL;
}

struct fact_end fact_end(HANDLE file, BOOL result, OVERLAPPED *overlapped)
{
    struct fact_end end = {0};

    if (!result && GetLastError() != ERROR_IO_PENDING) {
        end.error = GetLastError();
        return end;
    }
    if (!GetOverlappedResult(file, overlapped, &end.bytes, TRUE)) {
        end.error = GetLastError();
    }
    return end;
}

BOOL fact_accepted(BOOL result)
{
    return result || GetLastError() == ERROR_IO_PENDING;
}
