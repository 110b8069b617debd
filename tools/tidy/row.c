/**
 * @file row.c
 * @brief One row of an X-macro table, cut into its arguments.
 *
 * The tables are C, so their rows may run over lines and hold commas inside
 * parentheses and strings.  Working on tokens takes care of that.
 *
 * Uses:     tidy.h.
 * Used by:  api.c, fact_row.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

struct tidy_row tidy_read_row(const struct tidy_file *file, size_t open)
{
    struct tidy_row row = {.end = file->code.count};
    size_t depth = 0;

    for (size_t at = open; at < file->code.count; at++) {
        bool opens = tidy_is_mark(file, at, "(");

        if (tidy_is_mark(file, at, ")") && --depth == 0) {
            row.end = at;
            break;
        }
        if ((depth == 0 && opens) ||
            (depth == 1 && tidy_is_mark(file, at, ","))) {
            if (row.count < TIDY_ROW_MAX) {
                row.argument[row.count] = at + 1;
            }
            row.count++;
        }
        depth += opens;
    }
    return row;
}
