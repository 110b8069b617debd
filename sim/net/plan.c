/**
 * @file plan.c
 * @brief Reading a plan of the network: hosts and links in a few words.
 *
 * A plan is read once, before the first run, and refused with a sentence when
 * it makes no sense; so nothing can go wrong when a world is made from it.
 *
 * Uses:     network.h.
 * Used by:  explore.c, network.c.
 * Facts:    none.
 * Read next: port_place.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "network.h"

enum {
    PLAN_LINKS_MAX = 128, /* A plan has at most 511 characters. */
    PLAN_HOSTS_MAX = 10000,
    WORD_BYTES = 80,
    HALF_MS_US = 500,
    FIGURE_DIGITS_MAX = 12
};

/** What a plan says of one direction. */
struct plan_link {
    uint32_t from;
    uint32_t to;
    bool cut;
    struct sim_link is;
};

/** The plan in force. */
static struct {
    uint32_t hosts;
    bool hosts_given;
    bool prompt;
    unsigned given; /* Settings of all links that were given, by bit. */
    struct sim_link every;
    struct plan_link links[PLAN_LINKS_MAX];
    size_t link_count;
} plan;

/** A piece of the plan's text. */
struct word {
    const char *at;
    size_t length;
};

static char problem[320];

static const char *complain(const struct word *word, const char *what)
{
    (void)snprintf(problem,
                   sizeof problem,
                   "the network plan says `%.*s`, and %s",
                   (int)(word->length < WORD_BYTES ? word->length : WORD_BYTES),
                   word->at,
                   what);
    return problem;
}

/* ---- Words --------------------------------------------------------------- */

/** @brief Cut the next word off a text, up to a mark or its end. */
static struct word next_word(struct word *rest, char mark)
{
    const char *end = memchr(rest->at, mark, rest->length);
    struct word word = {rest->at, rest->length};

    if (end != NULL) {
        word.length = (size_t)(end - rest->at);
    }
    rest->at += word.length + (end != NULL);
    rest->length -= word.length + (end != NULL);
    return word;
}

static bool is_word(const struct word *word, const char *text)
{
    return word->length == strlen(text) &&
           memcmp(word->at, text, word->length) == 0;
}

/** @brief Take the beginning off a word; false when it begins otherwise. */
static bool take(struct word *word, const char *text)
{
    size_t length = strlen(text);

    if (word->length < length || memcmp(word->at, text, length) != 0) {
        return false;
    }
    word->at += length;
    word->length -= length;
    return true;
}

/** @brief Take a number off a word; false when there is none, or too much of
 *  one. */
static bool take_number(struct word *word, uint64_t *out)
{
    size_t digits = 0;

    *out = 0;
    while (digits < word->length && word->at[digits] >= '0' &&
           word->at[digits] <= '9') {
        *out = *out * 10 + (uint64_t)(word->at[digits] - '0');
        if (++digits > FIGURE_DIGITS_MAX) {
            return false;
        }
    }
    word->at += digits;
    word->length -= digits;
    return digits != 0;
}

/** Units of a figure, and what they multiply. */
struct unit {
    const char *name;
    uint64_t times;
};

/** @brief Read a figure with its unit, all of the word. */
static bool read_figure(struct word word,
                        const struct unit *units,
                        uint64_t *out)
{
    if (!take_number(&word, out)) {
        return false;
    }
    for (; units->name != NULL; units++) {
        if (is_word(&word, units->name)) {
            *out *= units->times;
            return true;
        }
    }
    return false;
}

/* ---- Settings ------------------------------------------------------------ */

/** @brief A time or two, such as 1ms or 1ms..5ms. */
static const char *read_latency(struct word value, struct sim_link *link)
{
    static const struct unit units[] = {{"us", 1},
                                        {"ms", 1000},
                                        {"s", 1000000},
                                        {NULL, 0}};
    struct word first = value;

    for (size_t at = 0; at + 1 < value.length; at++) {
        if (value.at[at] == '.' && value.at[at + 1] == '.') {
            first.length = at;
            value.at += at + 2;
            value.length -= at + 2;
            break;
        }
    }
    if (!read_figure(first, units, &link->latency_us) ||
        !read_figure(value, units, &link->latency_max_us)) {
        return "a latency is written like 500us, 1ms or 1ms..5ms";
    }
    return NULL;
}

