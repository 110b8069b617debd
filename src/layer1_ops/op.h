/**
 * @file op.h
 * @brief Layer 1: typed operations.
 *
 * Windows reports the end of an operation in two places, the call that starts
 * it and the packet, and which of the two counts depends on the call, the
 * error and the notification mode.  This layer exists so that the question has
 * one answer, an operation one owner at a time, and a failure one name.  It
 * adds no policy and allocates nothing.
 *
 * Uses:     iocp.h (port), op_status.def, mswsock.h.
 * Used by:  lessons 05 to 11; layer 2, when it is there.
 * Facts:    PORT-18, PORT-19, PORT-20, PORT-21, PORT-88, CANCEL-04.
 * Read next: op_private.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef OP_H
#define OP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iocp.h"

#include <mswsock.h>

/**
 * @defgroup op Layer 1: typed operations
 *
 * An **operation** is a struct that the caller provides.  It begins with a
 * `struct op`, and that begins with the OVERLAPPED that Windows knows it by.
 * Its **owner** is the application, the kernel or a queue, and only the owner
 * touches it and its buffers.
 *
 * The usual order of calls: op_port_open(); op_handle_open() for each handle;
 * for each operation OP_INIT() once, then set the fields of its kind, then
 * op_submit(); op_take() in each thread, which gives operations back with their
 * result; `op->on_done(op)` where one loop serves all kinds.  A finished
 * operation is submitted again as it is.  At the end op_handle_close(),
 * op_take() until all are back, op_port_close().
 *
 * Any thread may call any of these functions, unless it says otherwise.  What
 * is not here: making, binding and naming sockets, the loop and its clock.
 * @{
 */

/** How an operation ended, whatever Windows calls it: OP_OK is 0, then OP_EOF,
 * OP_TRUNCATED, OP_ABORTED, OP_RESET ...  op_status.def has them all, each with
 * a sentence and the codes of Windows that it stands for. */
typedef enum op_status {
#define OP_STATUS(name, end, sentence) OP_##name,
#include "op_status.def"
    OP_STATUS_COUNT /**< How many there are. */
} op_status;

/** Who may touch an operation and its buffers. */
enum op_owner {
    OP_NOBODY, /**< Not initialised. */
    OP_APP,    /**< The application: not submitted, or taken back. */
    OP_KRN,    /**< The kernel, until its packet is taken. */
    OP_QUE     /**< A queue: posted to a port, or held (op_hold()). */
};

/** What a submit answers.  Exactly one of these. */
enum op_answer {
    OP_REFUSED, /**< No packet will ever come; op.status says why. */
    OP_DONE,    /**< Finished at once, the result in op, and no packet comes. */
    OP_PENDING  /**< Exactly one packet comes.  The operation is not ours any
                 * more, and may even be finished and gone already. */
};

/** What op_cancel() answers. */
enum op_cancelled {
    OP_CANCEL_ASKED,  /**< Asked; the packet says what became of it. */
    OP_CANCEL_NOTHING /**< Too late: its packet is there, or was taken. */
};

/** What waiting at a port answers. */
enum op_outcome {
    OP_TAKEN,   /**< Operations came back. */
    OP_NOTHING, /**< None in time. */
    OP_APC,     /**< None; an APC ran (alertable waits only). */
    OP_CLOSED   /**< The port was closed. */
};

// clang-format off
/** The kinds: for each an enumerator OP_RECV and a struct op_recv. */
#define OP_KINDS(KIND)                                                     \
    KIND(RECV, recv) KIND(SEND, send)                                      \
    KIND(RECVFROM, recvfrom) KIND(SENDTO, sendto)                          \
    KIND(ACCEPT, accept) KIND(CONNECT, connect)                            \
    KIND(DISCONNECT, disconnect) KIND(READABLE, readable)                  \
    KIND(READ, read) KIND(WRITE, write)                                    \
    KIND(CONNECT_PIPE, connect_pipe)                                       \
    KIND(POST, post) KIND(TIMER, timer)
// clang-format on

#define OP__KIND(NAME, name) OP_##NAME,
/** What an operation does; the last is how many there are. */
enum op_kind { OP_KINDS(OP__KIND) OP_KIND_COUNT };

struct op;

/** For the loop to call with an operation that came back.  It may free the
 * operation or submit it again. */
typedef void op_done_fn(struct op *op);

