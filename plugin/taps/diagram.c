/* diagram.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "diagram.h"

#include <inttypes.h>
#include <string.h>

#include "endpoint.h"

struct diagram *diagram_new(const struct simtcp_connection *connection, int64_t start)
{
    struct diagram *diagram = g_new0(struct diagram, 1);
    struct simtcp_place whole = simtcp_whole(connection);
    struct simtcp_endpoint end[2] = { simtcp_end(connection, 0), simtcp_end(connection, 1) };

    diagram->pool = wmem_allocator_new(WMEM_ALLOCATOR_SIMPLE);
    diagram->connection = connection;
    diagram->start = start;
    diagram->self = endpoint_equal(&end[0], &end[1]);
    diagram->cut = DIAGRAM_NONE;
    diagram->segments = g_array_new(FALSE, TRUE, sizeof(struct diagram_segment));
    diagram->lines = g_array_new(FALSE, TRUE, sizeof(struct diagram_line));
    diagram->heading = g_ptr_array_new();
    simtcp_look(&whole, true, &diagram->view);

    diagram_collect(diagram);
    diagram->end[DIAGRAM_LEFT] = endpoint_text(diagram->pool, &end[diagram->left]);
    diagram->end[DIAGRAM_RIGHT] = endpoint_text(diagram->pool, &end[1 - diagram->left]);
    diagram_lay_out(diagram);
    diagram_head(diagram);
    return diagram;
}

void diagram_free(struct diagram *diagram)
{
    g_array_free(diagram->segments, TRUE);
    g_array_free(diagram->lines, TRUE);
    g_ptr_array_free(diagram->heading, TRUE);
    wmem_destroy_allocator(diagram->pool);
    g_free(diagram);
}

/* Cut after microseconds, as in Wireshark's column Time. */
char *diagram_time_text(int64_t nanoseconds, char text[DIAGRAM_TIME_SIZE])
{
    int64_t microseconds = nanoseconds / 1000;
    uint64_t size = microseconds < 0 ? (uint64_t)-microseconds : (uint64_t)microseconds;

    snprintf(text, DIAGRAM_TIME_SIZE, "%s%" PRIu64 ".%06" PRIu64, microseconds < 0 ? "-" : "", size / 1000000,
             size % 1000000);
    return text;
}

size_t diagram_break(const char *text, size_t width, const char **rest)
{
    size_t length = strlen(text);

    if (length > width) {
        length = width;
        while (length > 0 && text[length] != ' ')
            length--;
        if (length == 0)
            length = width;
    }
    *rest = text + length + strspn(text + length, " ");
    return length;
}
