/* diagram_all.h
 * The diagrams of a statistic, one after the other.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_DIAGRAM_ALL_H
#define SIMTCP_DIAGRAM_ALL_H

#include "command.h"
#include "diagram.h"

/* More diagrams than that are for a filter to choose from. */
#define DIAGRAM_CONNECTIONS_MAX 100

/* Hands the diagrams of the report's connections to each, which borrows them for the call. Returns a sentence on
 * those that were left out, "" if there are none: to be freed with g_free(). */
char *diagram_each(const struct report *report, void (*each)(const struct diagram *diagram, void *context),
                   void *context);

#endif
