/* taps.h
 * Statistics: consumers of the plugin's own tap.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_TAPS_H
#define SIMTCP_TAPS_H

/* Registers all statistics; once, after the tap. */
void taps_register(void);

#endif
