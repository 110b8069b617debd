/**
 * @file guard_windows.c
 * @brief A way back from a crash where the host is Windows.
 *
 * Windows calls a vectored exception handler on the crashed stack, from code
 * of its own that wants the handler to return.  So the handler returns, but
 * with changed registers: the thread continues in a function of ours that
 * calls the callback, and nothing of Windows is left in the middle.
 *
 * Uses:     guard.h, fiber.h, heart_windows.h.
 * Used by:  whoever includes host.h.
 * Facts:    none.
 * Read next: heart_windows.h.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)
#    include "real_windows.h"

#    include "fiber.h"
#    include "guard.h"
#    include "heart_windows.h"

#    include <signal.h>

/* Left free below the base frame of a fiber for what it pushes itself. */
#    define BASE_FRAME_BYTES 1024

static void *guard_handler;
static DWORD guarded_thread_id;
static void (*abort_before)(int);

/* The crash being reported. */
static struct {
    enum sim__crash crash;
    const void *address;
    DWORD code;
} report;

static LONG WINAPI on_exception(EXCEPTION_POINTERS *pointers);
static bool crash_of(const EXCEPTION_RECORD *record);
static void crash_landing(void);
static void on_abort(int signal_number);

void sim__host_guard(sim__host_crash_fn *on_crash, sim__host_tick_fn *on_tick)
{
    sim__guard_begin(on_crash, on_tick);
    guarded_thread_id = sim__real()->GetCurrentThreadId();
    guard_handler = AddVectoredExceptionHandler(1, on_exception);
    SIM__HOST_CHECK(guard_handler);
    abort_before = signal(SIGABRT, on_abort);
    if (on_tick) {
        sim__heart_begin();
    }
}

void sim__host_unguard(void)
{
    if (!sim__guard_active()) {
        return;
    }
    sim__heart_end();
    signal(SIGABRT, abort_before);
    RemoveVectoredExceptionHandler(guard_handler);
    sim__guard_end();
}

static LONG WINAPI on_exception(EXCEPTION_POINTERS *pointers)
{
    CONTEXT *context = pointers->ContextRecord;
    uintptr_t sp = sim__heart_sp(context);

    if (sim__real()->GetCurrentThreadId() != guarded_thread_id ||
        !crash_of(pointers->ExceptionRecord)) {
        return EXCEPTION_CONTINUE_SEARCH;
    }
    if (report.crash == SIM__CRASH_STACK) {
        char *base = sim__fiber_overflowed();

        if (!base) {
            return EXCEPTION_CONTINUE_SEARCH;
        }
        /* No room where the crash was: continue near the other end. */
        sp = (uintptr_t)base - BASE_FRAME_BYTES;
    }
    sim__heart_aim(context, crash_landing, sp);
    return EXCEPTION_CONTINUE_EXECUTION;
}

/* Fills in the report; false when it is none of ours. */
static bool crash_of(const EXCEPTION_RECORD *record)
{
    report.code = record->ExceptionCode;
    report.address = NULL;
    switch (report.code) {
    case EXCEPTION_ACCESS_VIOLATION:
    case EXCEPTION_IN_PAGE_ERROR:
    case EXCEPTION_DATATYPE_MISALIGNMENT:
        report.crash = SIM__CRASH_MEMORY;
        break;
    case EXCEPTION_STACK_OVERFLOW:
        report.crash = SIM__CRASH_STACK;
        break;
    case EXCEPTION_ILLEGAL_INSTRUCTION:
    case EXCEPTION_PRIV_INSTRUCTION:
    case EXCEPTION_BREAKPOINT:
        report.crash = SIM__CRASH_INSTRUCTION;
        return true;
    case EXCEPTION_INT_DIVIDE_BY_ZERO:
    case EXCEPTION_INT_OVERFLOW:
        /* The smallest integer divided by -1 raises the second. */
        report.crash = SIM__CRASH_DIVISION;
        return true;
    default:
        return false;
    }
    if (record->NumberParameters >= 2) {
        report.address = (const void *)record->ExceptionInformation[1];
    }
    return true;
}

/* The crashed thread continues here. */
static void crash_landing(void)
{
    DWORD code = report.code;

    sim__guard_crash(report.crash, report.address);
    /* The crash is the simulator's own. */
    TerminateProcess(sim__real()->GetCurrentProcess(), code);
}

static void on_abort(int signal_number)
{
    /* The C library has forgotten the handler by now. */
    signal(signal_number, on_abort);
    sim__guard_crash(SIM__CRASH_ABORT, NULL);
    signal(signal_number, SIG_DFL);
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__guard_windows_unused;
#endif
