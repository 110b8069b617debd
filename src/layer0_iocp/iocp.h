/**
 * @file iocp.h
 * @brief Layer 0: the raw completion port, honestly wrapped.
 *
 * Windows reports what a wait on a port brought by a BOOL, an OVERLAPPED
 * pointer and the last error together, and the common loop that looks at the
 * BOOL alone loses every failed operation.  This layer exists to make the
 * outcomes impossible to confuse.  It adds no policy and allocates nothing.
 *
 * Uses:     winsock2.h, windows.h (Microsoft's, or the simulator's).
 * Used by:  lessons 02 and 04, layer 1.
 * Facts:    PORT-37, PORT-38, PORT-39, PORT-76.
 * Read next: iocp.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef IOCP_H
#define IOCP_H

#include <winsock2.h>

#include <windows.h>

/**
 * @defgroup iocp Layer 0: the raw port
 *
 * A **port** is a queue of **packets**.  Each packet says that one operation
 * on a handle associated with the port has finished, or was posted by the
 * program itself.  Any number of threads wait at the port; it releases as many
 * as may run at once.
 *
 * The usual order of calls: iocp_open(), iocp_attach() for each handle, start
 * operations with Windows' own calls, iocp_take() in each thread, and
 * iocp_close() at the end.
 *
 * Errors are Windows' own codes, and 0 is success: recognising them in other
 * people's code is one purpose of this layer.
 *
 * Not here: starting operations (layer 1), threads and timers (layer 2).
 * @{
 */

/** A port.  The caller provides the memory; the handle belongs to it. */
struct iocp {
    HANDLE handle; /**< NULL while closed. */
};

/** What a wait brought.  Exactly one of these, never two. */
enum iocp_outcome {
    IOCP_PACKET,  /**< A packet; its error says how the operation ended. */
    IOCP_TIMEOUT, /**< No packet came in time. */
    IOCP_APC,     /**< No packet; an APC ran (alertable waits only). */
    IOCP_CLOSED   /**< No port any more: it was closed. */
};

/** One packet. */
struct iocp_packet {
    ULONG_PTR key;          /**< As given to iocp_attach() or iocp_post(). */
    OVERLAPPED *overlapped; /**< The operation; may be NULL when posted. */
    DWORD bytes;            /**< Bytes transferred. */
    DWORD error;            /**< 0, or why the operation failed. */
};

/** @name Flags of iocp_set_modes()
 * @{ */
#define IOCP_SKIP_PACKET 1U /**< No packet when a call succeeds at once. */
#define IOCP_SKIP_EVENT  2U /**< Completion does not signal the handle. */
/** @} */

/** For a function that never returns. */
#ifdef __cplusplus
#    define IOCP_NORETURN [[noreturn]]
#else
#    define IOCP_NORETURN _Noreturn
#endif

/** Stop the program, in release builds too, unless the condition holds.  For
 * mistakes of the programmer; what the world refuses is returned. */
