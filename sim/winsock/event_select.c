/**
 * @file event_select.c
 * @brief WSAEventSelect, and Winsock's names for the calls about events.
 *
 * A Winsock event is an event of Windows, made in the one way that fits: reset
 * by hand, because WSAEnumNetworkEvents resets it together with the record.
 *
 * Uses:     winsock.h, ../net/ready.h.
 * Used by:  programs.
 * Facts:    SOCK-55, SOCK-120.
 * Read next: afd_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../net/ready.h"
#include "winsock.h"

/** @brief Find an event that a call was given. */
static NTSTATUS find_event(WSAEVENT handle, struct object **out)
{
    return NT_SUCCESS(
               sim__handle_find(handle, OBJECT_EVENT, EVENT_MODIFY_STATE, out))
               ? STATUS_SUCCESS
               : STATUS_WINSOCK(WSAEINVAL);
}

int WSAAPI WSAEventSelect(SOCKET number, WSAEVENT handle, LONG events)
{
    struct socket *socket;
    struct object *event = NULL;
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &socket);
    if (NT_SUCCESS(status) && (events & ~(LONG)FD_ALL_EVENTS)) {
        status = STATUS_WINSOCK(WSAEINVAL);
    }
    if (NT_SUCCESS(status) && events != 0) {
        status = find_event(handle, &event);
    }
    if (NT_SUCCESS(status)) {
        trace(call,
              .text = "WSAEventSelect",
              .object = &socket->file->object,
              .value = {events});
        /* Its page: always, and not undone when the selection ends. */
        socket->options.no_wait = true;
        sim__ready_select(socket, event, (unsigned)events);
    }
    sim__after();
    return sim__wsa_result(status);
}

/** @brief Copy a record to the program: only what happened is written. */
static void report(const struct ready_record *record, WSANETWORKEVENTS *out)
{
    out->lNetworkEvents = (LONG)record->events;
    for (int bit = 0; bit < FD_MAX_EVENTS; bit++) {
        if (record->events >> bit & 1) {
            out->iErrorCode[bit] = 0;
        }
    }
    if (record->events & FD_CONNECT) {
        out->iErrorCode[FD_CONNECT_BIT] = sim__wsa_error(record->connected);
    }
    if (record->events & FD_CLOSE) {
        out->iErrorCode[FD_CLOSE_BIT] = sim__wsa_error(record->closed);
    }
}

int WSAAPI WSAEnumNetworkEvents(SOCKET number,
                                WSAEVENT handle,
                                LPWSANETWORKEVENTS out)
{
    struct socket *socket;
    struct object *event = NULL;
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &socket);
    if (NT_SUCCESS(status) && out == NULL) {
        status = STATUS_WINSOCK(WSAEFAULT);
    }
    if (NT_SUCCESS(status) && handle != NULL) {
        status = find_event(handle, &event);
    }
    if (NT_SUCCESS(status)) {
        struct ready_record record = sim__ready_take(socket);

        trace(call,
              .text = "WSAEnumNetworkEvents",
              .object = &socket->file->object,
              .value = {record.events});
        report(&record, out);
        if (event != NULL) {
            event->signal = 0; /* With the record: nothing can come between. */
        }
    }
    sim__after();
    return sim__wsa_result(status);
}

/* ---- Events -------------------------------------------------------------- */

/** @brief FALSE and the error when Winsock was not started. */
static BOOL started(void)
{
    return sim__wsa_bool(sim__wsa_started());
}

WSAEVENT WSAAPI WSACreateEvent(void)
{
    return started() ? CreateEventW(NULL, TRUE, FALSE, NULL)
                     : WSA_INVALID_EVENT;
}

BOOL WSAAPI WSACloseEvent(WSAEVENT event)
{
    return started() && CloseHandle(event);
}

BOOL WSAAPI WSASetEvent(WSAEVENT event)
{
    return started() && SetEvent(event);
}

BOOL WSAAPI WSAResetEvent(WSAEVENT event)
{
    return started() && ResetEvent(event);
}

DWORD WSAAPI WSAWaitForMultipleEvents(DWORD count,
                                      const WSAEVENT *events,
                                      BOOL all,
                                      DWORD milliseconds,
                                      BOOL alertable)
{
    if (!started()) {
        return WSA_WAIT_FAILED;
    }
    return WaitForMultipleObjectsEx(count,
                                    events,
                                    all,
                                    milliseconds,
                                    alertable);
}
