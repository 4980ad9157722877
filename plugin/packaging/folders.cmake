# SPDX-License-Identifier: GPL-2.0-or-later
#
# Where things are installed. Relative folders, so that --prefix and DESTDIR move the whole.

if(SIMTCP_INSTALL_USER)
    # One user's folders. Wireshark looks for its personal plugins in ~/.local/lib, without Debian's folder for the
    # architecture, and from 4.4 on for personal capture interfaces beside them; until then below ~/.config.
    set(personal_configuration "$ENV{XDG_CONFIG_HOME}")
    if(NOT personal_configuration)
        set(personal_configuration "$ENV{HOME}/.config")
    endif()
    set(CMAKE_INSTALL_PREFIX "$ENV{HOME}/.local" CACHE PATH "Of one user's files" FORCE)
    set(Wireshark_PLUGIN_LIBDIR "lib/wireshark/plugins/${WIRESHARK_SERIES}")
    set(Wireshark_EXTCAP_INSTALL_DIR "lib/wireshark/extcap")
    set(SIMTCP_PROFILES_DIR "${personal_configuration}/wireshark/profiles")
    if(SIMTCP_BUILD_TOOLS AND WIRESHARK_SERIES VERSION_LESS 4.4)
        # simtcpdump finds the generators from where it really is, so the other folder gets a link to it.
        set(link_folder "${personal_configuration}/wireshark/extcap")
        file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/link")
        file(CREATE_LINK "${CMAKE_INSTALL_PREFIX}/lib/wireshark/extcap/simtcpdump"
            "${CMAKE_BINARY_DIR}/link/simtcpdump" SYMBOLIC)
    endif()
else()
    if(CMAKE_INSTALL_PREFIX_INITIALIZED_TO_DEFAULT)
        # Wireshark looks for plugins below its own prefix and nowhere else.
        set(CMAKE_INSTALL_PREFIX "${Wireshark_INSTALL_PREFIX}" CACHE PATH "Wireshark's prefix, or another" FORCE)
    endif()
    if(IS_ABSOLUTE "${Wireshark_EXTCAP_INSTALL_DIR}")
        file(RELATIVE_PATH Wireshark_EXTCAP_INSTALL_DIR "${Wireshark_INSTALL_PREFIX}" "${Wireshark_EXTCAP_INSTALL_DIR}")
    endif()
    set(SIMTCP_PROFILES_DIR "share/wireshark/profiles")
endif()

# Written down before and after, for uninstalling.
set(install_folders bin share/man/man1 share/doc/simtcp/docs/pictures share/doc/simtcp/examples share/simtcp/scenarios
    "${SIMTCP_PROFILES_DIR}/SimTCP" "${Wireshark_PLUGIN_LIBDIR}/epan" "${Wireshark_EXTCAP_INSTALL_DIR}" ${link_folder})
install(CODE "
    set(build \"${CMAKE_BINARY_DIR}\")
    include(\"${CMAKE_CURRENT_LIST_DIR}/record.cmake\")
    record_folders(\"${install_folders}\")")
if(link_folder)
    install(FILES "${CMAKE_BINARY_DIR}/link/simtcpdump" DESTINATION "${link_folder}")
endif()
