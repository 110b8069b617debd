/**
 * @file sim.h
 * @brief The simulator's public face: run a scenario in a second Windows.
 *
 * A test of a completion-port program wants three things: to run it under a
 * schedule that can be repeated, to run it under many schedules, and to be
 * told in one sentence what went wrong.  This header is all a test needs.
 *
 * Uses:     windows.h (ours off Windows).
 * Used by:  dry, tests, lessons, bench, programs under test.
 * Facts:    none.
 * Read next: sim_network.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "compiler.h"

/**
 * @defgroup sim The simulator
 *
 * A **scenario** is a C function that starts threads and opens ports by their
 * Windows names.  sim_explore() runs it many times, each time under another
 * **schedule**: the list of every free decision that fixes an execution.  The
 * usual order of calls is: fill a struct sim_options, call sim_explore(), look
 * at sim_report.passed, print the report when it is false.
 *
 * Inside a scenario sim_assert(), sim_note(), sim_settle(), sim_choose() and
 * sim_mark() may be called.  Programs linked for real Windows have the same
 * five, so one source serves both.
 *
 * Not here: Windows' own functions.  They keep their names and come from
 * `<windows.h>`.
 * @{
 */

/** How a run ends. */
enum sim_verdict {
    SIM_PASS,           /**< The scenario returned and left nothing behind. */
    SIM_ASSERTION,      /**< An assertion of the program failed. */
    SIM_CONTRACT,       /**< The program broke a rule of Windows. */
    SIM_DEADLOCK,       /**< Nothing can ever run again. */
    SIM_LIVELOCK,       /**< The run passed its limit of steps. */
    SIM_CRASH,          /**< The program crashed. */
    SIM_LEAK,           /**< Handles were left open. */
    SIM_UNFINISHED,     /**< The scenario returned while threads still ran. */
    SIM_NONDETERMINISM, /**< The same choices gave two different runs. */
    SIM_REFUSED,        /**< The options or the replay line make no sense. */
    SIM_HOST            /**< The real machine has no more memory. */
};

/** Who may touch an operation's memory after an event. */
enum sim_owner { SIM_NOBODY, SIM_APP, SIM_KERNEL, SIM_QUEUE };

/** Kinds of events; trace.def is the table. */
enum sim_event_kind {
#define TRACE(name, text) SIM_EVENT_##name,
#include "kernel/trace.def"
#undef TRACE
    SIM_EVENT_COUNT
};

/** One observable change.  Never holds an address: see docs/trace.md. */
struct sim_event {
    uint64_t time;    /**< Virtual time in units of 100 ns. */
    uint32_t thread;  /**< 1 for the scenario's own thread; 0: the kernel. */
    uint16_t kind;    /**< An enum sim_event_kind. */
    uint8_t owner;    /**< An enum sim_owner, after the event. */
    uint8_t type;     /**< Type of the object, 0 for none. */
    uint32_t op;      /**< Number of the operation, 0 for none. */
    uint32_t object;  /**< Number of the object among its type. */
    int64_t value[3]; /**< What trace.def says for this kind. */
    const char *text; /**< A word or sentence, or NULL. */
};

/** Called for each event of a run, in order; must not call the simulator. */
typedef void sim_observe_fn(void *context, const struct sim_event *event);

/** Called now and then during a long exploration. */
typedef void sim_progress_fn(void *context, uint64_t runs, double seconds);

/** A program under test. */
typedef void sim_scenario_fn(void *arg);

