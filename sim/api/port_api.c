/**
 * @file port_api.c
 * @brief The Win32 calls of a completion port.
 *
 * These are the calls that programs know.  They check arguments, translate
 * milliseconds and statuses, and leave the rest to port.c.
 *
 * Uses:     api.h, port.h, file.h.
 * Used by:  layer 0, programs.
 * Facts:    PORT-01..PORT-05, PORT-27, PORT-29, PORT-36..PORT-43, PORT-46,
 *           PORT-50..PORT-54, PORT-77, PORT-78.
 * Read next: native_port.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/file.h"
#include "../kernel/port.h"
#include "api.h"

/** The right to take packets and to post them: PORT-15. */
enum { PORT_ACCESS_MODIFY = IO_COMPLETION_MODIFY_STATE };

/** @brief Associate a file with a port that exists. */
static NTSTATUS associate(HANDLE file, HANDLE port, ULONG_PTR key)
{
    struct object *file_object;
    struct object *port_object;
    NTSTATUS status = sim__handle_find(file, OBJECT_FILE, 0, &file_object);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    status =
        sim__handle_find(port, OBJECT_PORT, PORT_ACCESS_MODIFY, &port_object);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    return sim__file_associate((struct file *)file_object,
                               (struct port *)port_object,
                               key);
}

/** @brief The body of CreateIoCompletionPort between its choice points. */
static NTSTATUS create(HANDLE file,
                       HANDLE *port,
                       ULONG_PTR key,
                       DWORD concurrency)
{
    bool fresh = *port == NULL;
    NTSTATUS status;

    if (!fresh && file == INVALID_HANDLE_VALUE) {
        /* FACT PORT-04 INVALID_HANDLE_VALUE together with an existing port. */
        return STATUS_INVALID_PARAMETER;
    }
    if (fresh) {
        *port = sim__handle_open(&sim__port_create(concurrency)->object,
                                 IO_COMPLETION_ALL_ACCESS);
    }
    if (file == INVALID_HANDLE_VALUE) {
        return STATUS_SUCCESS;
    }
    status = associate(file, *port, key);
    if (!NT_SUCCESS(status) && fresh) {
        /* FACT PORT-02 create and associate in one call: if the second half
         * fails no port is left. */
        (void)sim__handle_close(*port);
    }
    return status;
}

HANDLE WINAPI CreateIoCompletionPort(HANDLE file,
                                     HANDLE port,
                                     ULONG_PTR key,
                                     DWORD concurrency)
{
    NTSTATUS status;

    sim__before();
    status = sim__fault("CreateIoCompletionPort", STATUS_INSUFFICIENT_RESOURCES)
                 ? STATUS_INSUFFICIENT_RESOURCES
                 : create(file, &port, key, concurrency);
    sim__after();
    /* FACT PORT-03 associating with an existing port returns the very handle.
     * FACT PORT-05 failure value is NULL. */
    return sim__result(status) ? port : NULL;
}

