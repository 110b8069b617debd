/**
 * @file rule_header.c
 * @brief Rule header: each file says why it exists and where to go next.
 *
 * The template makes the sources a book: a title, a sentence, what a page
 * needs, who needs it, the facts it rests on, the next page, the licence.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

/* True when what @file says is the path or a whole tail of it. */
static bool names_file(const struct tidy_file *file, const char *name)
{
    size_t length = strlen(name);
    size_t path_length = strlen(file->path);

    if (length == 0 || length > path_length ||
        strcmp(file->path + path_length - length, name) != 0) {
        return false;
    }
    return length == path_length || file->path[path_length - length - 1] == '/';
}

static void check_fields(struct tidy *tidy, const struct tidy_file *file)
{
    const struct tidy_header *header = &file->header;
    /* Headers that stand in for Windows' own are no pages of the book. */
    bool is_page = !tidy_is_under(file, "sim/win32/");
    unsigned before = 0;

    for (int i = 0; i < TIDY_FIELD_COUNT; i++) {
        unsigned line = header->field_line[i];

        if (line == 0 && (i != TIDY_READ_NEXT || is_page)) {
            tidy_report(tidy,
                        file->path,
                        header->line,
                        "add the field \"%s\" to the comment at the top.",
                        tidy_field_names[i]);
        }
        if (line != 0 && line < before) {
            tidy_report(tidy,
                        file->path,
                        line,
                        "move \"%s\": the order is Uses, Used by, Facts, "
                        "Read next.",
                        tidy_field_names[i]);
        }
        if (line != 0 && header->field[i][0] == '\0') {
            tidy_report(tidy,
                        file->path,
                        line,
                        "say something behind \"%s\"; \"none.\" will do.",
                        tidy_field_names[i]);
        }
        before = line != 0 ? line : before;
    }
}

static void check_file(struct tidy *tidy, const struct tidy_file *file)
{
    const struct tidy_header *header = &file->header;

    if (header->line == 0) {
        tidy_report(tidy,
                    file->path,
                    1,
                    "start the file with a /** comment: @file, @brief, why it "
                    "exists, Uses, Used by, Facts, Read next, SPDX.");
        return;
    }
    if (header->file_line == 0 || !names_file(file, header->file)) {
        tidy_report(tidy,
                    file->path,
                    header->file_line != 0 ? header->file_line : header->line,
                    "write \"@file %s\" at the top.",
                    file->name);
    }
    if (header->brief_line == 0 || header->brief[0] == '\0') {
        tidy_report(tidy,
                    file->path,
                    header->line,
                    "add \"@brief\" and one sentence to the comment at the "
                    "top.");
    }
    if (header->licence_line == 0) {
        tidy_report(tidy,
                    file->path,
                    header->line,
                    "end the comment at the top with "
                    "\"SPDX-License-Identifier: MIT\".");
    }
    check_fields(tidy, file);
}

void tidy_check_header(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        if (tidy_is_source(file) &&
            (tidy_is_under(file, "src/") || tidy_is_under(file, "sim/"))) {
            check_file(tidy, file);
        }
    }
}
