/**
 * @file output.c
 * @brief What the program prints: shown in one run, thrown away in thousands.
 *
 * The program prints through the C library, and nothing of that is ours.  So
 * the standard streams themselves are turned: to the null device while many
 * schedules are explored, which costs a system call per buffer, and back for
 * what we have to say.
 *
 * Uses:     program.h, the C library.
 * Used by:  main.c, lifetime.c.
 * Facts:    none.
 * Read next: statics.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if !defined(_WIN32)
#    define _POSIX_C_SOURCE 200809L
#endif

#include <fcntl.h>
#include <stdio.h>

#include "program.h"

/* The same four functions go by other names on Windows. */
#if defined(_WIN32)
#    include <io.h>
#    define NULL_DEVICE "NUL"
#    define file_open   _open
#    define file_copy   _dup
#    define file_turn   _dup2
#    define file_stream _fdopen
#    define FILE_WRITE  _O_WRONLY
#else
#    include <unistd.h>
#    define NULL_DEVICE "/dev/null"
#    define file_open   open
#    define file_copy   dup
#    define file_turn   dup2
#    define file_stream fdopen
#    define FILE_WRITE  O_WRONLY
#endif

enum { OUTPUT = 1, ERRORS = 2, BUFFER_BYTES = 65536 };

/** Where the streams went when the process began, and the null device. */
static struct {
    int output;
    int errors;
    int nothing;
    FILE *report;
    FILE *complaints;
    bool hidden;
    bool buffered;
} streams;

/** @brief A stream of our own to where a standard stream goes now. */
static FILE *open_stream(int kept, FILE *standard)
{
    FILE *stream = NULL;
    int copy = file_copy(kept);

    if (copy >= 0) {
        stream = file_stream(copy, "w");
    }
#if defined(_WIN32)
    if (stream != NULL) {
        /* Windows would write two bytes at the end of each line. */
        (void)_setmode(copy, _O_BINARY);
    }
#endif
    return stream != NULL ? stream : standard;
}

void sim__output_begin(void)
{
    streams.output = file_copy(OUTPUT);
    streams.errors = file_copy(ERRORS);
    streams.nothing = file_open(NULL_DEVICE, FILE_WRITE);
    streams.report = open_stream(streams.output, stdout);
    streams.complaints = open_stream(streams.errors, stderr);
}

/** @brief Turn a standard stream, unless it is closed or we have no place. */
static void turn(int to, int standard)
{
    if (to >= 0) {
        (void)file_turn(to, standard);
    }
}

void sim__output_show(bool show)
{
    if (streams.hidden == !show) {
        return;
    }
    /* What is still in a buffer goes where it would have gone. */
    (void)fflush(stdout);
    (void)fflush(stderr);
    (void)fflush(streams.report);
    turn(show ? streams.output : streams.nothing, OUTPUT);
    turn(show ? streams.errors : streams.nothing, ERRORS);
    if (!show && !streams.buffered) {
        streams.buffered = true;
        /* To C libraries the null device is a terminal, or errors are in a
         * hurry, and each line would be a system call. */
        (void)setvbuf(stdout, NULL, _IOFBF, BUFFER_BYTES);
        (void)setvbuf(stderr, NULL, _IOFBF, BUFFER_BYTES);
    }
    streams.hidden = !show;
}

FILE *sim__output_report(void)
{
    return streams.report;
}

FILE *sim__output_errors(void)
{
    return streams.complaints;
}
