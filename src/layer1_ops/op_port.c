/**
 * @file op_port.c
 * @brief Layer 1: opening, waking and closing a port.
 *
 * A program of typed operations has no call of layer 0 left to make: these
 * three are layer 0's, with a status in place of a code.
 *
 * Uses:     op_private.h, iocp.h.
 * Used by:  programs, layer 2.
 * Facts:    PORT-39.
 * Read next: op_handle.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "op_private.h"

op_status op_port_open(struct op_port *port, DWORD concurrency)
{
    IOCP_ASSERT(port != NULL);
    return op_status_of_error(iocp_open(&port->iocp, concurrency));
}

void op_port_close(struct op_port *port)
{
    IOCP_ASSERT(port != NULL);
    iocp_close(&port->iocp);
}

op_status op_port_wake(const struct op_port *port)
{
    /* FACT PORT-39 a packet may carry a NULL OVERLAPPED. */
    static const struct iocp_packet wake = {0, NULL, 0, 0};

    IOCP_ASSERT(port != NULL);
    return op_status_of_error(iocp_post(&port->iocp, &wake));
}
