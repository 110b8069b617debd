/**
 * @file net_file.h
 * @brief Layer 2: pipes, files at offsets, and waiting for objects.
 *
 * Uses:     net_stream.h.
 * Used by:  net.h.
 * Facts:    none.
 * Read next: net_server.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef NET_FILE_H
#define NET_FILE_H

#include "net_stream.h"

/** @addtogroup net
 * @{ */

/* ---- Pipes --------------------------------------------------------------- */

/** A server's end of a named pipe waiting for its client. */
struct net_pipe_accept {
    struct net_op op;                                /**< First. */
    struct op_connect_pipe inner;                    /**< For the layer. */
    struct net_stream *stream;                       /**< For the layer. */
    void (*on_done)(struct net_pipe_accept *accept); /**< Set by the caller. */
};

/**
 * @brief Make a server's end of a named pipe.
 *
 * One for each client that is to be served at once, all with the same name.
 * Clients on other machines are rejected.
 *
 * @param stream  Written on success; not connected.
 * @param loop    Open.
 * @param strand  Where its handlers run, or NULL.
 * @param name    Such as `\\.\pipe\name`, in UTF-8.
 * @param flags   OP_MESSAGES for messages, or 0.
 * @return OP_OK, or why not.
 * @owns{the caller; net_stream_close() closes}
 */
op_status net_pipe_open(struct net_stream *stream,
                        struct net_loop *loop,
                        struct net_strand *strand,
                        const char *name,
                        unsigned flags);

/** @brief Wait for a client.  One that came and went counts: what it wrote is
 *  there to read, and then the end.
 *  @param stream  As net_pipe_open() made it.
 *  @param accept  With on_done set.
 *  @owns{the stream, until the handler is called} */
void net_pipe_accept_start(struct net_stream *stream,
                           struct net_pipe_accept *accept);

/**
 * @brief Connect to a named pipe as its client, at once.
 *
 * @param stream  Written on success; connected.
 * @param loop    Open.
 * @param strand  Where its handlers run, or NULL.
 * @param name    Such as `\\.\pipe\name`, in UTF-8.
 * @param flags   OP_MESSAGES for messages, or 0.
 * @return OP_OK, OP_NOT_FOUND when there is no such pipe, OP_IN_USE when all
 *         its server's ends have clients, or why not.
 */
op_status net_pipe_connect(struct net_stream *stream,
                           struct net_loop *loop,
                           struct net_strand *strand,
                           const char *name,
                           unsigned flags);

/* ---- Files --------------------------------------------------------------- */

/** A file.  The caller provides the memory, until net_file_idle(). */
struct net_file {
    struct op_handle handle;   /**< For the layer, all of it. */
    struct net_loop *loop;     /**< Whose threads call its handlers. */
    struct net_strand *strand; /**< Where its handlers run, or NULL. */
    struct net_open opened;    /**< In the loop's list. */
    unsigned request_count;    /**< Requests whose handler is to come. */
};

/** Most characters of a path, its end included. */
#define NET_PATH_MAX 1024

/** How to open a file. */
enum net_file_mode {
    NET_FILE_READ,  /**< It is there; read only. */
    NET_FILE_WRITE, /**< Read and write; made when it is not there. */
    NET_FILE_NEW    /**< Read and write; made, or emptied when it is there. */
};

/**
 * @brief Open a file.
 *
 * @param file    Written on success.
 * @param loop    Open.
 * @param strand  Where its handlers run, or NULL.
 * @param path    In UTF-8.
 * @param mode    How.
 * @return OP_OK, OP_NOT_FOUND, OP_DENIED, or why not.
 * @owns{the caller; net_file_close() closes}
 */
op_status net_file_open(struct net_file *file,
                        struct net_loop *loop,
                        struct net_strand *strand,
                        const char *path,
                        enum net_file_mode mode);

/** A read or write of a file under way. */
struct net_file_op {
    struct net_op op; /**< First. */
    union {
        struct op_read read;   /**< Reading. */
        struct op_write write; /**< Writing. */
    } inner;                   /**< For the layer. */
    struct net_file *file;     /**< For the layer. */
    char *buffer;              /**< Set by the caller; lent; not changed by a
                                * write. */
    size_t buffer_bytes;       /**< Set by the caller: how much to move. */
    uint64_t offset;           /**< Set by the caller: where in the file. */
    void (*on_done)(struct net_file_op *file_op); /**< Set by the caller. */
};

/** @brief Read all of buffer_bytes; OP_EOF when the file ends before.
 *  @param file     Open.
 *  @param file_op  Set up; any number may be under way.
 *  @owns{the file, until the handler is called} */
void net_file_read_start(struct net_file *file, struct net_file_op *file_op);

/** @brief Write all of buffer_bytes.
 *  @param file     Open for writing.
 *  @param file_op  Set up; any number may be under way.
 *  @owns{the file, until the handler is called} */
void net_file_write_start(struct net_file *file, struct net_file_op *file_op);

/** @brief How long a file is.
 *  @param file       Open.
 *  @param bytes_out  Written on success.
 *  @return OP_OK, or why not. */
op_status net_file_size(const struct net_file *file, uint64_t *bytes_out);

/** @brief Close.  What is under way ends with OP_ABORTED.
 *  @param file  Open. */
void net_file_close(struct net_file *file);

/** @brief Whether it is closed and all its handlers were called.
 *  @param file  Opened once.
 *  @return Whether it is. */
bool net_file_idle(const struct net_file *file);

/* ---- Objects ------------------------------------------------------------- */

/** Waiting for an event, a process, a thread ... */
struct net_wait {
    struct net_op op;         /**< First. */
    struct op_post inner;     /**< For the layer, as all to error. */
    struct net_open opened;   /**< In the loop's list. */
    HANDLE registered;        /**< With Windows' thread pool. */
    volatile LONG parties;    /**< Who has still to do with it. */
    volatile LONG is_decided; /**< There is a result. */
    op_status result;         /**< It. */
    DWORD error;              /**< Windows' code for it. */
    void (*on_done)(struct net_wait *wait); /**< Set by the caller. */
};

/**
 * @brief Wait until an object is signalled, once.
 *
 * @param loop    Open.
 * @param strand  Where the handler runs, or NULL.
 * @param wait    With on_done set.
 * @param object  Anything that can be waited for; open until the handler.
 * @owns{the loop, until the handler is called}
 */
void net_wait_start(struct net_loop *loop,
                    struct net_strand *strand,
                    struct net_wait *wait,
                    HANDLE object);

/** @} */

#endif
