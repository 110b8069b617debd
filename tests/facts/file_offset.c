/**
 * @file file_offset.c
 * @brief Facts about where in a file an operation reads or writes.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    FILE-07, FILE-08, FILE-09, FILE-10, FILE-11, OVL-07.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { ROOM = 16 };

static const char text[] = "abcdefgh";
enum { TEXT_BYTES = 8 };

static struct fact_file open_file(DWORD flags)
{
    struct fact_file file = fact_file(GENERIC_READ | GENERIC_WRITE, flags);

    fact_file_fill(&file, text, TEXT_BYTES);
    return file;
}

/** @brief Where a file's pointer is. */
static LONGLONG pointer_of(HANDLE file)
{
    LARGE_INTEGER here = {.QuadPart = 0};
    LARGE_INTEGER found;

    CHECK(SetFilePointerEx(file, here, &found, FILE_CURRENT));
    return found.QuadPart;
}

static void set_pointer(HANDLE file, LONGLONG position)
{
    LARGE_INTEGER wanted = {.QuadPart = position};

    CHECK(SetFilePointerEx(file, wanted, NULL, FILE_BEGIN));
}

void fact_file_07(void)
{
    struct fact_file file = open_file(FILE_FLAG_OVERLAPPED);
    DWORD bytes = 99;
    char in;

    CHECK(!ReadFile(file.handle, &in, 1, &bytes, NULL));
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER && bytes == 0);
    bytes = 99;
    CHECK(!WriteFile(file.handle, "x", 1, &bytes, NULL));
    CHECK(GetLastError() == ERROR_INVALID_PARAMETER && bytes == 0);
    fact_file_check(&file, text, TEXT_BYTES);
    fact_file_close(&file);
}

/* ---- Special offsets ----------------------------------------------------- */

/** @brief Read one byte at an offset; '?' when it is refused. */
static char read_at(HANDLE file, LONGLONG at)
{
    struct fact_native native = fact_native();
    LARGE_INTEGER offset = {.QuadPart = at};
    IO_STATUS_BLOCK block = {.Status = STATUS_PENDING};
    char in = '?';
    NTSTATUS status =
        native.read_file(file, NULL, NULL, NULL, &block, &in, 1, &offset, NULL);

    CHECK(status == STATUS_SUCCESS || status == STATUS_INVALID_PARAMETER);
    return in;
}

/** @brief Write one byte at an offset; FALSE when it is refused. */
static BOOL write_at(HANDLE file, LONGLONG at)
{
    struct fact_native native = fact_native();
    LARGE_INTEGER offset = {.QuadPart = at};
    IO_STATUS_BLOCK block = {.Status = STATUS_PENDING};
    char out = '!';
    NTSTATUS status =
        native
            .write_file(file, NULL, NULL, NULL, &block, &out, 1, &offset, NULL);

    CHECK(status == STATUS_SUCCESS || status == STATUS_INVALID_PARAMETER);
    return status == STATUS_SUCCESS;
}

void fact_file_08(void)
{
    struct fact_file file = open_file(0);
    HANDLE overlapped = fact_file_open(&file,
                                       GENERIC_READ | GENERIC_WRITE,
                                       FILE_FLAG_OVERLAPPED);

    /* Negative offsets are refused, whatever the handle. */
    for (LONGLONG at = -3; at >= -6; at--) {
        CHECK(read_at(file.handle, at) == '?' && !write_at(file.handle, at));
        CHECK(read_at(overlapped, at) == '?' && !write_at(overlapped, at));
    }
    /* -1 is for writes alone. */
    CHECK(read_at(file.handle, -1) == '?' && read_at(overlapped, -1) == '?');
    CHECK(write_at(file.handle, -1));
    fact_file_check(&file, "abcdefgh!", 9);
    /* -2 is the file pointer, which an overlapped handle has no use for. */
    CHECK(read_at(overlapped, -2) == '?' && !write_at(overlapped, -2));
    set_pointer(file.handle, 3);
    CHECK(read_at(file.handle, -2) == 'd' && read_at(file.handle, -2) == 'e');
    CHECK(write_at(file.handle, -2));
    fact_file_check(&file, "abcde!gh!", 9);
    CHECK(CloseHandle(overlapped));
    fact_file_close(&file);
}

