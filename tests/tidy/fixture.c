/**
 * @file fixture.c
 * @brief Reading fixtures.
 *
 * Uses:     fixture.h, tidy.h.
 * Used by:  test_tidy.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define SECTION    "==== "
#define REPEAT     "\\ repeat "
#define NO_NEWLINE "\\ no newline"

/* One line of a section's file: itself, many lines, or less than one. */
static void add_line(struct tidy_memory *memory,
                     struct tidy_text *text,
                     struct tidy_span line)
{
    unsigned long count = 1;

    if (tidy_same(line, NO_NEWLINE)) {
        text->length -= text->length > 0;
        return;
    }
    if (tidy_starts(line, REPEAT)) {
        struct tidy_span rest = tidy_from(line, line.start + strlen(REPEAT));

        count = strtoul(tidy_copy(memory, tidy_word(&rest)), NULL, 10);
        line = tidy_trim(rest);
    }
    for (unsigned long i = 0; i < count; i++) {
        tidy_text_bytes(memory, text, line.start, line.length);
        tidy_text_bytes(memory, text, "\n", 1);
    }
}

static void add_expected(struct tidy_memory *memory,
                         struct fixture *fixture,
                         struct tidy_span line)
{
    fixture->expected = (const char **)tidy_grow(memory,
                                                 (void *)fixture->expected,
                                                 fixture->expected_count,
                                                 sizeof(char *));
    fixture->expected[fixture->expected_count++] = tidy_copy(memory, line);
}

static struct fixture_section *add_section(struct tidy_memory *memory,
                                           struct fixture *fixture,
                                           struct tidy_span line)
{
    struct tidy_span rest = tidy_from(line, line.start + strlen(SECTION));
    struct fixture_section *section;

    fixture->sections = tidy_grow(memory,
                                  fixture->sections,
                                  fixture->section_count,
                                  sizeof(*section));
    section = &fixture->sections[fixture->section_count++];
    section->kind = tidy_copy(memory, tidy_word(&rest));
    section->path = tidy_copy(memory, tidy_trim(rest));
    section->text = (struct tidy_span){"", 0};
    return section;
}

static void parse(struct tidy_memory *memory,
                  struct tidy_span whole,
                  struct fixture *fixture)
{
    size_t count = 0;
    struct tidy_span *lines = tidy_lines(memory, whole, &count);
    struct fixture_section *section = NULL;
    struct tidy_text text = {0};

    for (size_t i = 0; i < count; i++) {
        if (tidy_starts(lines[i], SECTION)) {
            section = add_section(memory, fixture, lines[i]);
            text = (struct tidy_text){0};
        } else if (section != NULL && strcmp(section->kind, "finds") == 0) {
            add_expected(memory, fixture, lines[i]);
        } else if (section != NULL) {
            add_line(memory, &text, lines[i]);
            section->text = (struct tidy_span){text.start, text.length};
        }
    }
}

static struct tidy_span read_whole(struct tidy_memory *memory, const char *path)
{
    FILE *stream = fopen(path, "r");
    struct tidy_text text = {0};
    char part[4096];
    size_t length;

    if (stream == NULL) {
        return (struct tidy_span){"", 0};
    }
    while ((length = fread(part, 1, sizeof(part), stream)) > 0) {
        tidy_text_bytes(memory, &text, part, length);
    }
    (void)fclose(stream);
    return (struct tidy_span){text.start, text.length};
}

static int compare_fixtures(const void *left, const void *right)
{
    const struct fixture *a = left;
    const struct fixture *b = right;

    return strcmp(a->name, b->name);
}

bool fixture_read_all(struct tidy_memory *memory,
                      const char *folder,
                      struct fixtures *fixtures)
{
    struct tidy_entry *entries = NULL;
    size_t count = 0;

    if (!tidy_host_list(memory, folder, &entries, &count)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        struct tidy_span name = tidy_span_of(entries[i].name);
        const char *hyphen = strchr(entries[i].name, '-');
        struct tidy_text path = {0};
        struct fixture fixture = {0};

        if (!tidy_ends(name, ".txt") || hyphen == NULL) {
            continue;
        }
        tidy_text_print(memory, &path, "%s/%s", folder, entries[i].name);
        name.length -= strlen(".txt");
        fixture.name = tidy_copy(memory, name);
        name.length = (size_t)(hyphen - entries[i].name);
        fixture.rule = tidy_copy(memory, name);
        parse(memory, read_whole(memory, path.start), &fixture);
        fixtures->items = tidy_grow(memory,
                                    fixtures->items,
                                    fixtures->count,
                                    sizeof(fixture));
        fixtures->items[fixtures->count++] = fixture;
    }
    if (fixtures->count > 1) {
        qsort(fixtures->items,
              fixtures->count,
              sizeof(*fixtures->items),
              compare_fixtures);
    }
    return fixtures->count > 0;
}
