/**
 * @file options.c
 * @brief The options of `dry`, in one table.
 *
 * Uses:     dry.h.
 * Used by:  main.c, command_help.c.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "dry.h"

/** How an option's value is stored. */
enum option_kind {
    KIND_FLAG,  /**< A bool that becomes true. */
    KIND_SMALL, /**< A uint32_t from 1 to max. */
    KIND_LARGE, /**< A uint64_t up to max. */
    KIND_TEXT,  /**< A text, as it is. */
    KIND_RANGE  /**< A..B */
};

static const struct option {
    const char *name;
    const char *value; /**< What the help calls its value. */
    const char *help;
    unsigned groups;
    enum option_kind kind;
    uint64_t max;
    size_t place; /**< In struct arguments. */
} options[] = {
#define PLACE(field) offsetof(struct arguments, field)
    {"--seed",
     "N",
     "the schedule's seed, or the first of them (1)",
     OPTIONS_SEED,
     KIND_LARGE,
     UINT64_MAX,
     PLACE(options.seed)},
    {"--schedule",
     "CHOICES",
     "answer the choices like this, then with 0",
     OPTIONS_SCHEDULE,
     KIND_TEXT,
     0,
     PLACE(schedule)},
    {"--runs",
     "N",
     "how many schedules at most",
     OPTIONS_EXPLORE | OPTIONS_RUNS,
     KIND_LARGE,
     UINT64_MAX,
     PLACE(options.runs)},
    {"--strategy",
     "S",
     "random, dfs (every schedule), or dfs:N with\n"
     "                       at most N preemptions",
     OPTIONS_EXPLORE,
     KIND_TEXT,
     0,
     PLACE(options.strategy)},
    {"--cpus",
     "N",
     "processors of the simulated machine (4)",
     OPTIONS_WORLD,
     KIND_SMALL,
     64,
     PLACE(options.processors)},
    {"--concurrency",
     "N",
     "concurrency value of every port, whatever the\n"
     "                       program asks for",
     OPTIONS_WORLD,
     KIND_SMALL,
     1000000,
     PLACE(options.concurrency)},
    {"--steps",
     "N",
     "calls before a run counts as a livelock",
     OPTIONS_WORLD,
     KIND_LARGE,
     UINT64_C(1000000000000),
     PLACE(options.steps_max)},
    {"--faults",
     "PLAN",
     "which calls fail: any, any/100, WSASend, WSASend#3\n"
     "                       (its third call), WSASend#3+ (and later ones),\n"
     "                       #7; each: every one in turn",
     OPTIONS_WORLD,
     KIND_TEXT,
     0,
     PLACE(options.faults)},
    {"--network",
     "PLAN",
     "hosts and links, such as hosts=3,latency=1ms..5ms,\n"
     "                       1-2/loss=2%/bandwidth=1MB,1-3/cut; prompt",
     OPTIONS_WORLD,
     KIND_TEXT,
     0,
     PLACE(options.network)},
    {"--rules",
     "LIST",
     "contract rules: off, or those to leave out and add,\n"
     "                       such as -3,-7,+41; `dry rules` names them",
     OPTIONS_WORLD,
     KIND_TEXT,
     0,
     PLACE(options.rules)},
    {"--exact",
     NULL,
     "time-outs end exactly, not on clock ticks",
     OPTIONS_WORLD,
     KIND_FLAG,
     0,
     PLACE(options.exact_clock)},
    {"--prompt",
     NULL,
     "no time passes while a thread can run",
     OPTIONS_WORLD,
     KIND_FLAG,
     0,
     PLACE(options.prompt_threads)},
    {"--calls",
     NULL,
     "switch threads before calls only, not after",
     OPTIONS_WORLD,
     KIND_FLAG,
     0,
     PLACE(options.calls_only)},
    {"--json",
     NULL,
     "print one line of JSON and nothing else",
     OPTIONS_OUTPUT,
     KIND_FLAG,
     0,
     PLACE(json)},
    {"--trace",
     "FILE",
     "write the last run's trace into a file",
     OPTIONS_OUTPUT,
     KIND_TEXT,
     0,
     PLACE(trace_file)},
    {"--real",
     NULL,
     "run it on the Windows that is really here",
     OPTIONS_REAL,
     KIND_FLAG,
     0,
     PLACE(real)},
    {"--sim",
     NULL,
     "on the simulator only",
     OPTIONS_SIM,
     KIND_FLAG,
     0,
     PLACE(sim_only)},
    {"--hashes",
     "A..B",
     "print the trace hash of each seed from A to B",
     OPTIONS_HASHES,
     KIND_RANGE,
     0,
     PLACE(hashes_first)},
#undef PLACE
};

