/**
 * @file port_member.c
 * @brief Facts about how a thread comes to run at a port, and stops.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    PORT-60, PORT-62, PORT-67, PORT-68.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

/* ---- Which threads are active -------------------------------------------- */

/** A thread that takes a packet, runs, and then stops being active. */
struct active {
    HANDLE port;
    HANDLE other; /* A port that nobody else uses. */
    HANDLE event;
    void (*stop)(struct active *active);
    volatile LONG started;
    volatile LONG running;
    volatile LONG go;
    volatile LONG end;
};

static void stop_by_blocking(struct active *active)
{
    CHECK(WaitForSingleObject(active->event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
}

static void stop_by_exit(struct active *active)
{
    (void)active;
    ExitThread(0);
}

static void stop_by_other_port(struct active *active)
{
    fact_poll(active->other, 0);
}

static DWORD WINAPI run_and_stop(void *arg)
{
    struct active *active = arg;

    active->started = 1;
    CHECK(fact_packet_take(active->port).key == 1);
    (void)InterlockedExchange(&active->running, 1);
    fact_await(&active->go, 1);
    active->stop(active);
    fact_await(&active->end, 1);
    return 0;
}

static void check_stop(void (*stop)(struct active *active))
{
    struct active active = {
        .port = fact_port(1),
        .other = fact_port(1),
        .event = CreateEventW(NULL, TRUE, FALSE, NULL),
        .stop = stop,
    };
    HANDLE waiter = fact_waiter(active.port);
    HANDLE thread = fact_start(run_and_stop, &active);

    /* It gets a packet: now it is the one thread that may run, */
    fact_settle(&active.started);
    fact_post(active.port, 1);
    fact_post(active.port, 2);
    fact_packet_stay(active.port, 1);
    /* until it stops. */
    fact_await(&active.running, 1);
    (void)InterlockedExchange(&active.go, 1);
    CHECK(fact_join(waiter) == 2);
    CHECK(SetEvent(active.event));
    (void)InterlockedExchange(&active.end, 1);
    (void)fact_join(thread);
    CHECK(CloseHandle(active.port) && CloseHandle(active.other));
    CHECK(CloseHandle(active.event));
}

static DWORD WINAPI take_two(void *port)
{
    CHECK(fact_packet_take(port).key == 1);
    return (DWORD)fact_packet_take(port).key;
}

void fact_port_60(void)
{
    HANDLE port = fact_port(1);
    HANDLE thread;

    /* A thread that took a packet is active until it blocks, */
    check_stop(stop_by_blocking);
    /* or exits, */
    check_stop(stop_by_exit);
    /* or asks another port, even if it does not block there, */
    check_stop(stop_by_other_port);
    /* or asks this one again: when it waits here it does not count, or it
     * could not be released. */
    thread = fact_start(take_two, port);
    sim_settle();
    fact_post(port, 1);
    sim_settle();
    fact_post(port, 2);
    CHECK(fact_depth(port) == 0);
    CHECK(fact_join(thread) == 2);
    CHECK(CloseHandle(port));
}

/* ---- Ways to block ------------------------------------------------------- */

/** Two threads: one blocks, and the other, when it has taken a packet, sees
 *  to it that the first can go on. */
struct scene {
    HANDLE port;
    HANDLE event;
    CRITICAL_SECTION section;
    HANDLE pipe; /* Not overlapped, and not connected. */
    const struct way *way;
    volatile LONG started;
};

/** One way to block, and what ends it. */
struct way {
    void (*block)(struct scene *scene);
    void (*unblock)(struct scene *scene);
};

static const WCHAR pipe_name[] = L"\\\\.\\pipe\\dryport-fact-62";

static void wait_for_event(struct scene *scene)
{
    CHECK(WaitForSingleObject(scene->event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
}

static void wait_for_two(struct scene *scene)
{
    HANDLE objects[] = {scene->event, GetCurrentThread()};

    CHECK(WaitForMultipleObjects(2, objects, FALSE, FACT_LIMIT_MS) ==
          WAIT_OBJECT_0);
}

static void set_event(struct scene *scene)
{
    CHECK(SetEvent(scene->event));
}

static void sleep_a_while(struct scene *scene)
{
    Sleep(100);
    CHECK(fact_depth(scene->port) == 0);
}

static void do_nothing(struct scene *scene)
{
    (void)scene;
}

static void enter_section(struct scene *scene)
{
    EnterCriticalSection(&scene->section);
    LeaveCriticalSection(&scene->section);
}

/** @brief Own the section until the event is set. */
static DWORD WINAPI own_section(void *arg)
{
    struct scene *scene = arg;

    EnterCriticalSection(&scene->section);
    scene->started = 1;
    wait_for_event(scene);
    LeaveCriticalSection(&scene->section);
    return 0;
}

static void accept_client(struct scene *scene)
{
    CHECK(ConnectNamedPipe(scene->pipe, NULL) ||
          GetLastError() == ERROR_PIPE_CONNECTED);
}

static void be_client(struct scene *scene)
{
    HANDLE client = CreateFileW(pipe_name,
                                GENERIC_READ | GENERIC_WRITE,
                                0,
                                NULL,
                                OPEN_EXISTING,
                                0,
                                NULL);

    (void)scene;
    CHECK(client != INVALID_HANDLE_VALUE);
    CHECK(CloseHandle(client));
}

static DWORD WINAPI take_and_unblock(void *arg)
{
    struct scene *scene = arg;

    scene->started = 1;
    CHECK(fact_packet_take(scene->port).key == 2);
    scene->way->unblock(scene);
    return 0;
}

static void scene_begin(struct scene *scene, const struct way *way)
{
    scene->port = fact_port(1);
    scene->event = CreateEventW(NULL, TRUE, FALSE, NULL);
    scene->pipe = CreateNamedPipeW(pipe_name,
                                   PIPE_ACCESS_DUPLEX,
                                   PIPE_TYPE_BYTE,
                                   1,
                                   64,
                                   64,
                                   0,
                                   NULL);
    CHECK(scene->event != NULL && scene->pipe != INVALID_HANDLE_VALUE);
    InitializeCriticalSection(&scene->section);
    scene->way = way;
    scene->started = 0;
}

static void scene_end(struct scene *scene)
{
    DeleteCriticalSection(&scene->section);
    CHECK(CloseHandle(scene->pipe) && CloseHandle(scene->event));
    CHECK(CloseHandle(scene->port));
}

static void check_way(const struct way *way)
{
    struct scene scene;
    HANDLE owner = NULL;
    HANDLE waiter;

    scene_begin(&scene, way);
    if (way->block == enter_section) {
        owner = fact_start(own_section, &scene);
        fact_settle(&scene.started);
    }
    scene.started = 0;
    waiter = fact_start(take_and_unblock, &scene);
    fact_settle(&scene.started);
    /* This thread runs, and the other one waits for a place. */
    fact_poll(scene.port, 0);
    fact_post(scene.port, 2);
    fact_packet_stay(scene.port, 1);
    /* It gets one when this one blocks. */
    way->block(&scene);
    (void)fact_join(waiter);
    if (owner != NULL) {
        (void)fact_join(owner);
    }
    scene_end(&scene);
}

/** @brief A thread that is suspended does not run either. */
static void check_suspension(void)
{
    HANDLE port = fact_port(1);
    HANDLE waiter = fact_waiter(port);
    struct fact_runner runner;

    fact_runner_start(&runner, port);
    fact_post(port, 1);
    fact_await(&runner.key, 1);
    fact_post(port, 2);
    fact_packet_stay(port, 1);
    CHECK(SuspendThread(runner.thread) == 0);
    CHECK(fact_join(waiter) == 2);
    CHECK(ResumeThread(runner.thread) == 1);
    fact_runner_end(&runner);
    CHECK(CloseHandle(port));
}

void fact_port_62(void)
{
    static const struct way ways[] = {
        {wait_for_event, set_event},
        {wait_for_two, set_event},
        {sleep_a_while, do_nothing},
        {enter_section, set_event},
        {accept_client, be_client},
    };

    for (size_t at = 0; at < sizeof ways / sizeof ways[0]; at++) {
        check_way(&ways[at]);
    }
    check_suspension();
}

/* ---- To which port a thread belongs -------------------------------------- */

/** @brief Whether a post to a port that lets one thread run releases a
 *  waiter, because this thread does not count there. */
static BOOL has_place(HANDLE port)
{
    HANDLE waiter = fact_waiter(port);
    BOOL released;

    fact_post(port, 3);
    fact_watch();
    released = fact_depth(port) == 0;
    CHECK(fact_join(waiter) == 3);
    return released;
}

void fact_port_67(void)
{
    HANDLE port = fact_port(1);
    HANDLE other = fact_port(1);
    HANDLE first;
    HANDLE second;

    /* A thread that has never asked a port does not count there. */
    CHECK(has_place(port));
    /* Its first call makes it one of the port's, even if it gets nothing, */
    fact_poll(port, 0);
    CHECK(!has_place(port));
    /* and it stays one: it has blocked since, and counts again. */
    CHECK(!has_place(port));
    /* Then it asks another port, and belongs to that one alone. */
    fact_poll(other, 0);
    CHECK(has_place(port));
    CHECK(!has_place(other));
    CHECK(has_place(port));
    /* A thread that exits belongs to none: the second packet is for whoever
     * is left. */
    second = fact_waiter(port);
    first = fact_waiter(port);
    fact_post(port, 1);
    fact_post(port, 2);
    CHECK(fact_join(first) == 1);
    CHECK(fact_join(second) == 2);
    /* When a port goes away its threads are free: this one can block, and
     * nothing is counted at a port that came later. */
    fact_poll(port, 0);
    CHECK(CloseHandle(port));
    port = fact_port(1);
    Sleep(1);
    CHECK(has_place(port));
    CHECK(CloseHandle(port) && CloseHandle(other));
}

void fact_port_68(void)
{
    for (ULONG_PTR key = 0; key <= 9; key += 9) {
        HANDLE old = fact_port(1);
        HANDLE new = fact_port(1);
        HANDLE waiter = fact_waiter(old);
        HANDLE waiter_new;

        /* This thread runs at one port, where another waits for its place. */
        fact_poll(old, 0);
        fact_post(old, 3);
        fact_packet_stay(old, 1);
        /* It asks another port, which has a packet for it or not: with that
         * it leaves the old one, and the other thread is released. */
        if (key != 0) {
            fact_post(new, key);
        }
        fact_poll(new, key);
        CHECK(fact_depth(old) == 0);
        CHECK(fact_join(waiter) == 3);
        /* From now on it counts at the new one. */
        waiter_new = fact_waiter(new);
        fact_post(new, 4);
        fact_packet_stay(new, 1);
        CHECK(fact_join(waiter_new) == 4);
        CHECK(CloseHandle(old) && CloseHandle(new));
    }
}
