/**
 * @file header.c
 * @brief The comment at the top of a file, read field by field.
 *
 * Three rules need it: the template itself, the ids under "Facts", and the
 * chain of "Read next".
 *
 * Uses:     tidy.h.
 * Used by:  tree.c, rule_header.c, rule_chain.c, rule_fact.c, weave_kinds.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

const char *const tidy_field_names[TIDY_FIELD_COUNT] = {
    [TIDY_USES] = "Uses:",
    [TIDY_USED_BY] = "Used by:",
    [TIDY_FACTS] = "Facts:",
    [TIDY_READ_NEXT] = "Read next:",
};

/* One line of a comment without its decoration. */
static struct tidy_span bare_line(struct tidy_span line)
{
    struct tidy_span bare = tidy_trim(line);

    if (tidy_ends(bare, "*/")) {
        bare.length -= 2;
    }
    while (bare.length > 0 && (bare.start[0] == '*' || bare.start[0] == '/')) {
        bare = tidy_from(bare, bare.start + 1);
    }
    return tidy_trim(bare);
}

static int field_of(struct tidy_span line)
{
    for (int i = 0; i < TIDY_FIELD_COUNT; i++) {
        if (tidy_starts(line, tidy_field_names[i])) {
            return i;
        }
    }
    return -1;
}

static bool ends_paragraph(struct tidy_span line)
{
    return line.length == 0 || line.start[0] == '@' || field_of(line) >= 0 ||
           tidy_starts(line, "SPDX-");
}

/* The text that starts in line at behind its label, joined with the lines
 * that continue it. */
static const char *paragraph(struct tidy_memory *memory,
                             const struct tidy_span *lines,
                             size_t count,
                             size_t at,
                             const char *label)
{
    struct tidy_text text = {0};
    struct tidy_span first = bare_line(lines[at]);

    first =
        tidy_trim(tidy_from(first, first.start + tidy_span_of(label).length));
    tidy_text_bytes(memory, &text, first.start, first.length);
    for (at++; at < count; at++) {
        struct tidy_span line = bare_line(lines[at]);

        if (ends_paragraph(line)) {
            break;
        }
        tidy_text_print(memory, &text, " %.*s", TIDY_PRINT(line));
    }
    return tidy_copy(memory, tidy_trim(tidy_span_of(text.start)));
}

void tidy_read_header(struct tidy_memory *memory, struct tidy_file *file)
{
    struct tidy_header *header = &file->header;
    size_t count = 0;
    struct tidy_span *lines;

    if (file->comments.count == 0 || file->comments.items[0].line != 1 ||
        !tidy_starts(file->comments.items[0].text, "/**")) {
        return;
    }
    header->line = 1;
    lines = tidy_lines(memory, file->comments.items[0].text, &count);
    for (size_t i = 0; i < count; i++) {
        struct tidy_span line = bare_line(lines[i]);
        unsigned number = (unsigned)i + 1;
        int field = field_of(line);

        if (tidy_starts(line, "@file")) {
            header->file_line = number;
            header->file = paragraph(memory, lines, count, i, "@file");
        } else if (tidy_starts(line, "@brief") && header->brief_line == 0) {
            header->brief_line = number;
            header->brief = paragraph(memory, lines, count, i, "@brief");
        } else if (tidy_same(line, "SPDX-License-Identifier: MIT")) {
            header->licence_line = number;
        } else if (field >= 0 && header->field_line[field] == 0) {
            header->field_line[field] = number;
            header->field[field] =
                paragraph(memory, lines, count, i, tidy_field_names[field]);
        }
    }
}
