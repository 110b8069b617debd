/**
 * @file entry.c
 * @brief Whose main is main.
 *
 * The C library calls main, and the program defines it.  We come in between,
 * and behind exit() and atexit() too.  Linkers for ELF and for MinGW have an
 * option for that (--wrap=main): whoever calls main gets __wrap_main, and
 * __real_main is what the program defined.  Where the linker has none, the
 * program is compiled with -Dmain=sim_program_main and so on, which CMake's
 * target dryport::program does by itself.
 *
 * Uses:     program.h, world.h.
 * Used by:  the C library, the program.
 * Facts:    none.
 * Read next: library.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>

#include "../kernel/world.h"
#include "program.h"

/* The linker and the compiler's command line choose these names.
 * NOLINTBEGIN(bugprone-reserved-identifier) */

#if defined(SIM_PROGRAM_RENAMED)
int sim_program_main(int argc, char **argv);
SIM_NORETURN void sim_program_exit(int status);
int sim_program_atexit(void (*function)(void));
#    define OUR_MAIN      main
#    define OUR_EXIT      sim_program_exit
#    define OUR_AT_EXIT   sim_program_atexit
#    define THEIR_MAIN    sim_program_main
#    define THEIR_EXIT    exit
#    define THEIR_AT_EXIT atexit
#else
int __wrap_main(int argc, char **argv);
SIM_NORETURN void __wrap_exit(int status);
int __wrap_atexit(void (*function)(void));
int __real_main(int argc, char **argv);
SIM_NORETURN void __real_exit(int status);
int __real_atexit(void (*function)(void));
#    define OUR_MAIN      __wrap_main
#    define OUR_EXIT      __wrap_exit
#    define OUR_AT_EXIT   __wrap_atexit
#    define THEIR_MAIN    __real_main
#    define THEIR_EXIT    __real_exit
#    define THEIR_AT_EXIT __real_atexit
#endif

/* NOLINTEND(bugprone-reserved-identifier) */

int OUR_MAIN(int argc, char **argv)
{
    return sim__program_main(argc, argv);
}

int sim__entry_main(int argc, char **argv)
{
    /* A main without parameters leaves these two alone. */
    return THEIR_MAIN(argc, argv);
}

void OUR_EXIT(int status)
{
    if (sim__world_running()) {
        sim__lifetime_exit(status);
    }
    THEIR_EXIT(status); /* NOLINT(concurrency-mt-unsafe): one thread. */
}

int OUR_AT_EXIT(void (*function)(void))
{
    if (sim__world_running()) {
        return sim__lifetime_at_exit(function) ? 0 : -1;
    }
    return THEIR_AT_EXIT(function);
}
