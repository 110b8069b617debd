/**
 * @file lesson.h
 * @brief What every lesson provides.
 *
 * A lesson is one program to read and run, and one exercise: a region of its
 * source that exists in several variants.  REFERENCE is what we would write,
 * STUB is what a learner starts from, and each BUG is a mistake that people
 * make.  The lesson's check must pass the first and fail all others, and the
 * test suite proves that it does.
 *
 * Uses:     sim.h.
 * Used by:  every lesson.c, tests/lessons.
 * Facts:    none.
 *
 * SPDX-License-Identifier: MIT
 */
#ifndef LESSON_H
#define LESSON_H

#include <winsock2.h>

#include <windows.h>

#include "sim.h"

#define STUB      0
#define REFERENCE 1
#define BUG_1     2
#define BUG_2     3
#define BUG_3     4

#ifndef VARIANT
#    define VARIANT REFERENCE
#endif

/** @brief The programs, one for each lesson. @{ */
void lesson_01(void *arg);
void lesson_02(void *arg);
void lesson_03(void *arg);
void lesson_04(void *arg);
void lesson_05(void *arg);
void lesson_06(void *arg);
void lesson_07(void *arg);
void lesson_08(void *arg);
void lesson_09(void *arg);
void lesson_10(void *arg);
void lesson_11(void *arg);
void lesson_12(void *arg);
void lesson_13(void *arg);
void lesson_14(void *arg);
void lesson_18(void *arg);
/** @} */

/** @brief The checks of those that have an exercise. @{ */
void lesson_02_check(void *arg);
void lesson_04_check(void *arg);
/** @} */

#endif
