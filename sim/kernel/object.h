/**
 * @file object.h
 * @brief What all kernel objects share, and the table of handles.
 *
 * A program never sees an object, only handles to it.  Several handles can
 * name one object; closing the last one means something else for each type;
 * the number of a closed handle is used again.  All of that is here once.
 *
 * Uses:     windows.h (types), arena.h.
 * Used by:  every file of the model.
 * Facts:    PORT-79.
 * Read next: object.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_OBJECT_H
#define SIM_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

/* As in any program that wants statuses as NTSTATUS and not as DWORD. */
#define WIN32_NO_STATUS
#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>

struct wait_block;

enum object_type {
    OBJECT_NONE, /**< No object; in look-ups: any type. */
    OBJECT_EVENT,
    OBJECT_SEMAPHORE,
    OBJECT_MUTEX,
    OBJECT_TIMER,
    OBJECT_THREAD,
    OBJECT_PROCESS,
    OBJECT_PORT,
    OBJECT_FILE,
    OBJECT_RESERVE,
    OBJECT_WAIT_PACKET,
    OBJECT_PIPE, /**< The name of a pipe, which has no handle. */
    OBJECT_LOCK, /**< Not an object of Windows: critical section, SRW
                       * lock, ... for the trace only. */
    OBJECT_TYPE_COUNT
};

/** First member of every kernel object. */
struct object {
    uint8_t type;      /**< An enum object_type. */
    bool auto_reset;   /**< A satisfied wait takes from the signal: events and
                         * timers of that kind, semaphores, mutexes. */
    uint16_t host;     /**< Where it was made: 0 for host 1, or a number. */
    uint32_t number;   /**< Counted from 1 within the type. */
    uint32_t handles;  /**< Open handles. */
    uint32_t pointers; /**< References that are not handles. */
    int32_t signal;    /**< Signaled while above 0. */
    uint32_t bytes;    /**< Size of the whole object, for the arena. */
    struct wait_block *wait_first; /**< Waiting threads, oldest first. */
    struct wait_block *wait_last;
    const WCHAR *name;         /**< NULL for unnamed. */
    struct object *named_next; /**< In the list of named objects. */
};

/** One row of the handle table. */
struct handle {
    struct object *object; /**< NULL while free. */
    uint32_t access;       /**< Rights it was opened with. */
    uint32_t flags;        /**< HANDLE_FLAG_..., or next free row. */

    /* How the row was closed last; only kept while contract rules are on. */
    uint64_t closed_at;     /**< Virtual time. */
    uint32_t closed_number; /**< Of the object; 0: never in this run. */
    uint32_t closed_by;     /**< Thread's number * 256 + object's type. */
};

/** @brief Make an object without handles; the memory after the header is
 *  zero.  @p bytes is the size of the whole. */
void *sim__object_create(enum object_type type, size_t bytes);

/** @brief The same, but only the first @p cleared bytes are zero. */
void *sim__object_create_partly(enum object_type type,
                                size_t bytes,
                                size_t cleared);

/** @brief Open a handle.  @p access is what look-ups check. */
HANDLE sim__handle_open(struct object *object, uint32_t access);

/** @brief Close a handle, and with the last one the object's use. */
NTSTATUS sim__handle_close(HANDLE handle);

/** @brief The row of a handle, or NULL.  Not for pseudo handles. */
struct handle *sim__handle_row(HANDLE handle);

/**
 * @brief Find the object behind a handle.
 *
 * @param handle  As the program gave it; the pseudo handles of the current
 *                thread and process are understood.
 * @param type    The type wanted, or OBJECT_NONE for any.
 * @param access  Rights wanted.
 * @param out     Written on success.
 *
 * @return STATUS_SUCCESS, STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH
 *         or STATUS_ACCESS_DENIED.
 */
NTSTATUS sim__handle_find(HANDLE handle,
                          enum object_type type,
                          uint32_t access,
                          struct object **out);

/** @brief sim__handle_find() for calls to which a closed handle is an outcome
 *  like any other: who asks for packets (PORT-77), or to cancel an operation
 *  that may be over.  Elsewhere using one breaks a contract rule.
 *  @param type  Not OBJECT_NONE, and no pseudo handle. */
NTSTATUS sim__handle_find_open(HANDLE handle,
                               enum object_type type,
                               uint32_t access,
                               struct object **out);

/** @brief Keep an object alive without a handle. */
static inline void sim__object_keep(struct object *object)
{
    object->pointers++;
}

/** @brief Undo sim__object_keep; may delete the object. */
void sim__object_drop(struct object *object);

/** @brief Find a named object of any type, or NULL. */
struct object *sim__object_named(const WCHAR *name);

/** @brief Give an object a name; the text is copied. */
void sim__object_set_name(struct object *object, const WCHAR *name);

/** @brief Word for a type in traces and sentences, such as "event". */
const char *sim__object_word(unsigned type);

/** @brief Forget all handles and names. */
void sim__objects_begin(void);

/** @brief Close all handles to objects that were made on a host. */
void sim__handles_close_host(uint16_t host);

/** @brief Number of handles open now. */
uint32_t sim__handles_open(void);

/** @brief First open row at or after @p from, or NULL; for the leak report. */
const struct handle *sim__handle_next(uint32_t *from);

/** @brief The number of an open row. */
HANDLE sim__handle_of(const struct handle *row);

#endif
