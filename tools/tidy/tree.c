/**
 * @file tree.c
 * @brief The files of the repository, in memory.
 *
 * Rules look across files, so all of them are read before the first rule
 * runs.  Hidden files and build folders are no part of the repository.
 *
 * Uses:     tidy.h.
 * Used by:  command.c, every rule.
 *
 * SPDX-License-Identifier: MIT
 */
#include "tidy.h"

#include <stdlib.h>
#include <string.h>

/* What is larger is no source; only its name is kept. */
#define FILE_BYTES_MAX ((size_t)4 * 1024 * 1024)

static enum tidy_kind kind_of(struct tidy_span path)
{
    static const struct {
        const char *suffix;
        enum tidy_kind kind;
    } kinds[] = {
        {".c", TIDY_C},
        {".h", TIDY_HEADER},
        {".S", TIDY_ASSEMBLY},
        {".def", TIDY_TABLE},
        {".md", TIDY_MARKDOWN},
    };

    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (tidy_ends(path, kinds[i].suffix)) {
            return kinds[i].kind;
        }
    }
    return TIDY_OTHER;
}

/* A checkout on Windows may have \r\n; the rules see \n only. */
static struct tidy_span without_returns(struct tidy_memory *memory,
                                        struct tidy_span text)
{
    char *copy = tidy_alloc(memory, text.length + 1);
    size_t length = 0;

    for (size_t i = 0; i < text.length; i++) {
        bool is_return = text.start[i] == '\r' && i + 1 < text.length &&
                         text.start[i + 1] == '\n';

        if (!is_return) {
            copy[length++] = text.start[i];
        }
    }
    return (struct tidy_span){copy, length};
}

void tidy_add_file(struct tidy *tidy, const char *path, struct tidy_span text)
{
    struct tidy_file *file;
    const char *slash = strrchr(path, '/');

    tidy->files =
        tidy_grow(&tidy->memory, tidy->files, tidy->file_count, sizeof(*file));
    file = &tidy->files[tidy->file_count++];
    memset(file, 0, sizeof(*file));
    file->path = tidy_copy(&tidy->memory, tidy_span_of(path));
    file->name = file->path + (slash != NULL ? slash - path + 1 : 0);
    file->kind = kind_of(tidy_span_of(path));
    file->text = without_returns(&tidy->memory, text);
}

/* ---- Reading a folder --------------------------------------------------- */

static bool read_file(struct tidy_memory *memory,
                      const char *path,
                      struct tidy_span *text_out)
{
    FILE *stream = fopen(path, "rb");
    struct tidy_text text = {0};
    char part[16384];
    size_t length;
    bool is_read;

    if (stream == NULL) {
        return false;
    }
    while ((length = fread(part, 1, sizeof(part), stream)) > 0 &&
           text.length <= FILE_BYTES_MAX) {
        tidy_text_bytes(memory, &text, part, length);
    }
    is_read = ferror(stream) == 0;
    (void)fclose(stream);
    if (!is_read || text.length > FILE_BYTES_MAX) {
        return false;
    }
    *text_out = (struct tidy_span){text.start, text.length};
    return true;
}

static bool is_build_folder(const struct tidy_entry *entries, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(entries[i].name, "CMakeCache.txt") == 0) {
            return true;
        }
    }
    return false;
}

static const char *joined(struct tidy_memory *memory,
                          const char *folder,
                          const char *name)
{
    struct tidy_text path = {0};

    tidy_text_print(memory,
                    &path,
                    "%s%s%s",
                    folder,
                    folder[0] != '\0' ? "/" : "",
                    name);
    return path.start;
}

struct worklist {
    const char **folders;
    size_t count;
};

static void take_entry(struct tidy *tidy,
                       const char *root,
                       const char *path,
                       bool is_folder,
                       struct worklist *worklist)
{
    struct tidy_span text = {"", 0};

    if (strcmp(path, "build") == 0) {
        return;
    }
    if (is_folder) {
        worklist->folders = tidy_grow(&tidy->memory,
                                      worklist->folders,
                                      worklist->count,
                                      sizeof(*worklist->folders));
        worklist->folders[worklist->count++] = path;
        return;
    }
    /* One that cannot be read, or is too big, is kept by name: a tree
     * listing should still show it. */
    (void)read_file(&tidy->memory, joined(&tidy->memory, root, path), &text);
    tidy_add_file(tidy, path, text);
}

