/**
 * @file command_facts.c
 * @brief `dry facts`: what we say about Windows, tested here and there.
 *
 * Uses:     facts.h.
 * Used by:  main.c, the tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "facts.h"

/** What has been counted. */
struct counts {
    unsigned sim_holds;
    unsigned sim_fails;
    unsigned real_holds;
    unsigned real_deviates; /* As known. */
    unsigned real_cannot;   /* As known. */
    unsigned real_unexpected;
};

static const char *answer_word(enum fact_answer answer)
{
    switch (answer) {
    case FACT_HOLDS:
        return "holds";
    case FACT_FAILS:
        return "fails";
    case FACT_CANNOT:
        return "cannot run";
    case FACT_UNKNOWN:
        break;
    }
    return "no answer";
}

/** @brief What we expect of the real arm. */
static enum fact_answer expected(const struct fact *fact, bool wine)
{
    switch (fact->wine) {
    case WINE_HOLDS:
        return FACT_HOLDS;
    case WINE_DEVIATES:
        return wine ? FACT_FAILS : FACT_HOLDS;
    case WINE_CANNOT:
        return FACT_CANNOT;
    }
    return FACT_HOLDS;
}

/** @brief Whether an answer is as expected; on Windows itself a fact that
 *  Wine cannot test may well hold. */
static bool is_expected(const struct fact *fact,
                        enum fact_answer answer,
                        bool wine)
{
    return answer == expected(fact, wine) ||
           (!wine && fact->wine == WINE_CANNOT && answer == FACT_HOLDS);
}

/** @brief Count an answer of the real arm and say what to print for it. */
static const char *judge(const struct fact *fact,
                         enum fact_answer answer,
                         bool wine,
                         struct counts *counts)
{
    if (!is_expected(fact, answer, wine)) {
        counts->real_unexpected++;
        return answer_word(answer);
    }
    switch (answer) {
    case FACT_HOLDS:
        counts->real_holds++;
        return "holds";
    case FACT_FAILS:
        counts->real_deviates++;
        return "deviates";
    case FACT_CANNOT:
        counts->real_cannot++;
        return "cannot run";
    case FACT_UNKNOWN:
        break;
    }
    return "no answer";
}

/** @brief The words of a row: the fact, and why it is otherwise here. */
static void print_words(const struct fact *fact, bool with_reason)
{
    printf("%s", fact->text);
    if (with_reason && fact->reason != NULL) {
        printf(" (%s)", fact->reason);
    }
    printf("\n");
}

/** @brief Test one fact and print its row. */
static void print_row(size_t at,
                      const struct fact_real *real,
                      struct counts *counts)
{
    const struct fact *fact = &facts[at];
    char sentence[FACT_SENTENCE_BYTES];
    bool holds = dry_fact_holds(fact, sentence);
    bool expected_here = true;

    counts->sim_holds += holds;
    counts->sim_fails += !holds;
    printf("%-10s %-10s ", fact->id, holds ? "holds" : "FAILS");
    if (real != NULL) {
        expected_here = is_expected(fact, real->answers[at], real->wine);
        printf("%-10s%s ",
               judge(fact, real->answers[at], real->wine, counts),
               expected_here ? " " : "!");
    }
    print_words(fact, real != NULL && real->answers[at] != FACT_HOLDS);
    if (!holds) {
        printf("  simulator: %s\n", sentence);
    }
    if (!expected_here) {
        printf("  %s: expected `%s`; %s\n",
               real->host,
               answer_word(expected(fact, real->wine)),
               real->sentences[at][0] == '\0' ? "no sentence"
                                              : real->sentences[at]);
    }
    (void)fflush(stdout);
}

static int print_counts(const struct counts *counts,
                        const struct fact_real *real)
{
    printf("\n%u facts hold on the simulator, %u fail.\n",
           counts->sim_holds,
           counts->sim_fails);
    if (real != NULL) {
        printf("%s: %u hold here, %u known deviations, %u cannot run here, %u "
               "unexpected.\n",
               real->host,
               counts->real_holds,
               counts->real_deviates,
               counts->real_cannot,
               counts->real_unexpected);
        if (real->last[0] != '\0') {
            printf("dry-real ended in the middle of %s.\n", real->last);
        }
    }
    return counts->sim_fails + counts->real_unexpected == 0 ? DRY_GOOD
                                                            : DRY_FAILED;
}

static size_t count_chosen(const char *prefix)
{
    size_t chosen = 0;

    for (size_t at = 0; at < fact_count; at++) {
        chosen += dry_fact_is_chosen(&facts[at], prefix);
    }
    return chosen;
}

int dry_facts(const struct arguments *arguments)
{
    static struct fact_real answers;
    const struct fact_real *real = NULL;
    const char *prefix = arguments->words[0];
    struct counts counts = {0};

    if (count_chosen(prefix) == 0 || fact_count > FACTS_MAX) {
        return dry_refuse("there is no fact `%s`; `dry facts --sim` names "
                          "them all, such as PORT-33",
                          prefix);
    }
    if (!arguments->sim_only && dry_host_has_real()) {
        if (!dry_facts_real(prefix, &answers)) {
            return DRY_REFUSED;
        }
        real = &answers;
    }
    printf("%-10s %-10s ", "fact", "simulator");
    if (real != NULL) {
        printf("%-11s ", real->host);
    }
    printf("what it says\n");
    for (size_t at = 0; at < fact_count; at++) {
        if (dry_fact_is_chosen(&facts[at], prefix)) {
            print_row(at, real, &counts);
        }
    }
    return print_counts(&counts, real);
}
