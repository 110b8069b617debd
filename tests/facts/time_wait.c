/**
 * @file time_wait.c
 * @brief Facts about how long a wait takes, and which clock shows it.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    TIME-01, TIME-02, TIME-03.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/** How much later than asked a wait ends on a real machine under load, and
 *  how much time passes in the simulator while clocks are read. */
enum { LATE_REAL = 5000 * FACT_MS, READING = 100 };

/** What the ways to wait need. */
struct place {
    HANDLE port;
    HANDLE event; /* Never set. */
};

/** A way to wait for something that does not come. */
typedef void wait_fn(const struct place *place, DWORD milliseconds);

static void wait_in_sleep(const struct place *place, DWORD milliseconds)
{
    (void)place;
    CHECK(SleepEx(milliseconds, FALSE) == 0);
}

static void wait_for_event(const struct place *place, DWORD milliseconds)
{
    CHECK(WaitForSingleObject(place->event, milliseconds) == WAIT_TIMEOUT);
}

static void wait_for_several(const struct place *place, DWORD milliseconds)
{
    const HANDLE handles[] = {place->port, place->event};

    CHECK(WaitForMultipleObjects(2, handles, FALSE, milliseconds) ==
          WAIT_TIMEOUT);
}

static void wait_for_packet(const struct place *place, DWORD milliseconds)
{
    OVERLAPPED *overlapped;
    ULONG_PTR key;
    DWORD bytes;

    CHECK(!GetQueuedCompletionStatus(place->port,
                                     &bytes,
                                     &key,
                                     &overlapped,
                                     milliseconds));
    CHECK(GetLastError() == WAIT_TIMEOUT);
}

static void wait_for_batch(const struct place *place, DWORD milliseconds)
{
    OVERLAPPED_ENTRY entry;
    ULONG removed;

    CHECK(!GetQueuedCompletionStatusEx(place->port,
                                       &entry,
                                       1,
                                       &removed,
                                       milliseconds,
                                       FALSE));
    CHECK(GetLastError() == WAIT_TIMEOUT);
}

/** All ways to wait, and the marks of those that are explored. */
static const struct way {
    wait_fn *wait;
    const char *early;
    const char *late;
} ways[] = {
    {wait_in_sleep, "sleep ends early", "sleep ends late"},
    {wait_for_event, "wait ends early", "wait ends late"},
    {wait_for_packet, "port ends early", "port ends late"},
    {wait_for_several, NULL, NULL},
    {wait_for_batch, NULL, NULL},
};

enum { WAYS = sizeof ways / sizeof ways[0], WAYS_EXPLORED = 3 };

static struct place place_open(void)
{
    const struct place place = {
        .port = fact_port(0),
        .event = CreateEventW(NULL, TRUE, FALSE, NULL),
    };

    CHECK(place.event != NULL);
    return place;
}

static void place_close(const struct place *place)
{
    CHECK(CloseHandle(place->port));
    CHECK(CloseHandle(place->event));
}

/** @brief Wait in vain; returns how long it took. */
static LONGLONG measure(const struct way *way,
                        const struct place *place,
                        DWORD milliseconds)
{
    LONGLONG start = fact_now();

    way->wait(place, milliseconds);
    return fact_now() - start;
}

/* ---- Ticks --------------------------------------------------------------- */

/** @brief Whether the simulator's clock shows a tick, or the time that is read
 *  right after one; real clocks have other ticks. */
static BOOL is_tick(LONGLONG time)
{
    return !sim_is_simulated() || time % FACT_TICK <= READING;
}

/** @brief Wait once and look at when it ends. */
static void check_end(const struct way *way,
                      const struct place *place,
                      DWORD milliseconds)
{
    const LONGLONG late = sim_is_simulated() ? FACT_TICK : LATE_REAL;
    const LONGLONG asked = (LONGLONG)milliseconds * FACT_MS;
    LONGLONG took = measure(way, place, milliseconds);

    /* At most one tick too early, and one too late. */
    CHECK(took > asked - FACT_TICK && took <= asked + late);
    if (took < asked) {
        CHECK(is_tick(fact_now()));
        sim_mark(way->early);
    } else if (took > asked + READING) {
        CHECK(is_tick(fact_now()));
        sim_mark(way->late);
    }
}

void fact_time_01(void)
{
    struct place place = place_open();

    for (size_t at = 0; at < WAYS_EXPLORED; at++) {
        /* A time-out below one tick, and one between one and two ticks, end
         * on the tick before their time or on the one after it. */
        check_end(&ways[at], &place, 5);
        check_end(&ways[at], &place, 20);
    }
    place_close(&place);
}

/* ---- Clocks that show ticks ---------------------------------------------- */

static ULONGLONG tick_count(void)
{
    return GetTickCount64();
}

