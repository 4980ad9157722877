# SPDX-License-Identifier: GPL-2.0-or-later
#
# Runs when something was installed for one user.

execute_process(COMMAND id -u OUTPUT_VARIABLE user OUTPUT_STRIP_TRAILING_WHITESPACE)
if(user STREQUAL "0")
    message(WARNING "This was installed for root alone, but Wireshark and tshark silently ignore personal plugins when "
        "root runs them. Uninstall it, and install it for all users, or as the user who will run Wireshark.")
endif()
