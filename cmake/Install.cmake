# Install.cmake - a CMake package and pkg-config files.
#
# Installed headers keep the shape they have here, below include/dryport:
# sim.h includes its tables by relative path.
#
# SPDX-License-Identifier: MIT

include(CMakePackageConfigHelpers)

set(include_to "${CMAKE_INSTALL_INCLUDEDIR}/dryport")
set(package_to "${CMAKE_INSTALL_LIBDIR}/cmake/dryport")

set(installed dryport_sim dryport_program dryport_iocp dryport_ops
    dryport_sockets)
if(WIN32)
    list(APPEND installed dryport_iocp_real dryport_ops_real
        dryport_sockets_real)
endif()
if(TARGET dryport_heap)
    list(APPEND installed dryport_heap)
endif()
install(TARGETS ${installed} EXPORT dryport_targets
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}")
if(TARGET dry)
    install(TARGETS dry RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()
if(TARGET dry-real)
    install(TARGETS dry-real RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
endif()

dryport_glob(public_headers sim/sim.h sim/sim_disk.h sim/sim_network.h
    sim/compiler.h
    src/layer0_iocp/iocp.h
    src/layer1_ops/op.h src/layer1_ops/op_status.def
    src/layer2_sockets/net.h src/layer2_sockets/net_loop.h
    src/layer2_sockets/net_stream.h src/layer2_sockets/net_datagram.h
    src/layer2_sockets/net_file.h src/layer2_sockets/net_server.h)
install(FILES ${public_headers} DESTINATION "${include_to}")
install(DIRECTORY sim/win32 DESTINATION "${include_to}"
    FILES_MATCHING PATTERN "*.h" PATTERN "*.def")
install(DIRECTORY sim/kernel DESTINATION "${include_to}"
    FILES_MATCHING PATTERN "*.def")

install(EXPORT dryport_targets NAMESPACE dryport::
    FILE dryportTargets.cmake DESTINATION "${package_to}")
configure_package_config_file(cmake/dryportConfig.cmake.in
    "${PROJECT_BINARY_DIR}/dryportConfig.cmake"
    INSTALL_DESTINATION "${package_to}")
write_basic_package_version_file(
    "${PROJECT_BINARY_DIR}/dryportConfigVersion.cmake"
    COMPATIBILITY SameMinorVersion)
install(FILES
    "${PROJECT_BINARY_DIR}/dryportConfig.cmake"
    "${PROJECT_BINARY_DIR}/dryportConfigVersion.cmake"
    DESTINATION "${package_to}")

# The prefix is found from where the .pc file lies, so that an installed tree
# can be moved, as the CMake package can.
file(RELATIVE_PATH up "/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/")
string(REGEX REPLACE "/$" "" up "${up}")
foreach(module sim program iocp ops sockets)
    configure_file(cmake/dryport-${module}.pc.in
        "${PROJECT_BINARY_DIR}/dryport-${module}.pc" @ONLY)
    install(FILES "${PROJECT_BINARY_DIR}/dryport-${module}.pc"
        DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
endforeach()
