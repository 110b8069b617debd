/**
 * @file replay.c
 * @brief Replay lines: one run as one word.
 *
 *     v1:NAME:seed=7:cpus=2:hash=0123456789abcdef
 *     v1:NAME:choices=0R11.1V47.:bound=2:calls=1
 *
 * The word needs no quotes in any shell.  Answers below 36 are a digit or a
 * lower-case letter; `V47.` is the answer 47; `R11.` repeats the answer before
 * it eleven times more.  Zeros at the end are left out, because that is what a
 * list answers when it is over.
 *
 * Uses:     run.h, choose.h, arena.h.
 * Used by:  explore.c, dry.
 * Facts:    none.
 * Read next: option_text.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

enum {
    NAME_BYTES = 64,      /* Longest name, with the 0. */
    OPTIONS_BYTES = 2560, /* Room for all but the answers. */
    ANSWER_BYTES = 24,    /* Room for one answer and its repetition. */
    DIGIT_VALUES = 36,
    REPEATS_MIN = 4 /* Fewer are shorter written out. */
};

static char problem[256];

static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
static const char name_marks[] = "-_.";

/* ---- Writing ------------------------------------------------------------- */

/** The line being written. */
static struct {
    struct arena arena; /* Holds one line; begun anew for each. */
    char *text;
    size_t room;
    size_t used;
} draft;

static void add(const char *format, ...) SIM_FORMAT(1, 2);

static void add(const char *format, ...)
{
    size_t room = draft.room - draft.used;
    va_list arguments;
    int written;

    va_start(arguments, format);
    written = vsnprintf(draft.text + draft.used, room, format, arguments);
    va_end(arguments);
    if (written > 0) {
        draft.used += (size_t)written < room ? (size_t)written : room - 1;
    }
}

/** @brief Make room for a line of so many answers. */
static void open_line(size_t answers)
{
    if (!sim__arena_open(&draft.arena, (size_t)1 << 30)) {
        sim__stop(SIM_HOST, "the real machine has no memory for a replay line");
    }
    sim__arena_reset(&draft.arena);
    draft.room = OPTIONS_BYTES + answers * ANSWER_BYTES;
    draft.text = sim__arena_take(&draft.arena, draft.room);
    draft.used = 0;
}

static void add_answer(uint32_t value, size_t times)
{
    size_t written = times > REPEATS_MIN ? 1 : times;

    for (size_t time = 0; time < written; time++) {
        if (value < DIGIT_VALUES) {
            add("%c", digits[value]);
        } else {
            add("V%" PRIu32 ".", value);
        }
    }
    if (written < times) {
        add("R%zu.", times - written);
    }
}

static void add_answers(size_t count)
{
    const struct choice *list = sim__chooser.list;

    add(":choices=");
    for (size_t at = 0; at < count;) {
        size_t times = 1;

        while (at + times < count && list[at + times].value == list[at].value) {
            times++;
        }
        add_answer(list[at].value, times);
        at += times;
    }
}

/** @brief Append the options that change what a run does. */
static void add_options(void)
{
    const struct sim_options *options = &sim__exploration.options;
    const struct world_options *world = &sim__exploration.world;

    if (options->processors != 0) {
        add(":cpus=%" PRIu32, options->processors);
    }
    if (options->concurrency != 0) {
        add(":concurrency=%" PRIu32, options->concurrency);
    }
    if (options->steps_max != 0) {
        add(":steps=%" PRIu64, options->steps_max);
    }
    if (world->preemptions_max != UINT32_MAX) {
        add(":bound=%" PRIu32, world->preemptions_max);
    }
    add("%s", options->exact_clock ? ":exact=1" : "");
    add("%s", options->prompt_threads ? ":prompt=1" : "");
    add("%s", options->calls_only ? ":calls=1" : "");
    add("%s", options->leaks_allowed ? ":leaks=1" : "");
    for (size_t at = 0; at < OPTION_TEXTS; at++) {
        const char *text = *sim__option_text(at);

        if (text != NULL) {
            add(":%s=%s", sim__option_text_names[at], text);
        }
    }
}

