/**
 * @file heart_windows.c
 * @brief A heartbeat without signals.
 *
 * Windows cannot call a function on a thread that never asks for it.  So a
 * second thread, the heart, raises a flag once a second.  A thread that
 * switches fibers sees the flag soon and makes the tick itself.  One that
 * does not, perhaps because the program loops without a call, is stopped, and
 * its registers are changed so that it continues in a function of ours.
 *
 * Uses:     heart_windows.h, guard.h.
 * Used by:  fiber_windows.c, guard_windows.c.
 * Facts:    none.
 * Read next: real_windows.h.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)
#    include "heart_windows.h"

#    include "guard.h"

#    define BEAT_MS  1000 /* From one tick to the next. */
#    define GRACE_MS 100  /* For a fiber switch to see the flag. */
#    define RETRY_MS 10   /* While the thread is in code that is not ours. */

volatile LONG sim__heart_is_due;

static HANDLE heart_thread;
static HANDLE heart_stop;
static HANDLE worlds_thread;

/* Where the stopped thread was.  Written while it is stopped, and copied to
 * its own stack by the first thing it does afterwards. */
static CONTEXT interrupted;

static DWORD WINAPI heart_main(void *unused);
static bool heart_rests(DWORD ms);
static void heart_interrupt(void);
static void heart_landing(void);
static const void *module_of(uintptr_t address);
static uintptr_t instruction_of(const CONTEXT *context);

void sim__heart_begin(void)
{
    DWORD access =
        THREAD_SUSPEND_RESUME | THREAD_GET_CONTEXT | THREAD_SET_CONTEXT;
    const struct sim__real *real = sim__real();

    sim__heart_is_due = 0;
    worlds_thread = real->OpenThread(access, FALSE, real->GetCurrentThreadId());
    heart_stop = real->CreateEventW(NULL, TRUE, FALSE, NULL);
    if (worlds_thread && heart_stop) {
        heart_thread = real->CreateThread(NULL, 0, heart_main, NULL, 0, NULL);
    }
    /* Without memory for a heart there is none; runs still end by their
     * limit of steps. */
}

void sim__heart_end(void)
{
    const struct sim__real *real = sim__real();

    if (heart_thread) {
        real->SetEvent(heart_stop);
        real->WaitForSingleObject(heart_thread, INFINITE);
        real->CloseHandle(heart_thread);
        heart_thread = NULL;
    }
    if (heart_stop) {
        real->CloseHandle(heart_stop);
        heart_stop = NULL;
    }
    if (worlds_thread) {
        real->CloseHandle(worlds_thread);
        worlds_thread = NULL;
    }
    sim__heart_is_due = 0;
}

void sim__heart_tick(void)
{
    if (InterlockedExchange(&sim__heart_is_due, 0)) {
        sim__guard_tick();
    }
}

/* ---- The heart --------------------------------------------------------- */

static DWORD WINAPI heart_main(void *unused)
{
    (void)unused;
    while (heart_rests(BEAT_MS)) {
        /* BOUND: ends when the guard ends. */
        InterlockedExchange(&sim__heart_is_due, 1);
        for (DWORD ms = GRACE_MS; heart_rests(ms) && sim__heart_is_due;) {
            /* BOUND: ends when the thread is in our code, or makes the tick
             * itself, or with the guard. */
            heart_interrupt();
            ms = RETRY_MS;
        }
    }
    return 0;
}

/* Sleep; false when the guard ends. */
static bool heart_rests(DWORD ms)
{
    return sim__real()->WaitForSingleObject(heart_stop, ms) == WAIT_TIMEOUT;
}

/*
 * Only code of the module that holds the simulator (and, in a program linked
 * the usual way, the program) is interrupted.  Code of Windows may hold locks
 * that everybody needs, and in the middle of a system call the registers do
 * not say all there is to say.
 *
 * The upper halves of AVX registers are not in a CONTEXT.  A callback that
 * keeps to plain variables, as it must, leaves them alone.
 */
static void heart_interrupt(void)
{
    const struct sim__real *real = sim__real();
    CONTEXT aimed;

    if (real->SuspendThread(worlds_thread) == (DWORD)-1) {
        return;
    }
    /* Windows stops a thread when it comes round to it; asking for its
     * registers waits for that.  So the flag is looked at after. */
    interrupted.ContextFlags = CONTEXT_FULL;
    if (GetThreadContext(worlds_thread, &interrupted) && sim__heart_is_due &&
        module_of(instruction_of(&interrupted)) ==
            module_of((uintptr_t)heart_landing)) {
        aimed = interrupted;
        aimed.ContextFlags = CONTEXT_CONTROL;
        sim__heart_aim(&aimed, heart_landing, sim__heart_sp(&interrupted));
        if (SetThreadContext(worlds_thread, &aimed)) {
            InterlockedExchange(&sim__heart_is_due, 0);
        }
    }
    real->ResumeThread(worlds_thread);
}

/* The interrupted thread continues here. */
static void heart_landing(void)
{
    CONTEXT before = interrupted;

    sim__guard_tick();
    RtlRestoreContext(&before, NULL);
}

static const void *module_of(uintptr_t address)
{
    MEMORY_BASIC_INFORMATION info;

    if (VirtualQuery((const void *)address, &info, sizeof info) == 0) {
        return NULL;
    }
    return info.AllocationBase;
}

/* ---- Registers --------------------------------------------------------- */

#    if defined(_M_ARM64) || defined(__aarch64__)

void sim__heart_aim(CONTEXT *context, void (*target)(void), uintptr_t sp)
{
    context->Pc = (uintptr_t)target;
    context->Sp = (sp - 256) & ~(uintptr_t)15;
    context->Lr = 0;
}

uintptr_t sim__heart_sp(const CONTEXT *context)
{
    return context->Sp;
}

static uintptr_t instruction_of(const CONTEXT *context)
{
    return context->Pc;
}

#    else

/* A called function finds the stack 8 below a multiple of 16, where the
 * return address would be, and owns 32 bytes above that. */
void sim__heart_aim(CONTEXT *context, void (*target)(void), uintptr_t sp)
{
    context->Rip = (uintptr_t)target;
    context->Rsp = ((sp - 256) & ~(uintptr_t)15) - 8;
}

uintptr_t sim__heart_sp(const CONTEXT *context)
{
    return context->Rsp;
}

static uintptr_t instruction_of(const CONTEXT *context)
{
    return context->Rip;
}

#    endif

#else
/* ISO C wants a declaration in every file. */
extern const int sim__heart_windows_unused;
#endif
