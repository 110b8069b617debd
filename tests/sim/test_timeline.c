/**
 * @file test_timeline.c
 * @brief How traces are written: the fixed form and the timeline.
 *
 * Both forms are compared to the byte.  The events are made by hand, so that
 * a change of the model does not change what is expected here.
 *
 * Uses:     schedules.h, sim.h, object.h (types of objects).
 * Used by:  ctest.
 * Facts:    none.
 * Read next: none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "schedules.h"

#include <stdio.h>
#include <string.h>

#include "kernel/object.h"

/** @brief Compare what was written into a file with what should be. */
static void written_is(FILE *file, const char *expected)
{
    static char text[16384];
    size_t bytes;

    assert_int_equal(fflush(file), 0);
    rewind(file);
    bytes = fread(text, 1, sizeof text - 1, file);
    text[bytes] = '\0';
    /* Before the comparison: Windows removes no file that is open. */
    assert_int_equal(fclose(file), 0);
    assert_int_equal(remove("test_timeline.tmp"), 0);
    if (strcmp(text, expected) != 0) {
        print_error("written:\n%s\nexpected:\n%s\n", text, expected);
    }
    assert_string_equal(text, expected);
}

static FILE *begin(void)
{
    FILE *file = fopen("test_timeline.tmp", "w+b");

    assert_non_null(file);
    return file;
}

/* ---- The fixed form ---------------------------------------------------------------------- */

#define PORT(number_)   .type = OBJECT_PORT, .object = (number_)
#define THREAD(number_) .type = OBJECT_THREAD, .object = (number_)
#define EVENT(number_)  .type = OBJECT_EVENT, .object = (number_)
#define COUNT(array)    (sizeof(array) / sizeof((array)[0]))
#define KIND(kind_)     .kind = SIM_EVENT_##kind_

static void rows_are(const struct sim_event *events,
                     size_t count,
                     const char *expected)
{
    struct sim_report report = {.replay = "v1:x:seed=1",
                                .events = events,
                                .event_count = count};
    FILE *file = begin();
    char whole[8192];

    (void)snprintf(whole,
                   sizeof whole,
                   "v1:x:seed=1\n"
                   "     time thr event      op own detail\n"
                   "%s",
                   expected);
    sim_print_trace(file, &report);
    written_is(file, whole);
}

static void fixed_form_has_fixed_columns(void **state)
{
    static const struct sim_event events[] = {
        {KIND(open), .thread = 1, PORT(1), .value = {2}},
        {KIND(post),
         .thread = 1,
         .op = 1,
         .owner = SIM_QUEUE,
         PORT(1),
         .value = {42, 7}},
        {KIND(queue), .op = 1, .owner = SIM_QUEUE, PORT(1), .value = {1}},
        {KIND(take),
         .time = 156250,
         .thread = 28,
         .op = 1,
         .owner = SIM_APP,
         PORT(1),
         .value = {42, 7}},
        {KIND(submit),
         .time = 123456789,
         .thread = 2,
         .op = 12345,
         .owner = SIM_KERNEL,
         .type = OBJECT_FILE,
         .object = 3,
         .value = {512},
         .text = "ReadFile"},
    };

    (void)state;
    rows_are(events,
             COUNT(events),
             "        0 A   open        - -   port=1 concurrency=2\n"
             "        0 A   post        1 que port=1 key=42 bytes=7\n"
             "        0 K   queue       1 que port=1 depth=1\n"
             "    15625 AB  take        1 app port=1 key=42 bytes=7\n"
             "12345678.9 B   submit   12345 krn file=3 ReadFile bytes=512\n");
}

