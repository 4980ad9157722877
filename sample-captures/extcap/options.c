/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include "scenarios.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum kind { CHOICE, SCRIPT, WHOLE, NUMBER };

struct option {
    char *call;
    enum kind kind;
    double least, most;
    const char *standard;
    const char *group;   /* the dialog's tab */
    const char *display; /* the field's label */
    const char *tooltip;
    const char *const *choices; /* pairs of value and text, then NULL */
};

const char options_simulator[] = "simulator";

static const char *const sources[] = { options_simulator, "Simulator: random connections", NULL };

static const char *const behaviours[] = { "mixed",
                                          "Mixed",
                                          "dial",
                                          "One end dials, the other listens",
                                          "simultaneous-open",
                                          "Simultaneous open",
                                          "simultaneous-close",
                                          "Simultaneous close",
                                          "simultaneous-open-and-close",
                                          "Simultaneous open and close",
                                          "half-close",
                                          "Half-close",
                                          "close-with-data",
                                          "Close with data",
                                          "abort",
                                          "Abort",
                                          "refused",
                                          "Refused",
                                          "silent",
                                          "Nobody answers",
                                          "self-connect",
                                          "Connected to itself",
                                          "split-handshake",
                                          "Split handshake",
                                          "hole-punching",
                                          "Hole punching",
                                          "reconnect",
                                          "Reconnect from the same port",
                                          "crash",
                                          "Crash of an end",
                                          "fast-open",
                                          "TCP Fast Open",
                                          "idle",
                                          "Idle connections",
                                          "chaos",
                                          "Chaos",
                                          NULL };

static const char *const profiles[] = {
    "mixed", "Mixed", "linux", "Linux", "bsd", "BSD", "rfc", "As the RFCs say", NULL
};

static const char *const points[] = { "middle", "Halfway between the ends", "a", "At one end (a)",
                                      "b",      "At the other end (b)",     NULL };

static const char tab_source[] = "Source", tab_connections[] = "Simulated connections", tab_path[] = "Path and capture";

/* Wireshark keeps whole numbers in an int. */
#define WHOLE_MOST 2147483647

static const struct option table[OPTION_COUNT] = {
    [OPTION_SOURCE] = { "--source", CHOICE, 0, 0, NULL, tab_source, "Packets of",
                        "Random connections, or one of the scenarios", sources },
    [OPTION_SCRIPT] = { "--script", SCRIPT, 0, 0, NULL, tab_source, "Or a script of your own",
                        "A script in packetdrill's notation, played instead", NULL },
    [OPTION_SPEED] = { "--speed", NUMBER, 0, 1e9, "1", tab_source, "Speed",
                       "How many seconds pass in one: 1 as in life, 0 without waiting", NULL },
    [OPTION_CONNECTIONS] = { "--connections", WHOLE, 1, 1e7, "1000", tab_connections, "Connections",
                             "Pairs of endpoints that try to connect; some connect more than once", NULL },
    [OPTION_SEED] = { "--seed", WHOLE, 0, WHOLE_MOST, "1", tab_connections, "Seed", "The same number, the same packets",
                      NULL },
    [OPTION_RATE] = { "--rate", NUMBER, 0.001, 1e6, "50", tab_connections, "Connections per second",
                      "How many begin in a second", NULL },
    [OPTION_BEHAVIOUR] = { "--behaviour", CHOICE, 0, 0, NULL, tab_connections, "Behaviour", "What the applications do",
                           behaviours },
    [OPTION_PROFILE] = { "--profile", CHOICE, 0, 0, NULL, tab_connections, "Habits of the stacks",
                         "Whose TCP it resembles", profiles },
    [OPTION_IPV6] = { "--ipv6", NUMBER, 0, 1, "0.2", tab_connections, "IPv6 (0 to 1)",
                      "Probability that a connection uses IPv6", NULL },
    [OPTION_WRAP] = { "--wrap", NUMBER, 0, 1, "0.15", tab_connections, "Wrapping sequence numbers (0 to 1)",
                      "Probability of an initial sequence number that wraps soon", NULL },
    [OPTION_DELAY] = { "--delay", NUMBER, 0, 1e6, "20", tab_path, "Delay (ms)", "Mean one-way delay", NULL },
    [OPTION_JITTER] = { "--jitter", NUMBER, 0, 1e6, "4", tab_path, "Jitter (ms)",
                        "Variation of the delay that keeps the order", NULL },
    [OPTION_LOSS] = { "--loss", NUMBER, 0, 1, "0.01", tab_path, "Loss (0 to 1)", "Probability that a segment is lost",
                      NULL },
    [OPTION_DUPLICATE] = { "--duplicate", NUMBER, 0, 1, "0.002", tab_path, "Duplication (0 to 1)",
                           "Probability that a segment is doubled", NULL },
    [OPTION_REORDER] = { "--reorder", NUMBER, 0, 1, "0.005", tab_path, "Reordering (0 to 1)",
                         "Probability that a segment is overtaken", NULL },
    [OPTION_POINT] = { "--point", CHOICE, 0, 0, NULL, tab_path, "Captured", "Where the capture is taken", points },
    [OPTION_CAPTURE_LOSS] = { "--capture-loss", NUMBER, 0, 1, "0", tab_path, "Missed by the capture (0 to 1)",
                              "Probability that the capture misses a frame that arrives", NULL },
};

