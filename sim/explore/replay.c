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
 * Uses:     run.h.
 * Used by:  explore.c, dry.
 * Facts:    none.
 * Read next: explore.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "run.h"

enum { LINE_ROOM = 1 << 20, NAME_MAX_BYTES = 64, DIGIT_VALUES = 36 };

static char line_out[LINE_ROOM];
static char problem[256];

static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";

/* ---- Writing ------------------------------------------------------------- */

/** @brief Append to the line; what does not fit is left out. */
static void append(size_t *used, const char *format, ...) SIM_FORMAT(2, 3);

static void append(size_t *used, const char *format, ...)
{
    size_t room = LINE_ROOM - *used;
    va_list arguments;
    int written;

    va_start(arguments, format);
    written = vsnprintf(line_out + *used, room, format, arguments);
    va_end(arguments);
    if (written > 0) {
        *used += (size_t)written < room ? (size_t)written : room - 1;
    }
}

static void append_answer(size_t *used, uint32_t value, size_t times)
{
    if (value < DIGIT_VALUES) {
        append(used, "%c", digits[value]);
    } else {
        append(used, "V%u.", (unsigned)value);
    }
    if (times > 4) {
        append(used, "R%zu.", times - 1);
    } else if (times > 1) {
        append_answer(used, value, times - 1);
    }
}

static void append_answers(size_t *used)
{
    const struct choice *list = sim__chooser.list;
    size_t count = sim__chooser.position;

    append(used, ":choices=");
    while (count > 0 && list[count - 1].value == 0) {
        count--;
    }
    for (size_t at = 0; at < count;) {
        size_t times = 1;

        while (at + times < count && list[at + times].value == list[at].value) {
            times++;
        }
        append_answer(used, list[at].value, times);
        at += times;
    }
}

/** @brief Append the options that change what a run does. */
static void append_options(size_t *used)
{
    const struct sim_options *options = &sim__exploration.options;
    const struct world_options *world = &sim__exploration.world;

    if (options->processors != 0) {
        append(used, ":cpus=%u", (unsigned)options->processors);
    }
    if (options->concurrency != 0) {
        append(used, ":concurrency=%u", (unsigned)options->concurrency);
    }
    if (options->steps_max != 0) {
        append(used, ":steps=%" PRIu64, options->steps_max);
    }
    if (world->preemptions_max != UINT32_MAX) {
        append(used, ":bound=%u", (unsigned)world->preemptions_max);
    }
    append(used, "%s", options->exact_clock ? ":exact=1" : "");
    append(used, "%s", options->prompt_threads ? ":prompt=1" : "");
    append(used, "%s", options->calls_only ? ":calls=1" : "");
    append(used, "%s", options->leaks_allowed ? ":leaks=1" : "");
    append(used, "%s", options->faults ? ":faults=1" : "");
}