enum { OPTION_COUNT = sizeof options / sizeof options[0] };

static const char *option_name(size_t at)
{
    return options[at].name;
}

bool dry_read_number(const char *text, uint64_t max, uint64_t *out)
{
    uint64_t number = 0;

    if (*text == '\0') {
        return false;
    }
    for (; *text != '\0'; text++) {
        uint64_t digit = (uint64_t)(*text - '0');

        if (*text < '0' || *text > '9' || number > (max - digit) / 10 ||
            digit > max) {
            return false;
        }
        number = number * 10 + digit;
    }
    *out = number;
    return true;
}

/** @brief Read "A..B". */
static bool read_range(const char *text, struct arguments *arguments)
{
    const char *dots = strstr(text, "..");
    char first[24];
    size_t length = dots == NULL ? 0 : (size_t)(dots - text);

    if (length == 0 || length >= sizeof first) {
        return false;
    }
    memcpy(first, text, length);
    first[length] = '\0';
    arguments->hashes = true;
    return dry_read_number(first, UINT64_MAX, &arguments->hashes_first) &&
           dry_read_number(dots + 2, UINT64_MAX, &arguments->hashes_last) &&
           arguments->hashes_first <= arguments->hashes_last;
}

/** @brief Store a value; false when it makes no sense. */
static bool store(const struct option *option,
                  const char *value,
                  struct arguments *arguments)
{
    void *place = (char *)arguments + option->place;
    uint64_t number = 0;

    switch (option->kind) {
    case KIND_FLAG:
        *(bool *)place = true;
        return true;
    case KIND_TEXT:
        *(const char **)place = value;
        return true;
    case KIND_RANGE:
        return read_range(value, arguments);
    case KIND_SMALL:
        if (!dry_read_number(value, option->max, &number) || number == 0) {
            return false;
        }
        *(uint32_t *)place = (uint32_t)number;
        return true;
    case KIND_LARGE:
        if (!dry_read_number(value, option->max, &number)) {
            return false;
        }
        *(uint64_t *)place = number;
        return true;
    }
    return false;
}

/** @brief Say that an option is not known to a command. */
static bool refuse_option(const struct command *command, const char *word)
{
    const char *nearest = dry_nearest(word, option_name, OPTION_COUNT);

    if (nearest != NULL && strcmp(nearest, word) != 0) {
        dry_refuse("dry %s: there is no option `%s`; did you mean `%s`?",
                   command->name,
                   word,
                   nearest);
    } else {
        dry_refuse("dry %s: there is no option `%s`; `dry help %s` names "
                   "those there are",
                   command->name,
                   word,
                   command->name);
    }
    return false;
}

/** @brief Say which value an option wants. */
static bool refuse_value(const struct command *command,
                         const struct option *option,
                         const char *value)
{
    char wanted[64] = "a value";

    switch (option->kind) {
    case KIND_SMALL:
        (void)snprintf(wanted,
                       sizeof wanted,
                       "a number from 1 to %s",
                       dry_count(option->max));
        break;
    case KIND_LARGE:
        (void)snprintf(wanted,
                       sizeof wanted,
                       "a number from 0 to %s",
                       dry_count(option->max));
        break;
    case KIND_RANGE:
        (void)snprintf(wanted, sizeof wanted, "two numbers, such as 1..100");
        break;
    case KIND_FLAG:
        (void)snprintf(wanted, sizeof wanted, "no value");
        break;
    case KIND_TEXT:
        break;
    }
    dry_refuse("dry %s: %s wants %s%s%s",
               command->name,
               option->name,
               wanted,
               value == NULL ? "" : ", not ",
               value == NULL ? "" : value);
    return false;
}

