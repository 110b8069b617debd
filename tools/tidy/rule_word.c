/**
 * @file rule_word.c
 * @brief Rule word: four words that belittle the reader or the sentence.
 *
 * What is simple to the writer is what the reader came for.  The words are
 * looked for in comments and in prose; where one is quoted, it is mentioned
 * and not used.  Documentation does without exclamation marks too.
 *
 * Uses:     tidy.h.
 * Used by:  rules.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <ctype.h>
#include <string.h>

static const char *const banned[] = {
    "simply",
    "just",
    "obviously",
    "utilise",
    "utilises",
    "utilised",
};

static const char *banned_word(struct tidy_span word)
{
    for (size_t i = 0; i < sizeof(banned) / sizeof(banned[0]); i++) {
        size_t length = strlen(banned[i]);
        size_t same = 0;

        if (word.length != length) {
            continue;
        }
        while (same < length &&
               tolower((unsigned char)word.start[same]) == banned[i][same]) {
            same++;
        }
        if (same == length) {
            return banned[i];
        }
    }
    return NULL;
}

static bool is_quoted(struct tidy_span text, struct tidy_span word)
{
    const char *end = text.start + text.length;

    return word.start > text.start && word.start + word.length < end &&
           strchr("\"'`", word.start[-1]) != NULL &&
           word.start[-1] == word.start[word.length];
}

static void check_words(struct tidy *tidy,
                        const struct tidy_file *file,
                        unsigned line,
                        struct tidy_span text)
{
    size_t at = 0;

    while (at < text.length) {
        struct tidy_span word = {text.start + at, 0};

        while (at < text.length && tidy_is_name(text.start[at])) {
            at++;
            word.length++;
        }
        if (word.length > 0 && banned_word(word) != NULL &&
            !is_quoted(text, word)) {
            tidy_report(tidy,
                        file->path,
                        line,
                        "say it without \"%s\".",
                        banned_word(word));
        }
        if (at < text.length) {
            line += text.start[at] == '\n';
            at++;
        }
    }
}

/* True when c is one of set; the end of the line is '\0' and in every set. */
static bool is_among(const char *set, char c)
{
    return strchr(set, c) != NULL;
}

/* A mark behind a word or a closing sign, with nothing more of a word after
 * it: a sentence that shouts, as opposed to "!=" or "![picture]". */
static bool has_shout(struct tidy_span line)
{
    for (size_t at = 1; at < line.length; at++) {
        char before = line.start[at - 1];
        char after = tidy_char_at(line, at + 1);
        struct tidy_span mark = {line.start + at, 1};

        if (line.start[at] == '!' && !is_quoted(line, mark) &&
            (isalnum((unsigned char)before) != 0 ||
             is_among(")\"'*_!", before)) &&
            is_among(" \"')*_!", after)) {
            return true;
        }
    }
    return false;
}

static bool is_documentation(const struct tidy_file *file)
{
    return tidy_is_under(file, "docs/") || strcmp(file->name, "README.md") == 0;
}

static void check_prose(struct tidy *tidy, const struct tidy_file *file)
{
    struct tidy_fence fence = {0};

    for (size_t i = 0; i < file->line_count; i++) {
        char *copy;
        struct tidy_span line = file->lines[i];

        if (tidy_fence_step(&fence, line)) {
            continue;
        }
        copy = tidy_copy(&tidy->memory, line);
        tidy_blank_code(copy, line.length);
        line.start = copy;
        check_words(tidy, file, (unsigned)i + 1, line);
        if (is_documentation(file) && has_shout(line)) {
            tidy_report(tidy,
                        file->path,
                        (unsigned)i + 1,
                        "end the sentence with a full stop.");
        }
    }
}

void tidy_check_word(struct tidy *tidy)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        for (size_t at = 0; at < file->comments.count; at++) {
            const struct tidy_token *comment = &file->comments.items[at];

            check_words(tidy, file, comment->line, comment->text);
        }
        if (file->kind == TIDY_MARKDOWN) {
            check_prose(tidy, file);
        }
    }
}
