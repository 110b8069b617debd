/**
 * @file api.c
 * @brief The table of simulated functions, read from sim/win32/api.def.
 *
 * The table decides which layer may call what, so the lint reads the very
 * rows that the simulator is built from:
 * API(MODULE, LAYER_x, RETURN, Name, (parameters)).  What does not fit into
 * one file stands in others, which api.def includes at its end.
 *
 * Uses:     tidy.h.
 * Used by:  rule_layer.c, rule_prefix.c, rule_size.c, rule_names.c,
 *           weave_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARGUMENT_COUNT 5u
#define API_FOLDER     "sim/win32/"

static void add_row(struct tidy *tidy,
                    const struct tidy_file *file,
                    const struct tidy_row *row)
{
    const struct tidy_token *items = file->code.items;
    struct tidy_api *api;

    tidy->api =
        tidy_grow(&tidy->memory, tidy->api, tidy->api_count, sizeof(*api));
    api = &tidy->api[tidy->api_count++];
    api->file = file;
    api->module = items[row->argument[0]].text;
    api->layer = items[row->argument[1]].text;
    /* RETURN may be several tokens: the name stands before the last comma. */
    api->name = items[row->argument[4] - 2].text;
    api->line = items[row->argument[4] - 2].line;
}

static int compare_rows(const void *left, const void *right)
{
    const struct tidy_api *a = left;
    const struct tidy_api *b = right;
    bool is_shorter = a->name.length < b->name.length;
    int order = memcmp(a->name.start,
                       b->name.start,
                       is_shorter ? a->name.length : b->name.length);

    if (order == 0 && a->name.length != b->name.length) {
        order = is_shorter ? -1 : 1;
    }
    return order;
}

static void sort_rows(struct tidy *tidy)
{
    size_t bytes = tidy->api_count * sizeof(*tidy->api);

    if (bytes == 0) {
        return;
    }
    tidy->api_sorted = tidy_alloc(&tidy->memory, bytes);
    memcpy(tidy->api_sorted, tidy->api, bytes);
    qsort(tidy->api_sorted, tidy->api_count, sizeof(*tidy->api), compare_rows);
}

static void add_rows(struct tidy *tidy, const struct tidy_file *file)
{
    for (size_t at = 0; at + 1 < file->code.count; at++) {
        if (tidy_is_word(file, at, "API") && tidy_is_mark(file, at + 1, "(")) {
            struct tidy_row row = tidy_read_row(file, at + 1);

            if (row.count == ARGUMENT_COUNT) {
                add_row(tidy, file, &row);
            }
            at = row.end;
        }
    }
}

/* The file that an include directive names, beside api.def; or NULL. */
static const struct tidy_file *included(const struct tidy *tidy,
                                        const struct tidy_token *items)
{
    char path[256];
    struct tidy_span quoted = items[2].text;

    if (items[0].kind != TIDY_DIRECTIVE ||
        !tidy_same(items[1].text, "include") || quoted.length < 2 ||
        quoted.start[0] != '"') {
        return NULL;
    }
    (void)snprintf(path,
                   sizeof(path),
                   API_FOLDER "%.*s",
                   (int)(quoted.length - 2),
                   quoted.start + 1);
    return tidy_file_at(tidy, path);
}

void tidy_read_api(struct tidy *tidy)
{
    const struct tidy_file *file = tidy_file_at(tidy, API_FOLDER "api.def");

    tidy->api_file = file;
    if (file == NULL) {
        return;
    }
    add_rows(tidy, file);
    for (size_t at = 0; at + 2 < file->directives.count; at++) {
        const struct tidy_file *more =
            included(tidy, &file->directives.items[at]);

        if (more != NULL) {
            add_rows(tidy, more);
        }
    }
    sort_rows(tidy);
}

const struct tidy_api *tidy_api_named(const struct tidy *tidy,
                                      struct tidy_span name)
{
    struct tidy_api wanted = {.name = name};

    if (tidy->api_count == 0 || name.length == 0) {
        return NULL;
    }
    return bsearch(&wanted,
                   tidy->api_sorted,
                   tidy->api_count,
                   sizeof(*tidy->api_sorted),
                   compare_rows);
}
