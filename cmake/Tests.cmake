# Tests.cmake - one program and one ctest test for each test_*.c.
#
# SPDX-License-Identifier: MIT

find_path(CMOCKA_INCLUDE cmocka.h)
find_library(CMOCKA_LIBRARY NAMES cmocka-static cmocka)
if(NOT CMOCKA_INCLUDE OR NOT CMOCKA_LIBRARY)
    message(FATAL_ERROR
        "cmocka was not found; run tools/setup check, or build without tests "
        "(-DDRYPORT_TESTS=OFF)")
endif()

# No test waits for real time, so a test that takes this long hangs.
set(test_timeout_s 300)

function(dryport_helpers variable folder)
    dryport_glob(own tests/${folder}/*.c)
    if(folder MATCHES "^layer[12]$")
        dryport_glob(common tests/common/*.c)
    endif()
    set(${variable} ${own} ${common} PARENT_SCOPE)
endfunction()

# dryport_tests(FOLDER LIBRARY... [ARGUMENTS ARGUMENT...]):
# tests/FOLDER/test_X.c becomes the program FOLDER_test_X and the ctest test
# FOLDER/X.  What else lies in the folder helps all of its tests, and what lies
# in tests/common helps those of layers 1 and 2.
function(dryport_tests folder)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "ARGUMENTS")
    dryport_glob(tests tests/${folder}/test_*.c)
    dryport_helpers(helpers ${folder})
    list(REMOVE_ITEM helpers "" ${tests})
    foreach(source ${tests})
        get_filename_component(name ${source} NAME_WE)
        string(REGEX REPLACE "^test_" "" subject ${name})
        set(target ${folder}_${name})
        dryport_executable(${target} tests ${source} ${helpers})
        target_include_directories(${target} SYSTEM PRIVATE ${CMOCKA_INCLUDE})
        target_include_directories(${target} PRIVATE
            tests tests/common tests/${folder})
        target_link_libraries(${target} PRIVATE
            ${arg_UNPARSED_ARGUMENTS} ${CMOCKA_LIBRARY})
        dryport_test(${folder}/${subject} ${target} ${arg_ARGUMENTS})
    endforeach()
endfunction()

# dryport_test(NAME TARGET ARGUMENT...): a run of a program that is a test.
function(dryport_test name target)
    if(TARGET ${target})
        add_test(NAME ${name} COMMAND ${target} ${ARGN})
        set_tests_properties(${name} PROPERTIES TIMEOUT ${test_timeout_s})
    endif()
endfunction()

# dryport_real_tests(FOLDER LIBRARY...): the same sources once more, as programs
# for the system's own Windows: the ctest test FOLDER_real/X.
function(dryport_real_tests folder)
    dryport_glob(tests tests/${folder}/test_*.c)
    dryport_helpers(helpers ${folder})
    dryport_glob(real sim/real.c)
    list(APPEND helpers ${real})
    list(REMOVE_ITEM helpers "" ${tests})
    foreach(source ${tests})
        get_filename_component(name ${source} NAME_WE)
        string(REGEX REPLACE "^test_" "" subject ${name})
        set(target ${folder}_real_${name})
        dryport_executable(${target} tests ${source} ${helpers})
        target_compile_definitions(${target} PRIVATE DRYPORT_REAL=1)
        target_include_directories(${target} SYSTEM PRIVATE ${CMOCKA_INCLUDE})
        target_include_directories(${target} PRIVATE
            sim tests tests/common tests/${folder})
        target_link_libraries(${target} PRIVATE ${ARGN} ${CMOCKA_LIBRARY})
        dryport_test(${folder}_real/${subject} ${target})
    endforeach()
endfunction()

dryport_tests(sim dryport_iocp dryport_sim)
dryport_tests(layer0 dryport_iocp dryport_sim)
dryport_tests(layer1 dryport_ops dryport_sim)
dryport_tests(layer2 dryport_sockets dryport_sim)
include(cmake/Bugs.cmake)
if(WIN32)
    dryport_real_tests(layer1 dryport_ops_real)
    dryport_real_tests(layer2 dryport_sockets_real)
endif()
foreach(target layer1_test_allocations layer1_real_test_allocations
        layer2_test_allocations layer2_real_test_allocations)
    dryport_count_allocations(${target})
endforeach()
if(TARGET dryport_heap)
    dryport_tests(rules dryport_heap dryport_sim)
endif()
if(TARGET dryport_heap)
    dryport_tests(lesson18 scenarios dryport_heap dryport_sockets dryport_sim)
endif()
dryport_tests(tools scenarios dryport_iocp dryport_sim)
dryport_tests(tidy tidy_rules
    ARGUMENTS "${PROJECT_SOURCE_DIR}/tests/tidy/fixtures")

dryport_test(facts_sim dry facts --sim)
dryport_test(selfcheck dry selfcheck --runs 20000)
# LIFO, FIFO and the concurrency limit on every schedule there is.
dryport_test(all_of_three_by_one dry explore three-by-one --strategy dfs)
dryport_test(all_of_three_by_two dry explore three-by-two --strategy dfs)
if(WIN32 AND TARGET dry AND TARGET dry-real)
    # Runs dry-real, which lies beside dry, and compares the two columns.  Real
    # threads need real time to block, so nothing else runs beside them.
    dryport_test(facts_real dry facts)
    set_tests_properties(facts_real PROPERTIES RUN_SERIAL ON)
endif()
if(NOT CMAKE_CROSSCOMPILING AND TARGET tidy)
    # Judges the source tree; once per host is enough.
    set(woven "")
    if(TARGET dry)
        set(woven --dry $<TARGET_FILE:dry>)
    endif()
    dryport_test(lint tidy ${woven} "${PROJECT_SOURCE_DIR}")
    add_test(NAME asio_table COMMAND ${CMAKE_COMMAND}
        "-DROOT=${PROJECT_SOURCE_DIR}"
        -P "${PROJECT_SOURCE_DIR}/cmake/CheckAsio.cmake")
endif()
