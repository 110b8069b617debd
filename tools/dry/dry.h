/**
 * @file dry.h
 * @brief What the commands of `dry` share.
 *
 * A command is a row in main.c's table and a function in a file of its own.
 * It gets the command line already understood.  What is wrong with a command
 * line is said in one sentence on the error stream before anything is written
 * to the standard output.
 *
 * Uses:     sim.h, scenario.h.
 * Used by:  every file of tools/dry.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef DRY_H
#define DRY_H

#include "scenario.h"
#include "sim.h"

#define DRY_VERSION "0.1.0"

/** Exit statuses. */
enum { DRY_GOOD = 0, DRY_FAILED = 1, DRY_REFUSED = 2 };

enum { DRY_WORDS_MAX = 2 };

/** A command line, understood. */
struct arguments {
    const char *words[DRY_WORDS_MAX]; /**< What follows the command. */
    int word_count;
    struct sim_options options; /**< Of the simulator; all zero: as it likes. */
    bool seed_given;
    const char *schedule;   /**< --schedule */
    const char *trace_file; /**< --trace */
    uint64_t hashes_first;  /**< --hashes A..B */
    uint64_t hashes_last;
    bool hashes;
    bool json;
    bool real;     /**< --real */
    bool sim_only; /**< --sim */
    char **argv;   /**< The whole of it, for --real. */
};

/** A command: returns the exit status. */
typedef int dry_command_fn(const struct arguments *arguments);

/** One row of the table of commands. */
struct command {
    const char *name;
    const char *usage; /**< What follows the name. */
    const char *title; /**< One line. */
    const char *about; /**< More lines, or NULL. */
    dry_command_fn *run;
    int words_min;
    int words_max;
    unsigned options; /**< Which ones it understands: enum option_group. */
};

/** Groups of options. */
enum option_group {
    OPTIONS_SEED = 1,     /**< --seed */
    OPTIONS_SCHEDULE = 2, /**< --schedule */
    OPTIONS_WORLD = 4,    /**< --cpus, --concurrency, --faults, ... */
    OPTIONS_EXPLORE = 8,  /**< --runs, --strategy */
    OPTIONS_OUTPUT = 16,  /**< --json, --trace */
    OPTIONS_REAL = 32,    /**< --real */
    OPTIONS_HASHES = 64,  /**< --hashes */
    OPTIONS_SIM = 128,    /**< --sim */
    OPTIONS_RUNS = 256    /**< --runs alone */
};

extern const struct command dry_commands[];
extern const size_t dry_command_count;

/** @brief Find a command; NULL when there is none. */
const struct command *dry_command_find(const char *name);

dry_command_fn dry_tour;
dry_command_fn dry_list;
dry_command_fn dry_run;
dry_command_fn dry_explore;
dry_command_fn dry_replay;
dry_command_fn dry_facts;
dry_command_fn dry_rules;
dry_command_fn dry_selfcheck;
dry_command_fn dry_help;
dry_command_fn dry_version;

/* ---- options.c ----------------------------------------------------------- */

/**
 * @brief Understand what follows a command.
 * @param argv  From the first word after the command on, ended by NULL.
 * @return false when it makes no sense; the sentence is written then.
 */
bool dry_read_options(const struct command *command,
                      char **argv,
                      struct arguments *arguments);

/** @brief Write the options of some groups, one per line. */
void dry_print_options(unsigned groups);

/** @brief Read a number; false unless the text is one and nothing else. */
bool dry_read_number(const char *text, uint64_t max, uint64_t *out);

/** @brief Take the user's options over into those of a scenario. */
struct sim_options dry_options(const struct scenario *scenario,
                               const struct arguments *arguments);

/* ---- say.c --------------------------------------------------------------- */

/** @brief Say what is wrong with the command line.
 *  @return DRY_REFUSED */
int dry_refuse(const char *format, ...) SIM_FORMAT(1, 2);

/** Names to choose from. */
typedef const char *dry_name_fn(size_t at);

/** @brief The name that a misspelt word was meant to be, or NULL. */
const char *dry_nearest(const char *word, dry_name_fn *name_at, size_t count);

/** @brief A number with commas: "1,000,000".  Four at a time are valid. */
const char *dry_count(uint64_t number);

/** @brief "" for 1, else "s". */
const char *dry_plural(uint64_t number);

/* ---- target.c ------------------------------------------------------------ */

/** What a name on the command line stands for. */
struct target {
    struct scenario scenario;
    void *arg; /**< For its function. */
};

/** @brief Find a scenario, or the test of a fact, by its name.
 *  @return false when there is none; the sentence is written then. */
bool dry_find_target(const char *name, struct target *target);

/* ---- show.c -------------------------------------------------------------- */

/** @brief Print a whole timeline, as suits the standard output. */
void dry_show_timeline(const struct sim_report *report);

/** @brief Print a failed report: sentence, last rows, replay line. */
void dry_show_report(const struct sim_report *report);

/**
 * @brief Do with a report what all commands do: say what was refused, write
 *        the trace for --trace, print the line for --json.
 *
 * @param status_out  The exit status, always written.
 * @return true when there is nothing left to say.
 */
bool dry_is_told(const struct arguments *arguments,
                 const char *name,
                 const struct sim_report *report,
                 int *status_out);

/** @brief sim_options.progress: one line that is written over. */
void dry_progress(void *context, uint64_t runs, double seconds);

/** @brief Remove the line of progress, if there is one. */
void dry_progress_end(void);

/* ---- keep.c -------------------------------------------------------------- */

enum { KEPT_EVENTS = 1024, KEPT_TEXT_BYTES = 16384 };

/** A trace that outlives its run, as far as it fits. */
struct kept {
    struct sim_event events[KEPT_EVENTS];
    size_t count;
    uint64_t hash;
    char texts[KEPT_TEXT_BYTES];
    size_t text_bytes;
};

/** @brief Keep a report's trace. */
void dry_keep(struct kept *kept, const struct sim_report *report);

/** @brief Number, from 0, of the first row in which two traces differ. */
size_t dry_first_difference(const struct kept *kept,
                            const struct sim_report *report);

/* ---- host.c: the only file that knows which system this is --------------- */

/** @brief Make the standard streams write the same bytes everywhere. */
void dry_host_begin(void);

/** @brief Whether a stream goes to a terminal. */
bool dry_host_is_terminal(FILE *stream);

/** @brief Whether the standard output may have colours. */
bool dry_host_has_colours(void);

/** @brief Width of the terminal in characters; 0 for unknown. */
size_t dry_host_columns(void);

/** @brief Seconds since some start. */
double dry_host_seconds(void);

/** @brief Run dry-real with arguments that end with NULL.
 *  @return its exit status, or -1 when it cannot be run (a sentence is
 *          written then). */
int dry_host_run_real(char **argv);

/** @brief Start `dry-real facts` and read what it prints; NULL when it
 *  cannot be started.  Ended by dry_host_real_end, which returns its exit
 *  status. */
FILE *dry_host_real_begin(const char *argument);
int dry_host_real_end(FILE *stream);

/** @brief Whether dry-real can be run here at all. */
bool dry_host_has_real(void);

#endif
