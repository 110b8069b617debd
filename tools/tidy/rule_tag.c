/**
 * @file rule_tag.c
 * @brief Rule tag: INVARIANT, OWNER and BOUND keep their word.
 *
 * A tag is a promise in a comment.  Each has something next to it that a
 * machine can find: an assertion, two owners, a loop.  (The fourth tag, for
 * facts, has a rule of its own.)
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <ctype.h>
#include <string.h>

#define NEAR_LINES 5u

static bool has_assert(struct tidy_span word)
{
    static const char wanted[] = "assert";
    size_t length = sizeof(wanted) - 1;

    for (size_t at = 0; at + length <= word.length; at++) {
        size_t same = 0;

        while (same < length &&
               tolower((unsigned char)word.start[at + same]) == wanted[same]) {
            same++;
        }
        if (same == length) {
            return true;
        }
    }
    return false;
}

static void check_invariant(struct tidy *tidy,
                            const struct tidy_file *file,
                            const struct tidy_token *comment)
{
    if (tidy_find_tag(comment->text, "INVARIANT:") == NULL) {
        return;
    }
    for (size_t at = 0; at < file->code.count; at++) {
        const struct tidy_token *token = &file->code.items[at];

        if (token->line > comment->line_end + NEAR_LINES) {
            break;
        }
        if (token->line >= comment->line_end && token->kind == TIDY_WORD &&
            has_assert(token->text)) {
            return;
        }
    }
    tidy_report(tidy,
                file->path,
                comment->line,
                "assert the INVARIANT within %u lines below it.",
                NEAR_LINES);
}

/* ---- "OWNER:" ------------------------------------------------------------ */

static void skip_decoration(struct tidy_span *rest)
{
    while (rest->length > 0 && (strchr(" \t\n*", rest->start[0]) != NULL)) {
        *rest = tidy_from(*rest, rest->start + 1);
    }
}

static bool take_state(struct tidy_span *rest)
{
    static const char *const states[] = {"app", "krn", "que"};

    skip_decoration(rest);
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
        bool is_whole = rest->length == 3 ||
                        (rest->length > 3 && !tidy_is_name(rest->start[3]));

        if (tidy_starts(*rest, states[i]) && is_whole) {
            *rest = tidy_from(*rest, rest->start + 3);
            return true;
        }
    }
    return false;
}

static bool is_change(struct tidy_span rest)
{
    if (!take_state(&rest)) {
        return false;
    }
    skip_decoration(&rest);
    if (!tidy_starts(rest, "->")) {
        return false;
    }
    rest = tidy_from(rest, rest.start + 2);
    return take_state(&rest);
}

static void check_owner(struct tidy *tidy,
                        const struct tidy_file *file,
                        const struct tidy_token *comment)
{
    struct tidy_span rest = comment->text;
    const char *found;

    while ((found = tidy_find_tag(rest, "OWNER:")) != NULL) {
        rest = tidy_from(rest, found + strlen("OWNER:"));
        if (!is_change(rest)) {
            tidy_report(tidy,
                        file->path,
                        comment->line,
                        "write the owners as \"OWNER: a -> b\" with two of "
                        "app, krn, que.");
        }
    }
}

/* ---- BOUND: ------------------------------------------------------------- */

static bool is_endless_for(const struct tidy_file *file, size_t at)
{
    return tidy_is_word(file, at, "for") && tidy_is_mark(file, at + 1, "(") &&
           tidy_is_mark(file, at + 2, ";") && tidy_is_mark(file, at + 3, ";") &&
           tidy_is_mark(file, at + 4, ")");
}

static bool is_endless_while(const struct tidy_file *file, size_t at)
{
    return tidy_is_word(file, at, "while") && tidy_is_mark(file, at + 1, "(") &&
           tidy_is_mark(file, at + 3, ")") &&
           (tidy_is_word(file, at + 2, "true") ||
            (at + 2 < file->code.count &&
             file->code.items[at + 2].kind == TIDY_NUMBER &&
             tidy_same(file->code.items[at + 2].text, "1")));
}

/* The line where a loop starts: of a "do ... while (true);" that of the do. */
static unsigned loop_line(const struct tidy_file *file, size_t at)
{
    size_t depth = 0;

    if (at == 0 || !tidy_is_mark(file, at - 1, "}") ||
        !tidy_is_mark(file, at + 4, ";")) {
        return file->code.items[at].line;
    }
    for (size_t back = at; back-- > 0;) {
        if (tidy_is_mark(file, back, "}")) {
            depth++;
        } else if (tidy_is_mark(file, back, "{") && --depth == 0) {
            return file->code.items[back].line;
        }
    }
    return file->code.items[at].line;
}

static bool has_bound(const struct tidy_file *file, unsigned line)
{
    for (size_t i = 0; i < file->comments.count; i++) {
        const struct tidy_token *comment = &file->comments.items[i];

        if (comment->line <= line && comment->line_end + NEAR_LINES >= line &&
            tidy_find_tag(comment->text, "BOUND:") != NULL) {
            return true;
        }
    }
    return false;
}

static void check_loops(struct tidy *tidy, const struct tidy_file *file)
{
    for (size_t at = 0; at < file->code.count; at++) {
        unsigned line;

        if (!is_endless_for(file, at) && !is_endless_while(file, at)) {
            continue;
        }
        line = loop_line(file, at);
        if (!has_bound(file, line)) {
            tidy_report(tidy,
                        file->path,
                        line,
                        "say why this loop ends, with \"BOUND:\" in a comment "
                        "within %u lines above it.",
                        NEAR_LINES);
        }
    }
}

void tidy_check_tag(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        if (!tidy_is_c(file)) {
            continue;
        }
        for (size_t at = 0; at < file->comments.count; at++) {
            check_invariant(tidy, file, &file->comments.items[at]);
            check_owner(tidy, file, &file->comments.items[at]);
        }
        if (tidy_is_under(file, "src/") || tidy_is_under(file, "sim/")) {
            check_loops(tidy, file);
        }
    }
}
