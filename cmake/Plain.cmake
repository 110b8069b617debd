# Plain.cmake - programs that know nothing of Dryport, in worlds and outside.
#
# tests/program/X.c try the library that runs them; tests/plain/X.c are what
# one would find in a textbook, and run as ordinary Windows programs as well.
#
# SPDX-License-Identifier: MIT

# dryport_program(NAME FOLDER SOURCE): as a user would do it.
function(dryport_program name folder source)
    dryport_executable(${name} ${folder} ${source})
    target_link_libraries(${name} PRIVATE dryport::program)
    if(WIN32)
        dryport_link_windows(${name})
    endif()
endfunction()

# dryport_program_test(NAME PROGRAM OPTIONS EXPECTED ARGUMENT...): a run with
# OPTIONS in the variable DRYPORT that prints what matches EXPECTED, or exits
# with 0 if that is empty.
function(dryport_program_test name program options expected)
    dryport_test(${name} ${program} ${ARGN})
    set_tests_properties(${name} PROPERTIES ENVIRONMENT "DRYPORT=${options}")
    if(NOT expected STREQUAL "")
        set_tests_properties(${name} PROPERTIES
            PASS_REGULAR_EXPRESSION "${expected}")
    endif()
endfunction()

foreach(name statics ending chance atomics)
    dryport_program(program_${name} tests
        "${PROJECT_SOURCE_DIR}/tests/program/${name}.c")
endforeach()

if(NOT WIN32 AND NOT DRYPORT_SANITIZE)
    # As for Windows: atomic operations of C are choice points then, too.
    target_compile_options(program_atomics PRIVATE -fsanitize=thread)
endif()

dryport_program_test(program/statics program_statics "runs=1000" "" word)
dryport_program_test(program/statics_twice program_statics
    "runs=100 twice" "" word)
dryport_program_test(program/statics_kept program_statics
    "runs=2 statics=keep" "nondeterminism: .*a static variable" word)
dryport_program_test(program/atomics program_atomics "runs=300" "")
dryport_program_test(program/chance program_chance "runs=20 twice" "")
dryport_program_test(program/chance_and_time program_chance
    "runs=20 twice" "" time)
dryport_program_test(program/output program_statics
    "" "half of five is 2.5.*at exit: 5.*pass: 1 run" word)
dryport_program_test(program/output_hidden program_statics
    "runs=10" "^pass: 10 runs" word)
dryport_program_test(program/all_schedules program_ending
    "strategy=dfs" "every schedule" normal)

dryport_program_test(program/ends program_ending "runs=100" "" normal)
dryport_program_test(program/by_name program_ending "runs=100" "" by-name)
dryport_program_test(program/exits_with_0 program_ending
    "" "unfinished: .*of its threads still ran .A." thread-exit-0)
dryport_program_test(program/exits_with_7 program_ending
    "" "assertion: .*its exit status is 7" thread-exit-7)
dryport_program_test(program/crashes program_ending
    "" "crash: thread B crashed: it (read or wrote memory|called abort)" crash)
dryport_program_test(program/aborts program_ending
    "" "crash: thread A crashed: it called abort" abort)
dryport_program_test(program/exit_process program_ending
    "" "assertion: .*it called ExitProcess with 3" exit-process)
dryport_program_test(program/leaks program_ending
    "" "leak: .* left 1 handle open: event 1" leak)
dryport_program_test(program/leaks_allowed program_ending
    "leaks runs=10" "" leak)
dryport_program_test(program/leaks_replayed program_ending
    "replay=v1:program_ending:seed=1:leaks=1" "pass: 1 run" leak)
dryport_program_test(program/unfinished program_ending
    "" "unfinished: .*1 more of its threads still ran .B." unfinished)
dryport_program_test(program/unfinished_allowed program_ending
    "leaks runs=10" "" unfinished)
dryport_program_test(program/deadlocks program_ending
    "runs=10" "deadlock: .*To see what the program printed" deadlock)

dryport_program_test(program/unknown_option program_ending
    "sed=1" "DRYPORT has no option `sed`; there are seed, runs" normal)
dryport_program_test(program/bad_number program_ending
    "runs=many" "the value of `runs` makes no sense; write it like" normal)
dryport_program_test(program/bad_strategy program_ending
    "strategy=luck" "there is no strategy `luck`" normal)
dryport_program_test(program/bad_replay program_ending
    "replay=v1:other:seed=1" "is for the scenario `other`" normal)

if(WIN32)
    dryport_program(program_direct tests
        "${PROJECT_SOURCE_DIR}/tests/program/direct.c")
    dryport_program_test(program/direct program_direct
        "timeline" "open event=1.*close event=1.*pass: 1 run")
    foreach(kind NOTE THREAD)
        string(TOLOWER ${kind} name)
        dryport_program(program_stranger_${name} tests
            "${PROJECT_SOURCE_DIR}/tests/program/stranger.c")
        target_compile_definitions(program_stranger_${name}
            PRIVATE STRANGER_${kind}=1)
    endforeach()
    dryport_program_test(program/stranger_note program_stranger_note
        "" "the program calls lstrcmpiA of KERNEL32.dll.*pass: 1 run")
    dryport_program_test(program/stranger_thread program_stranger_thread
        "" "the program calls _beginthread of msvcrt.dll, which")
endif()

# --- The textbook programs ---------------------------------------------------

foreach(name file_copy echo_server echo_client)
    dryport_program(plain_${name} plain
        "${PROJECT_SOURCE_DIR}/tests/plain/${name}.c")
    # What replay lines call it.
    set_target_properties(plain_${name} PROPERTIES OUTPUT_NAME ${name})
    dryport_program_test(plain/${name} plain_${name} "" "pass: 1 run")
    # All 10,000 are a step of tools/check.
    dryport_program_test(plain/${name}_500 plain_${name} "runs=500" "")
    # Whatever is refused to it, it ends in an orderly way.
    dryport_program_test(plain/${name}_faults plain_${name}
        "faults=each" "pass: .*fault points: ")
endforeach()
if(WIN32)
    # Without us: real sockets, real files, real threads.
    foreach(name file_copy echo_server echo_client)
        dryport_executable(plain_real_${name} plain_real
            "${PROJECT_SOURCE_DIR}/tests/plain/${name}.c")
        dryport_link_windows(plain_real_${name})
        set_target_properties(plain_real_${name} PROPERTIES
            OUTPUT_NAME ${name})
        dryport_test(plain_real/${name} plain_real_${name})
    endforeach()
endif()
