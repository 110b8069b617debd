/**
 * @file listen.c
 * @brief listen, accept and WSAAccept.
 *
 * accept is a request like a read, always synchronous: it waits until a
 * connection is there and gives it a file object.  WSAAccept can look at who
 * calls before it decides.
 *
 * Uses:     winsock.h.
 * Used by:  layer 2, programs.
 * Facts:    SOCK-75, SOCK-77, SOCK-78.
 * Read next: connect.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "winsock.h"

/** @brief FACT SOCK-78 listen errors, in this order. */
static NTSTATUS cannot_listen(const struct socket *socket)
{
    if (socket->protocol != NET_TCP) {
        return STATUS_WINSOCK(WSAEOPNOTSUPP);
    }
    if (socket->state != SOCKET_OPEN && socket->state != SOCKET_LISTENING) {
        return STATUS_WINSOCK(WSAEISCONN);
    }
    if (!socket->bound || socket->accepting) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    return STATUS_SUCCESS;
}

int WSAAPI listen(SOCKET number, int backlog)
{
    struct socket *socket;
    NTSTATUS status;

    sim__before();
    status = sim__socket_find(number, &socket);
    if (NT_SUCCESS(status)) {
        status = cannot_listen(socket);
    }
    if (NT_SUCCESS(status)) {
        trace(call,
              .text = "listen",
              .object = &socket->file->object,
              .value = {backlog});
        status = sim__socket_listen(socket, backlog);
    }
    sim__after();
    return sim__wsa_result(status);
}

/* ---- Accepting ----------------------------------------------------------- */

/** A call of accept or WSAAccept. */
struct acceptance {
    const char *call;
    SOCKET number;
    struct sockaddr *name; /* Or NULL. */
    int *name_bytes;
    LPCONDITIONPROC condition; /* Or NULL: everybody is welcome. */
    DWORD_PTR context;
    struct file *made; /* The answer. */
};

static NTSTATUS cannot_accept(const struct acceptance *call,
                              const struct socket *socket)
{
    if (socket->protocol != NET_TCP) {
        return STATUS_WINSOCK(WSAEOPNOTSUPP);
    }
    if (socket->state != SOCKET_LISTENING) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    return sim__wsa_check_name(call->name, call->name_bytes, socket, true);
}

/** @brief Take the connection at the head of the queue.
 *  @param no_wait  Fail when there is none. */
static NTSTATUS take(struct acceptance *call,
                     const struct socket *socket,
                     bool no_wait)
{
    const struct wsa_report report = {0};
    const struct socket_accept detail = {.made = &call->made};
    struct request request = {
        .kind = IRP_ACCEPT,
        .call = call->call,
        .detail = &detail,
        .no_wait = no_wait,
    };

    return sim__wsa_io(&request, call->number, socket, &report);
}

/** @brief Wait until somebody calls, and see who. */
static NTSTATUS look(const struct acceptance *call,
                     const struct socket *socket,
                     const struct socket_glance *glance)
{
    const struct wsa_report report = {0};
    struct request request = {
        .kind = IRP_PEEK,
        .call = call->call,
        .detail = glance,
    };

    return sim__wsa_io(&request, call->number, socket, &report);
}

/** @brief Show the program who calls, as sockaddrs in buffers. */
static int ask(const struct acceptance *call,
               const struct net_address *local,
               const struct net_address *remote)
{
    struct sockaddr_storage names[2];
    WSABUF caller = {
        .len = (ULONG)sim__address_bytes((enum net_family)remote->family),
        .buf = (CHAR *)&names[0],
    };
    WSABUF callee = {
        .len = (ULONG)sim__address_bytes((enum net_family)local->family),
        .buf = (CHAR *)&names[1],
    };
    WSABUF nothing = {0};
    GROUP group = 0;

    sim__address_write(remote, &names[0]);
    sim__address_write(local, &names[1]);
    return call->condition(&caller,
                           &nothing,
                           NULL,
                           NULL,
                           &callee,
                           &nothing,
                           &group,
                           call->context);
}

/** @brief Ask the condition about each caller until one is taken. */
static NTSTATUS take_on_condition(struct acceptance *call,
                                  struct socket *socket)
{
    struct net_address local = {.family = NET_NONE};
    struct net_address remote = {.family = NET_NONE};
    const struct socket_glance glance = {.local = &local, .remote = &remote};
    NTSTATUS status;

    /* BOUND: each turn but the last saw another thread take the connection
     * that the condition wanted. */
    do {
        status = look(call, socket, &glance);
        if (!NT_SUCCESS(status)) {
            return status;
        }
        switch (ask(call, &local, &remote)) {
        case CF_ACCEPT:
            status = take(call, socket, true);
            break;
        case CF_DEFER:
            /* FACT SOCK-75 it stays first in the queue, for AcceptEx too. */
            return STATUS_WINSOCK(WSATRY_AGAIN);
        default:
            sim__listener_reject(socket, &remote);
            return STATUS_WINSOCK(WSAECONNREFUSED);
        }
    } while (status == STATUS_DEVICE_NOT_READY && !socket->options.no_wait);
    return status;
}

static NTSTATUS accept_one(struct acceptance *call)
{
    struct socket *socket;
    NTSTATUS status = sim__socket_find(call->number, &socket);

    if (NT_SUCCESS(status)) {
        status = cannot_accept(call, socket);
    }
    if (!NT_SUCCESS(status)) {
        return status;
    }
    /* A condition may close the listener, and still wants an answer. */
    sim__object_keep(&socket->file->object);
    /* FACT SOCK-77 inheritance: the device copies the listener's options. */
    status = call->condition == NULL ? take(call, socket, false)
                                     : take_on_condition(call, socket);
    sim__object_drop(&socket->file->object);
    return status;
}

static SOCKET accept_call(struct acceptance *call)
{
    SOCKET made = INVALID_SOCKET;
    NTSTATUS status;

    sim__before();
    status = accept_one(call);
    if (NT_SUCCESS(status)) {
        const struct socket *socket = sim__socket_of(call->made);

        sim__wsa_write_name(&socket->remote, call->name, call->name_bytes);
        made = sim__wsa_open(call->made, 0);
    }
    sim__after();
    (void)sim__wsa_result(status);
    return made;
}

SOCKET WSAAPI accept(SOCKET number, struct sockaddr *name, int *name_bytes)
{
    struct acceptance call = {
        .call = "accept",
        .number = number,
        .name = name,
        .name_bytes = name_bytes,
    };

    return accept_call(&call);
}

SOCKET WSAAPI WSAAccept(SOCKET number,
                        struct sockaddr *name,
                        LPINT name_bytes,
                        LPCONDITIONPROC condition,
                        DWORD_PTR context)
{
    struct acceptance call = {
        .call = "WSAAccept",
        .number = number,
        .name = name,
        .name_bytes = name_bytes,
        .condition = condition,
        .context = context,
    };

    return accept_call(&call);
}
