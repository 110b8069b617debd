/**
 * @file facts.c
 * @brief The facts the project relies on, read from docs/facts.md.
 *
 * A fact is a heading "## PORT-50 short text" and the entry below it, which
 * names its test and says where the fact was seen.
 *
 * Uses:     tidy.h.
 * Used by:  rule_fact.c, rule_fact_row.c, tree.c, weave_fact.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

static bool is_capital(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The length of an id at the start of span: capitals, a hyphen, up to four
 * digits; 0 when there is none. */
static size_t id_length(struct tidy_span span)
{
    size_t letters = 0;
    size_t length;

    while (letters < span.length && is_capital(span.start[letters])) {
        letters++;
    }
    length = letters;
    if (letters < 2 || length >= span.length || span.start[length] != '-') {
        return 0;
    }
    length++;
    while (length < span.length && is_digit(span.start[length])) {
        length++;
    }
    if (length == letters + 1 || length > letters + 5 ||
        (length < span.length && tidy_is_name(span.start[length]))) {
        return 0;
    }
    return length;
}

bool tidy_next_fact_id(struct tidy_span *span, struct tidy_span *id_out)
{
    bool is_word_start = true;

    while (span->length > 0) {
        size_t length = is_word_start ? id_length(*span) : 0;

        if (length > 0) {
            *id_out = (struct tidy_span){span->start, length};
            *span = tidy_from(*span, span->start + length);
            return true;
        }
        is_word_start = !tidy_is_name(span->start[0]) && span->start[0] != '-';
        *span = tidy_from(*span, span->start + 1);
    }
    return false;
}

const char *tidy_fact_test_name(struct tidy_memory *memory, struct tidy_span id)
{
    struct tidy_text name = {0};

    tidy_text_print(memory, &name, "fact_%.*s", TIDY_PRINT(id));
    for (size_t i = 0; i < name.length; i++) {
        if (name.start[i] == '-') {
            name.start[i] = '_';
        } else if (is_capital(name.start[i])) {
            name.start[i] = (char)(name.start[i] - 'A' + 'a');
        }
    }
    return name.start;
}

/* A heading without its "## "; NULL when it is not that of a fact. */
static struct tidy_fact *add_fact(struct tidy *tidy,
                                  struct tidy_span heading,
                                  size_t line)
{
    struct tidy_fact *fact;
    struct tidy_span id = {heading.start, id_length(heading)};
    struct tidy_span words = tidy_from(heading, heading.start + id.length);

    if (id.length == 0) {
        return NULL;
    }
    if (tidy_starts(words, " ")) {
        words = tidy_from(words, words.start + 1);
    }
    tidy->facts =
        tidy_grow(&tidy->memory, tidy->facts, tidy->fact_count, sizeof(*fact));
    fact = &tidy->facts[tidy->fact_count++];
    *fact = (struct tidy_fact){.id = id,
                               .words = words,
                               .line = (unsigned)line + 1};
    return fact;
}

bool tidy_is_seen_line(struct tidy_span line)
{
    return tidy_starts(line, "Seen on:") && tidy_find(line, "Test: ") == NULL;
}

/* "Test: fact_port_50" or "Test: none (why)"; the first of an entry counts. */
static void read_test(struct tidy_fact *fact,
                      struct tidy_span line,
                      unsigned number)
{
    const char *found = tidy_find(line, "Test: ");
    struct tidy_span name;
    size_t length = 0;

    if (found == NULL || fact->test_line > 0) {
        return;
    }
    name = tidy_from(line, found + strlen("Test: "));
    while (tidy_is_name(tidy_char_at(name, length))) {
        length++;
    }
    if (tidy_starts(name, "none")) {
        fact->has_no_test = true;
        fact->test_line = number;
    } else if (tidy_starts(name, "fact_")) {
        fact->test = (struct tidy_span){name.start, length};
        fact->test_line = number;
    }
}

static void read_line(struct tidy_fact *fact,
                      struct tidy_span line,
                      unsigned number)
{
    fact->line_end = number;
    if (fact->seen_line == 0 && tidy_is_seen_line(line)) {
        fact->seen_line = number;
    }
    read_test(fact, line, number);
}

void tidy_read_facts(struct tidy *tidy)
{
    const struct tidy_file *file = tidy_file_at(tidy, "docs/facts.md");
    struct tidy_fence fence = {0};
    struct tidy_fact *fact = NULL;

    tidy->facts_file = file;
    for (size_t i = 0; file != NULL && i < file->line_count; i++) {
        struct tidy_span line = file->lines[i];

        if (tidy_fence_step(&fence, line)) {
            continue;
        }
        if (tidy_starts(line, "# ") || tidy_starts(line, "## ")) {
            fact = NULL;
        }
        if (tidy_starts(line, "## ")) {
            fact = add_fact(tidy, tidy_from(line, line.start + 3), i);
        } else if (fact != NULL) {
            read_line(fact, line, (unsigned)i + 1);
        }
    }
}

const struct tidy_fact *tidy_fact_with(const struct tidy *tidy,
                                       struct tidy_span id)
{
    for (size_t i = 0; i < tidy->fact_count; i++) {
        if (tidy_same_span(tidy->facts[i].id, id)) {
            return &tidy->facts[i];
        }
    }
    return NULL;
}
