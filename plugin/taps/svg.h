/* svg.h
 * -z simtcp,svg,FILE[,FILTER]: sequence diagrams as a picture.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_SVG_H
#define SIMTCP_SVG_H

/* Registers the statistic; once. */
void svg_register(void);

#endif
