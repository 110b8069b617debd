# Compile.cmake - one place for how everything of ours is compiled.
#
# SPDX-License-Identifier: MIT

# C17 without extensions.  The source claims to be C11-clean as well, and
# tools/check sets this to 11 to keep the claim.
set(CMAKE_C_STANDARD 17 CACHE STRING "C standard: 11 or 17")
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

get_property(is_multi_config GLOBAL PROPERTY GENERATOR_IS_MULTI_CONFIG)
if(NOT CMAKE_BUILD_TYPE AND NOT is_multi_config)
    set(CMAKE_BUILD_TYPE Release CACHE STRING "Debug or Release" FORCE)
endif()

# CMake's own Release drops assertions and symbols.  Ours are always on, and a
# trace without symbols helps nobody.  Flags that a user chose are left alone.
if(CMAKE_C_FLAGS_RELEASE STREQUAL "-O3 -DNDEBUG")
    set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
endif()

# Windows programs carry their runtime with them: under Wine, and on a
# learner's machine, there is no other copy of it.
set(CMAKE_MSVC_RUNTIME_LIBRARY "MultiThreaded$<$<CONFIG:Debug>:Debug>")

if(MSVC)
    set(dryport_warnings /W4 /utf-8)
    set(dryport_werror /WX)
else()
    set(dryport_warnings
        -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wvla
        -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum -Wundef)
    set(dryport_werror -Werror)
endif()

if(DRYPORT_SANITIZE)
    if(MSVC OR MINGW)
        message(FATAL_ERROR "DRYPORT_SANITIZE needs gcc or clang off Windows")
    endif()
    add_compile_options(-fsanitize=address,undefined
        -fno-sanitize-recover=all -fno-omit-frame-pointer)
    add_link_options(-fsanitize=address,undefined)
endif()

# dryport_glob(VARIABLE PATTERN...): files of this repository, in an order
# that is the same on every machine, looked up again at each build.
function(dryport_glob variable)
    list(TRANSFORM ARGN PREPEND "${PROJECT_SOURCE_DIR}/")
    file(GLOB files CONFIGURE_DEPENDS ${ARGN})
    list(SORT files)
    set(${variable} ${files} PARENT_SCOPE)
endfunction()

# dryport_compile(TARGET): our warnings, and links that need no other file.
function(dryport_compile target)
    target_compile_options(${target} PRIVATE
        "$<$<COMPILE_LANGUAGE:C>:${dryport_warnings}>")
    if(DRYPORT_WERROR)
        target_compile_options(${target} PRIVATE
            "$<$<COMPILE_LANGUAGE:C>:${dryport_werror}>")
    endif()
    if(MSVC)
        target_compile_definitions(${target} PRIVATE _CRT_SECURE_NO_WARNINGS)
    endif()
    get_target_property(type ${target} TYPE)
    if(MINGW AND type STREQUAL "EXECUTABLE")
        target_link_options(${target} PRIVATE -static)
    endif()
endfunction()

# dryport_set_apart(TARGET): give the variables of a library of ours sections of
# their own, so that a program's variables can be told from them (decision
# 20).  Without objcopy, and for other kinds of objects, they stay where they
# are, and a program that needs to know is told so.
function(dryport_set_apart target)
    if(MSVC OR APPLE OR NOT CMAKE_OBJCOPY)
        return()
    endif()
    target_compile_options(${target} PRIVATE
        "$<$<COMPILE_LANGUAGE:C>:-fno-data-sections>")
    if(WIN32)
        set(renames .data=.drydata .bss=.drybss)
    else()
        set(renames .data=dryport_data .data.rel=dryport_data
            .data.rel.local=dryport_data .bss=dryport_bss)
    endif()
    list(TRANSFORM renames PREPEND "--rename-section;")
    add_custom_command(TARGET ${target} POST_BUILD
        COMMAND "${CMAKE_OBJCOPY}" ${renames} "$<TARGET_FILE:${target}>"
        VERBATIM)
endfunction()

# dryport_library(TARGET TYPE SOURCE...): a folder without sources makes a
# library without contents, so that part of the tree can be built alone.
function(dryport_library target type)
    set(sources ${ARGN})
    list(FILTER sources EXCLUDE REGEX "^\\$<")
    if(NOT sources)
        set(empty "${PROJECT_BINARY_DIR}/empty.c")
        file(CONFIGURE OUTPUT "${empty}" CONTENT "extern int empty;\n")
        list(APPEND ARGN "${empty}")
    endif()
    add_library(${target} ${type} ${ARGN})
    dryport_compile(${target})
endfunction()

# dryport_executable(TARGET FOLDER SOURCE...): a program in a folder of the
# build tree.  Without sources there is no such program.
function(dryport_executable target folder)
    if(NOT ARGN)
        return()
    endif()
    add_executable(${target} ${ARGN})
    set_target_properties(${target} PROPERTIES
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/${folder}")
    dryport_compile(${target})
endfunction()

# dryport_link_windows(TARGET): what the real arm needs of the system.
function(dryport_link_windows target)
    target_compile_definitions(${target} PUBLIC _WIN32_WINNT=0x0A00)
    target_link_libraries(${target} PUBLIC ws2_32 mswsock ntdll)
    # WaitOnAddress lives here; older import libraries lack it.
    include(CheckCSourceCompiles)
    set(CMAKE_REQUIRED_LIBRARIES synchronization)
    check_c_source_compiles("int main(void) { return 0; }"
        DRYPORT_HAS_SYNCHRONIZATION)
    if(DRYPORT_HAS_SYNCHRONIZATION)
        target_link_libraries(${target} PUBLIC synchronization)
    endif()
endfunction()

# dryport_count_allocations(TARGET): a program that counts its allocations, which
# GNU's and LLVM's linkers make easy; elsewhere the count stays 0.
function(dryport_count_allocations target)
    if(NOT TARGET ${target})
        return()
    endif()
    target_sources(${target} PRIVATE "${PROJECT_SOURCE_DIR}/bench/allocations.c")
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
    if(NOT MSVC AND NOT APPLE)
        target_compile_definitions(${target} PRIVATE DRYPORT_WRAPS=1)
        target_link_options(${target} PRIVATE
            "LINKER:--wrap=malloc,--wrap=calloc,--wrap=realloc")
    endif()
endfunction()
