# Bugs.cmake - old bugs of other projects, put back into layer 2.
#
# A proof is worth something if it fails for what is wrong.  Each bug below was
# once in a library that people relied on: one place of layer 2 is changed to
# what they had, in a copy, and the exhaustive tests must then say so.
#
# SPDX-License-Identifier: MIT

# dryport_bug(NAME FILE BEFORE AFTER SAYS): a copy of layer 2 in which BEFORE in
# FILE reads AFTER, and a test that the exhaustive tests say SAYS then.
function(dryport_bug name file before after says)
    set(source "${PROJECT_SOURCE_DIR}/src/layer2_sockets/${file}")
    set(copy "${PROJECT_BINARY_DIR}/bugs/${name}/${file}")
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS "${source}")
    file(READ "${source}" text)
    string(FIND "${text}" "${before}" at)
    if(at EQUAL -1)
        message(FATAL_ERROR "cmake/Bugs.cmake: the text that ${name} changes "
            "is not in ${file} any more: write it anew")
    endif()
    string(REPLACE "${before}" "${after}" text "${text}")
    file(CONFIGURE OUTPUT "${copy}" CONTENT "${text}" @ONLY)

    dryport_glob(sources src/layer2_sockets/*.c)
    list(REMOVE_ITEM sources "${source}" "src/layer2_sockets/${file}")
    dryport_helpers(helpers layer2)
    dryport_glob(tests tests/layer2/test_*.c)
    list(REMOVE_ITEM helpers "" ${tests})
    dryport_executable(${name} tests
        tests/layer2/test_exhaustive.c ${helpers} ${sources} "${copy}")
    if(TARGET ${name})
        target_include_directories(${name} SYSTEM PRIVATE ${CMOCKA_INCLUDE})
        target_include_directories(${name} PRIVATE
            src/layer2_sockets tests tests/common tests/layer2)
        target_link_libraries(${name} PRIVATE
            dryport_ops dryport_sim ${CMOCKA_LIBRARY})
        dryport_test(layer2/${name} ${name})
        set_tests_properties(layer2/${name} PROPERTIES
            PASS_REGULAR_EXPRESSION "${says}")
    endif()
endfunction()

# BUG-52: a request gives its unit of work back before its handler is called,
# and the handler starts more.
dryport_bug(bug_52 net_ready.c [[
    run->has_spare = last;
    op->handler(op);
]] [[
    if (last) {
        net__work_give(op->loop, 1);
    }
    op->handler(op);
]] "the assertion `called == 2` failed")

# BUG-54: who stops the loop wakes the others only if nobody has stopped it
# before, and who finds no work says that it is stopped and wakes nobody.
dryport_bug(bug_54 net_loop.c [[
    (void)InterlockedExchange(&loop->stopped, 1);
    /* Always, also when it was set: who set it may not have come to this line
     * yet, and somebody who saw it set may wait for us. */
    net__wake(loop);
}
//! [wake]
]] [[
    if (InterlockedExchange(&loop->stopped, 1) == 0) {
        net__wake(loop);
    }
}
#define net_loop_stop(loop) ((void)InterlockedExchange(&(loop)->stopped, 1))
]] "deadlock: ")

# BUG-55: who takes a wake-up that was meant for another keeps it.
dryport_bug(bug_55 net_ready.c
    [[(run->has_woken || loop->stopped || run->ready_first != NULL)]]
    [[(loop->stopped || run->ready_first != NULL)]]
    "deadlock: ")
