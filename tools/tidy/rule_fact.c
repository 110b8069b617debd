/**
 * @file rule_fact.c
 * @brief Rule fact: a sentence about Windows has a number and a test.
 *
 * Three lists must agree: the headings of docs/facts.md, the test functions
 * fact_port_50 under tests/facts, and the ids that code names.  The table of
 * the tests is compared with the headings in rule_fact_row.c.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <stdlib.h>
#include <string.h>

/* A name fact_<letters>_<digits> seen under tests/facts. */
struct test {
    struct tidy_span name;
    const char *path;
    unsigned line;
};

struct tests {
    struct test *items;
    size_t count;
};

static bool is_test_name(struct tidy_span name)
{
    size_t at = strlen("fact_");
    size_t letters = at;
    size_t digits;

    if (!tidy_starts(name, "fact_")) {
        return false;
    }
    while (at < name.length && name.start[at] >= 'a' && name.start[at] <= 'z') {
        at++;
    }
    if (at == letters || at >= name.length || name.start[at] != '_') {
        return false;
    }
    digits = ++at;
    while (at < name.length && name.start[at] >= '0' && name.start[at] <= '9') {
        at++;
    }
    return at > digits && at == name.length;
}

static void collect_from(struct tidy *tidy,
                         const struct tidy_file *file,
                         const struct tidy_tokens *tokens,
                         struct tests *tests)
{
    for (size_t at = 0; at < tokens->count; at++) {
        const struct tidy_token *token = &tokens->items[at];

        if (token->kind == TIDY_WORD && is_test_name(token->text)) {
            tests->items = tidy_grow(&tidy->memory,
                                     tests->items,
                                     tests->count,
                                     sizeof(*tests->items));
            tests->items[tests->count++] =
                (struct test){token->text, file->path, token->line};
        }
    }
}

static int compare_tests(const void *left, const void *right)
{
    const struct test *a = left;
    const struct test *b = right;
    size_t shorter =
        a->name.length < b->name.length ? a->name.length : b->name.length;
    int order = memcmp(a->name.start, b->name.start, shorter);

    if (order == 0 && a->name.length != b->name.length) {
        order = a->name.length < b->name.length ? -1 : 1;
    }
    if (order == 0) {
        order = strcmp(a->path, b->path);
    }
    return order != 0 ? order : (a->line > b->line) - (a->line < b->line);
}

static struct tests collect_tests(struct tidy *tidy)
{
    struct tests tests = {NULL, 0};

    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        if (tidy_is_under(file, "tests/facts/") && file->kind == TIDY_C) {
            collect_from(tidy, file, &file->code, &tests);
            collect_from(tidy, file, &file->directives, &tests);
        }
    }
    if (tests.count > 1) {
        qsort(tests.items, tests.count, sizeof(*tests.items), compare_tests);
    }
    return tests;
}

static bool has_test(const struct tests *tests, const char *name)
{
    for (size_t i = 0; i < tests->count; i++) {
        if (tidy_same(tests->items[i].name, name)) {
            return true;
        }
    }
    return false;
}

static void check_headings(struct tidy *tidy, const struct tests *tests)
{
    for (size_t i = 0; i < tidy->fact_count; i++) {
        const struct tidy_fact *fact = &tidy->facts[i];
        const char *name = tidy_fact_test_name(&tidy->memory, fact->id);

        if (tidy_fact_with(tidy, fact->id) != fact) {
            tidy_report(tidy,
                        tidy->facts_file->path,
                        fact->line,
                        "give %.*s one heading; line %u has it already.",
                        TIDY_PRINT(fact->id),
                        tidy_fact_with(tidy, fact->id)->line);
        }
        if (!fact->has_no_test && !has_test(tests, name)) {
            tidy_report(tidy,
                        tidy->facts_file->path,
                        fact->line,
                        "write the test %s in tests/facts, or say \"Test: "
                        "none\" and why.",
                        name);
        }
    }
}

static bool is_heading_of(struct tidy *tidy, struct tidy_span name)
{
    for (size_t i = 0; i < tidy->fact_count; i++) {
        if (tidy_same(name,
                      tidy_fact_test_name(&tidy->memory, tidy->facts[i].id))) {
            return true;
        }
    }
    return false;
}

static void check_tests(struct tidy *tidy, const struct tests *tests)
{
    for (size_t i = 0; i < tests->count; i++) {
        const struct test *test = &tests->items[i];
        bool is_repeated =
            i > 0 && tidy_same_span(tests->items[i - 1].name, test->name);

        if (!is_repeated && !is_heading_of(tidy, test->name)) {
            tidy_report(tidy,
                        test->path,
                        test->line,
                        "write the heading for %.*s in docs/facts.md.",
                        TIDY_PRINT(test->name));
        }
    }
}

/* ---- Ids in code -------------------------------------------------------- */

static void check_id(struct tidy *tidy,
                     const struct tidy_file *file,
                     unsigned line,
                     struct tidy_span id)
{
    if (tidy_fact_with(tidy, id) == NULL) {
        tidy_report(tidy,
                    file->path,
                    line,
                    "write the heading \"## %.*s ...\" in docs/facts.md, or "
                    "correct the id.",
                    TIDY_PRINT(id));
    }
}

