/**
 * @file socket_api.c
 * @brief Making sockets: socket, WSASocket and copies of sockets.
 *
 * Which protocol a socket speaks follows from three numbers, any of which may
 * be left open.  A socket can also be made from a description; when that comes
 * from WSADuplicateSocket, the "new" socket is another handle to the old one.
 *
 * Uses:     winsock.h, protocol.h.
 * Used by:  layer 2, programs.
 * Facts:    SOCK-03, SOCK-53.
 * Read next: protocol.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "protocol.h"
#include "winsock.h"

/** What a program asks for. */
struct wish {
    const char *call;
    int family;
    int type;
    int protocol;
    DWORD flags;
};

/** A socket's rights are those of a file opened for both directions. */
/* NOLINTNEXTLINE(misc-redundant-expression) */
enum { SOCKET_RIGHTS = FILE_GENERIC_READ | FILE_GENERIC_WRITE };

SOCKET sim__wsa_open(struct file *file, DWORD flags)
{
    HANDLE handle = sim__handle_open(&file->object, SOCKET_RIGHTS);
    struct handle *row = sim__handle_row(handle);

    row->flags |= HANDLE_OF_WINSOCK;
    if (!(flags & WSA_FLAG_NO_HANDLE_INHERIT)) {
        row->flags |= HANDLE_FLAG_INHERIT; /* Unlike other handles. */
    }
    return (SOCKET)handle;
}

/** @brief The protocol that a wish means, or why there is none. */
static NTSTATUS choose_protocol(const struct wish *wish,
                                const struct protocol **out)
{
    if (wish->family == AF_UNSPEC && wish->type == 0 && wish->protocol == 0) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    if (wish->family != AF_UNSPEC && wish->family != AF_INET &&
        wish->family != AF_INET6) {
        return STATUS_WINSOCK(WSAEAFNOSUPPORT);
    }
    if (wish->type == SOCK_RAW) {
        /* For administrators, and nobody is one here. */
        return STATUS_WINSOCK(WSAEACCES);
    }
    if (wish->type != 0 && wish->type != SOCK_STREAM &&
        wish->type != SOCK_DGRAM) {
        return STATUS_WINSOCK(WSAESOCKTNOSUPPORT);
    }
    *out = sim__protocol_find(wish->family, wish->type, wish->protocol);
    return *out != NULL ? STATUS_SUCCESS : STATUS_WINSOCK(WSAEPROTONOSUPPORT);
}

static NTSTATUS create(const struct wish *wish, SOCKET *out)
{
    const DWORD known = WSA_FLAG_OVERLAPPED | WSA_FLAG_NO_HANDLE_INHERIT |
                        WSA_FLAG_REGISTERED_IO;
    const struct protocol *protocol = NULL;
    struct file *file;
    NTSTATUS status = choose_protocol(wish, &protocol);

    if (NT_SUCCESS(status) && (wish->flags & ~known)) {
        status = STATUS_WINSOCK(WSAEINVAL);
    }
    if (NT_SUCCESS(status) &&
        sim__fault(wish->call, STATUS_INSUFFICIENT_RESOURCES)) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (NT_SUCCESS(status)) {
        /* FACT SOCK-03 WSA_FLAG_OVERLAPPED decides. */
        status = sim__socket_create(protocol->net_family,
                                    protocol->net_protocol,
                                    (wish->flags & WSA_FLAG_OVERLAPPED) != 0,
                                    &file);
    }
    if (NT_SUCCESS(status)) {
        *out = sim__wsa_open(file, wish->flags);
    }
    return status;
}

/** @brief FACT SOCK-53 A handle that WSADuplicateSocket has opened becomes a
 *  socket of this process; a description serves once. */
static NTSTATUS adopt(DWORD number, SOCKET *out)
{
    struct handle *row = sim__handle_row((HANDLE)(ULONG_PTR)number);

    if (row == NULL || row->object->type != OBJECT_FILE ||
        sim__socket_of((struct file *)row->object) == NULL ||
        (row->flags & HANDLE_OF_WINSOCK)) {
        return STATUS_WINSOCK(WSAEINVAL);
    }
    row->flags |= HANDLE_OF_WINSOCK;
    *out = number;
    return STATUS_SUCCESS;
}

