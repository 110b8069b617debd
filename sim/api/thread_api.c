/**
 * @file thread_api.c
 * @brief Win32 calls about threads and the one process there is.
 *
 * Uses:     api.h, thread.h.
 * Used by:  programs.
 * Facts:    THREAD-06, THREAD-08, THREAD-11, THREAD-13.
 * Read next: tls_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <errno.h>
#include <process.h>
#include <string.h>

#include "api.h"

/** Identifiers of processes and threads are multiples of four, from one
 * range.  A thread's comes from its number, so it is the same in each run. */
enum { PROCESS_ID = 1000, THREAD_ID_STEP = 4 };

static DWORD id_of(const struct thread *thread)
{
    return PROCESS_ID + THREAD_ID_STEP * thread->object.number;
}

/** @brief Find a thread by handle; fails like sim__handle_find. */
static NTSTATUS find_thread(HANDLE handle, uint32_t access, struct thread **out)
{
    struct object *object;
    NTSTATUS status = sim__handle_find(handle, OBJECT_THREAD, access, &object);

    if (NT_SUCCESS(status)) {
        *out = (struct thread *)object;
    }
    return status;
}

/* ---- Beginning --------------------------------------------------------- */

/** What a new thread is to be; stacks are all of one size here, so what the
 * program asks for has no effect. */
struct birth {
    const char *call;
    LPTHREAD_START_ROUTINE start;
    void *argument;
    const SECURITY_ATTRIBUTES *attributes;
    DWORD flags;
};

/** @brief Make a thread and its first handle; the id is written before the
 *  thread can run. */
static HANDLE thread_begin(const struct birth *birth, DWORD *id_out)
{
    bool suspended = birth->flags & CREATE_SUSPENDED;
    struct thread *thread =
        sim__thread_create(birth->start, birth->argument, suspended);
    HANDLE handle = sim__handle_open(&thread->object, THREAD_ALL_ACCESS);

    if (birth->attributes != NULL && birth->attributes->bInheritHandle) {
        sim__handle_row(handle)->flags |= HANDLE_FLAG_INHERIT;
    }
    if (id_out != NULL) {
        *id_out = id_of(thread);
    }
    trace(open, .object = &thread->object);
    trace(start,
          .object = &thread->object,
          .value = {(int64_t)thread->object.number},
          .text = suspended ? "suspended" : NULL);
    return handle;
}

/** @brief Check what CreateThread and _beginthreadex are given. */
static NTSTATUS check_birth(const struct birth *birth, bool has_start)
{
    if (birth->flags &
        ~(DWORD)(CREATE_SUSPENDED | STACK_SIZE_PARAM_IS_A_RESERVATION)) {
        return STATUS_INVALID_PARAMETER;
    }
    if (!has_start) {
        sim__stop(SIM_CRASH,
                  "%s was called with NULL for the function to run, and the "
                  "new thread would crash at once: pass a function",
                  birth->call);
    }
    return sim__fault(birth->call, STATUS_NO_MEMORY) ? STATUS_NO_MEMORY
                                                     : STATUS_SUCCESS;
}

HANDLE WINAPI CreateThread(SECURITY_ATTRIBUTES *attributes,
                           SIZE_T stack_bytes,
                           LPTHREAD_START_ROUTINE start,
                           void *argument,
                           DWORD flags,
                           DWORD *id_out)
{
    const struct birth birth = {"CreateThread",
                                start,
                                argument,
                                attributes,
                                flags};
    HANDLE handle = NULL;
    NTSTATUS status;

    (void)stack_bytes;
    sim__before();
    status = check_birth(&birth, start != NULL);
    if (NT_SUCCESS(status)) {
        handle = thread_begin(&birth, id_out);
    } else {
        sim__set_error(RtlNtStatusToDosError(status));
    }
    sim__after();
    return handle;
}

/** What _beginthreadex was given, for the thread that it makes. */
struct runtime_start {
    unsigned(__stdcall *start)(void *argument);
    void *argument;
};

/** @brief Run a function of the C runtime's type. */
static DWORD WINAPI run_runtime(void *argument)
{
    struct runtime_start given = *(struct runtime_start *)argument;

    sim__give(argument, sizeof given);
    return given.start(given.argument);
}

uintptr_t __cdecl _beginthreadex(void *attributes,
                                 unsigned stack_bytes,
                                 unsigned(__stdcall *start)(void *),
                                 void *argument,
                                 unsigned flags,
                                 unsigned *id_out)
{
    struct runtime_start *given;
    struct birth birth = {"_beginthreadex",
                          run_runtime,
                          NULL,
                          attributes,
                          flags};
    HANDLE handle = NULL;
    DWORD id;

    (void)stack_bytes;
    sim__before();
    if (NT_SUCCESS(check_birth(&birth, start != NULL))) {
        given = sim__take(sizeof *given);
        *given = (struct runtime_start){start, argument};
        birth.argument = given;
        handle = thread_begin(&birth, &id);
        if (id_out != NULL) {
            *id_out = (unsigned)id;
        }
    } else {
        errno = EAGAIN;
    }
    sim__after();
    return (uintptr_t)handle;
}

