/**
 * @file outline.c
 * @brief Functions, found by their braces.
 *
 * Sizes, nesting, parameters and linkage need to know where a function starts
 * and ends.  A function is a brace at the outer level that follows a name
 * with parentheses; everything else at that level is a type, an initialiser
 * or a declaration.  Where the text is stranger than that, it is not taken
 * for a function.
 *
 * Uses:     tidy.h.
 * Used by:  tree.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <string.h>

/* Braces deeper than this are not told apart; C gives up at 127 too. */
#define DEPTH_MAX       128u
#define CONDITIONAL_MAX 64u
#define NOWHERE         ((size_t)-1)

struct outline {
    struct tidy_memory *memory;
    struct tidy_file *file;
    size_t begin;  /* First token of the current outer declaration. */
    size_t depth;  /* Open braces. */
    size_t parens; /* Open parentheses and brackets. */
    bool is_block[DEPTH_MAX];
    struct tidy_function function; /* Open while in_function. */
    bool in_function;

    /* Depths at each open #if, restored at its #else. */
    size_t saved_depth[CONDITIONAL_MAX];
    size_t saved_parens[CONDITIONAL_MAX];
    size_t conditionals;
    size_t next_branch;
};

static void follow_branches(struct outline *outline, size_t at);
static void open_brace(struct outline *outline, size_t at);
static void close_brace(struct outline *outline, size_t at);

void tidy_outline(struct tidy_memory *memory, struct tidy_file *file)
{
    struct outline outline = {.memory = memory, .file = file};

    for (size_t at = 0; at < file->code.count; at++) {
        follow_branches(&outline, at);
        if (tidy_is_mark(file, at, "(") || tidy_is_mark(file, at, "[")) {
            outline.parens++;
        } else if (tidy_is_mark(file, at, ")") || tidy_is_mark(file, at, "]")) {
            outline.parens -= outline.parens > 0;
        } else if (tidy_is_mark(file, at, "{")) {
            open_brace(&outline, at);
        } else if (tidy_is_mark(file, at, "}")) {
            close_brace(&outline, at);
        } else if (tidy_is_mark(file, at, ";") && outline.depth == 0 &&
                   outline.parens == 0) {
            outline.begin = at + 1;
        }
    }
}

static void follow_branch(struct outline *outline,
                          const struct tidy_branch *branch)
{
    size_t last = outline->conditionals - 1; /* Unused while there is none. */

    switch (branch->kind) {
    case TIDY_BRANCH_IF:
        if (outline->conditionals < CONDITIONAL_MAX) {
            outline->saved_depth[outline->conditionals] = outline->depth;
            outline->saved_parens[outline->conditionals] = outline->parens;
        }
        outline->conditionals++;
        break;
    case TIDY_BRANCH_ELSE:
        if (outline->conditionals > 0 && last < CONDITIONAL_MAX) {
            if (outline->depth > 0 && outline->saved_depth[last] == 0) {
                outline->begin = branch->at;
            }
            outline->depth = outline->saved_depth[last];
            outline->parens = outline->saved_parens[last];
        }
        break;
    case TIDY_BRANCH_END:
        outline->conditionals -= outline->conditionals > 0;
        break;
    }
}

static void follow_branches(struct outline *outline, size_t at)
{
    const struct tidy_file *file = outline->file;

    while (outline->next_branch < file->branch_count &&
           file->branches[outline->next_branch].at <= at) {
        follow_branch(outline, &file->branches[outline->next_branch]);
        outline->next_branch++;
    }
}

/* The parenthesis that opens what the one at close closes. */
static size_t opening(const struct tidy_file *file, size_t close)
{
    size_t open_count = 0;

    for (size_t at = close + 1; at-- > 0;) {
        if (tidy_is_mark(file, at, ")")) {
            open_count++;
        } else if (tidy_is_mark(file, at, "(") && --open_count == 0) {
            return at;
        }
    }
    return NOWHERE;
}

/* True when the brace at opens a block of statements, as opposed to an
 * initialiser, a compound literal or a type. */
static bool opens_block(const struct outline *outline, size_t at)
{
    const struct tidy_file *file = outline->file;
    bool in_block = outline->depth > 0 && outline->is_block[outline->depth - 1];

    if (at == 0 || outline->parens > 0) {
        return false;
    }
    if (tidy_is_word(file, at - 1, "else") ||
        tidy_is_word(file, at - 1, "do")) {
        return true;
    }
    if (tidy_is_mark(file, at - 1, ";") || tidy_is_mark(file, at - 1, "{") ||
        tidy_is_mark(file, at - 1, "}")) {
        return in_block;
    }
    if (tidy_is_mark(file, at - 1, ")")) {
        size_t open = opening(file, at - 1);

        return open != NOWHERE && open > 0 &&
               file->code.items[open - 1].kind == TIDY_WORD &&
               !tidy_is_word(file, open - 1, "return") &&
               !tidy_is_word(file, open - 1, "sizeof");
    }
    return false;
}

/* ---- What is in front of an outer brace --------------------------------- */

static bool is_capitals(struct tidy_span word)
{
    for (size_t i = 0; i < word.length; i++) {
        if (word.start[i] >= 'a' && word.start[i] <= 'z') {
            return false;
        }
    }
    return true;
}

/* The parameter list in front of a brace, told from attributes. */
struct signature {
    size_t open;
    size_t close;
    bool is_sure; /* The name is not in capitals, so no attribute macro. */
};

static void weigh_group(const struct outline *outline,
                        size_t open,
                        size_t close,
                        struct signature *signature)
{
    const struct tidy_file *file = outline->file;
    bool has_name =
        open > outline->begin && file->code.items[open - 1].kind == TIDY_WORD;
    bool follows_group =
        open > outline->begin && tidy_is_mark(file, open - 1, ")");
    bool is_sure = has_name && !is_capitals(file->code.items[open - 1].text);

