/* preferences.h
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_PREFERENCES_H
#define SIMTCP_PREFERENCES_H

#include "compat.h"

enum info_column {
    INFO_COLUMN_OFF,
    INFO_COLUMN_FLAGGED, /* connections with anything but an ordinary open and close */
    INFO_COLUMN_ALL
};

/* Set by the user. A change dissects the capture anew, so nothing has to watch them. */
struct preferences {
    int info_column;          /* enum info_column */
    preference_bool ordinary; /* annotate ordinary connections too */
    unsigned time_wait_seconds;
    unsigned syn_timeout;     /* in seconds */
    unsigned ephemeral_ports; /* how many local ports a host has for one destination */
};

extern struct preferences preferences;

void preferences_register(int proto);

#endif