/* ---- Ending ------------------------------------------------------------ */

void WINAPI ExitThread(DWORD exit_code)
{
    sim__thread_exit(exit_code);
}

void __cdecl _endthreadex(unsigned exit_code)
{
    /* Unlike _endthread it leaves the handle to the program. */
    sim__thread_exit(exit_code);
}

BOOL WINAPI TerminateThread(HANDLE handle, DWORD exit_code)
{
    struct thread *thread;
    NTSTATUS status;

    sim__before();
    status = find_thread(handle, THREAD_TERMINATE, &thread);
    if (NT_SUCCESS(status)) {
        sim__pool_thread_check(thread);
        trace(call,
              .text = "TerminateThread",
              .object = &thread->object,
              .value = {(int64_t)exit_code});
        sim__thread_terminate(thread, exit_code);
    }
    sim__after();
    return sim__result(status);
}

BOOL WINAPI GetExitCodeThread(HANDLE handle, DWORD *exit_code_out)
{
    struct thread *thread;
    NTSTATUS status;

    sim__require(exit_code_out, "GetExitCodeThread", "lpExitCode");
    sim__before();
    status = find_thread(handle, THREAD_QUERY_LIMITED_INFORMATION, &thread);
    if (NT_SUCCESS(status)) {
        *exit_code_out = thread->exit_code;
    }
    sim__after();
    return sim__result(status);
}

void WINAPI ExitProcess(UINT exit_code)
{
    sim__before();
    trace(call, .text = "ExitProcess", .value = {(int64_t)exit_code});
    if (exit_code != 0 && sim__whole_program && sim__faults_struck() == 0) {
        /* After a fault it is what a good program does. */
        sim__stop(SIM_ASSERTION,
                  "the program says that it failed: it called ExitProcess "
                  "with %u, and what it prints may say why",
                  (unsigned)exit_code);
    }
    /* All threads end where they stand, and Windows closes what is open: the
     * run is over and there is nothing to complain of. */
    sim__finish();
}

/* ---- Suspending -------------------------------------------------------- */

/** What SuspendThread and ResumeThread return when they fail. */
#define SUSPEND_FAILED ((DWORD)-1)

DWORD WINAPI SuspendThread(HANDLE handle)
{
    struct thread *thread;
    DWORD before = SUSPEND_FAILED;
    NTSTATUS status;

    sim__before();
    status = find_thread(handle, THREAD_SUSPEND_RESUME, &thread);
    if (NT_SUCCESS(status) && thread->state == THREAD_OVER) {
        status = STATUS_THREAD_IS_TERMINATING;
    } else if (NT_SUCCESS(status) &&
               thread->suspended == MAXIMUM_SUSPEND_COUNT) {
        status = STATUS_SUSPEND_COUNT_EXCEEDED;
    }
    if (NT_SUCCESS(status)) {
        trace(call,
              .text = "SuspendThread",
              .object = &thread->object,
              .value = {(int64_t)thread->suspended + 1});
        before = sim__thread_suspend(thread);
    }
    sim__after();
    (void)sim__result(status);
    return before;
}

DWORD WINAPI ResumeThread(HANDLE handle)
{
    struct thread *thread;
    DWORD before = SUSPEND_FAILED;
    NTSTATUS status;

    sim__before();
    status = find_thread(handle, THREAD_SUSPEND_RESUME, &thread);
    if (NT_SUCCESS(status)) {
        trace(call, .text = "ResumeThread", .object = &thread->object);
        before = thread->state == THREAD_OVER ? 0 : sim__thread_resume(thread);
    }
    sim__after();
    (void)sim__result(status);
    return before;
}

/* ---- Who is who -------------------------------------------------------- */

HANDLE WINAPI GetCurrentThread(void)
{
    /* A pseudo handle is a number, and so are all handles. */
    return (HANDLE)(LONG_PTR)-2;
}

HANDLE WINAPI GetCurrentProcess(void)
{
    return (HANDLE)(LONG_PTR)-1;
}

DWORD WINAPI GetCurrentThreadId(void)
{
    return id_of(sim__world.current);
}

DWORD WINAPI GetCurrentProcessId(void)
{
    return PROCESS_ID;
}

DWORD WINAPI GetThreadId(HANDLE handle)
{
    struct thread *thread;
    NTSTATUS status =
        find_thread(handle, THREAD_QUERY_LIMITED_INFORMATION, &thread);

    return sim__result(status) ? id_of(thread) : 0;
}

