/* svg.c
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "svg.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <epan/tap.h>
#include <glib/gstdio.h>

#include "clock.h"
#include "diagram_all.h"
#include "selection.h"
#include "svg_draw.h"
#include "tap.h"

static const char name[] = "simtcp,svg";

/* One -z of the command line. */
struct picture {
    char *file;
    struct selection *selection;
    bool started;
    int64_t start;
};

static void complain(const char *what, const char *why)
{
    fprintf(stderr, "tshark: -z %s: %s\n", what, why);
}

static void reset(void *data)
{
    struct picture *picture = data;

    selection_reset(picture->selection);
    picture->started = false;
}

static tap_packet_status take(void *data, packet_info *pinfo, epan_dissect_t *edt _U_, const void *place,
                              tap_flags_t flags _U_)
{
    struct picture *picture = data;

    if (!picture->started)
        picture->start = clock_start(pinfo);
    picture->started = true;
    selection_add(picture->selection, place);
    return TAP_PACKET_REDRAW;
}

static void finish(void *data)
{
    struct picture *picture = data;

    selection_free(picture->selection);
    g_free(picture->file);
    g_free(picture);
}

/* --- the file --- */

/* Devices and pipes can't be replaced; everything else appears at once and whole, or not at all. */
static bool is_replaceable(const char *file)
{
    return !g_file_test(file, G_FILE_TEST_EXISTS) || g_file_test(file, G_FILE_TEST_IS_REGULAR);
}

static bool write_through(const char *file, const GString *text)
{
    FILE *out = g_fopen(file, "w");
    bool written = out && fwrite(text->str, 1, text->len, out) == text->len;

    return (!out || fclose(out) == 0) && written;
}

static bool write_file(const char *file, const GString *text)
{
    GError *error = NULL;
    bool written;

    if (is_replaceable(file)) {
        written = g_file_set_contents(file, text->str, (gssize)text->len, &error);
        if (!written)
            complain(name, error->message);
        g_clear_error(&error);
    } else {
        written = write_through(file, text);
        if (!written)
            fprintf(stderr, "tshark: -z %s: can't write to %s: %s\n", name, file, g_strerror(errno));
    }
    return written;
}

static void add_diagram(const struct diagram *diagram, void *sheet)
{
    svg_add_diagram(sheet, diagram);
}

static void draw(void *data)
{
    const struct picture *picture = data;
    const struct report report = { selection_connections(picture->selection), picture->start };
    struct svg_sheet sheet;
    GString *text;
    char *rest;
    bool written;

    svg_begin(&sheet);
    rest = diagram_each(&report, add_diagram, &sheet);
    if (rest[0] != '\0')
        svg_add_remark(&sheet, rest);
    text = svg_end(&sheet);
    written = write_file(picture->file, text);
    g_string_free(text, TRUE);
    g_free(rest);
    g_ptr_array_unref(report.connections);
    if (!written)
        exit(EXIT_FAILURE);
}

/* --- the command --- */

/* Before a large capture is read in vain. */
static bool is_writable(const char *file)
{
    char *folder = g_path_get_dirname(file);
    const char *object = is_replaceable(file) ? folder : file;
    bool writable = g_access(object, W_OK) == 0;

    if (!writable)
        fprintf(stderr, "tshark: -z %s: can't write to %s: %s\n", name, file, g_strerror(errno));
    else if (g_file_test(file, G_FILE_TEST_IS_DIR))
        fprintf(stderr, "tshark: -z %s: can't write to %s: %s\n", name, file, g_strerror(EISDIR));
    writable = writable && !g_file_test(file, G_FILE_TEST_IS_DIR);
    g_free(folder);
    return writable;
}

static bool listen_for(const char *argument, const char *file, const char *filter)
{
    struct picture *picture = g_new0(struct picture, 1);
    GString *error;

    picture->file = g_strdup(file);
    picture->selection = selection_new();
    error = register_tap_listener(SIMTCP_TAP_NAME, picture, filter, TL_REQUIRES_NOTHING, reset, take, draw, finish);
    if (!error)
        return true;
    complain(argument, error->str);
    g_string_free(error, TRUE);
    finish(picture);
    return false;
}

/* ",FILE[,FILTER]"; tshark finds commands by how they begin, so nothing of this is checked yet. */
static bool start(const char *argument, void *user _U_)
{
    const char *rest = argument + strlen(name), *comma;
    char *file;
    bool started;

    if (rest[0] != ',' && rest[0] != '\0') {
        complain(argument, "there is no such statistic; it is -z simtcp,svg,FILE[,FILTER]");
        return false;
    }
    if (rest[0] == '\0' || rest[1] == '\0' || rest[1] == ',') {
        complain(argument, "the file's name is missing; it is -z simtcp,svg,FILE[,FILTER]");
        return false;
    }
    rest++;
    comma = strchr(rest, ',');
    file = comma ? g_strndup(rest, (size_t)(comma - rest)) : g_strdup(rest);
    started = is_writable(file) && listen_for(argument, file, comma && comma[1] != '\0' ? comma + 1 : NULL);
    g_free(file);
    return started;
}

STAT_TAP_INIT(start_svg, start)

/* Wireshark would end when a picture can't be written. */
static bool is_graphical(void)
{
    const char *program = g_get_prgname();

    return program && g_ascii_strncasecmp(program, "wireshark", strlen("wireshark")) == 0;
}

void svg_register(void)
{
    static stat_tap_ui ui = {
        .group = REGISTER_STAT_GROUP_GENERIC,
        .title = "Sequence diagrams of TCP connections, as a picture",
        .cli_string = name,
        .tap_init_cb = start_svg
    };

    if (!is_graphical())
        register_stat_tap_ui(&ui, NULL);
}
