/**
 * @file facts_real.c
 * @brief Asking the real arm.
 *
 * dry-real tests the same facts on the Windows that is here, and prints a line
 * for each: its id when it begins, a word and a sentence when it ends.  So if
 * it crashes, the last line names the fact.
 *
 * Uses:     facts.h.
 * Used by:  command_facts.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "facts.h"

#include <stdio.h>
#include <string.h>

enum { LINE_BYTES = 2048 };

static enum fact_answer answer_of(const char *word)
{
    if (strcmp(word, "holds") == 0) {
        return FACT_HOLDS;
    }
    if (strcmp(word, "fails") == 0) {
        return FACT_FAILS;
    }
    return strcmp(word, "cannot") == 0 ? FACT_CANNOT : FACT_UNKNOWN;
}

/** @brief Cut a text at its first blank; returns what follows it. */
static char *cut(char *text)
{
    char *blank = strchr(text, ' ');

    if (blank == NULL) {
        return text + strlen(text);
    }
    *blank = '\0';
    return blank + 1;
}

static void read_host(char *text, struct fact_real *real)
{
    (void)snprintf(real->host, sizeof real->host, "%s", text);
    real->wine = strncmp(text, "Wine", 4) == 0;
}

/** @brief Place of a fact in the table, or fact_count. */
static size_t find_fact(const char *id)
{
    size_t at = 0;

    while (at < fact_count && strcmp(facts[at].id, id) != 0) {
        at++;
    }
    return at;
}

/** @brief Understand one line: "host NAME", or "ID WORD SENTENCE". */
static void read_line(char *line, struct fact_real *real)
{
    char *word = cut(line);
    char *sentence;
    size_t at;

    if (strcmp(line, "host") == 0) {
        read_host(word, real);
        return;
    }
    at = find_fact(line);
    if (at == fact_count) {
        return; /* Something that Windows has to say. */
    }
    sentence = cut(word);
    real->answers[at] = answer_of(word);
    (void)snprintf(real->sentences[at],
                   sizeof real->sentences[at],
                   "%.159s",
                   sentence);
    (void)snprintf(real->last, sizeof real->last, "%.31s", line);
    if (real->answers[at] != FACT_UNKNOWN) {
        real->last[0] = '\0';
    }
}

bool dry_facts_real(const char *prefix, struct fact_real *real)
{
    char line[LINE_BYTES];
    FILE *stream;

    memset(real, 0, sizeof *real);
    stream = dry_host_real_begin(prefix == NULL ? "" : prefix);
    if (stream == NULL) {
        return false;
    }
    /* BOUND: ends when dry-real does. */
    while (fgets(line, sizeof line, stream) != NULL) {
        line[strcspn(line, "\r\n")] = '\0';
        read_line(line, real);
    }
    (void)dry_host_real_end(stream);
    return true;
}
