/**
 * @file deadlock.c
 * @brief Saying who waits for what when nothing can run.
 *
 * A deadlock is found the moment the last thread blocks with nothing due.
 * The sentence names every thread, the call it is in, and what would free it.
 *
 * Uses:     schedule.h, park.h, wait.h.
 * Used by:  schedule.c.
 * Facts:    none.
 * Read next: park.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>

#include "../watch/watch.h"
#include "park.h"
#include "port.h"
#include "schedule.h"
#include "wait.h"

/** A sentence being written; what does not fit is left out. */
struct sentence {
    char text[768];
    size_t used;
};

static void add(struct sentence *sentence, const char *format, ...)
    SIM_FORMAT(2, 3);

static void add(struct sentence *sentence, const char *format, ...)
{
    size_t room = sizeof sentence->text - sentence->used;
    va_list arguments;
    int written;

    va_start(arguments, format);
    written =
        vsnprintf(sentence->text + sentence->used, room, format, arguments);
    va_end(arguments);
    if (written > 0) {
        sentence->used += (size_t)written < room ? (size_t)written : room - 1;
    }
}

/** @brief "mutex 1 (held by B)", "event 2", "thread C". */
static void add_object(struct sentence *sentence, const struct object *object)
{
    char letter[8];

    if (object->type == OBJECT_THREAD) {
        add(sentence,
            "the end of thread %s",
            sim__thread_letter(object->number, letter));
        return;
    }
    add(sentence,
        "%s %u",
        sim__object_word(object->type),
        (unsigned)object->number);
    if (object->type == OBJECT_MUTEX) {
        const struct thread *owner = ((const struct mutex *)object)->owner;

        if (owner != NULL) {
            add(sentence,
                " held by %s",
                sim__thread_letter(owner->object.number, letter));
        }
    }
}

static void add_objects(struct sentence *sentence, const struct thread *thread)
{
    const char *between = thread->wait_all ? " and " : " or ";

    for (uint32_t at = 0; at < thread->block_count; at++) {
        add(sentence, "%s", at == 0 ? " for " : between);
        add_object(sentence, thread->blocks[at].object);
    }
}

static void add_lock(struct sentence *sentence, const struct thread *thread)
{
    const struct thread *owner = sim__lock_owner(thread);
    char letter[8];

    if (owner != NULL) {
        add(sentence,
            " for a lock held by %s",
            sim__thread_letter(owner->object.number, letter));
    }
}

/** @brief What a port was to hear of, and why it never will. */
static void add_silence(struct sentence *sentence,
                        const struct silence *silence)
{
    if (silence->why == SILENCE_NONE) {
        return;
    }
    if (silence->why == SILENCE_FOREIGN) {
        add(sentence,
            " (file %u was not associated with it: a file belongs to one port "
            "for life, PORT-07)",
            (unsigned)silence->file);
        return;
    }
    add(sentence,
        " (operation %u, %s on file %u, ",
        (unsigned)silence->op,
        silence->call,
        (unsigned)silence->file);
    if (silence->why == SILENCE_FAILED) {
        add(sentence,
            "failed at once with error %u, and then no packet comes, PORT-19)",
            (unsigned)RtlNtStatusToDosError(silence->status));
    } else {
        add(sentence,
            "%s)",
            silence->why == SILENCE_SKIPPED
                ? "succeeded at once, and the file skips the packet then, "
                  "PORT-88"
                : "asked for no packet, by the low bit of hEvent or by its "
                  "context, PORT-23");
    }
}

static void add_port(struct sentence *sentence, const struct port *port)
{
    add(sentence, " for a packet of port %u", (unsigned)port->object.number);
    if (port->depth != 0) {
        add(sentence,
            " (%u queued, but %u of %u threads count as running)",
            (unsigned)port->depth,
            (unsigned)port->running,
            (unsigned)port->limit);
        return;
    }
    add_silence(sentence, &port->silence);
}

static void add_thread(struct sentence *sentence, const struct thread *thread)
{
    char letter[8];

    add(sentence,
        "%s%s ",
        sentence->used == 0 ? "" : "; ",
        sim__thread_letter(thread->object.number, letter));
    if (thread->reason == BLOCK_SUSPENDED) {
        add(sentence, "is suspended");
        return;
    }
    add(sentence, "waits in %s", thread->waits_in);
    switch ((enum block_reason)thread->reason) {
    case BLOCK_OBJECTS:
        add_objects(sentence, thread);
        break;
    case BLOCK_PORT:
        add_port(sentence, thread->port);
        break;
    case BLOCK_ADDRESS:
        add_lock(sentence, thread);
        break;
    case BLOCK_NONE:
    case BLOCK_SLEEP:
    case BLOCK_SUSPENDED:
    case BLOCK_IO:
        break; /* The name of the call says it all. */
    }
}

/** @brief The operation that pends longest, whose end might free somebody. */
static void add_pending(struct sentence *sentence)
{
    char words[WATCH_WORDS_BYTES];
    bool has_port;

    if (sim__watch_pending(words, &has_port)) {
        add(sentence,
            "; %s is pending%s",
            words,
            has_port ? "" : ", and its file belongs to no port");
    }
}

void sim__deadlock(void)
{
    struct sentence sentence = {.used = 0};
    const struct thread *thread = sim__world.thread_first;

    if (sim__world.threads_live == sim__world.threads_idle) {
        sim__process_over(); /* Only the pool is left, and has no work. */
    }
    for (; thread != NULL; thread = thread->all_next) {
        if (thread->state != THREAD_OVER && !thread->pool_idle) {
            add_thread(&sentence, thread);
        }
    }
    add_pending(&sentence);
    sim__stop(SIM_DEADLOCK, "nothing can ever run again: %s", sentence.text);
}