static void fixed_form_leaves_out_what_says_nothing(void **state)
{
    static const struct sim_event events[] = {
        {KIND(open), .thread = 1, EVENT(1)},
        {KIND(open), .thread = 1, EVENT(1), .text = "job"},
        {KIND(wait), .thread = 1, .text = "Sleep", .value = {15625}},
        {KIND(wait), .thread = 1, .text = "GQCS", PORT(1)},
        {KIND(wait), .thread = 1, .text = "x", .value = {1}},
        {KIND(wait), .thread = 1, .text = "x", .value = {5000}},
        {KIND(wait), .thread = 1, .text = "x", .value = {-10010000}},
        {KIND(take), .thread = 1, PORT(1), .value = {65535, 0, 0}},
        {KIND(take), .thread = 1, PORT(1), .value = {65536, 0, -1073741536}},
        {KIND(take), .thread = 1, PORT(1), .value = {-1, 0, -1073741299}},
        {KIND(finish), .type = OBJECT_FILE, .object = 1, .value = {0, 5}},
        {KIND(unblock), .value = {1, 2}},
        {KIND(abandon)},
        {KIND(start), .thread = 1, THREAD(2), .value = {2}},
        {KIND(stop), .thread = 2, .text = "deadlock"},
    };

    (void)state;
    rows_are(
        events,
        COUNT(events),
        "        0 A   open        - -   event=1\n"
        "        0 A   open        - -   event=1 job\n"
        "        0 A   wait        - -   Sleep timeout=1.5625ms\n"
        "        0 A   wait        - -   GQCS port=1\n"
        "        0 A   wait        - -   x timeout=0.0001ms\n"
        "        0 A   wait        - -   x timeout=0.5ms\n"
        "        0 A   wait        - -   x timeout=-1001ms\n"
        "        0 A   take        - -   port=1 key=65535 bytes=0\n"
        "        0 A   take        - -   port=1 key=ptr bytes=0 CANCELLED\n"
        "        0 A   take        - -   port=1 key=ptr bytes=0 "
        "CONNECTION_RESET\n"
        "        0 K   finish      - -   file=1 ok bytes=5\n"
        "        0 K   unblock     - -   running=1/2\n"
        "        0 K   abandon     - -\n"
        "        0 A   start       - -   thread=B\n"
        "        0 B   stop        - -   deadlock\n");
}

static void fixed_form_stays_on_its_line(void **state)
{
    static const struct sim_event events[] = {
        {KIND(note), .thread = 1, .text = "a\nb\tc\x7f\xc3\xa9~ "},
        {KIND(fault), .text = "post", .value = {0x12345678}},
    };

    (void)state;
    rows_are(events,
             COUNT(events),
             "        0 A   note        - -   a?b?c???~\n"
             "        0 K   fault       - -   post 0x12345678\n");
}

/* ---- The timeline --------------------------------------------------------------------------- */

/** A small story: A opens a port, B waits, A posts, B takes and ends. */
static const struct sim_event story[] = {
    {KIND(open), .thread = 1, PORT(1), .value = {1}},
    {KIND(open), .thread = 1, THREAD(2)},
    {KIND(start), .thread = 1, THREAD(2), .value = {2}},
    {KIND(wait), .thread = 2, PORT(1), .text = "GetQueuedCompletionStatus"},
    {KIND(post),
     .time = 100,
     .thread = 1,
     .op = 1,
     .owner = SIM_QUEUE,
     PORT(1),
     .value = {7}},
    {KIND(hand),
     .time = 100,
     .op = 1,
     .owner = SIM_QUEUE,
     PORT(1),
     .value = {2, 1, 1}},
    {KIND(call), .time = 100, .thread = 1, EVENT(1), .text = "SetEvent"},
    {KIND(take),
     .time = 105,
     .thread = 2,
     .op = 1,
     .owner = SIM_APP,
     PORT(1),
     .value = {7}},
    {KIND(note), .time = 105, .thread = 2, .text = "handles 7"},
    {KIND(exit), .time = 105, .thread = 2, THREAD(2)},
    {KIND(close), .time = 105, .thread = 1, PORT(1)},
};

enum { STORY_ROWS = sizeof story / sizeof story[0] };

static void timeline_has_a_column_for_each_thread(void **state)
{
    FILE *file = begin();

    (void)state;
    sim_print_timeline(file, story, STORY_ROWS, &(struct sim_print){0});
    written_is(
        file,
        "  time us  op own A                          B            K\n"
        "        0         open port=1 concurrency=1\n"
        "                  start thread=B\n"
        "                  |                          wait\n"
        "       10   1 que post key=7                 :\n"
        "            1 que |                          :            hand to=B "
        "running=1/1\n"
        "                  SetEvent event=1           |\n"
        "     10.5   1 app |                          take key=7\n"
        "                  |                          \"handles 7\"\n"
        "                  |                          exit code=0\n"
        "                  close port=1\n");
}

