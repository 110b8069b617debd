/**
 * @file guard_posix.c
 * @brief A way back from a crash, and a heartbeat, by signals.
 *
 * A signal handler may leave by switching to another stack instead of
 * returning.  For that it must look to the kernel as if it had returned: no
 * signal stays blocked (SA_NODEFER and an empty mask), and the stack on which
 * it ran is free again, which the kernel sees by the stack pointer.  That
 * stack is not the program's, since the program may have used up its own.
 *
 * Uses:     guard.h, fiber.h (the size of guard areas).
 * Used by:  whoever includes host.h.
 * Facts:    none.
 * Read next: guard_windows.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if !defined(_WIN32)
#    define _DEFAULT_SOURCE  1
#    define _XOPEN_SOURCE    700
#    define _DARWIN_C_SOURCE 1

#    include "fiber.h"
#    include "guard.h"

#    include <errno.h>
#    include <pthread.h>
#    include <signal.h>
#    include <stdalign.h>
#    include <sys/time.h>

/* SIGTRAP is how ARM and debuggers spell an illegal instruction. */
static const int crash_signals[] =
    {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP};
#    define CRASH_SIGNAL_COUNT (sizeof crash_signals / sizeof crash_signals[0])

/* What was there before the guard. */
static struct sigaction crash_before[CRASH_SIGNAL_COUNT];
static struct sigaction alarm_before;
static struct itimerval timer_before;
static stack_t stack_before;

static const struct itimerval no_timer = {{0, 0}, {0, 0}};

/* Handlers run here.  A second crash while the first is being reported goes
 * on below it on the same stack. */
static alignas(16) char handler_stack[65536];
static const stack_t handler_stack_use = {.ss_sp = handler_stack,
                                          .ss_size = sizeof handler_stack};
static pthread_t guarded_thread;

static void watch(int signal_number,
                  void (*handler)(int, siginfo_t *, void *),
                  int flags,
                  struct sigaction *before);
static void on_crash_signal(int signal_number, siginfo_t *info, void *context);
static void on_alarm_signal(int signal_number, siginfo_t *info, void *context);
static void handler_may_leave(void);
static enum sim__crash crash_of(int signal_number, const void *address);
static bool is_stack_overflow(const void *address);
static void die_as_before(int signal_number, const siginfo_t *info);

void sim__host_guard(sim__host_crash_fn *on_crash, sim__host_tick_fn *on_tick)
{
    const struct itimerval second = {{1, 0}, {1, 0}};

    sim__guard_begin(on_crash, on_tick);
    guarded_thread = pthread_self();
    SIM__HOST_CHECK(sigaltstack(&handler_stack_use, &stack_before) == 0);
    for (size_t i = 0; i < CRASH_SIGNAL_COUNT; i++) {
        watch(crash_signals[i], on_crash_signal, 0, &crash_before[i]);
    }
    /* SA_RESTART, so that the host's own output does not fail halfway. */
    watch(SIGALRM, on_alarm_signal, SA_RESTART, &alarm_before);
    setitimer(ITIMER_REAL, on_tick ? &second : &no_timer, &timer_before);
}

void sim__host_unguard(void)
{
    if (!sim__guard_active()) {
        return;
    }
    /* No more alarms; then drop the one that may be on its way (Valgrind
     * delivers late); then let others have theirs. */
    setitimer(ITIMER_REAL, &no_timer, NULL);
    signal(SIGALRM, SIG_IGN);
    sigaction(SIGALRM, &alarm_before, NULL);
    setitimer(ITIMER_REAL, &timer_before, NULL);
    for (size_t i = 0; i < CRASH_SIGNAL_COUNT; i++) {
        sigaction(crash_signals[i], &crash_before[i], NULL);
    }
    sigaltstack(&stack_before, NULL);
    sim__guard_end();
}

static void watch(int signal_number,
                  void (*handler)(int, siginfo_t *, void *),
                  int flags,
                  struct sigaction *before)
{
    struct sigaction action = {0};

    action.sa_sigaction = handler;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | flags;
    sigemptyset(&action.sa_mask);
    SIM__HOST_CHECK(sigaction(signal_number, &action, before) == 0);
}

static void on_crash_signal(int signal_number, siginfo_t *info, void *context)
{
    const void *address = NULL;

    (void)context;
    if (signal_number == SIGSEGV || signal_number == SIGBUS) {
        address = info->si_addr;
    }
    if (pthread_equal(pthread_self(), guarded_thread)) {
        enum sim__crash crash = crash_of(signal_number, address);

        handler_may_leave();
        sim__guard_crash(crash, address);
    }
    die_as_before(signal_number, info);
}

static void on_alarm_signal(int signal_number, siginfo_t *info, void *context)
{
    int error_before = errno;

    (void)signal_number;
    (void)info;
    (void)context;
    /* The kernel gives an alarm to any thread, preferably the first. */
    if (!pthread_equal(pthread_self(), guarded_thread)) {
        pthread_kill(guarded_thread, SIGALRM);
    } else {
        handler_may_leave();
        sim__guard_tick();
    }
    errno = error_before;
}

/*
 * Apple's kernel does not look at the stack pointer.  It keeps a mark that a
 * handler is on this stack until the handler returns; naming the stack again
 * removes the mark.  Not seen on a machine by the authors.
 */
static void handler_may_leave(void)
{
#    if defined(__APPLE__)
    sigaltstack(&handler_stack_use, NULL);
#    endif
}

static enum sim__crash crash_of(int signal_number, const void *address)
{
    if (signal_number == SIGFPE) {
        return SIM__CRASH_DIVISION;
    }
    if (signal_number == SIGABRT) {
        return SIM__CRASH_ABORT;
    }
    if (signal_number == SIGILL || signal_number == SIGTRAP) {
        return SIM__CRASH_INSTRUCTION;
    }
    return is_stack_overflow(address) ? SIM__CRASH_STACK : SIM__CRASH_MEMORY;
}

/* In the guard below the running fiber's own stack.  Another fiber's guard is
 * hit by a stray pointer, not by a call too many. */
static bool is_stack_overflow(const void *address)
{
    const struct sim__fiber *fiber = sim__fiber_now;

    if (!fiber || !fiber->platform) {
        return false;
    }
    return (uintptr_t)address >= (uintptr_t)fiber->platform &&
           (uintptr_t)address < (uintptr_t)fiber->stack_low;
}

/* The crash is not the simulated program's: give it back to whoever handled
 * it before.  The processor repeats the instruction that failed; a signal
 * that somebody sent is sent again. */
static void die_as_before(int signal_number, const siginfo_t *info)
{
    sim__host_unguard();
    if (signal_number == SIGABRT || info->si_code <= 0) {
        raise(signal_number);
    }
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__guard_posix_unused;
#endif