const char *sim__replay_write(bool with_hash)
{
    const struct exploration *exploration = &sim__exploration;
    const struct choice *list = sim__chooser.list;
    bool random = exploration->strategy == STRATEGY_RANDOM;
    size_t count = random ? 0 : sim__chooser.position;

    while (count > 0 && list[count - 1].value == 0) {
        count--;
    }
    open_line(count);
    add("v1:%s", exploration->options.name);
    if (random) {
        add(":seed=%" PRIu64, exploration->seed);
    } else {
        add_answers(count);
    }
    add_options();
    if (with_hash) {
        add(":hash=%016" PRIx64, sim__trace_state.digest);
    }
    return draft.text;
}

/* ---- Reading ------------------------------------------------------------- */

static const char *complain(const char *format, ...) SIM_FORMAT(1, 2);

static const char *complain(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(problem, sizeof problem, format, arguments);
    va_end(arguments);
    return problem;
}

/** @brief Length of the field that begins here. */
static size_t field_length(const char *field)
{
    return strcspn(field, ":");
}

/** @brief Whether a letter may stand in a name, in any locale. */
static bool is_name_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') ||
           (letter != '\0' && strchr(name_marks, letter) != NULL);
}

/** @brief How many letters of a name begin here. */
static size_t name_length(const char *name)
{
    size_t length = 0;

    while (is_name_letter(name[length])) {
        length++;
    }
    return length;
}

bool sim__replay_takes_name(const char *name)
{
    size_t length = name_length(name);

    return length > 0 && length < NAME_BYTES && name[length] == '\0';
}

const char *sim_replay_name(const char *line, char *name_out, size_t name_bytes)
{
    size_t length;

    if (line == NULL || strncmp(line, "v1:", 3) != 0) {
        return "a replay line begins with `v1:` and this one does not "
               "(character 1); copy the whole line printed after `replay:`";
    }
    length = name_length(line + 3);
    if (length == 0 || length >= NAME_BYTES || length >= name_bytes ||
        (line[3 + length] != ':' && line[3 + length] != '\0')) {
        return "the replay line has no scenario's name behind `v1:` "
               "(character 4); copy the whole line printed after `replay:`";
    }
    memcpy(name_out, line + 3, length);
    name_out[length] = '\0';
    return NULL;
}

/** @brief Read a whole number that fills the text up to @p end. */
static bool read_number(const char *text,
                        const char *end,
                        unsigned base,
                        uint64_t *out)
{
    uint64_t number = 0;

    if (text == end) {
        return false;
    }
    for (; text < end; text++) {
        const char *digit = strchr(digits, *text);
        uint64_t value = digit == NULL ? base : (uint64_t)(digit - digits);

        if (value >= base || number > (UINT64_MAX - value) / base) {
            return false;
        }
        number = number * base + value;
    }
    *out = number;
    return true;
}

/** @brief Read the number of `V47.` or `R11.`; moves @p at to the dot. */
static bool read_counted(const char **at, const char *end, uint64_t *number)
{
    const char *dot = memchr(*at, '.', (size_t)(end - *at));

    if (dot == NULL || !read_number(*at + 1, dot, 10, number)) {
        return false;
    }
    *at = dot;
    return true;
}

/**
 * @brief Read answers into the chooser's list.
 * @return NULL, or the place of the first that makes no sense.
 */
static const char *read_answers(const char *text, const char *end)
{
    uint64_t value = 0;

    sim__answers_begin();
    sim__exploration.strategy = STRATEGY_LIST;
    for (const char *at = text; at < end; at++) {
        const char *start = at;
        uint64_t times = 1;
        bool good;

        if (*start == 'R') {
            good = start > text && read_counted(&at, end, &times);
        } else if (*start == 'V') {
            good = read_counted(&at, end, &value) && value < UINT32_MAX;
        } else {
            good = read_number(start, start + 1, DIGIT_VALUES, &value);
        }
        if (!good || !sim__answers_add((uint32_t)value, times)) {
            return start;
        }
    }
    return NULL;
}

const char *sim__replay_read_schedule(const char *schedule)
{
    const char *wrong = read_answers(schedule, schedule + strlen(schedule));

    if (wrong == NULL) {
        return NULL;
    }
    return complain("the schedule makes no sense at character %zu: write "
                    "answers as 0-9 and a-z, V47. for 47, R11. to repeat one "
                    "11 times more",
                    (size_t)(wrong - schedule) + 1);
}

/** Where a field of the line goes. */
struct field {
    const char *name;
    unsigned base;
    uint64_t max;
    bool *flag; /* Set when the number is not 0, or one of ... */
    uint32_t *small;
    uint64_t *large;
};

