/**
 * @file compiler.h
 * @brief The one place where compilers differ.
 *
 * Everything outside this header is C17 without extensions, so gcc, clang,
 * MinGW and MSVC read the same source.
 *
 * Uses:     nothing of ours.
 * Used by:  every file of sim/.
 * Facts:    none.
 * Read next: host.h.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef SIM_COMPILER_H
#define SIM_COMPILER_H

#if defined(__GNUC__) || defined(__clang__)
#    define SIM_LIKELY(condition)   __builtin_expect(!!(condition), 1)
#    define SIM_UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#    define SIM_NOINLINE            __attribute__((noinline))
#    define SIM_COLD                __attribute__((cold, noinline))
#    define SIM_NORETURN            __attribute__((noreturn))
#    define SIM_MUST_USE            __attribute__((warn_unused_result))
/* Functions of tests that crash on purpose. */
#    define SIM_UNSANITIZED         __attribute__((no_sanitize("undefined")))
/* Functions that touch memory which AddressSanitizer forbids to others. */
#    define SIM_UNWATCHED           __attribute__((no_sanitize("address")))
/* Inlined even where nothing else is. */
#    define SIM_INLINE              inline __attribute__((always_inline))
/* Where the stack of the caller ended before it called this function. */
#    define SIM_CALLER_FRAME()      __builtin_dwarf_cfa()
/* A variable that may be there or not. */
#    define SIM_WEAK                __attribute__((weak))
#    define SIM_TRAP()              __builtin_trap()
#    if defined(__MINGW32__)
#        define SIM_FORMAT(at, first) \
            __attribute__((format(gnu_printf, at, first)))
#    else
#        define SIM_FORMAT(at, first) __attribute__((format(printf, at, first)))
#    endif
#else
#    define SIM_LIKELY(condition)   (condition)
#    define SIM_UNLIKELY(condition) (condition)
#    define SIM_NOINLINE            __declspec(noinline)
#    define SIM_COLD                __declspec(noinline)
#    define SIM_NORETURN            __declspec(noreturn)
#    define SIM_MUST_USE            _Check_return_
#    define SIM_UNSANITIZED
#    define SIM_UNWATCHED
#    define SIM_INLINE         __forceinline
#    define SIM_CALLER_FRAME() ((char *)_AddressOfReturnAddress() + 8)
#    define SIM_WEAK
#    define SIM_TRAP() __debugbreak()
#    define SIM_FORMAT(at, first)
#endif

#if defined(__SANITIZE_ADDRESS__)
#    define SIM_ASAN 1
#elif defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define SIM_ASAN 1
#    endif
#endif
#ifndef SIM_ASAN
#    define SIM_ASAN 0
#endif

/* Whether Valgrind can be told things; cppcheck cannot ask this question. */
#if defined(__has_include) && !defined(__CPPCHECK__)
#    if __has_include(<valgrind/memcheck.h>)
#        define SIM_VALGRIND 1
#    endif
#endif
#ifndef SIM_VALGRIND
#    define SIM_VALGRIND 0
#endif

#endif
