/**
 * @file rule_size.c
 * @brief Rule size: nothing grows past what a reader can hold.
 *
 * Limits for files, functions, parameters and nesting.  A shorter function
 * is not always a better one, so the limits are far from the aim (25 lines);
 * --stats shows how close the tree comes to them.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

#define FILE_LINES_MAX     500u
#define FUNCTION_LINES_MAX 60u
#define PARAMETERS_MAX     6u
#define NESTING_MAX        4u

/* A function whose parameters Windows has chosen: its own ones, and those that
 * it calls back. */
static bool is_windows_function(const struct tidy *tidy,
                                const struct tidy_file *file,
                                struct tidy_span name)
{
    struct tidy_span before = {file->text.start,
                               (size_t)(name.start - file->text.start)};

    if (tidy_ends(before, " CALLBACK ")) {
        return true;
    }
    if (tidy_starts(name, "sim_")) {
        name = tidy_from(name, name.start + strlen("sim_"));
    }
    return tidy_api_named(tidy, name) != NULL;
}

static void check_function(struct tidy *tidy,
                           const struct tidy_file *file,
                           const struct tidy_function *function)
{
    unsigned lines = function->line_end - function->line + 1;

    if (lines > FUNCTION_LINES_MAX) {
        tidy_report(tidy,
                    file->path,
                    function->line,
                    "split %.*s: it has %u lines, %u are allowed.",
                    TIDY_PRINT(function->name),
                    lines,
                    FUNCTION_LINES_MAX);
    }
    if (function->parameter_count > PARAMETERS_MAX &&
        function->name.length > 0 &&
        !is_windows_function(tidy, file, function->name)) {
        tidy_report(tidy,
                    file->path,
                    function->line,
                    "give %.*s a struct of options: it has %u parameters, %u "
                    "are allowed.",
                    TIDY_PRINT(function->name),
                    function->parameter_count,
                    PARAMETERS_MAX);
    }
    if (function->nesting > NESTING_MAX) {
        tidy_report(tidy,
                    file->path,
                    function->nesting_line,
                    "take this block out of %.*s: it is nested %u deep, %u "
                    "are allowed.",
                    TIDY_PRINT(function->name),
                    function->nesting,
                    NESTING_MAX);
    }
}

void tidy_check_size(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];
        /* A generated table is never read from top to bottom. */
        bool is_generated = strcmp(file->path, "sim/win32/names.h") == 0;

        if (tidy_is_source(file) && !is_generated &&
            file->line_count > FILE_LINES_MAX) {
            tidy_report(tidy,
                        file->path,
                        (unsigned)file->line_count,
                        "split this file: it has %zu lines, %u are allowed.",
                        file->line_count,
                        FILE_LINES_MAX);
        }
        for (size_t at = 0; at < file->function_count; at++) {
            check_function(tidy, file, &file->functions[at]);
        }
    }
}
