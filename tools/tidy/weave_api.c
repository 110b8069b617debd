/**
 * @file weave_api.c
 * @brief The woven table of Windows functions by layer.
 *
 * The reader's map of which layer may call what, straight from api.def.
 *
 * Uses:     tidy.h.
 * Used by:  weave.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

static const struct {
    const char *layer;
    const char *title;
} layers[] = {
    {"LAYER_0", "0"},
    {"LAYER_1", "1"},
    {"LAYER_2", "2"},
    {"LAYER_ANY", "any"},
    {"LAYER_NONE", "none"},
};

/* True for the first row of its layer and module. */
static bool is_first(const struct tidy *tidy, size_t at)
{
    for (size_t i = 0; i < at; i++) {
        if (tidy_same_span(tidy->api[i].layer, tidy->api[at].layer) &&
            tidy_same_span(tidy->api[i].module, tidy->api[at].module)) {
            return false;
        }
    }
    return true;
}

static void add_row(struct tidy *tidy,
                    size_t first,
                    const char *title,
                    struct tidy_text *out)
{
    const struct tidy_api *api = &tidy->api[first];
    const char *separator = "";

    tidy_text_print(&tidy->memory,
                    out,
                    "| %s | %.*s | ",
                    title,
                    TIDY_PRINT(api->module));
    for (size_t i = first; i < tidy->api_count; i++) {
        if (tidy_same_span(tidy->api[i].layer, api->layer) &&
            tidy_same_span(tidy->api[i].module, api->module)) {
            tidy_text_print(&tidy->memory,
                            out,
                            "%s`%.*s`",
                            separator,
                            TIDY_PRINT(tidy->api[i].name));
            separator = ", ";
        }
    }
    tidy_text_print(&tidy->memory, out, " |\n");
}

bool tidy_weave_api(struct tidy *tidy,
                    const struct tidy_marker *marker,
                    struct tidy_text *out)
{
    if (tidy->api_count == 0) {
        tidy_report(tidy,
                    marker->file->path,
                    marker->line,
                    "write sim/win32/api.def first: there is no table to "
                    "weave.");
        return false;
    }
    tidy_text_print(&tidy->memory,
                    out,
                    "\n| Layer | Module | Functions |\n| --- | --- | --- |\n");
    for (size_t layer = 0; layer < sizeof(layers) / sizeof(layers[0]);
         layer++) {
        for (size_t i = 0; i < tidy->api_count; i++) {
            if (tidy_same(tidy->api[i].layer, layers[layer].layer) &&
                is_first(tidy, i)) {
                add_row(tidy, i, layers[layer].title, out);
            }
        }
    }
    tidy_text_print(&tidy->memory, out, "\n");
    return true;
}
