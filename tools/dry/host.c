/**
 * @file host.c
 * @brief The only file of `dry` that knows which system this is.
 *
 * It is compiled like the others, against the simulator's headers, so what it
 * needs of the system comes from the C runtime or is declared here.
 *
 * Uses:     dry.h, the C runtime.
 * Used by:  every command.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#if !defined(_WIN32)
#    define _POSIX_C_SOURCE 200809L
#endif

#include "dry.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

/* NOLINTBEGIN(concurrency-mt-unsafe): there is one thread. */

size_t dry_host_columns(void)
{
    const char *columns = getenv("COLUMNS");
    uint64_t number;

    if (columns == NULL || !dry_read_number(columns, 1000, &number) ||
        number < 40) {
        return 0;
    }
    return (size_t)number;
}

bool dry_host_has_colours(void)
{
    const char *terminal = getenv("TERM");
    const char *refused = getenv("NO_COLOR");

    return dry_host_is_terminal(stdout) && terminal != NULL &&
           strcmp(terminal, "dumb") != 0 &&
           (refused == NULL || refused[0] == '\0');
}

/* NOLINTEND(concurrency-mt-unsafe) */

#if defined(_WIN32)

#    include <fcntl.h>
#    include <io.h>

/* Of the C runtime's process.h; the simulator has one of its own. */
_CRTIMP intptr_t __cdecl _spawnv(int mode,
                                 const char *path,
                                 const char *const *argv);

enum { SPAWN_AND_WAIT = 0, PATH_BYTES = 1024 };

void dry_host_begin(void)
{
    /* Windows would write two bytes at the end of each line. */
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)_setmode(_fileno(stderr), _O_BINARY);
}

double dry_host_seconds(void)
{
    /* Here, and only here, clock() is the time that passes. */
    return (double)clock() / CLOCKS_PER_SEC;
}

bool dry_host_is_terminal(FILE *stream)
{
    return _isatty(_fileno(stream)) != 0;
}

bool dry_host_has_real(void)
{
    return true;
}

/** @brief Path of dry-real.exe: beside this program. */
static const char *real_path(void)
{
    static char path[PATH_BYTES];
    const char *own = _pgmptr;
    const char *name = own;

    for (const char *at = own; *at != '\0'; at++) {
        if (*at == '/' || *at == '\\') {
            name = at + 1;
        }
    }
    (void)
        snprintf(path, sizeof path, "%.*sdry-real.exe", (int)(name - own), own);
    return path;
}

static int refuse_real(void)
{
    dry_refuse("cannot run %s; build the target dry-real", real_path());
    return -1;
}

int dry_host_run_real(char **argv)
{
    const char *path = real_path();
    intptr_t status;

    (void)fflush(stdout);
    argv[0] = (char *)(uintptr_t)path;
    status = _spawnv(SPAWN_AND_WAIT, path, (const char *const *)argv);
    return status == -1 ? refuse_real() : (int)status;
}

FILE *dry_host_real_begin(const char *argument)
{
    char line[PATH_BYTES + 64];

    if (_access(real_path(), 0) != 0) {
        (void)refuse_real();
        return NULL;
    }
    /* The outer quotes are for the command interpreter, which takes off one
     * pair. */
    (void)snprintf(line,
                   sizeof line,
                   "\"\"%s\" facts %s\"",
                   real_path(),
                   argument);
    return _popen(line, "rb");
}

int dry_host_real_end(FILE *stream)
{
    return _pclose(stream);
}

#else

#    include <unistd.h>

void dry_host_begin(void)
{
}

double dry_host_seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

bool dry_host_is_terminal(FILE *stream)
{
    return isatty(fileno(stream)) == 1;
}

bool dry_host_has_real(void)
{
    return false;
}

int dry_host_run_real(char **argv)
{
    (void)argv;
    dry_refuse("--real needs Windows; run dry.exe there, or under Wine with "
               "tools/wine-run");
    return -1;
}

FILE *dry_host_real_begin(const char *argument)
{
    (void)argument;
    return NULL;
}

int dry_host_real_end(FILE *stream)
{
    (void)stream;
    return -1;
}

#endif
