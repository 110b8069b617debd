/**
 * @file takes.c
 * @brief What the tests of layer 1 do with operations again and again.
 *
 * Uses:     takes.h.
 * Used by:  every test of this folder.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "takes.h"

void take(const struct op_port *port, const struct op *op)
{
    struct op *taken = NULL;

    sim_assert(op_take(port, INFINITE, &taken) == OP_TAKEN);
    sim_assert(taken == op);
    sim_assert(taken->owner == OP_APP);
}

void take_nothing(const struct op_port *port)
{
    struct op *taken = NULL;

    sim_assert(op_take(port, 0, &taken) == OP_NOTHING);
    sim_assert(taken == NULL);
}

void close_handle(struct op_handle *handle)
{
    sim_assert(op_handle_close(handle) == OP_OK);
}

enum op_answer run(struct op *op, struct op_handle *handle)
{
    enum op_answer answer = op_submit(op, handle);

    if (answer == OP_PENDING) {
        take(handle->port, op);
    }
    take_nothing(handle->port);
    sim_assert(op->owner == OP_APP);
    return answer;
}
