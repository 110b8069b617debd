/**
 * @file fiber_x86_64.S
 * @brief Leave one stack for another, on x86-64.
 *
 * This is the hottest code of the simulator: every time a simulated thread
 * gives way to another it runs once.  To its caller it is a function call, so
 * only what a called function must preserve has to be saved: six registers
 * and the stack pointer.
 *
 * What is left alone, and why:  The control words of SSE (mxcsr) and of the
 * x87 unit belong to what a called function must preserve, too.  They hold
 * rounding and trap modes.  A program changes them rarely, saving them would
 * cost as much as all the rest, so simulated threads share them.
 *
 * The way back is `ret`, although it returns to another place than the last
 * `call` came from.  The processor predicts that wrongly when the two stacks
 * were left at different places in the source.  A jump through a register
 * avoids this one, but leaves the predictor's stack one entry too deep, and
 * then every return after it is predicted wrongly.
 *
 * Uses:     nothing of ours.
 * Used by:  host.h (sim__fiber_jump), fiber.h (sim__fiber_start).
 * Facts:    none.
 * Read next: fiber_aarch64.S.
 *
 * SPDX-License-Identifier: MIT
 */
#if defined(__x86_64__) && !defined(__ILP32__) && !defined(_WIN32) &&          \
    !defined(SIM_FIBER_UCONTEXT)

#if defined(__APPLE__)
#define NAME(symbol) _##symbol
#define BEGIN(symbol) .globl NAME(symbol); .private_extern NAME(symbol)
#define END(symbol)
#else
#define NAME(symbol) symbol
#define BEGIN(symbol)                                                          \
    .globl symbol; .hidden symbol; .type symbol, @function
#define END(symbol) .size symbol, . - symbol
#endif

    .text

/*
 * void sim__fiber_jump(void **save, void *load)
 *                      rdi          rsi
 */
    BEGIN(sim__fiber_jump)
    .p2align 4
NAME(sim__fiber_jump):
    .cfi_startproc
    pushq   %rbp
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbp, 0
    pushq   %rbx
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %rbx, 0
    pushq   %r12
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r12, 0
    pushq   %r13
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r13, 0
    pushq   %r14
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r14, 0
    pushq   %r15
    .cfi_adjust_cfa_offset 8
    .cfi_rel_offset %r15, 0

    /* Both stacks look the same here, so what debuggers were told above about
     * the one is true of the other. */
    movq    %rsp, (%rdi)
    movq    %rsi, %rsp

    popq    %r15
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r15
    popq    %r14
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r14
    popq    %r13
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r13
    popq    %r12
    .cfi_adjust_cfa_offset -8
    .cfi_restore %r12
    popq    %rbx
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbx
    popq    %rbp
    .cfi_adjust_cfa_offset -8
    .cfi_restore %rbp
    ret
    .cfi_endproc
    END(sim__fiber_jump)

/*
 * The first frame of every fiber.  sim__fiber_arm left the entry in rbx.
 */
    BEGIN(sim__fiber_start)
    .p2align 4
NAME(sim__fiber_start):
    .cfi_startproc
    .cfi_undefined %rip     /* Nobody called this: backtraces end here. */
    callq   *%rbx
    ud2                     /* An entry never returns. */
    .cfi_endproc
    END(sim__fiber_start)

#endif

#if defined(__ELF__)
    /* Without this the linker would make every stack executable. */
    .section .note.GNU-stack, "", %progbits
#endif
