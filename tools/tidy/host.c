/**
 * @file host.c
 * @brief The two services that differ between POSIX and Windows.
 *
 * Listing a folder and running a program are the only things tidy needs that
 * the C library does not have.
 *
 * Uses:     tidy.h.
 * Used by:  tree.c, weave_kinds.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if !defined(_WIN32)
/* NOLINTNEXTLINE(*-reserved-identifier,cert-*,*-naming): POSIX asks for it. */
#    define _POSIX_C_SOURCE 200809L
#endif

#include "tidy.h"

#include <string.h>

#if defined(_WIN32)
#    define WIN32_LEAN_AND_MEAN
#    include <windows.h>
#    define OPEN_PIPE      _popen
#    define CLOSE_PIPE     _pclose
/* cmd.exe takes one pair of quotes off the whole line. */
#    define COMMAND_FORMAT "\"\"%s\" %s\""
#    define PIPE_MODE      "rb"
#else
#    include <dirent.h>
#    include <sys/stat.h>
#    include <sys/wait.h>
#    define OPEN_PIPE      popen
#    define CLOSE_PIPE     pclose
#    define COMMAND_FORMAT "'%s' %s"
#    define PIPE_MODE      "r"
#endif

struct listing {
    struct tidy_memory *memory;
    struct tidy_entry *entries;
    size_t count;
};

static void add_entry(struct listing *listing, const char *name, bool is_folder)
{
    struct tidy_entry *entry;

    listing->entries = tidy_grow(listing->memory,
                                 listing->entries,
                                 listing->count,
                                 sizeof(*listing->entries));
    entry = &listing->entries[listing->count++];
    entry->name = tidy_copy(listing->memory, tidy_span_of(name));
    entry->is_folder = is_folder;
}

#if defined(_WIN32)

static bool list_folder(struct listing *listing, const char *folder)
{
    struct tidy_text pattern = {0};
    WIN32_FIND_DATAA found;
    HANDLE search;

    tidy_text_print(listing->memory, &pattern, "%s/*", folder);
    search = FindFirstFileA(pattern.start, &found);
    if (search == INVALID_HANDLE_VALUE) {
        return false;
    }
    do {
        /* A reparse point may lead back up: links are never followed. */
        if ((found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT) == 0) {
            add_entry(listing,
                      found.cFileName,
                      (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0);
        }
    } while (FindNextFileA(search, &found));
    (void)FindClose(search);
    return true;
}

static int exit_status(int closed)
{
    return closed;
}

#else

static bool list_folder(struct listing *listing, const char *folder)
{
    DIR *search = opendir(folder);
    const struct dirent *found;

    if (search == NULL) {
        return false;
    }
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread. */
    while ((found = readdir(search)) != NULL) {
        struct tidy_text path = {0};
        struct stat about;

        tidy_text_print(listing->memory, &path, "%s/%s", folder, found->d_name);
        /* lstat, because a link may lead back up: links are never followed. */
        if (lstat(path.start, &about) == 0 &&
            (S_ISREG(about.st_mode) || S_ISDIR(about.st_mode))) {
            add_entry(listing, found->d_name, S_ISDIR(about.st_mode));
        }
    }
    (void)closedir(search);
    return true;
}

static int exit_status(int closed)
{
    return WIFEXITED(closed) ? WEXITSTATUS(closed) : -1;
}

#endif

bool tidy_host_list(struct tidy_memory *memory,
                    const char *folder,
                    struct tidy_entry **entries_out,
                    size_t *count_out)
{
    struct listing listing = {.memory = memory};

    if (!list_folder(&listing, folder)) {
        return false;
    }
    *entries_out = listing.entries;
    *count_out = listing.count;
    return true;
}

bool tidy_host_run(struct tidy_memory *memory,
                   const char *program,
                   const char *arguments,
                   struct tidy_text *output,
                   int *status_out)
{
    struct tidy_text command = {0};
    char part[4096];
    size_t length;
    FILE *pipe;

    /* A quote inside the path would end ours. */
    if (strpbrk(program, "'\"") != NULL) {
        return false;
    }
    tidy_text_print(memory, &command, COMMAND_FORMAT, program, arguments);
    /* NOLINTNEXTLINE(cert-env33-c): the caller lets plain words through. */
    pipe = OPEN_PIPE(command.start, PIPE_MODE);
    if (pipe == NULL) {
        return false;
    }
    while ((length = fread(part, 1, sizeof(part), pipe)) > 0) {
        tidy_text_bytes(memory, output, part, length);
    }
    *status_out = exit_status(CLOSE_PIPE(pipe));
    return true;
}