/** @brief Find an option that a command understands, by a name that ends at
 *  the end of the word or at `=`. */
static const struct option *find_option(const struct command *command,
                                        const char *word)
{
    size_t length = strcspn(word, "=");

    for (size_t at = 0; at < OPTION_COUNT; at++) {
        const struct option *option = &options[at];

        if ((option->groups & command->options) != 0 &&
            strlen(option->name) == length &&
            memcmp(option->name, word, length) == 0) {
            return option;
        }
    }
    return NULL;
}

/** @brief Understand one option; moves @p argv to its last word. */
static bool read_option(const struct command *command,
                        char ***argv,
                        struct arguments *arguments)
{
    const char *word = **argv;
    const struct option *option = find_option(command, word);
    const char *equals = strchr(word, '=');
    const char *value = equals == NULL ? NULL : equals + 1;

    if (option == NULL) {
        return refuse_option(command, word);
    }
    if (option->kind == KIND_FLAG) {
        return value == NULL ? store(option, NULL, arguments)
                             : refuse_value(command, option, value);
    }
    if (value == NULL && (*argv)[1] != NULL) {
        (*argv)++;
        value = **argv;
    }
    if (value == NULL || !store(option, value, arguments)) {
        return refuse_value(command, option, value);
    }
    if (option->place == offsetof(struct arguments, options.seed)) {
        arguments->seed_given = true;
    }
    return true;
}

/** @brief Take a word that is no option. */
static bool read_word(const struct command *command,
                      const char *word,
                      struct arguments *arguments)
{
    if (arguments->word_count == command->words_max) {
        dry_refuse("dry %s: it is not clear what `%s` is for; write "
                   "`dry %s%s%s`",
                   command->name,
                   word,
                   command->name,
                   command->usage[0] == '\0' ? "" : " ",
                   command->usage);
        return false;
    }
    arguments->words[arguments->word_count++] = word;
    return true;
}

bool dry_read_options(const struct command *command,
                      char **argv,
                      struct arguments *arguments)
{
    for (; *argv != NULL; argv++) {
        bool good = (*argv)[0] == '-' ? read_option(command, &argv, arguments)
                                      : read_word(command, *argv, arguments);

        if (!good) {
            return false;
        }
    }
    if (arguments->word_count < command->words_min) {
        dry_refuse("dry %s: %s is missing; write `dry %s %s`",
                   command->name,
                   command->usage,
                   command->name,
                   command->usage);
        return false;
    }
    return true;
}

void dry_print_options(unsigned groups)
{
    for (size_t at = 0; at < OPTION_COUNT; at++) {
        char name[32];

        if ((options[at].groups & groups) == 0) {
            continue;
        }
        (void)snprintf(name,
                       sizeof name,
                       "%s%s%s",
                       options[at].name,
                       options[at].value == NULL ? "" : " ",
                       options[at].value == NULL ? "" : options[at].value);
        printf("  %-20s %s\n", name, options[at].help);
    }
}

struct sim_options dry_options(const struct scenario *scenario,
                               const struct arguments *arguments)
{
    const struct sim_options *given = &arguments->options;
    struct sim_options own = scenario->options;

    own.name = scenario->name;
    own.seed = arguments->seed_given ? given->seed : 1;
    own.runs = given->runs;
    own.strategy = given->strategy != NULL ? given->strategy : own.strategy;
    if (given->steps_max != 0) {
        own.steps_max = given->steps_max;
    }
    if (given->processors != 0) {
        own.processors = given->processors;
    }
    if (given->concurrency != 0) {
        own.concurrency = given->concurrency;
    }
    own.exact_clock |= given->exact_clock;
    own.prompt_threads |= given->prompt_threads;
    own.calls_only |= given->calls_only;
    own.faults = given->faults != NULL ? given->faults : own.faults;
    own.rules = given->rules != NULL ? given->rules : own.rules;
    own.network = given->network != NULL ? given->network : own.network;
    own.hash = true;
    return own;
}
