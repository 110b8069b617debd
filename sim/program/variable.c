/**
 * @file variable.c
 * @brief The variable DRYPORT: options of a program that has none for us.
 *
 * A program's command line is its own, so what the simulator should do with
 * it is said beside it:
 *
 *     DRYPORT="seed=1 runs=1000" ./program its own arguments
 *
 * The names are those of `dry` without the dashes.
 *
 * Uses:     program.h.
 * Used by:  main.c.
 * Facts:    none.
 * Read next: lifetime.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "program.h"

enum { TEXT_BYTES = 16384, SENTENCE_BYTES = 512 };

/** How an option's value is stored. */
enum option_kind {
    KIND_FLAG,  /**< A bool: the name alone, or =1 or =0. */
    KIND_SMALL, /**< A uint32_t that is not 0. */
    KIND_LARGE, /**< A uint64_t. */
    KIND_TEXT,  /**< A text, as it is. */
    KIND_RANGE  /**< A..B */
};

static const struct option {
    const char *name;
    const char *example;
    enum option_kind kind;
    size_t place; /**< In struct settings. */
} options[] = {
#define PLACE(field) offsetof(struct settings, field)
    {"seed", "seed=7", KIND_LARGE, PLACE(options.seed)},
    {"runs", "runs=1000", KIND_LARGE, PLACE(options.runs)},
    {"strategy", "strategy=dfs:2", KIND_TEXT, PLACE(options.strategy)},
    {"schedule", "schedule=0110", KIND_TEXT, PLACE(options.schedule)},
    {"replay", "replay=v1:...", KIND_TEXT, PLACE(options.replay)},
    {"faults", "faults=WSASend#3", KIND_TEXT, PLACE(options.faults)},
    {"rules", "rules=off", KIND_TEXT, PLACE(options.rules)},
    {"network", "network=...", KIND_TEXT, PLACE(options.network)},
    {"cpus", "cpus=2", KIND_SMALL, PLACE(options.processors)},
    {"concurrency", "concurrency=1", KIND_SMALL, PLACE(options.concurrency)},
    {"steps", "steps=100000", KIND_LARGE, PLACE(options.steps_max)},
    {"exact", "exact", KIND_FLAG, PLACE(options.exact_clock)},
    {"prompt", "prompt", KIND_FLAG, PLACE(options.prompt_threads)},
    {"calls", "calls", KIND_FLAG, PLACE(options.calls_only)},
    {"leaks", "leaks", KIND_FLAG, PLACE(options.leaks_allowed)},
    {"twice", "twice", KIND_FLAG, PLACE(options.twice)},
    {"trace", "trace=run.txt", KIND_TEXT, PLACE(trace_file)},
    {"hashes", "hashes=1..50", KIND_RANGE, PLACE(hashes_first)},
    {"timeline", "timeline", KIND_FLAG, PLACE(timeline)},
    {"verbose", "verbose", KIND_FLAG, PLACE(verbose)},
    {"statics", "statics=keep", KIND_TEXT, PLACE(statics)},
#undef PLACE
};

enum { OPTION_COUNT = sizeof options / sizeof options[0] };

/** The variable's words, each ended by a 0; settings point in here. */
static char words[TEXT_BYTES];

static char sentence[SENTENCE_BYTES];

/** @brief Read a number; false unless the text is one and nothing else. */
static bool read_number(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t number = 0;

    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');

        if (*text < '0' || *text > '9' || digit > max ||
            number > (max - digit) / 10) {
            return false;
        }
        number = number * 10 + digit;
    }
    *out = number;
    return true;
}

/** @brief Read "A..B"; cuts the text in two. */
static bool read_range(char *text, struct settings *settings)
{
    char *dots = strstr(text, "..");

    if (dots == NULL) {
        return false;
    }
    *dots = '\0';
    settings->hashes = true;
    return read_number(text, UINT64_MAX, &settings->hashes_first) &&
           read_number(dots + 2, UINT64_MAX - 1, &settings->hashes_last) &&
           settings->hashes_first <= settings->hashes_last;
}

