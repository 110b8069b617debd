/**
 * @file backtrace_windows.c
 * @brief Call stacks and the names in them, where the host is Windows.
 *
 * Windows walks stacks itself.  Names come from the symbol table that gcc and
 * clang leave in the program's file; Microsoft's compiler leaves none, and
 * then the names are not known.
 *
 * Uses:     host.h, real_windows.h.
 * Used by:  call_stack.c.
 * Facts:    none.
 * Read next: guard.h.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)
#    include "real_windows.h" /* First: it chooses the version of windows.h. */

#    include "host.h"

#    include <stdio.h>
#    include <stdlib.h>
#    include <string.h>

uint32_t sim__host_stack(void **out, uint32_t max)
{
    return CaptureStackBackTrace(0, max, out, NULL);
}

/* ---- Names --------------------------------------------------------------- */

enum { SYMBOL_BYTES = 18, SHORT_NAME_BYTES = 8, IS_FUNCTION = 0x20 };

/* The symbols of the program's file, read at the first question. */
static struct {
    bool tried;
    char *symbols; /* NULL: it has none; else the names follow them. */
    size_t count;
    size_t bytes;
} table;

static void read_table(FILE *stream, const IMAGE_FILE_HEADER *head)
{
    long start = (long)head->PointerToSymbolTable;
    long end;

    if (start == 0 || fseek(stream, 0, SEEK_END) != 0) {
        return;
    }
    end = ftell(stream);
    if (end <= start || fseek(stream, start, SEEK_SET) != 0) {
        return;
    }
    table.bytes = (size_t)(end - start);
    table.symbols = malloc(table.bytes + 1);
    if (table.symbols == NULL) {
        return;
    }
    if (fread(table.symbols, 1, table.bytes, stream) == table.bytes &&
        table.bytes / SYMBOL_BYTES >= head->NumberOfSymbols) {
        table.symbols[table.bytes] = '\0';
        table.count = head->NumberOfSymbols;
    }
}

/* Where the program lies: in the same image as this variable. */
static const char *image(void)
{
    static const char *base;
    MEMORY_BASIC_INFORMATION info;

    if (base == NULL) {
        VirtualQuery(&table, &info, sizeof info);
        base = info.AllocationBase;
    }
    return base;
}

static const IMAGE_NT_HEADERS *headers(void)
{
    const IMAGE_DOS_HEADER *dos = (const void *)image();

    return (const void *)(image() + dos->e_lfanew);
}

typedef DWORD WINAPI file_name_fn(HMODULE module, LPSTR out, DWORD bytes);

static void find_table(void)
{
    file_name_fn *file_name = (file_name_fn *)(void (*)(
        void))sim__real_function("kernel32.dll", "GetModuleFileNameA");
    char path[MAX_PATH];
    FILE *stream = NULL;

    table.tried = true;
    if (file_name(NULL, path, sizeof path) < sizeof path) {
        stream = fopen(path, "rb");
    }
    if (stream != NULL) {
        read_table(stream, &headers()->FileHeader);
        (void)fclose(stream);
    }
}

/* One entry of the table; its fields are not aligned. */
struct symbol {
    char name[SHORT_NAME_BYTES + 1];
    const char *long_name; /* Or NULL. */
    uint32_t value;
    int16_t section;
    uint16_t type;
    uint8_t more; /* Entries that follow and are none. */
};

static struct symbol symbol_at(size_t at)
{
    const char *entry = table.symbols + at * SYMBOL_BYTES;
    struct symbol symbol = {.long_name = NULL};
    uint32_t name[2];

    memcpy(symbol.name, entry, SHORT_NAME_BYTES);
    memcpy(name, entry, sizeof name);
    memcpy(&symbol.value, entry + 8, sizeof symbol.value);
    memcpy(&symbol.section, entry + 12, sizeof symbol.section);
    memcpy(&symbol.type, entry + 14, sizeof symbol.type);
    symbol.more = (uint8_t)entry[17];
    if (name[0] == 0 && name[1] < table.bytes - table.count * SYMBOL_BYTES) {
        symbol.long_name = table.symbols + table.count * SYMBOL_BYTES + name[1];
    }
    return symbol;
}

/* Where a section lies, from the start of the image. */
static uint32_t section_start(int16_t number)
{
    const IMAGE_SECTION_HEADER *first = IMAGE_FIRST_SECTION(headers());

    return number < 1 || number > headers()->FileHeader.NumberOfSections
               ? UINT32_MAX
               : first[number - 1].VirtualAddress;
}

/* The function that begins last before a place of the image; the table does
 * not say how long functions are. */
static void find_own(uint32_t place, char *out, size_t bytes)
{
    uint32_t best = 0;

    for (size_t at = 0; at < table.count; at++) {
        struct symbol symbol = symbol_at(at);
        uint32_t start = section_start(symbol.section);

        at += symbol.more;
        if (symbol.type == IS_FUNCTION && start != UINT32_MAX &&
            start + symbol.value <= place && start + symbol.value >= best) {
            best = start + symbol.value;
            (void)snprintf(out,
                           bytes,
                           "%s",
                           symbol.long_name != NULL ? symbol.long_name
                                                    : symbol.name);
        }
    }
}

const char *sim__host_symbol(const void *address, char *out, size_t bytes)
{
    uintptr_t place = (uintptr_t)address - 1 - (uintptr_t)image();

    if (!table.tried) {
        find_table();
    }
    (void)snprintf(out, bytes, "?");
    if (place < headers()->OptionalHeader.SizeOfImage) {
        find_own((uint32_t)place, out, bytes);
    }
    return out;
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__backtrace_windows_unused;
#endif
