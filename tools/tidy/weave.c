/**
 * @file weave.c
 * @brief Rule weave: excerpts in Markdown are never copied by hand.
 *
 * A line "<!-- weave: KIND ARGUMENTS -->" owns the fenced block below it.
 * The block is made anew on every run: tidy --weave writes it, plain tidy
 * finds fault with one that differs.  So a document cannot show code that is
 * no longer there.  One document also has woven lines without a marker:
 * "Seen on" of docs/facts.md.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

#define MARKER_START "<!-- weave:"
#define MARKER_END   "-->"
#define TABLE_END    "<!-- end weave -->"

/* What a kind makes, and in what: a fence of a language, or a table that ends
 * with a marker of its own. */
struct kind {
    const char *name;
    const char *language; /* NULL for a table. */
    bool (*make)(struct tidy *tidy,
                 const struct tidy_marker *marker,
                 struct tidy_text *out);
};

static const struct kind kinds[] = {
    {"tree", "text", tidy_weave_tree},
    {"run", "text", tidy_weave_run},
    {"api", NULL, tidy_weave_api},
    {"rules", NULL, tidy_weave_rules},
};

static const struct kind region = {"", "c", tidy_weave_region};

static void weave_document(struct tidy *tidy, struct tidy_file *file);

void tidy_check_weave(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        if (tidy->files[i].kind == TIDY_MARKDOWN) {
            weave_document(tidy, &tidy->files[i]);
        }
    }
}

/* ---- Markers ------------------------------------------------------------ */

static bool read_marker(const struct tidy_file *file,
                        size_t line,
                        struct tidy_marker *marker)
{
    struct tidy_span text = tidy_trim(file->lines[line]);
    struct tidy_span inside;

    if (!tidy_starts(file->lines[line], MARKER_START) ||
        !tidy_ends(text, MARKER_END) ||
        text.length < strlen(MARKER_START) + strlen(MARKER_END)) {
        return false;
    }
    inside = tidy_from(text, text.start + strlen(MARKER_START));
    inside.length -= strlen(MARKER_END);
    marker->file = file;
    marker->line = (unsigned)line + 1;
    marker->kind = tidy_word(&inside);
    marker->arguments = tidy_trim(inside);
    return true;
}

static const struct kind *kind_of(struct tidy *tidy,
                                  const struct tidy_marker *marker)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (tidy_same(marker->kind, kinds[i].name)) {
            return &kinds[i];
        }
    }
    if (tidy_find(marker->kind, "#") != NULL) {
        return &region;
    }
    tidy_report(tidy,
                marker->file->path,
                marker->line,
                "weave FILE#REGION, tree, run, api or rules; there is no kind "
                "\"%.*s\".",
                TIDY_PRINT(marker->kind));
    return NULL;
}

/* ---- Blocks ------------------------------------------------------------- */

/* The lines of the block below a marker, [first, end).  Empty when there is
 * none yet.  False when it never ends. */
static bool find_block(const struct tidy_file *file,
                       size_t first,
                       const struct kind *kind,
                       size_t *end_out)
{
    struct tidy_fence fence = {0};

    *end_out = first;
    if (kind->language == NULL) {
        for (size_t line = first; line < file->line_count; line++) {
            if (tidy_same(tidy_trim(file->lines[line]), TABLE_END)) {
                *end_out = line + 1;
                return true;
            }
        }
        return false;
    }
    if (first == file->line_count ||
        !tidy_fence_step(&fence, file->lines[first])) {
        return true;
    }
    for (size_t line = first + 1; line < file->line_count; line++) {
        (void)tidy_fence_step(&fence, file->lines[line]);
        if (fence.mark == '\0') {
            *end_out = line + 1;
            return true;
        }
    }
    return false;
}

/* A fence longer than any run of back quotes inside. */
static size_t fence_length_for(const struct tidy_text *content)
{
    size_t longest = 2;
    size_t run = 0;

    for (size_t i = 0; i < content->length; i++) {
        run = content->start[i] == '`' ? run + 1 : 0;
        longest = run > longest ? run : longest;
    }
    return longest + 1;
}

