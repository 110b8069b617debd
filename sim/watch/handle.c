/**
 * @file handle.c
 * @brief Rules about handles that are closed too early or too often.
 *
 * Windows answers a stale handle with an error, unless its number is in use
 * again: then it acts on somebody else's object.  No program can know which
 * of the two it will be, so the first use of a closed handle is the mistake.
 *
 * Uses:     operation.h.
 * Used by:  object.c.
 * Facts:    PORT-46, PORT-77, OVL-20, SOCK-54.
 * Read next: stream.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "../kernel/wait.h"
#include "operation.h"

enum { HANDLE_STEP = 4, SHOWN_MAX = 1024 };

/** Who closed the first rows of the table, in a run for a report. */
static struct {
    uint64_t generation;
    struct call_stack *stack;
} closers[SHOWN_MAX];

void sim__watch_closing(uint32_t row)
{
    if (row < SHOWN_MAX) {
        closers[row].generation = sim__world.generation;
        closers[row].stack = sim__call_stack_take();
    }
}

/** @brief Show who closed a handle and who uses it. */
static void show_closer(const void *handle)
{
    uintptr_t row = (uintptr_t)handle / HANDLE_STEP - 1;

    if (row < SHOWN_MAX && closers[row].generation == sim__world.generation) {
        sim__call_stack_show("closed", closers[row].stack);
    }
    sim__call_stack_show_own("used");
}

/** @brief "event 3, which thread A closed at 12 us".
 *  @param out  WORDS_BYTES bytes; returned. */
static const char *closing_words(const struct handle *row, char *out)
{
    char letter[8];

    (void)snprintf(out,
                   WORDS_BYTES,
                   "%s %u, which thread %s closed at %llu us",
                   sim__object_word(row->closed_by & 0xFF),
                   (unsigned)row->closed_number,
                   sim__thread_letter(row->closed_by >> 8, letter),
                   (unsigned long long)(row->closed_at / 10));
    return out;
}

/** @brief The number that a handle is. */
static unsigned long value_of(const void *handle)
{
    return (unsigned long)((uintptr_t)handle / HANDLE_STEP * HANDLE_STEP);
}

/* ---- Closing ---------------------------------------------------------------- */

/** @brief The thread that waits for an object by a handle, or NULL. */
static const struct thread *waiter_of(const struct object *object)
{
    const struct wait_block *block = object->wait_first;

    while (block != NULL && block->thread == NULL) {
        block = block->next; /* A wait packet keeps the object alive. */
    }
    return block == NULL ? NULL : block->thread;
}

/** @brief Whether the end of a wait is undefined once the handle is closed.
 *  A port's waiters are abandoned, and a file's operations cancelled. */
static bool leaves_waiters(const struct object *object)
{
    return object->type != OBJECT_PORT && object->type != OBJECT_FILE;
}

static void check_waiters(const struct object *object)
{
    const struct thread *waiter;
    char self[WORDS_BYTES];
    char letter[8];

    if (!leaves_waiters(object) || !sim__rule_on(RULE_waited_closed)) {
        return;
    }
    waiter = waiter_of(object);
    if (waiter != NULL) {
        sim__call_stack_show_own("closed");
        sim__rule_break(RULE_waited_closed,
                        "%s closes the last handle of %s %u while thread %s "
                        "waits for it in %s",
                        sim__self_words(self),
                        sim__object_word(object->type),
                        (unsigned)object->number,
                        sim__thread_letter(waiter->object.number, letter),
                        waiter->waits_in);
    }
}

/** @brief Whether an operation's end would be told by its event alone. */
static bool needs_event(const struct irp *irp, const struct object *event)
{
    return irp->event == event && irp->waiting == NULL &&
           irp->routine == NULL &&
           (irp->file->port == NULL || irp->context == NULL);
}

static void check_event(const struct object *event)
{
    const struct watched *op = sim__watched_first();
    char words[WORDS_BYTES];
    char self[WORDS_BYTES];

    if (!sim__rule_on(RULE_event_closed)) {
        return;
    }
    for (; op != NULL; op = op->next) {
        if (!op->queued && needs_event(op->irp, event)) {
            sim__show_both(op, "closed");
            sim__rule_break(RULE_event_closed,
                            "%s closes event %u, which alone would tell of "
                            "the end of %s",
                            sim__self_words(self),
                            (unsigned)event->number,
                            sim__watched_words(op, words));
        }
    }
}

void sim__watch_last_closed(const struct object *object)
{
    if (!sim__rules_on()) {
        return;
    }
    if (object->wait_first != NULL) {
        check_waiters(object);
    }
    if (object->type == OBJECT_EVENT) {
        check_event(object);
    }
}

/* ---- Using what is closed ------------------------------------------------------ */

static void stop_stale(enum rule rule,
                       const struct handle *row,
                       const void *handle,
                       const char *verb)
{
    char words[WORDS_BYTES];
    char self[WORDS_BYTES];

    if (row->closed_number == 0 || !sim__rule_on(rule)) {
        return;
    }
    show_closer(handle);
    sim__rule_break(rule,
                    "%s %s handle 0x%lx, which was that of %s",
                    sim__self_words(self),
                    verb,
                    value_of(handle),
                    closing_words(row, words));
}

void sim__watch_stale(const struct handle *row, HANDLE handle)
{
    stop_stale(RULE_handle_stale, row, handle, "uses");
}

void sim__watch_closed_again(const struct handle *row, HANDLE handle)
{
    stop_stale(RULE_handle_closed_twice, row, handle, "closes");
}

void sim__watch_mismatch(const struct handle *row,
                         HANDLE handle,
                         enum object_type wanted)
{
    char words[WORDS_BYTES];
    char self[WORDS_BYTES];

    /* FACT SOCK-54 the number may be used again at once.  Only where the old
     * object was what the call wants is it sure that it was meant. */
    if (row->closed_number == 0 || (row->closed_by & 0xFF) != wanted ||
        !sim__rule_on(RULE_handle_recycled)) {
        return;
    }
    show_closer(handle);
    sim__rule_break(RULE_handle_recycled,
                    "%s uses handle 0x%lx for %s; by now it is that of %s %u",
                    sim__self_words(self),
                    value_of(handle),
                    closing_words(row, words),
                    sim__object_word(row->object->type),
                    (unsigned)row->object->number);
}