/** What to run.  All zero is a sensible choice: 1,000 random schedules. */
struct sim_options {
    const char *name;     /**< Name in the replay line; NULL: "scenario". */
    const char *strategy; /**< "random" (NULL), "dfs", or "dfs:N" with at
                            * most N preemptions. */
    uint64_t seed;        /**< First seed of "random"; then seed + 1, ... */
    uint64_t runs;        /**< Most runs; 0: 1,000 random, or all of dfs. */
    const char *replay;   /**< A replay line: run that one execution. */
    const char *schedule; /**< Or only its answers, such as "0110". */
    uint64_t steps_max;   /**< Calls before a run counts as a livelock;
                            * 0: 1,000,000. */
    uint32_t processors;  /**< Of the simulated machine; 0: 4. */
    uint32_t concurrency; /**< Replaces the concurrency value of every port;
                            * 0: what the program asks for. */
    bool exact_clock;     /**< Time-outs end exactly, not on clock ticks. */
    bool prompt_threads;  /**< Time never passes while a thread can run. */
    bool calls_only;      /**< Switch threads before calls only, not after
                            * them too: far fewer schedules, blind to races
                            * on plain memory after a call. */
    bool leaks_allowed;   /**< Open handles at the end are no failure. */
    const char *faults;   /**< Which calls fail: "any" (one time in 16),
                            * "any/100", "WSASend", "WSASend#3" (its third
                            * call), "WSASend#3+" (and all later ones), "#7"
                            * (the seventh that could), commas between them;
                            * NULL: none. */
    const char *rules;    /**< Contract rules: NULL for the usual ones, "off",
                            * or those to leave out and to add, such as
                            * "-3,-7,+41". */
    const char *network;  /**< Hosts and links: see sim_network.h; NULL: this
                            * host alone. */
    bool record;          /**< Keep the trace of the last run even if it
                            * passed. */
    bool hash;            /**< Compute the trace hash of every run. */
    bool twice;           /**< Run every schedule twice and compare the trace
                            * hashes. */
    sim_observe_fn *observe;   /**< Sees every event of every run, but not of
                                * its repetitions; or NULL. */
    void *observe_context;     /**< Passed to observe. */
    sim_progress_fn *progress; /**< About once a second, or NULL. */
    void *progress_context;    /**< Passed to progress. */
};

/** What came of it.  Pointers are valid until the next sim_explore(). */
struct sim_report {
    bool passed;              /**< Every run ended as SIM_PASS. */
    enum sim_verdict verdict; /**< Of the last run. */
    bool complete;            /**< dfs: every schedule within bounds was run. */
    uint64_t runs;            /**< Executions. */
    uint64_t steps;           /**< Calls, over all executions. */
    uint64_t faults;          /**< Calls that were made to fail, likewise. */
    uint64_t fault_points;    /**< sim_explore_faults(): how many there are. */
    uint64_t seed;            /**< Of the last run, for "random". */
    uint64_t hash;            /**< Trace hash of the last run, if computed. */
    const char *sentence;     /**< What went wrong and where; "" if nothing. */
    const char *stacks;       /**< Who called whom when memory was lent, freed
                               * or closed, a line each, or "". */
    const char *replay;       /**< Line that repeats the last run. */
    const struct sim_event *events; /**< Its trace, or NULL. */
    size_t event_count;             /**< Events at events. */
};

/**
 * @brief Run a scenario under many schedules, until one fails.
 *
 * @param options   What to run, or NULL for the defaults; read only.
 * @param scenario  Called once per run, on a simulated thread.
 * @param arg       Passed to @p scenario.
 *
 * @return The verdict of the first failing run, or of all.
 *
 * @pre  Not called from inside a scenario.
 * @post Simulated memory, handles and threads of the runs are gone.
 * @owns{the report's pointers stay the simulator's}
 * @threads{one thread of the process at a time}
 */
struct sim_report sim_explore(const struct sim_options *options,
                              sim_scenario_fn *scenario,
                              void *arg);

/**
 * @brief Run a scenario once for each of its calls that can fail.
 *
 * First with the first such call failing, then the second, until a run ends
 * in which none failed; each once with that call alone and once with it and
 * all later ones.  sim_options.faults is set by this function; `runs` is per
 * fault point, 0 for 1.
 *
 * @param options   As for sim_explore().
 * @param scenario  As for sim_explore().
 * @param arg       Passed to @p scenario.
 *
 * @return The first failing report; or the last, with fault_points, and runs,
 *         steps and faults over all.
 *
 * @pre  Not called from inside a scenario.
 * @post As sim_explore().
 * @owns{the report's pointers stay the simulator's}
 * @threads{one thread of the process at a time}
 */
struct sim_report sim_explore_faults(const struct sim_options *options,
                                     sim_scenario_fn *scenario,
                                     void *arg);

/**
 * @brief Split a replay line into the scenario's name and the rest.
 *
 * @param line        A line as printed after `replay:`.
 * @param name_out    Buffer for the name.
 * @param name_bytes  Its size in bytes.
 * @return NULL, or a sentence saying what is wrong with the line.
 * @threads{any}
 */
const char *sim_replay_name(const char *line,
                            char *name_out,
                            size_t name_bytes);