static ULONGLONG tick_count_short(void)
{
    return GetTickCount();
}

/** @brief Read a clock until it shows another time; returns that. */
static ULONGLONG next_time(ULONGLONG (*clock)(void))
{
    ULONGLONG before = clock();
    ULONGLONG after = clock();

    /* BOUND: time passes. */
    while (after == before) {
        after = clock();
    }
    return after;
}

enum { STEPS = 32, STEP_LEAST = 10, STEP_MOST = 16 };

/** @brief Check in which steps a clock advances, in milliseconds. */
static void check_steps(ULONGLONG (*clock)(void))
{
    ULONGLONG before = next_time(clock);
    int good = 0;

    for (int turn = 0; turn < STEPS; turn++) {
        ULONGLONG after = next_time(clock);
        ULONGLONG step = after - before;

        good += step >= STEP_LEAST && step <= STEP_MOST;
        before = after;
    }
    /* A thread on a real machine may be away while the clock advances. */
    CHECK(good == STEPS || (!sim_is_simulated() && good > 0));
}

/** @brief A wait at a port, as the tick counter shows it. */
static void check_shown(const struct place *place, DWORD milliseconds)
{
    ULONGLONG before = GetTickCount64();
    LONGLONG took = measure(&ways[2], place, milliseconds);
    LONGLONG shown = (LONGLONG)(GetTickCount64() - before) * FACT_MS;

    /* The counter can be one step behind, at the start or at the end.  It
     * shows whole milliseconds. */
    CHECK(shown > took - FACT_TICK - FACT_MS);
    if (sim_is_simulated()) {
        CHECK(shown < took + FACT_TICK + FACT_MS);
    }
    if (shown < took - FACT_MS) {
        sim_mark("shown too short");
    } else if (shown > took + FACT_MS) {
        sim_mark("shown too long");
    }
}

void fact_time_02(void)
{
    struct place place = place_open();

    /* The tick counters advance in steps of 10 to 16 ms, which a thread sees
     * that does nothing but read them. */
    check_steps(tick_count);
    check_steps(tick_count_short);
    /* A time-out measured with them can be a step too short or too long. */
    check_shown(&place, 20);
    check_shown(&place, 40);
    place_close(&place);
}

/* ---- Units --------------------------------------------------------------- */

/** @brief Check that a wait takes its time: exactly so in the simulator. */
static void check_length(const struct way *way,
                         const struct place *place,
                         DWORD milliseconds)
{
    LONGLONG took = measure(way, place, milliseconds);
    LONGLONG asked = (LONGLONG)milliseconds * FACT_MS;

    if (sim_is_simulated()) {
        CHECK(took >= asked && took <= asked + READING);
    } else {
        CHECK(took > asked - FACT_TICK && took <= asked + LATE_REAL);
    }
}

/** A thread that waits for an event. */
struct waiter {
    HANDLE event;
    DWORD milliseconds;
    volatile LONG woken;
};

static DWORD WINAPI wait_here(void *arg)
{
    struct waiter *waiter = arg;
    DWORD result = WaitForSingleObject(waiter->event, waiter->milliseconds);

    (void)InterlockedExchange(&waiter->woken, 1);
    return result;
}

/** @brief A thread waits for longer than anybody would; then there is what it
 *  waits for. */
static void check_patience(const struct place *place,
                           DWORD milliseconds,
                           DWORD pause,
                           int pauses)
{
    struct waiter waiter = {
        .event = CreateEventW(NULL, FALSE, FALSE, NULL),
        .milliseconds = milliseconds,
    };
    HANDLE thread = fact_start(wait_here, &waiter);

    CHECK(waiter.event != NULL);
    sim_settle();
    while (pauses-- > 0) {
        wait_for_event(place, pause);
    }
    CHECK(!waiter.woken);
    CHECK(SetEvent(waiter.event));
    CHECK(fact_join(thread) == WAIT_OBJECT_0);
    CHECK(CloseHandle(waiter.event));
}

void fact_time_03(void)
{
    const DWORD longest = INFINITE - 1;
    struct place place = place_open();

    for (size_t at = 0; at < WAYS; at++) {
        /* A time-out is a number of milliseconds; 0 does not wait. */
        check_length(&ways[at], &place, 0);
        check_length(&ways[at], &place, 1);
        check_length(&ways[at], &place, 37);
        if (sim_is_simulated()) {
            /* The longest one is 49.7 days, all of which we can wait. */
            check_length(&ways[at], &place, longest);
        }
    }
    check_patience(&place, longest, sim_is_simulated() ? longest - 1 : 200, 1);
    /* One more is for ever, which is longer than that. */
    check_patience(&place, INFINITE, sim_is_simulated() ? longest : 200, 2);
    place_close(&place);
}
