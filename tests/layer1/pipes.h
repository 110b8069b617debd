/**
 * @file pipes.h
 * @brief A named pipe for the tests of layer 1.
 *
 * Uses:     takes.h.
 * Used by:  test_pipes.c, test_races.c, test_allocations.c, test_misuse.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LAYER1_PIPES_H
#define LAYER1_PIPES_H

#include "takes.h"

enum { PIPE_BYTES = 64, READ_BYTES = 16 };

/** A pipe with a port at both ends. */
struct pipe {
    struct op_port port;
    struct op_handle server;
    struct op_handle client;
};

/** @brief The server's end alone.  @param mode  PIPE_TYPE_... */
HANDLE make_server(DWORD mode);

/** @brief The client's end. */
HANDLE make_client(void);

/** @brief Open both ends.
 *  @param mode   PIPE_TYPE_...
 *  @param flags  Of struct op_open. */
void open_pipe(struct pipe *pipe, DWORD mode, unsigned flags);

/** @brief Close both ends and the port. */
void close_pipe(struct pipe *pipe);

/** @brief Set up a read of READ_BYTES. */
void init_read(struct op_read *read, char *buffer);

/** @brief Set up a write of a text. */
void init_write(struct op_write *write, const char *text);

#endif
