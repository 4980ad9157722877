/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "scenario.h"

#include <stdlib.h>
#include <string.h>

static const int64_t default_start = INT64_C(1767603600) * 1000000000; /* 2026-01-05 09:00 UTC */

static void interface_init(struct interface *interface, const char *name)
{
    *interface = (struct interface){
        .name = memory_text(name, strlen(name)),
        .description = memory_text("", 0),
        .link = LINK_ETHERNET,
        .snaplen = SNAPLEN_DEFAULT,
    };
}

void scenario_init(struct scenario *scenario)
{
    *scenario = (struct scenario){ .start = default_start, .interface_count = 1 };
    scenario->title = memory_text("", 0);
    interface_init(&scenario->interfaces[0], "");
}

void scenario_free(struct scenario *scenario)
{
    for (size_t i = 0; i < scenario->frame_count; i++)
        buffer_free(&scenario->frames[i].bytes);
    for (size_t i = 0; i < scenario->interface_count; i++) {
        free(scenario->interfaces[i].name);
        free(scenario->interfaces[i].description);
    }
    free(scenario->frames);
    free(scenario->connections);
    free(scenario->title);
    *scenario = (struct scenario){ 0 };
}

struct frame *scenario_add_frame(struct scenario *scenario)
{
    scenario->frames = memory_grow(scenario->frames, scenario->frame_count + 1, sizeof *scenario->frames);
    struct frame *frame = &scenario->frames[scenario->frame_count++];
    *frame = (struct frame){ 0 };
    return frame;
}

struct connection *scenario_connection(struct scenario *scenario, size_t number)
{
    if (number >= scenario->connection_count) {
        scenario->connections = memory_grow(scenario->connections, number + 1, sizeof *scenario->connections);
        for (size_t i = scenario->connection_count; i <= number; i++)
            scenario->connections[i] = (struct connection){ 0 };
        scenario->connection_count = number + 1;
    }
    return &scenario->connections[number];
}

size_t scenario_interface(struct scenario *scenario, const char *name)
{
    for (size_t i = 0; i < scenario->interface_count; i++)
        if (strcmp(scenario->interfaces[i].name, name) == 0)
            return i;
    if (scenario->interface_count == INTERFACES_MAX)
        return INTERFACES_MAX;
    interface_init(&scenario->interfaces[scenario->interface_count], name);
    return scenario->interface_count++;
}
