# Docs.cmake - the site, built by the target `docs`; a warning is an error.
#
# SPDX-License-Identifier: MIT

find_program(DOXYGEN doxygen)
set(DOXYGEN_AWESOME /usr/share/doxygen-awesome-css CACHE PATH
    "Folder of the theme doxygen-awesome-css")
mark_as_advanced(DOXYGEN DOXYGEN_AWESOME)

if(DOXYGEN)
    configure_file(docs/Doxyfile.in "${PROJECT_BINARY_DIR}/Doxyfile" @ONLY)
    configure_file(docs/Doxyfile.public.in
        "${PROJECT_BINARY_DIR}/Doxyfile.public" @ONLY)
    add_custom_target(docs
        COMMAND "${CMAKE_COMMAND}" -E rm -rf "${PROJECT_BINARY_DIR}/docs"
        COMMAND "${DOXYGEN}" "${PROJECT_BINARY_DIR}/Doxyfile.public"
        COMMAND "${DOXYGEN}" "${PROJECT_BINARY_DIR}/Doxyfile"
        WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}"
        COMMENT "Writing ${PROJECT_BINARY_DIR}/docs/html/index.html"
        VERBATIM)
endif()
