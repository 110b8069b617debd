/**
 * @file thread.h
 * @brief A simulated thread, what it waits for, and its APCs.
 *
 * A thread is a fiber plus everything that Windows remembers about it.  It
 * runs until it calls the simulator, which may put another one in its place.
 *
 * Uses:     object.h, host.h (the fiber).
 * Used by:  schedule.c, wait.c, port.c, apc.c and the calls about threads.
 * Facts:    PORT-67, THREAD-06, THREAD-09.
 * Read next: thread.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_THREAD_H
#define SIM_THREAD_H

#include "../host/host.h"
#include "object.h"

struct host;
struct irp;
struct port;
struct packet;
struct removal;
struct thread;

/** Requests, oldest first: irp.h. */
struct irp_list {
    struct irp *first;
    struct irp *last;
};
struct wait_packet;

/** A thing that happens at a time. */
struct deadline {
    uint64_t due;   /**< Virtual time, 100 ns. */
    uint64_t order; /**< Earlier armed goes first among equals. */
    uint32_t place; /**< 1 + position in the heap; 0: not armed. */
    void (*fire)(struct deadline *deadline);
};

/** One thread, or one wait packet, waiting for one object. */
struct wait_block {
    struct wait_block *next;
    struct wait_block *before;
    struct thread *thread; /**< Who waits; NULL: packet does. */
    struct wait_packet *packet;
    struct object *object;
    uint32_t index; /**< Position in the caller's array. */
};

/** A user APC: a function to run in a thread at its next alertable wait. */
struct apc {
    struct apc *next;
    /** Runs in the thread with the APC itself as argument; the APC is
     * already out of the queue and may be given back or queued again. */
    void (*run)(struct apc *apc);
    struct thread *thread; /**< Where it is queued, or NULL. */
    void *routine;         /**< The program's function. */
    ULONG_PTR argument[3];
};

enum thread_state { THREAD_READY, THREAD_RUNNING, THREAD_BLOCKED, THREAD_OVER };

/** Why a thread is blocked. */
enum block_reason {
    BLOCK_NONE,
    BLOCK_OBJECTS,   /**< In WaitFor...; wait blocks tell for what. */
    BLOCK_PORT,      /**< In GetQueuedCompletionStatus. */
    BLOCK_SLEEP,     /**< In Sleep. */
    BLOCK_ADDRESS,   /**< On a lock, condition variable or address. */
    BLOCK_SUSPENDED, /**< By SuspendThread or CREATE_SUSPENDED. */
    BLOCK_IO         /**< In a synchronous read or write. */
};

enum { WAIT_BLOCKS_INLINE = 4 };

struct thread {
    struct object object; /* Signaled when the thread is over. */

    /* The scheduler's. */
    struct sim__fiber *fiber;
    struct thread *all_next; /* Every thread of the world, oldest first. */
    struct thread *all_before;
    struct thread *parked_next; /* Among threads blocked on addresses. */
    struct thread *parked_before;
    uint8_t state;        /* enum thread_state */
    uint8_t reason;       /* enum block_reason, while blocked. */
    bool alertable;       /* While blocked: an APC ends the wait. */
    bool wait_all;        /* While blocked on objects: all of them. */
    bool held;            /* Would run, but is suspended. */
    uint32_t suspended;   /* Count of SuspendThread. */
    NTSTATUS wait_status; /* What ended the last wait. */
    struct deadline timeout;

    /* What it waits for. */
    const char *waits_in;     /* Name of the call, for sentences. */
    const void *wait_address; /* BLOCK_ADDRESS: lock or address. */
    uint32_t wait_mode;       /* BLOCK_ADDRESS: the lock's own use. */
    uint8_t ended_type;       /* What ended the wait for objects, or the */
    uint32_t ended_number;    /* first of them: for the trace only. */
    uint32_t block_count;
    struct wait_block *blocks;

