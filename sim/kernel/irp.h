/**
 * @file irp.h
 * @brief I/O requests: from the call that makes one to its last trace.
 *
 * A read that cannot be answered now becomes a request packet of the kernel's
 * own, an IRP.  It remembers everything that the call was given, because the
 * answer comes when the caller is somewhere else: a status block to write, an
 * event to set, a port or a routine to tell.
 *
 * Uses:     file.h, port.h (the packet inside an IRP).
 * Used by:  irp.c, pipe.c, thread.c and the calls that do I/O.
 * Facts:    PORT-18, PORT-19, PORT-20, PORT-21, PORT-22, PORT-23, PORT-24,
 *           PORT-25, PORT-30, PORT-47, PORT-88, OVL-08, OVL-13, CANCEL-01,
 *           CANCEL-02, THREAD-01.
 * Read next: irp.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_IRP_H
#define SIM_IRP_H

#include "file.h"
#include "port.h"

/** What a device is asked to do. */
enum irp_kind {
    IRP_READ,
    IRP_WRITE,
    IRP_FLUSH,      /**< Wait until what was written is safe. */
    IRP_LISTEN,     /**< Pipe: wait for a client. */
    IRP_DISCONNECT, /**< Pipe: throw the client out.  Socket: DisconnectEx. */
    IRP_ACCEPT,     /**< Socket: wait for a connection. */
    IRP_CONNECT,    /**< Socket: make one. */
    IRP_TRANSMIT,   /**< Socket: TransmitFile. */
    IRP_CONTROL,    /**< Socket: WSAIoctl; files: control codes. */
    IRP_PEEK,       /**< Pipe: look without taking. */
    IRP_TRANSACT,   /**< Pipe: write, then read. */
    IRP_LOCK,       /**< Disk file: a range of bytes. */
    IRP_NOTIFY,     /**< Folder: wait for a change in it. */
    IRP_POLL        /**< Sockets: wait until one is ready. */
};

/** One piece of a scattered buffer; laid out as Winsock's WSABUF. */
struct io_piece {
    ULONG length;
    char *at;
};

/** A thread that blocks until its request ends; lives on its stack. */
struct irp_waiting {
    struct thread *thread;
    bool asleep; /* Blocked for this, not in an APC meanwhile. */
    bool over;
    NTSTATUS status; /* Once over. */
    ULONG_PTR information;
};

struct watched; /* sim/watch/lent.h */

/** Where an IRP can hang: one pair of links for each. */
enum irp_place {
    IRP_OF_FILE,   /**< file.pending, or file.turns before it starts. */
    IRP_OF_THREAD, /**< thread.irps. */
    IRP_OF_DEVICE, /**< A list of the device's. */
    IRP_PLACES
};

struct irp_links {
    struct irp *next;
    struct irp *before;
};

/** One request. */
struct irp {
    struct packet packet; /* FACT PORT-30: queueing it needs no memory. */
    struct apc apc;
    struct irp_links links[IRP_PLACES];

    /* What is asked, of whom, by whom. */
    struct file *file;
    struct thread *thread; /* NULL: it ended, the request lives on. */
    const char *call;      /* The call's name, for the trace. */
    uint32_t op;           /* Its number, for the trace. */
    enum irp_kind kind;
    void *buffer;
    struct io_piece *pieces; /* NULL: buffer is the only one. */
    uint32_t piece_count;
    ULONG length;       /* Of all pieces together. */
    int64_t offset;     /* Of the OVERLAPPED, for files. */
    const void *detail; /* During start only: more arguments, by kind. */

    /* Whom to tell. */
    IO_STATUS_BLOCK *block; /* NULL: nobody's. */
    struct object *event;   /* NULL, or referenced. */
    PIO_APC_ROUTINE routine;
    void *context;               /* NULL: no packet: PORT-24. */
    struct irp_waiting *waiting; /* Who blocks until it ends, or NULL. */
    bool *pended;                /* During start only: sim__irp_pend(). */

    bool no_wait;        /* Answer STATUS_DEVICE_NOT_READY, not pending. */
    bool block_is_whole; /* It begins an OVERLAPPED: no native call. */
    bool keeps_signal;   /* The file's signal does not take part. */
    bool agnostic;       /* Outlives its thread: THREAD-02. */
    bool waits_turn;     /* Its thread waits to start it. */
    bool cancel_asked;
    bool must_end;      /* Its thread ends: the device may not let it run on. */
    bool shares_buffer; /* For the rules, as is */
    struct watched *watch; /* what they know of it; NULL: nothing. */

    /* The answer. */
    ULONG_PTR information;

    void *device;   /* The device's own, while pending. */
    void *transmit; /* TransmitFile's own: transmit.c. */
};

