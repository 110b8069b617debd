/**
 * @file weave_kinds.c
 * @brief What can be woven: a region, a tree, a run.
 *
 * Each kind makes the lines between the fences.  None leaves a space at the
 * end of a line, so what is woven passes the other rules.
 *
 * Uses:     tidy.h.
 * Used by:  weave.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

/* ---- FILE#REGION -------------------------------------------------------- */

/* True for a line "//! [name]"; Doxygen's @snippet knows it too. */
static bool is_region_mark(struct tidy_span line, struct tidy_span *name_out)
{
    struct tidy_span rest = tidy_trim(line);

    if (!tidy_starts(rest, "//! [") || !tidy_ends(rest, "]")) {
        return false;
    }
    name_out->start = rest.start + strlen("//! [");
    name_out->length = rest.length - strlen("//! [") - 1;
    return true;
}

/* The lines between the two marks of a region, [first, end). */
static bool find_region(const struct tidy_file *source,
                        struct tidy_span name,
                        size_t *first_out,
                        size_t *end_out)
{
    size_t marks = 0;

    for (size_t line = 0; line < source->line_count; line++) {
        struct tidy_span found;

        if (is_region_mark(source->lines[line], &found) &&
            tidy_same_span(found, name)) {
            *(marks == 0 ? first_out : end_out) = marks == 0 ? line + 1 : line;
            marks++;
        }
    }
    return marks == 2;
}

static size_t indent_of(struct tidy_span line)
{
    size_t indent = 0;

    while (indent < line.length && line.start[indent] == ' ') {
        indent++;
    }
    return indent;
}

static void add_region(struct tidy *tidy,
                       const struct tidy_file *source,
                       size_t first,
                       size_t end,
                       struct tidy_text *out)
{
    size_t indent = (size_t)-1;
    struct tidy_span name;

    for (size_t line = first; line < end; line++) {
        struct tidy_span text = source->lines[line];

        if (tidy_trim(text).length > 0 && !is_region_mark(text, &name) &&
            indent_of(text) < indent) {
            indent = indent_of(text);
        }
    }
    for (size_t line = first; line < end; line++) {
        struct tidy_span text = source->lines[line];

        if (is_region_mark(text, &name)) {
            continue; /* A region inside this one. */
        }
        if (tidy_trim(text).length == 0) {
            text.length = 0;
        } else {
            text = tidy_from(text, text.start + indent);
        }
        tidy_text_print(&tidy->memory, out, "%.*s\n", TIDY_PRINT(text));
    }
}

bool tidy_weave_region(struct tidy *tidy,
                       const struct tidy_marker *marker,
                       struct tidy_text *out)
{
    const char *hash = tidy_find(marker->kind, "#");
    struct tidy_span path = {marker->kind.start,
                             (size_t)(hash - marker->kind.start)};
    struct tidy_span name = tidy_from(marker->kind, hash + 1);
    const struct tidy_file *source =
        tidy_file_at(tidy, tidy_copy(&tidy->memory, path));
    size_t first = 0;
    size_t end = 0;

    if (source == NULL) {
        tidy_report(tidy,
                    marker->file->path,
                    marker->line,
                    "name a file that exists, from the root on: there is no "
                    "%.*s.",
                    TIDY_PRINT(path));
        return false;
    }
    if (!find_region(source, name, &first, &end)) {
        tidy_report(tidy,
                    marker->file->path,
                    marker->line,
                    "put the region between two lines \"//! [%.*s]\" in %s.",
                    TIDY_PRINT(name),
                    source->path);
        return false;
    }
    add_region(tidy, source, first, end, out);
    return true;
}

/* ---- tree PATH ---------------------------------------------------------- */

/* What a file says about itself: its @brief, or the title of a document. */
static struct tidy_span brief_of(const struct tidy_file *file)
{
    if (file->header.brief != NULL) {
        return tidy_span_of(file->header.brief);
    }
    for (size_t i = 0; i < file->line_count; i++) {
        if (file->kind == TIDY_MARKDOWN && tidy_starts(file->lines[i], "# ")) {
            return tidy_trim(
                tidy_from(file->lines[i], file->lines[i].start + 2));
        }
    }
    return (struct tidy_span){"", 0};
}

static size_t depth_below(const char *path, size_t root_length)
{
    size_t depth = 0;

    for (const char *c = path + root_length; *c != '\0'; c++) {
        depth += *c == '/';
    }
    return depth;
}

/* The width of the column of names, so that the briefs stand in a row. */
static size_t name_width(const struct tidy *tidy, const char *root)
{
    size_t width = 0;

    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        if (tidy_is_under(file, root)) {
            size_t own = strlen(file->name) +
                         2 * (depth_below(file->path, strlen(root)) + 1);

            width = own > width ? own : width;
        }
    }
    return width;
}

