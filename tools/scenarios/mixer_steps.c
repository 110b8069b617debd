/**
 * @file mixer_steps.c
 * @brief What the threads of a random program do.
 *
 * Each decision is a statement of its own: C does not say in which order the
 * arguments of a call are computed, and compilers differ.
 *
 * Uses:     mixer.h.
 * Used by:  mixer.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "mixer.h"

enum { MIXER_WAIT_MS = 20, MIXER_BATCH = 3 };

/** @brief A time that a wait may take: often none at all. */
static DWORD some_ms(void)
{
    return sim_choose(2) == 0 ? 0 : 1 + sim_choose(MIXER_WAIT_MS);
}

static BOOL some_bool(void)
{
    return sim_choose(2) == 0;
}

static HANDLE some_event(void)
{
    return mixer.events[sim_choose(MIXER_EVENTS)];
}

/* ---- The port -------------------------------------------------------------- */

static void post(void)
{
    (void)PostQueuedCompletionStatus(mixer.port, 1, sim_choose(100), NULL);
}

static void take(void)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    if (GetQueuedCompletionStatus(mixer.port,
                                  &bytes,
                                  &key,
                                  &overlapped,
                                  some_ms())) {
        sim_note("took %u", (unsigned)key);
    }
}

static void take_many(void)
{
    OVERLAPPED_ENTRY entries[MIXER_BATCH];
    ULONG removed = 0;
    BOOL alertable = some_bool();

    (void)GetQueuedCompletionStatusEx(mixer.port,
                                      entries,
                                      MIXER_BATCH,
                                      &removed,
                                      some_ms(),
                                      alertable);
    sim_note("took a batch of %u", (unsigned)removed);
}

/* ---- Objects ---------------------------------------------------------------- */

static void set_event(void)
{
    (void)SetEvent(some_event());
}

static void reset_event(void)
{
    (void)ResetEvent(some_event());
}

static void pulse_event(void)
{
    (void)PulseEvent(some_event());
}

static void wait_for_event(void)
{
    HANDLE event = some_event();

    (void)WaitForSingleObject(event, some_ms());
}

static void wait_for_many(void)
{
    HANDLE objects[] = {mixer.events[0], mixer.events[1], mixer.semaphore};
    BOOL all = some_bool();
    BOOL alertable = some_bool();

    (void)WaitForMultipleObjectsEx(3, objects, all, some_ms(), alertable);
}

static void wait_for_port(void)
{
    (void)WaitForSingleObject(mixer.port, some_ms());
}

static void signal_and_wait(void)
{
    (void)
        SignalObjectAndWait(mixer.events[0], mixer.events[1], some_ms(), FALSE);
}

static void release_semaphore(void)
{
    LONG before = 0;

    (void)ReleaseSemaphore(mixer.semaphore, 1, &before);
}

static void hold_mutex(void)
{
    DWORD result = WaitForSingleObject(mixer.mutex, some_ms());

    if (result == WAIT_OBJECT_0 || result == WAIT_ABANDONED_0) {
        InterlockedIncrement(&mixer.counter);
        /* Sometimes a thread ends while it holds the mutex. */
        if (sim_choose(8) != 0) {
            (void)ReleaseMutex(mixer.mutex);
        }
    }
}

/* ---- Locks ------------------------------------------------------------------ */

static void hold_section(void)
{
    EnterCriticalSection(&mixer.section);
    InterlockedIncrement(&mixer.counter);
    LeaveCriticalSection(&mixer.section);
}

static void hold_shared(void)
{
    AcquireSRWLockShared(&mixer.srw);
    InterlockedCompareExchange(&mixer.counter, 0, 0);
    ReleaseSRWLockShared(&mixer.srw);
}

static void wait_for_change(void)
{
    AcquireSRWLockExclusive(&mixer.srw);
    (void)SleepConditionVariableSRW(&mixer.changed,
                                    &mixer.srw,
                                    1 + sim_choose(MIXER_WAIT_MS),
                                    0);
    ReleaseSRWLockExclusive(&mixer.srw);
}

static void tell_of_change(void)
{
    AcquireSRWLockExclusive(&mixer.srw);
    InterlockedExchangeAdd(&mixer.counter, 10);
    ReleaseSRWLockExclusive(&mixer.srw);
    if (some_bool()) {
        WakeConditionVariable(&mixer.changed);
    } else {
        WakeAllConditionVariable(&mixer.changed);
    }
}

static void count(void)
{
    LONG seen = InterlockedCompareExchange(&mixer.counter, 0, 0);

    InterlockedCompareExchange(&mixer.counter, seen + 1, seen);
}

/* ---- Time and APCs ------------------------------------------------------------ */

static void WINAPI on_apc(ULONG_PTR argument)
{
    InterlockedIncrement(&mixer.apcs);
    sim_note("APC %u", (unsigned)argument);
}

static void WINAPI on_timer(void *argument, DWORD low, DWORD high)
{
    (void)argument;
    (void)low;
    (void)high;
    InterlockedIncrement(&mixer.apcs);
}

static void queue_apc(void)
{
    HANDLE thread = mixer.threads[sim_choose(MIXER_THREADS_MAX)];

    if (thread != NULL) {
        (void)QueueUserAPC(on_apc, thread, sim_choose(100));
    }
}

static void nap(void)
{
    BOOL alertable = some_bool();

    (void)SleepEx(some_ms(), alertable);
}

static void set_timer(void)
{
    LARGE_INTEGER due = {.QuadPart = -10000 * (LONGLONG)(1 + some_ms())};
    LONG period = sim_choose(4) == 0 ? 5 : 0;
    PTIMERAPCROUTINE routine = some_bool() ? on_timer : NULL;

    (void)SetWaitableTimer(mixer.timer, &due, period, routine, NULL, FALSE);
}

static void wait_for_timer(void)
{
    (void)WaitForSingleObjectEx(mixer.timer, some_ms(), TRUE);
    (void)CancelWaitableTimer(mixer.timer);
}

static void read_clock(void)
{
    LARGE_INTEGER ticks;

    (void)QueryPerformanceCounter(&ticks);
    sim_note("%u ms", (unsigned)GetTickCount64());
}

/* ---- Threads ------------------------------------------------------------------ */

static void give_way(void)
{
    (void)SwitchToThread();
}

static void look_at_own(void)
{
    bool own = TlsGetValue(mixer.tls) == &mixer;

    SetLastError(sim_choose(100));
    sim_note("slot %s, error %u",
             own ? "set" : "empty",
             (unsigned)GetLastError());
}

static void settle(void)
{
    sim_settle();
}

const struct mixer_step mixer_steps[] = {
    {"post", post},
    {"take", take},
    {"take many", take_many},
    {"read", mixer_read},
    {"write", mixer_write},
    {"cancel", mixer_cancel},
    {"set event", set_event},
    {"reset event", reset_event},
    {"pulse event", pulse_event},
    {"wait for event", wait_for_event},
    {"wait for many", wait_for_many},
    {"wait for port", wait_for_port},
    {"signal and wait", signal_and_wait},
    {"release semaphore", release_semaphore},
    {"hold mutex", hold_mutex},
    {"hold section", hold_section},
    {"hold shared", hold_shared},
    {"wait for change", wait_for_change},
    {"tell of change", tell_of_change},
    {"count", count},
    {"queue APC", queue_apc},
    {"nap", nap},
    {"set timer", set_timer},
    {"wait for timer", wait_for_timer},
    {"read clock", read_clock},
    {"give way", give_way},
    {"look at own", look_at_own},
    {"settle", settle},
};

const size_t mixer_step_count = sizeof mixer_steps / sizeof mixer_steps[0];
