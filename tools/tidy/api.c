/**
 * @file api.c
 * @brief The table of simulated functions, read from sim/win32/api.def.
 *
 * The table decides which layer may call what, so the lint reads the very
 * rows that the simulator is built from:
 * API(MODULE, LAYER_x, RETURN, Name, (parameters)).
 *
 * Uses:     tidy.h.
 * Used by:  rule_layer.c, rule_prefix.c, rule_size.c, rule_names.c,
 *           weave_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <stdlib.h>
#include <string.h>

#define ARGUMENT_COUNT 5u

static void add_row(struct tidy *tidy,
                    const struct tidy_file *file,
                    const struct tidy_row *row)
{
    const struct tidy_token *items = file->code.items;
    struct tidy_api *api;

    tidy->api =
        tidy_grow(&tidy->memory, tidy->api, tidy->api_count, sizeof(*api));
    api = &tidy->api[tidy->api_count++];
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

void tidy_read_api(struct tidy *tidy)
{
    const struct tidy_file *file = tidy_file_at(tidy, "sim/win32/api.def");

    tidy->api_file = file;
    if (file == NULL) {
        return;
    }
    for (size_t at = 0; at + 1 < file->code.count; at++) {
        if (tidy_is_word(file, at, "API") && tidy_is_mark(file, at + 1, "(")) {
            struct tidy_row row = tidy_read_row(file, at + 1);

            if (row.count == ARGUMENT_COUNT) {
                add_row(tidy, file, &row);
            }
            at = row.end;
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
