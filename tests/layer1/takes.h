/**
 * @file takes.h
 * @brief What the tests of layer 1 do with operations again and again.
 *
 * Uses:     op.h, passes.h.
 * Used by:  every test of this folder.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LAYER1_TAKES_H
#define LAYER1_TAKES_H

#include "op.h"

#include "passes.h"

/** @brief Take one operation, which must be this and in time. */
void take(const struct op_port *port, const struct op *op);

/** @brief See that no packet is there. */
void take_nothing(const struct op_port *port);

/** @brief Submit, and take if a packet is to come.
 *  @return the answer of the submit. */
enum op_answer run(struct op *op, struct op_handle *handle);

/** @brief Close a handle for good. */
void close_handle(struct op_handle *handle);

#endif
