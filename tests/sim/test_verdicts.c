/**
 * @file test_verdicts.c
 * @brief How runs end, and what is said then.
 *
 * The one test that waits for real time is that of a thread which never calls
 * the simulator: only a real clock can find it.
 *
 * Uses:     schedules.h, run.h, windows.h.
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <stdlib.h>
#include <string.h>
#include <windows.h>

#include "explore/run.h"

static void contains(const struct sim_report *report, const char *words)
{
    if (strstr(report->sentence, words) == NULL) {
        print_error("%s: %s\n",
                    sim_verdict_name(report->verdict),
                    report->sentence);
    }
    assert_non_null(strstr(report->sentence, words));
}

static DWORD WINAPI do_nothing(void *arg)
{
    (void)arg;
    return 0;
}

/** @brief A program without a fault. */
static void nothing(void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, do_nothing, arg, 0, NULL);

    WaitForSingleObject(thread, INFINITE);
    CloseHandle(thread);
}

/* ---- Assertions ---------------------------------------------------------------------------- */

static DWORD WINAPI fail_here(void *arg)
{
    int one = 2;

    (void)arg;
    sim_assert(one == 1);
    return 0;
}

static void fail_in_b(void *arg)
{
    HANDLE thread = CreateThread(NULL, 0, fail_here, arg, 0, NULL);

    WaitForSingleObject(thread, INFINITE);
}

static void assertion_names_place_and_thread(void **state)
{
    struct sim_report report = sim_explore(NULL, fail_in_b, NULL);

    (void)state;
    assert_int_equal(report.verdict, SIM_ASSERTION);
    assert_int_equal(report.runs, 1);
    contains(&report, "test_verdicts.c:");
    contains(&report, ": the assertion `one == 1` failed in thread B");
}

/* ---- Crashes --------------------------------------------------------------------------------- */

static void call_abort(void *arg)
{
    (void)arg;
    abort();
}

static SIM_UNSANITIZED int quotient(int one, volatile int two)
{
    /* cppcheck-suppress zerodiv; the crash is what is tested. */
    return one / two;
}

static void divide(void *arg)
{
    (void)arg;
    sim_note("%d", quotient(7, 0));
    sim_assert(quotient(7, 0) != 0);
}

static void crashes_are_verdicts(void **state)
{
    struct sim_report report = sim_explore(NULL, call_abort, NULL);

    (void)state;
    assert_int_equal(report.verdict, SIM_CRASH);
    contains(&report, "thread A crashed: it called abort()");
#if defined(__x86_64__)
    /* Elsewhere a division by zero has a result. */
    report = sim_explore(NULL, divide, NULL);
    assert_int_equal(report.verdict, SIM_CRASH);
    contains(&report, "it divided by zero");
#else
    (void)divide;
#endif
    /* And the simulator goes on as if nothing had been. */
    assert_true(sim_explore(NULL, nothing, NULL).passed);
}

/* ---- Programs that depend on something else ---------------------------------------------------- */

static unsigned turns;

static void fail_every_other_time(void *arg)
{
    (void)arg;
    sim_assert(turns++ % 2 == 0);
}

static void do_more_each_time(void *arg)
{
    (void)arg;
    turns++;
    for (unsigned turn = 0; turn < turns; turn++) {
        SwitchToThread();
    }
    sim_assert(turns < 3);
}

static void note_turns(void *arg)
{
    (void)arg;
    sim_note("%u", turns++);
}

static void nondeterminism_is_found(void **state)
{
    struct sim_options twice = {.twice = true};
    struct sim_report report;

    (void)state;
    /* Another verdict. */
    turns = 0;
    report = sim_explore(NULL, fail_every_other_time, NULL);
    assert_int_equal(report.verdict, SIM_NONDETERMINISM);
    assert_int_equal(report.runs, 2);
    contains(&report, "first `assertion`");
    contains(&report, "then `pass`");
    contains(&report, "static variable");

    /* Another number of calls. */
    turns = 0;
    report = sim_explore(NULL, do_more_each_time, NULL);
    assert_int_equal(report.verdict, SIM_NONDETERMINISM);
    contains(&report, "after 3 calls");
    contains(&report, "after 4");

    /* Another trace is seen where somebody looks. */
    turns = 0;
    assert_true(sim_explore(NULL, note_turns, NULL).passed);
    report = sim_explore(&twice, note_turns, NULL);
    assert_int_equal(report.verdict, SIM_NONDETERMINISM);
    assert_int_equal(report.runs, 1);
    contains(&report, "with another trace");
}

/** @brief Fails, with a trace that is another each time. */
static void note_turns_and_fail(void *arg)
{
    note_turns(arg);
    sim_assert(arg != NULL);
}

static void trace_of_a_failure_must_repeat(void **state)
{
    struct sim_report report = sim_explore(NULL, note_turns_and_fail, NULL);

    (void)state;
    assert_int_equal(report.verdict, SIM_NONDETERMINISM);
    contains(&report, "with another trace");
}

/* ---- A thread that never calls ------------------------------------------------------------------- */

static volatile unsigned spins;

static void spin(void *arg)
{
    (void)arg;
    Sleep(0);
    while (spins != UINT32_MAX) {
        spins = (spins + 1) & 0xFFFF;
    }
}

static void thread_that_never_calls_is_ended(void **state)
{
    struct sim_report report;

    (void)state;
    sim__stuck_seconds = 1;
    report = sim_explore(NULL, spin, NULL);
    sim__stuck_seconds = 10;
    assert_int_equal(report.verdict, SIM_LIVELOCK);
    contains(&report, "thread A has called nothing for 1 seconds");
    assert_true(sim_explore(NULL, nothing, NULL).passed);
}

/* ---- Names ------------------------------------------------------------------------------------------ */

static void verdicts_have_one_word_each(void **state)
{
    (void)state;
    for (int one = SIM_PASS; one <= SIM_HOST; one++) {
        const char *name = sim_verdict_name((enum sim_verdict)one);

        assert_non_null(name);
        assert_null(strchr(name, ' '));
        for (int two = SIM_PASS; two < one; two++) {
            assert_string_not_equal(name,
                                    sim_verdict_name((enum sim_verdict)two));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(assertion_names_place_and_thread),
        cmocka_unit_test(crashes_are_verdicts),
        cmocka_unit_test(nondeterminism_is_found),
        cmocka_unit_test(trace_of_a_failure_must_repeat),
        cmocka_unit_test(thread_that_never_calls_is_ended),
        cmocka_unit_test(verdicts_have_one_word_each),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
