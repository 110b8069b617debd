/**
 * @file fact_row.c
 * @brief The tests of facts, read from tests/facts/facts.def.
 *
 * The table knows what Wine makes of a fact, because the run of the tests is
 * judged by it.  So what docs/facts.md says about Wine comes from there:
 * FACT(function, "ID", "words", WINE_x, reason or NULL, marks, flags).
 *
 * Uses:     tidy.h.
 * Used by:  rule_fact_row.c, tree.c, weave_fact.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#define ARGUMENT_COUNT 7u

/* The text of adjacent string literals, as C joins them.  NULL when something
 * else stands in their place. */
static const char *joined_strings(struct tidy_memory *memory,
                                  const struct tidy_token *first,
                                  const struct tidy_token *end)
{
    struct tidy_text text = {0};

    for (const struct tidy_token *token = first; token < end; token++) {
        if (token->kind != TIDY_STRING || !tidy_ends(token->text, "\"")) {
            return NULL;
        }
        for (size_t at = 1; at + 1 < token->text.length; at++) {
            /* Words need no escape but those of a quote and a backslash. */
            at += token->text.start[at] == '\\';
            tidy_text_bytes(memory, &text, token->text.start + at, 1);
        }
    }
    return text.start;
}

static enum tidy_wine wine_of(struct tidy_span word)
{
    if (tidy_same(word, "WINE_HOLDS")) {
        return TIDY_WINE_HOLDS;
    }
    if (tidy_same(word, "WINE_DEVIATES")) {
        return TIDY_WINE_DEVIATES;
    }
    return tidy_same(word, "WINE_CANNOT") ? TIDY_WINE_CANNOT
                                          : TIDY_WINE_UNKNOWN;
}

/* An argument that is text; the comma behind it is not part of it. */
static const char *text_argument(struct tidy *tidy,
                                 const struct tidy_file *file,
                                 const struct tidy_row *row,
                                 size_t argument)
{
    const struct tidy_token *items = file->code.items;

    return joined_strings(&tidy->memory,
                          &items[row->argument[argument]],
                          &items[row->argument[argument + 1] - 1]);
}

static void add_row(struct tidy *tidy,
                    const struct tidy_file *file,
                    const struct tidy_row *row)
{
    const struct tidy_token *items = file->code.items;
    const char *id = text_argument(tidy, file, row, 1);
    const char *words = text_argument(tidy, file, row, 2);
    struct tidy_fact_row *fact;

    tidy->fact_rows = tidy_grow(&tidy->memory,
                                tidy->fact_rows,
                                tidy->fact_row_count,
                                sizeof(*fact));
    fact = &tidy->fact_rows[tidy->fact_row_count++];
    fact->function = items[row->argument[0]].text;
    fact->id = tidy_span_of(id != NULL ? id : "");
    fact->words = tidy_span_of(words != NULL ? words : "");
    fact->wine = wine_of(items[row->argument[3]].text);
    fact->reason = text_argument(tidy, file, row, 4);
    fact->line = items[row->argument[0]].line;
}

void tidy_read_fact_rows(struct tidy *tidy)
{
    const struct tidy_file *file = tidy_file_at(tidy, "tests/facts/facts.def");

    tidy->fact_rows_file = file;
    for (size_t at = 0; file != NULL && at + 1 < file->code.count; at++) {
        if (tidy_is_word(file, at, "FACT") && tidy_is_mark(file, at + 1, "(")) {
            struct tidy_row row = tidy_read_row(file, at + 1);

            if (row.count == ARGUMENT_COUNT) {
                add_row(tidy, file, &row);
            }
            at = row.end;
        }
    }
}

const struct tidy_fact_row *tidy_fact_row_with(const struct tidy *tidy,
                                               struct tidy_span id)
{
    for (size_t i = 0; i < tidy->fact_row_count; i++) {
        if (tidy_same_span(tidy->fact_rows[i].id, id)) {
            return &tidy->fact_rows[i];
        }
    }
    return NULL;
}
