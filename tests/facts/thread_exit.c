/**
 * @file thread_exit.c
 * @brief Facts about what a thread takes with it when it ends.
 *
 * Uses:     fact.h.
 * Used by:  dry facts.
 * Facts:    THREAD-01, THREAD-02, THREAD-03, THREAD-06, THREAD-07.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <string.h>

enum { KEY = 5 };

/** How a thread ends. */
enum ending { ENDS_BY_RETURN, ENDS_BY_CALL, ENDS_BY_FORCE, ENDINGS };

/** One read that pends, and what tells its end. */
struct read {
    OVERLAPPED overlapped;
    HANDLE event; /* Or NULL. */
    char byte;
};

/** A thread that starts two reads and ends. */
struct issuer {
    enum ending ending;
    HANDLE file;
    HANDLE never; /* An event that is not set. */
    struct read reads[2];
    volatile LONG ready;
};

static DWORD WINAPI issue_and_end(void *arg)
{
    struct issuer *issuer = arg;

    for (size_t at = 0; at < 2; at++) {
        struct read *read = &issuer->reads[at];

        fact_read_later(issuer->file, &read->byte, 1, &read->overlapped);
    }
    (void)InterlockedExchange(&issuer->ready, 1);
    if (issuer->ending == ENDS_BY_FORCE) {
        (void)WaitForSingleObject(issuer->never, FACT_LIMIT_MS);
    }
    if (issuer->ending == ENDS_BY_CALL) {
        ExitThread(0);
    }
    return 0;
}

/** @brief Let a thread issue the reads and end; returns when it has. */
static void issue(struct issuer *issuer, enum ending ending, HANDLE file)
{
    HANDLE thread;

    memset(issuer, 0, sizeof *issuer);
    issuer->ending = ending;
    issuer->file = file;
    issuer->never = CreateEventW(NULL, TRUE, FALSE, NULL);
    issuer->reads[0].event = CreateEventW(NULL, TRUE, TRUE, NULL);
    CHECK(issuer->never != NULL && issuer->reads[0].event != NULL);
    issuer->reads[0].overlapped.hEvent = issuer->reads[0].event;
    thread = fact_start(issue_and_end, issuer);
    if (ending == ENDS_BY_FORCE) {
        fact_await(&issuer->ready, 1);
        sim_settle();
        CHECK(TerminateThread(thread, 0));
    }
    (void)fact_join(thread);
}

static void issuer_close(struct issuer *issuer)
{
    CHECK(CloseHandle(issuer->never));
    CHECK(CloseHandle(issuer->reads[0].event));
}

/** @brief The error of an operation that is over. */
static DWORD error_of(HANDLE file, OVERLAPPED *overlapped)
{
    DWORD bytes;

    CHECK(HasOverlappedIoCompleted(overlapped));
    if (GetOverlappedResult(file, overlapped, &bytes, FALSE)) {
        return ERROR_SUCCESS;
    }
    CHECK(bytes == 0);
    return GetLastError();
}

void fact_thread_01(void)
{
    for (enum ending ending = ENDS_BY_RETURN; ending < ENDINGS; ending++) {
        struct fact_pipe pipe = fact_pipe(FALSE);
        struct issuer issuer;
        OVERLAPPED own = {0};
        char byte;

        /* The file has no port.  This thread has a read pending there, */
        fact_read_later(pipe.server, &byte, 1, &own);
        /* another one issues two and ends: both are cancelled, */
        issue(&issuer, ending, pipe.server);
        CHECK(WaitForSingleObject(issuer.reads[0].event, FACT_LIMIT_MS) ==
              WAIT_OBJECT_0);
        sim_settle();
        CHECK(error_of(pipe.server, &issuer.reads[0].overlapped) ==
              ERROR_OPERATION_ABORTED);
        CHECK(error_of(pipe.server, &issuer.reads[1].overlapped) ==
              ERROR_OPERATION_ABORTED);
        /* the first one is not. */
        CHECK(!HasOverlappedIoCompleted(&own));
        fact_write(pipe.client, "a", 1);
        sim_settle();
        CHECK(error_of(pipe.server, &own) == ERROR_SUCCESS && byte == 'a');
        issuer_close(&issuer);
        fact_pipe_close(&pipe);
    }
}

