/**
 * @file rule_forbidden.c
 * @brief Rule forbidden: calls, headers and types that have no place here.
 *
 * Layers never allocate and the simulator does so in one place; no test
 * waits for a clock; the layers build with compilers that have no C11
 * threads or atomics; a struct is called a struct.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#define WORD_MAX 8

/* Words that may not be called below a folder, except below others. */
static const struct ban {
    const char *under;
    const char *except[2];
    const char *words[WORD_MAX];
    const char *sentence;
} bans[] = {
    {"src/",
     {NULL},
     {"malloc", "calloc", "realloc", "free", "aligned_alloc", "strdup"},
     "take memory from the caller; layers do not allocate"},
    {"sim/",
     {"sim/host/"},
     {"malloc", "calloc", "realloc", "free", "aligned_alloc", "strdup"},
     "take memory from the world's arena; only sim/host allocates"},
    /* Where the simulator is what is tested, Sleep takes virtual time. */
    {"tests/",
     {"tests/facts/", "tests/sim/"},
     {"Sleep"},
     "wait for what should happen; no test sleeps"},
    {"tests/",
     {NULL},
     {"sleep", "usleep", "nanosleep", "thrd_sleep"},
     "wait in virtual time; no test sleeps"},
};

static bool is_banned(const struct ban *ban,
                      const struct tidy_file *file,
                      struct tidy_span word)
{
    if (!tidy_is_under(file, ban->under)) {
        return false;
    }
    for (size_t i = 0; i < 2 && ban->except[i] != NULL; i++) {
        if (tidy_is_under(file, ban->except[i])) {
            return false;
        }
    }
    for (size_t i = 0; i < WORD_MAX && ban->words[i] != NULL; i++) {
        if (tidy_same(word, ban->words[i])) {
            return true;
        }
    }
    return false;
}

/* sim/api defines some of these for the simulated program. */
static bool is_definition(const struct tidy_file *file, struct tidy_span word)
{
    for (size_t i = 0; i < file->function_count; i++) {
        if (file->functions[i].name.start == word.start) {
            return true;
        }
    }
    return false;
}

static void check_calls(struct tidy *tidy,
                        const struct tidy_file *file,
                        const struct tidy_tokens *tokens)
{
    for (size_t at = 0; at < tokens->count; at++) {
        const struct tidy_token *token = &tokens->items[at];

        if (!tidy_is_call(tokens, at)) {
            continue;
        }
        for (size_t i = 0; i < sizeof(bans) / sizeof(bans[0]); i++) {
            if (is_banned(&bans[i], file, token->text) &&
                !is_definition(file, token->text)) {
                tidy_report(tidy,
                            file->path,
                            token->line,
                            "do not call %.*s here: %s.",
                            TIDY_PRINT(token->text),
                            bans[i].sentence);
            }
        }
    }
}

static void check_headers(struct tidy *tidy, const struct tidy_file *file)
{
    static const char *const headers[] = {"threads", "stdatomic"};
    const struct tidy_token *items = file->directives.items;

    for (size_t at = 0; at + 3 < file->directives.count; at++) {
        for (size_t i = 0; i < sizeof(headers) / sizeof(headers[0]); i++) {
            if (items[at].kind == TIDY_DIRECTIVE &&
                tidy_same(items[at + 1].text, "include") &&
                tidy_same(items[at + 2].text, "<") &&
                tidy_same(items[at + 3].text, headers[i])) {
                tidy_report(tidy,
                            file->path,
                            items[at].line,
                            "use the Windows calls in place of <%s.h>: not "
                            "every compiler here has it.",
                            headers[i]);
            }
        }
    }
}

/* ---- typedef ------------------------------------------------------------ */

/* The semicolon that ends a typedef, past the braces of a body. */
static size_t typedef_end(const struct tidy_file *file, size_t at)
{
    size_t depth = 0;

    for (; at < file->code.count; at++) {
        if (tidy_is_mark(file, at, "{")) {
            depth++;
        } else if (tidy_is_mark(file, at, "}")) {
            depth--;
        } else if (depth == 0 && tidy_is_mark(file, at, ";")) {
            break;
        }
    }
    return at;
}

/* The first such mark outside braces, or end. */
static size_t find_mark(const struct tidy_file *file,
                        size_t first,
                        size_t end,
                        const char *mark)
{
    size_t depth = 0;

    for (size_t at = first; at < end; at++) {
        depth += tidy_is_mark(file, at, "{");
        depth -= tidy_is_mark(file, at, "}");
        if (depth == 0 && tidy_is_mark(file, at, mark)) {
            return at;
        }
    }
    return end;
}

/* The name a typedef introduces: in front of its array size, its parameters
 * or its semicolon, or inside "(*name)" for a pointer to a function. */
static size_t typedef_name(const struct tidy_file *file,
                           size_t first,
                           size_t end)
{
    size_t open = find_mark(file, first, end, "(");
    size_t close = find_mark(file, first, end, ")");
    size_t bracket = find_mark(file, first, end, "[");

    if (open < end && tidy_is_mark(file, close + 1, "(")) {
        return close - 1;
    }
    if (open < end) {
        return open - 1;
    }
    return bracket - 1;
}

static void check_typedefs(struct tidy *tidy, const struct tidy_file *file)
{
    for (size_t at = 0; at + 1 < file->code.count; at++) {
        size_t end;
        struct tidy_span name;

        if (!tidy_is_word(file, at, "typedef")) {
            continue;
        }
        end = typedef_end(file, at);
        name = file->code.items[typedef_name(file, at + 1, end)].text;
        if (tidy_is_word(file, at + 1, "struct") ||
            tidy_is_word(file, at + 1, "union")) {
            tidy_report(tidy,
                        file->path,
                        file->code.items[at].line,
                        "drop the typedef and write \"%.*s\" where it is used.",
                        TIDY_PRINT(file->code.items[at + 1].text));
        }
        if (tidy_ends(name, "_t")) {
            tidy_report(tidy,
                        file->path,
                        file->code.items[at].line,
                        "rename %.*s: names that end in _t belong to POSIX.",
                        TIDY_PRINT(name));
        }
        at = end;
    }
}

void tidy_check_forbidden(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];
        bool is_src = tidy_is_under(file, "src/");
        bool is_sim =
            tidy_is_under(file, "sim/") && !tidy_is_under(file, "sim/win32/");

        if (!tidy_is_c(file)) {
            continue;
        }
        check_calls(tidy, file, &file->code);
        check_calls(tidy, file, &file->directives);
        if (is_src) {
            check_headers(tidy, file);
        }
        if (is_src || is_sim) {
            check_typedefs(tidy, file);
        }
    }
}
