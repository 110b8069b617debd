/**
 * @file takeover_windows.S
 * @brief The plain names of Windows' functions: jumps through the pointers.
 *
 * A caller that was not told that CreateThread is imported calls the name
 * itself.  Windows' import library has a jump for that behind each name, and
 * so have we, from the same table as the pointers.
 *
 * Uses:     api.def.
 * Used by:  the program, by way of the linker; takeover_windows.c.
 * Facts:    none.
 * Read next: real.h.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(_WIN32)

#    if defined(__x86_64__)
#        define JUMP(pointer) jmp *pointer(%rip)
#    elif defined(__aarch64__)
#        define JUMP(pointer)            \
            adrp x16, pointer;           \
            ldr x16, [x16, :lo12:pointer]; \
            br x16
#    endif

#    define TAKE(name, pointer) .globl name; name: JUMP(pointer);

#    define TAKE_KERNEL32(name, pointer) TAKE(name, pointer)
#    define TAKE_NTDLL(name, pointer) TAKE(name, pointer)
#    define TAKE_WS2_32(name, pointer) TAKE(name, pointer)
#    define TAKE_MSWSOCK(name, pointer) TAKE(name, pointer)
#    define TAKE_MSVCRT(name, pointer) TAKE(name, pointer)
#    define TAKE_SYNCH(name, pointer) TAKE(name, pointer)
#    define TAKE_INTRINSIC(name, pointer)
#    define TAKE_EXTENSION(name, pointer)

    .text
    .globl sim__takeover_names
sim__takeover_names:
#    define API(module, layer, type, name, parameters) \
        TAKE_##module(name, __imp_##name)
#    include "api.def"

#endif