static const char *read_bandwidth(struct word value, struct sim_link *link)
{
    static const struct unit units[] = {{"B", 1},
                                        {"KB", 1000},
                                        {"MB", 1000000},
                                        {"GB", 1000000000},
                                        {NULL, 0}};

    if (!read_figure(value, units, &link->bandwidth) || link->bandwidth == 0) {
        return "a bandwidth is written like 56KB or 10MB, the bytes that pass "
               "in a second, and more than none";
    }
    return NULL;
}

/** @brief A share, such as 2% or 0.5%. */
static const char *read_share(struct word value, uint16_t *out)
{
    static const char wrong[] =
        "a share is written like 2% or 0.5%, and 100% is all";
    uint64_t whole;
    uint64_t tenth = 0;

    if (!take_number(&value, &whole) || whole > 100) {
        return wrong;
    }
    if (take(&value, ".") && (!take_number(&value, &tenth) || tenth > 9)) {
        return wrong;
    }
    if (!is_word(&value, "%") || whole * 10 + tenth > 1000) {
        return wrong;
    }
    *out = (uint16_t)(whole * 10 + tenth);
    return NULL;
}

/**
 * @brief Read one setting of a link.
 * @param given  Bits of the settings read so far: each comes once.
 */
static const char *read_setting(struct word setting,
                                struct sim_link *link,
                                unsigned *given)
{
    static const char *const names[] =
        {"latency=", "bandwidth=", "loss=", "duplication=", "reordering="};
    uint16_t *const shares[] = {&link->loss,
                                &link->duplication,
                                &link->reordering};
    struct word value = setting;
    size_t at = 0;

    while (at < sizeof names / sizeof names[0] && !take(&value, names[at])) {
        at++;
    }
    if (at == sizeof names / sizeof names[0]) {
        return "there is no such setting: use hosts, latency, bandwidth, "
               "loss, duplication or reordering, each with `=`, or prompt, "
               "or a link such as 1-2/loss=2%";
    }
    if (*given & 1u << at) {
        return "that was said before: say each setting once";
    }
    *given |= 1u << at;
    if (at == 0) {
        return read_latency(value, link);
    }
    return at == 1 ? read_bandwidth(value, link)
                   : read_share(value, shares[at - 2]);
}

/* ---- Links --------------------------------------------------------------- */

/** @brief Read "1-2" or "1to2"; false when it is neither. */
static bool read_ends(struct word word, uint64_t ends[2], bool *both)
{
    if (!take_number(&word, &ends[0])) {
        return false;
    }
    *both = take(&word, "-");
    return (*both || take(&word, "to")) && take_number(&word, &ends[1]) &&
           word.length == 0;
}

static bool looks_like_link(const struct word *item)
{
    return item->length != 0 && item->at[0] >= '0' && item->at[0] <= '9';
}

/** @brief Keep what the plan says of one direction. */
static const char *add_link(const struct plan_link *link)
{
    for (size_t at = 0; at < plan.link_count; at++) {
        if (plan.links[at].from == link->from &&
            plan.links[at].to == link->to) {
            return "that link stands in the plan already: say it once, with "
                   "all its settings";
        }
    }
    if (plan.link_count == PLAN_LINKS_MAX) {
        return "there are too many links: set what holds for all of them at "
               "once";
    }
    plan.links[plan.link_count++] = *link;
    return NULL;
}

/** @brief Read the settings of a link, one behind the other. */
static const char *read_settings(struct word rest, struct plan_link *link)
{
    unsigned given = 0;

    /* BOUND: each turn takes a word off the plan. */
    do {
        struct word setting = next_word(&rest, '/');
        const char *wrong;

        if (is_word(&setting, "cut")) {
            link->cut = true;
            continue;
        }
        wrong = read_setting(setting, &link->is, &given);
        if (wrong != NULL) {
            return wrong;
        }
    } while (rest.length != 0);
    return sim__link_wrong(&link->is);
}