/* Name the folders of path that the path before did not lie in. */
static void add_folders(struct tidy *tidy,
                        const char *before,
                        const char *path,
                        size_t root_length,
                        struct tidy_text *out)
{
    size_t depth = 0;
    size_t start = root_length;

    for (size_t at = root_length; path[at] != '\0'; at++) {
        if (path[at] != '/') {
            continue;
        }
        depth++;
        if (before == NULL || strncmp(before, path, at + 1) != 0) {
            tidy_text_print(&tidy->memory,
                            out,
                            "%*s%.*s/\n",
                            (int)(2 * depth),
                            "",
                            (int)(at - start),
                            path + start);
        }
        start = at + 1;
    }
}

static void add_file(struct tidy *tidy,
                     const struct tidy_file *file,
                     size_t root_length,
                     size_t width,
                     struct tidy_text *out)
{
    struct tidy_span brief = brief_of(file);
    size_t indent = 2 * (depth_below(file->path, root_length) + 1);

    if (brief.length == 0) {
        tidy_text_print(&tidy->memory,
                        out,
                        "%*s%s\n",
                        (int)indent,
                        "",
                        file->name);
        return;
    }
    tidy_text_print(&tidy->memory,
                    out,
                    "%*s%-*s  %.*s\n",
                    (int)indent,
                    "",
                    (int)(width - indent),
                    file->name,
                    TIDY_PRINT(brief));
}

/* The folder as paths start with it: "sim/" for "sim", "" for ".". */
static const char *root_of(struct tidy *tidy, struct tidy_span folder)
{
    struct tidy_text root = {0};

    while (tidy_ends(folder, "/") || tidy_same(folder, ".")) {
        folder.length--;
    }
    tidy_text_print(&tidy->memory,
                    &root,
                    "%.*s%s",
                    TIDY_PRINT(folder),
                    folder.length > 0 ? "/" : "");
    return root.start;
}

bool tidy_weave_tree(struct tidy *tidy,
                     const struct tidy_marker *marker,
                     struct tidy_text *out)
{
    const char *root = root_of(tidy, marker->arguments);
    size_t width = name_width(tidy, root);
    const char *before = NULL;

    if (width == 0 || marker->arguments.length == 0) {
        tidy_report(tidy,
                    marker->file->path,
                    marker->line,
                    "name a folder that exists, from the root on: there is "
                    "nothing under \"%.*s\".",
                    TIDY_PRINT(marker->arguments));
        return false;
    }
    tidy_text_print(&tidy->memory, out, "%s\n", root[0] != '\0' ? root : "./");
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        if (tidy_is_under(file, root)) {
            add_folders(tidy, before, file->path, strlen(root), out);
            add_file(tidy, file, strlen(root), width, out);
            before = file->path;
        }
    }
    return true;
}

/* ---- run COMMAND -------------------------------------------------------- */

/* Only what no shell gives a meaning to: a document must not be able to run
 * anything but the dry command. */
static bool is_plain(struct tidy_span arguments)
{
    for (size_t i = 0; i < arguments.length; i++) {
        char c = arguments.start[i];

        if (!tidy_is_name(c) && strchr(" .:,=/+-", c) == NULL) {
            return false;
        }
    }
    return arguments.length > 0;
}

static void add_output(struct tidy *tidy,
                       const struct tidy_text *output,
                       struct tidy_text *out)
{
    size_t count = 0;
    struct tidy_span text = {output->start, output->length};
    struct tidy_span *lines = tidy_lines(&tidy->memory, text, &count);

    for (size_t i = 0; i < count; i++) {
        struct tidy_span line = lines[i];

        while (line.length > 0 &&
               strchr(" \t\r", line.start[line.length - 1]) != NULL) {
            line.length--;
        }
        tidy_text_print(&tidy->memory, out, "%.*s\n", TIDY_PRINT(line));
    }
}

bool tidy_weave_run(struct tidy *tidy,
                    const struct tidy_marker *marker,
                    struct tidy_text *out)
{
    struct tidy_text output = {0};
    const char *arguments = tidy_copy(&tidy->memory, marker->arguments);
    int status = -1;

    if (!is_plain(marker->arguments)) {
        tidy_report(tidy,
                    marker->file->path,
                    marker->line,
                    "give the dry command plain words and options; a shell "
                    "reads this line.");
        return false;
    }
    if (tidy->dry_path == NULL) {
        tidy->runs_unchecked++;
        return false;
    }
    /* A run that found a bug ends with 1: that is often what is shown. */
    if (!tidy_host_run(&tidy->memory,
                       tidy->dry_path,
                       arguments,
                       &output,
                       &status) ||
        (status != 0 && status != 1)) {
        tidy_report(tidy,
                    marker->file->path,
                    marker->line,
                    "make \"dry %s\" work: it ended with status %d.",
                    arguments,
                    status);
        return false;
    }
    add_output(tidy, &output, out);
    return true;
}