void fact_thread_02(void)
{
    for (enum ending ending = ENDS_BY_RETURN; ending < ENDINGS; ending++) {
        struct fact_pipe pipe = fact_pipe(FALSE);
        HANDLE port = fact_port(0);
        struct issuer issuer;
        struct fact_packet packet;

        /* The file has a port.  The read that was given an event is cancelled
         * (see THREAD-03); the other one survives its thread, */
        fact_associate(pipe.server, port, KEY);
        issue(&issuer, ending, pipe.server);
        packet = fact_packet_take(port);
        CHECK(packet.overlapped == &issuer.reads[0].overlapped);
        CHECK(fact_packet_none(port));
        CHECK(!HasOverlappedIoCompleted(&issuer.reads[1].overlapped));
        /* and ends as if nothing had been. */
        fact_write(pipe.client, "a", 1);
        packet = fact_packet_take(port);
        CHECK(packet.success && packet.key == KEY && packet.bytes == 1);
        CHECK(packet.overlapped == &issuer.reads[1].overlapped);
        CHECK(issuer.reads[1].byte == 'a');
        issuer_close(&issuer);
        fact_pipe_close(&pipe);
        CHECK(CloseHandle(port));
    }
}

/** A thread that reads with an event and the low bit. */
struct quiet {
    HANDLE file;
    HANDLE event;
    OVERLAPPED overlapped;
    char byte;
};

static DWORD WINAPI issue_quietly(void *arg)
{
    struct quiet *quiet = arg;

    quiet->overlapped.hEvent = (HANDLE)((ULONG_PTR)quiet->event | 1);
    fact_read_later(quiet->file, &quiet->byte, 1, &quiet->overlapped);
    return 0;
}