static SOCKET make(const struct wish *wish, DWORD reserved)
{
    SOCKET made = INVALID_SOCKET;
    NTSTATUS status;

    sim__before();
    status = sim__wsa_started();
    if (NT_SUCCESS(status)) {
        status = reserved != 0 ? adopt(reserved, &made) : create(wish, &made);
    }
    sim__after();
    return sim__wsa_result(status) == 0 ? made : INVALID_SOCKET;
}

SOCKET WSAAPI socket(int family, int type, int protocol)
{
    const struct wish wish = {
        .call = "socket",
        .family = family,
        .type = type,
        .protocol = protocol,
        .flags = WSA_FLAG_OVERLAPPED, /* FACT SOCK-03. */
    };

    return make(&wish, 0);
}

/** @brief What of a description counts: FROM_PROTOCOL_INFO says so for each
 *  of the three numbers. */
static int or_from(int given, int described)
{
    return given == FROM_PROTOCOL_INFO ? described : given;
}

/* The description is only read, but the types are Windows'.
 * NOLINTBEGIN(readability-non-const-parameter) */
SOCKET WSAAPI WSASocketW(int family,
                         int type,
                         int protocol,
                         LPWSAPROTOCOL_INFOW info,
                         GROUP group,
                         DWORD flags)
{
    struct wish wish = {
        .call = "WSASocket",
        .family = family,
        .type = type,
        .protocol = protocol,
        .flags = flags,
    };

    (void)group; /* "Reserved" (WSASocketW page). */
    if (info == NULL) {
        return make(&wish, 0);
    }
    wish.family = or_from(family, info->iAddressFamily);
    wish.type = or_from(type, info->iSocketType);
    wish.protocol = or_from(protocol, info->iProtocol);
    return make(&wish, info->dwProviderReserved);
}

SOCKET WSAAPI WSASocketA(int family,
                         int type,
                         int protocol,
                         LPWSAPROTOCOL_INFOA info,
                         GROUP group,
                         DWORD flags)
{
    WSAPROTOCOL_INFOW wide;

    if (info == NULL) {
        return WSASocketW(family, type, protocol, NULL, group, flags);
    }
    /* All that counts stands before the name. */
    memcpy(&wide, info, offsetof(WSAPROTOCOL_INFOW, szProtocol));
    return WSASocketW(family, type, protocol, &wide, group, flags);
}
/* NOLINTEND(readability-non-const-parameter) */

/** @brief Open the second handle now, as Windows does: who never adopts it
 *  has leaked a socket. */
static NTSTATUS duplicate(SOCKET number, DWORD process, HANDLE *out)
{
    struct socket *socket;
    NTSTATUS status = sim__socket_find(number, &socket);

    if (NT_SUCCESS(status) && process != GetCurrentProcessId()) {
        status = STATUS_WINSOCK(WSAEINVAL); /* There is no other process. */
    }
    if (NT_SUCCESS(status) &&
        sim__fault("WSADuplicateSocket", STATUS_INSUFFICIENT_RESOURCES)) {
        status = STATUS_INSUFFICIENT_RESOURCES;
    }
    if (NT_SUCCESS(status)) {
        *out = sim__handle_open(&socket->file->object, SOCKET_RIGHTS);
        sim__handle_row(*out)->flags |= HANDLE_FLAG_INHERIT;
        trace(call,
              .text = "WSADuplicateSocket",
              .object = &socket->file->object,
              .value = {(int64_t)socket->file->object.handles});
    }
    return status;
}

int WSAAPI WSADuplicateSocketW(SOCKET number,
                               DWORD process,
                               LPWSAPROTOCOL_INFOW info)
{
    HANDLE handle = NULL;
    NTSTATUS status;

    if (info == NULL) {
        return sim__wsa_fail(WSAEFAULT);
    }
    sim__before();
    status = duplicate(number, process, &handle);
    if (NT_SUCCESS(status)) {
        struct object *file = sim__handle_row(handle)->object;

        sim__protocol_describe(sim__socket_of((struct file *)file), info);
        info->dwProviderReserved = (DWORD)(ULONG_PTR)handle;
    }
    sim__after();
    return sim__wsa_result(status);
}

int WSAAPI WSADuplicateSocketA(SOCKET number,
                               DWORD process,
                               LPWSAPROTOCOL_INFOA info)
{
    WSAPROTOCOL_INFOW wide;

    if (info == NULL) {
        return sim__wsa_fail(WSAEFAULT);
    }
    if (WSADuplicateSocketW(number, process, &wide) != 0) {
        return SOCKET_ERROR;
    }
    sim__protocol_narrow(&wide, info);
    return 0;
}
