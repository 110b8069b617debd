/**
 * @file host.h
 * @brief What the simulator needs of the real machine, and nothing more.
 *
 * Everything else in sim/ is plain C that knows no platform.  The services
 * here are memory that can grow without moving, stacks that can be switched,
 * a way back from a crash, a heartbeat for threads that never call the
 * simulator, and two small questions about the clock and the terminal.  Each
 * platform answers them in files of its own.
 *
 * Uses:     nothing of ours but compiler.h.
 * Used by:  arena.c, schedule.c, thread.c, run.c.
 * Facts:    none.
 * Read next: machine_posix.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_HOST_H
#define SIM_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../compiler.h"

/* ---- Memory ------------------------------------------------------------ */

/**
 * @brief Reserve address space without memory behind it.
 * @param bytes  Size in bytes; rounded up to whole pages.
 * @return Page-aligned start, or NULL when the host refuses (or for 0 bytes).
 */
void *sim__host_reserve(size_t bytes);

/**
 * @brief Put memory behind a part of a reservation.
 *
 * A page that gets memory for the first time reads as zero.  A page that has
 * it already keeps its contents.
 *
 * @param start  Page-aligned address inside a reservation.
 * @param bytes  Size in bytes; rounded up to whole pages.
 * @return false when the host has no more memory; nothing changed then.
 */
bool sim__host_commit(void *start, size_t bytes);

/** @brief Give a whole reservation back; @p bytes is what was reserved. */
void sim__host_release(void *start, size_t bytes);

/** @brief Size of a page in bytes. */
size_t sim__host_page_bytes(void);

/* ---- Fibers ------------------------------------------------------------ */

/** What a fiber runs.  It never returns: it switches away for good. */
typedef void sim__fiber_entry(void);

/**
 * One stack that can be left and entered again.  The creator provides the
 * memory of the struct, which must stay where it is until sim__fiber_destroy;
 * the stack behind it belongs to the fiber.
 */
struct sim__fiber {
    void *sp;                /* Where it continues: a stack pointer for our
                              * assembly, a ucontext_t, or the base frame of a
                              * Windows fiber. */
    sim__fiber_entry *entry; /* What the next first switch starts. */
    char *stack_low;         /* Lowest usable address, above the guard page.
                              * Not known for Windows fibers and, except to
                              * AddressSanitizer, for adopted ones. */
    size_t stack_bytes;      /* From stack_low to where the stack starts. */
    void *platform;          /* Start of the mapping, or a Windows fiber.
                              * NULL: an adopted fiber. */
    size_t platform_bytes;   /* Size of the mapping. */
    size_t colour_bytes;     /* Left free where the stack would start. */
    void *asan_fake_stack;   /* Owned by AddressSanitizer between switches. */
    unsigned valgrind_id;    /* Valgrind's name for the stack. */
    bool rewind;             /* Windows: go back to the base when resumed. */
    bool worn_out;           /* Windows: the guard page has done its duty. */
};

/** Whether a fiber's stack may lie somewhere else when it starts again; else it
 * stays where sim__fiber_create put it. */
#if defined(_WIN32)
enum { SIM__STACKS_MOVE = 1 };
#else
enum { SIM__STACKS_MOVE = 0 };
#endif

/** The running fiber, or NULL before the first sim__fiber_adopt. */
extern struct sim__fiber *sim__fiber_now;

/** @brief Turn the caller's own stack into a fiber that can be left. */
void sim__fiber_adopt(struct sim__fiber *fiber);

/**
 * @brief Make a stack with a guard page below it.
 *
 * Stacks made one after another start at different multiples of a cache line
 * within a page, so that the frames of many fibers do not all fight for the
 * same few cache sets.  The order of creation alone decides where.
 *
 * @param fiber        Filled in.
 * @param stack_bytes  Usable bytes wanted; rounded up to whole pages.
 * @return false when the host has no memory for it.
 */
bool sim__fiber_create(struct sim__fiber *fiber, size_t stack_bytes);

/**
 * @brief Arm a fiber: the next switch to it calls @p entry on a fresh stack.
 *
 * Whatever the fiber was doing before is forgotten without unwinding, so a
 * run can be abandoned anywhere.  Cheap: a few stores where we own the switch.
 *
 * @param fiber  A created fiber that is not running.
 * @param entry  Called once, by the next switch to @p fiber.
 */
void sim__fiber_prepare(struct sim__fiber *fiber, sim__fiber_entry *entry);

/* Kernels other than Windows let us switch stacks ourselves. */
#if !defined(_WIN32) && !defined(SIM_FIBER_UCONTEXT) && \
    (defined(__x86_64__) || defined(__aarch64__)) && !defined(__ILP32__)
#    define SIM_FIBER_ASSEMBLY 1
#else
#    define SIM_FIBER_ASSEMBLY 0
#endif

/* AddressSanitizer wants to be told before and after each switch. */
#define SIM_FIBER_INLINE (SIM_FIBER_ASSEMBLY && !SIM_ASAN)

