/**
 * @file fact.h
 * @brief What every fact test uses.
 *
 * A fact test is one function, compiled twice: against the simulator and
 * against real Windows.  It may include nothing but this header, so that
 * neither arm can know which one it is.
 *
 * Uses:     windows.h, winternl.h (either arm's), sim.h.
 * Used by:  every file of tests/facts, dry facts.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef FACT_H
#define FACT_H

#define WIN32_NO_STATUS
#include <winsock2.h>

#include <windows.h>
#undef WIN32_NO_STATUS
#include <ntstatus.h>
#include <winternl.h>

#include "sim.h"

/** What Wine 8.0 makes of a fact. */
enum fact_wine {
    WINE_HOLDS,    /**< The test passes there. */
    WINE_DEVIATES, /**< It fails there, for the reason given. */
    WINE_CANNOT    /**< It cannot run there, for the reason given. */
};

/** How the simulator runs a fact test; flags of a row in facts.def. */
enum {
    FACT_EXACT = 1,      /**< sim_options.exact_clock */
    FACT_PROMPT = 2,     /**< sim_options.prompt_threads */
    FACT_FAULTS = 4,     /**< sim_options.faults */
    FACT_EXHAUSTIVE = 8, /**< Every schedule of calls, too. */
    FACT_ONE_CPU = 16,   /**< A machine with one processor. */
    FACT_NO_RULES = 32,  /**< It breaks contract rules on purpose. */
    FACT_TIMED = FACT_EXACT | FACT_PROMPT
};

/** One row of facts.def. */
struct fact {
    const char *id;   /**< "PORT-33". */
    const char *text; /**< A few words. */
    void (*run)(void);
    enum fact_wine wine;
    const char *reason; /**< Of a deviation, or NULL. */
    const char *marks;  /**< Marks that exploration must pass, comma between
                         * them, or NULL: sim_mark(). */
    unsigned flags;
};

extern const struct fact facts[];
extern const size_t fact_count;

#define FACT(name, id, text, wine, reason, marks, flags) void fact_##name(void);
#include "facts.def"
#undef FACT

/** End the test as failed unless the condition holds.  Not by sim_assert():
 *  the sentence would quote what the names in it stand for. */
