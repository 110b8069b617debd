/**
 * @file lesson.c
 * @brief Lesson 13: timers.
 *
 * A completion port has no timers, but its waits have a time-out: who waits no
 * longer than until something is due needs no thread and no object for it.
 * Waits may end a little early.  And a receive with a deadline has two ends
 * that may come at the same moment; it must have one.
 *
 * Uses:     iocp.h, net.h, lesson_socket.h.
 * Used by:  dry run lesson-13.
 * Facts:    PORT-44, TIME-01, CANCEL-04.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "net.h"

#include <string.h>

enum { WAIT_MS = 20, EGG_MS = 12, TEA_MS = 30 };

/** Microseconds of so many milliseconds. */
#define US_OF_MS(ms) ((uint64_t)(ms)*1000U)

static struct net_loop loop;
static uint64_t started_us;

/* ---- One deadline -------------------------------------------------------- */

//! [wait]
/** @brief Wait at a port, where nothing comes, until a time and not before. */
static void wait_until(const struct iocp *port, uint64_t due_us)
{
    uint64_t now_us;

    /* BOUND: time goes on. */
    while ((now_us = net_loop_now(&loop)) < due_us) {
        DWORD left_ms = (DWORD)((due_us - now_us + 999) / 1000);
        struct iocp_packet packet;

        sim_assert(iocp_take(port, left_ms, &packet) == IOCP_TIMEOUT);
        now_us = net_loop_now(&loop);
        /* FACT TIME-01 time-outs end on clock ticks, so perhaps too soon. */
        sim_note(
            "waited for %u ms: %u us %s",
            (unsigned)left_ms,
            (unsigned)(now_us < due_us ? due_us - now_us : now_us - due_us),
            now_us < due_us ? "early" : "late");
        if (now_us < due_us) {
            sim_mark("lesson-13: early");
        }
    }
}
//! [wait]

static void one_deadline(void)
{
    uint64_t due_us = net_loop_now(&loop) + US_OF_MS(WAIT_MS);
    struct iocp port;

    sim_assert(iocp_open(&port, 1) == 0);
    wait_until(&port, due_us);
    sim_assert(net_loop_now(&loop) >= due_us);
    iocp_close(&port);
}

/* ---- Several ------------------------------------------------------------- */

//! [timers]
/** A timer that says what it is for. */
struct alarm {
    struct net_timer timer;
    const char *what;
    uint64_t after_us;
};

static void on_alarm(struct net_timer *timer)
{
    const struct alarm *alarm = timer->op.context;

    sim_assert(timer->op.status == OP_OK);
    /* Late is possible, early is not. */
    sim_assert(net_loop_now(&loop) >= started_us + alarm->after_us);
    sim_note("%s", alarm->what);
}

static void set(struct alarm *alarm, const char *what, DWORD after_ms)
{
    alarm->what = what;
    alarm->after_us = US_OF_MS(after_ms);
    net_timer_init(&alarm->timer, &loop, NULL, on_alarm);
    alarm->timer.op.context = alarm;
    net_timer_start(&alarm->timer, started_us + alarm->after_us, 0);
}
//! [timers]

static void several_deadlines(void)
{
    struct alarm tea;
    struct alarm egg;

    started_us = net_loop_now(&loop);
    set(&tea, "the tea is ready", TEA_MS);
    set(&egg, "the egg is ready", EGG_MS);
    (void)net_loop_run(&loop);
    net_loop_restart(&loop);
}

/* ---- A receive with a deadline ------------------------------------------- */

/** Who waits for "hello". */
struct listener {
    struct net_stream stream;
    struct net_read read;
    char bytes[5];
    unsigned calls; /**< Of the handler. */
};

//! [deadline]
/** @brief The receive is over: it was in time, or it was not. */
static void on_heard(struct net_read *read)
{
    struct listener *listener = read->op.context;

    listener->calls++;
    if (read->op.status == OP_OK) {
        sim_mark("lesson-13: data wins");
        sim_note("in time");
        return;
    }
    sim_assert(read->op.status == OP_TIMEOUT);
    sim_mark(read->op.bytes == 0 ? "lesson-13: deadline wins"
                                 : "lesson-13: deadline wins, a part is here");
    sim_note("too late; %u of 5 bytes are here", (unsigned)read->op.bytes);
}

/** @brief Receive 5 bytes, and wait no longer than so long. */
static void hear(struct listener *listener, DWORD timeout_ms)
{
    listener->read.op.deadline_us = net_loop_now(&loop) + US_OF_MS(timeout_ms);
    net_read_start(&listener->stream, &listener->read);
    (void)net_loop_run(&loop);
    net_loop_restart(&loop);
}
//! [deadline]

//! [again]
/** @brief Nobody has lost a byte: go on where the first receive ended. */
static void hear_the_rest(struct listener *listener)
{
    struct net_read *read = &listener->read;

    if (read->op.status == OP_TIMEOUT) {
        read->filled_bytes = read->op.bytes;
        hear(listener, 10000);
    }
    sim_assert(read->op.status == OP_OK && read->op.bytes == 5);
    sim_assert(memcmp(listener->bytes, "hello", 5) == 0);
}
//! [again]

static void receive_with_deadline(void)
{
    struct listener listener = {.calls = 0};
    struct lesson_pair pair = lesson_pair();
    HANDLE peer;

    sim_assert(net_stream_adopt(&listener.stream,
                                &loop,
                                NULL,
                                &(struct op_open){.socket = pair.here}) ==
               OP_OK);
    listener.read = (struct net_read){.op.context = &listener,
                                      .enough = NET_EXACTLY,
                                      .buffer = listener.bytes,
                                      .buffer_bytes = sizeof listener.bytes,
                                      .on_done = on_heard};
    peer = lesson_say_hello_later(&pair.there);
    hear(&listener, 20); /* Which is when the peer speaks. */
    sim_assert(listener.calls == 1);
    hear_the_rest(&listener);
    lesson_join(peer);
    net_stream_close(&listener.stream, NET_GRACEFUL);
    sim_assert(closesocket(pair.there) == 0);
}

void lesson_13(void *arg)
{
    (void)arg;
    sim_assert(net_loop_open(&loop, NULL) == OP_OK);
    one_deadline();
    several_deadlines();
    receive_with_deadline();
    net_loop_close(&loop);
}

/* expect: dry run lesson-13 --seed 1
 *   the egg is ready, and then the tea
 *   the receive ends once: in time, or too late
 */
