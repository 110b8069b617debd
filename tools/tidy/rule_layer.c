/**
 * @file rule_layer.c
 * @brief Rule layer: each Windows function is called by one layer.
 *
 * The column LAYER_x of api.def is the reader's map of who calls what, and
 * this check is what keeps the map true.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

/* The layer of a file in src/ as a character, or '\0'. */
static char layer_of(const struct tidy_file *file)
{
    static const char prefix[] = "src/layer";

    if (!tidy_is_under(file, prefix)) {
        return '\0';
    }
    return file->path[sizeof(prefix) - 1];
}

static bool may_call(const struct tidy_api *api, char layer)
{
    static const char prefix[] = "LAYER_";

    if (tidy_same(api->layer, "LAYER_ANY")) {
        return true;
    }
    return layer != '\0' && api->layer.length == sizeof(prefix) &&
           api->layer.start[sizeof(prefix) - 1] == layer;
}

static void check_tokens(struct tidy *tidy,
                         const struct tidy_file *file,
                         const struct tidy_tokens *tokens)
{
    for (size_t at = 0; at < tokens->count; at++) {
        const struct tidy_api *api =
            tidy_is_call(tokens, at)
                ? tidy_api_named(tidy, tokens->items[at].text)
                : NULL;

        if (api == NULL || may_call(api, layer_of(file))) {
            continue;
        }
        if (tidy_same(api->layer, "LAYER_NONE")) {
            tidy_report(tidy,
                        file->path,
                        tokens->items[at].line,
                        "do not call %.*s: no layer may (line %u of %s).",
                        TIDY_PRINT(api->name),
                        api->line,
                        api->file->path);
        } else {
            tidy_report(tidy,
                        file->path,
                        tokens->items[at].line,
                        "call %.*s in %.*s only, or change line %u of %s.",
                        TIDY_PRINT(api->name),
                        TIDY_PRINT(api->layer),
                        api->line,
                        api->file->path);
        }
    }
}

void tidy_check_layer(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        if (tidy_is_c(file) && tidy_is_under(file, "src/")) {
            check_tokens(tidy, file, &file->code);
            check_tokens(tidy, file, &file->directives);
        }
    }
}
