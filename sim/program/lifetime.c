/**
 * @file lifetime.c
 * @brief One run of a program's main: from its start to exit().
 *
 * On Windows a process begins with fresh variables and ends at exit(), and
 * what it leaves behind is nobody's problem.  Here one process runs main a
 * thousand times.  So each run begins with the variables of the first, exit()
 * ends the run and no more, and what is left behind is said.
 *
 * Uses:     program.h, fault.h, host.h.
 * Used by:  main.c, entry.c.
 * Facts:    none.
 * Read next: entry.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "../host/host.h"
#include "../kernel/fault.h"
#include "program.h"

/** Functions that atexit() takes; C promises 32. */
enum { AT_EXIT_MAX = 64 };

/** What is the same in every run. */
static struct {
    int argc;
    char **argv;       /* What main gets: pointers into texts. */
    char **argv_first; /* The same, untouched. */
    char *texts;
    char *texts_first;
    size_t texts_bytes;
    enum lifetime_output output;
} program;

/** The present run. */
static struct {
    uint64_t number; /* 1 for the first of an exploration. */
    size_t at_exit_count;
    void (*at_exit[AT_EXIT_MAX])(void);
} run;

/* ---- Before the first run -------------------------------------------------- */

/** @brief Memory that outlives every run. */
static void *take(size_t bytes)
{
    void *start = sim__host_reserve(bytes);

    if (start == NULL || !sim__host_commit(start, bytes)) {
        sim__stop(SIM_HOST, "the real machine has no memory for main's words");
    }
    return start;
}

/* A program may write into its arguments, and move the pointers to them. */
void sim__lifetime_begin(int argc, char **argv)
{
    size_t pointers_bytes = ((size_t)argc + 1) * sizeof *argv;
    size_t used = 0;

    for (int at = 0; at < argc; at++) {
        program.texts_bytes += strlen(argv[at]) + 1;
    }
    program.argc = argc;
    program.argv = take(pointers_bytes);
    program.argv_first = take(pointers_bytes);
    program.texts = take(program.texts_bytes + 1);
    program.texts_first = take(program.texts_bytes + 1);
    for (int at = 0; at < argc; at++) {
        size_t bytes = strlen(argv[at]) + 1;

        memcpy(program.texts_first + used, argv[at], bytes);
        program.argv_first[at] = program.texts + used;
        used += bytes;
    }
}

void sim__lifetime_explore(enum lifetime_output output)
{
    program.output = output;
    run.number = 0;
}

/* ---- The end of a run ------------------------------------------------------ */

static void call_at_exit(void)
{
    /* A function may register another one, which is then called next.
     * BOUND: AT_EXIT_MAX at a time, and the run's limit of steps. */
    while (run.at_exit_count > 0) {
        run.at_exit[--run.at_exit_count]();
    }
}

/** @brief Say which threads are still there. */
static SIM_NORETURN void stop_unfinished(void)
{
    char list[128] = "";
    size_t used = 0;
    const struct thread *thread = sim__world.thread_first;

    for (; thread != NULL && used < sizeof list - 16;
         thread = thread->all_next) {
        char letter[8];

        if (thread->state == THREAD_OVER || thread == sim__world.current) {
            continue;
        }
        used +=
            (size_t)snprintf(list + used,
                             sizeof list - used,
                             "%s%s",
                             used == 0 ? "" : ", ",
                             sim__thread_letter(thread->object.number, letter));
    }
    sim__stop(SIM_UNFINISHED,
              "the program ended while %u more of its threads still ran (%s), "
              "and Windows ends them wherever they are: wait for their handles "
              "first, or allow it with DRYPORT=leaks",
              (unsigned)(sim__world.threads_live - 1),
              list);
}

void sim__lifetime_exit(int status)
{
    call_at_exit();
    if (status != 0 && sim__faults_struck() > 0) {
        /* It was refused something and says so, as a good program does. */
        ExitProcess((UINT)status);
    }
    if (status != 0) {
        sim__stop(SIM_ASSERTION,
                  "the program says that it failed: its exit status is %d, "
                  "and what it prints may say why",
                  status);
    }
    if (sim__world.options.leaks_allowed) {
        /* Threads and handles end with the process. */
        ExitProcess(0);
    }
    if (sim__world.threads_live > 1) {
        stop_unfinished();
    }
    sim__tls_thread_exit(sim__world.current);
    sim__process_over();
}

/* ---- A run ----------------------------------------------------------------- */

static void restore_arguments(void)
{
    memcpy(program.argv,
           program.argv_first,
           ((size_t)program.argc + 1) * sizeof *program.argv);
    memcpy(program.texts, program.texts_first, program.texts_bytes);
}

void sim__lifetime_run(void *arg)
{
    (void)arg;
    run.number++;
    run.at_exit_count = 0;
    sim__statics_restore();
    restore_arguments();
    if (program.output == OUTPUT_FIRST) {
        sim__output_show(run.number == 1);
    }
    sim__takeover(true);
    sim__lifetime_exit(sim__entry_main(program.argc, program.argv));
}

/* ---- What the program calls in place of the C library's -------------------- */

bool sim__lifetime_at_exit(void (*function)(void))
{
    if (run.at_exit_count == AT_EXIT_MAX) {
        return false;
    }
    run.at_exit[run.at_exit_count++] = function;
    return true;
}
