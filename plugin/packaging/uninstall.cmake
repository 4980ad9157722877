# SPDX-License-Identifier: GPL-2.0-or-later
#
# Removes what was installed from a build folder with this DESTDIR, and the folders that had to be made for it, unless
# something else is in them: cmake -D build=FOLDER -P uninstall.cmake

include(${CMAKE_CURRENT_LIST_DIR}/record.cmake)
if(NOT EXISTS "${record}")
    message(FATAL_ERROR "Nothing is installed from ${build} (DESTDIR: \"$ENV{DESTDIR}\")")
endif()
file(STRINGS "${record}" files ENCODING UTF-8)
list(REMOVE_DUPLICATES files)
set(made ${files})
list(FILTER made INCLUDE REGEX "/$")
list(FILTER files EXCLUDE REGEX "/$")

foreach(file IN LISTS files)
    file(REMOVE "${file}")
    if(EXISTS "${file}" OR IS_SYMLINK "${file}")
        message(FATAL_ERROR "Could not remove ${file}: uninstall as the user who installed")
    endif()
    message(STATUS "Removed: ${file}")
endforeach()

# A folder inside one that was made was made too.
set(folders ${made})
foreach(file IN LISTS files)
    foreach(root IN LISTS made)
        string(FIND "${file}" "${root}" place)
        if(place EQUAL 0)
            get_filename_component(folder "${file}" DIRECTORY)
            list(APPEND folders "${folder}/")
        endif()
    endforeach()
endforeach()
list(REMOVE_DUPLICATES folders)
list(SORT folders ORDER DESCENDING)
foreach(folder IN LISTS folders)
    execute_process(COMMAND rmdir "${folder}" ERROR_QUIET)  # which removes empty ones only
endforeach()
file(REMOVE "${record}")
