/**
 * @file option_text.c
 * @brief Options that are text: plans of faults, rules and networks.
 *
 * They stand in replay lines as they were given, so their small languages do
 * without blanks and colons, which end a line's field.
 *
 * Uses:     run.h.
 * Used by:  replay.c, explore.c.
 * Facts:    none.
 * Read next: explore.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "run.h"

const char *const sim__option_text_names[OPTION_TEXTS] = {"faults",
                                                          "rules",
                                                          "network"};

const char **sim__option_text(size_t at)
{
    struct sim_options *options = &sim__exploration.options;
    const char **const places[OPTION_TEXTS] = {&options->faults,
                                               &options->rules,
                                               &options->network};

    return places[at];
}

bool sim__option_text_take(const char *name,
                           size_t length,
                           const char *text,
                           const char *end)
{
    size_t bytes = (size_t)(end - text);

    for (size_t at = 0; at < OPTION_TEXTS; at++) {
        const char *own = sim__option_text_names[at];
        char *copy = sim__exploration.texts[at];

        if (strlen(own) != length || memcmp(own, name, length) != 0) {
            continue;
        }
        if (bytes == 0 || bytes >= OPTION_TEXT_BYTES) {
            return false;
        }
        memcpy(copy, text, bytes);
        copy[bytes] = '\0';
        *sim__option_text(at) = copy;
        return true;
    }
    return false;
}

/** @brief Whether a text can stand in a replay line. */
static bool fits(const char *text)
{
    return text[0] != '\0' && text[strcspn(text, ": \t\r\n")] == '\0' &&
           strlen(text) < OPTION_TEXT_BYTES;
}

const char *sim__option_texts_check(void)
{
    static char problem[192];

    for (size_t at = 0; at < OPTION_TEXTS; at++) {
        const char *text = *sim__option_text(at);

        if (text != NULL && !fits(text)) {
            (void)snprintf(problem,
                           sizeof problem,
                           "the option `%s` is empty, too long, or has a "
                           "blank or a colon in it: it stands in replay lines, "
                           "so separate its words by commas",
                           sim__option_text_names[at]);
            return problem;
        }
    }
    return NULL;
}
