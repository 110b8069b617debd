/**
 * @file image_windows.c
 * @brief Where the program's variables are, in a Windows executable.
 *
 * The section table of the executable, in the format that Microsoft
 * publishes, says which sections can be written.  Imports, the pointers to
 * initialisers and the template of thread-local variables can be, too, and
 * are nobody's variables.
 *
 * Uses:     image.h, real_windows.h.
 * Used by:  statics.c, takeover_windows.c.
 * Facts:    none.
 * Read next: imports_windows.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)
#    include "real_windows.h" /* First: it chooses the version of windows.h. */

#    include "image.h"

#    include <string.h>

/* Where the linker begins the image. */
extern char __ImageBase[];

/** Sections that are not the program's variables. */
static const char *const others[] =
    {".drydata", ".drybss", ".idata", ".didat", ".CRT", ".tls", ".reloc"};

static bool is_other(const IMAGE_SECTION_HEADER *section)
{
    for (size_t at = 0; at < sizeof others / sizeof others[0]; at++) {
        if (strncmp((const char *)section->Name,
                    others[at],
                    IMAGE_SIZEOF_SHORT_NAME) == 0) {
            return true;
        }
    }
    return false;
}

const char *sim__image_ranges(struct range *ranges, size_t max, size_t *count)
{
    char *base = __ImageBase;
    const IMAGE_DOS_HEADER *dos = (const void *)base;
    const IMAGE_NT_HEADERS *nt = (const void *)(base + dos->e_lfanew);
    const IMAGE_SECTION_HEADER *section = IMAGE_FIRST_SECTION(nt);
    bool has_ours = false;

    *count = 0;
    for (unsigned at = 0; at < nt->FileHeader.NumberOfSections; at++) {
        const IMAGE_SECTION_HEADER *here = &section[at];

        if (memcmp(here->Name, ".drybss", sizeof ".drybss") == 0) {
            has_ours = true;
        }
        if ((here->Characteristics & IMAGE_SCN_MEM_WRITE) == 0 ||
            is_other(here)) {
            continue;
        }
        if (*count == max) {
            return "the program has more sections than expected";
        }
        ranges[(*count)++] =
            (struct range){base + here->VirtualAddress, here->Misc.VirtualSize};
    }
    return has_ours ? NULL
                    : "the simulator's library was built without objcopy, and "
                      "its variables cannot be told from the program's";
}

sim__any_fn *sim__image_windows(const char *library, const char *name)
{
    return (sim__any_fn *)sim__real_function(library, name);
}

#else
/* ISO C wants a declaration in every file. */
extern const int sim__image_windows_unused;
#endif
