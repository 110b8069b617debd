/**
 * @file control.h
 * @brief A control code on its way.
 *
 * Uses:     winsock.h.
 * Used by:  control.c, control_list.c, wsa_ioctl.c.
 * Facts:    none.
 * Read next: control.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include "winsock.h"

/** A call of WSAIoctl or ioctlsocket; irp.detail of IRP_CONTROL. */
struct control {
    SOCKET number;
    struct socket *socket;
    DWORD code;
    const void *in;
    DWORD in_bytes;
    void *out;
    DWORD out_bytes;

    ULONG_PTR bytes; /**< The answer: written at out. */
};

/** @brief Do what the code says, at once. */
NTSTATUS sim__control(struct control *control);

/** @brief Give an answer of a fixed size. */
NTSTATUS sim__control_answer(struct control *control,
                             const void *answer,
                             size_t bytes);

/** @brief SIO_GET_INTERFACE_LIST: the host's IPv4 addresses. */
NTSTATUS sim__control_interfaces(struct control *control);

/** @brief SIO_ADDRESS_LIST_QUERY: addresses of the socket's family. */
NTSTATUS sim__control_addresses(struct control *control);

/** @brief SIO_ROUTING_INTERFACE_QUERY: from which address to reach another. */
NTSTATUS sim__control_route(struct control *control);

/** @brief SIO_GET_EXTENSION_FUNCTION_POINTER. */
NTSTATUS sim__control_extension(struct control *control);

#endif
