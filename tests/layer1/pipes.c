/**
 * @file pipes.c
 * @brief A named pipe for the tests of layer 1.
 *
 * Uses:     pipes.h.
 * Used by:  test_pipes.c, test_races.c, test_allocations.c, test_misuse.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "pipes.h"

#include <string.h>

static const WCHAR name[] = L"\\\\.\\pipe\\layer1";

HANDLE make_server(DWORD mode)
{
    HANDLE file = CreateNamedPipeW(name,
                                   PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                                   mode,
                                   1,
                                   PIPE_BYTES,
                                   PIPE_BYTES,
                                   0,
                                   NULL);

    sim_assert(file != INVALID_HANDLE_VALUE);
    return file;
}

HANDLE make_client(void)
{
    HANDLE file = CreateFileW(name,
                              GENERIC_READ | GENERIC_WRITE,
                              0,
                              NULL,
                              OPEN_EXISTING,
                              FILE_FLAG_OVERLAPPED,
                              NULL);

    sim_assert(file != INVALID_HANDLE_VALUE);
    return file;
}

void open_pipe(struct pipe *pipe, DWORD mode, unsigned flags)
{
    struct op_open how = {.flags = flags};

    sim_assert(op_port_open(&pipe->port, 1) == OP_OK);
    how.file = make_server(mode);
    how.key = 1;
    sim_assert(op_handle_open(&pipe->server, &pipe->port, &how) == OP_OK);
    how.file = make_client();
    how.key = 2;
    sim_assert(op_handle_open(&pipe->client, &pipe->port, &how) == OP_OK);
}

void close_pipe(struct pipe *pipe)
{
    close_handle(&pipe->server);
    close_handle(&pipe->client);
    op_port_close(&pipe->port);
}

void init_read(struct op_read *read, char *buffer)
{
    OP_INIT(read, NULL, NULL);
    read->buffer = buffer;
    read->buffer_bytes = READ_BYTES;
}

void init_write(struct op_write *write, const char *text)
{
    OP_INIT(write, NULL, NULL);
    write->buffer = text;
    write->buffer_bytes = (DWORD)strlen(text);
}
