/* steady.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded while instructions are counted: GLib's random numbers are the same in every run. Wireshark
 * seeds its hash tables with them, and how long their chains are makes more of a difference than a plugin does.
 */

#include <stdint.h>

uint32_t g_random_int(void);

uint32_t g_random_int(void)
{
    static uint32_t state = 1;

    state = state * 1664525 + 1013904223;
    return state;
}
