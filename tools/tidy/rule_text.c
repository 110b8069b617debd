/**
 * @file rule_text.c
 * @brief Rule text: white space, and one title per document.
 *
 * White space that nobody sees still shows in every diff.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

static void check_space(struct tidy *tidy, const struct tidy_file *file)
{
    bool allows_tabs = file->kind == TIDY_ASSEMBLY || file->kind == TIDY_TABLE;

    for (size_t i = 0; i < file->line_count; i++) {
        struct tidy_span line = file->lines[i];
        char last = tidy_char_at(line, line.length - 1);

        if (!allows_tabs && line.length > 0 &&
            memchr(line.start, '\t', line.length) != NULL) {
            tidy_report(tidy,
                        file->path,
                        (unsigned)i + 1,
                        "write spaces in place of the tab.");
        }
        if (last == ' ' || last == '\t') {
            tidy_report(tidy,
                        file->path,
                        (unsigned)i + 1,
                        "remove the space at the end of the line.");
        }
    }
    if (file->text.length > 0 &&
        file->text.start[file->text.length - 1] != '\n') {
        tidy_report(tidy,
                    file->path,
                    (unsigned)file->line_count,
                    "end the last line with a newline.");
    }
}

static bool is_underline(struct tidy_span line)
{
    struct tidy_span rest = tidy_trim(line);

    for (size_t i = 0; i < rest.length; i++) {
        if (rest.start[i] != '=') {
            return false;
        }
    }
    return rest.length >= 3;
}

static void check_title(struct tidy *tidy, const struct tidy_file *file)
{
    struct tidy_fence fence = {0};
    unsigned title = 0;

    for (size_t i = 0; i < file->line_count; i++) {
        struct tidy_span line = file->lines[i];
        bool is_text_above = i > 0 && tidy_trim(file->lines[i - 1]).length > 0;

        if (tidy_fence_step(&fence, line)) {
            continue;
        }
        if (!tidy_starts(line, "# ") && !tidy_starts(line, "<h1") &&
            !(is_underline(line) && is_text_above)) {
            continue;
        }
        if (title != 0) {
            tidy_report(tidy,
                        file->path,
                        (unsigned)i + 1,
                        "make this a \"##\" heading: line %u is the title.",
                        title);
        } else {
            title = (unsigned)i + 1;
        }
    }
    if (title == 0) {
        tidy_report(tidy,
                    file->path,
                    1,
                    "give the document a title, one line that starts with "
                    "\"# \".");
    }
}

void tidy_check_text(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        if (!tidy_is_checked(file)) {
            continue;
        }
        check_space(tidy, file);
        if (file->kind == TIDY_MARKDOWN) {
            check_title(tidy, file);
        }
    }
}
