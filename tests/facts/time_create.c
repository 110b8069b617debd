/**
 * @file time_create.c
 * @brief Facts about names, ports, precision and tolerance of timers.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    TIME-10, TIME-11, TIME-12, TIME-13.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <wchar.h>

/* Not in every header. */
enum { HIGH_RESOLUTION = 2, SOON = 40, KEY = 7 };

enum { HALF_MS = FACT_MS / 2 };

static void check_fires(HANDLE timer)
{
    CHECK(WaitForSingleObject(timer, FACT_LIMIT_MS) == WAIT_OBJECT_0);
}

static void timer_set(HANDLE timer, LONG milliseconds)
{
    LARGE_INTEGER due = {.QuadPart = -(LONGLONG)milliseconds * FACT_MS};

    CHECK(SetWaitableTimer(timer, &due, 0, NULL, NULL, FALSE));
}

/* ---- Ports --------------------------------------------------------------- */

/** A thread that waits for a timer and posts. */
struct poster {
    HANDLE timer;
    HANDLE port;
};

static DWORD WINAPI wait_and_post(void *arg)
{
    const struct poster *poster = arg;

    check_fires(poster->timer);
    fact_post(poster->port, KEY);
    return 0;
}

void fact_time_10(void)
{
    struct fact_native native = fact_native();
    struct poster poster = {
        .timer = CreateWaitableTimerW(NULL, FALSE, NULL),
        .port = fact_port(0),
    };
    HANDLE packet;
    HANDLE thread;
    struct fact_packet got;

    /* A timer is no file, so it cannot be associated with a port. */
    CHECK(poster.timer != NULL);
    CHECK(CreateIoCompletionPort(poster.timer, poster.port, KEY, 0) == NULL);
    CHECK(GetLastError() != ERROR_SUCCESS);
    timer_set(poster.timer, SOON);
    check_fires(poster.timer);
    CHECK(fact_packet_none(poster.port));
    /* A thread can wait for it and post. */
    thread = fact_start(wait_and_post, &poster);
    timer_set(poster.timer, SOON);
    got = fact_packet_take(poster.port);
    CHECK(got.success && got.key == KEY);
    (void)fact_join(thread);
    /* Or a wait packet is tied to it. */
    FACT_NEEDS(native.create_wait_packet);
    CHECK(native.create_wait_packet(&packet, GENERIC_ALL, NULL) ==
          STATUS_SUCCESS);
    timer_set(poster.timer, SOON);
    CHECK(native.associate_wait_packet(packet,
                                       poster.port,
                                       poster.timer,
                                       (PVOID)(ULONG_PTR)KEY,
                                       &poster,
                                       STATUS_SUCCESS,
                                       3,
                                       NULL) == STATUS_SUCCESS);
    got = fact_packet_take(poster.port);
    CHECK(got.success && got.key == KEY && got.bytes == 3);
    CHECK(got.overlapped == (OVERLAPPED *)(void *)&poster);
    CHECK(CloseHandle(packet));
    CHECK(CloseHandle(poster.timer) && CloseHandle(poster.port));
}

/* ---- Precision ----------------------------------------------------------- */

/** @brief How long a timer takes that is set to so many milliseconds. */
static LONGLONG measure(HANDLE timer, LONG milliseconds)
{
    LONGLONG start = fact_now();

    timer_set(timer, milliseconds);
    check_fires(timer);
    return fact_now() - start;
}

void fact_time_11(void)
{
    HANDLE fine =
        CreateWaitableTimerExW(NULL, NULL, HIGH_RESOLUTION, TIMER_ALL_ACCESS);
    HANDLE coarse = CreateWaitableTimerExW(NULL, NULL, 0, TIMER_ALL_ACCESS);
    LONGLONG took;

    CHECK(fine != NULL && coarse != NULL);
    for (LONG milliseconds = 1; milliseconds <= 20; milliseconds += 6) {
        LONGLONG asked = milliseconds * FACT_MS;

        /* A high resolution timer is right to half a millisecond, whenever
         * the clock ticks. */
        took = measure(fine, milliseconds);
        CHECK(took > asked - HALF_MS);
        if (sim_is_simulated()) {
            CHECK(took < asked + HALF_MS);
        }
        /* Another one is not. */
        took = measure(coarse, milliseconds);
        CHECK(took > asked - FACT_TICK);
        if (took < asked - HALF_MS) {
            sim_mark("too early");
        } else if (took > asked + HALF_MS) {
            sim_mark("too late");
        }
    }
    CHECK(CloseHandle(fine) && CloseHandle(coarse));
}