static void timeline_breaks_long_texts(void **state)
{
    FILE *file = begin();

    (void)state;
    sim_print_timeline(file,
                       story,
                       STORY_ROWS,
                       &(struct sim_print){.columns = 61});
    written_is(file,
               "  time us  op own A               B            K\n"
               "        0         open port=1\n"
               "                    concurrency=\n"
               "                    1\n"
               "                  start thread=B\n"
               "                  |               wait\n"
               "       10   1 que post key=7      :\n"
               "            1 que |               :            hand to=B\n"
               "                  |               :              running=1/1\n"
               "                  SetEvent        |\n"
               "                    event=1       |\n"
               "     10.5   1 app |               take key=7\n"
               "                  |               \"handles 7\"\n"
               "                  |               exit code=0\n"
               "                  close port=1\n");
}

static void timeline_breaks_at_blanks_and_joints(void **state)
{
    static const struct sim_event events[] = {
        {KIND(note), .thread = 1, .text = "say HelloWorldAgain now"},
        {KIND(call), .thread = 1, .text = "HelloWorldAgainAndAgain"},
        {KIND(call), .thread = 1, .text = "hellohellohello"},
    };
    FILE *file = begin();

    (void)state;
    sim_print_timeline(file, events, 3, &(struct sim_print){.columns = 32});
    written_is(file,
               "  time us  op own A\n"
               "        0         \"say\n"
               "                    HelloWorld\n"
               "                    Again now\"\n"
               "                  HelloWorld\n"
               "                    AgainAnd\n"
               "                    Again\n"
               "                  hellohellohell\n"
               "                    o\n");
}

static void timeline_shows_the_last_rows(void **state)
{
    FILE *file = begin();

    (void)state;
    sim_print_timeline(file, story, STORY_ROWS, &(struct sim_print){.last = 4});
    written_is(file,
               "(7 rows before these)\n"
               "  time us  op own A             B\n"
               "     10.5   1 app |             take key=7\n"
               "                  |             \"handles 7\"\n"
               "                  |             exit code=0\n"
               "                  close port=1\n");
}

static void timeline_names_ports_when_there_are_two(void **state)
{
    static const struct sim_event two[] = {
        {KIND(post), .thread = 1, .op = 1, .owner = SIM_QUEUE, PORT(1)},
        {KIND(queue), .op = 1, .owner = SIM_QUEUE, PORT(1), .value = {1}},
        {KIND(post), .thread = 1, .op = 2, .owner = SIM_QUEUE, PORT(2)},
        {KIND(wait), .thread = 1, PORT(2), .value = {150000}},
        {KIND(timeout), .thread = 1, PORT(2)},
    };
    FILE *file = begin();

    (void)state;
    sim_print_timeline(file, two, 5, &(struct sim_print){0});
    written_is(file,
               "  time us  op own A                      K\n"
               "        0   1 que post port=1 key=0\n"
               "            1 que |                      queue port=1 "
               "depth=1\n"
               "            2 que post port=2 key=0\n"
               "                  wait for port=2, 15ms\n"
               "                  timeout port=2\n");
}

static void timeline_is_linear_when_columns_do_not_fit(void **state)
{
    struct sim_event crowd[7];
    char heading[64];
    FILE *file = begin();

    (void)state;
    sim_print_timeline(file, story + 4, 2, &(struct sim_print){.columns = 40});
    written_is(file,
               "     time thr event      op own detail\n"
               "       10 A   post        1 que port=1 key=7 bytes=0\n"
               "       10 K   hand        1 que port=1 to=B running=1/1\n");

    /* A lane has at least fourteen characters, or all there are. */
    file = begin();
    sim_print_timeline(file,
                       story,
                       STORY_ROWS,
                       &(struct sim_print){.columns = 60});
    assert_int_equal(fseek(file, 0, SEEK_SET), 0);
    assert_non_null(fgets(heading, sizeof heading, file));
    assert_string_equal(heading, "     time thr event      op own detail\n");
    assert_int_equal(fclose(file), 0);

    /* Six threads have columns, seven have not. */
    memset(crowd, 0, sizeof crowd);
    for (uint32_t at = 0; at < 7; at++) {
        crowd[at] =
            (struct sim_event){KIND(note), .thread = at + 1, .text = "x"};
    }
    file = begin();
    sim_print_timeline(file, crowd, 6, &(struct sim_print){.columns = 120});
    written_is(file,
               "  time us  op own A    B    C    D    E    F\n"
               "        0         \"x\"\n"
               "                  |    \"x\"\n"
               "                  |    |    \"x\"\n"
               "                  |    |    |    \"x\"\n"
               "                  |    |    |    |    \"x\"\n"
               "                  |    |    |    |    |    \"x\"\n");
    file = begin();
    sim_print_timeline(file, crowd + 6, 1, &(struct sim_print){0});
    written_is(file, "  time us  op own G\n        0         \"x\"\n");
    file = begin();
    sim_print_timeline(file, crowd, 7, &(struct sim_print){.columns = 500});
    written_is(file,
               "     time thr event      op own detail\n"
               "        0 A   note        - -   x\n"
               "        0 B   note        - -   x\n"
               "        0 C   note        - -   x\n"
               "        0 D   note        - -   x\n"
               "        0 E   note        - -   x\n"
               "        0 F   note        - -   x\n"
               "        0 G   note        - -   x\n");
}

