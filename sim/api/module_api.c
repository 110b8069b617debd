/**
 * @file module_api.c
 * @brief Win32 calls about libraries and the functions in them.
 *
 * A program that wants to run on older Windows asks for a function by name
 * and does without when it is not there.  What can be found here is what the
 * table api.def lists, under the library that exports it on Windows.
 *
 * Uses:     api.h, api.def.
 * Used by:  programs.
 * Facts:    none.
 * Read next: file_api.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include <mswsock.h>
#include <process.h>
#include <stdlib.h>
#include <string.h>

#include "api.h"

/* Functions that only WSAIoctl finds stand in the table, too. */
#define API_EXTENSION(type, name, parameters) type name parameters;
#include <declare.h>

/** Which library exports a function: the first column of api.def. */
enum module {
    MODULE_KERNEL32,
    MODULE_NTDLL,
    MODULE_WS2_32,
    MODULE_MSWSOCK,
    MODULE_MSVCRT,
    MODULE_SYNCH,
    MODULE_EXTENSION, /* None does: WSAIoctl finds it. */
    MODULE_INTRINSIC  /* None does: the compiler makes the instruction. */
};

/** A function of any type. */
typedef void any_fn(void);

struct exported {
    const char *name;
    any_fn *function;
    enum module module;
};

