/**
 * @file thread.c
 * @brief How threads begin and end.
 *
 * A thread takes a fiber from a pool that outlives the world, and gives it
 * back when it ends.  What Windows does at the end of a thread happens here in
 * one place, in the order of Windows' own run-down.
 *
 * Uses:     thread.h, wait.h, port.h, irp.h, world.h.
 * Used by:  the Win32 calls about threads, world.c.
 * Facts:    THREAD-01, THREAD-06, THREAD-07, THREAD-11.
 * Read next: apc.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "thread.h"

#include <string.h>

#include "../watch/watch.h"
#include "irp.h"
#include "port.h"
#include "schedule.h"
#include "timer.h"
#include "wait.h"

enum { STACK_BYTES = SIM_ASAN ? 1 << 20 : 1 << 18, POOL_RESERVE_LOG2 = 32 };

/** A fiber of the pool. */
struct stack {
    struct sim__fiber fiber; /* First: a fiber's address is its stack's. */
    struct stack *made_next; /* Every stack ever made, oldest first. */
    struct stack *free_next; /* Given back during this run. */
    const char *known_low;   /* Where it lies, as the index has it. */
    struct thread *thread;   /* Who has it, or NULL, */
    uint64_t generation;     /* in this world; in others nobody. */
};

static struct {
    struct arena arena; /* Never reset: fibers outlive worlds. */
    struct stack *made_first;
    struct stack *made_last;
    struct stack *fresh; /* First stack not used in this run yet. */
    struct stack *free_first;

    struct stack **by_address; /* Lowest first. */
    size_t indexed;            /* Stacks in it. */
    size_t indexed_max;
} pool;

/** Stands in for a thread that has ended and may be forgotten, until another
 * one runs. */
static struct thread leaver;

static struct object *process;

void sim__threads_begin(void)
{
    pool.fresh = pool.made_first;
    pool.free_first = NULL;
    process = NULL;
}

struct object *sim__process(void)
{
    if (process == NULL) {
        process = sim__object_create(OBJECT_PROCESS, sizeof *process);
        sim__object_keep(process);
    }
    return process;
}

/* ---- Whose stack an address lies on --------------------------------------- */

