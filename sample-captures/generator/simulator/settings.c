/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "settings.h"

#include "../buffer.h"
#include "../scenario.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "Usage: simtcp-sim -o FILE.pcapng [OPTION...]\n"
    "\n"
    "Simulates TCP connections and writes what a capture of them would hold, and beside it the truth about each.\n"
    "The same options give the same bytes. No packet is sent.\n"
    "\n"
    "  -o FILE            the capture; \"-\" for standard output\n"
    "  --truth FILE       the truth, as JSON Lines; FILE.jsonl beside FILE.pcapng if not given, none with -o -\n"
    "  --connections N    pairs of endpoints that try to connect (1000); some connect more than once\n"
    "  --seed N           another number, other connections (1)\n"
    "  --rate N           connections that begin in a second (50)\n"
    "  --behaviour NAME   what the applications do: one of those below (mixed)\n"
    "  --profile NAME     habits of the stacks: linux, bsd, rfc, mixed (mixed)\n"
    "  --ipv6 P           probability of IPv6 (0.2)\n"
    "  --wrap P           probability of an initial sequence number that wraps soon (0.15)\n"
    "The path:\n"
    "  --delay MS         mean one-way delay (20)\n"
    "  --jitter MS        variation of the delay that keeps the order (4)\n"
    "  --loss P           probability that a segment is lost (0.01)\n"
    "  --duplicate P      probability that it is doubled (0.002)\n"
    "  --reorder P        probability that it is overtaken (0.005)\n"
    "The capture:\n"
    "  --point POINT      where it is taken: a, middle, b (middle)\n"
    "  --capture-loss P   probability that the capture misses a frame (0)\n"
    "  --snaplen N        octets of each frame that are kept (262144)\n"
    "  --realtime SPEED   write each frame when its time has come, at SPEED times the speed of life\n"
    "  --help, --version  print this text, or the version\n"
    "\n"
    "Behaviours:";

/* For an error: "%s" is the option. */
static bool fail(const char *format, const char *option)
{
    fputs("simtcp-sim: ", stderr);
    fprintf(stderr, format, option);
    fputs(", see --help\n", stderr);
    return false;
}

static bool number(const char *option, const char *text, double least, double most, double *value)
{
    char *end;

    errno = 0;
    *value = strtod(text, &end);
    if (end == text || *end || errno || !isfinite(*value) || *value < least || *value > most) {
        fprintf(stderr, "simtcp-sim: %s needs a number from %.10g to %.10g, not \"%s\"\n", option, least, most, text);
        return false;
    }
    return true;
}

static bool integer(const char *option, const char *text, uint64_t least, uint64_t most, uint64_t *value)
{
    char *end = NULL;

    errno = 0;
    if (*text >= '0' && *text <= '9')
        *value = strtoull(text, &end, 10);
    if (!end || *end || errno || *value < least || *value > most) {
        fprintf(stderr, "simtcp-sim: %s needs a whole number from %llu to %llu, not \"%s\"\n", option,
                (unsigned long long)least, (unsigned long long)most, text);
        return false;
    }
    return true;
}

/* One word of a list; its index. */
static bool word(const char *option, const char *text, const char *const *words, unsigned *index)
{
    for (unsigned i = 0; words[i]; i++) {
        if (strcmp(text, words[i]) == 0) {
            *index = i;
            return true;
        }
    }
    fprintf(stderr, "simtcp-sim: %s knows no \"%s\", see --help\n", option, text);
    return false;
}

static bool milliseconds(const char *option, const char *text, int64_t *microseconds)
{
    double value;

    if (!number(option, text, 0, 60000, &value))
        return false;
    *microseconds = (int64_t)(value * 1000);
    return true;
}

static bool probability(const char *option, const char *text, double *value)
{
    return number(option, text, 0, 1, value);
}

static bool behaviour(const char *option, const char *text, enum behaviour *behaviour)
{
    const char *names[BEHAVIOUR_COUNT + 1];
    unsigned index;

    for (unsigned i = 0; i <= BEHAVIOUR_COUNT; i++)
        names[i] = behaviour_name(i);
    if (!word(option, text, names, &index))
        return false;
    *behaviour = (enum behaviour)index;
    return true;
}

