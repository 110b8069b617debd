/**
 * @file object.c
 * @brief Handles come and go; objects live while anything refers to them.
 *
 * Handle values are multiples of four and a closed one is the first to be
 * given out again, as on Windows, so that a program which uses a stale handle
 * meets somebody else's object here as it would there.
 *
 * Uses:     object.h, world.h, and the types that act on their last handle.
 * Used by:  every Win32 call that takes a handle.
 * Facts:    PORT-46, PORT-76, PORT-79, PORT-80.
 * Read next: thread.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "object.h"

#include <string.h>
#include <wchar.h>

#include "../watch/watch.h"
#include "file.h"
#include "port.h"
#include "reserve.h"
#include "schedule.h"
#include "thread.h"
#include "timer.h"
#include "wait_packet.h"
#include "world.h"

enum { ROWS_MIN = 256, HANDLE_STEP = 4 };

/** End of the list of free rows. */
#define NO_ROW UINT32_MAX

/** What is special about a type when it loses its last handle, and when
 * nothing refers to it any more. */
static const struct {
    const char *word;
    void (*closed)(struct object *object);
    void (*deleted)(struct object *object);
} types[OBJECT_TYPE_COUNT] = {
    [OBJECT_NONE] = {"object", NULL, NULL},
    [OBJECT_EVENT] = {"event", NULL, NULL},
    [OBJECT_SEMAPHORE] = {"semaphore", NULL, NULL},
    [OBJECT_MUTEX] = {"mutex", NULL, NULL},
    [OBJECT_TIMER] = {"timer", NULL, sim__timer_deleted},
    [OBJECT_THREAD] = {"thread", NULL, sim__thread_deleted},
    [OBJECT_PROCESS] = {"process", NULL, NULL},
    [OBJECT_PORT] = {"port", sim__port_closed, sim__port_deleted},
    [OBJECT_FILE] = {"file", sim__file_closed, sim__file_deleted},
    [OBJECT_RESERVE] = {"reserve", NULL, NULL},
    [OBJECT_WAIT_PACKET] = {"packet", sim__wait_packet_closed, NULL},
    [OBJECT_PIPE] = {"pipe", NULL, NULL},
    [OBJECT_LOCK] = {"lock", NULL, NULL},
};

/** The table of handles, and the list of named objects. */
static struct {
    struct handle *rows;
    uint32_t rows_max;
    uint32_t count;      /* Rows used so far, open or free again. */
    uint32_t free_first; /* Row closed last, or NO_ROW. */
    uint32_t open;
    struct object *named_first;
} table;

void sim__objects_begin(void)
{
    table.count = 0;
    table.free_first = NO_ROW;
    table.open = 0;
    table.named_first = NULL;
}

void *sim__object_create_partly(enum object_type type,
                                size_t bytes,
                                size_t cleared)
{
    struct object *object = sim__take(bytes);

    memset(object, 0, cleared);
    object->type = (uint8_t)type;
    object->number = ++sim__world.numbers[type];
    object->bytes = (uint32_t)bytes;
    if (sim__world.current != NULL) {
        object->host = sim__world.current->host_number;
    }
    return object;
}

void *sim__object_create(enum object_type type, size_t bytes)
{
    return sim__object_create_partly(type, bytes, bytes);
}

/** @brief The last handle is closed: who opens the name again gets another
 *  object, even while somebody waits for this one. */
static void forget_name(struct object *object)
{
    struct object **link = &table.named_first;

    while (*link != object) {
        link = &(*link)->named_next;
    }
    *link = object->named_next;
    object->name = NULL;
}

/** @brief Nothing refers to the object: its memory can be used again. */
static void object_delete(struct object *object)
{
    if (types[object->type].deleted != NULL) {
        types[object->type].deleted(object);
    }
    sim__give(object, object->bytes);
}

void sim__object_drop(struct object *object)
{
    sim__assert(object->pointers > 0);
    object->pointers--;
    if (object->pointers == 0 && object->handles == 0) {
        object_delete(object);
    }
}

HANDLE sim__handle_open(struct object *object, uint32_t access)
{
    uint32_t at = table.free_first;
    struct handle *row;

    if (at != NO_ROW) {
        table.free_first = table.rows[at].flags;
    } else {
        if (table.count == table.rows_max) {
            uint32_t grown =
                table.rows_max == 0 ? ROWS_MIN : table.rows_max * 2;

            table.rows = sim__table_grow(table.rows,
                                         table.rows_max * sizeof *row,
                                         grown * sizeof *row);
            table.rows_max = grown;
        }
        at = table.count++;
        table.rows[at].closed_number = 0;
    }
    row = &table.rows[at];
    row->object = object;
    row->access = access;
    row->flags = 0;
    object->handles++;
    table.open++;
    return (HANDLE)((uintptr_t)(at + 1) * HANDLE_STEP);
}

/** @brief The row that a handle names, if it is one.  The two low bits of a
 *  handle are the program's: Windows ignores them. */
static inline uintptr_t row_number(const void *handle)
{
    return (uintptr_t)handle / HANDLE_STEP - 1;
}

/** @brief Whether a free row was open before: only closing frees one. */
static bool was_open(const void *handle)
{
    return row_number(handle) < table.count;
}

struct handle *sim__handle_row(HANDLE handle)
{
    uintptr_t at = row_number(handle);

    if (at >= table.count || table.rows[at].object == NULL) {
        return NULL;
    }
    return &table.rows[at];
}