static void WINAPI count_up(LPVOID counter, DWORD low, DWORD high)
{
    (void)low;
    (void)high;
    ++*(volatile LONG *)counter;
}

void fact_time_12(void)
{
    const ULONG tolerance_ms = 100;
    HANDLE timer = CreateWaitableTimerW(NULL, FALSE, NULL);
    LARGE_INTEGER due = {.QuadPart = -SOON * FACT_MS};
    LONGLONG start = fact_now();
    volatile LONG counter = 0;
    LONGLONG took;

    CHECK(timer != NULL);
    /* The call takes a delay that is tolerable.  The timer fires, not before
     * its time, and maybe only after the delay. */
    CHECK(SetWaitableTimerEx(timer, &due, 0, NULL, NULL, NULL, tolerance_ms));
    check_fires(timer);
    took = fact_now() - start;
    CHECK(took > SOON * FACT_MS - FACT_TICK);
    if (sim_is_simulated()) {
        CHECK(took <= (SOON + (LONGLONG)tolerance_ms) * FACT_MS + FACT_TICK);
    }
    sim_mark(took > SOON * FACT_MS + FACT_TICK ? "held back" : "on time");
    /* All else is as without one: the period and the routine. */
    CHECK(SetWaitableTimerEx(timer,
                             &due,
                             SOON,
                             count_up,
                             (void *)(ULONG_PTR)&counter,
                             NULL,
                             tolerance_ms));
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(SleepEx(FACT_LIMIT_MS, TRUE) == WAIT_IO_COMPLETION);
    CHECK(counter >= 2);
    CHECK(CloseHandle(timer));
}

/* ---- Names --------------------------------------------------------------- */

/** @brief Make a name that no other run of this test has. */
static void make_name(WCHAR *name, size_t room, const WCHAR *word)
{
    (void)swprintf(name,
                   room,
                   L"dryport-fact-%u-%ls",
                   (unsigned)GetCurrentProcessId(),
                   word);
}

/** @brief Create a timer of that name; returns what the last error says. */
static DWORD create_named(const WCHAR *name, HANDLE *timer)
{
    SetLastError(ERROR_GEN_FAILURE);
    *timer = CreateWaitableTimerW(NULL, TRUE, name);
    return GetLastError();
}

void fact_time_13(void)
{
    WCHAR name[64];
    WCHAR other[64];
    HANDLE first;
    HANDLE second;
    HANDLE event;

    make_name(name, sizeof name / sizeof name[0], L"Timer");
    make_name(other, sizeof other / sizeof other[0], L"TIMER");
    CHECK(create_named(name, &first) == ERROR_SUCCESS && first != NULL);
    /* The name is taken: the call returns another handle to that timer. */
    CHECK(create_named(name, &second) == ERROR_ALREADY_EXISTS);
    CHECK(second != NULL);
    timer_set(first, 0);
    check_fires(second);
    CHECK(CloseHandle(second));
    /* Capitals make another name. */
    CHECK(create_named(other, &second) == ERROR_SUCCESS && second != NULL);
    CHECK(WaitForSingleObject(second, 0) == WAIT_TIMEOUT);
    CHECK(CloseHandle(second));
    CHECK(CloseHandle(first));
    /* The name of an object of another type is refused. */
    event = CreateEventW(NULL, TRUE, FALSE, name);
    CHECK(event != NULL);
    CHECK(create_named(name, &first) == ERROR_INVALID_HANDLE);
    CHECK(first == NULL);
    CHECK(CloseHandle(event));
}