/** @brief How many stacks of the index begin at or below an address. */
static size_t stacks_up_to(const char *address)
{
    size_t low = 0;
    size_t high = pool.indexed;

    /* BOUND: each turn halves what is left. */
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if ((uintptr_t)pool.by_address[middle]->known_low <=
            (uintptr_t)address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static void index_remove(const struct stack *stack)
{
    size_t at = stacks_up_to(stack->known_low);

    memmove(&pool.by_address[at - 1],
            &pool.by_address[at],
            (pool.indexed - at) * sizeof(struct stack *));
    pool.indexed--;
}

/** @brief Note where a stack lies; the host may have moved it. */
static SIM_NOINLINE void stack_index(struct stack *stack)
{
    size_t at;

    if (stack->known_low == stack->fiber.stack_low) {
        return;
    }
    if (stack->known_low != NULL) {
        index_remove(stack);
    }
    if (pool.indexed == pool.indexed_max) {
        size_t row = sizeof(struct stack *);
        size_t grown = pool.indexed_max == 0 ? 64 : pool.indexed_max * 2;

        pool.by_address = sim__table_grow(pool.by_address,
                                          pool.indexed_max * row,
                                          grown * row);
        pool.indexed_max = grown;
    }
    stack->known_low = stack->fiber.stack_low;
    at = stacks_up_to(stack->known_low);
    memmove(&pool.by_address[at + 1],
            &pool.by_address[at],
            (pool.indexed - at) * sizeof(struct stack *));
    pool.by_address[at] = stack;
    pool.indexed++;
}

struct stack_place sim__stack_at(const void *address)
{
    size_t at = stacks_up_to(address);
    const struct stack *stack;

    if (at == 0) {
        return (struct stack_place){.is_stack = false};
    }
    stack = pool.by_address[at - 1];
    if ((uintptr_t)address - (uintptr_t)stack->known_low >=
        stack->fiber.stack_bytes) {
        return (struct stack_place){.is_stack = false};
    }
    return (struct stack_place){
        .is_stack = true,
        .thread =
            stack->generation == sim__world.generation ? stack->thread : NULL,
    };
}

/* ---- Beginning ------------------------------------------------------------- */

/** @brief Make one stack more. */
static SIM_NOINLINE struct stack *stack_make(void)
{
    struct stack *stack;

    if (pool.arena.base == NULL &&
        !sim__arena_open(&pool.arena, (size_t)1 << POOL_RESERVE_LOG2)) {
        sim__stop(SIM_HOST,
                  "the real machine has no memory for threads; raise its "
                  "limit (ulimit -v)");
    }
    stack = sim__arena_take(&pool.arena, sizeof *stack);
    memset(stack, 0, sizeof *stack);
    if (!sim__fiber_create(&stack->fiber, STACK_BYTES)) {
        sim__stop(SIM_HOST,
                  "the real machine has no memory for the stack of thread %u; "
                  "run fewer threads or raise its memory limit",
                  (unsigned)sim__world.threads_live);
    }
    if (pool.made_last == NULL) {
        pool.made_first = stack;
    } else {
        pool.made_last->made_next = stack;
    }
    pool.made_last = stack;
    stack_index(stack); /* Not known yet where stacks move. */
    return stack;
}

static struct sim__fiber *stack_take(struct thread *thread)
{
    struct stack *stack = pool.free_first;

    if (stack != NULL) {
        pool.free_first = stack->free_next;
    } else if (pool.fresh != NULL) {
        stack = pool.fresh;
        pool.fresh = stack->made_next;
    } else {
        stack = stack_make();
    }
    stack->thread = thread;
    stack->generation = sim__world.generation;
    return &stack->fiber;
}

/** @brief The first thing a thread does on its stack. */
static void thread_entry(void)
{
    struct thread *self = sim__world.current;
    LPTHREAD_START_ROUTINE start;

    if (SIM__STACKS_MOVE) {
        stack_index((struct stack *)self->fiber);
    }
    /* FACT THREAD-11 APCs queued before the start run before it. */
    (void)sim__apc_run_all();
    memcpy(&start, &self->start, sizeof start);
    sim__thread_exit(start(self->start_arg));
}

struct thread *sim__thread_create(LPTHREAD_START_ROUTINE start,
                                  void *arg,
                                  bool suspended)
{
    struct world *world = &sim__world;
    struct thread *thread =
        sim__object_create_partly(OBJECT_THREAD,
                                  sizeof(struct thread),
                                  offsetof(struct thread, blocks_inline));

    thread->fiber = stack_take(thread);
    sim__fiber_prepare(thread->fiber, thread_entry);
    memcpy(&thread->start, &start, sizeof start);
    thread->start_arg = arg;
    thread->exit_code = STILL_ACTIVE;
    if (world->current != NULL) {
        thread->host = world->current->host;
        thread->host_number = world->current->host_number;
    }
    sim__object_keep(&thread->object); /* Until it ends. */
    if (world->thread_last == NULL) {
        world->thread_first = thread;
    } else {
        world->thread_last->all_next = thread;
        thread->all_before = world->thread_last;
    }
    world->thread_last = thread;
    world->threads_live++;
    if (suspended) {
        thread->suspended = 1;
        thread->state = THREAD_BLOCKED;
        thread->reason = BLOCK_SUSPENDED;
    } else {
        sim__make_ready(thread);
    }
    return thread;
}

/** @brief What Windows undoes when a thread ends, except its own callbacks. */
static void run_down(struct thread *thread, DWORD code)
{
    struct stack *stack = (struct stack *)thread->fiber;

    if (thread->pooled) {
        sim__pool_thread_over(thread);
    }
    sim__watch_thread_end(thread);
    /* FACT THREAD-01 its I/O ends with it, with the exceptions there. */
    sim__irp_thread_exit(thread);
    sim__timers_thread_exit(thread);
    /* FACT THREAD-06 APCs die with their thread. */
    while (thread->apc_first != NULL) {
        sim__apc_remove(thread->apc_first);
    }
    sim__mutexes_abandon(thread);
    /* FACT THREAD-07 it leaves its port, and a waiter may be released. */
    sim__port_thread_exit(thread);
    trace(exit,
          .object = &thread->object,
          .value = {(int64_t)code},
          .kernel = thread != sim__world.current);
    thread->state = THREAD_OVER;
    thread->exit_code = code;
    sim__world.threads_live--;
    stack->thread = NULL;
    stack->free_next = pool.free_first;
    pool.free_first = stack;
    sim__signal(&thread->object);
}

/** @brief The current thread ends. */
static SIM_NORETURN void leave(struct thread *self, DWORD code)
{
    run_down(self, code);
    /* Who runs next is found on this stack, and what happens meanwhile is
     * traced under this thread's number; but the thread may be gone. */
    leaver.object.type = OBJECT_THREAD;
    leaver.object.number = self->object.number;
    leaver.fiber = self->fiber;
    leaver.state = THREAD_OVER;
    sim__world.current = &leaver;
    sim__object_drop(&self->object);
    sim__leave();
}

void sim__thread_exit(DWORD code)
{
    struct thread *self = sim__world.current;

    sim__before();
    sim__pool_thread_check(self);
    sim__tls_thread_exit(self);
    leave(self, code);
}

void sim__thread_terminate(struct thread *thread, DWORD code)
{
    if (thread == sim__world.current) {
        leave(thread, code);
    }
    if (thread->state == THREAD_OVER) {
        return;
    }
    if (thread->state == THREAD_READY) {
        sim__make_unready(thread);
    } else {
        sim__unwait(thread);
    }
    run_down(thread, code);
    sim__object_drop(&thread->object);
}

void sim__thread_deleted(struct object *object)
{
    struct world *world = &sim__world;
    struct thread *thread = (struct thread *)object;

    if (thread->all_before == NULL) {
        world->thread_first = thread->all_next;
    } else {
        thread->all_before->all_next = thread->all_next;
    }
    if (thread->all_next == NULL) {
        world->thread_last = thread->all_before;
    } else {
        thread->all_next->all_before = thread->all_before;
    }
}

uint32_t sim__thread_suspend(struct thread *thread)
{
    uint32_t before = thread->suspended++;

    if (before != 0 || thread->state == THREAD_BLOCKED) {
        return before; /* It stays where it is when its wait ends. */
    }
    if (thread == sim__world.current) {
        (void)sim__block(BLOCK_SUSPENDED, false, UINT64_MAX);
        return before;
    }
    sim__make_unready(thread);
    thread->state = THREAD_BLOCKED;
    thread->reason = BLOCK_SUSPENDED;
    if (thread->port_active) {
        /* FACT THREAD-13 suspending counts as blocking. */
        sim__port_pause(thread);
    }
    return before;
}

uint32_t sim__thread_resume(struct thread *thread)
{
    uint32_t before = thread->suspended;

    if (before == 0) {
        return 0;
    }
    thread->suspended--;
    if (thread->suspended == 0 && thread->state == THREAD_BLOCKED &&
        thread->reason == BLOCK_SUSPENDED) {
        sim__make_ready(thread);
    }
    return before;
}

const char *sim__thread_letter(uint32_t number, char *out)
{
    char reversed[8];
    size_t count = 0;
    size_t at = 0;

    if (number == 0) {
        return "K";
    }
    while (number != 0) {
        number--;
        reversed[count++] = (char)('A' + number % 26);
        number /= 26;
    }
    while (count > 0) {
        out[at++] = reversed[--count];
    }
    out[at] = '\0';
    return out;
}
