/**
 * @file tidy.h
 * @brief The repository's own lint: what its files share.
 *
 * tidy checks what a compiler cannot know: which layer may include what, that
 * a fact has a test, that the sources read like one book.  It works on a tree
 * of files in memory, so its test can make such a tree from a few lines of
 * text.  It does not parse C.  It splits C into tokens and finds functions by
 * their braces; where that is not enough to be sure, it stays silent.
 *
 * The order of a run: tree.c reads files, token.c splits them, outline.c
 * finds functions, header.c reads the comment at the top, then each rule of
 * rules.c looks at all of it and report.c prints what was found.
 *
 * Uses:     libc only.
 * Used by:  every file of tools/tidy, tests/tidy/test_tidy.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef TIDY_H
#define TIDY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* ---- memory.c: one arena, freed at the end of the run ------------------ */

/* A part of a text that somebody else keeps. */
struct tidy_span {
    const char *start;
    size_t length;
};

/* The two arguments that printf wants for a span: "%.*s". */
#define TIDY_PRINT(span) (int)(span).length, (span).start

struct tidy_memory {
    struct tidy_memory_block *blocks;
};

/* A text that grows.  start is always terminated once something was added. */
struct tidy_text {
    char *start;
    size_t length;
    size_t capacity;
};

/* Zeroed memory.  Out of memory ends the program with status 2. */
void *tidy_alloc(struct tidy_memory *memory, size_t bytes);
void tidy_free_all(struct tidy_memory *memory);

/* Room for one more item.  The array moves when its count is 0 or a power of
 * two, so no capacity has to be kept beside it. */
void *tidy_grow(struct tidy_memory *memory,
                void *items,
                size_t count,
                size_t item_bytes);

char *tidy_copy(struct tidy_memory *memory, struct tidy_span span);
void tidy_text_bytes(struct tidy_memory *memory,
                     struct tidy_text *text,
                     const char *bytes,
                     size_t length);
void tidy_text_print(struct tidy_memory *memory,
                     struct tidy_text *text,
                     const char *format,
                     ...);

/* ---- span.c: looking at text ------------------------------------------- */

struct tidy_span tidy_span_of(const char *text);
/* The character at an index, or '\0' outside. */
char tidy_char_at(struct tidy_span span, size_t at);
struct tidy_span tidy_trim(struct tidy_span span);
bool tidy_same(struct tidy_span span, const char *text);
bool tidy_same_span(struct tidy_span a, struct tidy_span b);
bool tidy_starts(struct tidy_span span, const char *prefix);
bool tidy_ends(struct tidy_span span, const char *suffix);
/* The first place of text in span, or NULL. */
const char *tidy_find(struct tidy_span span, const char *text);
/* The next tag like "FACT " that is used, and not part of a longer word or
 * mentioned in quotes.  NULL when there is none. */
const char *tidy_find_tag(struct tidy_span span, const char *tag);
/* What is left of span from at on. */
struct tidy_span tidy_from(struct tidy_span span, const char *at);
/* The next word up to blank space; span shrinks by it.  Empty at the end. */
struct tidy_span tidy_word(struct tidy_span *span);
bool tidy_is_name(char c); /* A letter, a digit or an underscore. */
/* Cut a text into lines without their line ends. */
struct tidy_span *tidy_lines(struct tidy_memory *memory,
                             struct tidy_span text,
                             size_t *count_out);

/* ---- Files -------------------------------------------------------------- */

enum tidy_kind {
    TIDY_C,
    TIDY_HEADER,
    TIDY_ASSEMBLY,
    TIDY_TABLE, /* X-macro tables, *.def. */
    TIDY_MARKDOWN,
    TIDY_OTHER, /* Known by name, never checked. */
};

enum tidy_token_kind {
    TIDY_WORD,
    TIDY_NUMBER,
    TIDY_STRING,
    TIDY_CHARACTER,
    TIDY_MARK,      /* One character, or "->". */
    TIDY_DIRECTIVE, /* The # that opens a directive. */
    TIDY_COMMENT,
};

struct tidy_token {
    enum tidy_token_kind kind;
    unsigned line;
    unsigned line_end; /* Differs from line for long comments only. */
    struct tidy_span text;
};

struct tidy_tokens {
    struct tidy_token *items;
    size_t count;
};

/* A conditional directive, remembered as a position among the code tokens, so
 * that braces opened in two branches are counted once. */
enum tidy_branch_kind { TIDY_BRANCH_IF, TIDY_BRANCH_ELSE, TIDY_BRANCH_END };

struct tidy_branch {
    enum tidy_branch_kind kind;
    size_t at;
};

/* A function with a body. */
struct tidy_function {
    struct tidy_span name; /* Empty when a macro makes the name. */
    bool is_static;
    unsigned line;
    unsigned line_end;
    unsigned parameter_count;
    unsigned nesting; /* 0 when no block lies inside the body. */
    unsigned nesting_line;
    size_t body_first; /* Code tokens of the body, braces included. */
    size_t body_last;
};

enum tidy_field { TIDY_USES, TIDY_USED_BY, TIDY_FACTS, TIDY_READ_NEXT };
#define TIDY_FIELD_COUNT 4

