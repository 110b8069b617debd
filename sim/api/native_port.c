/**
 * @file native_port.c
 * @brief The native calls of a completion port.
 *
 * The Win32 calls are a narrow view of these: any status can be posted, a
 * port can have a name, its depth can be asked, memory for a post can be
 * reserved, and an object's signal can be turned into a packet.
 *
 * Uses:     api.h, port.h, reserve.h, wait_packet.h.
 * Used by:  programs that look the calls up in ntdll.
 * Facts:    PORT-15, PORT-28, PORT-31, PORT-32, PORT-40, PORT-97, PORT-98.
 * Read next: native_wait_packet.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>
#include <wchar.h>

#include "../kernel/port.h"
#include "../kernel/reserve.h"
#include "../kernel/wait_packet.h"
#include "api.h"

/** @brief Spell a native name as the Win32 calls do: what they call Global is
 *  a folder of its own. */
static const WCHAR *win32_name(WCHAR *name)
{
    static const WCHAR native[] = L"\\BaseNamedObjects\\";
    static const WCHAR win32[] = L"Global\\";
    size_t native_length = sizeof native / sizeof *native - 1;
    size_t win32_length = sizeof win32 / sizeof *win32 - 1;

    if (wcsncmp(name, native, native_length) != 0) {
        return name;
    }
    name += native_length - win32_length;
    return memcpy(name, win32, win32_length * sizeof *name);
}

/** @brief Copy the name of native attributes; NULL when there is none. */
static const WCHAR *attribute_name(const OBJECT_ATTRIBUTES *attributes)
{
    const UNICODE_STRING *name;
    WCHAR *copy;

    if (attributes == NULL || attributes->ObjectName == NULL ||
        attributes->ObjectName->Length == 0) {
        return NULL;
    }
    name = attributes->ObjectName;
    copy = sim__take(name->Length + sizeof *copy);
    memcpy(copy, name->Buffer, name->Length);
    copy[name->Length / sizeof *copy] = 0;
    return win32_name(copy);
}

/** @brief Open the port of that name if the attributes allow it. */
static NTSTATUS open_existing(struct object *existing,
                              const OBJECT_ATTRIBUTES *attributes,
                              ACCESS_MASK access,
                              HANDLE *out)
{
    if (existing->type != OBJECT_PORT) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (!(attributes->Attributes & OBJ_OPENIF)) {
        return STATUS_OBJECT_NAME_COLLISION;
    }
    *out = sim__handle_open(existing, sim__rights(OBJECT_PORT, access));
    return STATUS_OBJECT_NAME_EXISTS;
}

