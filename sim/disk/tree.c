/**
 * @file tree.c
 * @brief Names on the disk, and where paths lead.
 *
 * A path is read as Windows reads it: from a drive, from the root of one, or
 * from the current folder; with either kind of stroke; with names whose case
 * does not count.  What it leads to is a place in a tree.
 *
 * Uses:     disk.h.
 * Used by:  the files of this folder, the Win32 calls about folders.
 * Facts:    none.
 * Read next: open.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "disk.h"

#include <string.h>
#include <wchar.h>

/** Longest path without the prefix that lifts the limit. */
enum { PATH_MAX_LETTERS = MAX_PATH - 1 };

/** The disk of the present world. */
static struct {
    uint64_t generation;
    struct disk_node *root;
    struct disk_node *current; /* The process' current folder. */
    uint32_t last_number;
} tree;

/** @brief A folder that is there from the beginning. */
static struct disk_node *make_folder(const WCHAR *name)
{
    const struct disk_place place = {
        .folder = tree.root,
        .name = name,
        .name_length = (uint32_t)wcslen(name),
    };

    return sim__disk_create(&place, FILE_ATTRIBUTE_DIRECTORY);
}

static struct disk_node *make_node(uint32_t attributes)
{
    struct disk_node *node = sim__take(sizeof *node);

    memset(node, 0, sizeof *node);
    node->number = ++tree.last_number;
    node->attributes = attributes;
    node->created = sim__disk_time();
    node->accessed = node->created;
    node->written = node->created;
    return node;
}

/** @brief The disk, made when it is first used in a world. */
static struct disk_node *root(void)
{
    if (tree.generation != sim__world.generation) {
        tree.generation = sim__world.generation;
        tree.last_number = 0;
        tree.root = make_node(FILE_ATTRIBUTE_DIRECTORY);
        tree.current = make_folder(L"Work");
        (void)make_folder(L"Temp");
    }
    return tree.root;
}

/* ---- Letters and names --------------------------------------------------- */

WCHAR sim__disk_fold(WCHAR letter)
{
    return letter >= L'a' && letter <= L'z' ? (WCHAR)(letter - (L'a' - L'A'))
                                            : letter;
}

static bool is_stroke(WCHAR letter)
{
    return letter == L'\\' || letter == L'/';
}

/** @brief Order of two names: below, at or above 0. */
static int compare(const WCHAR *one,
                   uint32_t one_length,
                   const WCHAR *two,
                   uint32_t two_length)
{
    uint32_t least = one_length < two_length ? one_length : two_length;

    for (uint32_t at = 0; at < least; at++) {
        WCHAR first = sim__disk_fold(one[at]);
        WCHAR second = sim__disk_fold(two[at]);

        if (first != second) {
            return first < second ? -1 : 1;
        }
    }
    return one_length == two_length ? 0 : one_length < two_length ? -1 : 1;
}

/** @brief Letters that no name may have. */
static bool is_forbidden(WCHAR letter)
{
    return letter < L' ' || wcschr(L"<>\"|?*:", letter) != NULL;
}

static struct disk_node *child(const struct disk_node *folder,
                               const WCHAR *name,
                               uint32_t length)
{
    struct disk_node *node = folder->first;

    while (node != NULL &&
           compare(node->name, node->name_length, name, length) != 0) {
        node = node->next;
    }
    return node;
}

/* ---- Paths --------------------------------------------------------------- */

