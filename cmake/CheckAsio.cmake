# CheckAsio.cmake - docs/asio.md names functions and tests: they must exist.
#
#     cmake -DROOT=FOLDER -P CheckAsio.cmake
#
# Each place `file.c, function()` must be in a file of src/, each
# `layerN/test_x.c, name` among the tests of tests/, and no cell of a table
# may be empty.
#
# SPDX-License-Identifier: MIT
cmake_minimum_required(VERSION 3.22)

file(READ "${ROOT}/docs/asio.md" page)

# match(FILE PATTERN WHAT): one of the files must hold it.
function(match files pattern what)
    foreach(file ${files})
        file(READ "${file}" text)
        if(text MATCHES "${pattern}")
            return()
        endif()
    endforeach()
    message(SEND_ERROR "docs/asio.md: there is no ${what}")
endfunction()

string(REGEX MATCHALL "`[a-z_]+\\.c, [a-z_]+\\(\\)`" places "${page}")
list(REMOVE_DUPLICATES places)
foreach(place ${places})
    string(REGEX REPLACE "`(.*), (.*)\\(\\)`" "\\1;\\2" parts "${place}")
    list(GET parts 0 name)
    list(GET parts 1 function)
    file(GLOB files "${ROOT}/src/*/${name}")
    match("${files}" "\n[^\n ][^\n]*[ *]${function}\\(" "${place}")
endforeach()

string(REGEX MATCHALL "`layer[0-9]/test_[a-z_]+\\.c, [a-z0-9_]+`" tests "${page}")
list(REMOVE_DUPLICATES tests)
foreach(test ${tests})
    string(REGEX REPLACE "`(.*), (.*)`" "\\1;\\2" parts "${test}")
    list(GET parts 0 name)
    list(GET parts 1 function)
    file(GLOB files "${ROOT}/tests/${name}")
    match("${files}" "cmocka_unit_test\\(${function}\\)" "${test}")
endforeach()

if(page MATCHES "\n[^\n]*\\| *\\|")
    message(SEND_ERROR "docs/asio.md: an empty cell: ${CMAKE_MATCH_0}")
endif()
list(LENGTH places place_count)
list(LENGTH tests test_count)
if(place_count LESS 50 OR test_count LESS 50)
    message(SEND_ERROR "docs/asio.md: hardly any references were found")
endif()
message(STATUS "${place_count} functions, ${test_count} tests")