/** What all operations have in common, written by layer 1. */
struct op {
    OVERLAPPED overlapped;    /**< The kernel writes here while it owns the
                               * operation.  First: both have one address. */
    enum op_owner owner;      /**< Changed by one function. */
    op_status status;         /**< Result: how it ended. */
    DWORD error;              /**< Result: Windows' own code, 0 if none. */
    DWORD bytes;              /**< Result: bytes moved, or a post's value. */
    enum op_kind kind;        /**< Set by OP_INIT(). */
    op_done_fn *on_done;      /**< Set by OP_INIT(), or by the caller. */
    void *context;            /**< The caller's. */
    struct op_handle *handle; /**< What it was last submitted on, or NULL. */
    volatile LONG cancelled;  /**< op_cancel() was called. */
    bool wants_bytes;         /**< 0 bytes would mean the end. */
    bool is_held;             /**< By op_hold(). */
    struct op *next;          /**< For the queue of who holds it. */
};

/** A port.  The caller provides the memory. */
struct op_port {
    struct iocp iocp; /**< Layer 0's. */
};

/** What the provider of a socket can do.  Looked up once for a family and
 * type, shared by their handles, and kept as long as they are. */
struct op_provider {
    int family;                              /**< AF_INET, AF_INET6. */
    int type;                                /**< SOCK_STREAM, SOCK_DGRAM. */
    bool skips;                              /**< Skip-on-success is safe. */
    LPFN_ACCEPTEX accept_ex;                 /**< NULL: there is none. */
    LPFN_CONNECTEX connect_ex;               /**< NULL: there is none. */
    LPFN_DISCONNECTEX disconnect_ex;         /**< NULL: there is none. */
    LPFN_GETACCEPTEXSOCKADDRS get_addresses; /**< NULL: there is none. */
};

#define OP_MESSAGES 1U /**< In op_open.flags: a pipe read in messages. */
#define OP_NO_SKIP  2U /**< In op_open.flags: every success has a packet. */

/** What to open, and how.  What is left zero is a sensible choice. */
struct op_open {
    SOCKET socket;                      /**< Either this, */
    HANDLE file;                        /**< or this. */
    const struct op_provider *provider; /**< Of the socket.  NULL: OP_NO_SKIP,
                                         * no accept, connect, disconnect. */
    ULONG_PTR key;                      /**< Of its packets; any value. */
    unsigned flags;                     /**< OP_MESSAGES, OP_NO_SKIP. */
};

/** A socket, file or pipe with a port, until its last operation is back. */
struct op_handle {
    HANDLE file;                        /**< Or a SOCKET; NULL when closed. */
    const struct op_port *port;         /**< Where its packets go. */
    const struct op_provider *provider; /**< Of a socket, or NULL. */
    bool is_socket;                     /**< file is a SOCKET. */
    bool is_messages;                   /**< Datagrams, or OP_MESSAGES. */
    bool skips;                         /**< Success at once: no packet. */
    volatile LONG closed;               /**< By us: op_handle_close(). */
};

/** Where bytes go to or come from, piece after piece. */
struct op_buffers {
    const WSABUF *array; /**< Needed during op_submit() only; the memory that
                          * it names is lent until the operation is back. */
    DWORD count;         /**< At least 1. */
    DWORD flags;         /**< MSG_WAITALL and so on, usually 0. */
};

/** Receive from a connected socket; finishes with what is there. */
struct op_recv {
    struct op op;              /**< First. */
    struct op_buffers buffers; /**< Filled in order. */
};

/** Send on a connected socket. */
struct op_send {
    struct op op;              /**< First. */
    struct op_buffers buffers; /**< Sent in order. */
};

/** Receive one datagram and learn who sent it. */
struct op_recvfrom {
    struct op op;                 /**< First. */
    struct op_buffers buffers;    /**< Filled in order. */
    struct sockaddr_storage from; /**< Result: the sender. */
    INT from_bytes;               /**< Result: of that address. */
};

/** Send one datagram. */
struct op_sendto {
    struct op op;              /**< First. */
    struct op_buffers buffers; /**< Sent in order. */
    const struct sockaddr *to; /**< Read during op_submit() only. */
    INT to_bytes;              /**< Of that address. */
};

/** Room that an accept needs for one address. */
#define OP_ADDRESS_BYTES (sizeof(struct sockaddr_storage) + 16)

/** Take a connection into a fresh socket. */
struct op_accept {
    struct op op;               /**< First. */
    struct op_handle *accepted; /**< A fresh socket, open already. */
    void *data;                 /**< NULL; or wait for first data too, and room
                                 * for it and two OP_ADDRESS_BYTES more. */
    DWORD data_bytes;           /**< For the data alone; 0 without. */
    char addresses[2 * OP_ADDRESS_BYTES]; /**< Used when data is NULL. */
};

