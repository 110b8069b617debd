/**
 * @file names.c
 * @brief Objects that are found by name, and the end of every Create call.
 *
 * Events, semaphores, mutexes and timers share one space of names.  Creating
 * a name that exists opens it and says so in the last error; a name that
 * belongs to another type is refused.
 *
 * Uses:     api.h, object.h.
 * Used by:  event_api.c, semaphore_api.c, mutex_api.c, timer_api.c,
 *           thread_api.c.
 * Facts:    TIME-13.
 * Read next: wait_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <wchar.h>

#include "api.h"

const WCHAR *sim__wide(const char *text)
{
    size_t count;
    WCHAR *wide;

    if (text == NULL) {
        return NULL;
    }
    /* 8-bit text is read as Latin-1: what a program's code page is does not
     * depend on the machine that simulates it. */
    count = strlen(text) + 1;
    wide = sim__take(count * sizeof *wide);
    for (size_t at = 0; at < count; at++) {
        wide[at] = (WCHAR)(unsigned char)text[at];
    }
    return wide;
}

const char *sim__narrow(const WCHAR *wide, char *out, size_t out_bytes)
{
    size_t used = 0;

    if (wide == NULL) {
        return NULL;
    }
    /* For the trace, which is plain text on every platform. */
    for (; *wide != 0 && used + 1 < out_bytes; wide++) {
        bool printable = *wide >= ' ' && *wide <= '~';

        out[used++] = (char)(printable ? *wide : L'?');
    }
    out[used] = '\0';
    return out;
}

/** @brief A name without the prefix that means this session's space; NULL
 *  when there is no name. */
static const WCHAR *plain(const WCHAR *name)
{
    static const WCHAR local[] = L"Local\\";
    size_t length = sizeof local / sizeof *local - 1;

    if (name == NULL || *name == 0) {
        return NULL;
    }
    return wcsncmp(name, local, length) == 0 ? name + length : name;
}

/** @brief Whether a name can be one at all. */
static NTSTATUS check(const WCHAR *name)
{
    static const WCHAR global[] = L"Global\\";
    size_t length = sizeof global / sizeof *global - 1;

    if (wcslen(name) > MAX_PATH) {
        return STATUS_OBJECT_NAME_INVALID;
    }
    if (wcsncmp(name, global, length) == 0) {
        name += length;
    }
    /* Apart from the two prefixes there are no folders. */
    return wcschr(name, L'\\') == NULL ? STATUS_SUCCESS
                                       : STATUS_OBJECT_PATH_NOT_FOUND;
}

/** @brief The call that makes an object, for plans of faults. */
static const char *creator(enum object_type type)
{
    switch ((int)type) {
    case OBJECT_EVENT:
        return "CreateEvent";
    case OBJECT_SEMAPHORE:
        return "CreateSemaphore";
    case OBJECT_MUTEX:
        return "CreateMutex";
    case OBJECT_TIMER:
        return "CreateWaitableTimer";
    default:
        return "CreateIoCompletionPort";
    }
}

NTSTATUS sim__named_find(enum object_type type,
                         const WCHAR *name,
                         struct object **out)
{
    NTSTATUS status;

    *out = NULL;
    if (sim__fault(creator(type), STATUS_INSUFFICIENT_RESOURCES)) {
        return STATUS_INSUFFICIENT_RESOURCES;
    }
    name = plain(name);
    if (name == NULL) {
        return STATUS_SUCCESS;
    }
    status = check(name);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    *out = sim__object_named(name);
    if (*out == NULL) {
        return STATUS_SUCCESS;
    }
    /* FACT TIME-13 creating by name: another type's name is refused. */
    return (*out)->type == type ? STATUS_OBJECT_NAME_EXISTS
                                : STATUS_OBJECT_TYPE_MISMATCH;
}

/** @brief Open a handle that may be inherited, and say so. */
static HANDLE open_handle(struct object *object, uint32_t access, bool inherit)
{
    HANDLE handle = sim__handle_open(object, access);
    char text[64];

    if (inherit) {
        sim__handle_row(handle)->flags |= HANDLE_FLAG_INHERIT;
    }
    trace(open,
          .object = object,
          .text = sim__narrow(object->name, text, sizeof text),
          .copy = object->name != NULL);
    return handle;
}

HANDLE sim__open_created(NTSTATUS status,
                         struct object *object,
                         const struct opening *opening)
{
    const WCHAR *name = plain(opening->name);
    HANDLE handle = NULL;

    if (NT_SUCCESS(status)) {
        if (status == STATUS_SUCCESS && name != NULL) {
            sim__object_set_name(object, name);
        }
        handle = open_handle(object,
                             sim__rights(object->type, opening->access),
                             opening->attributes != NULL &&
                                 opening->attributes->bInheritHandle);
        /* FACT TIME-13 creating by name: a success sets the last error too,
         * so that it tells the two kinds apart. */
        sim__set_error(status == STATUS_SUCCESS ? ERROR_SUCCESS
                                                : ERROR_ALREADY_EXISTS);
    } else {
        sim__set_error(RtlNtStatusToDosError(status));
    }
    sim__after();
    return handle;
}

/** @brief Find an object that must exist. */
static NTSTATUS find_existing(enum object_type type,
                              const WCHAR *name,
                              struct object **out)
{
    NTSTATUS status;

    if (plain(name) == NULL) {
        return STATUS_INVALID_PARAMETER;
    }
    status = sim__named_find(type, name, out);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    return *out != NULL ? STATUS_SUCCESS : STATUS_OBJECT_NAME_NOT_FOUND;
}

HANDLE sim__open_named(enum object_type type,
                       uint32_t access,
                       BOOL inherit,
                       const WCHAR *name)
{
    struct object *object;
    HANDLE handle = NULL;
    NTSTATUS status;

    sim__before();
    status = find_existing(type, name, &object);
    if (NT_SUCCESS(status)) {
        handle = open_handle(object, sim__rights(type, access), inherit);
    } else {
        sim__set_error(RtlNtStatusToDosError(status));
    }
    sim__after();
    return handle;
}
