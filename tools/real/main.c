/**
 * @file main.c
 * @brief `dry-real`: scenarios and facts on the Windows that is really here.
 *
 * It has the tables of `dry`, compiled against the system's own headers.
 *
 *     dry-real run NAME         one scenario; its notes are printed
 *     dry-real facts [PREFIX]   every fact, a line each, for `dry facts`
 *     dry-real fact ID          one fact, in this process
 *
 * Each fact has a process of its own, so that one that hangs or crashes takes
 * no other along and leaves no thread behind.
 *
 * Uses:     real.h, fact.h, scenario.h.
 * Used by:  dry facts, dry run --real.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#include "fact.h"

#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "real.h"
#include "scenario.h"

enum {
    REAL_GOOD = 0,
    REAL_FAILED = 1,
    REAL_REFUSED = 2,
    REAL_CANNOT = 77,        /* 3 is what abort() leaves. */
    LIMIT_MS = 10000,        /* A fact that takes longer hangs. */
    PROCESS_LIMIT_MS = 20000 /* And so does its process. */
};

static int refuse(const char *sentence, const char *word)
{
    (void)fprintf(stderr, "dry-real: %s `%s`\n", sentence, word);
    return REAL_REFUSED;
}

/* ---- One scenario ------------------------------------------------------------ */

static int run_scenario(const char *name)
{
    const struct scenario *scenario = scenario_find(name);

    if (scenario == NULL) {
        return refuse("there is no scenario", name);
    }
    if (!scenario->real) {
        return refuse("only the simulator can run", name);
    }
    sim_real_speak(false, NULL);
    scenario->run(NULL);
    printf("done\n");
    return REAL_GOOD;
}

/* ---- One fact ----------------------------------------------------------------- */

static const struct fact *find_fact(const char *id)
{
    for (size_t at = 0; at < fact_count; at++) {
        if (strcmp(facts[at].id, id) == 0) {
            return &facts[at];
        }
    }
    return NULL;
}

static void on_failed(const char *sentence)
{
    printf("fails %s\n", sentence);
}

/** @brief A crash ends the line as any failure does, before a debugger is
 *  asked for. */
static LONG WINAPI on_crash(EXCEPTION_POINTERS *pointers)
{
    printf("fails it crashed with 0x%08lX\n",
           (unsigned long)pointers->ExceptionRecord->ExceptionCode);
    (void)fflush(stdout);
    (void)TerminateProcess(GetCurrentProcess(), REAL_FAILED);
    return EXCEPTION_EXECUTE_HANDLER;
}

static DWORD WINAPI run_on_thread(void *arg)
{
    const struct fact *fact = arg;

    fact->run();
    return 0;
}

/** @brief Run one fact; its line is begun by the id and ended by the word. */
static int run_fact(const char *id)
{
    const struct fact *fact = find_fact(id);
    const char *missing;
    HANDLE thread;

    if (fact == NULL) {
        return refuse("there is no fact", id);
    }
    sim_real_speak(true, on_failed);
    (void)SetUnhandledExceptionFilter(on_crash);
    thread =
        CreateThread(NULL, 0, run_on_thread, (void *)(ULONG_PTR)fact, 0, NULL);
    if (thread == NULL) {
        return refuse("there is no memory for the thread of", id);
    }
    if (WaitForSingleObject(thread, LIMIT_MS) != WAIT_OBJECT_0) {
        printf("fails it did not end within %d s\n", LIMIT_MS / 1000);
        return REAL_FAILED;
    }
    missing = fact_take_cannot();
    if (missing != NULL) {
        printf("cannot it needs %s\n", missing);
        return REAL_CANNOT;
    }
    printf("holds\n");
    return REAL_GOOD;
}

/* ---- All facts ------------------------------------------------------------------ */

/** @brief Say which Windows this is. */
static void print_host(void)
{
    typedef const char *(CDECL * version_fn)(void);
    HMODULE ntdll = GetModuleHandleW(L"ntdll.dll");
    union {
        FARPROC found;
        version_fn call;
    } version;

    version.found = GetProcAddress(ntdll, "wine_get_version");
    if (version.found != NULL) {
        printf("host Wine %s\n", version.call());
    } else {
        printf("host Windows\n");
    }
    (void)fflush(stdout);
}

/** @brief Run one fact in a process of its own. */
static int spawn_fact(const char *program, const char *id)
{
    const char *const argv[] = {"dry-real", "fact", id, NULL};
    HANDLE process;
    DWORD status = REAL_FAILED;

    printf("%s ", id);
    (void)fflush(stdout);
    process = (HANDLE)_spawnv(_P_NOWAIT, program, argv);
    if (process == INVALID_HANDLE_VALUE) {
        printf("fails its process cannot be started\n");
        return REAL_FAILED;
    }
    if (WaitForSingleObject(process, PROCESS_LIMIT_MS) != WAIT_OBJECT_0) {
        (void)TerminateProcess(process, REAL_FAILED);
        /* Its own line may have been begun, and never ended. */
        printf("\n%s fails its process did not end\n", id);
    } else if (!GetExitCodeProcess(process, &status) ||
               (status > REAL_FAILED && status != REAL_CANNOT)) {
        printf("\n%s fails its process ended with 0x%08lX\n",
               id,
               (unsigned long)status);
    }
    (void)fflush(stdout);
    (void)CloseHandle(process);
    return status == REAL_GOOD || status == REAL_CANNOT ? REAL_GOOD
                                                        : REAL_FAILED;
}

/** @brief Whether an id is the one asked for, or of the family. */
static bool is_chosen(const char *id, const char *prefix)
{
    size_t length = strlen(prefix);

    return length == 0 || (strncmp(id, prefix, length) == 0 &&
                           (id[length] == '\0' || id[length] == '-' ||
                            prefix[length - 1] == '-'));
}

static int run_facts(const char *program, const char *prefix)
{
    int status = REAL_GOOD;

    print_host();
    for (size_t at = 0; at < fact_count; at++) {
        if (is_chosen(facts[at].id, prefix) &&
            spawn_fact(program, facts[at].id) != REAL_GOOD) {
            status = REAL_FAILED;
        }
    }
    return status;
}

int main(int argc, char **argv)
{
    const char *command = argc > 1 ? argv[1] : "";
    int status;

    /* Windows would write two bytes at the end of each line, and a window
     * when the program crashes. */
    (void)_setmode(_fileno(stdout), _O_BINARY);
    (void)SetErrorMode(SEM_FAILCRITICALERRORS | SEM_NOGPFAULTERRORBOX);
    if (strcmp(command, "run") == 0 && argc == 3) {
        status = run_scenario(argv[2]);
    } else if (strcmp(command, "facts") == 0 && argc <= 3) {
        status = run_facts(argv[0], argc == 3 ? argv[2] : "");
    } else if (strcmp(command, "fact") == 0 && argc == 3) {
        status = run_fact(argv[2]);
    } else {
        return refuse("write `run NAME` or `facts [PREFIX]`, not", command);
    }
    (void)fflush(stdout);
    /* Threads of a fact may still run. */
    (void)TerminateProcess(GetCurrentProcess(), (UINT)status);
    return status;
}
