/* compat.h
 * Where Wireshark's programming interface differs between 4.0 and today: here
 * and nowhere else. Every other file includes this one instead of Wireshark's
 * own headers.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_COMPAT_H
#define SIMTCP_COMPAT_H

/* config.h is not installed; ws_version.h is, by every version. */
#include <ws_version.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#include <epan/packet.h>
#include <epan/expert.h>
#include <epan/prefs.h>
#include <epan/proto_data.h>
#include <epan/stat_tap_ui.h>
#include <epan/tap.h>
#include <epan/to_str.h>

#define SIMTCP_WIRESHARK_AT_LEAST(major, minor) \
    (WIRESHARK_VERSION_MAJOR > (major) || (WIRESHARK_VERSION_MAJOR == (major) && WIRESHARK_VERSION_MINOR >= (minor)))

/* What a boolean preference is stored in: GLib's int-sized type until 4.2. */
#if SIMTCP_WIRESHARK_AT_LEAST(4, 4)
typedef bool preference_bool;
#else
typedef gboolean preference_bool;
#endif

/* The value of an unsigned field: part of its field_info until 4.0, behind a pointer since. */
static inline uint32_t field_info_uint(field_info *field)
{
#if SIMTCP_WIRESHARK_AT_LEAST(4, 2)
    return fvalue_get_uinteger(field->value);
#else
    return fvalue_get_uinteger(&field->value);
#endif
}

/* Defines callback, which tshark calls with what follows its -z, on top of start, which says by false that it
 * has told the user what is wrong. Wireshark's own callbacks end the program themselves until 4.4. */
#if SIMTCP_WIRESHARK_AT_LEAST(4, 6)
#define STAT_TAP_INIT(callback, start) \
    static bool callback(const char *argument, void *user) \
    { \
        return start(argument, user); \
    }
#else
#define STAT_TAP_INIT(callback, start) \
    static void callback(const char *argument, void *user) \
    { \
        if (!start(argument, user)) \
            exit(EXIT_FAILURE); \
    }
#endif

/* plugin_describe() and its flags came with 4.2. */
#if SIMTCP_WIRESHARK_AT_LEAST(4, 2)
#include <wsutil/plugins.h>
#define SIMTCP_PLUGIN_DESCRIBE WS_PLUGIN_DESC_DISSECTOR
#endif

#endif
