/**
 * @file clock.c
 * @brief Win32 calls that read a clock.
 *
 * There is one clock, virtual time, and the calls show it with different
 * fineness.  Calls cost no virtual time, so a thread that reads a clock until
 * it says what the thread wants to hear would read for ever.  Therefore
 * reading lets a little time pass, and more of it to a thread that keeps
 * asking.
 *
 * Uses:     api.h.
 * Used by:  programs.
 * Facts:    TIME-02.
 * Read next: heap_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "api.h"

enum {
    READS_CHEAP = 16,      /* Reads in a row that take 100 ns each. */
    READ_TIME_MAX = 10000, /* Then it doubles, up to 1 ms. */
    TIME_PER_SECOND = 10000000,
    TIME_PER_MILLISECOND = 10000
};

/** @brief How long this read takes, in 100 ns. */
static uint64_t read_time(void)
{
    struct world *world = &sim__world;
    uint32_t reads = world->clock_reads++;
    uint32_t doublings = reads < READS_CHEAP ? 0 : reads - READS_CHEAP + 1;

    if (doublings == 0 && world->options.prompt_threads) {
        /* Time is to stand still while threads run; only one that asks again
         * and again must see it move. */
        return 0;
    }
    return doublings < 14 ? (uint64_t)1 << doublings : READ_TIME_MAX;
}

/** @brief Let the time of one read pass, and what is due in it happen. */
static void clock_read(void)
{
    struct world *world = &sim__world;
    uint64_t until;

    sim__before();
    until = world->now + read_time();
    /* BOUND: each turn fires a deadline; one that is armed again is due
     * later. */
    while (world->deadline_count != 0 && world->deadlines[0]->due <= until) {
        sim__time_pass();
    }
    if (world->now < until) {
        world->now = until;
    }
}

/** @brief Now, as the clocks show it that move with clock ticks only. */
static uint64_t now_in_ticks(void)
{
    const struct world *world = &sim__world;

    /* FACT TIME-02 GetTickCount resolution: steps of 15.625 ms. */
    return world->options.exact_clock ? world->now
                                      : world->now / SIM_TICK * SIM_TICK;
}

static void put_file_time(FILETIME *out, uint64_t time)
{
    uint64_t since_1601 = (uint64_t)SIM_TIME_ZERO + time;

    out->dwLowDateTime = (DWORD)(since_1601 & UINT32_MAX);
    out->dwHighDateTime = (DWORD)(since_1601 >> 32);
}

ULONGLONG WINAPI GetTickCount64(void)
{
    ULONGLONG milliseconds;

    clock_read();
    milliseconds = now_in_ticks() / TIME_PER_MILLISECOND;
    trace(call, .text = "GetTickCount64", .value = {(int64_t)milliseconds});
    sim__after();
    return milliseconds;
}

DWORD WINAPI GetTickCount(void)
{
    /* Wraps around to zero after 49.7 days. */
    return (DWORD)(GetTickCount64() & UINT32_MAX);
}

BOOL WINAPI QueryPerformanceCounter(LARGE_INTEGER *count_out)
{
    sim__require(count_out, "QueryPerformanceCounter", "lpPerformanceCount");
    clock_read();
    count_out->QuadPart = (LONGLONG)sim__world.now;
    trace(call,
          .text = "QueryPerformanceCounter",
          .value = {count_out->QuadPart});
    sim__after();
    return TRUE;
}

BOOL WINAPI QueryPerformanceFrequency(LARGE_INTEGER *frequency_out)
{
    sim__require(frequency_out, "QueryPerformanceFrequency", "lpFrequency");
    frequency_out->QuadPart = TIME_PER_SECOND;
    return TRUE;
}

void WINAPI GetSystemTimeAsFileTime(FILETIME *time_out)
{
    sim__require(time_out, "GetSystemTimeAsFileTime", "lpSystemTimeAsFileTime");
    clock_read();
    put_file_time(time_out, now_in_ticks());
    trace(call, .text = "GetSystemTimeAsFileTime");
    sim__after();
}

void WINAPI GetSystemTimePreciseAsFileTime(FILETIME *time_out)
{
    sim__require(time_out,
                 "GetSystemTimePreciseAsFileTime",
                 "lpSystemTimeAsFileTime");
    clock_read();
    put_file_time(time_out, sim__world.now);
    trace(call, .text = "GetSystemTimePreciseAsFileTime");
    sim__after();
}
