/**
 * @file fiber_aarch64.S
 * @brief Leave one stack for another, on 64-bit ARM.
 *
 * The same two functions as fiber_x86_64.S.  ARM has more registers that a
 * called function must preserve: x19 to x30 and the lower halves of v8 to
 * v15.  The rounding modes (FPCR) are shared by all simulated threads here,
 * too, and for the same reason.
 *
 * Uses:     nothing of ours.
 * Used by:  host.h (sim__fiber_jump), fiber.h (sim__fiber_start).
 * Facts:    none.
 * Read next: fiber_ucontext.c.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(__aarch64__) && !defined(__ILP32__) && !defined(_WIN32) &&         \
    !defined(SIM_FIBER_UCONTEXT)

/* Statements are separated by ";" on ELF systems, by "%%" on Apple's. */
#if defined(__APPLE__)
#define NAME(symbol) _##symbol
#define BEGIN(symbol) .globl NAME(symbol) %% .private_extern NAME(symbol)
#define END(symbol)
#else
#define NAME(symbol) symbol
#define BEGIN(symbol)                                                          \
    .globl symbol; .hidden symbol; .type symbol, %function
#define END(symbol) .size symbol, . - symbol
#endif

    .text

/*
 * void sim__fiber_jump(void **save, void *load)
 *                      x0           x1
 */
    BEGIN(sim__fiber_jump)
    .p2align 4
NAME(sim__fiber_jump):
    .cfi_startproc
    sub     sp, sp, #160
    .cfi_def_cfa_offset 160
    stp     x19, x20, [sp, #0]
    .cfi_rel_offset x19, 0
    .cfi_rel_offset x20, 8
    stp     x21, x22, [sp, #16]
    .cfi_rel_offset x21, 16
    .cfi_rel_offset x22, 24
    stp     x23, x24, [sp, #32]
    .cfi_rel_offset x23, 32
    .cfi_rel_offset x24, 40
    stp     x25, x26, [sp, #48]
    .cfi_rel_offset x25, 48
    .cfi_rel_offset x26, 56
    stp     x27, x28, [sp, #64]
    .cfi_rel_offset x27, 64
    .cfi_rel_offset x28, 72
    stp     x29, x30, [sp, #80]
    .cfi_rel_offset x29, 80
    .cfi_rel_offset x30, 88
    stp     d8, d9, [sp, #96]
    stp     d10, d11, [sp, #112]
    stp     d12, d13, [sp, #128]
    stp     d14, d15, [sp, #144]

    /* Both stacks look the same here, so what debuggers were told above about
     * the one is true of the other. */
    mov     x9, sp
    str     x9, [x0]
    mov     sp, x1

    ldp     x19, x20, [sp, #0]
    ldp     x21, x22, [sp, #16]
    ldp     x23, x24, [sp, #32]
    ldp     x25, x26, [sp, #48]
    ldp     x27, x28, [sp, #64]
    ldp     x29, x30, [sp, #80]
    ldp     d8, d9, [sp, #96]
    ldp     d10, d11, [sp, #112]
    ldp     d12, d13, [sp, #128]
    ldp     d14, d15, [sp, #144]
    add     sp, sp, #160
    .cfi_def_cfa_offset 0
    .cfi_restore x19
    .cfi_restore x20
    .cfi_restore x21
    .cfi_restore x22
    .cfi_restore x23
    .cfi_restore x24
    .cfi_restore x25
    .cfi_restore x26
    .cfi_restore x27
    .cfi_restore x28
    .cfi_restore x29
    .cfi_restore x30
    ret
    .cfi_endproc
    END(sim__fiber_jump)

/*
 * The first frame of every fiber.  sim__fiber_arm left the entry in x19.
 */
    BEGIN(sim__fiber_start)
    .p2align 4
NAME(sim__fiber_start):
    .cfi_startproc
    .cfi_undefined x30      /* Nobody called this: backtraces end here. */
    blr     x19
    brk     #1              /* An entry never returns. */
    .cfi_endproc
    END(sim__fiber_start)

#endif

#if defined(__ELF__)
    /* Without this the linker would make every stack executable. */
    .section .note.GNU-stack, "", %progbits
#endif
