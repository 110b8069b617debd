/**
 * @file api.h
 * @brief What the thin Win32 entry points share.
 *
 * An entry point stops at a choice point, checks its arguments as Windows
 * does, calls the model, and reports as Windows does.  Nothing else.
 *
 * Uses:     fault.h, schedule.h, wait.h.
 * Used by:  every file of sim/api.
 * Facts:    none.
 * Read next: port_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_API_H
#define SIM_API_H

#include "../kernel/fault.h"
#include "../kernel/schedule.h"
#include "../kernel/wait.h"

/** @brief Set the calling thread's last error. */
static inline void sim__set_error(DWORD error)
{
    sim__world.current->last_error = error;
}

/** @brief Win32 answer for a status: TRUE, or FALSE and the last error.
 *  A success leaves the last error alone, as Windows mostly does. */
static inline BOOL sim__result(NTSTATUS status)
{
    if (SIM_LIKELY(NT_SUCCESS(status))) {
        return TRUE;
    }
    sim__set_error(RtlNtStatusToDosError(status));
    return FALSE;
}

struct request;

/**
 * @brief A whole Win32 call that does I/O: choice points, block, last error.
 *
 * In file_api.c.
 *
 * @param request     All but event, context and block.
 * @param overlapped  What the program passed, or NULL.
 * @param bytes_out   Number of bytes for the program, or NULL.
 */
BOOL sim__win32_io(struct request *request,
                   LPOVERLAPPED overlapped,
                   LPDWORD bytes_out);

struct disk_file;
struct disk_node;

/** @brief The same with a completion routine: ReadFileEx and its like.
 *  Pending counts as success. */
BOOL sim__win32_io_routine(struct request *request,
                           LPOVERLAPPED overlapped,
                           LPOVERLAPPED_COMPLETION_ROUTINE routine);

/** @brief The opening of a disk file behind a handle; fails as
 *  sim__handle_find, or with STATUS_INVALID_DEVICE_REQUEST.  In disk_api.c,
 *  as are the next two. */
NTSTATUS sim__disk_handle(HANDLE handle,
                          uint32_t access,
                          struct disk_file **out);

/** @brief A time as programs see it. */
FILETIME sim__file_time(int64_t time);

/** @brief Attributes as programs see them: never none. */
DWORD sim__file_attributes(const struct disk_node *node);

/** @brief FALSE with a given error. */
static inline BOOL sim__fail(DWORD error)
{
    sim__set_error(error);
    return FALSE;
}

/**
 * @brief Stop the run as Windows would crash: a NULL where it writes.
 * @param pointer   What the program passed.
 * @param call      Name of the Win32 function.
 * @param argument  Microsoft's name of the argument.
 */
static inline void sim__require(const void *pointer,
                                const char *call,
                                const char *argument)
{
    if (SIM_UNLIKELY(pointer == NULL)) {
        sim__stop(SIM_CRASH,
                  "%s was called with NULL for %s, which Windows writes "
                  "through: pass the address of a variable",
                  call,
                  argument);
    }
}

/** @brief Name of an object given as UNICODE text or as 8-bit text: both
 *  become a copy in the world's memory; NULL stays NULL. */
const WCHAR *sim__wide(const char *text);

/**
 * @brief Create-or-open by name, for events, semaphores, mutexes, timers.
 *
 * @param type  Type wanted.
 * @param name  NULL for an unnamed object.
 * @param out   The existing object of that name and type, or NULL when the
 *              caller must create it.
 * @return STATUS_SUCCESS (create), STATUS_OBJECT_NAME_EXISTS (opened) or
 *         STATUS_OBJECT_TYPE_MISMATCH.
 */
NTSTATUS sim__named_find(enum object_type type,
                         const WCHAR *name,
                         struct object **out);

/** How a Create call wants its handle. */
struct opening {
    const WCHAR *name;                     /**< NULL for an unnamed object. */
    const SECURITY_ATTRIBUTES *attributes; /**< Or NULL. */
    uint32_t access; /**< As the program asked; may be generic. */
};

/**
 * @brief End a Create call: name the object, open its handle, set the last
 *        error, pass the choice point after it.
 *
 * @param status   STATUS_SUCCESS (@p object is new), or what
 *                 sim__named_find said.
 * @param object   New or found; not looked at when @p status is a failure.
 * @param opening  Name and rights.
 * @return The handle, or NULL.
 */
HANDLE sim__open_created(NTSTATUS status,
                         struct object *object,
                         const struct opening *opening);

/** @brief A whole Open call: find by name and type, or fail. */
HANDLE sim__open_named(enum object_type type,
                       uint32_t access,
                       BOOL inherit,
                       const WCHAR *name);

/** @brief Name for the trace: what is not plain ASCII becomes '?'.
 *  @return @p out, or NULL for NULL. */
const char *sim__narrow(const WCHAR *wide, char *out, size_t out_bytes);

/** @brief Rights as a handle keeps them: the generic ones resolved. */
uint32_t sim__rights(enum object_type type, uint32_t wanted);

/** @brief Add to a semaphore for @p call, or
 *  STATUS_SEMAPHORE_LIMIT_EXCEEDED and nothing is added. */
NTSTATUS sim__semaphore_add(struct object *object,
                            LONG count,
                            const char *call);

/** @brief Release a mutex for @p call, or STATUS_MUTANT_NOT_OWNED. */
NTSTATUS sim__mutex_give(struct object *object, const char *call);

#endif
