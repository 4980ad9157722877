/* command.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "selection.h"
#include "tap.h"

/* One -z of the command line; there can be several of the same name. */
struct run {
    const struct command *command;
    char *filter;                       /* NULL: none */
    struct selection *selection;
    bool started;
    int64_t start;
};

static const char bar[] =
    "================================================================================================";

static void reset(void *data)
{
    struct run *run = data;

    selection_reset(run->selection);
    run->started = false;
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *place,
                              tap_flags_t flags _U_)
{
    struct run *run = data;

    if (!run->started)
        run->start = clock_start(pinfo);
    run->started = true;
    selection_add(run->selection, place);
    return TAP_PACKET_REDRAW;
}

static void draw(void *data)
{
    const struct run *run = data;
    const struct report report = { selection_connections(run->selection), run->start };

    printf("\n%s\n%s\nFilter: %s\n\n", bar, run->command->title, run->filter ? run->filter : "none");
    run->command->print(&report);
    printf("%s\n", bar);
    g_ptr_array_unref(report.connections);
}

static void finish(void *data)
{
    struct run *run = data;

    selection_free(run->selection);
    g_free(run->filter);
    g_free(run);
}

/* tshark finds commands by how they begin, so what follows the name is not checked yet. */
static bool read_filter(const struct command *command, const char *argument, const char **filter)
{
    const char *rest = argument + strlen(command->name);

    *filter = NULL;
    if (rest[0] == ',' && rest[1] != '\0')
        *filter = rest + 1;
    return rest[0] == ',' || rest[0] == '\0';
}

static bool start(const char *argument, void *user)
{
    const struct command *command = user;
    const char *filter;
    struct run *run;
    GString *error;

    if (!read_filter(command, argument, &filter)) {
        fprintf(stderr, "tshark: -z %s: there is no such statistic; it is -z %s[,FILTER]\n", argument,
                command->name);
        return false;
    }
    run = g_new0(struct run, 1);
    run->command = command;
    run->filter = g_strdup(filter);
    run->selection = selection_new();
    error = register_tap_listener(SIMTCP_TAP_NAME, run, filter, TL_REQUIRES_NOTHING, reset, take, draw, finish);
    if (error) {
        fprintf(stderr, "tshark: -z %s: %s\n", argument, error->str);
        g_string_free(error, TRUE);
        finish(run);
        return false;
    }
    return true;
}

STAT_TAP_INIT(start_command, start)

/* The program tells GLib its name before it loads plugins. */
static bool is_graphical(void)
{
    const char *program = g_get_prgname();

    return program && g_ascii_strncasecmp(program, "wireshark", strlen("wireshark")) == 0;
}

void command_register(const struct command *command)
{
    stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .title = command->title,
        .cli_string = command->name,
        .tap_init_cb = start_command
    };

    if (!is_graphical())
        register_stat_tap_ui(&ui, (void *)command);
}
