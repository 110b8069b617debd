/**
 * @file op_status.c
 * @brief Layer 1: one status for what Windows says in three languages.
 *
 * A program that compares codes has to know which call gave them.  After this
 * file nobody has to: op_status.def is the table, and here it becomes code.
 *
 * Uses:     op_private.h, op_status.def, ntstatus.h.
 * Used by:  programs, op.c, op_connect.c, op_port.c, op_handle.c.
 * Facts:    OVL-37, SOCK-123, SOCK-124.
 * Read next: net.h.
 *
 * SPDX-License-Identifier: MIT
 */
/* Microsoft's headers define some statuses twice, with different types. */
#define WIN32_NO_STATUS
#include "op_private.h"
#undef WIN32_NO_STATUS

#include <winternl.h>

#include <ntstatus.h>

bool op__status_find(DWORD error, op_status *status_out)
{
    IOCP_ASSERT(status_out != NULL);
    /* The compiler sees to it that no code has two rows. */
    switch (error) {
#define OP_CODE(code, name)      \
    case (DWORD)(code):          \
        *status_out = OP_##name; \
        return true;
#include "op_status.def"
    default:
        return false;
    }
}

op_status op_status_of_error(DWORD error)
{
    op_status status = OP_FAILED;

    (void)op__status_find(error, &status);
    return status;
}

op_status op_status_of_nt(LONG nt, DWORD error)
{
    /* FACT OVL-37 two error alphabets for one status: where several statuses
     * share a Win32 code, the status is the better word. */
    switch (nt) {
#define OP_NT(code, name) \
    case (LONG)(code):    \
        return OP_##name;
#include "op_status.def"
    default:
        return op_status_of_error(error);
    }
}

/** What a row says of its connection. */
enum end { LIVES, ENDS };

static const struct {
    const char *name;
    enum end end;
    const char *sentence;
} rows[OP_STATUS_COUNT] = {
#define OP_STATUS(name, end, sentence) [OP_##name] = {#name, end, sentence},
#include "op_status.def"
};

bool op_status_is_final(op_status status)
{
    IOCP_ASSERT((unsigned)status < OP_STATUS_COUNT);
    return rows[status].end == ENDS;
}

const char *op_status_name(op_status status)
{
    IOCP_ASSERT((unsigned)status < OP_STATUS_COUNT);
    return rows[status].name;
}