static void timeline_has_colours_when_asked(void **state)
{
    FILE *file = begin();

    (void)state;
    sim_print_timeline(file, story + 8, 1, &(struct sim_print){.colour = true});
    written_is(file,
               "  time us  op own \x1b[36mB\x1b[0m\n"
               "     10.5         \x1b[36m\"handles 7\"\x1b[0m\n");
}

/* ---- Reports ------------------------------------------------------------- */

static void report_has_sentence_rows_and_line(void **state)
{
    struct sim_report report = {
        .verdict = SIM_DEADLOCK,
        .runs = 3,
        .sentence = "nothing can ever run again",
        .replay = "v1:x:seed=3",
        .events = story + 8,
        .event_count = 1,
    };
    FILE *file = begin();

    (void)state;
    sim_print_report(file, &report, &(struct sim_print){0});
    written_is(file,
               "deadlock: nothing can ever run again\n"
               "\n"
               "  time us  op own B\n"
               "     10.5         \"handles 7\"\n"
               "\n"
               "replay: v1:x:seed=3\n");

    report = (struct sim_report){.passed = true,
                                 .runs = 1000,
                                 .steps = 1,
                                 .sentence = "",
                                 .replay = "v1:x:seed=3"};
    file = begin();
    sim_print_report(file, &report, &(struct sim_print){0});
    written_is(file, "pass: 1000 runs, 1 call\n");

    report = (struct sim_report){.verdict = SIM_REFUSED,
                                 .sentence = "no such thing",
                                 .replay = ""};
    file = begin();
    sim_print_report(file, &report, &(struct sim_print){0});
    written_is(file, "refused: no such thing\n");
}

static void report_shows_the_last_twenty_rows(void **state)
{
    struct sim_event crowd[21];
    struct sim_report report = {.verdict = SIM_LEAK,
                                .sentence = "left",
                                .replay = "",
                                .events = crowd,
                                .event_count = 21};
    char first[64];
    FILE *file;

    (void)state;
    for (size_t at = 0; at < 21; at++) {
        crowd[at] = story[8];
    }
    file = begin();
    sim_print_report(file, &report, &(struct sim_print){.last = 1});
    written_is(file,
               "leak: left\n\n(20 rows before these)\n"
               "  time us  op own B\n"
               "     10.5         \"handles 7\"\n\n");
    file = begin();
    sim_print_report(file, &report, &(struct sim_print){0});
    assert_int_equal(fseek(file, 12, SEEK_SET), 0);
    assert_non_null(fgets(first, sizeof first, file));
    assert_string_equal(first, "(1 row before these)\n");
    assert_int_equal(fclose(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_form_has_fixed_columns),
        cmocka_unit_test(fixed_form_leaves_out_what_says_nothing),
        cmocka_unit_test(fixed_form_stays_on_its_line),
        cmocka_unit_test(timeline_has_a_column_for_each_thread),
        cmocka_unit_test(timeline_breaks_long_texts),
        cmocka_unit_test(timeline_breaks_at_blanks_and_joints),
        cmocka_unit_test(timeline_shows_the_last_rows),
        cmocka_unit_test(timeline_names_ports_when_there_are_two),
        cmocka_unit_test(timeline_is_linear_when_columns_do_not_fit),
        cmocka_unit_test(timeline_has_colours_when_asked),
        cmocka_unit_test(report_has_sentence_rows_and_line),
        cmocka_unit_test(report_shows_the_last_twenty_rows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
