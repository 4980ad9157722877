/* diagram_all.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diagram_all.h"

char *diagram_each(const struct report *report, void (*each)(const struct diagram *diagram, void *context),
                   void *context)
{
    unsigned count = report->connections->len;
    unsigned drawn = MIN(count, DIAGRAM_CONNECTIONS_MAX);

    for (unsigned i = 0; i < drawn; i++) {
        struct diagram *diagram = diagram_new(g_ptr_array_index(report->connections, i), report->start);

        each(diagram, context);
        diagram_free(diagram);
    }
    if (count == 0)
        return g_strdup("There is no connection to draw.");
    if (count == drawn)
        return g_strdup("");
    return g_strdup_printf("%u more %s not drawn: choose with a filter, such as simtcp.connection == %u.",
                           count - drawn, count - drawn == 1 ? "connection is" : "connections are", drawn);
}
