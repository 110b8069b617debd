/**
 * @file facts.c
 * @brief The facts the project relies on, read from docs/facts.md.
 *
 * A fact is a heading "## PORT-50 short text" and the entry below it.
 *
 * Uses:     tidy.h.
 * Used by:  rule_fact.c, tree.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

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

static struct tidy_fact *add_fact(struct tidy *tidy,
                                  struct tidy_span id,
                                  size_t line)
{
    struct tidy_fact *fact;

    tidy->facts =
        tidy_grow(&tidy->memory, tidy->facts, tidy->fact_count, sizeof(*fact));
    fact = &tidy->facts[tidy->fact_count++];
    *fact = (struct tidy_fact){.id = id, .line = (unsigned)line + 1};
    return fact;
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
            struct tidy_span id = tidy_from(line, line.start + 3);

            id.length = id_length(id);
            fact = id.length > 0 ? add_fact(tidy, id, i) : NULL;
        } else if (fact != NULL && tidy_find(line, "Test: none") != NULL) {
            fact->has_no_test = true;
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
