# SPDX-License-Identifier: GPL-2.0-or-later
#
# cpack runs this on the files it installed for the package: adds what belongs into a Debian package only, and compresses
# as Debian's policy wants.

set(root "${CPACK_TEMPORARY_DIRECTORY}${CPACK_PACKAGING_INSTALL_PREFIX}")
set(doc "${root}/share/doc/simtcp")
find_program(gzip gzip REQUIRED)

configure_file("${CMAKE_CURRENT_LIST_DIR}/copyright" "${doc}/copyright" COPYONLY)
configure_file("${CMAKE_CURRENT_LIST_DIR}/changelog" "${doc}/changelog.Debian" @ONLY)
file(RENAME "${doc}/docs/CHANGELOG.md" "${doc}/changelog")

file(GLOB pages "${root}/share/man/man1/*.1")
foreach(file IN LISTS pages ITEMS "${doc}/changelog" "${doc}/changelog.Debian")
    # without a time stamp, so that the same source gives the same package
    execute_process(COMMAND "${gzip}" -9 -n "${file}" COMMAND_ERROR_IS_FATAL ANY)
endforeach()