HANDLE WINAPI OpenThread(DWORD access, BOOL inherit, DWORD id)
{
    struct thread *thread;
    HANDLE handle = NULL;

    sim__before();
    thread = sim__world.thread_first;
    while (thread != NULL && id_of(thread) != id) {
        thread = thread->all_next;
    }
    if (thread != NULL) {
        handle = sim__handle_open(&thread->object,
                                  sim__rights(OBJECT_THREAD, access));
        if (inherit) {
            sim__handle_row(handle)->flags |= HANDLE_FLAG_INHERIT;
        }
        trace(open, .object = &thread->object);
    } else {
        sim__set_error(ERROR_INVALID_PARAMETER);
    }
    sim__after();
    return handle;
}

HRESULT WINAPI SetThreadDescription(HANDLE handle, const WCHAR *description)
{
    struct thread *thread;
    char text[64];
    NTSTATUS status =
        find_thread(handle, THREAD_SET_LIMITED_INFORMATION, &thread);

    if (!NT_SUCCESS(status)) {
        return HRESULT_FROM_NT(status);
    }
    trace(name,
          .object = &thread->object,
          .value = {(int64_t)thread->object.number},
          .text = sim__narrow(description, text, sizeof text),
          .copy = description != NULL);
    return S_OK;
}

/* ---- Priorities -------------------------------------------------------- */

/** @brief Begin or end the current thread's background mode. */
static DWORD set_background(struct thread *thread, int mode)
{
    bool begin = mode == THREAD_MODE_BACKGROUND_BEGIN;

    if (thread != sim__world.current) {
        return ERROR_INVALID_PARAMETER;
    }
    if (thread->background == begin) {
        return begin ? ERROR_THREAD_MODE_ALREADY_BACKGROUND
                     : ERROR_THREAD_MODE_NOT_BACKGROUND;
    }
    thread->background = begin;
    return ERROR_SUCCESS;
}

/** @brief Set a priority.  It is kept, and has no other effect: on a machine
 *  with several processors no order follows from it, so a program must be
 *  right under any schedule. */
static DWORD set_priority(struct thread *thread, int priority)
{
    if (priority == THREAD_MODE_BACKGROUND_BEGIN ||
        priority == THREAD_MODE_BACKGROUND_END) {
        return set_background(thread, priority);
    }
    if ((priority < THREAD_PRIORITY_LOWEST ||
         priority > THREAD_PRIORITY_HIGHEST) &&
        priority != THREAD_PRIORITY_IDLE &&
        priority != THREAD_PRIORITY_TIME_CRITICAL) {
        return ERROR_INVALID_PARAMETER;
    }
    thread->priority = priority;
    return ERROR_SUCCESS;
}

BOOL WINAPI SetThreadPriority(HANDLE handle, int priority)
{
    struct thread *thread;
    DWORD error;
    NTSTATUS status;

    sim__before();
    status = find_thread(handle, THREAD_SET_LIMITED_INFORMATION, &thread);
    if (!NT_SUCCESS(status)) {
        return sim__result(status);
    }
    error = set_priority(thread, priority);
    if (error != ERROR_SUCCESS) {
        return sim__fail(error);
    }
    trace(call,
          .text = "SetThreadPriority",
          .object = &thread->object,
          .value = {priority});
    sim__after();
    return TRUE;
}

int WINAPI GetThreadPriority(HANDLE handle)
{
    struct thread *thread;
    NTSTATUS status =
        find_thread(handle, THREAD_QUERY_LIMITED_INFORMATION, &thread);

    return sim__result(status) ? thread->priority
                               : THREAD_PRIORITY_ERROR_RETURN;
}

/* ---- APCs -------------------------------------------------------------- */

/** @brief Call the program's function; the APC is not needed any more. */
static void run_user_apc(struct apc *apc)
{
    PAPCFUNC function;
    ULONG_PTR argument = apc->argument[0];

    memcpy(&function, &apc->routine, sizeof function);
    sim__give(apc, sizeof *apc);
    trace(apc, .text = "user APC");
    function(argument);
}

DWORD WINAPI QueueUserAPC(PAPCFUNC function, HANDLE handle, ULONG_PTR argument)
{
    struct thread *thread;
    struct apc *apc;
    NTSTATUS status;

    sim__before();
    status = find_thread(handle, THREAD_SET_CONTEXT, &thread);
    if (NT_SUCCESS(status) && sim__fault("QueueUserAPC", STATUS_NO_MEMORY)) {
        status = STATUS_NO_MEMORY;
    }
    if (!NT_SUCCESS(status)) {
        return (DWORD)sim__result(status);
    }
    if (thread->state == THREAD_OVER) {
        /* FACT THREAD-08 QueueUserAPC to a finished thread. */
        return (DWORD)sim__fail(ERROR_GEN_FAILURE);
    }
    apc = sim__take(sizeof *apc);
    *apc = (struct apc){.run = run_user_apc, .argument = {argument}};
    memcpy(&apc->routine, &function, sizeof apc->routine);
    trace(call, .text = "QueueUserAPC", .object = &thread->object);
    (void)sim__apc_queue(thread, apc);
    sim__after();
    return 1;
}