/** @brief Tell the rules that a call was given a handle whose row is free. */
static SIM_COLD void watch_free_row(const void *handle,
                                    void (*told)(const struct handle *row,
                                                 HANDLE handle))
{
    if (was_open(handle) && sim__rules_on()) {
        told(&table.rows[row_number(handle)],
             (HANDLE)((row_number(handle) + 1) * HANDLE_STEP));
    }
}

/** @brief Remember who closes a row, for whoever uses it later. */
static inline void note_closing(struct handle *row)
{
    row->closed_at = sim__world.now;
    row->closed_number = row->object->number;
    row->closed_by = sim__world.current->object.number << 8 | row->object->type;
    if (SIM_UNLIKELY(sim__trace_state.record)) {
        sim__watch_closing((uint32_t)(row - table.rows));
    }
}

NTSTATUS sim__handle_close(HANDLE handle)
{
    struct handle *row = sim__handle_row(handle);
    struct object *object;

    if (row == NULL) {
        watch_free_row(handle, sim__watch_closed_again);
        return STATUS_INVALID_HANDLE;
    }
    if (row->flags & HANDLE_FLAG_PROTECT_FROM_CLOSE) {
        return STATUS_HANDLE_NOT_CLOSABLE;
    }
    object = row->object;
    if (sim__rules_on()) {
        note_closing(row);
    }
    row->object = NULL;
    row->flags = table.free_first;
    table.free_first = (uint32_t)(row - table.rows);
    table.open--;
    object->handles--;
    if (object->handles == 0) {
        /* FACT PORT-79 lifetime of the port object: the last handle ends its
         * use, the last reference its life. */
        if (object->pointers != 0) {
            sim__watch_last_closed(object);
        }
        sim__object_keep(object);
        if (object->name != NULL) {
            forget_name(object);
        }
        if (types[object->type].closed != NULL) {
            types[object->type].closed(object);
        }
        sim__object_drop(object);
    }
    return STATUS_SUCCESS;
}

/** @brief The pseudo handles, and nothing else, are negative. */
static NTSTATUS find_pseudo(HANDLE handle,
                            enum object_type type,
                            struct object **out)
{
    if (handle == GetCurrentThread()) {
        *out = &sim__world.current->object;
    } else if (handle == GetCurrentProcess()) {
        *out = sim__process();
    } else {
        watch_free_row(handle, sim__watch_stale);
        return STATUS_INVALID_HANDLE;
    }
    return type == OBJECT_NONE || (*out)->type == type
               ? STATUS_SUCCESS
               : STATUS_OBJECT_TYPE_MISMATCH;
}

/** @brief A handle that does not name what the call wants. */
static SIM_NOINLINE NTSTATUS find_other(HANDLE handle,
                                        enum object_type type,
                                        struct object **out)
{
    const struct handle *row = sim__handle_row(handle);

    if (row == NULL) {
        return find_pseudo(handle, type, out);
    }
    if (sim__rules_on()) {
        sim__watch_mismatch(row, handle, type);
    }
    return STATUS_OBJECT_TYPE_MISMATCH;
}

NTSTATUS sim__handle_find(HANDLE handle,
                          enum object_type type,
                          uint32_t access,
                          struct object **out)
{
    const struct handle *row = sim__handle_row(handle);

    if (SIM_UNLIKELY(row == NULL ||
                     (type != OBJECT_NONE && row->object->type != type))) {
        return find_other(handle, type, out);
    }
    if (SIM_UNLIKELY((row->access & access) != access)) {
        return STATUS_ACCESS_DENIED;
    }
    *out = row->object;
    return STATUS_SUCCESS;
}

NTSTATUS sim__handle_find_open(HANDLE handle,
                               enum object_type type,
                               uint32_t access,
                               struct object **out)
{
    const struct handle *row = sim__handle_row(handle);

    if (SIM_UNLIKELY(row == NULL)) {
        return STATUS_INVALID_HANDLE;
    }
    if (SIM_UNLIKELY(row->object->type != type)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (SIM_UNLIKELY((row->access & access) != access)) {
        return STATUS_ACCESS_DENIED;
    }
    *out = row->object;
    return STATUS_SUCCESS;
}

struct object *sim__object_named(const WCHAR *name)
{
    struct object *object = table.named_first;

    /* Names are case sensitive: TIME-13. */
    while (object != NULL && wcscmp(object->name, name) != 0) {
        object = object->named_next;
    }
    return object;
}

void sim__object_set_name(struct object *object, const WCHAR *name)
{
    size_t bytes = (wcslen(name) + 1) * sizeof *name;

    object->name = memcpy(sim__take(bytes), name, bytes);
    object->named_next = table.named_first;
    table.named_first = object;
}

const char *sim__object_word(unsigned type)
{
    return types[type].word;
}

void sim__handles_close_host(uint16_t host)
{
    for (uint32_t at = 0; at < table.count; at++) {
        struct handle *row = &table.rows[at];

        if (row->object != NULL && row->object->host == host) {
            row->flags = 0;
            (void)sim__handle_close(
                (HANDLE)((uintptr_t)(at + 1) * HANDLE_STEP));
        }
    }
}

uint32_t sim__handles_open(void)
{
    return table.open;
}

HANDLE sim__handle_of(const struct handle *row)
{
    return (HANDLE)((uintptr_t)(row - table.rows + 1) * HANDLE_STEP);
}

const struct handle *sim__handle_next(uint32_t *from)
{
    while (*from < table.count) {
        const struct handle *row = &table.rows[(*from)++];

        if (row->object != NULL) {
            return row;
        }
    }
    return NULL;
}