/* The option and its value; known is set if there is such an option. */
static bool option_read(struct settings *settings, const char *option, const char *text, bool *known)
{
    static const char *const points[] = { "a", "middle", "b", NULL };
    static const char *const profiles[] = { "linux", "bsd", "rfc", "mixed", NULL };
    unsigned index;
    uint64_t whole;

    *known = true;
    if (strcmp(option, "-o") == 0) {
        settings->output = text;
        return *text || fail("%s needs the name of a file", option);
    }
    if (strcmp(option, "--truth") == 0) {
        settings->truth = text;
        return *text || fail("%s needs the name of a file", option);
    }
    if (strcmp(option, "--connections") == 0)
        return integer(option, text, 0, UINT64_C(1000000000), &settings->connections);
    if (strcmp(option, "--seed") == 0)
        return integer(option, text, 0, UINT64_MAX, &settings->seed);
    if (strcmp(option, "--rate") == 0)
        return number(option, text, 0.001, 1e6, &settings->rate);
    if (strcmp(option, "--behaviour") == 0)
        return behaviour(option, text, &settings->behaviour);
    if (strcmp(option, "--profile") == 0) {
        if (!word(option, text, profiles, &index))
            return false;
        settings->profile = (enum profile)index;
        return true;
    }
    if (strcmp(option, "--point") == 0) {
        if (!word(option, text, points, &index))
            return false;
        settings->point = (enum point)index;
        return true;
    }
    if (strcmp(option, "--snaplen") == 0) {
        if (!integer(option, text, 1, SNAPLEN_DEFAULT, &whole))
            return false;
        settings->snaplen = (uint32_t)whole;
        return true;
    }
    if (strcmp(option, "--realtime") == 0)
        return number(option, text, 0.001, 1e6, &settings->realtime);
    if (strcmp(option, "--delay") == 0)
        return milliseconds(option, text, &settings->network.delay);
    if (strcmp(option, "--jitter") == 0)
        return milliseconds(option, text, &settings->network.jitter);

    const struct {
        const char *name;
        double *value;
    } probabilities[] = { { "--ipv6", &settings->ipv6 },
                          { "--wrap", &settings->wrap },
                          { "--loss", &settings->network.loss },
                          { "--duplicate", &settings->network.duplicate },
                          { "--reorder", &settings->network.reorder },
                          { "--capture-loss", &settings->capture_loss } };
    for (size_t i = 0; i < sizeof probabilities / sizeof *probabilities; i++) {
        if (strcmp(option, probabilities[i].name) == 0)
            return probability(option, text, probabilities[i].value);
    }
    *known = false;
    return true;
}

/* FILE.pcapng becomes FILE.jsonl; any other name gets it appended. */
static char *truth_beside(const char *output)
{
    static const char from[] = ".pcapng", to[] = ".jsonl";
    size_t length = strlen(output), ending = sizeof from - 1;

    if (length > ending && strcmp(output + length - ending, from) == 0)
        length -= ending;
    char *name = memory_grow(NULL, length + sizeof to, 1);
    memcpy(name, output, length);
    memcpy(name + length, to, sizeof to);
    return name;
}

static bool arguments_read(struct settings *settings, char **argv)
{
    for (argv++; *argv; argv++) {
        const char *option = *argv;
        char name[32] = "", *equals = strchr(option, '=');
        const char *value = argv[1];
        bool known;

        if (strncmp(option, "--", 2) == 0 && equals && (size_t)(equals - option) < sizeof name) {
            memcpy(name, option, (size_t)(equals - option));
            option = name;
            value = equals + 1;
        } else if (value)
            argv++;
        if (!option_read(settings, option, value ? value : "", &known))
            return false;
        if (!known)
            return fail(*option == '-' ? "unknown option %s" : "%s is no option", option);
    }
    if (!settings->output)
        return fail("%s", "where to? Give -o FILE");
    if (settings->truth && strcmp(settings->truth, "-") == 0 && strcmp(settings->output, "-") == 0)
        return fail("%s", "capture and truth cannot both go to standard output");
    if (settings->truth && strcmp(settings->truth, settings->output) == 0)
        return fail("%s", "capture and truth need different files");
    if (strcmp(settings->output, "-") == 0 && isatty(STDOUT_FILENO))
        return fail("%s", "a capture is nothing to be shown on a terminal");
    return true;
}

static void help(void)
{
    fputs(usage, stdout);
    for (unsigned i = 0; behaviour_name(i); i++)
        printf("%s%s", i % 5 ? ", " : i ? ",\n  " : "\n  ", behaviour_name(i));
    putchar('\n');
}

enum settings_result settings_read(struct settings *settings, char **argv)
{
    *settings = (struct settings){
        .connections = 1000,
        .seed = 1,
        .rate = 50,
        .point = POINT_MIDDLE,
        .profile = PROFILE_MIXED,
        .behaviour = BEHAVIOUR_MIXED,
        .ipv6 = 0.2,
        .wrap = 0.15,
        .snaplen = SNAPLEN_DEFAULT,
        .network = { .delay = 20000, .jitter = 4000, .loss = 0.01, .duplicate = 0.002, .reorder = 0.005 }
    };
    if (argv[0] && argv[1] && !argv[2]) {
        if (strcmp(argv[1], "--help") == 0) {
            help();
            return SETTINGS_DONE;
        }
        if (strcmp(argv[1], "--version") == 0) {
            puts("simtcp-sim " SIMTCP_GEN_VERSION);
            return SETTINGS_DONE;
        }
    }
    if (!argv[0] || !arguments_read(settings, argv))
        return SETTINGS_BAD;
    if (!settings->truth && strcmp(settings->output, "-") != 0)
        settings->truth = settings->truth_beside = truth_beside(settings->output);
    return SETTINGS_GOOD;
}

void settings_free(struct settings *settings)
{
    free(settings->truth_beside);
}
