/**
 * @file program.h
 * @brief How the main of an ordinary Windows program comes to run in worlds.
 *
 * A program that was never written for the simulator cannot call
 * sim_explore().  It is linked with these files instead: they take its main's
 * place, read what is wanted from the variable DRYPORT of the environment,
 * and run the program's own main once per schedule.
 *
 * Uses:     sim.h.
 * Used by:  every file of sim/program.
 * Facts:    none.
 * Read next: main.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_PROGRAM_H
#define SIM_PROGRAM_H

#include "../sim.h"

/** Exit statuses of the process, as those of `dry`. */
enum { PROGRAM_GOOD = 0, PROGRAM_FAILED = 1, PROGRAM_REFUSED = 2 };

/* ---- variable.c: what the user wants ------------------------------------- */

/** The variable DRYPORT, understood. */
struct settings {
    struct sim_options options;
    const char *trace_file; /**< Where the last run's trace goes, or NULL. */
    const char *statics;    /**< "keep": do not reset static variables. */
    uint64_t hashes_first;  /**< Print hashes of these seeds, and no more. */
    uint64_t hashes_last;
    bool hashes;
    bool timeline; /**< Print the timeline of a single run. */
    bool verbose;  /**< Show the program's own output in all runs. */
};

/**
 * @brief Understand the variable's text.
 * @param text  NULL when there is no such variable.
 * @return NULL, or a sentence saying what is wrong.
 */
const char *sim__settings_read(const char *text, struct settings *settings);

/* ---- statics.c: the program's variables, as at its start ------------------ */

/**
 * @brief Remember the program's static variables.
 * @return NULL, or why they cannot be put back later.
 */
const char *sim__statics_begin(void);

/** @brief Leave them as each run leaves them after all. */
void sim__statics_keep(void);

/** @brief Put them back.  Nothing is done before the first run. */
void sim__statics_restore(void);

/* ---- output.c: what the program prints ------------------------------------ */

/** @brief Keep hold of where the standard streams go. */
void sim__output_begin(void);

/** @brief Let the program's output through, or throw it away. */
void sim__output_show(bool show);

/** @brief The library's own words go here, whatever the program's do. */
FILE *sim__output_report(void);
FILE *sim__output_errors(void);

/* ---- lifetime.c: one run of main ------------------------------------------ */

/** @brief The program's command line, for every run. */
void sim__lifetime_begin(int argc, char **argv);

/** @brief How runs show what the program prints: in all of them, or in the
 *  first and not in those that only repeat it. */
enum lifetime_output { OUTPUT_NEVER, OUTPUT_FIRST, OUTPUT_ALWAYS };

/** @brief Begin an exploration. */
void sim__lifetime_explore(enum lifetime_output output);

/** @brief Run main from its beginning to its end: a scenario. */
sim_scenario_fn sim__lifetime_run;

/** @brief What exit() does inside a run. */
SIM_NORETURN void sim__lifetime_exit(int status);

/** @brief What atexit() does inside a run; false when the list is full. */
bool sim__lifetime_at_exit(void (*function)(void));

/* ---- entry.c: main, exit and atexit, ours and theirs ----------------------- */

/** @brief What takes main's place. */
int sim__program_main(int argc, char **argv);

/** @brief The program's main. */
int sim__entry_main(int argc, char **argv);

/* ---- takeover_windows.c: whose functions the program calls ---------------- */

#if defined(_WIN32)
/** @brief Before anything else, and before any variable is copied. */
void sim__takeover_begin(void);

/** @brief Answer the program's calls from now on, or leave them to Windows. */
void sim__takeover(bool on);

/** @brief Name what the program calls besides; NULL when it can be run. */
const char *sim__takeover_check(FILE *notes);
#else
/* Off Windows the program was compiled for the simulator. */
static inline void sim__takeover_begin(void)
{
}

static inline void sim__takeover(bool on)
{
    (void)on;
}

static inline const char *sim__takeover_check(FILE *notes)
{
    (void)notes;
    return NULL;
}
#endif

#endif
