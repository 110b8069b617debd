/**
 * @file native_wait_packet.c
 * @brief The native calls of wait completion packets.
 *
 * Uses:     api.h, wait_packet.h.
 * Used by:  programs that look the calls up in ntdll.
 * Facts:    PORT-97, PORT-98.
 * Read next: handle_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../kernel/port.h"
#include "../kernel/wait_packet.h"
#include "api.h"

NTSTATUS NTAPI NtCreateWaitCompletionPacket(PHANDLE handle,
                                            ACCESS_MASK access,
                                            POBJECT_ATTRIBUTES attributes)
{
    (void)attributes; /* Names of wait packets are of no use to anybody. */
    if (handle == NULL) {
        return STATUS_ACCESS_VIOLATION;
    }
    sim__before();
    *handle = sim__handle_open(&sim__wait_packet_create()->object, access);
    sim__after();
    return STATUS_SUCCESS;
}

/** @brief Whether an object's signal can become a packet. */
static bool can_be_target(const struct object *object)
{
    /* A mutex would need a thread that owns it. */
    return object->type != OBJECT_MUTEX && object->type != OBJECT_RESERVE &&
           object->type != OBJECT_WAIT_PACKET;
}

/** @brief Find the three objects of an association. */
static NTSTATUS find_three(const HANDLE handles[3],
                           struct wait_packet **wait,
                           struct port **port,
                           struct object **target)
{
    struct object *object;
    NTSTATUS status =
        sim__handle_find(handles[0], OBJECT_WAIT_PACKET, 0, &object);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    *wait = (struct wait_packet *)object;
    status = sim__handle_find(handles[1],
                              OBJECT_PORT,
                              IO_COMPLETION_MODIFY_STATE,
                              &object);
    if (!NT_SUCCESS(status)) {
        return status;
    }
    *port = (struct port *)object;
    status = sim__handle_find(handles[2], OBJECT_NONE, SYNCHRONIZE, target);
    if (NT_SUCCESS(status) && !can_be_target(*target)) {
        return STATUS_OBJECT_TYPE_MISMATCH;
    }
    return status;
}

NTSTATUS NTAPI NtAssociateWaitCompletionPacket(HANDLE wait_handle,
                                               HANDLE port_handle,
                                               HANDLE target_handle,
                                               PVOID key,
                                               PVOID context,
                                               NTSTATUS status,
                                               ULONG_PTR information,
                                               PBOOLEAN already)
{
    const HANDLE handles[3] = {wait_handle, port_handle, target_handle};
    struct wait_packet *wait;
    struct port *port;
    struct object *target;
    NTSTATUS result;

    sim__before();
    result = find_three(handles, &wait, &port, &target);
    if (NT_SUCCESS(result) && wait->state != WAIT_PACKET_IDLE) {
        /* FACT PORT-97 associating one in use fails; no source names the
         * code. */
        result = STATUS_INVALID_PARAMETER_1;
    }
    if (NT_SUCCESS(result)) {
        bool signaled;

        wait->packet.key = (ULONG_PTR)key;
        wait->packet.context = context;
        wait->packet.status = status;
        wait->packet.information = information;
        trace(call,
              .text = "NtAssociateWaitCompletionPacket",
              .object = target);
        signaled = sim__wait_packet_tie(wait, port, target);
        if (already != NULL) {
            *already = signaled;
        }
    }
    sim__after();
    return result;
}

NTSTATUS NTAPI NtCancelWaitCompletionPacket(HANDLE handle, BOOLEAN remove)
{
    struct object *wait;
    NTSTATUS status;

    sim__before();
    status = sim__handle_find(handle, OBJECT_WAIT_PACKET, 0, &wait);
    if (NT_SUCCESS(status)) {
        /* FACT PORT-98 cancelling a wait packet. */
        status = sim__wait_packet_cancel((struct wait_packet *)wait,
                                         remove != FALSE);
        trace(cancel, .object = wait, .text = "wait packet");
    }
    sim__after();
    return status;
}
