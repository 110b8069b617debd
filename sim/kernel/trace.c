/**
 * @file trace.c
 * @brief Writing, keeping and hashing events.
 *
 * The hash covers every field of every event and nothing else, so two runs
 * with equal hashes were equal as far as anybody could see.
 *
 * Uses:     trace.h, world.h.
 * Used by:  every file through trace(), run.c.
 * Facts:    none.
 * Read next: world.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "trace.h"

#include <string.h>

#include "world.h"

struct trace sim__trace_state;

enum { EVENTS_RESERVE_LOG2 = 36, TEXTS_RESERVE_LOG2 = 34 };

/** @brief Mix one number into a hash: xor, multiply, fold the high half
 *  down, because a product's low bits know little of its factors' high ones. */
static inline uint64_t mix(uint64_t digest, uint64_t word)
{
    digest = (digest ^ word) * UINT64_C(0x9e3779b97f4a7c15);
    return digest ^ (digest >> 32);
}

/** @brief Hash of a text, byte order independent. */
static uint64_t hash_text(const char *text)
{
    uint64_t digest = 0;
    uint64_t word = 0;
    unsigned filled = 0;

    for (; *text != '\0'; text++) {
        word = word << 8 | (unsigned char)*text;
        if (++filled == 8) {
            digest = mix(digest, word);
            filled = 0;
            word = 0;
        }
    }
    return mix(digest, word << 8 | filled);
}

/** @brief Hash of a static text, remembered by its address.
 *
 *  The address decides only where the hash is looked up, never what it is. */
static uint64_t hash_static(const char *text)
{
    static struct {
        const char *text;
        uint64_t hash;
    } known[256];
    size_t at = ((uintptr_t)text >> 3) % (sizeof known / sizeof known[0]);

    if (known[at].text != text) {
        known[at].text = text;
        known[at].hash = hash_text(text);
    }
    return known[at].hash;
}

static uint64_t mix_event(uint64_t digest,
                          const struct sim_event *event,
                          bool copy)
{
    digest = mix(digest, event->time);
    digest = mix(digest,
                 (uint64_t)event->thread << 32 | (uint64_t)event->kind << 16 |
                     (uint64_t)event->owner << 8 | event->type);
    digest = mix(digest, (uint64_t)event->op << 32 | event->object);
    for (unsigned at = 0; at < 3; at++) {
        digest = mix(digest, (uint64_t)event->value[at]);
    }
    if (event->text == NULL) {
        return digest;
    }
    return mix(digest,
               copy ? hash_text(event->text) : hash_static(event->text));
}

/** @brief Copy a text that its owner is about to overwrite. */
static const char *keep_text(const char *text)
{
    size_t bytes = strlen(text) + 1;

    return memcpy(sim__arena_take(&sim__trace_state.text_arena, bytes),
                  text,
                  bytes);
}

static void keep(const struct sim_event *event, bool copy)
{
    struct trace *state = &sim__trace_state;
    struct arena *arena = &state->event_arena;
    struct sim_event *kept;

    if (SIM_UNLIKELY(arena->committed - arena->used < sizeof *event)) {
        sim__arena_grow(arena, sizeof *event);
    }
    kept = (struct sim_event *)(void *)(arena->base + arena->used);
    arena->used += sizeof *event;
    *kept = *event;
    if (copy) {
        kept->text = keep_text(event->text);
    }
    state->count++;
}

void sim__trace(enum sim_event_kind kind, const struct say *say)
{
    struct trace *state = &sim__trace_state;
    const struct thread *self = sim__world.current;
    struct sim_event event = {
        .time = sim__world.now,
        .thread = say->kernel || self == NULL ? 0 : self->object.number,
        .kind = (uint16_t)kind,
        .owner = (uint8_t)say->owner,
        .op = say->op,
        .value = {say->value[0], say->value[1], say->value[2]},
        .text = say->text,
    };

    if (say->object != NULL) {
        event.type = say->object->type;
        event.object = say->object->number;
    }
    if (state->hash) {
        state->digest = mix_event(state->digest, &event, say->copy);
    }
    if (state->record) {
        keep(&event, say->copy);
    }
    if (state->observe != NULL) {
        sim__world.host_code = true;
        state->observe(state->observe_context, &event);
        sim__world.host_code = false;
    }
}

void sim__trace_begin(void)
{
    struct trace *state = &sim__trace_state;

    state->on = state->record || state->hash || state->observe != NULL;
    state->digest = 0;
    state->count = 0;
    state->events = NULL;
    if (!state->record) {
        return;
    }
    if (!sim__arena_open(&state->event_arena,
                         (size_t)1 << EVENTS_RESERVE_LOG2) ||
        !sim__arena_open(&state->text_arena, (size_t)1 << TEXTS_RESERVE_LOG2)) {
        sim__stop(SIM_HOST, "the real machine has no memory to keep a trace");
    }
    sim__arena_reset(&state->event_arena);
    sim__arena_reset(&state->text_arena);
    state->events =
        (struct sim_event *)(void *)sim__trace_state.event_arena.base;
}
