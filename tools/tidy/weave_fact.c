/**
 * @file weave_fact.c
 * @brief The woven lines "Seen on" of docs/facts.md.
 *
 * A reader trusts such a line because nobody wrote it: it says what the row
 * of the fact in facts.def says, which every run of the tests compares with
 * what happens.  An entry without a test has no such line.
 *
 * Uses:     tidy.h.
 * Used by:  weave.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#define SEEN_ON "Seen on:"

/* The entry that a line belongs to, or NULL. */
static const struct tidy_fact *entry_of(const struct tidy *tidy, unsigned line)
{
    for (size_t i = 0; i < tidy->fact_count; i++) {
        if (line > tidy->facts[i].line && line <= tidy->facts[i].line_end) {
            return &tidy->facts[i];
        }
    }
    return NULL;
}

/* What the entry has to say; NULL when its row does not tell.  Rule fact
 * finds fault with such a row. */
static const char *line_of(struct tidy *tidy, const struct tidy_fact *fact)
{
    const struct tidy_fact_row *row = tidy_fact_row_with(tidy, fact->id);
    struct tidy_text line = {0};

    if (row == NULL || row->wine == TIDY_WINE_UNKNOWN ||
        (row->wine != TIDY_WINE_HOLDS && row->reason == NULL)) {
        return NULL;
    }
    tidy_text_print(&tidy->memory, &line, SEEN_ON " simulator yes; Wine 8.0 ");
    switch (row->wine) {
    case TIDY_WINE_UNKNOWN:
    case TIDY_WINE_HOLDS:
        tidy_text_print(&tidy->memory, &line, "yes");
        break;
    case TIDY_WINE_DEVIATES:
        tidy_text_print(&tidy->memory, &line, "NO (%s)", row->reason);
        break;
    case TIDY_WINE_CANNOT:
        tidy_text_print(&tidy->memory, &line, "not run (%s)", row->reason);
        break;
    }
    return line.start;
}

static void report(struct tidy *tidy, unsigned line, const char *what)
{
    if (!tidy->is_weaving) {
        tidy_report(tidy,
                    tidy->facts_file->path,
                    line,
                    "run tidy --weave: %s.",
                    what);
    }
}

/* A line that says where the fact was seen: the first of its entry is put
 * right, any other goes.  True when it needs no copy. */
static bool weave_seen(struct tidy *tidy,
                       const struct tidy_fact *fact,
                       unsigned line,
                       struct tidy_text *out)
{
    const char *wanted = fact->has_no_test ? NULL : line_of(tidy, fact);

    if (fact->has_no_test || line != fact->seen_line) {
        report(tidy, line, "this \"" SEEN_ON "\" line is one too many");
        return true;
    }
    if (wanted == NULL ||
        tidy_same(tidy->facts_file->lines[line - 1], wanted)) {
        return false;
    }
    report(tidy, line, "this line is stale");
    tidy_text_print(&tidy->memory, out, "%s\n", wanted);
    return true;
}

bool tidy_weave_fact(struct tidy *tidy, unsigned line, struct tidy_text *out)
{
    const struct tidy_fact *fact = entry_of(tidy, line);
    const char *wanted;

    if (fact == NULL || tidy->fact_rows_file == NULL) {
        return false;
    }
    if (tidy_is_seen_line(tidy->facts_file->lines[line - 1])) {
        return weave_seen(tidy, fact, line, out);
    }
    if (line == fact->test_line && !fact->has_no_test && fact->seen_line == 0 &&
        (wanted = line_of(tidy, fact)) != NULL) {
        report(tidy, line, "a \"" SEEN_ON "\" line is missing here");
        tidy_text_print(&tidy->memory, out, "%s\n", wanted);
    }
    return false;
}
