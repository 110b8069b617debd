/**
 * @file net_wide.c
 * @brief Layer 2: from UTF-8 to what Windows' own names are made of.
 *
 * Uses:     net_private.h.
 * Used by:  net_resolve.c, net_pipe.c, net_file.c.
 * Facts:    none.
 * Read next: net_udp.c.
 *
 * SPDX-License-Identifier: MIT
 */
#include "net_private.h"

/**
 * @brief Read one character.
 * @param text  At its first byte; moved behind it.
 * @return It, or UINT32_MAX: this is not UTF-8.
 */
static uint32_t next_character(const unsigned char **text)
{
    /* The least that needs one, two, three continuation bytes: what could be
   * written shorter is refused, or a name would have several spellings. */
    static const uint32_t least[] = {0, 0x80, 0x800, 0x10000};
    uint32_t first = *(*text)++;
    unsigned more = first < 0x80    ? 0
                    : first >= 0xf0 ? 3
                    : first >= 0xe0 ? 2
                                    : 1;
    uint32_t character = more == 0 ? first : first & (0x3fU >> more);

    if ((first >= 0x80 && first < 0xc0) || first >= 0xf8) {
        return UINT32_MAX;
    }
    for (unsigned i = 0; i < more; i++) {
        if ((**text & 0xc0) != 0x80) {
            return UINT32_MAX; /* The end of the text, too. */
        }
        character = character << 6 | (*(*text)++ & 0x3fU);
    }
    if (character < least[more] || character > 0x10ffff ||
        (character >= 0xd800 && character < 0xe000)) {
        return UINT32_MAX;
    }
    return character;
}

bool net__wide(const char *text, WCHAR *wide_out, size_t wide_max)
{
    const unsigned char *at = (const unsigned char *)text;
    size_t count = 0;

    IOCP_ASSERT(text != NULL && wide_max > 0);
    /* BOUND: the text ends, or the room does. */
    while (*at != 0) {
        uint32_t character = next_character(&at);
        size_t units = character > 0xffff ? 2 : 1;

        if (character == UINT32_MAX || count + units >= wide_max) {
            return false;
        }
        if (units == 2) {
            wide_out[count] = (WCHAR)(0xd800 + ((character - 0x10000) >> 10));
            wide_out[count + 1] = (WCHAR)(0xdc00 + (character & 0x3ff));
        } else {
            wide_out[count] = (WCHAR)character;
        }
        count += units;
    }
    wide_out[count] = 0;
    return true;
}
