/**
 * @file rule_prefix.c
 * @brief Rule prefix: a name tells how far down a call goes.
 *
 * A prefix means that somebody else can see the name.  So what others can see
 * has the prefix of its layer, and what is private to a file has none.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

static const struct home {
    const char *folder;
    const char *prefix;
} homes[] = {
    {"src/layer0", "iocp_"},
    {"src/layer1", "op_"},
    {"src/layer2", "net_"},
    {"sim/", "sim_"},
};
#define HOME_COUNT (sizeof(homes) / sizeof(homes[0]))

static const struct home *home_of(const struct tidy_file *file)
{
    for (size_t i = 0; i < HOME_COUNT; i++) {
        if (tidy_is_under(file, homes[i].folder)) {
            return &homes[i];
        }
    }
    return NULL;
}

static const char *prefix_of(struct tidy_span name)
{
    for (size_t i = 0; i < HOME_COUNT; i++) {
        if (tidy_starts(name, homes[i].prefix)) {
            return homes[i].prefix;
        }
    }
    return NULL;
}

/* Names that others have chosen: Windows functions where the simulator has
 * them, what the sanitizers look for, and what the linker makes of a name
 * that it is told to wrap. */
static bool is_given(const struct tidy *tidy,
                     const struct tidy_file *file,
                     struct tidy_span name)
{
    if ((tidy_is_under(file, "sim/api/") ||
         tidy_is_under(file, "sim/winsock/")) &&
        tidy_api_named(tidy, name) != NULL) {
        return true;
    }
    return tidy_starts(name, "__tsan_") || tidy_starts(name, "__asan_") ||
           tidy_starts(name, "__lsan_") || tidy_starts(name, "__ubsan_") ||
           tidy_starts(name, "__sanitizer_") || tidy_starts(name, "__wrap_");
}

static void check_function(struct tidy *tidy,
                           const struct tidy_file *file,
                           const struct home *home,
                           const struct tidy_function *function)
{
    if (function->name.length == 0) {
        return;
    }
    if (!function->is_static && !tidy_starts(function->name, home->prefix) &&
        !is_given(tidy, file, function->name)) {
        tidy_report(tidy,
                    file->path,
                    function->line,
                    "name %.*s with the prefix %s, or make it static.",
                    TIDY_PRINT(function->name),
                    home->prefix);
    }
    /* A static function of a header is seen by others: it needs the prefix. */
    if (function->is_static && file->kind == TIDY_C &&
        prefix_of(function->name) != NULL) {
        tidy_report(tidy,
                    file->path,
                    function->line,
                    "drop the prefix %s of %.*s: a static function is "
                    "private to its file.",
                    prefix_of(function->name),
                    TIDY_PRINT(function->name));
    }
}

static void check_uses(struct tidy *tidy,
                       const struct tidy_file *file,
                       const struct tidy_tokens *tokens)
{
    for (size_t at = 0; at < tokens->count; at++) {
        const struct tidy_token *token = &tokens->items[at];

        if (token->kind == TIDY_WORD && tidy_starts(token->text, "iocp_")) {
            tidy_report(tidy,
                        file->path,
                        token->line,
                        "do not use %.*s in layer 2; go through layer 1.",
                        TIDY_PRINT(token->text));
        }
    }
}

void tidy_check_prefix(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];
        const struct home *home = home_of(file);

        if (!tidy_is_c(file) || home == NULL) {
            continue;
        }
        for (size_t at = 0; at < file->function_count; at++) {
            check_function(tidy, file, home, &file->functions[at]);
        }
        if (tidy_is_under(file, "src/layer2")) {
            check_uses(tidy, file, &file->code);
            check_uses(tidy, file, &file->directives);
        }
    }
}
