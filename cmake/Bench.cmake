# Bench.cmake - benchmarks, built by the target `bench` and not by default.
#
# Each bench/bench_X.c is a program; other sources in the folder help all of
# them.  bench/peers compares with other libraries and is not built here.
#
# SPDX-License-Identifier: MIT

add_custom_target(bench)
dryport_glob(bench_programs bench/bench_*.c)
dryport_glob(bench_helpers bench/*.c)
list(REMOVE_ITEM bench_helpers "" ${bench_programs})
foreach(source ${bench_programs})
    get_filename_component(name ${source} NAME_WE)
    dryport_executable(${name} bench ${source} ${bench_helpers})
    target_link_libraries(${name} PRIVATE dryport_sockets dryport_sim)
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    add_dependencies(bench ${name})
endforeach()
