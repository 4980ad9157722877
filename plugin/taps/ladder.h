/* ladder.h
 * -z simtcp,ladder[,FILTER]: sequence diagrams as text.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_LADDER_H
#define SIMTCP_LADDER_H

/* Registers the statistic; once. */
void ladder_register(void);

#endif
