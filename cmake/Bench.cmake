# Bench.cmake - benchmarks, built by the target `bench` and not by default.
#
# Each bench/bench_X.c is a program; other sources in the folder help all of
# them.  bench/peers compares with other libraries and is built by its own
# scripts; what of it is C is compiled here for Windows, to see that it does.
#
# SPDX-License-Identifier: MIT

add_custom_target(bench)
dryport_glob(bench_programs bench/bench_*.c)
dryport_glob(bench_helpers bench/*.c)
dryport_glob(counting bench/allocations.c)
list(REMOVE_ITEM bench_helpers "" ${bench_programs} ${counting})
foreach(source ${bench_programs})
    get_filename_component(name ${source} NAME_WE)
    dryport_executable(${name} bench ${source} ${bench_helpers})
    target_link_libraries(${name} PRIVATE dryport_sockets dryport_sim)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    add_dependencies(bench ${name})
endforeach()
dryport_count_allocations(bench_layer2)

if(WIN32)
    set(peer_sources bench/peers/port_windows.c bench/peers/echo_raw.c
        bench/peers/echo_layer2.c)
    find_path(DRYPORT_UV_INCLUDE uv.h)
    if(DRYPORT_UV_INCLUDE)
        list(APPEND peer_sources bench/peers/echo_uv.c)
    endif()
    list(TRANSFORM peer_sources PREPEND "${PROJECT_SOURCE_DIR}/")
    dryport_library(peers OBJECT ${peer_sources})
    target_link_libraries(peers PRIVATE dryport_sockets_real)
    if(DRYPORT_UV_INCLUDE)
        target_include_directories(peers SYSTEM PRIVATE ${DRYPORT_UV_INCLUDE})
    endif()
endif()