#define CHECK(condition) \
    ((condition) ? (void)0 : sim_assert_failed(#condition, __FILE__, __LINE__))

/** End the test unless this Windows has a native call. */
#define FACT_NEEDS(pointer)        \
    do {                           \
        if ((pointer) == NULL) {   \
            fact_cannot(#pointer); \
            return;                \
        }                          \
    } while (0)

/** Longest wait for something that must happen, in milliseconds.  For ever in
 *  the simulator: there a wait that never ends is found as a deadlock, and a
 *  slow thread is no failure. */
#define FACT_LIMIT_MS (sim_is_simulated() ? INFINITE : 5000)

/** @brief Say that a fact cannot be tested here. */
void fact_cannot(const char *missing);

/** @brief What fact_cannot() was last told, or NULL; forgets it. */
const char *fact_take_cannot(void);

/** @brief Start a thread. */
HANDLE fact_start(LPTHREAD_START_ROUTINE body, void *arg);

/** @brief Wait for a thread's end and close it; returns its exit code. */
DWORD fact_join(HANDLE thread);

/** @brief Make a port; @p concurrency as for CreateIoCompletionPort. */
HANDLE fact_port(DWORD concurrency);

/** One completion as the native calls write it. */
struct fact_completion {
    PVOID key;
    PVOID context;
    IO_STATUS_BLOCK block;
};

/** What FILE_COMPLETION_INFORMATION is. */
struct fact_association {
    HANDLE port;
    PVOID key;
};

/** Information classes that not every header has. */
enum {
    FACT_FILE_COMPLETION = 30,
    FACT_FILE_MODES = 41,
    FACT_FILE_REPLACE = 61
};

/** Native calls, looked up in ntdll; NULL where this Windows lacks one. */
struct fact_native {
    NTSTATUS(NTAPI *create_port)
    (PHANDLE port, ACCESS_MASK access, POBJECT_ATTRIBUTES, ULONG concurrency);
    NTSTATUS(NTAPI *open_port)
    (PHANDLE port, ACCESS_MASK access, POBJECT_ATTRIBUTES);
    NTSTATUS(NTAPI *set)
    (HANDLE port, PVOID key, PVOID context, NTSTATUS, ULONG_PTR information);
    NTSTATUS(NTAPI *set_ex)
    (HANDLE port,
     HANDLE reserve,
     PVOID key,
     PVOID context,
     NTSTATUS,
     ULONG_PTR information);
    NTSTATUS(NTAPI *remove)
    (HANDLE port,
     PVOID *key,
     PVOID *context,
     PIO_STATUS_BLOCK,
     PLARGE_INTEGER timeout);
    NTSTATUS(NTAPI *remove_ex)
    (HANDLE port,
     struct fact_completion *entries,
     ULONG count,
     PULONG removed,
     PLARGE_INTEGER timeout,
     BOOLEAN alertable);
    NTSTATUS(NTAPI *query)
    (HANDLE port, int what, PVOID buffer, ULONG bytes, PULONG needed);
    NTSTATUS(NTAPI *allocate_reserve)
    (PHANDLE reserve, POBJECT_ATTRIBUTES, int kind);
    NTSTATUS(NTAPI *create_wait_packet)
    (PHANDLE packet, ACCESS_MASK access, POBJECT_ATTRIBUTES);
    NTSTATUS(NTAPI *associate_wait_packet)
    (HANDLE packet,
     HANDLE port,
     HANDLE target,
     PVOID key,
     PVOID context,
     NTSTATUS,
     ULONG_PTR information,
     PBOOLEAN already);
    NTSTATUS(NTAPI *cancel_wait_packet)(HANDLE packet, BOOLEAN remove);
    NTSTATUS(NTAPI *set_file)
    (HANDLE file, PIO_STATUS_BLOCK, PVOID what, ULONG bytes, int information);
    NTSTATUS(NTAPI *query_file)
    (HANDLE file, PIO_STATUS_BLOCK, PVOID what, ULONG bytes, int information);
    NTSTATUS(NTAPI *read_file)
    (HANDLE file,
     HANDLE event,
     PVOID apc,
     PVOID apc_context,
     PIO_STATUS_BLOCK,
     PVOID buffer,
     ULONG bytes,
     PLARGE_INTEGER offset,
     PULONG key);
    NTSTATUS(NTAPI *write_file)
    (HANDLE file,
     HANDLE event,
     PVOID apc,
     PVOID apc_context,
     PIO_STATUS_BLOCK,
     PVOID buffer,
     ULONG bytes,
     PLARGE_INTEGER offset,
     PULONG key);
    NTSTATUS(NTAPI *control)
    (HANDLE file,
     HANDLE event,
     PVOID apc,
     PVOID apc_context,
     PIO_STATUS_BLOCK,
     ULONG code,
     PVOID in,
     ULONG in_bytes,
     PVOID out,
     ULONG out_bytes);
    ULONG(NTAPI *to_dos_error)(NTSTATUS status);
};

/** Control codes that not every header has. */
enum { FACT_PIPE_LISTEN = 0x110008, FACT_PIPE_PEEK = 0x11400C };

/** @brief The native calls. */
struct fact_native fact_native(void);

/** Units of fact_now(); a clock tick is 15.625 ms. */
enum { FACT_MS = 10000, FACT_TICK = 156250 };

/** @brief The finest clock there is, in units of 100 ns. */
LONGLONG fact_now(void);

/** @brief Packets queued and not removed: NtQueryIoCompletion. */
LONG fact_depth(HANDLE port);

/** Two connected ends of a named pipe, both overlapped. */
struct fact_pipe {
    HANDLE server;
    HANDLE client;
};

/** @brief Make a connected pipe.
 *  @param message  Message mode with message reads, else bytes. */
struct fact_pipe fact_pipe(BOOL message);

/** How the ends of a pipe are to be; all zero is a blocking pipe of bytes. */
struct fact_pipe_kind {
    BOOL overlapped;
    BOOL message; /**< Message mode with message reads. */
    BOOL no_wait; /**< PIPE_NOWAIT at the server. */
    DWORD bytes;  /**< Quota each way; 0 for enough. */
};

/** @brief Make a connected pipe of some kind; its name can be asked for. */
struct fact_pipe fact_pipe_make(const struct fact_pipe_kind *kind,
                                WCHAR name_out[MAX_PATH]);

/** @brief Open a pipe by name; INVALID_HANDLE_VALUE when it cannot be. */
HANDLE fact_pipe_client(const WCHAR *name, DWORD flags);

/** @brief Close both ends that are not NULL. */
void fact_pipe_close(struct fact_pipe *pipe);

/** @brief Write to an end and wait until it is done; no packet is queued,
 *  whatever the end is associated with. */
void fact_write(HANDLE end, const void *bytes, DWORD count);

/** @brief Make one server end of a pipe that no client has opened. */
HANDLE fact_pipe_alone(BOOL overlapped);

/** A file of the disk that goes with its last handle. */
struct fact_file {
    HANDLE handle;
    WCHAR path[MAX_PATH];
};

/** @brief Make such a file.
 *  @param access  Such as GENERIC_READ.
 *  @param flags   Such as FILE_FLAG_OVERLAPPED. */
struct fact_file fact_file(DWORD access, DWORD flags);

/** @brief Open it once more; share mode and disposition are the widest. */
HANDLE fact_file_open(const struct fact_file *file, DWORD access, DWORD flags);

/** @brief Make the file hold these bytes and no more. */
void fact_file_fill(const struct fact_file *file,
                    const void *bytes,
                    DWORD count);

/** @brief Check that the file holds these bytes and no more. */
void fact_file_check(const struct fact_file *file,
                     const void *bytes,
                     DWORD count);

/** @brief Close it. */
void fact_file_close(struct fact_file *file);

/** What became of an operation. */
struct fact_end {
    DWORD error; /**< 0: success. */
    DWORD bytes;
};

/** @brief Wait for the end of an operation that was started.
 *  @param result      What the call returned; its last error still stands.
 *  @param overlapped  With an event, or the only one of its file. */
struct fact_end fact_end(HANDLE file, BOOL result, OVERLAPPED *overlapped);

/** @brief Whether a call was accepted: it succeeded, or pends. */
BOOL fact_accepted(BOOL result);

/** @brief Associate a file with a port. */
void fact_associate(HANDLE file, HANDLE port, ULONG_PTR key);

/** @brief Start a read that pends. */
void fact_read_later(HANDLE end,
                     void *buffer,
                     DWORD bytes,
                     OVERLAPPED *overlapped);

/** One packet, as GetQueuedCompletionStatus tells it. */
struct fact_packet {
    BOOL success;
    DWORD error; /**< Last error of a packet that says FALSE, else 0. */
    ULONG_PTR key;
    OVERLAPPED *overlapped;
    DWORD bytes;
};

/** @brief Take a packet that must come. */
struct fact_packet fact_packet_take(HANDLE port);

/** @brief Take a packet that must come, with all that it holds. */
struct fact_completion fact_packet_remove(HANDLE port);

/** @brief Whether nothing is queued, after all threads have settled. */
BOOL fact_packet_none(HANDLE port);

/** @brief Wait until so many packets are queued. */
void fact_packet_await(HANDLE port, LONG count);

/** @brief Post a packet that has a key and nothing else. */
void fact_post(HANDLE port, ULONG_PTR key);

/** @brief Let a thread run until it blocks.
 *  @param started  Set by the thread as its first act: on real Windows it may
 *                  be slow to start. */
void fact_settle(const volatile LONG *started);

/**
 * @name Threads at a port
 * A thread that blocks gives its place in its port away, so a test that keeps
 * a place must neither block nor settle.  What is below does not block.
 * @{
 */

/** @brief Wait until a number is no less than @p least. */
void fact_await(const volatile LONG *number, LONG least);

/** @brief Let others run for a while. */
void fact_watch(void);

/** @brief Check that so many packets are queued, and stay. */
void fact_packet_stay(HANDLE port, LONG count);

/** @brief Check whether a poll, GetQueuedCompletionStatus(0), takes the
 *  packet with that key; with key 0, that it times out. */
void fact_poll(HANDLE port, ULONG_PTR key);

/** @} */

/** @brief Start a thread that takes one packet; returns when it waits for
 *  one.  Its exit code, from fact_join(), is the packet's key. */
HANDLE fact_waiter(HANDLE port);

/** A thread that takes one packet and then runs on, without blocking. */
struct fact_runner {
    HANDLE port;
    HANDLE thread;
    volatile LONG started;
    volatile LONG key; /**< Of its packet; 0 while it waits for one. */
    volatile LONG end; /**< Set by fact_runner_end(). */
};

/** @brief Start such a thread; returns when it waits for its packet.  Not
 *  while another one runs: then settling would never end. */
void fact_runner_start(struct fact_runner *runner, HANDLE port);

/** @brief Let it end and wait for that: this one blocks. */
void fact_runner_end(struct fact_runner *runner);

#endif
