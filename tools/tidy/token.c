/**
 * @file token.c
 * @brief C cut into tokens: code, directives and comments apart.
 *
 * Rules about calls must not be fooled by a comment or a string, and rules
 * about comments must not be fooled by code.  So each file is cut once, into
 * three lists.  Directives have a list of their own because their tokens
 * stand between two code tokens that belong together.
 *
 * Uses:     tidy.h.
 * Used by:  tree.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

struct scanner {
    struct tidy_memory *memory;
    struct tidy_file *file;
    const char *at;
    const char *end;
    unsigned line;
    bool is_line_start; /* Nothing but blanks so far on this line. */
    bool in_directive;
};

static bool skip_blank(struct scanner *scanner);
static bool take_comment(struct scanner *scanner);
static void take_token(struct scanner *scanner);
static void note_branch(struct scanner *scanner);

void tidy_tokenize(struct tidy_memory *memory, struct tidy_file *file)
{
    struct scanner scanner = {
        .memory = memory,
        .file = file,
        .at = file->text.start,
        .end = file->text.start + file->text.length,
        .line = 1,
        .is_line_start = true,
    };

    while (scanner.at < scanner.end) {
        if (!skip_blank(&scanner) && !take_comment(&scanner)) {
            take_token(&scanner);
        }
    }
}

static char char_at(const struct scanner *scanner, size_t offset)
{
    struct tidy_span rest = {scanner->at, (size_t)(scanner->end - scanner->at)};

    return tidy_char_at(rest, offset);
}

static bool skip_blank(struct scanner *scanner)
{
    char c = *scanner->at;

    if (c == '\\' && char_at(scanner, 1) == '\n') {
        scanner->at += 2;
        scanner->line++;
        return true;
    }
    if (c == '\n') {
        scanner->at++;
        scanner->line++;
        scanner->is_line_start = true;
        scanner->in_directive = false;
        return true;
    }
    if (c == ' ' || c == '\t' || c == '\f' || c == '\v' || c == '\r') {
        scanner->at++;
        return true;
    }
    return false;
}

static void add_token(struct scanner *scanner,
                      struct tidy_tokens *tokens,
                      enum tidy_token_kind kind,
                      size_t length)
{
    struct tidy_token *token;

    tokens->items = tidy_grow(scanner->memory,
                              tokens->items,
                              tokens->count,
                              sizeof(*token));
    token = &tokens->items[tokens->count++];
    token->kind = kind;
    token->text = (struct tidy_span){scanner->at, length};
    token->line = scanner->line;
    for (size_t i = 0; i < length; i++) {
        scanner->line += scanner->at[i] == '\n';
    }
    token->line_end = scanner->line;
    scanner->at += length;
}

static size_t line_comment_length(const struct scanner *scanner)
{
    const char *end =
        memchr(scanner->at, '\n', (size_t)(scanner->end - scanner->at));

    return (size_t)((end != NULL ? end : scanner->end) - scanner->at);
}

static size_t block_comment_length(const struct scanner *scanner)
{
    struct tidy_span rest = {scanner->at + 2,
                             (size_t)(scanner->end - scanner->at) - 2};
    const char *end = tidy_find(rest, "*/");

    return (size_t)((end != NULL ? end + 2 : scanner->end) - scanner->at);
}

static bool take_comment(struct scanner *scanner)
{
    size_t length;

    if (*scanner->at != '/') {
        return false;
    }
    if (char_at(scanner, 1) == '/') {
        length = line_comment_length(scanner);
    } else if (char_at(scanner, 1) == '*') {
        length = block_comment_length(scanner);
    } else {
        return false;
    }
    add_token(scanner, &scanner->file->comments, TIDY_COMMENT, length);
    return true;
}

/* The length of a literal.  One that is not closed ends with its line, so an
 * apostrophe in assembly or in #error text costs one line at most. */
static size_t literal_length(const struct scanner *scanner)
{
    char quote = *scanner->at;
    size_t length = 1;
    char c;

    while ((c = char_at(scanner, length)) != '\0' && c != '\n') {
        length++;
        if (c == quote) {
            break;
        }
        if (c == '\\' && char_at(scanner, length) != '\0') {
            length++;
        }
    }
    return length;
}