BOOL WINAPI PostQueuedCompletionStatus(HANDLE handle,
                                       DWORD bytes,
                                       ULONG_PTR key,
                                       LPOVERLAPPED overlapped)
{
    struct object *port;
    NTSTATUS status;

    sim__before();
    status = sim__handle_find(handle, OBJECT_PORT, PORT_ACCESS_MODIFY, &port);
    if (NT_SUCCESS(status) && sim__fault("PostQueuedCompletionStatus",
                                         STATUS_INSUFFICIENT_RESOURCES)) {
        /* FACT PORT-29 posting can fail. */
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (NT_SUCCESS(status)) {
        struct packet *packet = sim__packet_create();

        /* FACT PORT-27 posts anything: none of the three is looked at. */
        packet->key = key;
        packet->context = overlapped;
        packet->information = bytes;
        packet->op = sim__op_new();
        trace(post,
              .object = port,
              .op = packet->op,
              .owner = SIM_QUEUE,
              .value = {trace_key(key), bytes});
        sim__port_insert((struct port *)port, packet);
    }
    sim__after();
    return sim__result(status);
}

/** @brief Find the port and remove packets from it. */
static NTSTATUS remove_packets(HANDLE handle, struct removal *removal)
{
    struct object *port;
    NTSTATUS status =
        sim__handle_find_open(handle, OBJECT_PORT, PORT_ACCESS_MODIFY, &port);

    removal->first = NULL;
    removal->removed = 0;
    if (!NT_SUCCESS(status)) {
        /* FACT PORT-46 invalid port handles, FACT PORT-77 closed ones too. */
        return status;
    }
    return sim__port_remove((struct port *)port, removal);
}

/** @brief The last error of a removal that took nothing. */
static DWORD removal_error(NTSTATUS status)
{
    switch (status) {
    case STATUS_TIMEOUT: /* FACT PORT-42, FACT PORT-54. */
        return WAIT_TIMEOUT;
    case STATUS_USER_APC: /* FACT PORT-53. */
        return WAIT_IO_COMPLETION;
    case STATUS_ABANDONED_WAIT_0:
        /* FACT PORT-78 735 is a special case: the table has another. */
        return ERROR_ABANDONED_WAIT_0;
    default:
        return RtlNtStatusToDosError(status);
    }
}

BOOL WINAPI GetQueuedCompletionStatus(HANDLE handle,
                                      LPDWORD bytes,
                                      PULONG_PTR key,
                                      LPOVERLAPPED *overlapped,
                                      DWORD milliseconds)
{
    int64_t interval;
    struct removal removal = {
        .count = 1,
        .alertable = false, /* FACT PORT-43 GQCS is not alertable. */
        .interval = sim__time_interval(milliseconds, &interval),
        .call = "GetQueuedCompletionStatus",
    };
    NTSTATUS status;

    sim__require(bytes, removal.call, "lpNumberOfBytesTransferred");
    sim__require(key, removal.call, "lpCompletionKey");
    sim__require(overlapped, removal.call, "lpOverlapped");
    sim__before();
    status = remove_packets(handle, &removal);
    if (status == STATUS_SUCCESS) {
        struct packet *packet = removal.first;

        /* FACT PORT-36 and FACT PORT-37: a packet fills all three, whether
         * its operation succeeded or failed. */
        *bytes = (DWORD)packet->information;
        *key = packet->key;
        *overlapped = packet->context;
        status = packet->status;
        sim__packet_release(packet);
        sim__after();
        /* FACT PORT-41 warning statuses count as failure. */
        return sim__result(status);
    }
    /* FACT PORT-38 no packet: only the pointer is overwritten. */
    *overlapped = NULL;
    sim__after();
    return sim__fail(removal_error(status));
}

BOOL WINAPI GetQueuedCompletionStatusEx(HANDLE handle,
                                        LPOVERLAPPED_ENTRY entries,
                                        ULONG count,
                                        PULONG removed,
                                        DWORD milliseconds,
                                        BOOL alertable)
{
    int64_t interval;
    struct removal removal = {
        .count = count,
        .alertable = alertable != FALSE,
        .interval = sim__time_interval(milliseconds, &interval),
        .call = "GetQueuedCompletionStatusEx",
    };
    struct packet *packet;
    NTSTATUS status;

    sim__require(entries, removal.call, "lpCompletionPortEntries");
    sim__require(removed, removal.call, "ulNumEntriesRemoved");
    sim__before();
    /* A count of 0 is documented nowhere (LIMIT-06); refusing it is the answer
     * that no program can mistake for a packet. */
    status = count == 0 ? STATUS_INVALID_PARAMETER
                        : remove_packets(handle, &removal);
    if (status != STATUS_SUCCESS) {
        /* FACT PORT-52 the count on failure is not reliable. */
        *removed = (ULONG)sim__choose(CHOOSE_COUNT, 2);
        sim__after();
        return sim__fail(removal_error(status));
    }
    *removed = removal.removed;
    for (packet = removal.first; packet != NULL; entries++) {
        struct packet *next = packet->next;

        /* FACT PORT-51 the Internal member of an entry is the status. */
        entries->lpCompletionKey = packet->key;
        entries->lpOverlapped = packet->context;
        entries->Internal = (ULONG_PTR)(ULONG)packet->status;
        entries->dwNumberOfBytesTransferred = (DWORD)packet->information;
        sim__packet_release(packet);
        packet = next;
    }
    sim__after();
    /* FACT PORT-50 TRUE even when the operations failed. */
    return TRUE;
}