/** @brief Where a path begins; moves @p path behind its drive and root. */
static NTSTATUS begin(const WCHAR **path, struct disk_node **from)
{
    const WCHAR *at = *path;
    bool unlimited = false;

    *from = root();
    if (is_stroke(at[0]) && is_stroke(at[1])) {
        if ((at[2] != L'?' && at[2] != L'.') || !is_stroke(at[3])) {
            return STATUS_BAD_NETWORK_PATH; /* Of another machine. */
        }
        unlimited = at[2] == L'?';
        at += 4;
        if (at[0] == 0 || at[1] != L':') {
            return STATUS_OBJECT_NAME_NOT_FOUND; /* A device. */
        }
    }
    if (wcslen(*path) > PATH_MAX_LETTERS && !unlimited) {
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    if (at[0] != 0 && at[1] == L':') {
        if (sim__disk_fold(at[0]) != L'C') {
            return STATUS_OBJECT_PATH_NOT_FOUND;
        }
        at += 2;
        if (!is_stroke(*at)) {
            *from = tree.current;
        }
    } else if (!is_stroke(*at)) {
        *from = tree.current;
    }
    *path = at;
    return STATUS_SUCCESS;
}

/** @brief One part of a path, without the dots and spaces at its end. */
static uint32_t part_length(const WCHAR *part, const WCHAR **end)
{
    const WCHAR *at = part;

    while (*at != 0 && !is_stroke(*at)) {
        at++;
    }
    *end = at;
    if (part[0] == L'.' &&
        (at == part + 1 || (at == part + 2 && part[1] == L'.'))) {
        return (uint32_t)(at - part);
    }
    while (at > part && (at[-1] == L'.' || at[-1] == L' ')) {
        at--;
    }
    return (uint32_t)(at - part);
}

/** @brief Go one part on, from out->folder. */
static NTSTATUS step(struct disk_place *out,
                     const WCHAR *part,
                     uint32_t length,
                     bool is_last)
{
    struct disk_node *folder = out->folder;

    if (part[0] == L'.' && length <= 2 && (length == 1 || part[1] == L'.')) {
        if (length == 2 && folder->parent != NULL) {
            folder = folder->parent;
        }
        *out = (struct disk_place){.node = folder, .folder = folder};
        return STATUS_SUCCESS;
    }
    if (length > DISK_NAME_MAX) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    for (uint32_t at = 0; at < length; at++) {
        if (is_forbidden(part[at])) {
            return STATUS_OBJECT_NAME_INVALID;
        }
    }
    out->name = part;
    out->name_length = length;
    out->node = child(folder, part, length);
    if (is_last) {
        return STATUS_SUCCESS;
    }
    if (out->node == NULL || !sim__disk_is_folder(out->node)) {
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    out->folder = out->node;
    return STATUS_SUCCESS;
}

NTSTATUS sim__disk_find(const WCHAR *path, struct disk_place *out)
{
    NTSTATUS status;

    *out = (struct disk_place){.node = NULL};
    if (path == NULL || path[0] == 0) {
        return STATUS_OBJECT_PATH_NOT_FOUND;
    }
    status = begin(&path, &out->folder);
    out->node = out->folder;
    /* BOUND: each turn passes a stroke or a part of the path. */
    while (NT_SUCCESS(status) && *path != 0) {
        const WCHAR *end;
        uint32_t length = part_length(path, &end);
        const WCHAR *next = end;

        while (is_stroke(*next)) {
            next++;
        }
        out->wants_folder = next != end && *next == 0;
        if (end != path && length != 0) {
            status = step(out, path, length, *next == 0);
            out->wants_folder = next != end && *next == 0;
        }
        path = next;
    }
    return status;
}

NTSTATUS sim__disk_find_node(const WCHAR *path, struct disk_node **out)
{
    struct disk_place place;
    NTSTATUS status = sim__disk_find(path, &place);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (place.node == NULL) {
        return STATUS_OBJECT_NAME_NOT_FOUND;
    }
    if (place.node->deleting) {
        return STATUS_DELETE_PENDING;
    }
    if (place.wants_folder && !sim__disk_is_folder(place.node)) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    *out = place.node;
    return STATUS_SUCCESS;
}

uint32_t sim__disk_path_wide(const struct disk_node *node,
                             WCHAR *out,
                             uint32_t room)
{
    const struct disk_node *up;
    uint32_t length = 2; /* The drive. */
    uint32_t at;

    for (up = node; up->parent != NULL; up = up->parent) {
        length += 1 + up->name_length;
    }
    if (node->parent == NULL) {
        length++;
    }
    if (length >= room) {
        return length;
    }
    out[0] = L'C';
    out[1] = L':';
    out[2] = L'\\';
    out[length] = 0;
    at = length;
    for (up = node; up->parent != NULL; up = up->parent) {
        at -= up->name_length;
        memcpy(out + at, up->name, up->name_length * sizeof *out);
        out[--at] = L'\\';
    }
    return length;
}

const char *sim__disk_path(const struct disk_node *node,
                           char *out,
                           size_t out_bytes)
{
    WCHAR wide[MAX_PATH + 1];
    uint32_t length = sim__disk_path_wide(node, wide, MAX_PATH + 1);
    size_t used = 0;

    if (length > MAX_PATH) {
        return "a long path";
    }
    for (; used < length && used + 1 < out_bytes; used++) {
        bool printable = wide[used] >= L' ' && wide[used] <= L'~';

        out[used] = (char)(printable ? wide[used] : L'?');
    }
    out[used] = '\0';
    return out;
}

/* ---- Coming and going ---------------------------------------------------- */

void sim__disk_link(struct disk_node *node,
                    struct disk_node *folder,
                    const WCHAR *name,
                    uint32_t name_length)
{
    struct disk_node **link = &folder->first;

    node->name = sim__take(name_length * sizeof *name);
    memcpy(node->name, name, name_length * sizeof *name);
    node->name_length = name_length;
    node->parent = folder;
    while (*link != NULL &&
           compare((*link)->name, (*link)->name_length, name, name_length) <
               0) {
        link = &(*link)->next;
    }
    node->next = *link;
    *link = node;
    folder->written = sim__disk_time();
}

struct disk_node *sim__disk_create(const struct disk_place *place,
                                   uint32_t attributes)
{
    struct disk_node *node = make_node(attributes);

    sim__disk_link(node, place->folder, place->name, place->name_length);
    return node;
}

void sim__disk_unlink(struct disk_node *node)
{
    struct disk_node **link = &node->parent->first;

    while (*link != node) {
        sim__assert(*link != NULL);
        link = &(*link)->next;
    }
    *link = node->next;
    node->parent->written = sim__disk_time();
    node->parent = NULL;
    node->next = NULL;
    sim__give(node->name, node->name_length * sizeof *node->name);
    node->name = NULL;
    node->name_length = 0;
}

void sim__disk_forget(struct disk_node *node)
{
    sim__assert(node->opens == NULL && node->first == NULL);
    (void)sim__disk_resize(node, 0);
    sim__give(node, sizeof *node);
}
