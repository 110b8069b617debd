/**
 * @file operation.c
 * @brief Rules about starting operations, and what the kernel has of each.
 *
 * Memory is lent when an operation pends, and comes back in two steps: what
 * the program may look at once the operation is over, and the OVERLAPPED that
 * only its packet gives back.
 *
 * Uses:     operation.h, block.h.
 * Used by:  irp.c, irp_end.c, irp_data.c, port.c.
 * Facts:    none.
 * Read next: changed.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "operation.h"

#include <stdio.h>
#include <string.h>

#include "block.h"

/** @brief What a kind of request does with its buffer; 0: it is not lent. */
static unsigned buffer_use(enum irp_kind kind)
{
    switch (kind) {
    case IRP_READ:
    case IRP_ACCEPT:
    case IRP_CONTROL:
    case IRP_PEEK:
    case IRP_TRANSACT:
    case IRP_NOTIFY:
    case IRP_POLL:
        return LENT_FILLED;
    case IRP_WRITE:
        return LENT_SENT;
    case IRP_CONNECT: /* Its data are taken during the call. */
    case IRP_FLUSH:
    case IRP_LISTEN:
    case IRP_DISCONNECT:
    case IRP_TRANSMIT:
    case IRP_LOCK:
        break;
    }
    return 0;
}

/* ---- Words ---------------------------------------------------------------- */

const char *sim__watched_words(const struct watched *op, char *out)
{
    char letter[8];

    (void)snprintf(out,
                   WORDS_BYTES,
                   "operation %u (%s on file %u, started by %s)",
                   (unsigned)op->op,
                   op->call,
                   (unsigned)op->file,
                   sim__thread_letter(op->thread, letter));
    return out;
}

const char *sim__self_words(char *out)
{
    char letter[8];

    (void)snprintf(
        out,
        WORDS_BYTES,
        "thread %s",
        sim__thread_letter(sim__world.current->object.number, letter));
    return out;
}

void sim__show_both(const struct watched *op, const char *own_title)
{
    sim__call_stack_show("started", op->stack);
    sim__call_stack_show_own(own_title);
}

const struct io_piece *sim__pieces_of(const struct irp *irp,
                                      struct io_piece *own,
                                      uint32_t *count_out)
{
    if (irp->pieces != NULL) {
        *count_out = irp->piece_count;
        return irp->pieces;
    }
    *own = (struct io_piece){.length = irp->length, .at = irp->buffer};
    *count_out = irp->buffer != NULL && irp->length != 0;
    return own;
}

/** @brief Bytes of the block that the kernel may touch. */
static size_t block_bytes(const struct irp *irp)
{
    return irp->block_is_whole ? sizeof(OVERLAPPED) : sizeof(IO_STATUS_BLOCK);
}

/* ---- A request is started ------------------------------------------------- */

/** @brief Which rule it is to use an OVERLAPPED that an operation has. */
static enum rule reuse_rule(const struct watched *op)
{
    if (!op->queued) {
        return RULE_overlapped_reused;
    }
    return op->at_once ? RULE_result_twice : RULE_overlapped_requeued;
}

static void check_block(const struct irp *irp)
{
    const struct lent_query query = {
        .start = (uintptr_t)irp->block,
        .bytes = irp->block == NULL ? 0 : sizeof *irp->block,
        .uses = LENT_BLOCK,
    };
    const struct lent *lent = sim__lent_find(&query);
    char words[WORDS_BYTES];
    char self[WORDS_BYTES];
    enum rule rule;

    if (lent == NULL) {
        return;
    }
    rule = reuse_rule(lent->op);
    if (!sim__rule_on(rule)) {
        return;
    }
    sim__show_both(lent->op, "used again");
    sim__rule_break(rule,
                    "%s calls %s with the OVERLAPPED of %s, %s",
                    sim__self_words(self),
                    irp->call,
                    sim__watched_words(lent->op, words),
                    rule == RULE_overlapped_reused
                        ? "which is not over"
                        : (rule == RULE_result_twice
                               ? "which succeeded at once and whose packet "
                                 "is still queued"
                               : "whose packet is still queued"));
}

/** @brief Two operations that fill one buffer: neither can be blamed for how
 *  it looks.  That is allowed for bytes that nobody reads. */
static void forget_sums(const struct lent_query *query, struct irp *irp)
{
    struct lent_query others = *query;
    struct lent *lent;

    others.uses = LENT_FILLED;
    lent = sim__lent_find(&others);
    if (lent != NULL) {
        irp->shares_buffer = true;
        lent->op->sums_hold = false;
    }
}