/** Connect a socket that is bound already. */
struct op_connect {
    struct op op;              /**< First. */
    const struct sockaddr *to; /**< Read during op_submit() only. */
    INT to_bytes;              /**< Of that address. */
    const void *data;          /**< To send when connected; or NULL. */
    DWORD data_bytes;          /**< 0 without data. */
};

/** Send what is left, then the end of the stream. */
struct op_disconnect {
    struct op op; /**< First. */
    DWORD flags;  /**< TF_REUSE_SOCKET, or 0. */
};

/** Wait, lending no buffer, until a receive or read would finish: with data,
 * the end, or an error. */
struct op_readable {
    struct op op; /**< First. */
};

/** Read from a file or pipe. */
struct op_read {
    struct op op;       /**< First. */
    void *buffer;       /**< Lent until the operation is back. */
    DWORD buffer_bytes; /**< Its size. */
    uint64_t offset;    /**< In the file; 0 for a pipe. */
};

/** Write to a file or pipe. */
struct op_write {
    struct op op;       /**< First. */
    const void *buffer; /**< Lent until the operation is back. */
    DWORD buffer_bytes; /**< Its size. */
    uint64_t offset;    /**< In the file; 0 for a pipe. */
};

/** Wait for a client of a named pipe.  One that is there makes it OP_DONE. */
struct op_connect_pipe {
    struct op op; /**< First. */
};

/** A packet of one's own, for op_post(). */
struct op_post {
    struct op op; /**< First. */
};

/** Something due at a time.  Whoever keeps the clock holds it (op_hold()) and
 * ends it by op_post() or op_release(). */
struct op_timer {
    struct op op; /**< First. */
    uint64_t due; /**< In units of that clock. */
    size_t index; /**< Its place among the timers of that clock. */
};

#define OP__TYPE(NAME, name) struct op_##name * : OP_##NAME,

/** Make an operation the application's, for the first time, and all zero but
 * for these.  Set the fields of its kind afterwards. */
#define OP_INIT(operation, on_done, context) \
    op_init(&(operation)->op, \
            sizeof *(operation), \
            _Generic((operation), OP_KINDS(OP__TYPE) void *: OP_KIND_COUNT), \
            (on_done), \
            (context))

/**
 * @brief What OP_INIT() calls.
 *
 * @param op       Memory that nobody else uses.
 * @param bytes    Size of the struct around it.
 * @param kind     What that struct is for.
 * @param on_done  For the loop to call, or NULL.
 * @param context  The caller's, or NULL.
 * @owns{the application}
 */
void op_init(struct op *op,
             size_t bytes,
             enum op_kind kind,
             op_done_fn *on_done,
             void *context);

/**
 * @brief Lend an operation to the kernel.
 *
 * @param op      The application's, with the fields of its kind set.
 * @param handle  What to do it on; for an accept the listener.
 *
 * @return One of three answers.  After OP_PENDING another thread may have
 *         finished the operation, and @p op and @p handle may be gone.
 * @owns{the kernel with OP_PENDING, else the application}
 * @threads{any, but one at a time for a direction of a stream}
 * @fact{PORT-21}
 */
enum op_answer op_submit(struct op *op, struct op_handle *handle);

/**
 * @brief Ask the kernel to stop an operation.
 *
 * Asking is all it does.  A packet still comes, and may report success.
 *
 * @param op  Submitted; neither freed nor submitted again during the call.
 * @return Whether there was something to ask for.
 * @owns{nobody new}
 * @fact{CANCEL-04}
 */
enum op_cancelled op_cancel(struct op *op);

/**
 * @brief Post an operation to a port: it comes back by op_take().
 *
 * @param op     The application's, or held.
 * @param port   An open port.
 * @param value  Comes back as op.bytes.
 * @return OP_PENDING, or OP_REFUSED when memory is short.
 * @owns{the queue with OP_PENDING, else as before}
 * @fact{PORT-29}
 */
enum op_answer op_post(struct op *op, const struct op_port *port, DWORD value);

/**
 * @brief Put an operation into a queue that is not a port's.
 *
 * @param op  The application's: a timer, or work that waits its turn.
 * @owns{the queue, until op_post() or op_release()}
 */
void op_hold(struct op *op);

/**
 * @brief Give back an operation that was held.
 *
 * @param op      Held.
 * @param status  Its result.
 * @owns{the application}
 */
void op_release(struct op *op, op_status status);

/**
 * @brief Make a port.
 *
 * @param port         Written on success.
 * @param concurrency  Threads that may run at once; 0: one per processor.
 * @return OP_OK, or OP_NO_RESOURCES.
 * @owns{the caller, until op_port_close()}
 */
