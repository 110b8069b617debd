/**
 * @file find_api.c
 * @brief The Win32 calls that look around: searches, temporary names, room.
 *
 * A search remembers the last name that it gave and goes on behind it, so
 * that files may come and go meanwhile.
 *
 * Uses:     api.h, ../disk/disk.h.
 * Used by:  programs.
 * Facts:    none.
 * Read next: pipe_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <wchar.h>

#include "../disk/disk.h"
#include "api.h"

/** What a search looks for; hangs on the opening of its folder. */
struct disk_search {
    WCHAR pattern[DISK_NAME_MAX + 1];
    WCHAR last[DISK_NAME_MAX + 1];
    uint32_t dots; /* Of "." and "..", those that were given. */
};

/* ---- Searches ------------------------------------------------------------ */

/** @brief Whether a name fits a pattern with * and ?. */
static bool fits(const WCHAR *name, uint32_t length, const WCHAR *pattern)
{
    const WCHAR *star = NULL; /* The last one passed, and where the name */
    uint32_t behind = 0;      /* went on behind it. */
    uint32_t at = 0;

    /* BOUND: each turn goes on in the name, or in the pattern, or lets the
     * last star take one letter more. */
    while (at < length) {
        if (*pattern == L'*') {
            star = ++pattern;
            behind = at;
        } else if (*pattern == L'?' ||
                   (*pattern != 0 &&
                    sim__disk_fold(*pattern) == sim__disk_fold(name[at]))) {
            pattern++;
            at++;
        } else if (star != NULL) {
            pattern = star;
            at = ++behind;
        } else {
            return false;
        }
    }
    while (*pattern == L'*') {
        pattern++;
    }
    return *pattern == 0;
}

/** @brief Whether a name comes behind the last one given. */
static bool is_behind(const struct disk_node *node, const WCHAR *last)
{
    uint32_t at = 0;

    while (at < node->name_length && last[at] != 0 &&
           sim__disk_fold(node->name[at]) == sim__disk_fold(last[at])) {
        at++;
    }
    if (at == node->name_length) {
        return false;
    }
    return sim__disk_fold(node->name[at]) > sim__disk_fold(last[at]);
}

static void fill(const struct disk_node *node,
                 const WCHAR *name,
                 uint32_t length,
                 LPWIN32_FIND_DATAW out)
{
    memset(out, 0, sizeof *out);
    out->dwFileAttributes = sim__file_attributes(node);
    out->ftCreationTime = sim__file_time(node->created);
    out->ftLastAccessTime = sim__file_time(node->accessed);
    out->ftLastWriteTime = sim__file_time(node->written);
    out->nFileSizeHigh = (DWORD)(node->size >> 32);
    out->nFileSizeLow = (DWORD)node->size;
    memcpy(out->cFileName, name, length * sizeof *name);
}

/** @brief Give the next name that fits; STATUS_NO_MORE_FILES. */
static NTSTATUS next(const struct disk_file *opened, LPWIN32_FIND_DATAW out)
{
    static const WCHAR dots[] = L"..";
    struct disk_search *search = opened->search;
    const struct disk_node *folder = opened->node;
    const struct disk_node *node = folder->first;

    while (folder->parent != NULL && search->dots < 2) {
        search->dots++;
        if (fits(dots, search->dots, search->pattern)) {
            fill(search->dots == 1 ? folder : folder->parent,
                 dots,
                 search->dots,
                 out);
            return STATUS_SUCCESS;
        }
    }
    while (node != NULL &&
           (!is_behind(node, search->last) ||
            !fits(node->name, node->name_length, search->pattern))) {
        node = node->next;
    }
    if (node == NULL) {
        return STATUS_NO_MORE_FILES;
    }
    memcpy(search->last, node->name, node->name_length * sizeof(WCHAR));
    search->last[node->name_length] = 0;
    fill(node, node->name, node->name_length, out);
    return STATUS_SUCCESS;
}

/** @brief Split a path into a folder and a pattern; the folder's text is a
 *  copy in the world's memory. */
