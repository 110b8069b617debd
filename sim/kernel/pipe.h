/**
 * @file pipe.h
 * @brief Named pipes: the first device that creates and ends requests.
 *
 * A pipe is a name with instances; an instance is two ends with a queue each
 * way.  The server makes instances and waits for clients; a client opens the
 * name and gets the instance that has been free longest.
 *
 * Uses:     irp.h.
 * Used by:  pipe.c, pipe_data.c, pipe_talk.c, file_api.c, the calls about
 *           pipes, native_file.c.
 * Facts:    PIPE-01, PIPE-05, PIPE-06, PIPE-07, PIPE-12, PIPE-15, PIPE-17,
 *           PIPE-18.
 * Read next: pipe.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PIPE_H
#define SIM_PIPE_H

#include "irp.h"

/** What one end can do now; the numbers are those of the native calls. */
enum pipe_state {
    PIPE_DISCONNECTED = 1, /**< After DisconnectNamedPipe. */
    PIPE_LISTENING = 2,    /**< A client may come. */
    PIPE_CONNECTED = 3,
    PIPE_CLOSING = 4 /**< The other end is closed. */
};

/** One write, until all of it has been read. */
struct pipe_data {
    struct pipe_data *next;
    ULONG bytes;      /* Of the whole write. */
    ULONG taken;      /* Read so far. */
    const char *from; /* The bytes: the writer's own, or in copy. */
    char *copy;       /* Memory of the pipe's, or NULL. */
    struct irp *irp;  /* The writer waits for this, or NULL. */
};

/** What flows one way: data waits for reads, or reads for data. */
struct pipe_queue {
    struct pipe_data *first; /* Oldest. */
    struct pipe_data *last;
    ULONG quota;             /* Most bytes that no writer waits for. */
    ULONG used;              /* Bytes that no writer waits for. */
    struct irp_list readers; /* Empty while there is data. */
    struct irp_list flushes; /* Writers waiting for it to be read. */
};

struct pipe;
struct pipe_instance;

/** What a file of a pipe stands for. */
struct pipe_end {
    struct pipe_instance *instance; /* NULL: closed, or thrown out. */
    struct file *file;
    struct pipe_queue *in; /* What this end reads. */
    struct pipe_queue *out;
    bool server;
    bool by_message; /* PIPE_READMODE_MESSAGE. */
    bool no_wait;    /* PIPE_NOWAIT. */
};

/** Two ends and what lies between them. */
struct pipe_instance {
    struct pipe *pipe;
    struct pipe_instance *free_next; /* In the line for clients. */
    enum pipe_state state;           /* As the server sees it. */
    struct pipe_end *server;         /* NULL once closed. */
    struct pipe_end *client;         /* NULL while there is none. */
    struct pipe_queue to_server;
    struct pipe_queue to_client;
    struct irp_list listeners;
};

/** A name, while an instance of it exists. */
struct pipe {
    struct object object;             /* Signaled while an instance is free. */
    struct pipe *next;                /* All names of the world. */
    WCHAR *text;                      /* The name. */
    struct pipe_instance *free_first; /* PIPE-06: first come, */
    struct pipe_instance *free_last;  /* first served. */
    ULONG access;                     /* PIPE_ACCESS_...: who may write. */
    bool messages;                    /* PIPE_TYPE_MESSAGE. */
    ULONG instances_max;              /* PIPE_UNLIMITED_INSTANCES: no limit. */
    ULONG instance_count;             /* 0: the name is gone. */
    ULONG wait_ms;                    /* For NMPWAIT_USE_DEFAULT_WAIT. */
};

/** What CreateNamedPipe was given, beyond the name. */
struct pipe_options {
    ULONG access;
    ULONG mode; /**< PIPE_TYPE_..., PIPE_READMODE_..., PIPE_NOWAIT. */
    ULONG instances_max;
    ULONG out_bytes;
    ULONG in_bytes;
    ULONG wait_ms;
    bool first;      /**< FILE_FLAG_FIRST_PIPE_INSTANCE. */
    bool overlapped; /**< FILE_FLAG_OVERLAPPED. */
};

/**
 * @brief Make an instance, and the name with the first one.
 * @param name  Without the leading `\\.\pipe\`.
 * @param out   The server's end, written on success.
 */
NTSTATUS sim__pipe_create(const WCHAR *name,
                          const struct pipe_options *options,
                          struct file **out);

/**
 * @brief Connect a client to an instance that is free.
 * @param access  Rights wanted, none of them generic.
 * @param out     The client's end, written on success.
 */
NTSTATUS sim__pipe_open(const WCHAR *name,
                        uint32_t access,
                        bool overlapped,
                        struct file **out);

/** @brief Wait until a client would find a free instance: PIPE-22.
 *  @param milliseconds  As WaitNamedPipe takes them. */
NTSTATUS sim__pipe_wait(const WCHAR *name, DWORD milliseconds);

/** @brief The end behind a file, or NULL when it is no pipe. */
struct pipe_end *sim__pipe_end(const struct file *file);

/** @brief Set read mode and waiting: PIPE_READMODE_..., PIPE_NOWAIT. */
NTSTATUS sim__pipe_set_mode(struct pipe_end *end, ULONG mode);

/** @brief What an end can do now. */
enum pipe_state sim__pipe_state(const struct pipe_end *end);

/** @brief Bytes that a read would find. */
ULONG sim__pipe_available(const struct pipe_queue *queue);

/** @brief The name within a path such as `\\.\pipe\NAME`; NULL when the path
 *  is no pipe's.  In pipe_api.c. */
const WCHAR *sim__pipe_name(const WCHAR *path);

/** The head of the answer to IRP_PEEK, as FSCTL_PIPE_PEEK has it; the bytes
 * stand behind it. */
struct pipe_peek {
    ULONG state; /**< An enum pipe_state. */
    ULONG available;
    ULONG messages;
    ULONG message_bytes; /**< Left of the first. */
};

/** More arguments of IRP_TRANSACT: what is written first. */
struct pipe_question {
    const void *text;
    ULONG bytes;
};

/* ---- pipe_talk.c, for pipe.c --------------------------------------------- */

/** @brief Begin a look or a transaction; as file_ops.start. */
NTSTATUS sim__pipe_peek(struct irp *irp);
NTSTATUS sim__pipe_transact(struct irp *irp);

/* ---- pipe_data.c, for pipe.c --------------------------------------------- */

/** @brief Begin a read, a write or a flush; as file_ops.start. */
NTSTATUS sim__pipe_read(struct irp *irp);
NTSTATUS sim__pipe_write(struct irp *irp);
NTSTATUS sim__pipe_flush(struct irp *irp);

/** @brief Put a copy of some bytes into a queue, however full it is. */
void sim__pipe_send(struct pipe_queue *queue, const void *text, ULONG bytes);

/** @brief End a pending read, write or flush. */
void sim__pipe_end_data(struct irp *irp, NTSTATUS status);

/** @brief End all that waits for a queue and throw its data away. */
void sim__pipe_empty(struct pipe_queue *queue, NTSTATUS status);

#endif