static void check_buffer(struct irp *irp, const struct io_piece *piece)
{
    unsigned use = buffer_use(irp->kind);
    const struct lent_query query = {
        .start = (uintptr_t)piece->at,
        .bytes = piece->length,
        .uses = use == LENT_SENT ? LENT_FILLED : LENT_SENT,
    };
    const struct lent *lent = sim__lent_find(&query);
    char words[WORDS_BYTES];
    char self[WORDS_BYTES];

    if (lent != NULL && sim__rule_on(RULE_buffer_shared)) {
        sim__show_both(lent->op, "shared");
        sim__rule_break(
            RULE_buffer_shared,
            use == LENT_SENT
                ? "%s calls %s to send from a buffer that %s is about to fill"
                : "%s calls %s to fill a buffer that %s still sends",
            sim__self_words(self),
            irp->call,
            sim__watched_words(lent->op, words));
    }
    if (use == LENT_FILLED) {
        forget_sums(&query, irp);
    }
}

/** @brief The memory must be there, as far as the heap knows. */
static void check_memory(const struct irp *irp,
                         const void *start,
                         size_t bytes,
                         const char *name)
{
    const struct block *block;
    char self[WORDS_BYTES];
    char letter[8];

    switch (sim__block_look(start, bytes, &block)) {
    case BLOCK_FREED:
        if (sim__rule_on(RULE_lent_freed)) {
            sim__call_stack_show("freed", block->stack);
            sim__call_stack_show_own("used");
            sim__rule_break(RULE_lent_freed,
                            "%s calls %s with %s in a block of %zu bytes "
                            "that thread %s freed by %s",
                            sim__self_words(self),
                            irp->call,
                            name,
                            block->bytes,
                            sim__thread_letter(block->thread, letter),
                            block->call);
        }
        break;
    case BLOCK_SHORT:
        if (sim__rule_on(RULE_lent_short)) {
            sim__call_stack_show("allocated", block->stack);
            sim__call_stack_show_own("used");
            sim__rule_break(RULE_lent_short,
                            "%s calls %s with %s of %zu bytes, which reaches "
                            "%zu bytes beyond the block of %zu bytes that it "
                            "lies in",
                            sim__self_words(self),
                            irp->call,
                            name,
                            bytes,
                            sim__block_missing(block, start, bytes),
                            block->bytes);
        }
        break;
    case BLOCK_ELSEWHERE:
    case BLOCK_GOOD:
        break;
    }
}

void sim__watch_submit(struct irp *irp)
{
    bool lends = buffer_use(irp->kind) != 0;
    struct io_piece own;
    uint32_t count;
    const struct io_piece *pieces = sim__pieces_of(irp, &own, &count);

    if (irp->block != NULL) {
        check_memory(irp, irp->block, block_bytes(irp), "an OVERLAPPED");
    }
    if (sim__world.lent != NULL) {
        check_block(irp);
    }
    for (uint32_t at = 0; lends && at < count; at++) {
        check_memory(irp, pieces[at].at, pieces[at].length, "a buffer");
        if (sim__world.lent != NULL) {
            check_buffer(irp, &pieces[at]);
        }
    }
}

/* ---- What the kernel has --------------------------------------------------- */

/** @brief The record of a request, made when it is first needed. */
static struct watched *watched_of(struct irp *irp)
{
    struct watched *op = irp->watch;

    if (op != NULL) {
        return op;
    }
    op = sim__take(sizeof *op);
    memset(op, 0, sizeof *op);
    op->irp = irp;
    op->op = irp->op;
    op->call = irp->call;
    op->file = irp->file->object.number;
    op->thread = irp->thread->object.number;
    irp->watch = op;
    return op;
}

static struct lent *lend(struct watched *op,
                         const void *start,
                         size_t bytes,
                         unsigned use,
                         const char *name)
{
    struct lent *lent = sim__take(sizeof *lent);

    *lent = (struct lent){
        .start = (uintptr_t)start,
        .bytes = bytes,
        .op = op,
        .name = name,
        .use = (uint8_t)use,
        .next = op->lent,
    };
    op->lent = lent;
    return lent;
}

/** @brief From now on the range is in the index. */
static void enter(struct lent *lent)
{
    sim__lent_add(lent);
    sim__frame_lent(lent);
}

void sim__watch_out(struct irp *irp, void *at, size_t bytes, const char *name)
{
    struct watched *op;
    struct lent *lent;

    if (!sim__rules_on() || at == NULL) {
        return;
    }
    op = watched_of(irp);
    lent = lend(op, at, bytes, LENT_RESULT, name);
    if (op->indexed) {
        enter(lent);
    }
}

