/**
 * @file table.c
 * @brief The one table of scenarios.
 *
 * Uses:     scenario.h, lesson.h.
 * Used by:  dry, dry-real, tests.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "lesson.h"
#include "scenario.h"

const struct scenario scenarios[] = {
    /* ---- Lessons: add a row for each new one here ------------------------ */
    {.name = "lesson-01",
     .title = "reactor and proactor: the same five bytes, received twice",
     .about = "Who moves the bytes, and whose is the buffer meanwhile?",
     .run = lesson_01,
     .real = true},
    {.name = "lesson-02",
     .title = "a raw port: post two packets, take three times",
     .about = "The third take brings nothing.  How can the program tell?",
     .run = lesson_02,
     .real = true},
    {.name = "lesson-03",
     .title = "keys and OVERLAPPED: two sockets with two receives each",
     .about = "Which packet is about which receive?",
     .run = lesson_03,
     .real = true},
    {.name = "lesson-04",
     .title = "threads and the concurrency value: who takes which packet",
     .about = "Watch what the port does when a handler blocks.",
     .run = lesson_04,
     .options = {.exact_clock = true, .prompt_threads = true},
     .real = true},
    {.name = "lesson-05",
     .title = "the three answers of a submit, with and without skip-on-success",
     .about = "How many packets come in each half?",
     .run = lesson_05,
     .real = true},
    {.name = "lesson-06",
     .title = "completion against cancel: one receive, and who is first",
     .about = "Two endings are possible.  Find the seed of each.",
     .run = lesson_06,
     .real = true},
    {.name = "lesson-07",
     .title = "accept and connect, and what is forgotten about them",
     .about = "One call is refused.  Which, and why?",
     .run = lesson_07,
     .real = true},
    {.name = "lesson-08",
     .title = "the zero-byte read: twenty idle connections, no memory lent",
     .about = "How many bytes are lent while nothing happens?",
     .run = lesson_08,
     .real = true},
    {.name = "lesson-09",
     .title = "typed operations: lesson 03 on layer 1",
     .about = "Where is the switch on the kind of operation?",
     .run = lesson_09,
     .real = true},
    {.name = "lesson-10",
     .title = "the life of an operation: closed with a receive in flight",
     .about = "Whose is the receive after each row?",
     .run = lesson_10,
     .real = true},
    {.name = "lesson-11",
     .title = "errors: five ends of a receive, each with two names",
     .about = "Which of them end the connection?",
     .run = lesson_11,
     .real = true},
    {.name = "lesson-12",
     .title = "streams: a fast producer, a slow peer, and a queue that is full",
     .about = "Which blocks are refused, and when are they given again?",
     .run = lesson_12,
     .real = true},
    {.name = "lesson-13",
     .title = "timers: deadlines from a wait's time-out, and a race with data",
     .about = "Which waits end early?  Is the receive in time?",
     .run = lesson_13,
     .real = true},
    {.name = "lesson-14",
     .title = "strands: two threads, three handlers, one plain counter",
     .about = "Which thread runs whose handler?  Run all schedules: dry "
              "explore lesson-14 --strategy dfs:2.",
     .run = lesson_14,
     .real = true},
    {.name = "lesson-18",
     .title = "a server on completion ports, and three clients that talk to it",
     .about =
         "How many bytes does each piece that the server reads have?  Does "
         "it matter?",
     .run = lesson_18,
     .real = true},

    /* ---- Programs that are right ----------------------------------------- */
    {.name = "ports",
     .title = "three threads share one port",
     .about = "The newest waiter is released first, and no more of the three "
              "run at once than the port allows.",
     .run = scenario_ports,
     .real = true},
    {.name = "three-by-one",
     .title = "three waiters, three packets, concurrency value 1",
     .about = "Small enough to run every schedule: dry explore three-by-one "
              "--strategy dfs.",
     .run = scenario_three_by_one,
     .options = {.strategy = "dfs", .calls_only = true}},
    {.name = "three-by-two",
     .title = "three waiters, three packets, concurrency value 2",
     .about = "The same with one more thread allowed to run, and many more "
              "schedules.",
     .run = scenario_three_by_two,
     .options = {.strategy = "dfs", .calls_only = true}},
    {.name = "mixer",
     .title = "a random program that uses everything at once",
     .about = "Each seed is another program.  It has no purpose but to show "
              "that a seed always gives the same run.",
     .run = scenario_mixer},

#ifndef DRYPORT_REAL
    {.name = "transfer",
     .title = "ten megabytes over a bad road, every byte accounted for",
     .about = "Sends and receives are cancelled, connections are reset by "
              "either side, and the stream goes on where it was.",
     .run = scenario_transfer,
     .options = {.runs = 10}},
    {.name = "crowd",
     .title = "fifty clients of lesson 18's server, on a bad network",
     .about = "Connections are reset, hosts are cut off or crash, calls fail. "
              "What was acknowledged is stored, and messages keep their order.",
     .run = scenario_crowd,
     .options = {.runs = 100,
                 .steps_max = 10000000,
                 .faults = "any/200",
                 .network = "hosts=4,latency=1ms..20ms"}},
#endif

    /* ---- Programs with one mistake each ---------------------------------- */
    {.name = "lost-wakeup",
     .title = "a worker goes to sleep a moment too late",
     .about = "Most schedules are fine.  Find one on which the last item is "
              "never handled.",
     .run = scenario_lost_wakeup,
     .expect = SIM_DEADLOCK},
    {.name = "lost-update",
     .title = "two threads count, and one of them counts for nothing",
     .about = "Each step is atomic; reading and then writing is not.",
     .run = scenario_lost_update,
     .expect = SIM_ASSERTION},
    {.name = "deadlock",
     .title = "two locks, taken in two orders",
     .about = "The sentence says who waits for what.",
     .run = scenario_deadlock,
     .expect = SIM_DEADLOCK},
    {.name = "livelock",
     .title = "two threads that give way to each other for ever",
     .about = "Nobody waits and nobody gets anywhere: the limit of steps ends "
              "the run.",
     .run = scenario_livelock,
     .options = {.steps_max = 2000},
     .expect = SIM_LIVELOCK},
    {.name = "leak",
     .title = "an event that nobody closes",
     .about = "Windows closes it when the process ends; a server's process "
              "does not end.",
     .run = scenario_leak,
     .expect = SIM_LEAK},
    {.name = "unfinished",
     .title = "a scenario that returns before its threads do",
     .about = "Wait for a thread's handle before returning.",
     .run = scenario_unfinished,
     .expect = SIM_UNFINISHED},
    {.name = "contract",
     .title = "a lock released by a thread that does not hold it",
     .about = "Windows would go on with a broken lock; here the run ends at "
              "the mistake.",
     .run = scenario_contract,
     .expect = SIM_CONTRACT},
    {.name = "crash",
     .title = "a handler that trusts a pointer it was posted",
     .about = "The crash of a simulated program is a verdict, not the end of "
              "the simulator.",
     .run = scenario_crash,
     .expect = SIM_CRASH},
};

const size_t scenario_count = sizeof scenarios / sizeof scenarios[0];

const struct scenario *scenario_find(const char *name)
{
    for (size_t at = 0; at < scenario_count; at++) {
        if (strcmp(scenarios[at].name, name) == 0) {
            return &scenarios[at];
        }
    }
    return NULL;
}