const char *sim__replay_write(bool with_hash)
{
    const struct exploration *exploration = &sim__exploration;
    size_t used = 0;

    append(&used, "v1:%s", exploration->options.name);
    if (exploration->strategy == STRATEGY_RANDOM) {
        append(&used, ":seed=%" PRIu64, exploration->seed);
    } else {
        append_answers(&used);
    }
    append_options(&used);
    if (with_hash) {
        append(&used, ":hash=%016" PRIx64, sim__trace_state.digest);
    }
    return line_out;
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

const char *sim_replay_name(const char *line, char *name_out, size_t name_bytes)
{
    size_t length;

    if (line == NULL || strncmp(line, "v1:", 3) != 0) {
        return complain("a replay line begins with `v1:`; copy the whole line "
                        "that was printed after `replay:`");
    }
    length = field_length(line + 3);
    if (length == 0 || length >= NAME_MAX_BYTES || length >= name_bytes) {
        return complain("the replay line has no scenario's name behind `v1:`");
    }
    memcpy(name_out, line + 3, length);
    name_out[length] = '\0';
    return NULL;
}

/** @brief Read a whole number that fills the text up to @p end. */
static bool
read_number(const char *text, const char *end, unsigned base, uint64_t *out)
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

/** @brief Read `V47.` or `R11.` behind its letter; moves @p at to the dot. */
static bool read_counted(const char **at, const char *end, uint64_t *number)
{
    const char *dot = memchr(*at, '.', (size_t)(end - *at));

    if (dot == NULL || !read_number(*at, dot, 10, number)) {
        return false;
    }
    *at = dot;
    return true;
}

/** @brief Read the answers of a line into the chooser's list. */
static const char *
read_answers(const char *line, const char *text, const char *end)
{
    uint64_t value = 0;

    sim__answers_begin();
    sim__exploration.strategy = STRATEGY_LIST;
    for (const char *at = text; at < end; at++) {
        const char *start = at++;
        const char *digit = strchr(digits, *start);
        uint64_t times = 1;
        bool good;

        if (*start == 'R') {
            good = start > text && read_counted(&at, end, &times);
        } else if (*start == 'V') {
            good = read_counted(&at, end, &value) && value < UINT32_MAX;
        } else {
            good = digit != NULL && *start != '\0';
            value = good ? (uint64_t)(digit - digits) : 0;
            at = start;
        }
        if (!good || !sim__answers_add((uint32_t)value, times)) {
            return complain("the replay line is damaged at character %zu: "
                            "copy the whole line that was printed",
                            (size_t)(start - line) + 1);
        }
    }
    return NULL;
}

/** @brief Take over one numeric field; false when its name is unknown. */
static bool take_number(const char *name, size_t length, uint64_t number)
{
    struct exploration *exploration = &sim__exploration;
    struct sim_options *options = &exploration->options;
    const struct {
        const char *name;
        bool *flag;
        uint32_t *count;
        uint64_t *large;
    } fields[] = {
        {"seed", NULL, NULL, &exploration->seed},
        {"cpus", NULL, &options->processors, NULL},
        {"concurrency", NULL, &options->concurrency, NULL},
        {"steps", NULL, NULL, &options->steps_max},
        {"bound", NULL, &exploration->world.preemptions_max, NULL},
        {"exact", &options->exact_clock, NULL, NULL},
        {"prompt", &options->prompt_threads, NULL, NULL},
        {"calls", &options->calls_only, NULL, NULL},
        {"leaks", &options->leaks_allowed, NULL, NULL},
        {"faults", &options->faults, NULL, NULL},
        {"hash", &exploration->hash_expected, NULL, &exploration->expected_hash},
    };

    for (size_t at = 0; at < sizeof fields / sizeof fields[0]; at++) {
        if (strlen(fields[at].name) != length ||
            memcmp(fields[at].name, name, length) != 0) {
            continue;
        }
        if (fields[at].flag != NULL) {
            *fields[at].flag = fields[at].large != NULL || number != 0;
        }
        if (fields[at].count != NULL) {
            *fields[at].count = (uint32_t)number;
        }
        if (fields[at].large != NULL) {
            *fields[at].large = number;
        }
        return fields[at].count == NULL || number <= UINT32_MAX;
    }
    return false;
}

/** @brief Take over one `name=value` of the line. */
static const char *read_field(const char *line, const char *field)
{
    const char *end = field + field_length(field);
    const char *equals = memchr(field, '=', (size_t)(end - field));
    uint64_t number;
    size_t length;
    unsigned base;

    if (equals == NULL) {
        return complain("the replay line is damaged at character %zu: a part "
                        "has no `=`",
                        (size_t)(field - line) + 1);
    }
    length = (size_t)(equals - field);
    if (length == 7 && memcmp(field, "choices", 7) == 0) {
        return read_answers(line, equals + 1, end);
    }
    base = length == 4 && memcmp(field, "hash", 4) == 0 ? 16 : 10;
    if (!read_number(equals + 1, end, base, &number) ||
        !take_number(field, length, number)) {
        return complain("the replay line has a part `%.*s` that this version "
                        "does not know, at character %zu",
                        (int)(end - field),
                        field,
                        (size_t)(field - line) + 1);
    }
    return NULL;
}

const char *sim__replay_read(const char *line)
{
    char name[NAME_MAX_BYTES];
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
    sim__exploration.strategy = STRATEGY_RANDOM;
    at = line + 3 + strlen(name);
    while (*at == ':') {
        wrong = read_field(line, at + 1);
        if (wrong != NULL) {
            return wrong;
        }
        at += 1 + field_length(at + 1);
    }
    return NULL;
}