/**
 * @fn sim__fiber_switch
 * @brief Leave @p from (the running fiber) and continue @p to.
 *
 * A crash or tick callback that abandons a run may pass any fiber of that run
 * as @p from: where it was left is never looked at again, because the fiber
 * is prepared before it runs next.
 */
#if SIM_FIBER_INLINE
/* fiber_x86_64.S, fiber_aarch64.S: store the stack pointer, load another. */
void sim__fiber_jump(void **save, void *load);

static inline void sim__fiber_switch(struct sim__fiber *from,
                                     struct sim__fiber *to)
{
    sim__fiber_now = to;
    sim__fiber_jump(&from->sp, to->sp);
}
#else
void sim__fiber_switch(struct sim__fiber *from, struct sim__fiber *to);
#endif

/** @brief Free the stack of a fiber that is not running. */
void sim__fiber_destroy(struct sim__fiber *fiber);

/* ---- Crashes and heartbeat --------------------------------------------- */

/**
 * What to call when the program crashes.  @p sentence is one of
 *
 *     it read or wrote memory that is not there
 *     it executed an illegal instruction
 *     it divided by zero
 *     it called abort()
 *     stack overflow in a simulated thread
 *
 * the same on every platform.  @p address is the address of the access for
 * the first and the last, NULL otherwise or when unknown.  It differs from
 * run to run: show it to people, keep it out of traces.
 *
 * Called on the thread that runs the worlds, in the place of the crash or on
 * a small stack of its own.  The code that crashed may have held any lock of
 * the C library.  So do little: note what happened and switch to the host's
 * fiber.  A callback that returns says that the crash was the simulator's own;
 * the process then dies of it.
 */
typedef void sim__host_crash_fn(const char *sentence, const void *address);

/**
 * What to call about once a second of real time while worlds run, and never
 * after sim__host_unguard.
 *
 * Called on the thread that runs the worlds, between any two instructions of
 * whatever runs there: the program, the simulator (in the middle of a fiber
 * switch, too) or the host.  On Windows it waits while the thread is inside
 * Windows' own code.  It may read and write plain variables, and then either
 *
 *   - return, and the interrupted code goes on as if nothing had happened; or
 *   - switch to the host's fiber and so end the run, if it knows that the
 *     program's own code was interrupted: for example because no simulated
 *     call was made since the last tick.
 *
 * It must not call the simulator, allocate or print, since the interrupted
 * code may be in the middle of doing so.
 */
typedef void sim__host_tick_fn(void);

/**
 * @brief Catch crashes and start the heartbeat until sim__host_unguard.
 *
 * Catches what the platform calls an access violation, a bad instruction, a
 * division by zero and abort(), of the calling thread.  Previous handlers are
 * restored by unguard.
 *
 * @param on_crash  Called for a crash, any number of times.
 * @param on_tick   Called once a second, or NULL for no heartbeat.
 */
void sim__host_guard(sim__host_crash_fn *on_crash, sim__host_tick_fn *on_tick);
void sim__host_unguard(void);

/**
 * Called, when set, before a sanitizer ends the process, to say how to come
 * back to this place: nobody can switch away from a sanitizer's report.
 */
extern void (*sim__host_death_note)(void);

/* ---- Call stacks ------------------------------------------------------- */

/**
 * @brief Who called whom, on the stack in use.
 * @param out  Return addresses, innermost first, the caller's own first.
 * @param max  Room at @p out.
 * @return How many there are; 0 where nobody can tell.
 */
uint32_t sim__host_stack(void **out, uint32_t max);

/**
 * @brief The function that an address of sim__host_stack lies in.
 *
 * Not to be called by simulated threads: it reads a file.
 *
 * @param address  Return address.
 * @param out      For the name; "?" when it is not known.
 * @param bytes    Room at @p out.
 * @return @p out
 */
const char *sim__host_symbol(const void *address, char *out, size_t bytes);

/* ---- AddressSanitizer -------------------------------------------------- */

/**
 * @fn sim__host_is_poisoned
 * @brief Whether AddressSanitizer forbids any of some bytes; false in builds
 *        without it.
 */
/**
 * @fn sim__host_forbid
 * @brief Let AddressSanitizer report whoever touches some bytes.
 */
/**
 * @fn sim__host_allow
 * @brief Undo sim__host_forbid.
 */
#if SIM_ASAN
bool sim__host_is_poisoned(const void *start, size_t bytes);
void sim__host_forbid(const void *start, size_t bytes);
void sim__host_allow(const void *start, size_t bytes);
#else
static inline bool sim__host_is_poisoned(const void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
    return false;
}

static inline void sim__host_forbid(const void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
}

static inline void sim__host_allow(const void *start, size_t bytes)
{
    (void)start;
    (void)bytes;
}
#endif

/* ---- Small questions --------------------------------------------------- */

/** @brief Seconds of real time since some start; only for progress lines. */
double sim__host_seconds(void);

/** @brief Whether 1 (standard output) or 2 (errors) goes to a terminal. */
bool sim__host_is_terminal(int fd);

#endif