/** @brief Put a new record and all it has so far into the index. */
static void watch(struct watched *op)
{
    op->stack = sim__call_stack_take();
    op->indexed = true;
    sim__watched_add(op);
    for (struct lent *lent = op->lent; lent != NULL; lent = lent->next) {
        enter(lent);
    }
}

void sim__watch_pend(struct irp *irp)
{
    struct watched *op = watched_of(irp);
    unsigned use = buffer_use(irp->kind);
    struct io_piece own;
    uint32_t count;
    const struct io_piece *pieces = sim__pieces_of(irp, &own, &count);

    for (uint32_t at = 0; use != 0 && at < count; at++) {
        if (pieces[at].length != 0) {
            (void)lend(op, pieces[at].at, pieces[at].length, use, "the buffer");
        }
    }
    if (irp->block != NULL) {
        (void)lend(op,
                   irp->block,
                   block_bytes(irp),
                   LENT_BLOCK,
                   "the OVERLAPPED");
    }
    sim__image_take(op);
    watch(op);
}

/** @brief The program has a range back. */
static void give_back(struct lent *lent, const struct watched *op)
{
    if (op->indexed) {
        sim__lent_remove(lent);
    }
    sim__give(lent, sizeof *lent);
}

/** @brief The program has everything back but some uses. */
static void give_back_all_but(struct watched *op, unsigned uses)
{
    struct lent **link = &op->lent;

    /* BOUND: each turn passes a range or takes it out. */
    while (*link != NULL) {
        struct lent *lent = *link;

        if ((lent->use & uses) != 0) {
            link = &lent->next;
        } else {
            *link = lent->next;
            give_back(lent, op);
        }
    }
}

void sim__watch_gone(struct irp *irp)
{
    struct watched *op = irp->watch;

    give_back_all_but(op, 0);
    if (op->indexed) {
        sim__watched_remove(op);
    }
    sim__give(op, sizeof *op);
    irp->watch = NULL;
}

/* ---- A request ends -------------------------------------------------------- */

static void check_frames(const struct watched *op, unsigned uses)
{
    for (const struct lent *lent = op->lent; lent != NULL; lent = lent->next) {
        if ((lent->use & uses) != 0) {
            sim__frame_check(lent);
        }
    }
}

void sim__watch_complete(struct irp *irp)
{
    check_frames(irp->watch, LENT_ANY);
    sim__image_check_block(irp->watch);
    sim__image_check_sent(irp->watch);
    sim__image_check_filled(irp->watch);
}

void sim__watch_told(struct irp *irp, bool queued)
{
    struct watched *op = irp->watch;

    op->queued = queued;
    op->sums_hold = false;
    if (!queued) {
        sim__watch_gone(irp);
    } else {
        /* The kernel is done with the rest, and GetOverlappedResult may have
         * said so. */
        give_back_all_but(op, LENT_BLOCK);
    }
}

void sim__watch_at_once(struct irp *irp)
{
    struct watched *op = watched_of(irp);

    give_back_all_but(op, 0);
    op->queued = true;
    op->at_once = true;
    if (irp->block != NULL) {
        (void)lend(op,
                   irp->block,
                   block_bytes(irp),
                   LENT_BLOCK,
                   "the OVERLAPPED");
    }
    watch(op);
}

void sim__watch_take(struct irp *irp)
{
    check_frames(irp->watch, LENT_BLOCK);
    sim__image_check_block(irp->watch);
}

/* ---- Bytes move ------------------------------------------------------------- */

void sim__watch_put(struct irp *irp)
{
    struct watched *op = irp->watch;

    check_frames(op, LENT_FILLED);
    sim__image_check_filled(op);
    op->sums_hold = false; /* From here on the kernel has changed it. */
}

void sim__watch_get(const struct irp *irp)
{
    check_frames(irp->watch, LENT_SENT);
}

void sim__watch_poisoned(const struct irp *irp, bool fills)
{
    char letter[8];

    if (!sim__rule_on(RULE_buffer_freed)) {
        return;
    }
    sim__rule_break(
        RULE_buffer_freed,
        "the kernel %s the buffer of operation %u (%s on file %u, started by "
        "%s), and AddressSanitizer says that this memory was freed or its "
        "variable is out of scope",
        fills ? "fills" : "reads",
        (unsigned)irp->op,
        irp->call,
        (unsigned)irp->file->object.number,
        irp->thread == NULL
            ? "a thread that has ended"
            : sim__thread_letter(irp->thread->object.number, letter));
}
