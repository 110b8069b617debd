/**
 * @file winsock.h
 * @brief What Winsock's entry points share.
 *
 * They are as thin as the other Win32 calls, with errors of their own: a
 * driver's status becomes one of Winsock's codes, and what Winsock refuses
 * without asking the driver is STATUS_WINSOCK(code) until then.
 *
 * Uses:     ../api/api.h, ../net/socket.h.
 * Used by:  every file of sim/winsock.
 * Facts:    SOCK-03, SOCK-09, SOCK-10, SOCK-123, OVL-35.
 * Read next: wsa_error.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_WINSOCK_H
#define SIM_WINSOCK_H

#include "../api/api.h"
#include "../kernel/irp.h"
#include "../net/socket.h"

#include <winsock2.h>

#include <mswsock.h>
#include <ws2tcpip.h>

/* Functions that only WSAIoctl finds. */
#define API_EXTENSION(type, name, parameters) type name parameters;
#include <declare.h>

/** In handle.flags: Winsock knows the handle, because it made it.  A bit that
 * no HANDLE_FLAG_... uses. */
enum { HANDLE_OF_WINSOCK = 0x40000000 };

/** @brief Winsock's code for a driver's status: FACT SOCK-123.
 *  In wsa_error.c. */
int sim__wsa_error(NTSTATUS status);

/** @brief SOCKET_ERROR with a given code. */
static inline int sim__wsa_fail(int code)
{
    sim__set_error((DWORD)code);
    return SOCKET_ERROR;
}

/** @brief 0, or SOCKET_ERROR and the last error. */
static inline int sim__wsa_result(NTSTATUS status)
{
    if (SIM_LIKELY(NT_SUCCESS(status) && status != STATUS_PENDING)) {
        return 0;
    }
    return sim__wsa_fail(status == STATUS_PENDING ? WSA_IO_PENDING
                                                  : sim__wsa_error(status));
}

/** @brief The same for the calls that return BOOL. */
static inline BOOL sim__wsa_bool(NTSTATUS status)
{
    return sim__wsa_result(status) == 0;
}

/** @brief STATUS_SUCCESS, or that this host has not called WSAStartup. */
static inline NTSTATUS sim__wsa_started(void)
{
    /* FACT SOCK-10 before WSAStartup. */
    return SIM_LIKELY(sim__host_here()->started != 0)
               ? STATUS_SUCCESS
               : STATUS_WINSOCK(WSANOTINITIALISED);
}

/** @brief Find the socket behind a number.
 *  @return STATUS_SUCCESS or what the call fails with. */
static inline NTSTATUS sim__socket_find(SOCKET number, struct socket **out)
{
    struct object *file;
    NTSTATUS status = sim__wsa_started();

    if (SIM_LIKELY(NT_SUCCESS(status))) {
        status = sim__handle_find((HANDLE)number, OBJECT_FILE, 0, &file);
        if (SIM_LIKELY(NT_SUCCESS(status))) {
            *out = sim__socket_of((struct file *)file);
        }
        if (SIM_UNLIKELY(!NT_SUCCESS(status) || *out == NULL)) {
            /* FACT SOCK-09 an invalid socket. */
            status = STATUS_WINSOCK(WSAENOTSOCK);
        }
    }
    return status;
}

/** @brief Whether a call with this OVERLAPPED returns without waiting. */
static inline bool sim__wsa_overlapped(const struct socket *socket,
                                       const OVERLAPPED *overlapped)
{
    /* FACT SOCK-03 WSA_FLAG_OVERLAPPED decides: on other sockets an
     * OVERLAPPED is ignored. */
    return overlapped != NULL && socket->file->overlapped;
}

/** Where the result of a call goes. */
struct wsa_report {
    LPWSAOVERLAPPED overlapped;                 /**< Or NULL: the call waits. */
    LPWSAOVERLAPPED_COMPLETION_ROUTINE routine; /**< Or NULL. */
    uint32_t wait_ms; /**< SO_RCVTIMEO, SO_SNDTIMEO; 0: for ever. */
};

/**
 * @brief Carry out the I/O of a Winsock call.  In wsa_io.c.
 *
 * Between sim__before() and sim__after(), after the checks of arguments.
 *
 * @param request  Kind, call, buffers and detail are set, nothing else.
 * @param number   The socket's handle.
 * @return As sim__io().
 */
NTSTATUS sim__wsa_io(struct request *request,
                     SOCKET number,
                     const struct socket *socket,
                     const struct wsa_report *report);

/** @brief Open a handle to a new socket, as Winsock does. */
SOCKET sim__wsa_open(struct file *file, DWORD flags);

/** @brief Close a socket's handle.  In close.c. */
NTSTATUS sim__wsa_close(HANDLE handle);

/**
 * @brief Read the address that a call was given.  In wsa_address.c.
 * @return STATUS_SUCCESS, or STATUS_WINSOCK(WSAEFAULT) or (WSAEAFNOSUPPORT).
 */
NTSTATUS sim__wsa_read_name(const struct sockaddr *name,
                            int bytes,
                            const struct socket *socket,
                            struct net_address *out);

/** @brief The same for whom to connect to, which is not everybody:
 *  WSAEADDRNOTAVAIL.  In connect.c. */
NTSTATUS sim__wsa_target(const struct sockaddr *name,
                         int bytes,
                         const struct socket *socket,
                         struct net_address *out);

/** @brief Check where an address is to be written to: NULL twice is allowed
 *  when @p optional. */
NTSTATUS sim__wsa_check_name(const struct sockaddr *name,
                             const int *bytes,
                             const struct socket *socket,
                             bool optional);

/** @brief Write an address there; does nothing when @p name is NULL. */
void sim__wsa_write_name(const struct net_address *address,
                         struct sockaddr *name,
                         int *bytes);

#endif