/* The comment at the top of a file.  Line 0 means "not there"; texts that run
 * over several lines are joined by single spaces. */
struct tidy_header {
    unsigned line;
    unsigned file_line;
    unsigned brief_line;
    unsigned licence_line;
    unsigned field_line[TIDY_FIELD_COUNT];
    const char *file;
    const char *brief;
    const char *field[TIDY_FIELD_COUNT];
};

struct tidy_file {
    const char *path; /* Below the root, with slashes. */
    const char *name; /* The last part of path. */
    enum tidy_kind kind;
    struct tidy_span text; /* Line ends are always \n. */
    struct tidy_span *lines;
    size_t line_count;

    /* Filled in for C, headers, assembly and tables. */
    struct tidy_tokens code;
    struct tidy_tokens directives;
    struct tidy_tokens comments;
    struct tidy_branch *branches;
    size_t branch_count;
    struct tidy_function *functions;
    size_t function_count;
    struct tidy_header header;

    /* What weaving makes of the text, when that differs; else NULL. */
    const char *woven;
    size_t woven_bytes;
};

/* ---- The tables that rules share ---------------------------------------- */

/* One row of sim/win32/api.def, or of a table that it includes. */
struct tidy_api {
    const struct tidy_file *file;
    struct tidy_span module;
    struct tidy_span layer; /* LAYER_0 .. LAYER_2, LAYER_ANY, LAYER_NONE. */
    struct tidy_span name;
    unsigned line;
};

/* One heading of docs/facts.md, and the entry below it. */
struct tidy_fact {
    struct tidy_span id;
    struct tidy_span words; /* What follows the id. */
    unsigned line;
    unsigned line_end;     /* The last line of the entry. */
    unsigned seen_line;    /* The first "Seen on:", or 0. */
    unsigned test_line;    /* The line that names the test, or 0. */
    struct tidy_span test; /* fact_port_50; empty for none. */
    bool has_no_test;      /* The entry says "Test: none". */
};

enum tidy_wine {
    TIDY_WINE_UNKNOWN,
    TIDY_WINE_HOLDS,
    TIDY_WINE_DEVIATES,
    TIDY_WINE_CANNOT,
};

/* One row of tests/facts/facts.def. */
struct tidy_fact_row {
    struct tidy_span function; /* Without "fact_". */
    struct tidy_span id;
    struct tidy_span words;
    enum tidy_wine wine;
    const char *reason; /* NULL when the row gives none. */
    unsigned line;
};

struct tidy_finding {
    const char *path;
    unsigned line;
    const char *rule;
    const char *sentence;
};

struct tidy {
    struct tidy_memory memory;
    struct tidy_file *files; /* Sorted by path once prepared. */
    size_t file_count;

    const struct tidy_file *api_file; /* NULL when the tree has none. */
    struct tidy_api *api;             /* In the order of the table. */
    size_t api_count;
    struct tidy_api *api_sorted; /* The same by name. */

    const struct tidy_file *facts_file; /* NULL when the tree has none. */
    struct tidy_fact *facts;
    size_t fact_count;

    const struct tidy_file *fact_rows_file; /* NULL when the tree has none. */
    struct tidy_fact_row *fact_rows;
    size_t fact_row_count;

    const char *dry_path;  /* The dry command, or NULL. */
    bool is_weaving;       /* Stale blocks are rewritten, not findings. */
    size_t runs_unchecked; /* Woven runs left alone for want of dry_path. */

    const char *rule; /* The rule that is looking. */
    struct tidy_finding *findings;
    size_t finding_count;
};

/* host.c: what differs between POSIX and Windows. */
struct tidy_entry {
    const char *name;
    bool is_folder;
};
bool tidy_host_list(struct tidy_memory *memory,
                    const char *folder,
                    struct tidy_entry **entries_out,
                    size_t *count_out);
/* Run a program and keep what it prints; false when it cannot be started. */
bool tidy_host_run(struct tidy_memory *memory,
                   const char *program,
                   const char *arguments,
                   struct tidy_text *output,
                   int *status_out);

/* tree.c: files in memory. */
void tidy_add_file(struct tidy *tidy, const char *path, struct tidy_span text);
/* Read everything below root; false when root is not a folder. */
bool tidy_read_tree(struct tidy *tidy, const char *root);
/* Sort, split, outline: after the last file was added, before any rule. */
void tidy_prepare(struct tidy *tidy);
const struct tidy_file *tidy_file_at(const struct tidy *tidy, const char *path);
bool tidy_is_c(const struct tidy_file *file);      /* *.c, *.h */
bool tidy_is_source(const struct tidy_file *file); /* *.c, *.h, *.S */
bool tidy_is_checked(const struct tidy_file *file);
bool tidy_is_under(const struct tidy_file *file, const char *folder);
/* Write every woven file below root and name it on out. */
bool tidy_write_woven(const struct tidy *tidy, const char *root, FILE *out);

