/**
 * @file report.c
 * @brief Findings: collected in any order, printed in one.
 *
 * Rules look at the tree in whatever order suits them.  Sorting by path and
 * line makes the output the same on every machine and easy to work through.
 *
 * Uses:     tidy.h.
 * Used by:  every rule, command.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void tidy_report(struct tidy *tidy,
                 const char *path,
                 unsigned line,
                 const char *format,
                 ...)
{
    char sentence[512];
    va_list arguments;
    struct tidy_finding *finding;

    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof(sentence), format, arguments);
    va_end(arguments);

    tidy->findings = tidy_grow(&tidy->memory,
                               tidy->findings,
                               tidy->finding_count,
                               sizeof(*tidy->findings));
    finding = &tidy->findings[tidy->finding_count++];
    finding->path = path;
    finding->line = line;
    finding->rule = tidy->rule;
    finding->sentence = tidy_copy(&tidy->memory, tidy_span_of(sentence));
}

static int compare_findings(const void *left, const void *right)
{
    const struct tidy_finding *a = left;
    const struct tidy_finding *b = right;
    int order = strcmp(a->path, b->path);

    if (order == 0 && a->line != b->line) {
        order = a->line < b->line ? -1 : 1;
    }
    if (order == 0) {
        order = strcmp(a->rule, b->rule);
    }
    return order != 0 ? order : strcmp(a->sentence, b->sentence);
}

void tidy_sort_findings(struct tidy *tidy)
{
    if (tidy->finding_count > 1) {
        qsort(tidy->findings,
              tidy->finding_count,
              sizeof(*tidy->findings),
              compare_findings);
    }
}

void tidy_print_findings(const struct tidy *tidy, FILE *out)
{
    for (size_t i = 0; i < tidy->finding_count; i++) {
        const struct tidy_finding *finding = &tidy->findings[i];

        fprintf(out,
                "%s:%u: %s: %s\n",
                finding->path,
                finding->line,
                finding->rule,
                finding->sentence);
    }
}