void fact_file_09(void)
{
    struct fact_file file = open_file(FILE_FLAG_OVERLAPPED);
    HANDLE blocking = fact_file_open(&file, GENERIC_READ, 0);
    OVERLAPPED overlapped = {.Offset = 5};
    struct fact_end end;
    DWORD bytes;
    char in[ROOM];

    /* An overlapped handle: the offset counts, and the pointer stays. */
    set_pointer(file.handle, 3);
    end = fact_end(file.handle,
                   ReadFile(file.handle, in, 2, NULL, &overlapped),
                   &overlapped);
    CHECK(end.error == ERROR_SUCCESS && memcmp(in, "fg", 2) == 0);
    CHECK(pointer_of(file.handle) == 3);
    /* Another handle: the offset counts, and the pointer moves. */
    set_pointer(blocking, 3);
    CHECK(ReadFile(blocking, in, 2, &bytes, &overlapped) && bytes == 2);
    CHECK(memcmp(in, "fg", 2) == 0 && pointer_of(blocking) == 7);
    CHECK(ReadFile(blocking, in, 1, &bytes, NULL) && in[0] == 'h');
    CHECK(pointer_of(blocking) == 8);
    CHECK(CloseHandle(blocking));
    fact_file_close(&file);
}

/* ---- Writing at the end -------------------------------------------------- */

void fact_file_10(void)
{
    struct fact_file file = open_file(0);
    HANDLE appends = fact_file_open(&file,
                                    FILE_APPEND_DATA | SYNCHRONIZE,
                                    FILE_FLAG_OVERLAPPED);
    OVERLAPPED overlapped = {0};
    struct fact_end end;
    DWORD bytes;
    HANDLE blocking;

    /* The offset says the beginning, and the bytes go to the end. */
    end = fact_end(appends,
                   WriteFile(appends, "12", 2, NULL, &overlapped),
                   &overlapped);
    CHECK(end.error == ERROR_SUCCESS && end.bytes == 2);
    fact_file_check(&file, "abcdefgh12", 10);
    CHECK(CloseHandle(appends));
    /* So says the pointer of a handle that is not overlapped. */
    blocking = fact_file_open(&file, FILE_APPEND_DATA | SYNCHRONIZE, 0);
    CHECK(WriteFile(blocking, "34", 2, &bytes, NULL) && bytes == 2);
    overlapped.Offset = 2;
    CHECK(WriteFile(blocking, "5", 1, &bytes, &overlapped));
    fact_file_check(&file, "abcdefgh12345", 13);
    CHECK(CloseHandle(blocking));
    fact_file_close(&file);
}

void fact_file_11(void)
{
    struct fact_file file = open_file(FILE_FLAG_OVERLAPPED);
    OVERLAPPED beyond = {.Offset = TEXT_BYTES + 4};
    OVERLAPPED append = {.Offset = 0xFFFFFFFF, .OffsetHigh = 0xFFFFFFFF};
    LARGE_INTEGER size;
    struct fact_end end;

    end = fact_end(file.handle,
                   WriteFile(file.handle, "xy", 2, NULL, &beyond),
                   &beyond);
    CHECK(end.error == ERROR_SUCCESS && end.bytes == 2);
    CHECK(GetFileSizeEx(file.handle, &size) && size.QuadPart == 14);
    fact_file_check(&file, "abcdefgh\0\0\0\0xy", 14);
    end = fact_end(file.handle,
                   WriteFile(file.handle, "z", 1, NULL, &append),
                   &append);
    CHECK(end.error == ERROR_SUCCESS && end.bytes == 1);
    fact_file_check(&file, "abcdefgh\0\0\0\0xyz", 15);
    fact_file_close(&file);
}

void fact_ovl_07(void)
{
    struct fact_file file = open_file(FILE_FLAG_OVERLAPPED);
    OVERLAPPED overlapped = {.Offset = 2};
    char in[ROOM];

    /* Twice the same structure is twice the same bytes. */
    for (int round = 0; round < 2; round++) {
        struct fact_end end =
            fact_end(file.handle,
                     ReadFile(file.handle, in, 3, NULL, &overlapped),
                     &overlapped);

        CHECK(end.error == ERROR_SUCCESS && memcmp(in, "cde", 3) == 0);
        CHECK(overlapped.Offset == 2 && overlapped.OffsetHigh == 0);
    }
    fact_file_close(&file);
}
