/**
 * @file net_due.c
 * @brief Layer 2: what is due, the earliest first.
 *
 * A pairing heap: each element is due no later than those below it.  It lies
 * in the requests themselves, so arming needs no memory and cannot fail.
 * Arming and moving cost a step, taking and disarming about log n on average.
 *
 * Uses:     net_private.h.
 * Used by:  net_op.c, net_timer.c.
 * Facts:    none.
 * Read next: net_timer.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_private.h"

/** @brief Make one of two heaps.  Either may be NULL. */
static struct net_due *meld(struct net_due *a, struct net_due *b)
{
    struct net_due *below;

    if (a == NULL || b == NULL) {
        return a != NULL ? a : b;
    }
    /* Of two that are due at the same time the one that was first stays it. */
    if (b->due_us < a->due_us) {
        below = a;
        a = b;
    } else {
        below = b;
    }
    below->before = a;
    below->sibling = a->child;
    if (a->child != NULL) {
        a->child->before = below;
    }
    a->child = below;
    return a;
}

/** @brief Make one heap of a list of siblings: in pairs, and then one by one
 *         from the last, which is what keeps the cost low. */
static struct net_due *meld_all(struct net_due *first)
{
    struct net_due *pairs = NULL;
    struct net_due *whole = NULL;

    /* BOUND: the list of siblings ends. */
    while (first != NULL) {
        struct net_due *a = first;
        struct net_due *b = a->sibling;

        first = b == NULL ? NULL : b->sibling;
        a->sibling = NULL;
        if (b != NULL) {
            b->sibling = NULL;
        }
        a = meld(a, b);
        a->sibling = pairs;
        pairs = a;
    }
    /* BOUND: the list of pairs ends. */
    while (pairs != NULL) {
        struct net_due *next = pairs->sibling;

        pairs->sibling = NULL;
        whole = meld(whole, pairs);
        pairs = next;
    }
    if (whole != NULL) {
        whole->before = NULL;
    }
    return whole;
}

/** @brief Let others see when the first is due. */
static void publish(struct net_loop *loop)
{
    loop->due_us =
        loop->due_first == NULL ? INT64_MAX : (LONG64)loop->due_first->due_us;
}

void net__due_remove(struct net_loop *loop, struct net_due *due)
{
    if (!due->is_armed) {
        return;
    }
    due->is_armed = false;
    if (due == loop->due_first) {
        loop->due_first = meld_all(due->child);
    } else {
        if (due->before->child == due) {
            due->before->child = due->sibling;
        } else {
            due->before->sibling = due->sibling;
        }
        if (due->sibling != NULL) {
            due->sibling->before = due->before;
        }
        loop->due_first = meld(loop->due_first, meld_all(due->child));
    }
    due->child = NULL;
    due->sibling = NULL;
    due->before = NULL;
    publish(loop);
}

bool net__due_add(struct net_loop *loop, struct net_due *due, uint64_t due_us)
{
    net__due_remove(loop, due);
    due->is_armed = true;
    due->due_us = due_us < INT64_MAX ? due_us : INT64_MAX - 1;
    loop->due_first = meld(loop->due_first, due);
    publish(loop);
    return loop->due_first == due;
}

struct net_due *net__due_take(struct net_loop *loop, uint64_t now_us)
{
    struct net_due *first = loop->due_first;

    if (first == NULL || first->due_us > now_us) {
        return NULL;
    }
    net__due_remove(loop, first);
    return first;
}