void fact_thread_03(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    HANDLE port = fact_port(0);
    struct issuer issuer;
    struct fact_packet packet;
    struct quiet quiet = {.file = pipe.server};

    fact_associate(pipe.server, port, KEY);
    for (enum ending ending = ENDS_BY_RETURN; ending < ENDINGS; ending++) {
        /* A read with an event is cancelled although there is a port, and its
         * packet says so.  The one without an event is none of this. */
        issue(&issuer, ending, pipe.server);
        CHECK(WaitForSingleObject(issuer.reads[0].event, FACT_LIMIT_MS) ==
              WAIT_OBJECT_0);
        packet = fact_packet_take(port);
        CHECK(!packet.success && packet.error == ERROR_OPERATION_ABORTED);
        CHECK(packet.overlapped == &issuer.reads[0].overlapped);
        CHECK(packet.key == KEY && packet.bytes == 0);
        CHECK(fact_packet_none(port));
        fact_write(pipe.client, "a", 1);
        CHECK(fact_packet_take(port).success);
        issuer_close(&issuer);
    }
    /* With the low bit it is cancelled, too: the event tells, no packet. */
    quiet.event = CreateEventW(NULL, TRUE, FALSE, NULL);
    CHECK(quiet.event != NULL);
    (void)fact_join(fact_start(issue_quietly, &quiet));
    CHECK(WaitForSingleObject(quiet.event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    CHECK(error_of(pipe.server, &quiet.overlapped) == ERROR_OPERATION_ABORTED);
    CHECK(fact_packet_none(port));
    CHECK(CloseHandle(quiet.event) && CloseHandle(port));
    fact_pipe_close(&pipe);
}

/* ---- APCs ---------------------------------------------------------------- */

static volatile LONG *routine_counter;

static void WINAPI count_up(ULONG_PTR counter)
{
    ++*(volatile LONG *)counter;
}

static void WINAPI count_routine(DWORD error,
                                 DWORD bytes,
                                 LPOVERLAPPED overlapped)
{
    (void)error;
    (void)bytes;
    (void)overlapped;
    ++*routine_counter;
}

/** A thread that never waits alertably. */
struct deaf {
    HANDLE file;
    HANDLE event;
    OVERLAPPED overlapped[2];
    char bytes[2];
};

static DWORD WINAPI wait_deaf(void *arg)
{
    struct deaf *deaf = arg;

    for (size_t at = 0; at < 2; at++) {
        CHECK(ReadFileEx(deaf->file,
                         &deaf->bytes[at],
                         1,
                         &deaf->overlapped[at],
                         count_routine));
    }
    CHECK(WaitForSingleObject(deaf->event, FACT_LIMIT_MS) == WAIT_OBJECT_0);
    return 0;
}

void fact_thread_06(void)
{
    struct fact_pipe pipe = fact_pipe(FALSE);
    struct deaf deaf = {.file = pipe.server};
    volatile LONG user = 0;
    volatile LONG routine = 0;
    HANDLE thread;

    routine_counter = &routine;
    deaf.event = CreateEventW(NULL, TRUE, FALSE, NULL);
    CHECK(deaf.event != NULL);
    /* A thread has an APC pending, the routine of a read that is over, and a
     * read that pends. */
    thread = fact_start(wait_deaf, &deaf);
    sim_settle();
    CHECK(QueueUserAPC(count_up, thread, (ULONG_PTR)&user));
    fact_write(pipe.client, "a", 1);
    sim_settle();
    CHECK(error_of(pipe.server, &deaf.overlapped[0]) == ERROR_SUCCESS);
    CHECK(!HasOverlappedIoCompleted(&deaf.overlapped[1]));
    /* It ends: neither runs, not in another thread either, and the read is
     * cancelled. */
    CHECK(SetEvent(deaf.event));
    (void)fact_join(thread);
    sim_settle();
    CHECK(SleepEx(0, TRUE) == 0);
    CHECK(user == 0 && routine == 0);
    CHECK(error_of(pipe.server, &deaf.overlapped[1]) ==
          ERROR_OPERATION_ABORTED);
    CHECK(CloseHandle(deaf.event));
    fact_pipe_close(&pipe);
}

/* ---- Ports --------------------------------------------------------------- */

static DWORD WINAPI take_two(void *port)
{
    OVERLAPPED_ENTRY entries[2];
    ULONG removed;

    CHECK(GetQueuedCompletionStatusEx(port,
                                      entries,
                                      2,
                                      &removed,
                                      FACT_LIMIT_MS,
                                      FALSE));
    return removed;
}

void fact_thread_07(void)
{
    HANDLE port = fact_port(1);
    HANDLE waiter = fact_waiter(port);
    struct fact_runner runner;

    fact_runner_start(&runner, port);
    /* The port lets one thread run, and it does; another one waits. */
    fact_post(port, 1);
    fact_await(&runner.key, 1);
    fact_post(port, 2);
    fact_packet_stay(port, 1);
    /* The first one ends without blocking: there is a place for the other. */
    fact_runner_end(&runner);
    CHECK(fact_join(waiter) == 2);
    /* The same when it is ended by another. */
    waiter = fact_waiter(port);
    fact_runner_start(&runner, port);
    fact_post(port, 3);
    fact_await(&runner.key, 3);
    fact_post(port, 4);
    fact_packet_stay(port, 1);
    CHECK(TerminateThread(runner.thread, 0));
    CHECK(fact_join(waiter) == 4);
    (void)fact_join(runner.thread);
    /* Packets that a thread has taken are gone with it. */
    fact_post(port, 5);
    fact_post(port, 6);
    CHECK(fact_join(fact_start(take_two, port)) == 2);
    fact_poll(port, 0);
    CHECK(CloseHandle(port));
}
