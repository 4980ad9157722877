# SPDX-License-Identifier: GPL-2.0-or-later
#
# What uninstalling goes by: a text file in the build folder, one for each DESTDIR. Each line is a file that was
# installed, or, with a slash at the end, a folder that had to be made for it. CMake's own install_manifest.txt has no
# folders and no DESTDIR, and cpack overwrites it with what it put into a package.

if("$ENV{DESTDIR}" STREQUAL "")
    set(record "${build}/installed.txt")
else()
    string(MD5 key "$ENV{DESTDIR}")
    set(record "${build}/installed-${key}.txt")
endif()

# Before anything is installed: those of the folders, and of the folders above them, that do not exist yet.
function(record_folders folders)
    if("$ENV{DESTDIR}" MATCHES "/_CPack_Packages/")
        return()  # files of a package that is being made
    endif()
    foreach(folder IN LISTS folders)
        if(NOT IS_ABSOLUTE "${folder}")
            set(folder "${CMAKE_INSTALL_PREFIX}/${folder}")
        endif()
        get_filename_component(folder "$ENV{DESTDIR}${folder}" ABSOLUTE)
        while(NOT EXISTS "${folder}")
            file(APPEND "${record}" "${folder}/\n")
            get_filename_component(folder "${folder}" DIRECTORY)
        endwhile()
    endforeach()
endfunction()

# When everything is installed.
function(record_files files)
    if("$ENV{DESTDIR}" MATCHES "/_CPack_Packages/")
        return()
    endif()
    foreach(file IN LISTS files)
        get_filename_component(file "$ENV{DESTDIR}${file}" ABSOLUTE)
        file(APPEND "${record}" "${file}\n")
    endforeach()
endfunction()
