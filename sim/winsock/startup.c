/**
 * @file startup.c
 * @brief WSAStartup and WSACleanup.
 *
 * A process says that it will use sockets, and which Winsock it was written
 * for, and later that it is done.  Each host of a world is a machine of its
 * own and counts for itself.
 *
 * Uses:     winsock.h.
 * Used by:  programs.
 * Facts:    SOCK-10.
 * Read next: socket_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "winsock.h"

#include <string.h>

enum { VERSION_MAJOR = 2, VERSION_MINOR = 2 };

/** @brief The version to use for a program that asks for @p wanted: the
 *  highest that exists and that it knows (WSAStartup page). */
static WORD agree(WORD wanted)
{
    unsigned major = LOBYTE(wanted);
    unsigned minor = HIBYTE(wanted);

    if (major > VERSION_MAJOR ||
        (major == VERSION_MAJOR && minor > VERSION_MINOR)) {
        return MAKEWORD(VERSION_MAJOR, VERSION_MINOR);
    }
    if (major == 1 && minor > 1) {
        return MAKEWORD(1, 1); /* There was no other 1.x. */
    }
    return wanted;
}

int WSAAPI WSAStartup(WORD version, LPWSADATA data)
{
    /* The error is returned, not set: WSAGetLastError may not work yet. */
    if (LOBYTE(version) == 0) {
        return WSAVERNOTSUPPORTED;
    }
    if (data == NULL) {
        return WSAEFAULT;
    }
    sim__before();
    if (sim__fault("WSAStartup", STATUS_INSUFFICIENT_RESOURCES)) {
        sim__after();
        return WSASYSNOTREADY;
    }
    memset(data, 0, sizeof *data);
    data->wVersion = agree(version);
    data->wHighVersion = MAKEWORD(VERSION_MAJOR, VERSION_MINOR);
    (void)strcpy(data->szDescription, "WinSock 2.0");
    (void)strcpy(data->szSystemStatus, "Running");
    sim__host_here()->started++;
    trace(call, .text = "WSAStartup");
    sim__after();
    return 0;
}

/** @brief Close what a host left open, as documented: reset and forgotten. */
static void close_all(const struct host *host)
{
    uint32_t at = 0;
    const struct handle *row = sim__handle_next(&at);

    /* BOUND: each turn looks at a later row. */
    for (; row != NULL; row = sim__handle_next(&at)) {
        struct socket *socket = row->object->type == OBJECT_FILE
                                    ? sim__socket_of((struct file *)row->object)
                                    : NULL;

        if (socket != NULL && socket->host == host &&
            (row->flags & HANDLE_OF_WINSOCK)) {
            socket->options.linger = true;
            socket->options.linger_s = 0;
            (void)sim__wsa_close(sim__handle_of(row));
        }
    }
}

int WSAAPI WSACleanup(void)
{
    NTSTATUS status;

    sim__before();
    status = sim__wsa_started();
    if (NT_SUCCESS(status)) {
        struct host *host = sim__host_here();

        trace(call, .text = "WSACleanup");
        host->started--;
        if (host->started == 0) {
            close_all(host);
        }
    }
    sim__after();
    return sim__wsa_result(status);
}