NTSTATUS NTAPI NtCreateIoCompletion(PHANDLE handle,
                                    ACCESS_MASK access,
                                    POBJECT_ATTRIBUTES attributes,
                                    ULONG concurrency)
{
    const WCHAR *name = attribute_name(attributes);
    struct object *existing = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (handle == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    sim__before();
    if (name != NULL) {
        existing = sim__object_named(name);
    }
    if (existing != NULL) {
        /* FACT PORT-15 native creation, names and access rights. */
        status = open_existing(existing, attributes, access, handle);
    } else {
        struct object *port = &sim__port_create(concurrency)->object;

        if (name != NULL) {
            sim__object_set_name(port, name);
        }
        *handle = sim__handle_open(port, sim__rights(OBJECT_PORT, access));
    }
    sim__after();
    return status;
}

NTSTATUS NTAPI NtOpenIoCompletion(PHANDLE handle,
                                  ACCESS_MASK access,
                                  POBJECT_ATTRIBUTES attributes)
{
    const WCHAR *name = attribute_name(attributes);
    struct object *existing = NULL;
    NTSTATUS status = STATUS_SUCCESS;

    if (handle == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    sim__before();
    if (name != NULL) {
        existing = sim__object_named(name);
    }
    if (existing == NULL) {
        status = STATUS_OBJECT_NAME_NOT_FOUND;
    } else if (existing->type != OBJECT_PORT) {
        status = STATUS_OBJECT_TYPE_MISMATCH;
    } else {
        *handle = sim__handle_open(existing, sim__rights(OBJECT_PORT, access));
    }
    sim__after();
    return status;
}

/** The values of a native post. */
struct native_post {
    PVOID key;
    PVOID context;
    NTSTATUS status;
    ULONG_PTR information;
};

/** @brief Fill a packet in and queue it. */
static void post(struct port *port,
                 struct packet *packet,
                 const struct native_post *values)
{
    /* FACT PORT-28 any status and a 64-bit count. */
    packet->key = (ULONG_PTR)values->key;
    packet->context = values->context;
    packet->status = values->status;
    packet->information = values->information;
    packet->op = sim__op_new();
    trace(post,
          .object = &port->object,
          .op = packet->op,
          .owner = SIM_QUEUE,
          .value = {trace_key(packet->key), trace_bytes(packet->information)});
    sim__port_insert(port, packet);
}

NTSTATUS NTAPI NtSetIoCompletion(HANDLE handle,
                                 PVOID key,
                                 PVOID context,
                                 NTSTATUS status,
                                 ULONG_PTR information)
{
    const struct native_post values = {key, context, status, information};
    struct object *port;
    NTSTATUS result;

    sim__before();
    result = sim__handle_find(handle,
                              OBJECT_PORT,
                              IO_COMPLETION_MODIFY_STATE,
                              &port);
    if (NT_SUCCESS(result) &&
        sim__fault("NtSetIoCompletion", STATUS_INSUFFICIENT_RESOURCES)) {
        result = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (NT_SUCCESS(result)) {
        post((struct port *)port, sim__packet_create(), &values);
    }
    sim__after();
    return result;
}

NTSTATUS NTAPI NtSetIoCompletionEx(HANDLE handle,
                                   HANDLE reserve_handle,
                                   PVOID key,
                                   PVOID context,
                                   NTSTATUS status,
                                   ULONG_PTR information)
{
    const struct native_post values = {key, context, status, information};
    struct object *port;
    struct object *reserve = NULL;
    struct packet *packet = NULL;
    NTSTATUS result;

    sim__before();
    /* FACT PORT-31 reserve objects. */
    result = sim__handle_find(handle,
                              OBJECT_PORT,
                              IO_COMPLETION_MODIFY_STATE,
                              &port);
    if (NT_SUCCESS(result)) {
        result = sim__handle_find(reserve_handle, OBJECT_RESERVE, 0, &reserve);
    }
    if (NT_SUCCESS(result) &&
        ((struct reserve *)reserve)->kind != RESERVE_IO_COMPLETION) {
        result = STATUS_OBJECT_TYPE_MISMATCH;
    }
    if (NT_SUCCESS(result)) {
        packet = sim__reserve_packet((struct reserve *)reserve);
        if (packet != NULL) {
            post((struct port *)port, packet, &values);
        } else {
            /* No source names the code for a reserve that is in a port. */
            result = STATUS_INVALID_PARAMETER_2;
        }
    }
    sim__after();
    return result;
}

NTSTATUS NTAPI NtAllocateReserveObject(PHANDLE handle,
                                       POBJECT_ATTRIBUTES attributes,
                                       MEMORY_RESERVE_TYPE type)
{
    (void)attributes; /* Reserves have no names. */
    if (handle == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    if (type != MemoryReserveUserApc && type != MemoryReserveIoCompletion) {
        return STATUS_INVALID_PARAMETER;
    }
    sim__before();
    *handle = sim__handle_open(&sim__reserve_create(type == MemoryReserveUserApc
                                                        ? RESERVE_USER_APC
                                                        : RESERVE_IO_COMPLETION)
                                    ->object,
                               GENERIC_ALL);
    sim__after();
    return STATUS_SUCCESS;
}

/** @brief Find the port and remove packets from it. */
static NTSTATUS remove_packets(HANDLE handle, struct removal *removal)
{
    struct object *port;
    NTSTATUS status = sim__handle_find_open(handle,
                                            OBJECT_PORT,
                                            IO_COMPLETION_MODIFY_STATE,
                                            &port);

    return NT_SUCCESS(status) ? sim__port_remove((struct port *)port, removal)
                              : status;
}

/** @brief A native time-out as an interval of the model; NULL: never. */
static const int64_t *native_interval(const LARGE_INTEGER *timeout,
                                      int64_t *storage)
{
    if (timeout == NULL) {
        return NULL;
    }
    *storage = timeout->QuadPart;
    return storage;
}

NTSTATUS NTAPI NtRemoveIoCompletion(HANDLE handle,
                                    PVOID *key,
                                    PVOID *context,
                                    PIO_STATUS_BLOCK block,
                                    PLARGE_INTEGER timeout)
{
    int64_t interval;
    struct removal removal = {
        .count = 1,
        .interval = native_interval(timeout, &interval),
        .call = "NtRemoveIoCompletion",
    };
    NTSTATUS status;

    if (key == NULL || context == NULL || block == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    sim__before();
    status = remove_packets(handle, &removal);
    if (status == STATUS_SUCCESS) {
        *key = (PVOID)removal.first->key;
        *context = removal.first->context;
        block->Status = removal.first->status;
        block->Information = removal.first->information;
        sim__packet_release(removal.first);
    }
    sim__after();
    return status;
}

/** @brief Copy what was removed into the caller's array. */
static void copy_entries(PFILE_IO_COMPLETION_INFORMATION entries,
                         struct packet *packet)
{
    while (packet != NULL) {
        struct packet *next = packet->next;

        entries->KeyContext = (PVOID)packet->key;
        entries->ApcContext = packet->context;
        entries->IoStatusBlock.Status = packet->status;
        entries->IoStatusBlock.Information = packet->information;
        sim__packet_release(packet);
        packet = next;
        entries++;
    }
}

NTSTATUS NTAPI NtRemoveIoCompletionEx(HANDLE handle,
                                      PFILE_IO_COMPLETION_INFORMATION entries,
                                      ULONG count,
                                      PULONG removed,
                                      PLARGE_INTEGER timeout,
                                      BOOLEAN alertable)
{
    int64_t interval;
    struct removal removal = {
        .count = count,
        .alertable = alertable != FALSE,
        .interval = native_interval(timeout, &interval),
        .call = "NtRemoveIoCompletionEx",
    };
    NTSTATUS status;

    if (entries == NULL || removed == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    if (count == 0) {
        return STATUS_INVALID_PARAMETER;
    }
    sim__before();
    status = remove_packets(handle, &removal);
    if (status == STATUS_SUCCESS) {
        *removed = removal.removed;
        copy_entries(entries, removal.first);
    } else {
        /* FACT PORT-52 the count on failure is not reliable. */
        *removed = (ULONG)sim__choose(CHOOSE_COUNT, 2);
    }
    sim__after();
    return status;
}

NTSTATUS NTAPI NtQueryIoCompletion(HANDLE handle,
                                   IO_COMPLETION_INFORMATION_CLASS what,
                                   PVOID buffer,
                                   ULONG bytes,
                                   PULONG needed)
{
    struct object *port;
    NTSTATUS status;

    if (what != IoCompletionBasicInformation) {
        return STATUS_INVALID_INFO_CLASS;
    }
    if (bytes != sizeof(LONG)) {
        return STATUS_INFO_LENGTH_MISMATCH;
    }
    if (buffer == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    sim__before();
    status =
        sim__handle_find(handle, OBJECT_PORT, IO_COMPLETION_QUERY_STATE, &port);
    if (NT_SUCCESS(status)) {
        /* FACT PORT-32 queue depth can be queried. */
        LONG depth = (LONG)((struct port *)port)->depth;

        memcpy(buffer, &depth, sizeof depth);
        if (needed != NULL) {
            *needed = sizeof depth;
        }
    }
    sim__after();
    return status;
}
