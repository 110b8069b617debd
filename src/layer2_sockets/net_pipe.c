/**
 * @file net_pipe.c
 * @brief Layer 2: named pipes.
 *
 * A pipe that is connected is a stream like any other; what differs is how it
 * comes to be.  A server makes one end for each client it is ready for, and a
 * client finds one that is free, at once, or is told that there is none.
 *
 * Uses:     net_stream_private.h, net_file.h.
 * Used by:  programs.
 * Facts:    PIPE-03, PIPE-05, PIPE-15.
 * Read next: net_file.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_file.h"
#include "net_stream_private.h"

/** Most bytes of a pipe's name, and what Windows keeps for each direction. */
enum { NAME_MAX = 256 + 1, QUOTA_BYTES = 64 * 1024 };

/** @brief Give a pipe to the loop, or close it. */
static op_status adopt(struct net_stream *stream,
                       struct net_loop *loop,
                       struct net_strand *strand,
                       HANDLE pipe,
                       unsigned flags)
{
    op_status status =
        net_stream_adopt(stream,
                         loop,
                         strand,
                         &(struct op_open){.file = pipe, .flags = flags});

    if (status != OP_OK) {
        (void)CloseHandle(pipe);
    }
    return status;
}

op_status net_pipe_open(struct net_stream *stream,
                        struct net_loop *loop,
                        struct net_strand *strand,
                        const char *name,
                        unsigned flags)
{
    WCHAR wide[NAME_MAX];
    HANDLE pipe;
    DWORD mode = (flags & OP_MESSAGES) != 0
                     ? PIPE_TYPE_MESSAGE | PIPE_READMODE_MESSAGE
                     : PIPE_TYPE_BYTE | PIPE_READMODE_BYTE;

    IOCP_ASSERT(stream != NULL && loop != NULL && name != NULL);
    IOCP_ASSERT((flags & ~OP_MESSAGES) == 0);
    if (!net__wide(name, wide, NAME_MAX)) {
        return OP_INVALID;
    }
    pipe = CreateNamedPipeW(wide,
                            PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED,
                            mode | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                            PIPE_UNLIMITED_INSTANCES,
                            QUOTA_BYTES,
                            QUOTA_BYTES,
                            0,
                            NULL);
    if (pipe == INVALID_HANDLE_VALUE) {
        return op_status_of_error(GetLastError());
    }
    return adopt(stream, loop, strand, pipe, flags);
}

op_status net_pipe_connect(struct net_stream *stream,
                           struct net_loop *loop,
                           struct net_strand *strand,
                           const char *name,
                           unsigned flags)
{
    WCHAR wide[NAME_MAX];
    HANDLE pipe;
    DWORD mode = PIPE_READMODE_MESSAGE;

    IOCP_ASSERT(stream != NULL && loop != NULL && name != NULL);
    IOCP_ASSERT((flags & ~OP_MESSAGES) == 0);
    if (!net__wide(name, wide, NAME_MAX)) {
        return OP_INVALID;
    }
    /* FACT PIPE-05 no free end: busy; no end at all: not found.  A server that
   * we do not know may learn who we are, but not act as if it were us. */
    pipe = CreateFileW(wide,
                       GENERIC_READ | GENERIC_WRITE,
                       0,
                       NULL,
                       OPEN_EXISTING,
                       FILE_FLAG_OVERLAPPED | SECURITY_SQOS_PRESENT |
                           SECURITY_IDENTIFICATION,
                       NULL);
    if (pipe == INVALID_HANDLE_VALUE) {
        return op_status_of_error(GetLastError());
    }
    if ((flags & OP_MESSAGES) != 0 &&
        !SetNamedPipeHandleState(pipe, &mode, NULL, NULL)) {
        DWORD error = GetLastError();

        (void)CloseHandle(pipe);
        return op_status_of_error(error);
    }
    return adopt(stream, loop, strand, pipe, flags);
}

/* ---- Accepting ----------------------------------------------------------- */

static void accept_step(struct net_op *op)
{
    struct net_pipe_accept *accept = NET__OF(op, struct net_pipe_accept, op);
    struct net_stream *stream = accept->stream;
    op_status status = op->inner->status;

    if (op->inner->error == ERROR_NO_DATA) {
        /* FACT PIPE-03 the client came and went.  It was here all the same:
     * FACT PIPE-15 what it wrote can be read, and then comes the end. */
        status = OP_OK;
    }
    if (status == OP_OK) {
        stream->broken = OP_OK; /* What failed was too early. */
    }
    stream->connecting = NULL;
    net__stream_finish(stream, op, status, 0);
}

static void accept_handler(struct net_op *op)
{
    struct net_pipe_accept *accept = NET__OF(op, struct net_pipe_accept, op);

    accept->on_done(accept);
}

void net_pipe_accept_start(struct net_stream *stream,
                           struct net_pipe_accept *accept)
{
    IOCP_ASSERT(stream != NULL && accept != NULL && accept->on_done != NULL);
    IOCP_ASSERT(stream->connecting == NULL && !accept->op.is_started);
    accept->stream = stream;
    stream->connecting = &accept->op;
    stream->request_count++;
    OP_INIT(&accept->inner, net__arrived, &accept->op);
    net__op_begin(&accept->op,
                  &(struct net__begin){.loop = stream->loop,
                                       .strand = stream->strand,
                                       .inner = &accept->inner.op,
                                       .step = accept_step,
                                       .handler = accept_handler});
    net__op_submit(&accept->op, &stream->handle);
}
