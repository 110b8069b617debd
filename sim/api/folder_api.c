/**
 * @file folder_api.c
 * @brief The Win32 calls that name files and folders: making, deleting,
 *        moving, copying, attributes.
 *
 * Uses:     api.h, ../disk/disk.h.
 * Used by:  layer 2, programs.
 * Facts:    none.
 * Read next: find_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "../disk/disk.h"
#include "api.h"

/** Sharing of who opens a file only to do something with its name. */
enum { SHARE_ALL = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE };

/** @brief Say that a call acts on a name. */
static void trace_node(const char *call, const struct disk_node *node)
{
    char path[80];
    char text[120];

    if (sim__trace_state.on) {
        (void)snprintf(text,
                       sizeof text,
                       "%s %s",
                       call,
                       sim__disk_path(node, path, sizeof path));
        trace(call, .text = text, .copy = true);
    }
}

/* ---- Deleting ------------------------------------------------------------ */

static NTSTATUS delete_file(const WCHAR *path)
{
    struct disk_node *node;
    NTSTATUS status = sim__disk_find_node(path, &node);

    if (NT_SUCCESS(status) && sim__disk_is_folder(node)) {
        status = STATUS_FILE_IS_A_DIRECTORY;
    }
    if (NT_SUCCESS(status)) {
        status = sim__disk_share(node, DELETE, SHARE_ALL);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    trace_node("DeleteFile", node);
    return sim__disk_delete(node);
}

BOOL WINAPI DeleteFileW(LPCWSTR path)
{
    NTSTATUS status;

    sim__before();
    status = delete_file(path);
    sim__after();
    return sim__result(status);
}

BOOL WINAPI DeleteFileA(LPCSTR path)
{
    return DeleteFileW(sim__wide(path));
}

static NTSTATUS remove_folder(const WCHAR *path)
{
    struct disk_node *node;
    NTSTATUS status = sim__disk_find_node(path, &node);

    if (NT_SUCCESS(status) && !sim__disk_is_folder(node)) {
        status = STATUS_NOT_A_DIRECTORY;
    }
    if (NT_SUCCESS(status)) {
        status = sim__disk_share(node, DELETE, SHARE_ALL);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    trace_node("RemoveDirectory", node);
    return sim__disk_delete(node);
}

BOOL WINAPI RemoveDirectoryW(LPCWSTR path)
{
    NTSTATUS status;

    sim__before();
    status = remove_folder(path);
    sim__after();
    return sim__result(status);
}

BOOL WINAPI RemoveDirectoryA(LPCSTR path)
{
    return RemoveDirectoryW(sim__wide(path));
}

/* ---- Making folders ------------------------------------------------------ */

static NTSTATUS create_folder(const WCHAR *path)
{
    struct disk_place place;
    NTSTATUS status = sim__disk_find(path, &place);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (place.node != NULL) {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    if (place.folder->deleting) {
        return STATUS_DELETE_PENDING;
    }
    place.node = sim__disk_create(&place, FILE_ATTRIBUTE_DIRECTORY);
    trace_node("CreateDirectory", place.node);
    sim__disk_changed(place.node,
                      FILE_NOTIFY_CHANGE_DIR_NAME,
                      FILE_ACTION_ADDED);
    return STATUS_SUCCESS;
}

BOOL WINAPI CreateDirectoryW(LPCWSTR path, LPSECURITY_ATTRIBUTES attributes)
{
    NTSTATUS status;

    (void)attributes; /* Nobody inherits what has no handle. */
    sim__before();
    status = create_folder(path);
    sim__after();
    return sim__result(status);
}

BOOL WINAPI CreateDirectoryA(LPCSTR path, LPSECURITY_ATTRIBUTES attributes)
{
    return CreateDirectoryW(sim__wide(path), attributes);
}

/* ---- Moving -------------------------------------------------------------- */

/** @brief Whether somebody has something within a folder open. */
static bool is_busy(const struct disk_node *folder)
{
    const struct disk_node *node = folder->first;

    /* BOUND: goes once round the tree below the folder. */
    while (node != NULL) {
        if (node->opens != NULL) {
            return true;
        }
        if (node->first != NULL) {
            node = node->first;
            continue;
        }
        while (node->next == NULL && node->parent != folder) {
            node = node->parent;
        }
        node = node->next;
    }
    return false;
}

static bool is_within(const struct disk_node *node,
                      const struct disk_node *folder)
{
    while (node != NULL && node != folder) {
        node = node->parent;
    }
    return node == folder;
}

/** @brief Whether a name may be moved to a place, and make room for it. */
static NTSTATUS check_move(struct disk_node *node,
                           const struct disk_place *to,
                           DWORD flags)
{
    NTSTATUS status = sim__disk_share(node, DELETE, SHARE_ALL);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (node->parent == NULL || is_within(to->folder, node) || is_busy(node) ||
        to->folder->deleting) {
        return STATUS_ACCESS_DENIED;
    }
    if (to->name_length == 0) {
        return STATUS_OBJECT_NAME_COLLISION; /* A folder by . or .. */
    }
    if (to->node == NULL || to->node == node) {
        return STATUS_SUCCESS;
    }
    if (!(flags & MOVEFILE_REPLACE_EXISTING)) {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    if (sim__disk_is_folder(to->node) || sim__disk_is_folder(node) ||
        to->node->opens != NULL) {
        return STATUS_ACCESS_DENIED;
    }
    return sim__disk_delete(to->node);
}

static NTSTATUS move(const WCHAR *from, const WCHAR *to_path, DWORD flags)
{
    struct disk_node *node;
    struct disk_place to;
    DWORD change = FILE_NOTIFY_CHANGE_FILE_NAME;
    NTSTATUS status = sim__disk_find_node(from, &node);

    if (NT_SUCCESS(status)) {
        status = sim__disk_find(to_path, &to);
    }
    if (NT_SUCCESS(status)) {
        status = check_move(node, &to, flags);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (sim__disk_is_folder(node)) {
        change = FILE_NOTIFY_CHANGE_DIR_NAME;
    }
    trace_node("MoveFile", node);
    sim__disk_changed(node,
                      change,
                      node->parent == to.folder ? FILE_ACTION_RENAMED_OLD_NAME
                                                : FILE_ACTION_REMOVED);
    flags = node->parent == to.folder ? FILE_ACTION_RENAMED_NEW_NAME
                                      : FILE_ACTION_ADDED;
    sim__disk_unlink(node);
    sim__disk_link(node, to.folder, to.name, to.name_length);
    sim__disk_changed(node, change, flags);
    return STATUS_SUCCESS;
}

BOOL WINAPI MoveFileExW(LPCWSTR from, LPCWSTR to, DWORD flags)
{
    const DWORD known = MOVEFILE_REPLACE_EXISTING | MOVEFILE_COPY_ALLOWED |
                        MOVEFILE_WRITE_THROUGH | MOVEFILE_FAIL_IF_NOT_TRACKABLE;
    NTSTATUS status = STATUS_INVALID_PARAMETER;

    if (flags & MOVEFILE_DELAY_UNTIL_REBOOT) {
        return sim__fail(ERROR_ACCESS_DENIED); /* Needs an administrator. */
    }
    sim__before();
    if ((flags & ~known) == 0) {
        status = move(from, to, flags);
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI MoveFileExA(LPCSTR from, LPCSTR to, DWORD flags)
{
    return MoveFileExW(sim__wide(from), sim__wide(to), flags);
}

BOOL WINAPI MoveFileW(LPCWSTR from, LPCWSTR to)
{
    return MoveFileExW(from, to, MOVEFILE_COPY_ALLOWED);
}

BOOL WINAPI MoveFileA(LPCSTR from, LPCSTR to)
{
    return MoveFileExA(from, to, MOVEFILE_COPY_ALLOWED);
}

/* ---- Copying ------------------------------------------------------------- */

/** @brief Copy a file, as if nothing else happened meanwhile. */
static NTSTATUS copy(const WCHAR *from, const WCHAR *to, bool fail_if_exists)
{
    struct disk_opening opening = {
        .path = from,
        .access = FILE_GENERIC_READ,
        .share = FILE_SHARE_READ | FILE_SHARE_WRITE,
        .disposition = OPEN_EXISTING,
    };
    struct file *source;
    struct file *target;
    HANDLE read;
    HANDLE write;
    bool existed;
    NTSTATUS status = sim__disk_open(&opening, &source, &existed);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    read = sim__handle_open(&source->object, opening.access);
    opening.path = to;
    opening.access = FILE_GENERIC_WRITE | DELETE;
    opening.share = 0;
    opening.disposition = fail_if_exists ? CREATE_NEW : CREATE_ALWAYS;
    opening.flags = sim__disk_file(source)->node->attributes;
    status = sim__disk_open(&opening, &target, &existed);
    if (NT_SUCCESS(status)) {
        struct disk_node *node = sim__disk_file(target)->node;

        write = sim__handle_open(&target->object, opening.access);
        status = sim__disk_copy(node, sim__disk_file(source)->node);
        node->deleting = !NT_SUCCESS(status); /* No half copies stay. */
        (void)sim__handle_close(write);
    }
    (void)sim__handle_close(read);
    return status;
}

BOOL WINAPI CopyFileW(LPCWSTR from, LPCWSTR to, BOOL fail_if_exists)
{
    NTSTATUS status = STATUS_INSUFFICIENT_RESOURCES;

    sim__before();
    if (!sim__fault("CopyFile", STATUS_INSUFFICIENT_RESOURCES)) {
        status = copy(from, to, fail_if_exists != FALSE);
    }
    sim__after();
    return status == STATUS_OBJECT_NAME_COLLISION ? sim__fail(ERROR_FILE_EXISTS)
                                                  : sim__result(status);
}

BOOL WINAPI CopyFileA(LPCSTR from, LPCSTR to, BOOL fail_if_exists)
{
    return CopyFileW(sim__wide(from), sim__wide(to), fail_if_exists);
}

/* ---- Attributes ---------------------------------------------------------- */

BOOL WINAPI GetFileAttributesExW(LPCWSTR path,
                                 GET_FILEEX_INFO_LEVELS level,
                                 LPVOID information)
{
    struct disk_node *node;
    NTSTATUS status;

    sim__require(information, "GetFileAttributesEx", "lpFileInformation");
    if (level != GetFileExInfoStandard) {
        return sim__fail(ERROR_INVALID_PARAMETER);
    }
    sim__before();
    status = sim__disk_find_node(path, &node);
    if (NT_SUCCESS(status)) {
        *(WIN32_FILE_ATTRIBUTE_DATA *)information = (WIN32_FILE_ATTRIBUTE_DATA){
            .dwFileAttributes = sim__file_attributes(node),
            .ftCreationTime = sim__file_time(node->created),
            .ftLastAccessTime = sim__file_time(node->accessed),
            .ftLastWriteTime = sim__file_time(node->written),
            .nFileSizeHigh = (DWORD)(node->size >> 32),
            .nFileSizeLow = (DWORD)node->size,
        };
        trace_node("GetFileAttributesEx", node);
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI GetFileAttributesExA(LPCSTR path,
                                 GET_FILEEX_INFO_LEVELS level,
                                 LPVOID information)
{
    return GetFileAttributesExW(sim__wide(path), level, information);
}

DWORD WINAPI GetFileAttributesW(LPCWSTR path)
{
    struct disk_node *node;
    DWORD attributes = INVALID_FILE_ATTRIBUTES;
    NTSTATUS status;

    sim__before();
    status = sim__disk_find_node(path, &node);
    if (NT_SUCCESS(status)) {
        attributes = sim__file_attributes(node);
        trace_node("GetFileAttributes", node);
    }
    sim__after();
    (void)sim__result(status);
    return attributes;
}

DWORD WINAPI GetFileAttributesA(LPCSTR path)
{
    return GetFileAttributesW(sim__wide(path));
}

BOOL WINAPI SetFileAttributesW(LPCWSTR path, DWORD attributes)
{
    const DWORD settable = FILE_ATTRIBUTE_READONLY | FILE_ATTRIBUTE_HIDDEN |
                           FILE_ATTRIBUTE_SYSTEM | FILE_ATTRIBUTE_ARCHIVE |
                           FILE_ATTRIBUTE_TEMPORARY;
    struct disk_node *node;
    NTSTATUS status;

    sim__before();
    status = sim__disk_find_node(path, &node);
    if (NT_SUCCESS(status)) {
        node->attributes =
            (node->attributes & ~settable) | (attributes & settable);
        trace_node("SetFileAttributes", node);
        sim__disk_changed(node,
                          FILE_NOTIFY_CHANGE_ATTRIBUTES,
                          FILE_ACTION_MODIFIED);
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI SetFileAttributesA(LPCSTR path, DWORD attributes)
{
    return SetFileAttributesW(sim__wide(path), attributes);
}