/** @brief Take a number over; false when it is none or too large. */
static bool take_number(const struct field *field,
                        const char *text,
                        const char *end)
{
    uint64_t number;

    if (!read_number(text, end, field->base, &number) || number > field->max) {
        return false;
    }
    if (field->flag != NULL) {
        *field->flag = field->large != NULL || number != 0;
    }
    if (field->small != NULL) {
        *field->small = (uint32_t)number;
    }
    if (field->large != NULL) {
        *field->large = number;
    }
    return true;
}

/** @brief Take over a `name=number`; false when it makes no sense. */
static bool take_field(const char *name,
                       size_t length,
                       const char *text,
                       const char *end)
{
    struct exploration *all = &sim__exploration;
    struct sim_options *options = &all->options;
    const struct field fields[] = {
        {"seed", 10, UINT64_MAX, NULL, NULL, &all->seed},
        {"cpus", 10, UINT32_MAX, NULL, &options->processors, NULL},
        {"concurrency", 10, UINT32_MAX, NULL, &options->concurrency, NULL},
        {"steps", 10, UINT64_MAX, NULL, NULL, &options->steps_max},
        {"bound", 10, UINT32_MAX, NULL, &all->world.preemptions_max, NULL},
        {"exact", 10, 1, &options->exact_clock, NULL, NULL},
        {"prompt", 10, 1, &options->prompt_threads, NULL, NULL},
        {"calls", 10, 1, &options->calls_only, NULL, NULL},
        {"leaks", 10, 1, &options->leaks_allowed, NULL, NULL},
        {"hash",
         16,
         UINT64_MAX,
         &all->hash_expected,
         NULL,
         &all->expected_hash},
    };

    for (size_t at = 0; at < sizeof fields / sizeof fields[0]; at++) {
        if (strlen(fields[at].name) == length &&
            memcmp(fields[at].name, name, length) == 0) {
            return take_number(&fields[at], text, end);
        }
    }
    return false;
}

/** @brief Take over one `name=value` of the line.
 *  @return NULL, or the place of what makes no sense. */
static const char *read_field(const char *field)
{
    const char *end = field + field_length(field);
    const char *equals = memchr(field, '=', (size_t)(end - field));
    size_t length;

    if (equals == NULL) {
        return field;
    }
    length = (size_t)(equals - field);
    if (length == 7 && memcmp(field, "choices", 7) == 0) {
        return read_answers(equals + 1, end);
    }
    return take_field(field, length, equals + 1, end) ||
                   sim__option_text_take(field, length, equals + 1, end)
               ? NULL
               : field;
}

/** @brief A line says all that differs from the defaults: begin with them. */
static void forget_options(void)
{
    struct sim_options *options = &sim__exploration.options;

    options->processors = 0;
    options->concurrency = 0;
    options->steps_max = 0;
    options->exact_clock = false;
    options->prompt_threads = false;
    options->calls_only = false;
    options->leaks_allowed = false;
    for (size_t at = 0; at < OPTION_TEXTS; at++) {
        *sim__option_text(at) = NULL;
    }
    sim__exploration.world.preemptions_max = UINT32_MAX;
    sim__exploration.strategy = STRATEGY_RANDOM;
}

const char *sim__replay_read(const char *line)
{
    char name[NAME_BYTES];
    const char *wrong = sim_replay_name(line, name, sizeof name);
    const char *at;

    if (wrong != NULL) {
        return wrong;
    }
    if (strcmp(name, sim__exploration.options.name) != 0) {
        return complain("the replay line is for the scenario `%s`, and this "
                        "one is `%s`",
                        name,
                        sim__exploration.options.name);
    }
    if (strstr(line, ":seed=") == NULL && strstr(line, ":choices=") == NULL) {
        return "the replay line has neither `seed=` nor `choices=`; copy the "
               "whole line printed after `replay:`";
    }
    forget_options();
    at = line + 3 + strlen(name);
    while (*at == ':') {
        wrong = read_field(at + 1);
        if (wrong != NULL) {
            return complain("the replay line makes no sense at character %zu "
                            "(`%.20s`): copy the whole line printed after "
                            "`replay:`, and use the version that printed it",
                            (size_t)(wrong - line) + 1,
                            wrong);
        }
        at += 1 + field_length(at + 1);
    }
    return NULL;
}