#define IOCP_ASSERT(condition) \
    ((condition) ? (void)0 : iocp_assert_failed(#condition, __FILE__, __LINE__))

/**
 * @brief Report a failed IOCP_ASSERT() and end the program.
 *
 * @param condition  Its text.
 * @param file       Source file.
 * @param line       Line in it, counted from 1.
 *
 * @post Does not return.
 * @threads{any}
 */
IOCP_NORETURN void iocp_assert_failed(const char *condition,
                                      const char *file,
                                      int line);

/**
 * @brief Make a port.
 *
 * @param port         Written on success.
 * @param concurrency  How many threads may run at once; 0: one for each
 *                     processor; UINT32_MAX: no limit.
 *
 * @retval 0                          The port is open.
 * @retval ERROR_NO_SYSTEM_RESOURCES  Windows has no memory for it.
 *
 * @pre  @p port is not open.
 * @owns{the caller owns the port until iocp_close()}
 * @threads{any}
 * @fact{PORT-01}
 */
DWORD iocp_open(struct iocp *port, DWORD concurrency);

/**
 * @brief Let a handle's operations report to the port, for good.
 *
 * @param port  An open port.
 * @param file  A handle opened for overlapped I/O.
 * @param key   Returned in every packet of this handle; any value.
 *
 * @retval 0                        Done.
 * @retval ERROR_INVALID_HANDLE     Not a handle of a file, pipe or socket.
 * @retval ERROR_INVALID_PARAMETER  Not opened for overlapped I/O, or it has
 *                                  a port already.
 *
 * @owns{unchanged: the caller closes the handle}
 * @threads{any}
 * @fact{PORT-07}
 */
DWORD iocp_attach(const struct iocp *port, HANDLE file, ULONG_PTR key);

/**
 * @brief Take a handle away from its port.
 *
 * @param file  A handle with a port and no operation pending.
 *
 * @retval 0                        It has no port any more.
 * @retval ERROR_CALL_NOT_IMPLEMENTED  This Windows is older than 8.1.
 * @retval other                    Windows' own code; operations may be
 *                                  pending.
 *
 * @pre  Every operation was cancelled and its packet taken.
 * @owns{unchanged}
 * @threads{any}
 * @fact{PORT-95}
 */
DWORD iocp_detach(HANDLE file);

/**
 * @brief Set how a handle's operations report.  Modes cannot be unset.
 *
 * @param file   A handle opened for overlapped I/O.
 * @param modes  IOCP_SKIP_PACKET, IOCP_SKIP_EVENT, or both.
 *
 * @retval 0                        Done.
 * @retval ERROR_INVALID_HANDLE     Not a handle of a file, pipe or socket.
 * @retval ERROR_INVALID_PARAMETER  Not opened for overlapped I/O.
 *
 * @owns{unchanged}
 * @threads{any}
 * @fact{PORT-85}
 */
DWORD iocp_set_modes(HANDLE file, UINT modes);

/**
 * @brief Put a packet of one's own behind those already queued.
 *
 * @param port    An open port.
 * @param packet  Key, overlapped and bytes to be delivered; its error must be
 *                0, for Windows lets a program post successes only.
 *
 * @retval 0                          Exactly one thread will take it.
 * @retval ERROR_INVALID_HANDLE       The port was closed.
 * @retval ERROR_NO_SYSTEM_RESOURCES  Windows has no memory: nothing queued.
 *
 * @owns{whoever takes the packet gets what overlapped points to}
 * @threads{any}
 * @fact{PORT-29}
 */
DWORD iocp_post(const struct iocp *port, const struct iocp_packet *packet);

/**
 * @brief Wait for one packet.
 *
 * @param port        An open port.
 * @param timeout_ms  Milliseconds, 0 to look only, INFINITE for no limit.  The
 *                    wait may end a little early.
 * @param packet_out  Written for IOCP_PACKET only.
 *
 * @return The outcome.
 *
 * @owns{with the packet the caller owns the operation again}
 * @threads{any; the newest waiter is released first}
 * @fact{PORT-37}
 */
enum iocp_outcome iocp_take(const struct iocp *port,
                            DWORD timeout_ms,
                            struct iocp_packet *packet_out);

/** How to wait in iocp_take_many(). */
struct iocp_wait {
    DWORD timeout_ms; /**< As for iocp_take(). */
    BOOL alertable;   /**< An APC may end the wait: IOCP_APC. */
};

/**
 * @brief Wait for at least one packet and take all that are there.
 *
 * @param port         An open port.
 * @param wait         How.
 * @param entries      Room for @p entry_count entries.
 * @param entry_count  At least 1.
 * @param taken_out    Number of entries written, for IOCP_PACKET; else 0.
 *
 * @return The outcome.  IOCP_PACKET says that packets were taken, not that
 *         their operations succeeded: see iocp_entry_read().
 *
 * @owns{with each entry the caller owns its operation again}
 * @threads{any}
 * @fact{PORT-49}
 */
enum iocp_outcome iocp_take_many(const struct iocp *port,
                                 const struct iocp_wait *wait,
                                 OVERLAPPED_ENTRY *entries,
                                 ULONG entry_count,
                                 ULONG *taken_out);

/**
 * @brief Read one entry of a batch as a packet.
 *
 * @param entry  As written by iocp_take_many().
 * @return The same packet that iocp_take() would have given.
 *
 * @owns{unchanged}
 * @threads{any}
 * @fact{PORT-51}
 */
struct iocp_packet iocp_entry_read(const OVERLAPPED_ENTRY *entry);

/**
 * @brief Ask Windows to stop an operation.
 *
 * Asking is all it does: a packet still comes, and may report success.
 *
 * @param file        The handle it was started on.
 * @param overlapped  The operation, or NULL for all on that handle.
 *
 * @retval 0                Asked.
 * @retval ERROR_NOT_FOUND  Nothing to stop: the packet is already queued.
 *
 * @owns{unchanged: the operation is Windows' until its packet is taken}
 * @threads{any}
 * @fact{CANCEL-01}
 */
DWORD iocp_cancel(HANDLE file, OVERLAPPED *overlapped);

/**
 * @brief Close the port.
 *
 * Threads that wait get IOCP_CLOSED.  Queued packets are lost, and operations
 * still pending go on: take every packet first.
 *
 * @param port  An open port; closed afterwards.
 *
 * @owns{nothing is left}
 * @threads{any, but nobody may use @p port afterwards}
 * @fact{PORT-76}
 */
void iocp_close(struct iocp *port);

/** @} */

#endif
