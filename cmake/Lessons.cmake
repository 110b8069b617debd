# Lessons.cmake - the exercise of each lesson, once for each variant.
#
# `make lesson N=02` builds and runs the variant STUB, which is what a learner
# edits.  As tests, the reference must pass the lesson's check and each other
# variant must fail it; they are built by default only with the other tests.
#
# SPDX-License-Identifier: MIT

foreach(lesson 02_raw_port 04_threads)
    string(SUBSTRING ${lesson} 0 2 number)
    foreach(variant REFERENCE STUB BUG_1 BUG_2 BUG_3)
        set(target lesson_${number}_${variant})
        dryport_executable(${target} tests
            tests/lessons/check_variant.c lessons/${lesson}/lesson.c)
        target_compile_definitions(${target} PRIVATE
            VARIANT=${variant} LESSON_CHECK=lesson_${number}_check)
        target_include_directories(${target} PRIVATE lessons)
        target_link_libraries(${target} PRIVATE dryport_ops dryport_sim)
        if(NOT DRYPORT_TESTS)
            set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL ON)
        elseif(variant STREQUAL REFERENCE)
            add_test(NAME lessons/${number}_${variant} COMMAND ${target})
        else()
            add_test(NAME lessons/${number}_${variant}
                COMMAND ${target} --must-fail)
        endif()
    endforeach()
endforeach()