static NTSTATUS split(const WCHAR *path, WCHAR **folder, WCHAR *pattern)
{
    const WCHAR *name = path;
    size_t length = 0;

    if (path == NULL || *path == 0) {
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    for (const WCHAR *at = path; *at != 0; at++) {
        if (*at == L'\\' || *at == L'/' || *at == L':') {
            name = at + 1;
        }
    }
    length = (size_t)(name - path);
    if (*name == 0) {
        return STATUS_OBJECT_NAME_NOT_FOUND; /* It ends with a stroke. */
    }
    if (wcslen(name) > DISK_NAME_MAX) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    (void)wcscpy(pattern, wcscmp(name, L"*.*") == 0 ? L"*" : name);
    *folder = sim__take((length + 3) * sizeof **folder);
    memcpy(*folder, path, length * sizeof **folder);
    (void)wcscpy(*folder + length, L".");
    return STATUS_SUCCESS;
}

/** @brief Open the folder and find the first name. */
static NTSTATUS first(const WCHAR *path, LPWIN32_FIND_DATAW out, HANDLE *handle)
{
    struct disk_search *search = sim__take(sizeof *search);
    struct disk_opening opening = {
        .access = FILE_LIST_DIRECTORY | SYNCHRONIZE,
        .share = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE,
        .disposition = OPEN_EXISTING,
        .flags = FILE_FLAG_BACKUP_SEMANTICS,
    };
    WCHAR *folder;
    struct file *file;
    bool existed;
    NTSTATUS status;

    memset(search, 0, sizeof *search);
    status = split(path, &folder, search->pattern);
    if (NT_SUCCESS(status)) {
        opening.path = folder;
        status = sim__disk_open(&opening, &file, &existed);
    }
    if (!NT_SUCCESS(status)) {
        sim__give(search, sizeof *search);
        return status;
    }
    sim__disk_file(file)->search = search;
    *handle = sim__handle_open(&file->object, opening.access);
    status = next(sim__disk_file(file), out);
    if (!NT_SUCCESS(status)) {
        (void)FindClose(*handle);
        status = STATUS_NO_SUCH_FILE;
    }
    return status;
}

HANDLE WINAPI FindFirstFileW(LPCWSTR pattern, LPWIN32_FIND_DATAW data)
{
    HANDLE handle = INVALID_HANDLE_VALUE;
    NTSTATUS status;

    sim__require(data, "FindFirstFile", "lpFindFileData");
    sim__before();
    status = first(pattern, data, &handle);
    sim__after();
    return sim__result(status) ? handle : INVALID_HANDLE_VALUE;
}

BOOL WINAPI FindNextFileW(HANDLE handle, LPWIN32_FIND_DATAW data)
{
    struct disk_file *opened;
    NTSTATUS status;

    sim__require(data, "FindNextFile", "lpFindFileData");
    sim__before();
    status = sim__disk_handle(handle, 0, &opened);
    if (NT_SUCCESS(status)) {
        status =
            opened->search == NULL ? STATUS_INVALID_HANDLE : next(opened, data);
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI FindClose(HANDLE handle)
{
    struct disk_file *opened;
    NTSTATUS status = sim__disk_handle(handle, 0, &opened);

    if (!NT_SUCCESS(status) || opened->search == NULL) {
        return sim__fail(ERROR_INVALID_HANDLE);
    }
    sim__give(opened->search, sizeof *opened->search);
    opened->search = NULL;
    return CloseHandle(handle);
}

/** @brief The same data with 8-bit letters. */
static void narrow_data(const WIN32_FIND_DATAW *wide, LPWIN32_FIND_DATAA out)
{
    memset(out, 0, sizeof *out);
    out->dwFileAttributes = wide->dwFileAttributes;
    out->ftCreationTime = wide->ftCreationTime;
    out->ftLastAccessTime = wide->ftLastAccessTime;
    out->ftLastWriteTime = wide->ftLastWriteTime;
    out->nFileSizeHigh = wide->nFileSizeHigh;
    out->nFileSizeLow = wide->nFileSizeLow;
    (void)sim__narrow(wide->cFileName, out->cFileName, sizeof out->cFileName);
}

HANDLE WINAPI FindFirstFileA(LPCSTR pattern, LPWIN32_FIND_DATAA data)
{
    WIN32_FIND_DATAW wide;
    HANDLE handle;

    sim__require(data, "FindFirstFile", "lpFindFileData");
    handle = FindFirstFileW(sim__wide(pattern), &wide);
    if (handle != INVALID_HANDLE_VALUE) {
        narrow_data(&wide, data);
    }
    return handle;
}

BOOL WINAPI FindNextFileA(HANDLE handle, LPWIN32_FIND_DATAA data)
{
    WIN32_FIND_DATAW wide;

    sim__require(data, "FindNextFile", "lpFindFileData");
    if (!FindNextFileW(handle, &wide)) {
        return FALSE;
    }
    narrow_data(&wide, data);
    return TRUE;
}

/* ---- Temporary files ----------------------------------------------------- */

static const WCHAR temp_path[] = L"C:\\Temp\\";

DWORD WINAPI GetTempPathW(DWORD letters, LPWSTR path)
{
    const DWORD length = sizeof temp_path / sizeof *temp_path - 1;

    if (letters <= length) {
        return length + 1; /* What it needs, with the final zero. */
    }
    memcpy(path, temp_path, sizeof temp_path);
    return length;
}

DWORD WINAPI GetTempPathA(DWORD letters, LPSTR path)
{
    WCHAR wide[MAX_PATH];
    DWORD length = GetTempPathW(letters < MAX_PATH ? letters : MAX_PATH, wide);

    if (length < letters) {
        (void)sim__narrow(wide, path, letters);
    }
    return length;
}

/** @brief Put folder, prefix, number and ending together. */
static void compose(WCHAR *out,
                    const WCHAR *folder,
                    const WCHAR *prefix,
                    UINT number)
{
    static const WCHAR digits[] = L"0123456789ABCDEF";
    size_t used = wcslen(folder);
    bool leading = true;

    memcpy(out, folder, used * sizeof *out);
    if (out[used - 1] != L'\\' && out[used - 1] != L'/') {
        out[used++] = L'\\';
    }
    for (size_t at = 0; prefix != NULL && at < 3 && prefix[at] != 0; at++) {
        out[used++] = prefix[at];
    }
    for (UINT shift = 16; shift != 0; shift -= 4) {
        UINT digit = number >> (shift - 4) & 15;

        leading = leading && digit == 0;
        if (!leading) {
            out[used++] = digits[digit];
        }
    }
    (void)wcscpy(out + used, L".tmp");
}

/** @brief Make an empty file under a name that is free; 0 when there is
 *  none. */
static UINT make_unique(const WCHAR *folder, const WCHAR *prefix, WCHAR *name)
{
    for (UINT number = 1; number <= UINT16_MAX; number++) {
        HANDLE file;

        compose(name, folder, prefix, number);
        file = CreateFileW(name,
                           GENERIC_READ,
                           0,
                           NULL,
                           CREATE_NEW,
                           FILE_ATTRIBUTE_NORMAL,
                           NULL);
        if (file != INVALID_HANDLE_VALUE) {
            (void)CloseHandle(file);
            return number;
        }
        if (GetLastError() != ERROR_FILE_EXISTS) {
            return 0;
        }
    }
    sim__set_error(ERROR_FILE_EXISTS);
    return 0;
}

UINT WINAPI GetTempFileNameW(LPCWSTR folder,
                             LPCWSTR prefix,
                             UINT unique,
                             LPWSTR name)
{
    struct disk_node *node;

    sim__require(name, "GetTempFileName", "lpTempFileName");
    sim__require(folder, "GetTempFileName", "lpPathName");
    if (wcslen(folder) > MAX_PATH - 14) {
        return (UINT)sim__fail(ERROR_BUFFER_OVERFLOW);
    }
    if (*folder == 0 || !NT_SUCCESS(sim__disk_find_node(folder, &node)) ||
        !sim__disk_is_folder(node)) {
        return (UINT)sim__fail(ERROR_DIRECTORY);
    }
    if ((unique & UINT16_MAX) == 0) {
        return make_unique(folder, prefix, name);
    }
    compose(name, folder, prefix, unique);
    return unique & UINT16_MAX;
}

UINT WINAPI GetTempFileNameA(LPCSTR folder,
                             LPCSTR prefix,
                             UINT unique,
                             LPSTR name)
{
    WCHAR wide[MAX_PATH + 1];
    UINT number;

    sim__require(name, "GetTempFileName", "lpTempFileName");
    number =
        GetTempFileNameW(sim__wide(folder), sim__wide(prefix), unique, wide);
    if (number != 0) {
        (void)sim__narrow(wide, name, MAX_PATH);
    }
    return number;
}

/* ---- Room ---------------------------------------------------------------- */

BOOL WINAPI GetDiskFreeSpaceExW(LPCWSTR folder,
                                PULARGE_INTEGER available,
                                PULARGE_INTEGER total,
                                PULARGE_INTEGER free)
{
    struct disk_node *node;
    NTSTATUS status = STATUS_SUCCESS;

    sim__before();
    if (folder != NULL) {
        status = sim__disk_find_node(folder, &node);
    }
    if (NT_SUCCESS(status)) {
        if (available != NULL) {
            available->QuadPart = sim__disk_free();
        }
        if (total != NULL) {
            total->QuadPart = sim__disk_capacity();
        }
        if (free != NULL) {
            free->QuadPart = sim__disk_free();
        }
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI GetDiskFreeSpaceExA(LPCSTR folder,
                                PULARGE_INTEGER available,
                                PULARGE_INTEGER total,
                                PULARGE_INTEGER free)
{
    return GetDiskFreeSpaceExW(sim__wide(folder), available, total, free);
}
