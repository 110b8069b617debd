/**
 * @file lesson.c
 * @brief Lesson 14: strands.
 *
 * Two threads run one loop, and three handlers count with a plain variable.
 * No lock guards it: the handlers belong to a strand, and handlers of a strand
 * never run at once, whoever posts them and whichever thread is free.
 *
 * Uses:     net.h, lesson_socket.h (lesson_join).
 * Used by:  dry run lesson-14.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "../lesson_socket.h"
#include "net.h"

enum { HANDLERS = 3 };

/** A handler, and who wants it called. */
struct visit {
    struct net_post post;
    int number;
    DWORD poster;
};

/** What the handlers share. */
static struct {
    struct net_loop loop;
    struct net_strand strand;
    struct visit visits[HANDLERS];
    int count;            /**< Neither volatile nor Interlocked. */
    LONG volatile inside; /**< Handlers that run now. */
    bool first_was_called;
} shared;

//! [handler]
/** @brief Count a visit, with a step in the midst where others may run. */
static void on_visit(struct net_post *post)
{
    const struct visit *visit = (const struct visit *)(const void *)post;
    int seen = shared.count;

    sim_note("handler %d begins, %s",
             visit->number,
             visit->poster == GetCurrentThreadId() ? "mine" : "not mine");
    sim_assert(InterlockedIncrement(&shared.inside) == 1); /* Never two. */
    shared.count = seen + 1;
    sim_assert(InterlockedDecrement(&shared.inside) == 0);
    sim_note("handler %d ends: %d", visit->number, shared.count);
    /* First in, first out: 2 was posted after 1, by the same thread. */
    sim_assert(visit->number != 2 || shared.first_was_called);
    shared.first_was_called |= visit->number == 1;
}
//! [handler]

//! [post]
/** @brief Ask for a handler to be called in the strand. */
static void post(int number)
{
    struct visit *visit = &shared.visits[number - 1];

    *visit = (struct visit){.post.on_done = on_visit,
                            .number = number,
                            .poster = GetCurrentThreadId()};
    net_strand_post(&shared.strand, &visit->post);
}

static DWORD WINAPI post_and_run(void *arg)
{
    (void)arg;
    post(3);
    net_loop_work_end(&shared.loop);
    (void)net_loop_run(&shared.loop);
    return 0;
}
//! [post]

//! [program]
void lesson_14(void *arg)
{
    /* No wait has a limit: a wake-up that is lost is lost for ever. */
    const struct net_loop_options how = {.wait_ms_max = INFINITE};
    HANDLE other;

    (void)arg;
    shared.count = 0;
    shared.inside = 0;
    shared.first_was_called = false;
    sim_assert(net_loop_open(&shared.loop, &how) == OP_OK);
    net_strand_init(&shared.strand, &shared.loop);
    /* The loop must not end before both threads have posted. */
    net_loop_work_begin(&shared.loop);
    net_loop_work_begin(&shared.loop);
    other = CreateThread(NULL, 0, post_and_run, NULL, 0, NULL);
    sim_assert(other != NULL);
    post(1);
    post(2);
    net_loop_work_end(&shared.loop);
    (void)net_loop_run(&shared.loop);
    lesson_join(other);
    sim_assert(shared.count == HANDLERS);
    net_loop_close(&shared.loop);
}
//! [program]

/* expect: dry explore lesson-14 --strategy dfs:2
 *   all schedules pass, and their number is printed
 */
