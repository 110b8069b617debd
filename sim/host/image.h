/**
 * @file image.h
 * @brief Where the program's own variables are.
 *
 * An executable file says which parts of its memory can be written.  What of
 * these belongs to the simulator is in sections of its own, which the build
 * gives other names than the compiler's.
 *
 * Uses:     nothing of ours.
 * Used by:  image.c, image_elf.c, image_windows.c, imports_windows.c,
 *           sim/program.
 * Facts:    none.
 * Read next: image.c.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_IMAGE_H
#define SIM_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

/** A piece of memory. */
struct range {
    char *start;
    size_t bytes;
};

/**
 * @brief Find the writable memory of the program and of the libraries linked
 *        into it, without the simulator's.
 *
 * @param ranges  Filled in.
 * @param max     Room there.
 * @param count   How many there are; written on success.
 * @return NULL, or why that is not known here.
 */
const char *sim__image_ranges(struct range *ranges, size_t max, size_t *count);

/** @brief Cut a piece out of the ranges, for the platforms' files.
 *  @return false when there is no room for what is left. */
bool sim__image_cut(struct range *ranges,
                    size_t max,
                    size_t *count,
                    struct range hole);

#if defined(_WIN32)
/** A function of any type. */
typedef void sim__any_fn(void);

/** @brief Windows' own function, or NULL. */
sim__any_fn *sim__image_windows(const char *library, const char *name);

/** A function that the program calls and the simulator does not have. */
struct stranger {
    const char *name;
    const char *library;
    bool harmful; /**< It makes threads or sockets that nobody simulates. */
};

/**
 * @brief Go through what the executable still imports from Windows.
 * @param from  0, or what the last call returned.
 * @return Where to go on, or 0 when there is no further one.
 */
size_t sim__image_stranger(size_t from, struct stranger *stranger);
#endif

#endif