/* token.c, outline.c, header.c: a file taken apart. */
void tidy_tokenize(struct tidy_memory *memory, struct tidy_file *file);
void tidy_outline(struct tidy_memory *memory, struct tidy_file *file);
void tidy_read_header(struct tidy_memory *memory, struct tidy_file *file);
extern const char *const tidy_field_names[TIDY_FIELD_COUNT];
bool tidy_is_word(const struct tidy_file *file, size_t code, const char *text);
bool tidy_is_mark(const struct tidy_file *file, size_t code, const char *text);
/* True for a word that is called: "name(", but not "a.name(". */
bool tidy_is_call(const struct tidy_tokens *tokens, size_t at);

/* row.c: rows of X-macro tables. */
#define TIDY_ROW_MAX 8u
struct tidy_row {
    size_t argument[TIDY_ROW_MAX]; /* The first code token of each. */
    size_t count;
    size_t end; /* The closing parenthesis. */
};
struct tidy_row tidy_read_row(const struct tidy_file *file, size_t open);

/* api.c, facts.c and fact_row.c: the tables. */
void tidy_read_api(struct tidy *tidy);
const struct tidy_api *tidy_api_named(const struct tidy *tidy,
                                      struct tidy_span name);
void tidy_read_facts(struct tidy *tidy);
const struct tidy_fact *tidy_fact_with(const struct tidy *tidy,
                                       struct tidy_span id);
/* True for a line of an entry that says where the fact was seen. */
bool tidy_is_seen_line(struct tidy_span line);
void tidy_read_fact_rows(struct tidy *tidy);
const struct tidy_fact_row *tidy_fact_row_with(const struct tidy *tidy,
                                               struct tidy_span id);
/* Find the next id like PORT-50 in span and move span behind it. */
bool tidy_next_fact_id(struct tidy_span *span, struct tidy_span *id_out);
/* PORT-50 becomes fact_port_50. */
const char *tidy_fact_test_name(struct tidy_memory *memory,
                                struct tidy_span id);

/* markdown.c: prose apart from code. */
struct tidy_fence {
    char mark; /* The character of the open fence, 0 outside. */
    size_t length;
};
/* Follow one line; true when the line is a fence or lies inside one. */
bool tidy_fence_step(struct tidy_fence *fence, struct tidy_span line);
/* Blank out code spans and HTML comments of a line of prose. */
void tidy_blank_code(char *line, size_t length);

/* report.c: findings. */
void tidy_report(struct tidy *tidy,
                 const char *path,
                 unsigned line,
                 const char *format,
                 ...);
void tidy_sort_findings(struct tidy *tidy);
void tidy_print_findings(const struct tidy *tidy, FILE *out);

/* rules.c: the table of rules. */
struct tidy_rule {
    const char *name;
    void (*check)(struct tidy *tidy);
    const char *sentence;
};
extern const struct tidy_rule tidy_rules[];
extern const size_t tidy_rule_count;
/* Run one rule by its name, or all for NULL. */
void tidy_check(struct tidy *tidy, const char *rule);

void tidy_check_include(struct tidy *tidy);
void tidy_check_layer(struct tidy *tidy);
void tidy_check_prefix(struct tidy *tidy);
void tidy_check_size(struct tidy *tidy);
void tidy_check_header(struct tidy *tidy);
void tidy_check_chain(struct tidy *tidy);
void tidy_check_fact(struct tidy *tidy);
void tidy_check_tag(struct tidy *tidy);
void tidy_check_word(struct tidy *tidy);
void tidy_check_text(struct tidy *tidy);
void tidy_check_forbidden(struct tidy *tidy);
void tidy_check_names(struct tidy *tidy);
void tidy_check_weave(struct tidy *tidy);

/* Part of rule fact, in rule_fact_row.c. */
void tidy_check_fact_rows(struct tidy *tidy);

/* weave.c calls one of these per marker; weave_kinds.c and weave_api.c make
 * the text.  They report and return false when they cannot. */
struct tidy_marker {
    const struct tidy_file *file;
    unsigned line;
    struct tidy_span kind;
    struct tidy_span arguments;
};
bool tidy_weave_region(struct tidy *tidy,
                       const struct tidy_marker *marker,
                       struct tidy_text *out);
bool tidy_weave_tree(struct tidy *tidy,
                     const struct tidy_marker *marker,
                     struct tidy_text *out);
bool tidy_weave_run(struct tidy *tidy,
                    const struct tidy_marker *marker,
                    struct tidy_text *out);
bool tidy_weave_api(struct tidy *tidy,
                    const struct tidy_marker *marker,
                    struct tidy_text *out);
bool tidy_weave_rules(struct tidy *tidy,
                      const struct tidy_marker *marker,
                      struct tidy_text *out);
/* Weave one line of docs/facts.md; true when out holds what stands in its
 * place. */
bool tidy_weave_fact(struct tidy *tidy, unsigned line, struct tidy_text *out);

/* stats.c: numbers for a human. */
void tidy_print_stats(const struct tidy *tidy, FILE *out);

/* command.c: the command line, apart from main so that the test can call it.
 * Returns the exit status. */
int tidy_command(int argc, char **argv, FILE *out, FILE *err);

#endif
