/**
 * @file call_stack.c
 * @brief Taking call stacks, and turning them into names.
 *
 * Uses:     call_stack.h, host.h.
 * Used by:  rules about memory, explore.c.
 * Facts:    none.
 * Read next: lent.h.
 *
 * SPDX-License-Identifier: MIT
 */
#include "call_stack.h"

#include <stdio.h>
#include <string.h>

#include "../host/host.h"

enum { SHOWN_MAX = 4, NAME_BYTES = 96, TEXT_BYTES = 4096 };

/** What the report will show. */
static struct {
    size_t count;
    const char *titles[SHOWN_MAX];
    struct call_stack stacks[SHOWN_MAX];
} shown;

/** @brief Fill a stack in with the running thread's. */
static void fill(struct call_stack *stack)
{
    stack->thread = sim__world.current->object.number;
    sim__world.host_code = true; /* An unwinder may allocate. */
    stack->count = sim__host_stack(stack->at, CALL_STACK_MAX);
    sim__world.host_code = false;
}

struct call_stack *sim__call_stack_take(void)
{
    struct call_stack *stack;

    if (!sim__trace_state.record) {
        return NULL;
    }
    stack = sim__take(sizeof *stack);
    fill(stack);
    return stack;
}

void sim__call_stack_show(const char *title, const struct call_stack *stack)
{
    if (stack != NULL && shown.count < SHOWN_MAX) {
        shown.titles[shown.count] = title;
        shown.stacks[shown.count++] = *stack;
    }
}

void sim__call_stack_show_own(const char *title)
{
    struct call_stack stack;

    if (sim__trace_state.record) {
        fill(&stack);
        sim__call_stack_show(title, &stack);
    }
}

void sim__call_stacks_begin(void)
{
    shown.count = 0;
}

/* ---- Names --------------------------------------------------------------- */

/** @brief Whether a name begins like this; what follows is written to
 *  @p rest_out. */
static bool begins(const char *name, const char *with, const char **rest_out)
{
    size_t length = strlen(with);

    *rest_out = name + length;
    return strncmp(name, with, length) == 0;
}

/** @brief The name of a function that programs call, or NULL: ours begin with
 *  `sim_` where the linker tells them from Windows' own. */
static const char *call_name(const char *name)
{
    const char *rest;

    if (begins(name, "__wrap_", &rest)) {
        return rest;
    }
    return begins(name, "sim_", &rest) && *rest != '_' ? rest : NULL;
}

/** @brief Where the program's own part begins: with the call it made or, when
 *  the compiler left that out, behind what is certainly ours. */
static uint32_t first_shown(const struct call_stack *stack)
{
    uint32_t first = 0;

    for (uint32_t at = 0; at < stack->count; at++) {
        char name[NAME_BYTES];
        const char *rest;

        (void)sim__host_symbol(stack->at[at], name, sizeof name);
        if (call_name(name) != NULL) {
            return at;
        }
        if (begins(name, "sim__", &rest)) {
            first = at + 1;
        }
    }
    return first;
}

/** @brief Whether this is where the simulator starts a thread. */
static bool is_base(const char *name)
{
    return strcmp(name, "thread_entry") == 0 ||
           strcmp(name, "run_scenario") == 0;
}

/** @brief Append one stack to the text; returns how long it is then. */
static size_t write_stack(size_t used, size_t number, char *text)
{
    const struct call_stack *stack = &shown.stacks[number];
    char letter[8];

    used += (size_t)snprintf(text + used,
                             TEXT_BYTES - used,
                             "%s by %s: ",
                             shown.titles[number],
                             sim__thread_letter(stack->thread, letter));
    for (uint32_t at = first_shown(stack); at < stack->count; at++) {
        char name[NAME_BYTES];
        const char *call;

        (void)sim__host_symbol(stack->at[at], name, sizeof name);
        if (is_base(name) || used + (size_t)2 * NAME_BYTES > TEXT_BYTES) {
            break;
        }
        call = call_name(name);
        used += (size_t)snprintf(text + used,
                                 TEXT_BYTES - used,
                                 "%s%s",
                                 at == first_shown(stack) ? "" : " < ",
                                 call != NULL ? call : name);
    }
    return used + (size_t)snprintf(text + used, TEXT_BYTES - used, "\n");
}

const char *sim__call_stacks_text(void)
{
    static char text[TEXT_BYTES];
    size_t used = 0;

    text[0] = '\0';
    for (size_t at = 0; at < shown.count; at++) {
        if (used + (size_t)4 * NAME_BYTES < TEXT_BYTES) {
            used = write_stack(used, at, text);
        }
    }
    return text;
}