bool tidy_read_tree(struct tidy *tidy, const char *root)
{
    struct worklist worklist = {0};
    struct tidy_entry *entries = NULL;
    size_t count = 0;

    worklist.folders =
        tidy_grow(&tidy->memory, NULL, 0, sizeof(*worklist.folders));
    worklist.folders[worklist.count++] = "";
    for (size_t at = 0; at < worklist.count; at++) {
        const char *folder = worklist.folders[at];
        const char *full =
            folder[0] != '\0' ? joined(&tidy->memory, root, folder) : root;

        if (!tidy_host_list(&tidy->memory, full, &entries, &count)) {
            if (at == 0) {
                return false;
            }
            continue; /* Gone since it was listed: nothing to check. */
        }
        if (at > 0 && is_build_folder(entries, count)) {
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            if (entries[i].name[0] != '.') {
                take_entry(tidy,
                           root,
                           joined(&tidy->memory, folder, entries[i].name),
                           entries[i].is_folder,
                           &worklist);
            }
        }
    }
    return true;
}

/* ---- After reading ------------------------------------------------------ */

static int compare_files(const void *left, const void *right)
{
    const struct tidy_file *a = left;
    const struct tidy_file *b = right;

    return strcmp(a->path, b->path);
}

void tidy_prepare(struct tidy *tidy)
{
    if (tidy->file_count > 1) {
        qsort(tidy->files,
              tidy->file_count,
              sizeof(*tidy->files),
              compare_files);
    }
    for (size_t i = 0; i < tidy->file_count; i++) {
        struct tidy_file *file = &tidy->files[i];

        if (file->kind == TIDY_OTHER) {
            continue;
        }
        file->lines = tidy_lines(&tidy->memory, file->text, &file->line_count);
        if (file->kind != TIDY_MARKDOWN) {
            tidy_tokenize(&tidy->memory, file);
            tidy_read_header(&tidy->memory, file);
        }
        if (tidy_is_c(file)) {
            tidy_outline(&tidy->memory, file);
        }
    }
    tidy_read_api(tidy);
    tidy_read_facts(tidy);
    tidy_read_fact_rows(tidy);
}

const struct tidy_file *tidy_file_at(const struct tidy *tidy, const char *path)
{
    struct tidy_file wanted = {.path = path};

    return tidy->file_count == 0 ? NULL
                                 : bsearch(&wanted,
                                           tidy->files,
                                           tidy->file_count,
                                           sizeof(*tidy->files),
                                           compare_files);
}

bool tidy_is_c(const struct tidy_file *file)
{
    return file->kind == TIDY_C || file->kind == TIDY_HEADER;
}

bool tidy_is_source(const struct tidy_file *file)
{
    return tidy_is_c(file) || file->kind == TIDY_ASSEMBLY;
}

bool tidy_is_checked(const struct tidy_file *file)
{
    return file->kind != TIDY_OTHER;
}

bool tidy_is_under(const struct tidy_file *file, const char *folder)
{
    return tidy_starts(tidy_span_of(file->path), folder);
}

bool tidy_write_woven(const struct tidy *tidy, const char *root, FILE *out)
{
    bool is_whole = true;

    for (size_t i = 0; i < tidy->file_count; i++) {
        const struct tidy_file *file = &tidy->files[i];
        struct tidy_memory memory = {0};
        FILE *stream;
        bool is_written;

        if (file->woven == NULL) {
            continue;
        }
        stream = fopen(joined(&memory, root, file->path), "wb");
        is_written = stream != NULL &&
                     fwrite(file->woven, 1, file->woven_bytes, stream) ==
                         file->woven_bytes;
        if (stream != NULL) {
            is_written &= fclose(stream) == 0;
        }
        fprintf(out,
                "%s: %s\n",
                file->path,
                is_written ? "woven" : "not written");
        is_whole &= is_written;
        tidy_free_all(&memory);
    }
    return is_whole;
}
