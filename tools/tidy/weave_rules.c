/**
 * @file weave_rules.c
 * @brief The woven table of contract rules.
 *
 * Straight from sim/watch/rules.def, whose rows are
 * RULE(number, name, "sentence", "fact", "advice").
 *
 * Uses:     tidy.h.
 * Used by:  weave.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#define TABLE          "sim/watch/rules.def"
#define ARGUMENT_COUNT 5u

/* Add the text of adjacent string literals, as C joins them. */
static void add_strings(struct tidy *tidy,
                        const struct tidy_token *first,
                        const struct tidy_token *end,
                        struct tidy_text *out)
{
    for (const struct tidy_token *token = first; token < end; token++) {
        if (token->kind == TIDY_STRING && token->text.length >= 2) {
            tidy_text_bytes(&tidy->memory,
                            out,
                            token->text.start + 1,
                            token->text.length - 2);
        }
    }
}

static void add_row(struct tidy *tidy,
                    const struct tidy_file *file,
                    const struct tidy_row *row,
                    struct tidy_text *out)
{
    const struct tidy_token *items = file->code.items;

    tidy_text_print(&tidy->memory,
                    out,
                    "| %.*s | `%.*s` |",
                    TIDY_PRINT(items[row->argument[0]].text),
                    TIDY_PRINT(items[row->argument[1]].text));
    for (size_t argument = 2; argument < ARGUMENT_COUNT; argument++) {
        size_t end = argument + 1 < ARGUMENT_COUNT
                         ? row->argument[argument + 1] - 1
                         : row->end;

        tidy_text_print(&tidy->memory, out, " ");
        add_strings(tidy, &items[row->argument[argument]], &items[end], out);
        tidy_text_print(&tidy->memory, out, " |");
    }
    tidy_text_print(&tidy->memory, out, "\n");
}

bool tidy_weave_rules(struct tidy *tidy,
                      const struct tidy_marker *marker,
                      struct tidy_text *out)
{
    const struct tidy_file *file = tidy_file_at(tidy, TABLE);

    if (file == NULL) {
        tidy_report(tidy,
                    marker->file->path,
                    marker->line,
                    "write " TABLE " first: there is no table to weave.");
        return false;
    }
    tidy_text_print(&tidy->memory,
                    out,
                    "\n| Rule | Name | What a program does | Fact | What to do "
                    "|\n| --- | --- | --- | --- | --- |\n");
    for (size_t at = 0; at + 1 < file->code.count; at++) {
        if (tidy_is_word(file, at, "RULE") && tidy_is_mark(file, at + 1, "(")) {
            struct tidy_row row = tidy_read_row(file, at + 1);

            if (row.count == ARGUMENT_COUNT) {
                add_row(tidy, file, &row, out);
            }
            at = row.end;
        }
    }
    tidy_text_print(&tidy->memory, out, "\n");
    return true;
}