int option_find(const char *name, unsigned long length)
{
    for (int i = 0; i < OPTION_COUNT; i++)
        if (strlen(table[i].call) == length && strncmp(table[i].call, name, length) == 0)
            return i;
    return -1;
}

static bool is_number(const struct option *option, const char *value)
{
    const char *accepted = option->kind == WHOLE ? "0123456789" : "0123456789.eE+-";
    char *end;
    double number = strtod(value, &end);

    return strspn(value, accepted) == strlen(value) && !*end && number >= option->least && number <= option->most;
}

static bool is_choice(const struct option *option, const char *value)
{
    for (const char *const *choice = option->choices; *choice; choice += 2)
        if (strcmp(*choice, value) == 0)
            return true;
    return false;
}

bool option_set(struct options *options, int name, char *value)
{
    const struct option *option = &table[name];

    options->values[name] = NULL;
    if (!*value) /* a field of the dialog that was left empty */
        return true;
    if (option->kind == NUMBER)
        for (char *comma = value; (comma = strchr(comma, ',')) != NULL;)
            *comma = '.'; /* as it is written in the dialog in many countries */
    if ((option->kind == WHOLE || option->kind == NUMBER) && !is_number(option, value)) {
        fprintf(stderr, "simtcpdump: %s takes a %snumber from %.10g to %.10g, not \"%s\"\n", option->call,
                option->kind == WHOLE ? "whole " : "", option->least, option->most, value);
        return false;
    }
    if (option->kind == CHOICE && name != OPTION_SOURCE && !is_choice(option, value)) {
        fprintf(stderr, "simtcpdump: %s knows no \"%s\", see --help\n", option->call, value);
        return false;
    }
    options->values[name] = value;
    return true;
}

double option_number(const struct options *options, int name)
{
    return strtod(options->values[name] ? options->values[name] : table[name].standard, NULL);
}

void options_for_simulator(const struct options *options, char **arguments)
{
    for (int i = FIRST_OF_SIMULATOR; i < OPTION_COUNT; i++)
        if (options->values[i]) {
            *arguments++ = table[i].call;
            *arguments++ = options->values[i];
        }
    *arguments = NULL;
}

static void print_kind(const struct option *option)
{
    switch (option->kind) {
    case CHOICE: printf("{type=selector}"); break;
    case SCRIPT:
        /* were it to exist, Wireshark would ask for it before each capture */
        printf("{type=fileselect}{mustexist=false}{fileext=Scripts (*.pkt)}");
        break;
    case WHOLE:
    case NUMBER:
        printf("{type=%s}{range=%.10g,%.10g}{default=%s}", option->kind == WHOLE ? "unsigned" : "double", option->least,
               option->most, option->standard);
        break;
    }
}

void options_print_dialog(void)
{
    for (unsigned i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];

        printf("arg {number=%u}{call=%s}{display=%s}", i, option->call, option->display);
        print_kind(option);
        printf("{tooltip=%s}{group=%s}\n", option->tooltip, option->group);
        for (const char *const *choice = option->choices; choice && *choice; choice += 2)
            printf("value {arg=%u}{value=%s}{display=%s}%s\n", i, choice[0], choice[1],
                   choice == option->choices ? "{default=true}" : "");
        if (i == OPTION_SOURCE)
            scenarios_print(i);
    }
}

void options_print_help(void)
{
    for (int i = 0; i < OPTION_COUNT; i++) {
        const struct option *option = &table[i];
        static const char *const words[] = { "NAME", "FILE", "N", "X" };
        int width = printf("  %s %s", option->call, words[option->kind]);

        printf("%*s%s", width < 22 ? 22 - width : 1, "", option->tooltip);
        printf(option->standard ? " (%s)\n" : "\n", option->standard);
        for (const char *const *choice = option->choices; choice && *choice; choice += 2)
            printf("%22s%-28s %s\n", "", choice[0], choice[1]);
    }
}
