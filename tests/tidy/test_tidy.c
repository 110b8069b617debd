/**
 * @file test_tidy.c
 * @brief The lint finds what it should, and nothing else.
 *
 * Each fixture is one text file that holds two small trees: one breaks a
 * rule, its twin does not.  The name of the fixture starts with the name of
 * the rule.  Sections of a fixture start with "==== ":
 *
 *     ==== both PATH    a file of both trees
 *     ==== bad PATH     a file of the tree that breaks the rule
 *     ==== good PATH    a file of the twin
 *     ==== finds        how the findings in the first tree begin, in order
 *     ==== woven PATH   what --weave makes of a file of the first tree
 *
 * In a file, "\ repeat N TEXT" stands for N lines, and "\ no newline" takes
 * the last line end away.
 *
 * Uses:     tidy.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fixture.h"
#include "tidy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SCRATCH "test_tidy_scratch.txt"

/* What this program prints when it plays the dry command. */
#define PRETENDED_RUN "time thr event   \n   0 A   wait"

static const char *own_path;
static const char *fixture_folder = "tests/tidy/fixtures";

/* ---- Fixtures ----------------------------------------------------------- */

static void load(struct tidy *tidy, const struct fixture *fixture, bool is_bad)
{
    for (size_t i = 0; i < fixture->section_count; i++) {
        const struct fixture_section *section = &fixture->sections[i];

        if (strcmp(section->kind, "both") == 0 ||
            strcmp(section->kind, is_bad ? "bad" : "good") == 0) {
            tidy_add_file(tidy, section->path, section->text);
        }
    }
    tidy->dry_path = own_path;
    tidy_prepare(tidy);
}

static void assert_findings_begin(const struct tidy *tidy,
                                  const struct fixture *fixture)
{
    size_t at = 0;

    for (size_t i = 0; i < tidy->finding_count; i++) {
        const struct tidy_finding *finding = &tidy->findings[i];
        char line[1024];

        (void)snprintf(line,
                       sizeof(line),
                       "%s:%u: %s: %s",
                       finding->path,
                       finding->line,
                       finding->rule,
                       finding->sentence);
        if (at >= fixture->expected_count ||
            !tidy_starts(tidy_span_of(line), fixture->expected[at])) {
            fail_msg("%s expects \"%s\", found \"%s\"",
                     fixture->name,
                     at < fixture->expected_count ? fixture->expected[at] : "",
                     line);
        }
        at++;
    }
    if (at != fixture->expected_count) {
        fail_msg("%s: missing \"%s\"", fixture->name, fixture->expected[at]);
    }
}

static void bad_tree_breaks_rule(const struct fixture *fixture)
{
    struct tidy tidy = {0};

    load(&tidy, fixture, true);
    tidy_check(&tidy, fixture->rule);
    assert_findings_begin(&tidy, fixture);
    assert_true(tidy.finding_count > 0);
    tidy_free_all(&tidy.memory);
}

static void good_tree_keeps_rule(const struct fixture *fixture)
{
    struct tidy tidy = {0};

    load(&tidy, fixture, false);
    tidy_check(&tidy, fixture->rule);
    if (tidy.finding_count > 0) {
        fail_msg("%s: the twin breaks it too: %s:%u: %s",
                 fixture->name,
                 tidy.findings[0].path,
                 tidy.findings[0].line,
                 tidy.findings[0].sentence);
    }
    tidy_free_all(&tidy.memory);
}

static void assert_text(const struct fixture *fixture,
                        const char *path,
                        struct tidy_span found,
                        struct tidy_span expected)
{
    if (!tidy_same_span(found, expected)) {
        fail_msg("%s: %s is woven to\n%.*s",
                 fixture->name,
                 path,
                 TIDY_PRINT(found));
    }
}

static void weaving_makes_text(const struct fixture *fixture)
{
    struct tidy tidy = {.is_weaving = true};

    load(&tidy, fixture, true);
    tidy_check(&tidy, "weave");
    for (size_t i = 0; i < fixture->section_count; i++) {
        const struct fixture_section *section = &fixture->sections[i];
        const struct tidy_file *file = NULL;

        if (strcmp(section->kind, "woven") == 0) {
            file = tidy_file_at(&tidy, section->path);
            assert_non_null(file);
            assert_non_null(file->woven);
            assert_text(fixture,
                        section->path,
                        (struct tidy_span){file->woven, file->woven_bytes},
                        section->text);
        }
    }
    tidy_free_all(&tidy.memory);
}

