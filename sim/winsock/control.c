/**
 * @file control.c
 * @brief Control codes: what each of them does.
 *
 * The codes that programs and libraries really use.  Any other is answered
 * with WSAEOPNOTSUPP, which they all expect from some provider or other.
 *
 * Uses:     control.h, device.h, ../net/ready.h.
 * Used by:  wsa_ioctl.c, sim/net.
 * Facts:    SOCK-26, SOCK-106, SOCK-114, SOCK-115, SOCK-116, SOCK-117,
 *           SOCK-122.
 * Read next: control_list.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "control.h"

#include <mstcpip.h>
#include <string.h>

#include "../net/ready.h"
#include "device.h"

NTSTATUS sim__control_answer(struct control *control,
                             const void *answer,
                             size_t bytes)
{
    if (control->out == NULL || control->out_bytes < bytes) {
        return STATUS_BUFFER_TOO_SMALL; /* WSAEFAULT. */
    }
    memcpy(control->out, answer, bytes);
    control->bytes = bytes;
    return STATUS_SUCCESS;
}

/** @brief Read what the program gives; false when it is too short. */
static bool take(const struct control *control, void *out, size_t bytes)
{
    if (control->in == NULL || control->in_bytes < bytes) {
        return false;
    }
    memcpy(out, control->in, bytes);
    return true;
}

static NTSTATUS set_no_wait(const struct control *control)
{
    u_long on;

    if (!take(control, &on, sizeof on)) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    if (on == 0 && sim__ready_selected(control->socket)) {
        /* WSAEventSelect needs it (ioctlsocket page). */
        return STATUS_WINSOCK(WSAEINVAL);
    }
    control->socket->options.no_wait = on != 0;
    return STATUS_SUCCESS;
}

/** @brief FACT SOCK-26 SIOCATMARK tells about the mark: TRUE when no
 *  out-of-band data wait, or nothing is before them. */
static NTSTATUS at_mark(struct control *control)
{
    BOOL is_there;

    if (control->socket->protocol != NET_TCP) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    is_there = sim__socket_at_mark(control->socket);
    return sim__control_answer(control, &is_there, sizeof is_there);
}

/** @brief FACT SOCK-106 switching it off. */
static NTSTATUS set_unreachable(const struct control *control)
{
    /* Windows takes one byte, too: the type of the documentation's example
     * is BOOL, that of others is unsigned char. */
    unsigned char on;

    if (control->socket->protocol != NET_UDP) {
        return STATUS_NOT_SUPPORTED;
    }
    if (!take(control, &on, sizeof on)) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    if (control->code == SIO_UDP_CONNRESET) {
        control->socket->options.port_unreachable_off = on == 0;
    }
    /* For SIO_UDP_NETRESET there is nothing to switch: no router stands
     * between two hosts, so no hop limit is ever exceeded. */
    return STATUS_SUCCESS;
}

static NTSTATUS set_keep_alive(const struct control *control)
{
    struct socket_options *options = &control->socket->options;
    struct tcp_keepalive wanted;

    if (control->socket->protocol != NET_TCP) {
        return STATUS_NOT_SUPPORTED;
    }
    if (!take(control, &wanted, sizeof wanted)) {
        return STATUS_WINSOCK(WSAEFAULT);
    }
    options->keep_alive = wanted.onoff != 0;
    if (options->keep_alive) {
        options->keep_alive_ms = wanted.keepalivetime;
        options->keep_alive_every_ms = wanted.keepaliveinterval;
    }
    sim__socket_options_changed(control->socket);
    return STATUS_SUCCESS;
}

/** @brief FACT SOCK-116 SIO_FLUSH discards queued sends. */
static NTSTATUS flush(const struct control *control)
{
    struct socket *socket = control->socket;

    /* BOUND: each turn ends one request, or stops. */
    while (socket->sends.first != NULL) {
        struct irp *irp = socket->sends.first;

        irp->cancel_asked = true;
        trace(cancel,
              .object = &socket->file->object,
              .op = irp->op,
              .owner = SIM_KERNEL,
              .text = "SIO_FLUSH");
        if (!socket->file->ops->cancel(irp)) {
            break;
        }
    }
    return STATUS_SUCCESS;
}

/** @brief FACT SOCK-122 SIO_LOOPBACK_FAST_PATH: a wish before connecting,
 *  which the model grants always: nothing slows its loopback down. */
static NTSTATUS set_fast_path(const struct control *control)
{
    DWORD on;

    if (control->socket->protocol != NET_TCP) {
        return STATUS_NOT_SUPPORTED;
    }
    return take(control, &on, sizeof on) ? STATUS_SUCCESS
                                         : STATUS_WINSOCK(WSAEFAULT);
}

static NTSTATUS available(struct control *control)
{
    u_long bytes = sim__socket_available(control->socket);

    return sim__control_answer(control, &bytes, sizeof bytes);
}

NTSTATUS sim__control(struct control *control)
{
    switch (control->code) {
    case SIO_GET_EXTENSION_FUNCTION_POINTER:
        return sim__control_extension(control);
    case (DWORD)FIONBIO:
        return set_no_wait(control);
    case (DWORD)FIONREAD:
        return available(control);
    case (DWORD)SIOCATMARK:
        return at_mark(control);
    case SIO_UDP_CONNRESET:
    case SIO_UDP_NETRESET:
        return set_unreachable(control);
    case SIO_KEEPALIVE_VALS:
        return set_keep_alive(control);
    case SIO_BASE_HANDLE:
    case SIO_BSP_HANDLE:
    case SIO_BSP_HANDLE_SELECT:
    case SIO_BSP_HANDLE_POLL:
        /* No layered providers here: SOCK-58. */
        return sim__control_answer(control,
                                   &control->number,
                                   sizeof control->number);
    case (DWORD)SIO_GET_INTERFACE_LIST:
        return sim__control_interfaces(control);
    case SIO_ADDRESS_LIST_QUERY:
        return sim__control_addresses(control);
    case SIO_ROUTING_INTERFACE_QUERY:
        return sim__control_route(control);
    case SIO_FLUSH:
        return flush(control);
    case SIO_LOOPBACK_FAST_PATH:
        return set_fast_path(control);
    default:
        return STATUS_NOT_SUPPORTED;
    }
}

/* ---- As a request -------------------------------------------------------- */

NTSTATUS sim__control_start(struct irp *irp)
{
    struct control control = *(const struct control *)irp->detail;
    NTSTATUS status;

    control.out = irp->buffer;
    if (control.code == SIO_ADDRESS_LIST_CHANGE) {
        /* FACT SOCK-117 SIO_ADDRESS_LIST_CHANGE: a host's addresses are those
         * it was made with, so it pends until it is cancelled. */
        return irp->no_wait ? STATUS_DEVICE_NOT_READY : STATUS_PENDING;
    }
    status = sim__control(&control);
    irp->information = control.bytes;
    if (control.code == (DWORD)SIO_GET_INTERFACE_LIST) {
        /* FACT SOCK-115 overlapped WSAIoctl: this one pends, and then even
         * too small a buffer is an error of the completion. */
        sim__irp_pend(irp);
        sim__irp_complete(irp, status, control.bytes);
        return STATUS_PENDING;
    }
    return status;
}

bool sim__control_cancel(struct irp *irp)
{
    sim__irp_complete(irp, STATUS_CANCELLED, 0);
    return true;
}
