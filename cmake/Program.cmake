# Program.cmake - the library that runs an unmodified program in worlds.
#
# target_link_libraries(myprogram dryport::program) is all there is to do: the
# options below come with it.  Off Windows such a program is compiled against
# sim/win32; for Windows against Microsoft's headers, and its calls are taken
# over when it is linked.
#
# SPDX-License-Identifier: MIT

dryport_glob(program_sources sim/program/*.c)
if(MINGW)
    dryport_glob(program_assembly sim/program/*.S)
endif()
dryport_library(dryport_program STATIC ${program_sources} ${program_assembly})
add_library(dryport::program ALIAS dryport_program)
# The program itself must not see the simulator's headers.
target_link_libraries(dryport_program PRIVATE dryport_sim)
set_target_properties(dryport_program PROPERTIES EXPORT_NAME program)
dryport_set_apart(dryport_program)

# For CMake, and the same once more for pkg-config.
set(program_cflags "")
set(program_libs "-ldryport_program -ldryport_sim")

if(APPLE OR MSVC)
    # Linkers that have no --wrap.
    foreach(name main exit atexit)
        target_compile_definitions(dryport_program INTERFACE
            ${name}=sim_program_${name})
        string(APPEND program_cflags " -D${name}=sim_program_${name}")
    endforeach()
    target_compile_definitions(dryport_program PRIVATE SIM_PROGRAM_RENAMED=1)
else()
    set(wrapped main exit atexit rand srand)
    if(WIN32)
        list(APPEND wrapped _time64 __imp__time64)
    else()
        list(APPEND wrapped time)
    endif()
    list(TRANSFORM wrapped PREPEND "--wrap=")
    list(JOIN wrapped "," wrapped)
    target_link_options(dryport_program INTERFACE "LINKER:${wrapped}")
    string(APPEND program_libs " -Wl,${wrapped}")
endif()

if(WIN32)
    # Interlocked functions are instructions there; so they are announced.
    # The library comes first, before any import library: what is defined here
    # is not imported.
    if(NOT MSVC)
        target_compile_options(dryport_program INTERFACE
            "$<$<COMPILE_LANGUAGE:C,CXX>:-fsanitize=thread>")
        string(APPEND program_cflags " -fsanitize=thread")
        target_link_options(dryport_program BEFORE INTERFACE
            "$<BUILD_INTERFACE:$<TARGET_FILE:dryport_program>>"
            "$<INSTALL_INTERFACE:$<TARGET_FILE:dryport::program>>")
    endif()
else()
    target_include_directories(dryport_program BEFORE INTERFACE
        $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/sim/win32>
        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/dryport/win32>)
    string(APPEND program_cflags " -I\${includedir}/win32")
    if(NOT APPLE)
        # Addresses of functions in libraries are filled in at the start, and
        # not put back to nothing before each run.
        target_link_options(dryport_program INTERFACE "LINKER:-z,now")
        string(APPEND program_libs " -Wl,-z,now")
    endif()
endif()