static void fixture_holds(void **state)
{
    const struct fixture *fixture = *state;

    bad_tree_breaks_rule(fixture);
    good_tree_keeps_rule(fixture);
    weaving_makes_text(fixture);
}

static void every_rule_has_a_fixture(void **state)
{
    const struct fixtures *fixtures = *state;

    for (size_t i = 0; i < tidy_rule_count; i++) {
        size_t count = 0;

        for (size_t at = 0; at < fixtures->count; at++) {
            count += strcmp(fixtures->items[at].rule, tidy_rules[i].name) == 0;
        }
        if (count == 0) {
            fail_msg("rule %s has no fixture", tidy_rules[i].name);
        }
    }
    for (size_t at = 0; at < fixtures->count; at++) {
        assert_true(fixtures->items[at].section_count > 0);
        assert_true(fixtures->items[at].expected_count > 0);
    }
}

/* ---- The command -------------------------------------------------------- */

/* Run tidy as a command would and keep what it prints. */
static int run_command(char **argv, char *text, size_t text_bytes)
{
    FILE *stream = fopen(SCRATCH, "w+");
    int argc = 0;
    int status = -1;
    size_t length;

    assert_non_null(stream);
    while (argv[argc] != NULL) {
        argc++;
    }
    status = tidy_command(argc, argv, stream, stream);
    rewind(stream);
    length = fread(text, 1, text_bytes - 1, stream);
    text[length] = '\0';
    (void)fclose(stream);
    (void)remove(SCRATCH);
    return status;
}

static void wrong_use_ends_with_2(void **state)
{
    char *cases[][4] = {
        {"tidy", "--wave", NULL, NULL},
        {"tidy", "--stats", "--weave", NULL},
        {"tidy", "one", "two", NULL},
        {"tidy", "no-such-folder", NULL, NULL},
        {"tidy", "--dry", NULL, NULL},
        {"tidy", "--dry", "no-such-program", NULL},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        char text[512];

        assert_int_equal(run_command(cases[i], text, sizeof(text)), 2);
        /* One sentence: one line that ends with a full stop. */
        assert_true(tidy_starts(tidy_span_of(text), "tidy: "));
        assert_true(tidy_ends(tidy_span_of(text), ".\n"));
        assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1);
    }
}

static void rules_are_listed(void **state)
{
    char *argv[] = {"tidy", "--rules", NULL};
    char text[4096];

    (void)state;
    assert_int_equal(run_command(argv, text, sizeof(text)), 0);
    for (size_t i = 0; i < tidy_rule_count; i++) {
        assert_non_null(strstr(text, tidy_rules[i].name));
        assert_non_null(strstr(text, tidy_rules[i].sentence));
    }
}

static void folder_without_sources_is_refused(void **state)
{
    char folder[1024];
    char text[512];
    char *argv[] = {"tidy", folder, NULL};

    (void)state;
    (void)snprintf(folder, sizeof(folder), "%s", fixture_folder);
    assert_int_equal(run_command(argv, text, sizeof(text)), 2);
    assert_non_null(strstr(text, "no source"));
}

/* The folder above the fixtures holds this very file. */
static void tree_on_disk_is_checked(void **state)
{
    char folder[1024];
    char text[4096];
    char *argv[] = {"tidy", folder, NULL};
    char *stats[] = {"tidy", "--stats", folder, NULL};

    (void)state;
    (void)snprintf(folder, sizeof(folder), "%s/..", fixture_folder);
    assert_int_equal(run_command(argv, text, sizeof(text)), 0);
    assert_string_equal(text, "tidy: 3 files, 0 findings\n");
    assert_int_equal(run_command(stats, text, sizeof(text)), 0);
    assert_non_null(strstr(text, "all             3"));
}

/* A hidden folder is skipped, unless it is the root. */
static void findings_end_with_1(void **state)
{
    char folder[1024];
    char text[4096];
    char *argv[] = {"tidy", folder, NULL};

    (void)state;
    (void)snprintf(folder, sizeof(folder), "%s/.tree", fixture_folder);
    assert_int_equal(run_command(argv, text, sizeof(text)), 1);
    assert_string_equal(
        text,
        "README.md:1: text: give the document a title, one line that starts "
        "with \"# \".\n"
        "tidy: 1 files, 1 findings\n");
}

