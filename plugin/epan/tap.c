/* tap.c
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "tap.h"

#include <epan/tap.h>

#include "track.h"

static int tap = -1;

void tap_register(void)
{
    tap = register_tap(SIMTCP_TAP_NAME);
}

bool tap_is_wanted(void)
{
    return have_tap_listener(tap);
}

void tap_place(packet_info *pinfo, const struct simtcp_place *place)
{
    struct simtcp_place *kept;

    if (!place->connection || !tap_is_wanted())
        return;
    /* listeners are called when the frame's dissection is over */
    kept = wmem_new(pinfo->pool, struct simtcp_place);
    *kept = *place;
    if (!track_hold(kept))
        return;
    tap_queue_packet(tap, pinfo, kept);
}
