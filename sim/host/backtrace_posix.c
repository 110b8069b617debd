/**
 * @file backtrace_posix.c
 * @brief Call stacks and the names in them, where programs are ELF files.
 *
 * The compiler's own unwinder knows how to walk a stack without frame
 * pointers.  Names come from the program's symbol table, which lies in its
 * file and, unlike what the dynamic linker sees, has static functions too.
 *
 * Uses:     host.h.
 * Used by:  call_stack.c.
 * Facts:    none.
 * Read next: backtrace_windows.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if !defined(_WIN32)
#    define _GNU_SOURCE      1
#    define _DARWIN_C_SOURCE 1

#    include "host.h"

#    include <dlfcn.h>
#    include <stdio.h>
#    include <string.h>
#    include <unwind.h>

/* ---- Walking ------------------------------------------------------------- */

struct walk {
    void **out;
    uint32_t max;
    uint32_t count;
};

static _Unwind_Reason_Code step(struct _Unwind_Context *context, void *argument)
{
    struct walk *walk = argument;
    uintptr_t address = (uintptr_t)_Unwind_GetIP(context);

    if (walk->count == walk->max || address == 0) {
        return _URC_END_OF_STACK;
    }
    walk->out[walk->count++] = (void *)address;
    return _URC_NO_REASON;
}

uint32_t sim__host_stack(void **out, uint32_t max)
{
    struct walk walk = {.out = out, .max = max};

    (void)_Unwind_Backtrace(step, &walk);
    return walk.count;
}

/* ---- Names --------------------------------------------------------------- */

#    if defined(__linux__)
#        include <elf.h>
#        include <fcntl.h>
#        include <link.h>
#        include <sys/mman.h>
#        include <sys/stat.h>
#        include <unistd.h>

/* The program's file, mapped at the first question and never unmapped. */
static struct {
    bool tried;
    const char *start;
    size_t bytes;
    const ElfW(Sym) * symbols; /* NULL: it has none. */
    size_t symbol_count;
    const char *names;
    size_t names_bytes;
} file;

static bool map_file(void)
{
    int descriptor = open("/proc/self/exe", O_RDONLY);
    struct stat status;
    void *start = MAP_FAILED;

    if (descriptor < 0) {
        return false;
    }
    if (fstat(descriptor, &status) == 0 &&
        (size_t)status.st_size > sizeof(ElfW(Ehdr))) {
        file.bytes = (size_t)status.st_size;
        start = mmap(NULL, file.bytes, PROT_READ, MAP_PRIVATE, descriptor, 0);
    }
    (void)close(descriptor);
    file.start = start == MAP_FAILED ? NULL : start;
    return file.start != NULL;
}

/* Whether a part of the file is there. */
static bool has(uint64_t offset, uint64_t bytes)
{
    return offset <= file.bytes && bytes <= file.bytes - offset;
}

/* Take over a symbol table and its names. */
static void use_table(const ElfW(Shdr) * table, const ElfW(Shdr) * names)
{
    if (has(table->sh_offset, table->sh_size) &&
        has(names->sh_offset, names->sh_size) && names->sh_size != 0 &&
        file.start[names->sh_offset + names->sh_size - 1] == '\0') {
        file.symbols = (const void *)(file.start + table->sh_offset);
        file.symbol_count = table->sh_size / sizeof(ElfW(Sym));
        file.names = file.start + names->sh_offset;
        file.names_bytes = names->sh_size;
    }
}

static void find_table(void)
{
    const ElfW(Ehdr) * head;
    const ElfW(Shdr) * sections;

    file.tried = true;
    if (!map_file()) {
        return;
    }
    head = (const void *)file.start;
    if (memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 ||
        !has(head->e_shoff, (uint64_t)head->e_shnum * sizeof *sections)) {
        return;
    }
    sections = (const void *)(file.start + head->e_shoff);
    for (size_t at = 0; at < head->e_shnum; at++) {
        if (sections[at].sh_type == SHT_SYMTAB &&
            sections[at].sh_link < head->e_shnum) {
            use_table(&sections[at], &sections[sections[at].sh_link]);
        }
    }
}

/* The function of the program's file at an address, or NULL.  @p base is what
 * the loader added to the addresses in the file. */
static const char *own_symbol(uintptr_t address, uintptr_t base)
{
    for (size_t at = 0; at < file.symbol_count; at++) {
        const ElfW(Sym) *symbol = &file.symbols[at];

        /* Both sizes of ELF keep the type in the low four bits. */
        if ((symbol->st_info & 0xf) == STT_FUNC &&
            address - base - symbol->st_value < symbol->st_size &&
            symbol->st_name < file.names_bytes) {
            return file.names + symbol->st_name;
        }
    }
    return NULL;
}

static const char *find_own(const void *address, const Dl_info *info)
{
    const ElfW(Ehdr) *head = info->dli_fbase;
    Dl_info own;

    if (!file.tried) {
        find_table();
    }
    /* A program may be loaded where its file says, or anywhere. */
    if (file.symbols == NULL ||
        dladdr((const void *)&sim__fiber_now, &own) == 0 ||
        own.dli_fbase != info->dli_fbase) {
        return NULL;
    }
    return own_symbol((uintptr_t)address,
                      head->e_type == ET_DYN ? (uintptr_t)head : 0);
}
#    else
static const char *find_own(const void *address, const Dl_info *info)
{
    (void)address;
    (void)info;
    return NULL;
}
#    endif

const char *sim__host_symbol(const void *address, char *out, size_t bytes)
{
    /* It is where the call returns to: the call itself lies before. */
    const char *inside = (const char *)address - 1;
    const char *name = NULL;
    Dl_info info;

    if (dladdr(inside, &info) != 0) {
        name = find_own(inside, &info);
        name = name != NULL ? name : info.dli_sname;
    }
    (void)snprintf(out, bytes, "%s", name != NULL ? name : "?");
    return out;
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__backtrace_posix_unused;
#endif
