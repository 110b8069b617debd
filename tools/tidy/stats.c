/**
 * @file stats.c
 * @brief Numbers about the tree, for the reader of --stats.
 *
 * Limits catch the worst; these numbers show where the tree drifts.  The aims
 * of the style guide stand beside them.
 *
 * Uses:     tidy.h.
 * Used by:  command.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <stdlib.h>
#include <string.h>

#define LONG_FUNCTION_LINES 40u

struct stats {
    size_t files;
    size_t lines;         /* That are not blank. */
    size_t comment_lines; /* That hold a comment. */
    size_t public_functions;
    size_t assertions;
    unsigned *lengths;
    size_t length_count;
    size_t long_functions;
};

static const char *const parts[] =
    {"src/", "sim/", "tools/", "tests/", "lessons/", "bench/", ""};

static void count_lines(struct tidy *scratch,
                        const struct tidy_file *file,
                        struct stats *stats)
{
    bool *has_comment = tidy_alloc(&scratch->memory, file->line_count + 2);

    for (size_t i = 0; i < file->comments.count; i++) {
        const struct tidy_token *comment = &file->comments.items[i];

        for (unsigned line = comment->line; line <= comment->line_end; line++) {
            has_comment[line - 1] = true;
        }
    }
    for (size_t i = 0; i < file->line_count; i++) {
        bool is_blank = tidy_trim(file->lines[i]).length == 0;

        stats->lines += !is_blank;
        stats->comment_lines += !is_blank && has_comment[i];
    }
}

static size_t count_assertions(const struct tidy_file *file,
                               const struct tidy_function *function)
{
    size_t count = 0;

    for (size_t at = function->body_first; at <= function->body_last; at++) {
        struct tidy_span word = file->code.items[at].text;

        count += tidy_is_call(&file->code, at) &&
                 (tidy_ends(word, "assert") || tidy_ends(word, "ASSERT"));
    }
    return count;
}

static void count_functions(struct tidy *scratch,
                            const struct tidy_file *file,
                            struct stats *stats)
{
    bool is_library =
        tidy_is_under(file, "src/") || tidy_is_under(file, "sim/");

    for (size_t i = 0; i < file->function_count; i++) {
        const struct tidy_function *function = &file->functions[i];
        unsigned length = function->line_end - function->line + 1;

        stats->lengths = tidy_grow(&scratch->memory,
                                   stats->lengths,
                                   stats->length_count,
                                   sizeof(*stats->lengths));
        stats->lengths[stats->length_count++] = length;
        stats->long_functions += length > LONG_FUNCTION_LINES;
        if (is_library && !function->is_static) {
            stats->public_functions++;
            stats->assertions += count_assertions(file, function);
        }
    }
}

static int compare_lengths(const void *left, const void *right)
{
    const unsigned *a = left;
    const unsigned *b = right;

    return (*a > *b) - (*a < *b);
}

/* The length that the given share of functions does not pass. */
static unsigned percentile(const struct stats *stats, size_t percent)
{
    size_t rank = (stats->length_count * percent + 99) / 100;

    return stats->length_count == 0 ? 0 : stats->lengths[rank - 1];
}

static void print_ratio(FILE *out, size_t part, size_t whole, size_t scale)
{
    size_t tenths = whole == 0 ? 0 : (part * 10 * scale + whole / 2) / whole;

    fprintf(out, "%8zu.%zu", tenths / 10, tenths % 10);
}

static void print_row(const char *name, const struct stats *stats, FILE *out)
{
    fprintf(out, "%-10s %6zu %7zu", name, stats->files, stats->lines);
    print_ratio(out, stats->comment_lines, stats->lines, 100);
    fprintf(out,
            " %9zu %5u %5u %5zu",
            stats->length_count,
            percentile(stats, 50),
            percentile(stats, 95),
            stats->long_functions);
    print_ratio(out, stats->assertions, stats->public_functions, 1);
    fprintf(out, "\n");
}

static void print_part(const struct tidy *tidy, const char *part, FILE *out)
{
    struct stats stats = {0};
    struct tidy scratch = {0};

    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        if (tidy_is_source(file) && tidy_is_under(file, part)) {
            stats.files++;
            count_lines(&scratch, file, &stats);
            count_functions(&scratch, file, &stats);
        }
    }
    if (stats.length_count > 0) {
        qsort(stats.lengths,
              stats.length_count,
              sizeof(*stats.lengths),
              compare_lengths);
    }
    if (stats.files > 0) {
        print_row(part[0] != '\0' ? part : "all", &stats, out);
    }
    tidy_free_all(&scratch.memory);
}

static void print_long_functions(const struct tidy *tidy, FILE *out)
{
    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];

        for (size_t at = 0; at < file->function_count; at++) {
            const struct tidy_function *function = &file->functions[at];
            unsigned length = function->line_end - function->line + 1;

            if (length > LONG_FUNCTION_LINES) {
                fprintf(out,
                        "%s:%u: %.*s has %u lines\n",
                        file->path,
                        function->line,
                        TIDY_PRINT(function->name),
                        length);
            }
        }
    }
}

void tidy_print_stats(const struct tidy *tidy, FILE *out)
{
    fprintf(out,
            "part        files   lines  comment %% functions   p50   p95 "
            "  >%u  asserts\n",
            LONG_FUNCTION_LINES);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        print_part(tidy, parts[i], out);
    }
    fprintf(out,
            "Lines without blank ones; p50 and p95 are lengths of functions; "
            "asserts are per public function of src/ and sim/.\n"
            "Aims: 20 to 30 %% comment, p95 at most %u, 2 asserts.\n",
            LONG_FUNCTION_LINES);
    print_long_functions(tidy, out);
}
