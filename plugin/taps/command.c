/* command.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#include "clock.h"
#include "selection.h"
#include "tap.h"

/* One -z of the command line; there can be several of the same name. */
struct run {
    const struct command *command;
    char *file, *filter; /* NULL: none */
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
    const struct report report = { selection_connections(run->selection), run->start, run->file };

    if (!run->command->makes_file)
        printf("\n%s\n%s\nFilter: %s\n\n", bar, run->command->title, run->filter ? run->filter : "none");
    run->command->print(&report);
    if (!run->command->makes_file)
        printf("%s\n", bar);
    g_ptr_array_unref(report.connections);
}

static void finish(void *data)
{
    struct run *run = data;

    selection_free(run->selection);
    g_free(run->file);
    g_free(run->filter);
    g_free(run);
}

static void complain(const char *argument, const char *why)
{
    fprintf(stderr, "tshark: -z %s: %s\n", argument, why);
}

static void complain_of_use(const char *argument, const struct command *command, const char *what)
{
    fprintf(stderr, "tshark: -z %s: %s; it is -z %s%s[,FILTER]\n", argument, what, command->name,
            command->makes_file ? ",FILE" : "");
}

/* Takes the next part of the argument, up to a comma, and puts what follows it into *rest; NULL if it is empty. */
static char *take_part(const char **rest)
{
    size_t length = strcspn(*rest, ",");
    char *part = length ? g_strndup(*rest, length) : NULL;

    *rest += length + ((*rest)[length] == ',');
    return part;
}

/* ",FILE,FILTER" as the command has it. tshark finds commands by how they begin, so nothing of this is checked
 * yet. */
static bool read_argument(struct run *run, const char *argument)
{
    const char *rest = argument + strlen(run->command->name);

    if (rest[0] != ',' && rest[0] != '\0') {
        complain_of_use(argument, run->command, "there is no such statistic");
        return false;
    }
    rest += rest[0] == ',';
    if (run->command->makes_file) {
        run->file = take_part(&rest);
        if (!run->file) {
            complain_of_use(argument, run->command, "the file's name is missing");
            return false;
        }
    }
    if (rest[0] != '\0')
        run->filter = g_strdup(rest);
    return true;
}

/* Before a large capture is read in vain. */
static bool is_writable(const struct run *run)
{
    char *folder = g_path_get_dirname(run->file);
    const char *object = command_replaces(run->file) ? folder : run->file;
    int error = 0;

    if (g_file_test(run->file, G_FILE_TEST_IS_DIR))
        error = EISDIR;
    else if (g_access(object, W_OK) != 0)
        error = errno;
    if (error)
        fprintf(stderr, "tshark: -z %s: can't write to %s: %s\n", run->command->name, run->file, g_strerror(error));
    g_free(folder);
    return !error;
}

static bool listen_to_tap(struct run *run, const char *argument)
{
    GString *error =
        register_tap_listener(SIMTCP_TAP_NAME, run, run->filter, TL_REQUIRES_NOTHING, reset, take, draw, finish);

    if (error) {
        complain(argument, error->str);
        g_string_free(error, TRUE);
    }
    return !error;
}

static bool start(const char *argument, void *command)
{
    struct run *run = g_new0(struct run, 1);
    bool good;

    run->command = command;
    run->selection = selection_new();
    good = read_argument(run, argument) && (!run->file || is_writable(run)) && listen_to_tap(run, argument);
    if (!good)
        finish(run);
    return good;
}

STAT_TAP_INIT(start_command, start)

/* --- what a statistic makes --- */

bool command_replaces(const char *file)
{
    return !g_file_test(file, G_FILE_TEST_EXISTS) || g_file_test(file, G_FILE_TEST_IS_REGULAR);
}

static bool write_through(const char *file, const GString *text)
{
    FILE *out = g_fopen(file, "w");
    bool written = out && fwrite(text->str, 1, text->len, out) == text->len;

    return (!out || fclose(out) == 0) && written;
}

void command_write(const struct report *report, const GString *text)
{
    GError *error = NULL;
    bool written;

    if (command_replaces(report->file)) {
        written = g_file_set_contents(report->file, text->str, (gssize)text->len, &error);
    } else {
        written = write_through(report->file, text);
        if (!written)
            g_set_error_literal(&error, G_FILE_ERROR, g_file_error_from_errno(errno), g_strerror(errno));
    }
    if (!written) {
        fprintf(stderr, "tshark: can't write to %s: %s\n", report->file, error->message);
        exit(EXIT_FAILURE);
    }
}

/* --- registration --- */

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
        .tap_init_cb = start_command,
    };

    if (!is_graphical())
        register_stat_tap_ui(&ui, (void *)command);
}