/** How sim_print_timeline() writes. */
struct sim_print {
    bool colour;    /**< Use terminal colours. */
    size_t last;    /**< Only the last so many rows; 0: all, but the last 20
                      * in a report. */
    size_t columns; /**< Width of the terminal; 0: 100. */
};

/**
 * @brief Write a trace as a table, one column per thread, time down.
 *
 * @param file         Where to.
 * @param events       As in a report.
 * @param event_count  How many.
 * @param print        How, or NULL; read only.
 *
 * @owns{unchanged}
 * @threads{one thread of the process at a time}
 */
void sim_print_timeline(FILE *file,
                        const struct sim_event *events,
                        size_t event_count,
                        const struct sim_print *print);

/**
 * @brief Write a trace in the fixed form of docs/trace.md.
 *
 * @param file    Where to.
 * @param report  With a trace: see sim_options.record.
 *
 * @owns{unchanged}
 * @threads{one thread of the process at a time}
 */
void sim_print_trace(FILE *file, const struct sim_report *report);

/**
 * @brief Write sentence, last rows and replay line of a failed report, or one
 * line for a report that passed.
 *
 * @param file    Where to.
 * @param report  As returned by sim_explore().
 * @param print   How, or NULL; read only.
 *
 * @owns{unchanged}
 * @threads{one thread of the process at a time}
 */
void sim_print_report(FILE *file,
                      const struct sim_report *report,
                      const struct sim_print *print);

/**
 * @brief One word or two for a verdict, such as "deadlock".
 *
 * @param verdict  Any.
 * @return Static text.
 * @threads{any}
 */
const char *sim_verdict_name(enum sim_verdict verdict);

/** A contract rule: what every program promises Windows. */
struct sim_rule {
    unsigned number;      /**< For sim_options.rules. */
    const char *name;     /**< A word. */
    const char *sentence; /**< What a program does that breaks it. */
    const char *fact;     /**< The fact it rests on, or "". */
    const char *advice;   /**< What to do. */
};

/**
 * @brief The contract rules, one by one.
 *
 * @param at  Counted from 0.
 * @return A rule, or NULL after the last.
 * @threads{any}
 */
const struct sim_rule *sim_rule_at(size_t at);

/**
 * @brief How often a mark was passed since the last sim_explore() began.
 *
 * @param mark  As given to sim_mark(); compared as text.
 * @return A count over all runs; 0 when the mark is unknown.
 * @threads{one thread of the process at a time}
 */
uint64_t sim_marked(const char *mark);

/**
 * @name Inside a scenario
 * On real Windows (real.c) these print, stop the program, or wait.
 * @{
 */

/** @brief End the run as SIM_ASSERTION unless @p condition holds. */
#define sim_assert(condition) \
    ((condition) ? (void)0 : sim_assert_failed(#condition, __FILE__, __LINE__))

/**
 * @brief What sim_assert() calls.
 *
 * @param condition  Its text.
 * @param file       Source file; its folders are left out of the sentence.
 * @param line       Line in it, counted from 1.
 *
 * @post Does not return.
 * @threads{any simulated thread}
 */
SIM_NORETURN void sim_assert_failed(const char *condition,
                                    const char *file,
                                    int line);

/**
 * @brief Write a line of the program's own into the trace.
 *
 * No choice point, and no work at all while nobody listens.
 *
 * @param format  As for printf; at most 255 characters are kept.
 * @threads{any simulated thread}
 */
void sim_note(const char *format, ...) SIM_FORMAT(1, 2);

/**
 * @brief Wait until every other thread is blocked or has ended.
 *
 * Exact in the simulator, and no virtual time passes; on Windows it gives the
 * others 50 ms.
 */
void sim_settle(void);

/**
 * @brief Say that this place was reached; sim_marked() counts it.
 *
 * @param mark  Static text; at most 64 different ones.
 * @threads{any simulated thread}
 */
void sim_mark(const char *mark);

/**
 * @brief Let the schedule decide something in the scenario itself.
 *
 * A program that takes its shape from such decisions is explored and replayed
 * like any other; 0 is what a list of choices answers when it is over.
 *
 * @param count  Number of possibilities, at least 1.
 * @return A number below @p count; on real Windows always the same ones.
 */
uint32_t sim_choose(uint32_t count);

/**
 * @brief Whether this is the simulator.
 *
 * @return true in the simulator, false on real Windows.
 * @threads{any}
 */
bool sim_is_simulated(void);

/** @} */
/** @} */

#endif
