/* preferences.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "preferences.h"

struct preferences preferences = { .info_column = INFO_COLUMN_FLAGGED,
                                   .ordinary = true,
                                   .time_wait_seconds = 60,
                                   .syn_timeout = 180,
                                   .ephemeral_ports = 28232 };

static const enum_val_t info_column_values[] = { { "off", "Off", INFO_COLUMN_OFF },
                                                 { "flagged", "Flagged connections", INFO_COLUMN_FLAGGED },
                                                 { "all", "All connections", INFO_COLUMN_ALL },
                                                 { NULL, NULL, 0 } };

/* Texts are easier to read where they begin at the margin. */
/* clang-format off */

void preferences_register(int proto)
{
    module_t *module = prefs_register_protocol(proto, NULL);

    prefs_register_enum_preference(module, "info_column", "Show the step in the Info column",
        "Put the step that a segment takes in front of the Info column, as in"
        " [2.SYN n, ACK k+1]. Flagged are connections that opened or may have opened simultaneously"
        " or by split handshake, that connected to themselves, and whose FINs crossed or closed them"
        " in an order that can't be told.",
        &preferences.info_column, info_column_values, FALSE);
    prefs_register_bool_preference(module, "ordinary", "Annotate ordinary connections",
        "Annotate the segments of connections that opened and closed in the ordinary way, too."
        " Without this, only flagged connections have simtcp fields.",
        &preferences.ordinary);
    prefs_register_uint_preference(module, "time_wait_seconds", "Length of TIME-WAIT (seconds)",
        "How long an endpoint stays in TIME-WAIT. This is not on the wire: 60 on Linux,"
        " 240 in RFC 9293.",
        10, &preferences.time_wait_seconds);
    prefs_register_uint_preference(module, "syn_timeout", "SYN timeout (seconds)",
        "How long an unanswered SYN counts after it was last sent. A later SYN begins a new"
        " connection. RFC 9293 asks for at least 180.",
        10, &preferences.syn_timeout);
    prefs_register_uint_preference(module, "ephemeral_ports", "Ephemeral ports of a host",
        "How many local ports a host has for connections to one remote address and port: 28232 on"
        " Linux, from 32768 to 60999. The statistics of TIME-WAIT tell what share of them is taken.",
        10, &preferences.ephemeral_ports);
}

/* clang-format on */