    if ((!has_name && !follows_group) ||
        tidy_is_word(file, open - 1, "__attribute__") ||
        tidy_is_word(file, open - 1, "__declspec") ||
        tidy_is_word(file, open - 1, "_Alignas") ||
        tidy_is_word(file, open - 1, "alignas")) {
        return;
    }
    if (signature->open == NOWHERE || is_sure || !signature->is_sure) {
        *signature = (struct signature){open, close, is_sure};
    }
}

static struct signature find_signature(const struct outline *outline,
                                       size_t brace)
{
    const struct tidy_file *file = outline->file;
    struct signature found = {NOWHERE, NOWHERE, false};
    size_t depth = 0;
    size_t open = 0;

    for (size_t at = outline->begin; at < brace; at++) {
        if (tidy_is_mark(file, at, "(")) {
            open = depth == 0 ? at : open;
            depth++;
        } else if (tidy_is_mark(file, at, ")") && depth > 0) {
            depth--;
            if (depth == 0) {
                weigh_group(outline, open, at, &found);
            }
        } else if (depth == 0 && tidy_is_mark(file, at, "=")) {
            return (struct signature){NOWHERE, NOWHERE, false};
        }
    }
    /* "struct ALIGNED(16) name {" is a type, "TEST(name) {" a function. */
    if (!found.is_sure && !tidy_is_mark(file, brace - 1, ")")) {
        found.open = NOWHERE;
    }
    return found;
}

static unsigned count_parameters(const struct tidy_file *file,
                                 const struct signature *signature)
{
    unsigned count = 1;
    size_t depth = 0;

    if (signature->close == signature->open + 1 ||
        (signature->close == signature->open + 2 &&
         tidy_is_word(file, signature->open + 1, "void"))) {
        return 0;
    }
    for (size_t at = signature->open + 1; at < signature->close; at++) {
        if (tidy_is_mark(file, at, "(") || tidy_is_mark(file, at, "[")) {
            depth++;
        } else if (tidy_is_mark(file, at, ")") || tidy_is_mark(file, at, "]")) {
            depth--;
        } else if (depth == 0 && tidy_is_mark(file, at, ",")) {
            count++;
        }
    }
    return count;
}

/* Macros in capitals may stand in front, without a semicolon: the function
 * starts behind them. */
static unsigned first_line(const struct outline *outline,
                           const struct signature *signature)
{
    const struct tidy_file *file = outline->file;
    size_t first = outline->begin;
    size_t depth = 0;

    for (size_t at = outline->begin; at + 1 < signature->open; at++) {
        if (tidy_is_mark(file, at, "(")) {
            depth++;
        } else if (tidy_is_mark(file, at, ")") && depth > 0) {
            depth--;
            if (depth == 0 && !tidy_is_mark(file, at + 1, "(")) {
                first = at + 1;
            }
        }
    }
    return file->code.items[first].line;
}

static void open_function(struct outline *outline, size_t brace)
{
    const struct tidy_file *file = outline->file;
    struct signature signature = find_signature(outline, brace);
    struct tidy_function *function = &outline->function;

    if (signature.open == NOWHERE) {
        return;
    }
    memset(function, 0, sizeof(*function));
    if (signature.is_sure) {
        function->name = file->code.items[signature.open - 1].text;
    }
    for (size_t at = outline->begin; at < signature.open; at++) {
        function->is_static |= tidy_is_word(file, at, "static");
    }
    function->line = first_line(outline, &signature);
    function->parameter_count = count_parameters(file, &signature);
    function->body_first = brace;
    outline->in_function = true;
}

/* ---- Braces ------------------------------------------------------------- */

static void note_nesting(struct outline *outline, size_t at)
{
    struct tidy_function *function = &outline->function;
    unsigned nesting = 0;

    for (size_t level = 1; level < outline->depth; level++) {
        nesting += outline->is_block[level];
    }
    if (outline->in_function && nesting > function->nesting) {
        function->nesting = nesting;
        function->nesting_line = outline->file->code.items[at].line;
    }
}

static void open_brace(struct outline *outline, size_t at)
{
    const struct tidy_file *file = outline->file;
    bool is_block = false;

    if (outline->depth == 0 && outline->parens == 0) {
        /* extern "C" { holds declarations of the outer level. */
        if (at >= 2 && file->code.items[at - 1].kind == TIDY_STRING &&
            tidy_is_word(file, at - 2, "extern")) {
            outline->begin = at + 1;
            return;
        }
        outline->in_function = false;
        open_function(outline, at);
        is_block = outline->in_function;
    } else {
        is_block = opens_block(outline, at);
    }
    if (outline->depth < DEPTH_MAX) {
        outline->is_block[outline->depth] = is_block;
        outline->depth++;
        note_nesting(outline, at);
    }
}

static void close_function(struct outline *outline, size_t at)
{
    struct tidy_file *file = outline->file;

    outline->function.body_last = at;
    outline->function.line_end = file->code.items[at].line;
    file->functions = tidy_grow(outline->memory,
                                file->functions,
                                file->function_count,
                                sizeof(*file->functions));
    file->functions[file->function_count++] = outline->function;
    outline->in_function = false;
}

static void close_brace(struct outline *outline, size_t at)
{
    bool ends_function = false;

    outline->depth -= outline->depth > 0;
    if (outline->depth > 0) {
        return;
    }
    ends_function = outline->in_function;
    if (ends_function) {
        close_function(outline, at);
    }
    /* The brace of an initialiser or a type goes on to its semicolon. */
    if (ends_function || outline->parens == 0) {
        outline->begin = at + 1;
    }
}
