/**
 * @file watch.h
 * @brief Where the kernel tells the rules what happens.
 *
 * The kernel knows nothing of rules.  It says what it is about to do, in the
 * few places below, and only in runs in which rules are on; what it says ends
 * the run or changes nothing.
 *
 * Uses:     rule.h, irp.h.
 * Used by:  irp.c, irp_end.c, irp_data.c, port.c, object.c, thread.c,
 *           schedule.c, world.c, heap_api.c, devices.
 * Facts:    none.
 * Read next: operation.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_WATCH_H
#define SIM_WATCH_H

#include "../kernel/irp.h"
#include "rule.h"

/* ---- Operations: operation.c, changed.c ------------------------------------ */

/** @brief A request is about to be given to its device. */
void sim__watch_submit(struct irp *irp);

/**
 * @brief A device will write a variable of the program's when a request ends.
 *
 * To be called from file_ops.start, or later, for each such variable.
 *
 * @param irp    The request.
 * @param at     The variable, or NULL for none.
 * @param bytes  Its size.
 * @param name   Microsoft's name of the argument, static text.
 */
void sim__watch_out(struct irp *irp, void *at, size_t bytes, const char *name);

/** @brief A request pends from now on. */
void sim__watch_pend(struct irp *irp);

/** @brief A pending request is about to end: its memory is about to be
 *  written. */
void sim__watch_complete(struct irp *irp);

/** @brief A request has ended.
 *  @param queued  Its packet lies in a port, and nothing else tells of it. */
void sim__watch_told(struct irp *irp, bool queued);

/** @brief A request that never pended has succeeded and has a packet. */
void sim__watch_at_once(struct irp *irp);

/** @brief A packet is taken, and its request's block is about to be
 *  written. */
void sim__watch_take(struct irp *irp);

/** @brief The last trace of a request is about to go. */
void sim__watch_gone(struct irp *irp);

/** @brief Bytes are about to be moved into a request's buffers. */
void sim__watch_put(struct irp *irp);

/** @brief Bytes are about to be moved out of them. */
void sim__watch_get(const struct irp *irp);

/** @brief The kernel is about to touch memory that AddressSanitizer forbids. */
SIM_COLD void sim__watch_poisoned(const struct irp *irp, bool fills);

/* ---- Memory: freed.c, frame.c -------------------------------------------- */

/** @brief The program frees memory; call through sim__watch_free(). */
void sim__watch_freed(const void *memory, size_t bytes, const char *call);

/** @brief The program frees memory.
 *  @param call  Name of the function it called, static text. */
static inline void sim__watch_free(const void *memory,
                                   size_t bytes,
                                   const char *call)
{
    if (SIM_UNLIKELY(sim__world.lent != NULL)) {
        sim__watch_freed(memory, bytes, call);
    }
}

/** @brief Look for lent memory below a thread's last frame. */
void sim__watch_frames(struct thread *thread);

/** @brief A thread is about to block: is anything lent on its stack where no
 *  function of the program's is any more? */
static inline void sim__watch_block(struct thread *thread)
{
    if (SIM_UNLIKELY(thread->lent_low != 0)) {
        sim__watch_frames(thread);
    }
}

/** @brief A thread ends, and its stack with it; through the next one. */
void sim__watch_stack_end(const struct thread *thread);

static inline void sim__watch_thread_end(const struct thread *thread)
{
    if (SIM_UNLIKELY(thread->lent_low != 0)) {
        sim__watch_stack_end(thread);
    }
}

/* ---- What is left: left.c ------------------------------------------------ */

/** @brief The last handle of a port is closed. */
void sim__watch_port_closed(const struct port *port);

/** @brief A packet comes to a port that nobody can ask any more. */
void sim__watch_lost(const struct port *port, struct packet *packet);

/** @brief The scenario is over. */
void sim__watch_end(void);

enum { WATCH_WORDS_BYTES = 128 };

/**
 * @brief The oldest pending operation that could have a packet, for the
 *        sentence of a deadlock.
 * @param words_out     WATCH_WORDS_BYTES bytes.
 * @param has_port_out  Whether its file belongs to a port.
 * @return false when there is none, or no rule is on.
 */
bool sim__watch_pending(char *words_out, bool *has_port_out);

/* ---- Stream sockets: stream.c --------------------------------------------- */

/** @brief ConnectEx was given a socket that is not bound. */
SIM_COLD void sim__watch_unbound(const struct file *file);

/**
 * @brief AcceptEx was given room for an address.
 * @param name    Microsoft's name of the argument.
 * @param needed  Bytes that an address of the listener's family takes.
 */
void sim__watch_accept_area(const struct file *listener,
                            const char *name,
                            ULONG bytes,
                            ULONG needed);

/** @brief A call needs a context that was not updated.
 *  @param accepted  By AcceptEx; else by ConnectEx. */
SIM_COLD void sim__watch_raw(const struct file *file,
                             bool accepted,
                             const char *call);

/** @brief A receive is about to pend behind another on the same stream. */
void sim__watch_receives(const struct irp *irp, const struct irp *earlier);

/* ---- Handles: handle.c --------------------------------------------------- */

/** @brief A row of the handle table is closed, in a run for a report. */
SIM_COLD void sim__watch_closing(uint32_t row);

/** @brief No handle names the object any more, and something else does. */
void sim__watch_last_closed(const struct object *object);

/** @brief A call was given a handle whose row is free. */
SIM_COLD void sim__watch_stale(const struct handle *row, HANDLE handle);

/** @brief CloseHandle was given one. */
SIM_COLD void sim__watch_closed_again(const struct handle *row, HANDLE handle);

/** @brief A call wanted another type of object than the handle names. */
SIM_COLD void sim__watch_mismatch(const struct handle *row,
                                  HANDLE handle,
                                  enum object_type wanted);

#endif