static size_t number_length(const struct scanner *scanner)
{
    size_t length = 1;
    char c;

    while ((c = char_at(scanner, length)) != '\0') {
        char before = char_at(scanner, length - 1);
        bool is_exponent_sign =
            (c == '+' || c == '-') &&
            (before == 'e' || before == 'E' || before == 'p' || before == 'P');

        if (!tidy_is_name(c) && c != '.' && !is_exponent_sign) {
            break;
        }
        length++;
    }
    return length;
}

static size_t word_length(const struct scanner *scanner)
{
    size_t length = 1;

    while (tidy_is_name(char_at(scanner, length))) {
        length++;
    }
    return length;
}

static void take_token(struct scanner *scanner)
{
    char c = *scanner->at;
    bool is_number =
        (c >= '0' && c <= '9') ||
        (c == '.' && char_at(scanner, 1) >= '0' && char_at(scanner, 1) <= '9');
    enum tidy_token_kind kind = TIDY_MARK;
    size_t length = 1;

    if (c == '#' && scanner->is_line_start) {
        scanner->in_directive = true;
        kind = TIDY_DIRECTIVE;
    } else if (c == '"' || c == '\'') {
        kind = c == '"' ? TIDY_STRING : TIDY_CHARACTER;
        length = literal_length(scanner);
    } else if (is_number) {
        kind = TIDY_NUMBER;
        length = number_length(scanner);
    } else if (tidy_is_name(c)) {
        kind = TIDY_WORD;
        length = word_length(scanner);
    } else if (c == '-' && char_at(scanner, 1) == '>') {
        length = 2;
    }
    scanner->is_line_start = false;
    add_token(scanner,
              scanner->in_directive ? &scanner->file->directives
                                    : &scanner->file->code,
              kind,
              length);
    if (scanner->in_directive && kind == TIDY_WORD) {
        note_branch(scanner);
    }
}

static void add_branch(struct scanner *scanner, enum tidy_branch_kind kind)
{
    struct tidy_file *file = scanner->file;
    struct tidy_branch *branch;

    file->branches = tidy_grow(scanner->memory,
                               file->branches,
                               file->branch_count,
                               sizeof(*branch));
    branch = &file->branches[file->branch_count++];
    branch->kind = kind;
    branch->at = file->code.count;
}

/* Remember #if, #else and #endif; the word comes right after the #. */
static void note_branch(struct scanner *scanner)
{
    const struct tidy_tokens *tokens = &scanner->file->directives;
    struct tidy_span word = tokens->items[tokens->count - 1].text;

    if (tokens->count < 2 ||
        tokens->items[tokens->count - 2].kind != TIDY_DIRECTIVE) {
        return;
    }
    if (tidy_same(word, "if") || tidy_same(word, "ifdef") ||
        tidy_same(word, "ifndef")) {
        add_branch(scanner, TIDY_BRANCH_IF);
    } else if (tidy_same(word, "else") || tidy_same(word, "elif")) {
        add_branch(scanner, TIDY_BRANCH_ELSE);
    } else if (tidy_same(word, "endif")) {
        add_branch(scanner, TIDY_BRANCH_END);
    }
}

bool tidy_is_word(const struct tidy_file *file, size_t code, const char *text)
{
    return code < file->code.count &&
           file->code.items[code].kind == TIDY_WORD &&
           tidy_same(file->code.items[code].text, text);
}

bool tidy_is_mark(const struct tidy_file *file, size_t code, const char *text)
{
    return code < file->code.count &&
           file->code.items[code].kind == TIDY_MARK &&
           tidy_same(file->code.items[code].text, text);
}

bool tidy_is_call(const struct tidy_tokens *tokens, size_t at)
{
    const struct tidy_token *items = tokens->items;

    if (items[at].kind != TIDY_WORD || at + 1 >= tokens->count ||
        !tidy_same(items[at + 1].text, "(")) {
        return false;
    }
    return at == 0 || !(tidy_same(items[at - 1].text, ".") ||
                        tidy_same(items[at - 1].text, "->"));
}
