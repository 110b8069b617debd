/**
 * @file wsa_ioctl.c
 * @brief WSAIoctl and ioctlsocket.
 *
 * Most codes are carried out on the spot.  With an OVERLAPPED they become
 * requests all the same, because then somebody waits for a packet.
 *
 * Uses:     control.h.
 * Used by:  layers, programs.
 * Facts:    SOCK-114, SOCK-115, SOCK-117.
 * Read next: select.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "control.h"

static NTSTATUS as_request(struct control *control,
                           const struct wsa_report *report)
{
    struct request request = {
        .kind = IRP_CONTROL,
        .call = "WSAIoctl",
        .buffer = control->out,
        .length = control->out != NULL ? control->out_bytes : 0,
        .detail = control,
    };
    NTSTATUS status =
        sim__wsa_io(&request, control->number, control->socket, report);

    control->bytes = request.information;
    return status;
}

static NTSTATUS carry_out(struct control *control,
                          const struct wsa_report *report)
{
    NTSTATUS status = sim__socket_find(control->number, &control->socket);

    if (!NT_SUCCESS(status)) {
        return status;
    }
    if (sim__wsa_overlapped(control->socket, report->overlapped) ||
        control->code == SIO_ADDRESS_LIST_CHANGE) {
        return as_request(control, report);
    }
    trace(call,
          .text = "WSAIoctl",
          .object = &control->socket->file->object,
          .value = {(int64_t)control->code});
    return sim__control(control);
}

int WSAAPI WSAIoctl(SOCKET number,
                    DWORD code,
                    LPVOID in,
                    DWORD in_bytes,
                    LPVOID out,
                    DWORD out_bytes,
                    LPDWORD bytes_out,
                    LPWSAOVERLAPPED overlapped,
                    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine)
{
    const struct wsa_report report = {
        .overlapped = overlapped,
        .routine = routine,
    };
    struct control control = {
        .number = number,
        .code = code,
        .in = in,
        .in_bytes = in_bytes,
        .out = out,
        .out_bytes = out_bytes,
    };
    NTSTATUS status;

    sim__before();
    status = carry_out(&control, &report);
    if (bytes_out == NULL && overlapped == NULL && NT_SUCCESS(status)) {
        status = STATUS_WINSOCK(WSAEFAULT);
    }
    sim__after();
    if (bytes_out != NULL && status != STATUS_PENDING) {
        *bytes_out = (DWORD)control.bytes;
    }
    return sim__wsa_result(status);
}

int WSAAPI ioctlsocket(SOCKET number, LONG command, u_long *argument)
{
    struct control control = {
        .number = number,
        .code = (DWORD)command,
        .in = argument,
        .in_bytes = sizeof *argument,
        .out = argument,
        .out_bytes = sizeof *argument,
    };
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &control.socket);
    if (NT_SUCCESS(status)) {
        switch (control.code) {
        case (DWORD)FIONBIO:
        case (DWORD)FIONREAD:
        case (DWORD)SIOCATMARK:
            status = argument == NULL ? STATUS_WINSOCK(WSAEFAULT)
                                      : sim__control(&control);
            break;
        default:
            status = STATUS_NOT_SUPPORTED;
        }
    }
    sim__after();
    return sim__wsa_result(status);
}