    /* APCs, first in first out. */
    struct apc *apc_first;
    struct apc *apc_last;

    struct irp_list irps; /* Its unfinished requests: THREAD-01. */

    /* Where it runs: its creator's host; network.c. */
    struct host *host; /* NULL: host 1. */
    uint16_t host_number;
    /* Its stack, for the rules: sim/watch/frame.c. */
    const void *frame;  /* Where the program's frames ended at its last call;
                         * the simulator's own are below. */
    uintptr_t lent_low; /* No address lent to the kernel is below; 0: none. */

    /* Its completion port: PORT-67. */
    struct port *port;        /* Associated with, or NULL. */
    bool port_active;         /* Counted among the port's running threads. */
    struct removal *removal;  /* Its calls that wait, innermost first: an
                               * APC within one can begin another. */
    struct packet *packet;    /* Handed over while it waited. */
    struct thread *port_next; /* Stack of waiters, newest first. */
    struct thread *port_before;
    struct thread *member_next; /* Threads associated with the port. */
    struct thread *member_before;

    /* The program's. */
    DWORD last_error;
    DWORD exit_code;
    int priority;
    bool pooled;     /* Of the thread pool, and */
    bool pool_idle;  /* not in one of its callbacks: pool.c. */
    bool background; /* Between THREAD_MODE_BACKGROUND_BEGIN and _END. */
    void *start;     /* LPTHREAD_START_ROUTINE, or _beginthreadex's. */
    void *start_arg;
    void **tls; /* NULL until the first TlsSetValue. */
    void **fls; /* NULL until the first FlsSetValue. */

    /* Not cleared when a thread is made: written by each wait. */
    struct wait_block blocks_inline[WAIT_BLOCKS_INLINE];
};

/**
 * @brief Make a thread; it is ready unless @p suspended.
 * @param start  Called with @p arg on the new stack; its result is the
 *               exit code.
 */
struct thread *sim__thread_create(LPTHREAD_START_ROUTINE start,
                                  void *arg,
                                  bool suspended);

/** @brief End the current thread. */
SIM_NORETURN void sim__thread_exit(DWORD code);

/** @brief The object behind GetCurrentProcess(). */
struct object *sim__process(void);

/** @brief End another thread where it stands. */
void sim__thread_terminate(struct thread *thread, DWORD code);

/** @brief Nothing refers to the thread any more. */
void sim__thread_deleted(struct object *object);

/** @brief Count a suspension; returns the count before. */
uint32_t sim__thread_suspend(struct thread *thread);
uint32_t sim__thread_resume(struct thread *thread);

/** @brief Run the fiber-storage callbacks of the current thread and give
 *  its slots back; tls_api.c. */
void sim__tls_thread_exit(struct thread *thread);

/** @brief A thread of a pool ends, because its host crashes; in pool.c. */
void sim__pool_thread_over(const struct thread *thread);

/** @brief Stop the run if the program ends a thread of a pool; in pool.c. */
void sim__pool_thread_check(const struct thread *thread);

/** @brief Forget the threads of the last world; called by its begin. */
void sim__threads_begin(void);

/** What sim__stack_at() found. */
struct stack_place {
    bool is_stack;         /**< The address lies on a stack of the pool. */
    struct thread *thread; /**< Whose it is; NULL: of one that has ended. */
};

/** @brief Whether an address lies on the stack of a simulated thread. */
struct stack_place sim__stack_at(const void *address);

/** @brief Write "A", "B", ... "Z", "AA" into @p out (8 bytes). */
const char *sim__thread_letter(uint32_t number, char *out);

/** @brief Queue an APC; false when the thread is over. */
bool sim__apc_queue(struct thread *thread, struct apc *apc);

/** @brief Take an APC out of its queue, if it is in one. */
void sim__apc_remove(struct apc *apc);

/** @brief Run all APCs of the current thread; true if there were any. */
bool sim__apc_run_all(void);

#endif
