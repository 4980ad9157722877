/* taps.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "taps.h"

/* Each statistic has a file of its own with a function that registers it. */
void taps_register(void)
{
}
