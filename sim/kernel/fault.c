/**
 * @file fault.c
 * @brief The plan of faults, and the count of fault points.
 *
 * Uses:     fault.h, choose.h.
 * Used by:  the Win32 calls, world.c, explore.c.
 * Facts:    none.
 * Read next: trace.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fault.h"

#include <stdio.h>
#include <string.h>

enum { ITEMS_MAX = 16, RARITY_DEFAULT = 16, NUMBER_MAX = 1000000000 };

/** One word of a plan. */
struct item {
    const char *call; /* Not ended by 0; NULL: every call. */
    size_t length;
    uint32_t rarity; /* One time in so many; 0: by count. */
    uint64_t number; /* Which one, from 1. */
    bool for_good;   /* And all after it. */
    uint64_t seen;   /* In this run. */
};

static struct {
    struct item items[ITEMS_MAX];
    size_t count;
    uint64_t passed; /* In this run. */
    uint64_t struck;
} plan;

/* ---- Reading a plan ------------------------------------------------------ */

static const char *refuse(const char *word, size_t length)
{
    static char problem[320];

    (void)snprintf(problem,
                   sizeof problem,
                   "the plan of faults makes no sense at `%.*s`: write `any`, "
                   "a call such as WSASend, WSASend/100 for one time in 100, "
                   "WSASend#3 for its third call, WSASend#3+ for that and all "
                   "later ones, #7 for the seventh fault point of the run; "
                   "commas between them",
                   (int)(length < 60 ? length : 60),
                   word);
    return problem;
}

/** @brief Read a whole number; moves @p at behind it; 0 when there is none. */
static uint64_t read_number(const char **at, const char *end)
{
    uint64_t number = 0;

    for (; *at < end && **at >= '0' && **at <= '9'; ++*at) {
        number = number * 10 + (uint64_t)(**at - '0');
        if (number > NUMBER_MAX) {
            return 0;
        }
    }
    return number;
}

static bool is_letter(char letter)
{
    return (letter >= 'a' && letter <= 'z') ||
           (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || letter == '_';
}

/** @brief Read one word of the plan; false when it makes no sense. */
static bool read_item(const char *word, const char *end, struct item *item)
{
    const char *at = word;

    *item = (struct item){.rarity = RARITY_DEFAULT};
    while (at < end && is_letter(*at)) {
        at++;
    }
    if (*word >= '0' && *word <= '9') {
        return false;
    }
    item->length = (size_t)(at - word);
    if (item->length != 3 || memcmp(word, "any", 3) != 0) {
        item->call = item->length == 0 ? NULL : word;
    }
    if (at == end) {
        return item->length != 0;
    }
    if (*at == '/') {
        at++;
        item->rarity = (uint32_t)read_number(&at, end);
        return item->length != 0 && item->rarity != 0 && at == end;
    }
    if (*at++ != '#') {
        return false;
    }
    item->rarity = 0;
    item->number = read_number(&at, end);
    item->for_good = at < end && *at == '+';
    return item->number != 0 && at + item->for_good == end;
}

const char *sim__faults_read(const char *text)
{
    plan.count = 0;
    /* BOUND: each turn but the last passes a comma. */
    for (;;) {
        size_t length = strcspn(text, ",");

        if (plan.count == ITEMS_MAX) {
            return "the plan of faults has more than 16 words";
        }
        if (!read_item(text, text + length, &plan.items[plan.count++])) {
            return refuse(text, length);
        }
        if (text[length] == '\0') {
            return NULL;
        }
        text += length + 1;
    }
}

void sim__faults_aim(uint64_t number, bool for_good)
{
    plan.count = 1;
    plan.items[0] = (struct item){.number = number, .for_good = for_good};
}

/* ---- Fault points -------------------------------------------------------- */

void sim__faults_begin(void)
{
    plan.passed = 0;
    plan.struck = 0;
    for (size_t at = 0; at < plan.count; at++) {
        plan.items[at].seen = 0;
    }
}

uint64_t sim__faults_passed(void)
{
    return plan.passed;
}

uint64_t sim__faults_struck(void)
{
    return plan.struck;
}

/** @brief Whether a name's last letter says which characters its texts have. */
static bool is_alphabet(char last)
{
    return last == 'A' || last == 'W';
}

/** @brief Whether a word of the plan speaks of a call; CreateEvent means
 *  CreateEventA and CreateEventW, too, and either of these CreateEvent. */
static bool speaks_of(const struct item *item, const char *call)
{
    size_t call_length;
    size_t length = item->length;

    if (item->call == NULL) {
        return true;
    }
    call_length = strlen(call);
    if (length == call_length + 1 && is_alphabet(item->call[call_length])) {
        length = call_length;
    } else if (call_length == length + 1 && is_alphabet(call[length])) {
        call_length = length;
    }
    return length == call_length && strncmp(item->call, call, length) == 0;
}

static bool item_strikes(struct item *item)
{
    item->seen++;
    if (item->rarity == 0) {
        return item->seen == item->number ||
               (item->for_good && item->seen > item->number);
    }
    return item->rarity == 1 ||
           sim__choose_rarely(CHOOSE_FAULT, 2, item->rarity) != 0;
}

bool sim__fault_strikes(const char *call, NTSTATUS status)
{
    bool strikes = false;

    plan.passed++;
    for (size_t at = 0; at < plan.count; at++) {
        if (speaks_of(&plan.items[at], call) && item_strikes(&plan.items[at])) {
            strikes = true; /* The others count the call all the same. */
        }
    }
    if (strikes) {
        plan.struck++;
        trace(fault, .text = call, .value = {status}, .kernel = true);
    }
    return strikes;
}
