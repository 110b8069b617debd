/**
 * @file handoff_threads.c
 * @brief Peer: two operating-system threads handing a turn to each other.
 *
 * What a simulator would pay for a switch if its threads were the host's.
 *
 * Uses:     pthread.h, bench.h.
 * Used by:  bench/peers/run.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <pthread.h>

#include "../bench.h"

enum { HANDOFFS = 20000 };

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn;

static void take_turns(int mine)
{
    for (int at = 0; at < HANDOFFS / 2; at++) {
        pthread_mutex_lock(&mutex);
        while (turn != mine) {
            pthread_cond_wait(&changed, &mutex);
        }
        turn = !mine;
        pthread_cond_signal(&changed);
        pthread_mutex_unlock(&mutex);
    }
}

static void *other_side(void *arg)
{
    (void)arg;
    take_turns(1);
    return NULL;
}

static double handoff(void)
{
    pthread_t other;

    turn = 0;
    if (pthread_create(&other, NULL, other_side, NULL) != 0) {
        exit(1);
    }
    take_turns(0);
    pthread_join(other, NULL);
    return HANDOFFS;
}

int main(void)
{
    bench_rate("peer_threads_handoff", "handoffs/s", handoff);
    return 0;
}
