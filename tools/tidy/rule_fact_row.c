/**
 * @file rule_fact_row.c
 * @brief Rule fact, second part: an entry and its row say the same.
 *
 * What docs/facts.md tells a reader and what the test run prints come from
 * two places, the entry of a fact and its row in facts.def.  They must have
 * the same words, and name the same test.
 *
 * Uses:     tidy.h.
 * Used by:  rule_fact.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

/* ---- Rows --------------------------------------------------------------- */

static void check_row_itself(struct tidy *tidy, const struct tidy_fact_row *row)
{
    const char *path = tidy->fact_rows_file->path;
    const char *name = tidy_fact_test_name(&tidy->memory, row->id);
    bool needs_reason = row->wine != TIDY_WINE_HOLDS;

    if (!tidy_same(row->function, name + strlen("fact_"))) {
        tidy_report(tidy,
                    path,
                    row->line,
                    "name the test of %.*s %s, not %.*s.",
                    TIDY_PRINT(row->id),
                    name + strlen("fact_"),
                    TIDY_PRINT(row->function));
    }
    if (row->wine == TIDY_WINE_UNKNOWN) {
        tidy_report(tidy,
                    path,
                    row->line,
                    "say WINE_HOLDS, WINE_DEVIATES or WINE_CANNOT of %.*s.",
                    TIDY_PRINT(row->id));
    } else if (needs_reason != (row->reason != NULL)) {
        tidy_report(tidy,
                    path,
                    row->line,
                    "give %.*s %s.",
                    TIDY_PRINT(row->id),
                    needs_reason ? "the reason why Wine differs"
                                 : "NULL for a reason: Wine agrees");
    }
}

static void check_row(struct tidy *tidy, const struct tidy_fact_row *row)
{
    const struct tidy_fact_row *first = tidy_fact_row_with(tidy, row->id);

    if (first != row) {
        tidy_report(tidy,
                    tidy->fact_rows_file->path,
                    row->line,
                    "give %.*s one row; line %u has it already.",
                    TIDY_PRINT(row->id),
                    first->line);
        return;
    }
    if (tidy_fact_with(tidy, row->id) == NULL) {
        tidy_report(tidy,
                    tidy->fact_rows_file->path,
                    row->line,
                    "write the heading \"## %.*s %.*s\" in docs/facts.md.",
                    TIDY_PRINT(row->id),
                    TIDY_PRINT(row->words));
    }
    check_row_itself(tidy, row);
}

/* ---- Entries ------------------------------------------------------------ */

static void check_entry(struct tidy *tidy,
                        const struct tidy_fact *fact,
                        const struct tidy_fact_row *row)
{
    const char *name = tidy_fact_test_name(&tidy->memory, fact->id);

    if (!tidy_same_span(fact->words, row->words)) {
        tidy_report(tidy,
                    tidy->facts_file->path,
                    fact->line,
                    "head %.*s \"%.*s\", as line %u of %s does, or correct "
                    "that.",
                    TIDY_PRINT(fact->id),
                    TIDY_PRINT(row->words),
                    row->line,
                    tidy->fact_rows_file->path);
    }
    if (!tidy_same(fact->test, name)) {
        tidy_report(tidy,
                    tidy->facts_file->path,
                    fact->test_line > 0 ? fact->test_line : fact->line,
                    "say \"Test: %s\", which is in line %u of %s, or take "
                    "that row out.",
                    name,
                    row->line,
                    tidy->fact_rows_file->path);
    }
}

void tidy_check_fact_rows(struct tidy *tidy)
{
    if (tidy->fact_rows_file == NULL) {
        return;
    }
    for (size_t i = 0; i < tidy->fact_row_count; i++) {
        check_row(tidy, &tidy->fact_rows[i]);
    }
    for (size_t i = 0; i < tidy->fact_count; i++) {
        const struct tidy_fact *fact = &tidy->facts[i];
        const struct tidy_fact_row *row = tidy_fact_row_with(tidy, fact->id);

        if (row != NULL) {
            check_entry(tidy, fact, row);
        } else if (!fact->has_no_test) {
            tidy_report(tidy,
                        tidy->facts_file->path,
                        fact->line,
                        "write the row of %.*s in %s, or say \"Test: none\" "
                        "and why.",
                        TIDY_PRINT(fact->id),
                        tidy->fact_rows_file->path);
        }
    }
}
