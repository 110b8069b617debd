/**
 * @file real_windows.c
 * @brief Find Windows' own functions without asking by a name that may lie.
 *
 * GetProcAddress would be the way, but it is one of the names that may belong
 * to the simulator.  Every module in memory carries a list of the functions
 * it exports, in the format of executable files that Microsoft publishes, so
 * the real GetProcAddress is found there; it finds the others.
 *
 * Uses:     real_windows.h, guard.h.
 * Used by:  machine_windows.c, heart_windows.c.
 * Facts:    none.
 * Read next: image.h.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)
#    include "real_windows.h"

#    include "guard.h"

#    include <string.h>

typedef FARPROC WINAPI get_address_fn(HMODULE module, LPCSTR name);

static get_address_fn *find_get_address(void);
static const IMAGE_EXPORT_DIRECTORY *exports_of(const char *module);

const struct sim__real *sim__real(void)
{
    static struct sim__real real;

    if (!real.LoadLibraryA) {
        get_address_fn *get_address = find_get_address();
        MEMORY_BASIC_INFORMATION info;
        HMODULE module;

        VirtualQuery((const void *)(uintptr_t)get_address, &info, sizeof info);
        module = (HMODULE)info.AllocationBase;
#    define X(result, name, parameters)                \
        real.name = (result(WINAPI *) parameters)(     \
            void (*)(void))get_address(module, #name); \
        SIM__HOST_CHECK(real.name);
        SIM__REAL_FUNCTIONS(X)
#    undef X
    }
    return &real;
}

FARPROC sim__real_function(const char *dll, const char *name)
{
    HMODULE module = sim__real()->LoadLibraryA(dll);

    return module ? find_get_address()(module, name) : NULL;
}

/*
 * SwitchToFiber has no simulated counterpart, so its address lies in the real
 * module (kernel32.dll, or kernelbase.dll: both export GetProcAddress).
 */
static get_address_fn *find_get_address(void)
{
    static get_address_fn *found;
    MEMORY_BASIC_INFORMATION info;
    const IMAGE_EXPORT_DIRECTORY *exports;
    const char *module;
    const DWORD *names;
    const DWORD *functions;
    const WORD *indexes;

    if (found) {
        return found;
    }
    VirtualQuery((const void *)(uintptr_t)SwitchToFiber, &info, sizeof info);
    module = info.AllocationBase;
    exports = exports_of(module);
    names = (const DWORD *)(const void *)(module + exports->AddressOfNames);
    functions =
        (const DWORD *)(const void *)(module + exports->AddressOfFunctions);
    indexes =
        (const WORD *)(const void *)(module + exports->AddressOfNameOrdinals);
    for (DWORD i = 0; i < exports->NumberOfNames && !found; i++) {
        if (strcmp(module + names[i], "GetProcAddress") == 0) {
            found =
                (get_address_fn *)(uintptr_t)(module + functions[indexes[i]]);
        }
    }
    SIM__HOST_CHECK(found);
    return found;
}

static const IMAGE_EXPORT_DIRECTORY *exports_of(const char *module)
{
    const IMAGE_DOS_HEADER *dos = (const void *)module;
    const IMAGE_NT_HEADERS *nt = (const void *)(module + dos->e_lfanew);
    const IMAGE_DATA_DIRECTORY *where =
        &nt->OptionalHeader.DataDirectory[IMAGE_DIRECTORY_ENTRY_EXPORT];

    return (const void *)(module + where->VirtualAddress);
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__real_windows_unused;
#endif