static const char *read_link(struct word item)
{
    struct word rest = item;
    struct word name = next_word(&rest, '/');
    struct plan_link link = {.is = plan.every};
    struct plan_link back;
    uint64_t ends[2];
    bool both;
    const char *wrong;

    if (!read_ends(name, ends, &both)) {
        return "a link is written like 1-2, or 1to2 for one direction";
    }
    if (ends[0] == 0 || ends[1] == 0 || ends[0] > plan.hosts ||
        ends[1] > plan.hosts) {
        return "there is no such host: hosts are counted from 1, and hosts=N "
               "says how many there are";
    }
    if (ends[0] == ends[1]) {
        return "between a host and itself lies no link: name two hosts";
    }
    if (rest.length == 0) {
        return "nothing about that link: add settings behind it, such as "
               "/loss=2%";
    }
    link.from = (uint32_t)ends[0];
    link.to = (uint32_t)ends[1];
    wrong = read_settings(rest, &link);
    if (wrong == NULL) {
        wrong = add_link(&link);
    }
    if (wrong == NULL && both) {
        back = link;
        back.from = link.to;
        back.to = link.from;
        wrong = add_link(&back);
    }
    return wrong;
}

/* ---- Plans --------------------------------------------------------------- */

/** @brief Read a word about the whole network. */
static const char *read_common(struct word item)
{
    struct word value = item;
    uint64_t count;

    if (is_word(&item, "prompt")) {
        plan.prompt = true;
        return NULL;
    }
    if (!take(&value, "hosts=")) {
        return read_setting(item, &plan.every, &plan.given);
    }
    if (plan.hosts_given) {
        return "that was said before: say each setting once";
    }
    if (!take_number(&value, &count) || value.length != 0 || count == 0 ||
        count > PLAN_HOSTS_MAX) {
        return "the number of hosts is from 1 to 10000";
    }
    plan.hosts = (uint32_t)count;
    plan.hosts_given = true;
    return NULL;
}

/** @brief Read the items that are links, or those that are not. */
static const char *read_items(const char *text, bool links)
{
    struct word rest = {text, strlen(text)};

    /* BOUND: each turn takes an item off the text. */
    while (rest.length != 0) {
        struct word item = next_word(&rest, ',');
        const char *wrong = NULL;

        if (looks_like_link(&item) == links) {
            wrong = links ? read_link(item) : read_common(item);
        }
        if (wrong != NULL) {
            return complain(&item, wrong);
        }
    }
    return NULL;
}

const char *sim__network_read(const char *text)
{
    const struct word whole = {text, text == NULL ? 0 : strlen(text)};
    const char *wrong;

    memset(&plan, 0, sizeof plan);
    plan.hosts = 1;
    plan.every = (struct sim_link){.latency_us = HALF_MS_US,
                                   .latency_max_us = HALF_MS_US};
    if (text == NULL) {
        return NULL;
    }
    /* Links begin as all others are, wherever in the plan that stands. */
    wrong = read_items(text, false);
    if (wrong != NULL) {
        return wrong;
    }
    wrong = sim__link_wrong(&plan.every);
    return wrong != NULL ? complain(&whole, wrong) : read_items(text, true);
}

void sim__network_plan(struct network *network)
{
    network->defaults = (struct link){.is = plan.every};
    network->prompt = plan.prompt;
    for (uint32_t number = 2; number <= plan.hosts; number++) {
        (void)sim__host_make();
    }
    for (size_t at = 0; at < plan.link_count; at++) {
        const struct plan_link *said = &plan.links[at];
        struct link *link = sim__link_make(sim__host_find(said->from),
                                           sim__host_find(said->to));

        link->is = said->is;
        link->cut = said->cut;
    }
}
