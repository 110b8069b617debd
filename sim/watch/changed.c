/**
 * @file changed.c
 * @brief Rules about memory that the program changes while the kernel has it.
 *
 * What was lent is looked at when it is lent and again when the kernel needs
 * it.  A buffer that is sent is looked at whole, because one wrong byte on the
 * wire is a wrong message.  Of a buffer that will be filled only the two ends
 * are: it may be large, few bytes may come, and whoever prepares it too late
 * begins at its beginning.
 *
 * Uses:     operation.h.
 * Used by:  operation.c.
 * Facts:    OVL-03, OVL-06, OVL-07, OVL-33.
 * Read next: frame.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "../host/host.h"
#include "operation.h"

/** How much of a buffer to be filled is looked at. */
enum { HEAD_BYTES = 256, TAIL_BYTES = 64, LANES = 4 };

/** @brief Mix one word into a sum. */
static inline uint64_t mix(uint64_t sum, uint64_t word)
{
    sum = (sum ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return sum ^ (sum >> 29);
}

/** @brief The sum of some bytes; four sums side by side, because each step of
 *  one has to wait for the last. */
static uint64_t sum_of(uint64_t sum, const char *at, size_t bytes)
{
    uint64_t lanes[LANES] = {sum, 1, 2, 3};
    uint64_t words[LANES];

    for (; bytes >= sizeof words; bytes -= sizeof words, at += sizeof words) {
        memcpy(words, at, sizeof words);
        for (unsigned lane = 0; lane < LANES; lane++) {
            lanes[lane] = mix(lanes[lane], words[lane]);
        }
    }
    memset(words, 0, sizeof words);
    memcpy(words, at, bytes);
    for (unsigned lane = 0; lane < LANES; lane++) {
        sum = mix(mix(sum, lanes[lane]), words[lane]);
    }
    return sum;
}

/** @brief The sum of one range, as far as it is looked at. */
static uint64_t lent_sum(const struct lent *lent)
{
    const char *at = (const char *)lent->start;

    if (lent->use == LENT_SENT || lent->bytes <= HEAD_BYTES + TAIL_BYTES) {
        return sum_of(0, at, lent->bytes);
    }
    return sum_of(sum_of(0, at, HEAD_BYTES),
                  at + lent->bytes - TAIL_BYTES,
                  TAIL_BYTES);
}

/** @brief Whether a range can be looked at. */
static bool can_look(const struct lent *lent)
{
    return !sim__host_is_poisoned((const void *)lent->start, lent->bytes);
}

/** @brief The sum of an operation's buffer. */
static uint64_t sum_all(const struct watched *op)
{
    const struct lent *lent = op->lent;
    uint64_t sum = 0;

    for (; lent != NULL; lent = lent->next) {
        if ((lent->use & (LENT_FILLED | LENT_SENT)) != 0 && can_look(lent)) {
            sum = mix(sum, lent_sum(lent));
        }
    }
    return sum;
}

/** @brief Whether hEvent is part of the block, and the kernel's.
 *  FACT OVL-33 with a routine it is the program's. */
static bool has_event(const struct irp *irp)
{
    return irp->block_is_whole && irp->routine == NULL;
}

void sim__image_take(struct watched *op)
{
    const struct irp *irp = op->irp;

    if (irp->block != NULL) {
        const OVERLAPPED *overlapped = (const void *)irp->block;

        op->internal = overlapped->Internal;
        op->internal_high = overlapped->InternalHigh;
        op->event = has_event(irp) ? overlapped->hEvent : NULL;
    }
    op->sums_hold = (irp->kind == IRP_READ || irp->kind == IRP_WRITE) &&
                    !irp->shares_buffer;
    if (op->sums_hold) {
        op->sum = sum_all(op);
    }
}

void sim__image_check_block(const struct watched *op)
{
    const struct irp *irp = op->irp;
    const OVERLAPPED *overlapped = (const void *)irp->block;
    const char *field = NULL;
    char words[WORDS_BYTES];

    if (overlapped == NULL || !sim__rule_on(RULE_overlapped_changed)) {
        return;
    }
    /* FACT OVL-03 Internal says pending from the start; FACT OVL-06
     * InternalHigh is left alone.  FACT OVL-07 the offset is input only: it
     * is no matter what becomes of it. */
    if (overlapped->Internal != op->internal) {
        field = "Internal";
    } else if (overlapped->InternalHigh != op->internal_high) {
        field = "InternalHigh";
    } else if (has_event(irp) && overlapped->hEvent != op->event) {
        field = "hEvent";
    }
    if (field != NULL) {
        sim__call_stack_show("started", op->stack);
        sim__rule_break(RULE_overlapped_changed,
                        "the OVERLAPPED of %s is not as it was lent: somebody "
                        "wrote into %s%s",
                        sim__watched_words(op, words),
                        field,
                        sim__stack_at(overlapped).is_stack
                            ? ", on a stack: perhaps the function that it "
                              "belonged to has returned"
                            : "");
    }
}

/** @brief End the run if a buffer of some use has another sum now. */
static void check_sum(const struct watched *op,
                      enum irp_kind kind,
                      enum rule rule,
                      const char *format)
{
    char words[WORDS_BYTES];

    if (op->irp->kind == kind && op->sums_hold && sim__rule_on(rule) &&
        sum_all(op) != op->sum) {
        sim__call_stack_show("started", op->stack);
        sim__rule_break(rule,
                        "the buffer of %s %s",
                        sim__watched_words(op, words),
                        format);
    }
}

void sim__image_check_sent(const struct watched *op)
{
    check_sum(op,
              IRP_WRITE,
              RULE_sent_changed,
              "does not hold any more what it held when the call was made");
}

void sim__image_check_filled(const struct watched *op)
{
    check_sum(op,
              IRP_READ,
              RULE_filled_changed,
              "was written to by the program before the kernel filled it");
}
