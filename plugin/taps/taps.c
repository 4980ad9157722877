/* taps.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "taps.h"

#include "ladder.h"
#include "listing.h"
#include "overview.h"
#include "svg.h"
#include "waits.h"

void taps_register(void)
{
    /* what tshark prints */
    overview_register();
    listing_register();
    waits_register();
    ladder_register();
    svg_register();

    /* the dialogs; tshark would print them too, badly, but the first to register for a -z has it */
    overview_register_menu();
    listing_register_menu();
    waits_register_menu();
}
