/**
 * @file test_host_posix.c
 * @brief What of sim/host/ can only be seen from another process.
 *
 * A process that runs out of memory or dies is a child here, and the test
 * looks at how it ended.  Windows has no cheap copy of a process, so there
 * this program has no tests.
 *
 * Uses:     host.h, cmocka.
 * Used by:  make check.
 * Facts:    none.
 * Read next: nothing.
 *
 * SPDX-License-Identifier: MIT
 */
#if !defined(_WIN32)
#    define _DEFAULT_SOURCE  1
#    define _DARWIN_C_SOURCE 1

#    include <setjmp.h>
#    include <stdarg.h>
#    include <stdint.h>
#    include <stdlib.h>
#    include <string.h>

#    include <cmocka.h>

#    include <errno.h>
#    include <fcntl.h>
#    include <signal.h>
#    include <sys/resource.h>
#    include <sys/wait.h>
#    include <unistd.h>

#    include "host/host.h"

#    if SIM_VALGRIND
#        include <valgrind/valgrind.h>
#    else
#        define RUNNING_ON_VALGRIND 0
#    endif

static struct sim__fiber host;
static struct sim__fiber worker;

/* Run a function in a child that writes its errors to a file that nobody
 * reads; returns how it ended. */
static int ending_of(void (*body)(void))
{
    int status;
    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        int nowhere = open("/dev/null", O_WRONLY);

        setrlimit(RLIMIT_CORE, &no_core);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        for (int i = 1; i < 32; i++) {
            /* cmocka's handlers would report a failed test. */
            signal(i, SIG_DFL);
        }
        body();
        _exit(99);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* ---- No memory --------------------------------------------------------- */

static void use_all_memory(void)
{
    static struct sim__fiber fibers[4096];
    struct rlimit limit = {(rlim_t)1 << 28, (rlim_t)1 << 28};
    size_t count = 0;
    void *start;

    setrlimit(RLIMIT_AS, &limit);
    if (sim__host_reserve((size_t)1 << 28)) {
        _exit(1);
    }
    /* BOUND: the limit leaves room for some hundred stacks. */
    while (count < 4096 && sim__fiber_create(&fibers[count], 1 << 20)) {
        count++;
    }
    if (count < 10 || count == 4096) {
        _exit(2);
    }
    sim__fiber_destroy(&fibers[0]);
    if (!sim__fiber_create(&fibers[0], 1 << 20)) {
        _exit(3);
    }
    sim__fiber_destroy(&fibers[1]);
    start = sim__host_reserve(1 << 20);
    _exit(start && sim__host_commit(start, 1 << 20) ? 0 : 4);
}

#    if defined(__linux__)

/* Linux counts what is committed against a limit of its own. */
static void commit_too_much(void)
{
    struct rlimit limit = {(rlim_t)1 << 24, (rlim_t)1 << 24};
    char *start = sim__host_reserve((size_t)1 << 30);

    setrlimit(RLIMIT_DATA, &limit);
    if (!start || !sim__host_commit(start, 1 << 20)) {
        _exit(1);
    }
    if (sim__host_commit(start + (1 << 20), (size_t)1 << 26)) {
        _exit(2);
    }
    if (sim__fiber_create(&worker, (size_t)1 << 26)) {
        _exit(3);
    }
    start[(1 << 20) - 1] = 1;
    _exit(sim__host_commit(start + (1 << 20), 1 << 20) ? 0 : 4);
}

#    endif

static void memory_that_is_not_there_is_refused(void **state)
{
    (void)state;
    if (SIM_ASAN || RUNNING_ON_VALGRIND) {
        /* These tools need more than there would be. */
        skip();
    }
    assert_int_equal(ending_of(use_all_memory), 0);
#    if defined(__linux__)
    assert_int_equal(ending_of(commit_too_much), 0);
#    endif
}

/* ---- Crashes of our own ------------------------------------------------ */

static void crash_is_ours(const char *sentence, const void *address)
{
    (void)sentence;
    (void)address;
}

static void crash_in_host(void)
{
    volatile char *nothing = sim__host_reserve(4096);

    sim__fiber_adopt(&host);
    sim__host_guard(crash_is_ours, NULL);
    *nothing = 1;
}

static void abort_in_host(void)
{
    sim__fiber_adopt(&host);
    sim__host_guard(crash_is_ours, NULL);
    abort();
}

static void crash_of_the_host_is_fatal(void **state)
{
    int status;

    (void)state;
    status = ending_of(crash_in_host);
    assert_true(WIFSIGNALED(status));
    assert_true(WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS);
    status = ending_of(abort_in_host);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGABRT);
}

/* ---- Leaving the process ----------------------------------------------- */

static void leave_process(void)
{
    exit(7);
}

static void exit_from_fiber(void)
{
    sim__fiber_adopt(&host);
    sim__host_guard(crash_is_ours, NULL);
    if (sim__fiber_create(&worker, 65536)) {
        sim__fiber_prepare(&worker, leave_process);
        sim__fiber_switch(&host, &worker);
    }
}

static void exit_in_a_fiber_ends_the_process(void **state)
{
    int status;

    (void)state;
    status = ending_of(exit_from_fiber);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void return_from_entry(void)
{
}

static void misuse_fibers(void)
{
    sim__fiber_adopt(&host);
    if (sim__fiber_create(&worker, 65536)) {
        sim__fiber_prepare(&worker, return_from_entry);
        sim__fiber_switch(&host, &worker);
    }
}

static void entry_that_returns_is_fatal(void **state)
{
    int status = ending_of(misuse_fibers);

    (void)state;
    assert_true(WIFSIGNALED(status));
}

/* ---- A sanitizer's last words ------------------------------------------ */

#    if SIM_ASAN

static void note_death(void)
{
    _exit(42);
}

static void use_freed_memory(void)
{
    volatile char *volatile block = malloc(10);

    free((void *)(uintptr_t)block);
    block[3] = 1;
}

static void die_by_sanitizer(void)
{
    sim__fiber_adopt(&host);
    sim__host_guard(crash_is_ours, NULL);
    sim__host_death_note = note_death;
    if (sim__fiber_create(&worker, 65536)) {
        sim__fiber_prepare(&worker, use_freed_memory);
        sim__fiber_switch(&host, &worker);
    }
}

static void sanitizer_leaves_a_note(void **state)
{
    int status = ending_of(die_by_sanitizer);

    (void)state;
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 42);
}

#    endif

/* ---- Heartbeat --------------------------------------------------------- */

static volatile unsigned ticks;

static void change_errno(void)
{
    ticks++;
    errno = ERANGE;
}

static void tick_keeps_errno(void **state)
{
    (void)state;
    ticks = 0;
    sim__fiber_adopt(&host);
    sim__host_guard(crash_is_ours, change_errno);
    errno = EDOM;
    while (ticks == 0) {
        /* BOUND: the heartbeat. */
    }
    sim__host_unguard();
    assert_int_equal(errno, EDOM);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_is_not_there_is_refused),
        cmocka_unit_test(crash_of_the_host_is_fatal),
        cmocka_unit_test(exit_in_a_fiber_ends_the_process),
        cmocka_unit_test(entry_that_returns_is_fatal),
#    if SIM_ASAN
        cmocka_unit_test(sanitizer_leaves_a_note),
#    endif
        cmocka_unit_test(tick_keeps_errno),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}

#else

int main(void)
{
    return 0;
}

#endif
