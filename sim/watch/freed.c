/**
 * @file freed.c
 * @brief Rules about memory that is freed too early.
 *
 * Uses:     operation.h.
 * Used by:  block.c, virtual_api.c.
 * Facts:    PORT-20, PORT-47, OVL-27.
 * Read next: left.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operation.h"

/** @brief Which rule it is to free a range. */
static enum rule rule_of(const struct lent *lent)
{
    switch ((enum lent_use)lent->use) {
    case LENT_BLOCK:
        /* FACT PORT-20 an immediate success does queue a packet. */
        return lent->op->at_once ? RULE_result_twice : RULE_overlapped_freed;
    case LENT_RESULT:
        return RULE_result_gone;
    case LENT_FILLED:
    case LENT_SENT:
    case LENT_ANY:
        break;
    }
    return RULE_buffer_freed;
}

/** @brief Where an operation is, as far as its memory goes. */
static const char *state_of(const struct watched *op)
{
    if (!op->queued) {
        return "which is not over";
    }
    /* FACT PORT-47 the memory must live until the packet has been removed. */
    return op->at_once ? "which succeeded at once and whose packet is still "
                         "queued"
                       : "whose packet is still queued";
}

/** @brief FACT OVL-27 what was lent stays valid until completion. */
static void stop(const struct lent *lent, const char *call)
{
    char words[WORDS_BYTES];
    char self[WORDS_BYTES];

    sim__show_both(lent->op, "freed");
    sim__rule_break(rule_of(lent),
                    "%s frees, by %s, %s of %s, %s",
                    sim__self_words(self),
                    call,
                    lent->name,
                    sim__watched_words(lent->op, words),
                    state_of(lent->op));
}

void sim__watch_freed(const void *memory, size_t bytes, const char *call)
{
    /* The OVERLAPPED first, whatever else lies in the block: it is what most
     * people forget. */
    static const unsigned uses[] = {LENT_BLOCK,
                                    LENT_FILLED | LENT_SENT,
                                    LENT_RESULT};

    for (size_t at = 0; at < sizeof uses / sizeof uses[0]; at++) {
        const struct lent_query query = {
            .start = (uintptr_t)memory,
            .bytes = bytes,
            .uses = uses[at],
        };
        const struct lent *lent = sim__lent_find(&query);

        if (lent != NULL && sim__rule_on(rule_of(lent))) {
            stop(lent, call);
        }
    }
}