op_status op_port_open(struct op_port *port, DWORD concurrency);

/**
 * @brief Close a port.  Who waits at it gets OP_CLOSED.
 * @param port  Open, every operation taken.
 * @threads{any, but nobody may use @p port afterwards}
 */
void op_port_close(struct op_port *port);

/** @brief Wake one thread that waits at a port, or the next that will.
 *  @param port  An open port.
 *  @return OP_OK, or OP_NO_RESOURCES. */
op_status op_port_wake(const struct op_port *port);

/**
 * @brief Wait for one finished operation.
 *
 * @param port        An open port.
 * @param timeout_ms  Milliseconds; 0 to look only, INFINITE for no limit.
 * @param op_out      With OP_TAKEN the operation, or NULL for a wake-up.
 * @return The outcome.
 * @owns{the application}
 * @threads{any; the newest waiter is released first}
 */
enum op_outcome op_take(const struct op_port *port,
                        DWORD timeout_ms,
                        struct op **op_out);

/** How op_take_many() waits, and what it brought. */
struct op_batch {
    DWORD timeout_ms;   /**< As for op_take(). */
    bool alertable;     /**< An APC may end the wait: OP_APC. */
    ULONG count_max;    /**< At most so many; 0: all that fit. */
    ULONG count;        /**< Result: so many of ops, with OP_TAKEN. */
    struct op *ops[64]; /**< Result: as op_out of op_take(). */
};

/**
 * @brief Wait for a finished operation and take all that are there.
 *
 * @param port   An open port.
 * @param batch  How, and what came.
 * @return The outcome.
 * @owns{the application}
 */
enum op_outcome op_take_many(const struct op_port *port,
                             struct op_batch *batch);

/**
 * @brief Ask what the provider of a socket can do.
 *
 * @param provider  Written on success.
 * @param socket    Any socket of the family and type.
 * @return OP_OK, or why Winsock does not say.
 */
op_status op_provider_load(struct op_provider *provider, SOCKET socket);

/**
 * @brief Give a socket, file or pipe a port and let operations run on it.
 *
 * @param handle  Written on success.
 * @param port    An open port.
 * @param how     What to open, overlapped and without a port, and how.
 * @return OP_OK, or why not.
 * @owns{with OP_OK, op_handle_close() closes what it was opened with}
 */
op_status op_handle_open(struct op_handle *handle,
                         const struct op_port *port,
                         const struct op_open *how);

/** @brief Ask the kernel to stop all operations of a handle.
 *  @param handle  Open, or closed.
 *  @return Whether there was something to ask for. */
enum op_cancelled op_handle_cancel(struct op_handle *handle);

/**
 * @brief Close.  Operations that are pending come back, OP_ABORTED.
 *
 * @param handle  Open; its memory is needed until they are back.
 * @return OP_OK; or why it is still open (a socket that lingers).
 * @threads{any, but nobody may submit on it meanwhile}
 */
op_status op_handle_close(struct op_handle *handle);

/**
 * @brief Take a handle back from its port, to give it away.  The caller closes.
 *
 * @param handle  Open, nothing pending; closed afterwards, its file is not.
 * @return OP_OK, or why it is still open.
 * @threads{any, but nobody may use @p handle afterwards}
 */
op_status op_handle_detach(struct op_handle *handle);

/**
 * @brief The address of who connected.
 *
 * @param accept     Came back with OP_OK.
 * @param bytes_out  Its size.
 * @return It, inside @p accept or its data; or NULL without a provider.
 * @threads{the owner's}
 */
const struct sockaddr *op_accept_peer(struct op_accept *accept, INT *bytes_out);

/**
 * @brief The status for a code that Windows returned.
 *
 * @param error  Of GetLastError() or WSAGetLastError(): one set of numbers.
 * @return A status; OP_FAILED for a code without a row in op_status.def.
 */
op_status op_status_of_error(DWORD error);

/**
 * @brief The status for an NTSTATUS, which tells more than its Win32 code.
 *
 * @param nt     As in OVERLAPPED.Internal.
 * @param error  Its Win32 code, for where that is enough.
 * @return A status.
 */
op_status op_status_of_nt(LONG nt, DWORD error);

/** @brief Whether a connection ends with this.
 *  @param status  Of an operation on it.
 *  @return false: another operation of that kind may succeed. */
bool op_status_is_final(op_status status);

/** @brief A word for a status, such as "RESET".
 *  @param status  Any.
 *  @return Static text. */
const char *op_status_name(op_status status);

/** @} */

#endif