static unsigned line_at(const struct tidy_token *comment, const char *at)
{
    unsigned line = comment->line;

    for (const char *c = comment->text.start; c < at; c++) {
        line += *c == '\n';
    }
    return line;
}

/* "FACT PORT-50": the word, a blank, an id. */
static void check_tags(struct tidy *tidy,
                       const struct tidy_file *file,
                       const struct tidy_token *comment)
{
    struct tidy_span rest = comment->text;
    const char *found;

    while ((found = tidy_find_tag(rest, "FACT ")) != NULL) {
        struct tidy_span id = {NULL, 0};
        struct tidy_span behind = tidy_from(rest, found + strlen("FACT "));
        struct tidy_span scan = behind;

        if (tidy_next_fact_id(&scan, &id) && id.start == behind.start) {
            check_id(tidy, file, line_at(comment, found), id);
        }
        rest = behind;
    }
}

/* "@fact{PORT-50}" */
static void check_commands(struct tidy *tidy,
                           const struct tidy_file *file,
                           const struct tidy_token *comment)
{
    struct tidy_span rest = comment->text;
    const char *found;

    while ((found = tidy_find_tag(rest, "@fact{")) != NULL) {
        struct tidy_span inside = tidy_from(rest, found + strlen("@fact{"));
        const char *end = tidy_find(inside, "}");
        struct tidy_span id;

        rest = inside;
        if (end == NULL) {
            break;
        }
        inside.length = (size_t)(end - inside.start);
        while (tidy_next_fact_id(&inside, &id)) {
            check_id(tidy, file, line_at(comment, id.start), id);
        }
    }
}

/* Every id between the two ends of "PORT-18..PORT-21". */
static void check_range(struct tidy *tidy,
                        const struct tidy_file *file,
                        struct tidy_span first,
                        struct tidy_span last)
{
    unsigned line = file->header.field_line[TIDY_FACTS];
    const char *digits = strchr(first.start, '-') + 1;
    size_t letters = (size_t)(digits - first.start);
    int width = (int)(first.length - letters);
    unsigned long from = strtoul(digits, NULL, 10);
    unsigned long to = 0;

    if (last.length <= letters ||
        memcmp(first.start, last.start, letters) != 0 ||
        (to = strtoul(last.start + letters, NULL, 10)) <= from) {
        tidy_report(tidy,
                    file->path,
                    line,
                    "write %.*s..%.*s the other way round, or as a list.",
                    TIDY_PRINT(first),
                    TIDY_PRINT(last));
        return;
    }
    for (unsigned long number = from + 1; number < to; number++) {
        struct tidy_text id = {0};

        tidy_text_print(&tidy->memory,
                        &id,
                        "%.*s%0*lu",
                        (int)letters,
                        first.start,
                        width,
                        number);
        check_id(tidy, file, line, tidy_span_of(id.start));
    }
}

/* True when ".." or "to" stands between two ids. */
static bool is_range(struct tidy_span first, struct tidy_span last)
{
    struct tidy_span between = {first.start + first.length, 0};

    between.length = (size_t)(last.start - between.start);
    between = tidy_trim(between);
    return tidy_same(between, "..") || tidy_same(between, "to");
}

static void check_field(struct tidy *tidy, const struct tidy_file *file)
{
    unsigned line = file->header.field_line[TIDY_FACTS];
    struct tidy_span rest = tidy_span_of(file->header.field[TIDY_FACTS]);
    struct tidy_span before = {NULL, 0};
    struct tidy_span id;
    bool is_empty = true;

    while (tidy_next_fact_id(&rest, &id)) {
        check_id(tidy, file, line, id);
        if (before.start != NULL && is_range(before, id)) {
            check_range(tidy, file, before, id);
        }
        before = id;
        is_empty = false;
    }
    if (is_empty &&
        !tidy_starts(tidy_span_of(file->header.field[TIDY_FACTS]), "none")) {
        tidy_report(tidy,
                    file->path,
                    line,
                    "name fact ids under \"Facts\", or say \"none.\".");
    }
}

static bool is_library(const struct tidy_file *file)
{
    return tidy_is_under(file, "src/") || tidy_is_under(file, "sim/");
}

/* Without the catalog every id would be a finding: one is enough. */
static void report_no_catalog(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        if (is_library(&tidy->files[i])) {
            tidy_report(tidy,
                        "docs/facts.md",
                        1,
                        "write this file: the facts that code may name.");
            return;
        }
    }
}

void tidy_check_fact(struct tidy *tidy)
{
    struct tests tests = collect_tests(tidy);

    if (tidy->facts_file == NULL) {
        report_no_catalog(tidy);
        return;
    }
    check_headings(tidy, &tests);
    check_tests(tidy, &tests);
    tidy_check_fact_rows(tidy);
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        for (size_t at = 0; at < file->comments.count; at++) {
            check_tags(tidy, file, &file->comments.items[at]);
            check_commands(tidy, file, &file->comments.items[at]);
        }
        if (file->header.field[TIDY_FACTS] != NULL && is_library(file)) {
            check_field(tidy, file);
        }
    }
}