static const struct exported exports[] = {
#define API(module, layer, type, name, parameters) \
    {#name, (any_fn *)sim_##name, MODULE_##module},
#include <api.def>
#undef API
};

enum { EXPORT_COUNT = sizeof exports / sizeof exports[0] };

/** The same in the order of names; made once in the life of the process. */
static const struct exported *exports_by_name[EXPORT_COUNT];

/** A library that can be asked, by the name of its file. */
struct library {
    const char *name;
    unsigned modules; /* Bits: 1 << enum module. */
};

static const struct library libraries[] = {
    {"", 0}, /* The program itself, which exports nothing. */
    {"kernel32.dll", 1u << MODULE_KERNEL32},
    {"kernelbase.dll", 1u << MODULE_KERNEL32 | 1u << MODULE_SYNCH},
    {"ntdll.dll", 1u << MODULE_NTDLL},
    {"ws2_32.dll", 1u << MODULE_WS2_32},
    {"mswsock.dll", 1u << MODULE_MSWSOCK},
    {"msvcrt.dll", 1u << MODULE_MSVCRT},
    {"ucrtbase.dll", 1u << MODULE_MSVCRT},
};

enum { LIBRARY_COUNT = sizeof libraries / sizeof libraries[0] };

/** Names that stand for another library: "Windows API sets". */
static const struct {
    const char *prefix;
    const char *name;
} api_sets[] = {
    {"api-ms-win-core-", "kernelbase.dll"},
    {"api-ms-win-crt-", "ucrtbase.dll"},
};

/** Addresses at which nothing lies, the same in each run. */
static const uintptr_t program_place = 0x140000000;
static const uintptr_t library_place = 0x7FF800000000;
enum { LIBRARY_STEP = 0x100000, NAME_MAX = 260 };

/* ---- Libraries by name ------------------------------------------------- */

static int lower(int letter)
{
    return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
}

/** @brief The last part of a path in small letters, with an extension. */
static void file_name(const char *path, char *out)
{
    static const char extension[] = ".dll";
    const char *start = path;
    size_t length = 0;
    bool has_dot = false;

    for (const char *at = path; *at != '\0'; at++) {
        if (*at == '\\' || *at == '/') {
            start = at + 1;
        }
    }
    while (length < NAME_MAX - sizeof extension && start[length] != '\0') {
        has_dot = has_dot || start[length] == '.';
        out[length] = (char)lower((unsigned char)start[length]);
        length++;
    }
    if (!has_dot) {
        memcpy(out + length, extension, sizeof extension);
        return;
    }
    if (out[length - 1] == '.') {
        length--; /* A dot at the end: no extension at all. */
    }
    out[length] = '\0';
}

static HMODULE library_handle(size_t at)
{
    if (at == 0) {
        return (HMODULE)program_place;
    }
    return (HMODULE)(library_place + at * LIBRARY_STEP);
}

/** @brief The library behind a handle, or NULL; NULL is the program. */
static const struct library *library_of(const void *handle)
{
    if (handle == NULL) {
        return &libraries[0];
    }
    for (size_t at = 0; at < LIBRARY_COUNT; at++) {
        if (library_handle(at) == handle) {
            return &libraries[at];
        }
    }
    return NULL;
}

static HMODULE library_find(const char *path)
{
    char name[NAME_MAX];
    const char *wanted = name;

    file_name(path, name);
    for (size_t at = 0; at < sizeof api_sets / sizeof api_sets[0]; at++) {
        const char *prefix = api_sets[at].prefix;

        if (strncmp(name, prefix, strlen(prefix)) == 0) {
            wanted = api_sets[at].name;
        }
    }
    for (size_t at = 1; at < LIBRARY_COUNT; at++) {
        if (strcmp(libraries[at].name, wanted) == 0) {
            return library_handle(at);
        }
    }
    sim__set_error(ERROR_MOD_NOT_FOUND);
    return NULL;
}

HMODULE WINAPI GetModuleHandleA(LPCSTR name)
{
    return name == NULL ? library_handle(0) : library_find(name);
}

HMODULE WINAPI GetModuleHandleW(LPCWSTR name)
{
    char narrow[NAME_MAX];

    return GetModuleHandleA(sim__narrow(name, narrow, sizeof narrow));
}

HMODULE WINAPI LoadLibraryA(LPCSTR name)
{
    if (name == NULL) {
        sim__set_error(ERROR_INVALID_PARAMETER);
        return NULL;
    }
    return library_find(name);
}

HMODULE WINAPI LoadLibraryW(LPCWSTR name)
{
    char narrow[NAME_MAX];

    return LoadLibraryA(sim__narrow(name, narrow, sizeof narrow));
}

BOOL WINAPI FreeLibrary(HMODULE module)
{
    /* These libraries are never unloaded: Windows itself uses them. */
    if (module == NULL || library_of(module) == NULL) {
        return sim__fail(ERROR_MOD_NOT_FOUND);
    }
    return TRUE;
}

/* ---- Functions by name ------------------------------------------------- */

static int compare_exports(const void *left, const void *right)
{
    const struct exported *const *one = left;
    const struct exported *const *two = right;

    return strcmp((*one)->name, (*two)->name);
}

static int compare_name(const void *name, const void *element)
{
    const struct exported *const *exported = element;

    return strcmp(name, (*exported)->name);
}

static void sort_exports(void)
{
    for (size_t at = 0; at < EXPORT_COUNT; at++) {
        exports_by_name[at] = &exports[at];
    }
    qsort(exports_by_name,
          EXPORT_COUNT,
          sizeof exports_by_name[0],
          compare_exports);
}

FARPROC WINAPI GetProcAddress(HMODULE module, LPCSTR name)
{
    const struct library *library = library_of(module);
    const struct exported *const *found = NULL;

    if (library == NULL) {
        sim__set_error(ERROR_MOD_NOT_FOUND);
        return NULL;
    }
    if (exports_by_name[0] == NULL) {
        sort_exports();
    }
    /* A number below 65,536 asks by ordinal, and there are none here. */
    if ((uintptr_t)name >> 16 != 0) {
        found = bsearch(name,
                        exports_by_name,
                        EXPORT_COUNT,
                        sizeof exports_by_name[0],
                        compare_name);
    }
    if (found == NULL || !(library->modules & 1u << (*found)->module)) {
        sim__set_error(ERROR_PROC_NOT_FOUND);
        return NULL;
    }
    return (FARPROC)(*found)->function;
}
