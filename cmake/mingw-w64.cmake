# mingw-w64.cmake - toolchain file: programs for 64-bit Windows, built here.
#
# SPDX-License-Identifier: MIT
set(CMAKE_SYSTEM_NAME Windows)
set(CMAKE_SYSTEM_PROCESSOR x86_64)
set(CMAKE_C_COMPILER x86_64-w64-mingw32-gcc)
set(CMAKE_RC_COMPILER x86_64-w64-mingw32-windres)

# tools/setup keeps its builds of cmocka and libuv in the user's cache folder.
if(DEFINED ENV{XDG_CACHE_HOME} AND NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(cache "$ENV{XDG_CACHE_HOME}")
elseif(DEFINED ENV{HOME} AND NOT "$ENV{HOME}" STREQUAL "")
    set(cache "$ENV{HOME}/.cache")
else()
    set(cache "/tmp/.cache")
endif()
file(GLOB stamps "${cache}/dryport/mingw-*/stamp")
set(CMAKE_FIND_ROOT_PATH /usr/x86_64-w64-mingw32)
foreach(stamp ${stamps})
    get_filename_component(folder "${stamp}" DIRECTORY)
    list(APPEND CMAKE_FIND_ROOT_PATH "${folder}")
endforeach()

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
