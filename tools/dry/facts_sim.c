/**
 * @file facts_sim.c
 * @brief Testing one fact on the simulator.
 *
 * A fact must hold on the ordinary schedule, on random ones, and, where its
 * row says so, on every one.  If its row names marks, some schedule must pass
 * each of them: a test that never gets to the point proves nothing.
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

enum {
    SEEDS = 64,          /* Always. */
    SEEDS_MAX = 4096,    /* While a mark is still missing. */
    SEARCH_MAX = 4000000 /* Schedules of an exhaustive search. */
};

/** What the test said it needs and does not find. */
static const char *lacking;

void dry_fact_scenario(void *arg)
{
    const struct fact *fact = *(const struct fact **)arg;
    const char *missing;

    (void)fact_take_cannot();
    fact->run();
    missing = fact_take_cannot();
    lacking = missing != NULL ? missing : lacking;
}

struct sim_options dry_fact_options(const struct fact *fact)
{
    return (struct sim_options){
        .name = fact->id,
        .exact_clock = (fact->flags & FACT_EXACT) != 0,
        .prompt_threads = (fact->flags & FACT_PROMPT) != 0,
        .faults = (fact->flags & FACT_FAULTS) != 0 ? "any" : NULL,
        .rules = (fact->flags & FACT_NO_RULES) != 0 ? "off" : NULL,
        .processors = (fact->flags & FACT_ONE_CPU) != 0 ? 1 : 0,
    };
}

/* ---- Marks ------------------------------------------------------------------- */

/** @brief Copy the first mark of a list; returns the rest, or NULL. */
static const char *first_mark(const char *list, char *out, size_t room)
{
    const char *comma = strchr(list, ',');
    size_t length = comma != NULL ? (size_t)(comma - list) : strlen(list);

    (void)snprintf(out, room, "%.*s", (int)length, list);
    if (comma == NULL) {
        return NULL;
    }
    return comma + 1 + strspn(comma + 1, " ");
}

/** @brief Which of a fact's marks have been passed so far. */
struct marks {
    uint32_t seen; /* One bit each. */
};

/** @brief Note what the last exploration passed.
 *  @return a mark that none has passed yet, or NULL. */
static const char *missing_mark(const struct fact *fact, struct marks *marks)
{
    static char missing[128];
    const char *list = fact->marks;
    uint32_t bit = 1;

    missing[0] = '\0';
    while (list != NULL) {
        char mark[128];

        list = first_mark(list, mark, sizeof mark);
        if (sim_marked(mark) != 0) {
            marks->seen |= bit;
        }
        if ((marks->seen & bit) == 0) {
            memcpy(missing, mark, sizeof missing);
        }
        bit <<= 1;
    }
    return missing[0] == '\0' ? NULL : missing;
}

/* ---- Schedules ---------------------------------------------------------------- */

/** @brief Explore; false with the sentence when a schedule fails. */
static bool explore(const struct fact *fact,
                    const struct sim_options *options,
                    char *sentence_out)
{
    struct sim_report report = sim_explore(options, dry_fact_scenario, &fact);

    if (!report.passed) {
        (void)snprintf(sentence_out,
                       FACT_SENTENCE_BYTES,
                       "%s\n  replay: %s",
                       report.sentence,
                       report.replay);
        return false;
    }
    if (options->strategy != NULL && !report.complete) {
        (void)snprintf(sentence_out,
                       FACT_SENTENCE_BYTES,
                       "there are more than %d schedules: make the test "
                       "smaller or take FACT_EXHAUSTIVE away",
                       (int)SEARCH_MAX);
        return false;
    }
    return true;
}

/** @brief The ordinary schedule, then random ones, until all marks have been
 *  passed; then all of them. */
static bool explore_all(const struct fact *fact, char *sentence_out)
{
    struct sim_options plain = dry_fact_options(fact);
    struct sim_options random = plain;
    struct sim_options search = plain;
    struct marks marks = {0};
    const char *missing;

    plain.schedule = "";
    random.runs = SEEDS;
    search.strategy = "dfs";
    search.calls_only = true;
    search.runs = SEARCH_MAX;
    /* What a network may do besides would be too much to search. */
    search.network = "prompt";
    if (!explore(fact, &plain, sentence_out)) {
        return false;
    }
    (void)missing_mark(fact, &marks);
    do {
        if (!explore(fact, &random, sentence_out)) {
            return false;
        }
        random.seed += SEEDS;
        missing = missing_mark(fact, &marks);
    } while (missing != NULL && random.seed < SEEDS_MAX);
    if ((fact->flags & FACT_EXHAUSTIVE) != 0 &&
        !explore(fact, &search, sentence_out)) {
        return false;
    }
    missing = missing_mark(fact, &marks);
    if (missing != NULL) {
        (void)snprintf(sentence_out,
                       FACT_SENTENCE_BYTES,
                       "no schedule passes the mark `%s`",
                       missing);
    }
    return missing == NULL;
}

bool dry_fact_holds(const struct fact *fact, char *sentence_out)
{
    sentence_out[0] = '\0';
    lacking = NULL;
    if (!explore_all(fact, sentence_out)) {
        return false;
    }
    if (lacking != NULL) {
        (void)snprintf(sentence_out,
                       FACT_SENTENCE_BYTES,
                       "the simulator lacks %s",
                       lacking);
    }
    return lacking == NULL;
}

bool dry_fact_is_chosen(const struct fact *fact, const char *prefix)
{
    size_t length = prefix == NULL ? 0 : strlen(prefix);

    if (length == 0) {
        return true;
    }
    /* PORT-1 is one fact, PORT- is a family. */
    return strncmp(fact->id, prefix, length) == 0 &&
           (fact->id[length] == '\0' || fact->id[length] == '-' ||
            prefix[length - 1] == '-');
}
