/**
 * @file port.h
 * @brief The completion port: packets, waiters and running threads.
 *
 * Uses:     object.h, thread.h.
 * Used by:  the Win32 and native port calls, irp.c, schedule.c.
 * Facts:    PORT-33, PORT-56, PORT-58..PORT-69.
 * Read next: port_list.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PORT_H
#define SIM_PORT_H

#include "schedule.h"

/** The news that one operation is finished. */
struct packet {
    struct packet *next;
    ULONG_PTR key;
    void *context; /**< The OVERLAPPED pointer, or what was posted. */
    NTSTATUS status;
    ULONG_PTR information;
    IO_STATUS_BLOCK *block; /**< To be written at removal: PORT-47. */
    uint32_t op;            /**< Number in the trace. */
    bool queued;            /**< In a port's queue now. */
    /** Called last of all, when the port is done with the packet: an owner
     * (IRP, reserve, wait packet) takes its memory back.  NULL: the port
     * gives the memory back itself. */
    void (*done)(struct packet *packet);
};

/** Why something will not put a packet into a port. */
enum silence_why {
    SILENCE_NONE,
    SILENCE_FAILED,  /**< It failed at once: PORT-19. */
    SILENCE_SKIPPED, /**< It succeeded at once, in skip mode: PORT-88. */
    SILENCE_ASKED,   /**< By hEvent's low bit, or a native call: PORT-23. */
    SILENCE_FOREIGN  /**< Its file was not associated: PORT-07. */
};

/** What was last expected of a port in vain: for those who wait for ever. */
struct silence {
    enum silence_why why;
    NTSTATUS status;
    uint32_t op; /* Number of the operation, */
    uint32_t file;
    const char *call;
};

struct port {
    struct object object; /* signal counts queued packets: PORT-82. */
    struct packet *first; /* Oldest. */
    struct packet *last;
    uint32_t depth;               /* Packets queued. */
    uint32_t limit;               /* Concurrency value. */
    uint32_t running;             /* Active threads: PORT-60. */
    bool closed;                  /* The last handle is gone: PORT-76. */
    struct thread *waiter_newest; /* By port_next older and older. */
    struct thread *members;       /* Threads associated: PORT-67. */
    struct silence silence;       /* For the sentence of a deadlock. */
};

/** @brief Make a port; @p limit 0 means one per processor: PORT-01. */
struct port *sim__port_create(uint32_t limit);

/** @brief A packet to fill in; all fields are zero. */
static inline struct packet *sim__packet_create(void)
{
    struct packet *packet = sim__take(sizeof *packet);

    *packet = (struct packet){0};
    return packet;
}

/** @brief The packet's contents were read: give it back. */
static inline void sim__packet_release(struct packet *packet)
{
    if (packet->done != NULL) {
        packet->done(packet);
    } else {
        sim__give(packet, sizeof *packet);
    }
}

/** @brief Queue a packet or hand it to a waiter: PORT-56, PORT-58, PORT-59. */
void sim__port_insert(struct port *port, struct packet *packet);

/** @brief Take a packet out of a queue before anybody gets it.
 *  @return false when it is not queued any more. */
bool sim__port_withdraw(struct port *port, struct packet *packet);

/** What to remove, and how long to wait for it. */
struct removal {
    uint32_t count;       /**< Most packets, at least 1. */
    uint32_t removed;     /**< Out: packets in the list. */
    struct packet *first; /**< Out: oldest first; each to be given to
                              * sim__packet_release. */
    bool alertable;
    const int64_t *interval; /**< As for sim__time_due. */
    const char *call;        /**< Name of the call, for sentences. */

    /* While it waits, or runs the APCs that ended its wait. */
    struct port *port;     /**< Kept alive meanwhile. */
    struct removal *outer; /**< The call that an APC made this one from. */
};

/**
 * @brief Remove packets, waiting for the first.
 * @return STATUS_SUCCESS with removed >= 1; else STATUS_TIMEOUT,
 *         STATUS_USER_APC (the APCs have run), STATUS_ABANDONED_WAIT_0.
 */
NTSTATUS sim__port_remove(struct port *port, struct removal *removal);

/** @brief A thread blocks elsewhere: PORT-62.  And is back: PORT-63. */
void sim__port_pause(struct thread *thread);
void sim__port_resume(struct thread *thread);

/** @brief A thread ends, perhaps in the middle of a removal: what it held is
 *  let go, and it leaves its port: THREAD-07. */
void sim__port_thread_exit(struct thread *thread);

/** @brief A waiting thread's wait ends without a packet. */
void sim__port_unwait(struct thread *thread);

/** @brief The last handle was closed: PORT-76, PORT-84. */
void sim__port_closed(struct object *object);

/** @brief Nothing refers to the port any more: PORT-80. */
void sim__port_deleted(struct object *object);

#endif