static void woven_files_are_written(void **state)
{
    struct tidy tidy = {.is_weaving = true};
    char name[] = "test_tidy_woven.md";
    char text[256];
    FILE *stream;
    FILE *out = fopen(SCRATCH, "w+");
    size_t length;

    (void)state;
    assert_non_null(out);
    tidy_add_file(&tidy,
                  name,
                  tidy_span_of("# T\n\n<!-- weave: a.c#r -->\n```c\n```\n"));
    tidy_add_file(&tidy,
                  "a.c",
                  tidy_span_of("//! [r]\nint a;\n//! [r]\nint b;\n"));
    tidy_prepare(&tidy);
    tidy_check(&tidy, "weave");
    assert_true(tidy_write_woven(&tidy, ".", out));
    (void)fclose(out);
    (void)remove(SCRATCH);

    stream = fopen(name, "rb");
    assert_non_null(stream);
    length = fread(text, 1, sizeof(text) - 1, stream);
    text[length] = '\0';
    (void)fclose(stream);
    (void)remove(name);
    assert_string_equal(text,
                        "# T\n\n<!-- weave: a.c#r -->\n```c\nint a;\n```\n");
    tidy_free_all(&tidy.memory);
}

static void runs_without_dry_are_left_alone(void **state)
{
    struct tidy tidy = {0};

    (void)state;
    tidy_add_file(
        &tidy,
        "a.md",
        tidy_span_of("# T\n\n<!-- weave: run tour -->\n```text\nold\n```\n"));
    tidy_prepare(&tidy);
    tidy_check(&tidy, "weave");
    assert_int_equal(tidy.finding_count, 0);
    assert_int_equal(tidy.runs_unchecked, 1);
    tidy_free_all(&tidy.memory);
}

/* ---- The table ---------------------------------------------------------- */

/* Fixture weave-run calls us as it would call the dry command. */
static int pretend_dry(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[2], "fail") == 0) {
        return 3;
    }
    puts(PRETENDED_RUN);
    return 1;
}

static const struct CMUnitTest fixed_tests[] = {
    cmocka_unit_test(every_rule_has_a_fixture),
    cmocka_unit_test(wrong_use_ends_with_2),
    cmocka_unit_test(rules_are_listed),
    cmocka_unit_test(folder_without_sources_is_refused),
    cmocka_unit_test(tree_on_disk_is_checked),
    cmocka_unit_test(findings_end_with_1),
    cmocka_unit_test(woven_files_are_written),
    cmocka_unit_test(runs_without_dry_are_left_alone),
};
#define FIXED_COUNT (sizeof(fixed_tests) / sizeof(fixed_tests[0]))

int main(int argc, char **argv)
{
    struct tidy_memory memory = {0};
    struct fixtures fixtures = {0};
    struct CMUnitTest *tests;
    int failed;

    own_path = argv[0];
    if (argc >= 2 && strcmp(argv[1], "--pretend-dry") == 0) {
        return pretend_dry(argc, argv);
    }
    if (argc >= 2) {
        fixture_folder = argv[1];
    }
    if (!fixture_read_all(&memory, fixture_folder, &fixtures)) {
        fprintf(stderr,
                "test_tidy: no fixtures in \"%s\"; give their folder.\n",
                fixture_folder);
        return 2;
    }
    tests =
        tidy_alloc(&memory, (FIXED_COUNT + fixtures.count) * sizeof(*tests));
    memcpy(tests, fixed_tests, sizeof(fixed_tests));
    tests[0].initial_state = &fixtures;
    for (size_t i = 0; i < fixtures.count; i++) {
        tests[FIXED_COUNT + i].name = fixtures.items[i].name;
        tests[FIXED_COUNT + i].test_func = fixture_holds;
        tests[FIXED_COUNT + i].initial_state = &fixtures.items[i];
    }
    failed = _cmocka_run_group_tests("tidy",
                                     tests,
                                     FIXED_COUNT + fixtures.count,
                                     NULL,
                                     NULL);
    tidy_free_all(&memory);
    return failed != 0;
}