static bool read_flag(const char *value, bool *flag)
{
    *flag = value == NULL || strcmp(value, "1") == 0;
    return *flag || strcmp(value, "0") == 0;
}

/** @brief Store a value; false when it makes no sense.
 *  @param value  NULL when there is no `=`. */
static bool store(const struct option *option,
                  char *value,
                  struct settings *settings)
{
    void *place = (char *)settings + option->place;
    uint64_t number = 0;

    if (option->kind == KIND_FLAG) {
        return read_flag(value, place);
    }
    if (value == NULL || *value == '\0') {
        return false;
    }
    switch (option->kind) {
    case KIND_TEXT:
        *(const char **)place = value;
        return true;
    case KIND_RANGE:
        return read_range(value, settings);
    case KIND_SMALL:
        if (!read_number(value, UINT32_MAX, &number) || number == 0) {
            return false;
        }
        *(uint32_t *)place = (uint32_t)number;
        return true;
    case KIND_LARGE:
        return read_number(value, UINT64_MAX, place);
    case KIND_FLAG:
        break;
    }
    return false;
}

static const struct option *find_option(const char *name)
{
    for (size_t at = 0; at < OPTION_COUNT; at++) {
        if (strcmp(options[at].name, name) == 0) {
            return &options[at];
        }
    }
    return NULL;
}

/** @brief Say which options there are. */
static const char *refuse_name(const char *name)
{
    size_t used = (size_t)snprintf(sentence,
                                   sizeof sentence,
                                   "DRYPORT has no option `%.60s`; there are",
                                   name);

    for (size_t at = 0; at < OPTION_COUNT; at++) {
        used += (size_t)snprintf(sentence + used,
                                 sizeof sentence - used,
                                 "%s %s",
                                 at == 0 ? "" : ",",
                                 options[at].name);
    }
    return sentence;
}

/** @brief Take one word over; NULL, or what is wrong with it. */
static const char *take_word(char *word, struct settings *settings)
{
    char *equals = strchr(word, '=');
    char *value = equals == NULL ? NULL : equals + 1;
    const struct option *option;

    if (equals != NULL) {
        *equals = '\0';
    }
    option = find_option(word);
    if (option == NULL) {
        return refuse_name(word);
    }
    if (!store(option, value, settings)) {
        (void)snprintf(sentence,
                       sizeof sentence,
                       "DRYPORT: the value of `%s` makes no sense; write it "
                       "like %s, and blanks between options",
                       option->name,
                       option->example);
        return sentence;
    }
    return NULL;
}

/** @brief Fill in what follows from the rest. */
static const char *complete(struct settings *settings)
{
    struct sim_options *given = &settings->options;

    if (settings->statics != NULL && strcmp(settings->statics, "keep") != 0) {
        return "DRYPORT: the one value of `statics` is keep, which leaves "
               "static variables as the run before left them";
    }
    if (given->schedule != NULL && given->replay != NULL) {
        return "DRYPORT: give a schedule or a replay line, not both";
    }
    /* A run like any other: nobody asked for more. */
    if (given->runs == 0 && given->strategy == NULL &&
        (given->faults == NULL || strcmp(given->faults, "each") != 0)) {
        given->runs = 1;
    }
    return NULL;
}

const char *sim__settings_read(const char *text, struct settings *settings)
{
    static const char blanks[] = " \t\r\n";
    char *word = words;

    *settings = (struct settings){.options.seed = 1};
    if (text == NULL) {
        text = "";
    }
    if (strlen(text) >= sizeof words) {
        return "the variable DRYPORT is too long: 16,383 characters fit";
    }
    memcpy(words, text, strlen(text) + 1);
    word += strspn(word, blanks);
    /* BOUND: each turn goes on behind a word. */
    while (*word != '\0') {
        char *end = word + strcspn(word, blanks);
        char *next = end + strspn(end, blanks);
        const char *wrong;

        *end = '\0';
        wrong = take_word(word, settings);
        if (wrong != NULL) {
            return wrong;
        }
        word = next;
    }
    return complete(settings);
}