/** A call that does I/O: what it was given, and what it gives back. */
struct request {
    HANDLE file;
    uint32_t access; /**< Rights that the handle must have. */
    enum irp_kind kind;
    const char *call;
    HANDLE event; /**< Or NULL. */
    PIO_APC_ROUTINE routine;
    void *context;
    IO_STATUS_BLOCK *block; /**< NULL: only information is wanted. */
    bool block_is_whole;    /**< It begins an OVERLAPPED. */
    void *buffer;
    ULONG length;
    const struct io_piece *pieces; /**< Instead of buffer; copied. */
    uint32_t piece_count;          /**< 0: buffer and length count. */
    const void *detail;            /**< More arguments, by kind. */
    int64_t offset;                /**< For files: where. */
    bool synchronous;              /**< Block even on an overlapped file. */
    bool alertable;                /**< APCs run while it blocks. */
    bool no_wait;                  /**< Fail rather than block or pend. */
    uint64_t due;      /**< End of blocking, virtual time; 0: never. */
    bool needs_place;  /**< Refuse an overlapped file: FILE-07. */
    const void *frame; /**< SIM_CALLER_FRAME() of the Win32 call, so that
                        * memory in dead stack frames is known; or NULL. */

    ULONG_PTR information; /**< Out, unless the call pends. */
};

/**
 * @brief Carry out a native I/O call, from its handles to its status.
 *
 * To be called between sim__before() and sim__after().  When it returns, the
 * request may be finished and handled by another thread: PORT-21.
 *
 * @return As the native call: STATUS_PENDING, or what it came to.
 */
NTSTATUS sim__io(struct request *request);

/** @brief The same on a file of the kernel's own, without handle or event. */
NTSTATUS sim__io_file(struct request *request, struct file *file);

/**
 * @brief A device has finished a request that it answered with pending.
 *
 * The device has taken it off its own lists.  Nothing may touch @p irp after.
 */
void sim__irp_complete(struct irp *irp, NTSTATUS status, ULONG_PTR information);

/**
 * @brief Say within file_ops.start that the request pends from now on.
 *
 * For devices that complete a request before they return from start, which
 * then must return STATUS_PENDING all the same.  Does nothing when it pends.
 */
void sim__irp_pend(struct irp *irp);

/** @brief Copy bytes into the program's buffers, @p at bytes from their
 *  beginning.  In irp_data.c, as are the next two. */
void sim__irp_put(struct irp *irp, ULONG at, const void *from, ULONG bytes);

/** @brief Copy bytes out of the program's buffers. */
void sim__irp_get(const struct irp *irp, ULONG at, void *to, ULONG bytes);

/** @brief Copy bytes from one request's buffers to another's. */
void sim__irp_move(struct irp *to,
                   ULONG to_at,
                   const struct irp *from,
                   ULONG from_at,
                   ULONG bytes);

/** @brief Complete every request of a device's list, oldest first. */
void sim__irp_complete_list(struct irp_list *list, NTSTATUS status);

/** Which requests to cancel; all of a file's when nothing is set. */
struct irp_match {
    const struct thread *thread;  /**< Only those it issued, or NULL. */
    const IO_STATUS_BLOCK *block; /**< Only those using it, or NULL. */
    const char *call;             /**< Who asks, for the trace. */
};

/** @brief Ask to cancel the pending requests of a file.
 *  @return how many were asked. */
uint32_t sim__irp_cancel(struct file *file, const struct irp_match *match);

/** @brief Ask to cancel the request that a thread is blocked in: CANCEL-12.
 *  @return false when it is blocked in none. */
bool sim__irp_cancel_synchronous(struct thread *thread);

/** @brief A thread ends, and its requests with it or not: THREAD-01. */
void sim__irp_thread_exit(struct thread *thread);

/** @brief The request no longer belongs to its thread. */
void sim__irp_leave_thread(struct irp *irp);

/** @brief A thread ends that has its request not begun. */
void sim__irp_give_up_turn(struct irp *irp);

/* ---- Between irp.c and irp_end.c ----------------------------------------- */

/** @brief End a request that was never pending, as the call's answer. */
NTSTATUS sim__irp_end_at_once(struct irp *irp,
                              NTSTATUS status,
                              struct request *request);

/** @brief The request that a packet is of, or NULL: it was posted. */
struct irp *sim__packet_irp(struct packet *packet);

/** @brief Give the request's memory back. */
void sim__irp_give(struct irp *irp);

/** @brief Let go of what the request kept alive. */
void sim__irp_drop_references(struct file *file, struct object *event);

/** @brief A synchronous file is free for the thread that waited longest. */
void sim__irp_pass_turn(struct file *file);

/** @brief Put a request at the end of a list. */
static inline void sim__irp_append(struct irp_list *list,
                                   struct irp *irp,
                                   enum irp_place place)
{
    struct irp_links *links = &irp->links[place];

    links->next = NULL;
    links->before = list->last;
    if (list->last == NULL) {
        list->first = irp;
    } else {
        list->last->links[place].next = irp;
    }
    list->last = irp;
}

/** @brief Take a request out of the list it is in. */
static inline void sim__irp_remove(struct irp_list *list,
                                   const struct irp *irp,
                                   enum irp_place place)
{
    const struct irp_links *links = &irp->links[place];

    if (links->before == NULL) {
        list->first = links->next;
    } else {
        links->before->links[place].next = links->next;
    }
    if (links->next == NULL) {
        list->last = links->before;
    } else {
        links->next->links[place].before = links->before;
    }
}

#endif
