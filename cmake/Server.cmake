# Server.cmake - lesson 18's server as a Windows program, and its real clients.
#
# SPDX-License-Identifier: MIT

if(NOT WIN32)
    return()
endif()

dryport_glob(server_sources lessons/18_server/*.c lessons/18_server/program/*.c
    sim/real.c)
# The lesson's own clients are for the simulator.
list(FILTER server_sources EXCLUDE REGEX "/18_server/lesson\\.c$")
dryport_executable(server_18 "." ${server_sources})
if(NOT TARGET server_18)
    return()
endif()
target_compile_definitions(server_18 PRIVATE DRYPORT_REAL=1)
target_include_directories(server_18 PRIVATE sim)
target_link_libraries(server_18 PRIVATE dryport_sockets_real)

# redis-cli, redis-benchmark and curl are the system's: their sockets and those
# of Wine are the same loopback.
if(DRYPORT_TESTS AND CMAKE_CROSSCOMPILING)
    add_test(NAME clients/real
        COMMAND "${PROJECT_SOURCE_DIR}/tests/clients/real_clients.sh"
            "$<TARGET_FILE:server_18>")
    # Half of its time is spent by benchmarks, which nothing should disturb.
    set_tests_properties(clients/real PROPERTIES
        TIMEOUT ${test_timeout_s} RUN_SERIAL ON)
endif()
