/* selection.h
 * The connections that a listener of the tap "simtcp" has been given frames of.
 *
 * A connection is selected by any of its frames, and a statistic then counts the whole of it.
 * What is kept grows with connections and with the segments that open and close them, never
 * with data segments.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#ifndef SIMTCP_SELECTION_H
#define SIMTCP_SELECTION_H

#include "compat.h"
#include "simtcp.h"

struct selection;

/* An empty one. */
struct selection *selection_new(void);

/* Drops everything that was selected. */
void selection_reset(struct selection *selection);

/* May be NULL. */
void selection_free(struct selection *selection);

/* Selects the connection of this place, which need not last. */
void selection_add(struct selection *selection, const struct simtcp_place *place);

/* The const struct simtcp_connection * that are selected at this moment, each once, in the order
 * of their numbers. To be freed by the caller, with g_ptr_array_unref(). */
GPtrArray *selection_connections(const struct selection *selection);

#endif
