/* SPDX-License-Identifier: GPL-2.0-or-later */
/* simtcpdump: a capture interface of Wireshark (extcap). Wireshark starts it several times: to ask for its interfaces,
 * for their link layer and the dialog's fields, and at last to capture. Then one of the generators runs, and its
 * packets are written to Wireshark's FIFO, each when its time has come. */
#include "child.h"
#include "options.h"
#include "place.h"
#include "scenarios.h"
#include "stop.h"
#include "stream.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char interface_name[] = "simtcp";

enum task { NOTHING, LIST_INTERFACES, LIST_LINKS, SHOW_DIALOG, CAPTURE, SHOW_VERSION, SHOW_HELP };

struct command {
    enum task task;
    char *interface;
    char *fifo;
    char *filter;
    struct options options;
};

static bool fail(const char *format, const char *argument)
{
    fputs("simtcpdump: ", stderr);
    fprintf(stderr, format, argument);
    fputs("\n", stderr);
    return false;
}

static void show_help(void)
{
    printf("Usage: simtcpdump --extcap-interfaces\n"
           "       simtcpdump --extcap-interface %s --extcap-dlts\n"
           "       simtcpdump --extcap-interface %s --extcap-config\n"
           "       simtcpdump --extcap-interface %s --capture --fifo FILE [OPTION...]\n"
           "\n"
           "A capture interface of Wireshark: simulated TCP connections or a scenario, live. No packet is sent.\n"
           "\n",
           interface_name, interface_name, interface_name);
    options_print_help();
    printf("  --help, --version   print this text, or the version\n"
           "\n"
           "The names of the scenarios are the other values of --source that --extcap-config prints.\n");
}

/* Options with a value; what Wireshark may say and is of no interest here has no place to be kept. */
static bool set_value(struct command *command, const char *name, size_t length, char *value)
{
    const struct {
        const char *name;
        char **place;
    } known[] = { { "--extcap-interface", &command->interface },
                  { "--fifo", &command->fifo },
                  { "--extcap-capture-filter", &command->filter },
                  { "--extcap-reload-option", NULL },
                  { "--extcap-control-in", NULL },
                  { "--extcap-control-out", NULL },
                  { "--log-level", NULL },
                  { "--log-file", NULL } };
    int option = option_find(name, length);

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i].name) == length && strncmp(known[i].name, name, length) == 0) {
            if (value && known[i].place)
                *known[i].place = value;
            return value || fail("%s needs a value", known[i].name);
        }
    if (option < 0)
        return fail("there is no option %s, see --help", name);
    return value ? option_set(&command->options, option, value) : fail("%s needs a value", name);
}

static enum task task_named(const char *name)
{
    static const struct {
        const char *name;
        enum task task;
    } known[] = { { "--extcap-interfaces", LIST_INTERFACES },
                  { "--extcap-dlts", LIST_LINKS },
                  { "--extcap-config", SHOW_DIALOG },
                  { "--capture", CAPTURE },
                  { "--version", SHOW_VERSION },
                  { "--help", SHOW_HELP } };

    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(known[i].name, name) == 0)
            return known[i].task;
    return NOTHING;
}

static bool read_command(char **argv, struct command *command)
{
    static const char version[] = "--extcap-version"; /* =X.Y: Wireshark's own, a hint only */

    for (argv++; *argv; argv++) {
        char *equals = strncmp(*argv, "--", 2) == 0 ? strchr(*argv, '=') : NULL;
        size_t length = equals ? (size_t)(equals - *argv) : strlen(*argv);
        enum task task = task_named(*argv);

        if (task != NOTHING) {
            command->task = task;
        } else if (length == strlen(version) && strncmp(*argv, version, length) == 0) {
            if (command->task == NOTHING)
                command->task = LIST_INTERFACES;
        } else if (equals) {
            if (!set_value(command, *argv, length, equals + 1))
                return false;
        } else {
            if (!set_value(command, *argv, length, argv[1]))
                return false;
            argv++;
        }
    }
    return true;
}

static bool start_generator(struct command *command, struct child *child)
{
    char *source = command->options.values[OPTION_SOURCE], *script = command->options.values[OPTION_SCRIPT];
    char path[PLACE_SIZE];

    if (script)
        return child_generate(child, script);
    if (source && strcmp(source, options_simulator) != 0) {
        if (!scenario_path(source, path))
            return fail("there is no scenario \"%s\"", source);
        return child_generate(child, path);
    }
    char *arguments[3 + OPTIONS_ARGUMENTS + 1] = { NULL, "-o", "-" };
    options_for_simulator(&command->options, arguments + 3);
    return child_simulate(child, arguments);
}

/* A signal, or a reader who has seen enough, is a good end. */
static bool capture(struct command *command)
{
    struct child child = { .descriptor = -1 };
    int to = -1;

    if (!command->fifo)
        return fail("%s needs --fifo FILE", "--capture");
    if (command->filter && *command->filter)
        return fail("%s takes no capture filter; use a display filter", interface_name);
    if (!stop_install())
        return fail("%s", "no descriptors left");
    if (!start_generator(command, &child))
        return stop_asked();
    enum stream_result result = stream_open(command->fifo, &to);
    if (result == STREAM_END)
        result = stream_copy(child.descriptor, to, option_number(&command->options, OPTION_SPEED));
    bool good = child_end(&child, result == STREAM_END) && result != STREAM_FAILED;
    if (to >= 0)
        close(to);
    return good || stop_asked();
}

static bool check_interface(const struct command *command)
{
    if (!command->interface)
        return fail("which interface? --extcap-interface %s", interface_name);
    return strcmp(command->interface, interface_name) == 0 || fail("there is no interface \"%s\"", command->interface);
}

static bool run(struct command *command)
{
    switch (command->task) {
    case SHOW_HELP: show_help(); return true;
    case SHOW_VERSION: printf("simtcpdump %s\n", SIMTCP_VERSION); return true;
    case LIST_INTERFACES:
        printf("extcap {version=%s}{display=TCP simulator}\n", SIMTCP_VERSION);
        printf("interface {value=%s}{display=Simulated TCP connections}\n", interface_name);
        return true;
    case LIST_LINKS:
        /* the capture itself says the link layer of each of its interfaces */
        if (check_interface(command))
            return printf("dlt {number=1}{name=EN10MB}{display=Ethernet}\n") > 0;
        return false;
    case SHOW_DIALOG:
        if (check_interface(command))
            options_print_dialog();
        return command->interface && strcmp(command->interface, interface_name) == 0;
    case CAPTURE: return check_interface(command) && capture(command);
    case NOTHING: break;
    }
    /* Wireshark asks whether a capture filter is good: any output is what is wrong with it. */
    if (command->interface && command->filter)
        return !*command->filter || printf("%s takes no capture filter; use a display filter\n", interface_name) > 0;
    return fail("%s, see --help", "nothing to do");
}

int main(int argc, char **argv)
{
    struct command command = { NOTHING, NULL, NULL, NULL, { { NULL } } };

    (void)argc;
    place_begin(argv[0]);
    if (!read_command(argv, &command))
        return EXIT_FAILURE;
    bool good = run(&command);
    if (fflush(stdout) != 0)
        good = fail("%s", "standard output can't be written");
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