static void add_fence(struct tidy *tidy,
                      struct tidy_text *out,
                      size_t length,
                      const char *language)
{
    for (size_t i = 0; i < length; i++) {
        tidy_text_print(&tidy->memory, out, "`");
    }
    tidy_text_print(&tidy->memory, out, "%s\n", language);
}

static struct tidy_text make_block(struct tidy *tidy,
                                   const struct kind *kind,
                                   const struct tidy_text *content)
{
    struct tidy_text block = {0};
    size_t length = fence_length_for(content);

    if (kind->language != NULL) {
        add_fence(tidy, &block, length, kind->language);
    }
    tidy_text_bytes(&tidy->memory, &block, content->start, content->length);
    if (kind->language != NULL) {
        add_fence(tidy, &block, length, "");
    } else {
        tidy_text_print(&tidy->memory, &block, "%s\n", TABLE_END);
    }
    return block;
}

/* ---- Documents ---------------------------------------------------------- */

static void copy_lines(struct tidy *tidy,
                       const struct tidy_file *file,
                       size_t first,
                       size_t end,
                       struct tidy_text *out)
{
    for (size_t line = first; line < end; line++) {
        tidy_text_print(&tidy->memory,
                        out,
                        "%.*s\n",
                        TIDY_PRINT(file->lines[line]));
    }
}

static bool find_own_block(struct tidy *tidy,
                           const struct tidy_marker *marker,
                           const struct kind *kind,
                           size_t *end_out)
{
    if (find_block(marker->file, marker->line, kind, end_out)) {
        return true;
    }
    tidy_report(tidy,
                marker->file->path,
                marker->line,
                "close the block below with %s.",
                kind->language != NULL ? "a fence" : "\"" TABLE_END "\"");
    return false;
}

/* Weave one block.  Returns the first line behind it; what stands in its
 * place is added to out. */
static size_t weave_block(struct tidy *tidy,
                          const struct tidy_marker *marker,
                          struct tidy_text *out)
{
    const struct tidy_file *file = marker->file;
    const struct kind *kind = kind_of(tidy, marker);
    size_t first = marker->line;
    size_t end = first;
    struct tidy_text old = {0};
    struct tidy_text content = {0};
    struct tidy_text block;

    if (kind == NULL || !find_own_block(tidy, marker, kind, &end)) {
        return first;
    }
    copy_lines(tidy, file, first, end, &old);
    if (!kind->make(tidy, marker, &content)) {
        tidy_text_bytes(&tidy->memory, out, old.start, old.length);
        return end;
    }
    block = make_block(tidy, kind, &content);
    if (!tidy->is_weaving &&
        !tidy_same_span((struct tidy_span){block.start, block.length},
                        (struct tidy_span){old.start, old.length})) {
        tidy_report(tidy,
                    file->path,
                    marker->line,
                    "run tidy --weave: the block below is stale.");
    }
    tidy_text_bytes(&tidy->memory, out, block.start, block.length);
    return end;
}

static void weave_document(struct tidy *tidy, struct tidy_file *file)
{
    struct tidy_fence fence = {0};
    struct tidy_text out = {0};
    struct tidy_marker marker;
    size_t line = 0;

    while (line < file->line_count) {
        bool is_code = tidy_fence_step(&fence, file->lines[line]);
        bool is_done = !is_code && file == tidy->facts_file &&
                       tidy_weave_fact(tidy, (unsigned)line + 1, &out);

        if (!is_done) {
            copy_lines(tidy, file, line, line + 1, &out);
        }
        line++;
        if (!is_code && read_marker(file, line - 1, &marker)) {
            line = weave_block(tidy, &marker, &out);
        }
    }
    if (tidy->is_weaving && out.length > 0 &&
        !tidy_same_span(file->text,
                        (struct tidy_span){out.start, out.length})) {
        file->woven = out.start;
        file->woven_bytes = out.length;
    }
}
